//! Straight borders made crooked, as surveyed ones are.
//!
//! In: a block's [`Mesh`]. Out: the same mesh with extra vertices on its edges, each in the rings of both neighbours. Every bend is
//! checked exactly, on the lattice, against the rings on both sides before it is made; one that would touch them is left out.
//!
//! ```text
//!      a ──────────── b          a ·.            .· b
//!                        →          ·──·──────·──
//! ```

use super::exact::{folds_back, is_inside, segments_meet};
use super::fabric::Bends;
use super::frame::{Metres, Node};
use super::mesh::{Half, Mesh};
use super::rng::Rng;

/// A bend towards a street stays under this, metres: well under half of the narrowest street.
const STREET_BEND_M: f64 = 0.9;

/// Bends the borders of every face.
pub(super) fn bend_all(mesh: &mut Mesh, bends: Bends, rng: &mut Rng) {
    let rough = rng.log_normal(1.0, bends.sigma);
    let sides = sides(mesh);
    let count = mesh.edges();
    for edge in 0..count as u32 {
        if mesh.is_leaf(edge) {
            bend_one(mesh, edge, sides[edge as usize], bends, rough, rng);
        }
    }
}

/// The faces left and right of each edge.
fn sides(mesh: &Mesh) -> Vec<[Option<usize>; 2]> {
    let mut sides = vec![[None, None]; mesh.edges()];
    for face in 0..mesh.faces() {
        for half in mesh.rings(face).into_iter().flatten() {
            sides[half.edge as usize][usize::from(half.back)] = Some(face);
        }
    }
    sides
}

fn bend_one(mesh: &mut Mesh, edge: u32, sides: [Option<usize>; 2], bends: Bends, rough: f64, rng: &mut Rng) {
    let (a, b) = mesh.ends(Half { edge, back: false });
    let (from, to) = (mesh.frame.metres(a), mesh.frame.metres(b));
    let length = from.to(to).length();
    let mean = if rng.chance(bends.curve) {
        length / 3.0
    } else {
        rough * (bends.per_edge + (bends.per_100_m + bends.per_square * length / 100.0) * length / 100.0)
    };
    let n = rng.count(mean).min((length / 1.2) as usize);
    if n == 0 {
        return;
    }
    let on_street = sides.iter().any(Option::is_none);
    let most = if on_street { STREET_BEND_M } else { 12.0 };
    let height = (length * bends.slope * rng.unit()).min(most) * if rng.chance(0.5) { 1.0 } else { -1.0 };
    let chain = chain(mesh, from, to, n, height, rng);
    let whole: Vec<Node> = [a].into_iter().chain(chain.iter().copied()).chain([b]).collect();
    if whole.windows(2).any(|w| w[0] == w[1]) {
        return;
    }
    if sides.iter().flatten().all(|face| is_clear(mesh, *face, edge, &whole)) {
        mesh.bend(edge, &chain);
    }
}

/// `n` nodes along a flat arc with some noise, all on one side of the edge.
fn chain(mesh: &Mesh, from: Metres, to: Metres, n: usize, height: f64, rng: &mut Rng) -> Vec<Node> {
    let along = from.to(to);
    let across = along.unit().left();
    (1..=n)
        .map(|i| {
            let t = (i as f64 + rng.between(-0.3, 0.3)) / (n + 1) as f64;
            let h = height * 4.0 * t * (1.0 - t) * rng.between(0.75, 1.0);
            mesh.frame.node(from.plus(along, t).plus(across, h))
        })
        .collect()
}

/// Whether a chain may replace `edge` in the rings of `face`: it meets no other edge, and no ring comes to lie behind it. As
/// nothing is met, a ring lies behind it wholly or not at all, and one node of it tells.
fn is_clear(mesh: &Mesh, face: usize, edge: u32, chain: &[Node]) -> bool {
    let is_end = |n: &Node| chain.first() == Some(n) || chain.last() == Some(n);
    mesh.rings(face).iter().all(|ring| {
        let others = || ring.iter().filter(|h| h.edge != edge).map(|h| mesh.ends(*h));
        let witness = others().map(|(from, _)| from).find(|n| !is_end(n));
        others().all(|ends| keeps_off(chain, ends)) && !witness.is_some_and(|n| is_inside(n, chain))
    })
}

/// Whether an edge meets the chain nowhere but in an end that both have.
fn keeps_off(chain: &[Node], (p, q): (Node, Node)) -> bool {
    let last = chain.len() - 1;
    (0..last).all(|i| {
        let (c, d) = (chain[i], chain[i + 1]);
        let far_end = |end: Node| if p == end { Some(q) } else { (q == end).then_some(p) };
        let at_start = (i == 0).then(|| far_end(c)).flatten();
        let at_end = (i + 1 == last).then(|| far_end(d)).flatten();
        match (at_start, at_end) {
            (Some(far), _) => !folds_back(c, d, far),
            (None, Some(far)) => !folds_back(d, c, far),
            (None, None) => !segments_meet(c, d, p, q),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::frame::Frame;
    use super::*;

    fn nodes(points: &[(i64, i64)]) -> Vec<Node> {
        points.iter().map(|(x, y)| Node { x: *x, y: *y }).collect()
    }

    fn square() -> Mesh {
        Mesh::new(Frame::at(50.44), &nodes(&[(0, 0), (1000, 0), (1000, 1000), (0, 1000)]))
    }

    #[test]
    fn a_bend_may_not_cross_the_opposite_border() {
        let mesh = square();
        assert!(is_clear(&mesh, 0, 0, &nodes(&[(0, 0), (500, 900), (1000, 0)])));
        assert!(!is_clear(&mesh, 0, 0, &nodes(&[(0, 0), (500, 1000), (1000, 0)])));
        assert!(!is_clear(&mesh, 0, 0, &nodes(&[(0, 0), (0, 500), (1000, 0)])));
    }

    #[test]
    fn a_bend_may_not_turn_a_sliver_over() {
        let mesh = Mesh::new(Frame::at(50.44), &nodes(&[(0, 0), (1000, 0), (500, 30)]));
        assert!(is_clear(&mesh, 0, 0, &nodes(&[(0, 0), (500, 20), (1000, 0)])));
        assert!(!is_clear(&mesh, 0, 0, &nodes(&[(0, 0), (500, 40), (1000, 0)])));
    }

    #[test]
    fn a_bend_may_not_pass_over_an_enclave() {
        let mut mesh = square();
        mesh.enclose(0, &nodes(&[(450, 300), (550, 300), (550, 400), (450, 400)]));
        assert!(is_clear(&mesh, 0, 0, &nodes(&[(0, 0), (500, 250), (1000, 0)])));
        assert!(!is_clear(&mesh, 0, 0, &nodes(&[(0, 0), (500, 350), (1000, 0)])));
        assert!(!is_clear(&mesh, 0, 0, &nodes(&[(0, 0), (500, 950), (1000, 0)])));
    }
}
