//! A block as a planar mesh whose faces share their edges.
//!
//! In: the block's outline. Out: faces (parcels) cut from it, rings of lattice nodes. An edge is one object used by the faces on
//! both of its sides; putting a vertex on it puts the vertex into both rings:
//!
//! ```text
//!   ───────┬───────        the cut of the upper face ends on edge e; e becomes e1 + e2,
//!          │               and the lower face, which still names e, reads e1, e2:
//!   ───e1──●──e2───        its ring has the T vertex without having been touched.
//!      lower face
//! ```
//!
//! Hence neighbours cannot disagree. It does not decide where to cut ([`super::lots`]) or to bend ([`super::bends`]).

use super::exact::{doubled_area, is_simple, on_segment, segments_meet, turn};
use super::frame::{Frame, Metres, Node};

/// An edge and the way along it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Half {
    pub edge: u32,
    pub back: bool,
}

#[derive(Debug, Clone, Copy)]
struct Edge {
    from: u32,
    to: u32,
    /// The first of the two consecutive edges that replaced this one.
    halves: Option<u32>,
}

/// The outer ring turns left, holes turn right: the face lies left of each of its halves.
#[derive(Debug, Clone, Default)]
pub(super) struct Face {
    rings: Vec<Vec<Half>>,
}

/// What a cut does with an end that falls near an existing vertex.
#[derive(Debug, Clone, Copy)]
pub(super) struct Snap {
    /// Nearer than this the existing vertex is always taken, metres.
    pub always_m: f64,
    /// Nearer than this it is taken where `align` says so.
    pub align_m: f64,
    /// Whether this cut lines up with its neighbours (a corner contact) or keeps clear of them (T junctions).
    pub align: bool,
}

#[derive(Debug)]
pub(super) struct Mesh {
    pub frame: Frame,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    faces: Vec<Face>,
}

#[derive(Clone, Copy)]
enum End {
    Vertex(usize),
    Within(usize, Node),
}

impl Mesh {
    /// One face: `outline`, turning left.
    pub fn new(frame: Frame, outline: &[Node]) -> Self {
        let mut mesh = Self {
            frame,
            nodes: Vec::new(),
            edges: Vec::new(),
            faces: Vec::new(),
        };
        let ring = mesh.add_ring(outline);
        mesh.faces.push(Face { rings: vec![ring] });
        mesh
    }

    fn add_ring(&mut self, outline: &[Node]) -> Vec<Half> {
        let first = self.nodes.len() as u32;
        self.nodes.extend_from_slice(outline);
        let n = outline.len() as u32;
        (0..n)
            .map(|i| self.add_edge(first + i, first + (i + 1) % n))
            .map(|edge| Half { edge, back: false })
            .collect()
    }

    fn add_edge(&mut self, from: u32, to: u32) -> u32 {
        self.edges.push(Edge { from, to, halves: None });
        self.edges.len() as u32 - 1
    }

    pub fn faces(&self) -> usize {
        self.faces.len()
    }

    pub fn edges(&self) -> usize {
        self.edges.len()
    }

    pub fn is_leaf(&self, edge: u32) -> bool {
        self.edges[edge as usize].halves.is_none()
    }

    pub fn ends(&self, half: Half) -> (Node, Node) {
        let e = self.edges[half.edge as usize];
        let (a, b) = if half.back { (e.to, e.from) } else { (e.from, e.to) };
        (self.nodes[a as usize], self.nodes[b as usize])
    }

    /// The rings of a face as undivided halves, outer ring first.
    pub fn rings(&self, face: usize) -> Vec<Vec<Half>> {
        self.faces[face].rings.iter().map(|r| self.flatten(r)).collect()
    }

    fn flatten(&self, ring: &[Half]) -> Vec<Half> {
        let mut out = Vec::with_capacity(ring.len() + 4);
        let mut stack: Vec<Half> = ring.iter().rev().copied().collect();
        while let Some(h) = stack.pop() {
            match self.edges[h.edge as usize].halves {
                None => out.push(h),
                Some(first) => {
                    let (one, two) = if h.back { (first + 1, first) } else { (first, first + 1) };
                    stack.push(Half {
                        edge: two,
                        back: h.back,
                    });
                    stack.push(Half {
                        edge: one,
                        back: h.back,
                    });
                }
            }
        }
        out
    }

    /// The nodes of a flattened ring, without repeating the first.
    pub fn nodes_of(&self, ring: &[Half]) -> Vec<Node> {
        ring.iter().map(|h| self.ends(*h).0).collect()
    }

    pub fn outer(&self, face: usize) -> Vec<Node> {
        self.faces[face]
            .rings
            .first()
            .map(|r| self.nodes_of(&self.flatten(r)))
            .unwrap_or_default()
    }

    /// Puts `node` on an undivided edge and returns the index of the new vertex.
    fn divide(&mut self, edge: u32, node: Node) -> u32 {
        let Edge { from, to, .. } = self.edges[edge as usize];
        self.nodes.push(node);
        let middle = self.nodes.len() as u32 - 1;
        let first = self.add_edge(from, middle);
        self.add_edge(middle, to);
        self.edges[edge as usize].halves = Some(first);
        middle
    }

    /// Replaces an undivided edge by the chain from → `inner` → to. The caller has checked that nothing is crossed.
    pub fn bend(&mut self, edge: u32, inner: &[Node]) {
        let mut rest = edge;
        for node in inner {
            self.divide(rest, *node);
            rest = self.edges.len() as u32 - 1;
        }
    }

    /// Encloses a new face `outline` (turning left, strictly inside) in `face`, which gets a hole.
    pub fn enclose(&mut self, face: usize, outline: &[Node]) -> usize {
        let ring = self.add_ring(outline);
        let hole = ring
            .iter()
            .rev()
            .map(|h| Half {
                edge: h.edge,
                back: true,
            })
            .collect();
        self.faces[face].rings.push(hole);
        self.faces.push(Face { rings: vec![ring] });
        self.faces.len() - 1
    }

    /// Cuts a face along the line through `at` with direction `along`: what lies left stays `face`, what lies right is
    /// the face returned. `None`, and nothing is changed, where the line does not part the face cleanly in two.
    pub fn cut(&mut self, face: usize, at: Metres, along: Metres, snap: Snap) -> Option<usize> {
        if self.faces[face].rings.len() != 1 {
            return None;
        }
        let ring = self.flatten(&self.faces[face].rings[0]);
        let nodes = self.nodes_of(&ring);
        let (enter, leave) = self.crossings(&nodes, at, along)?;
        let a = self.end(&nodes, enter, snap)?;
        let b = self.end(&nodes, leave, snap)?;
        let (pa, pb) = (node_of(&nodes, a), node_of(&nodes, b));
        if !chord_is_clear(&nodes, a, b, pa, pb) {
            return None;
        }
        let va = self.vertex(&ring, a);
        let vb = self.vertex(&ring, b);
        let chord = self.add_edge(va, vb);
        // The ring passes from the left side to the right side at `a`, and back at `b`.
        let ring = self.flatten(&ring);
        let start = |v: u32| {
            ring.iter().position(|h| {
                let e = self.edges[h.edge as usize];
                v == if h.back { e.to } else { e.from }
            })
        };
        let (ia, ib) = (start(va)?, start(vb)?);
        let walk = |from: usize, to: usize| {
            let n = ring.len();
            let count = (to + n - from) % n;
            (0..count).map(|k| ring[(from + k) % n]).collect::<Vec<_>>()
        };
        let mut right = walk(ia, ib);
        right.push(Half {
            edge: chord,
            back: true,
        });
        let mut left = walk(ib, ia);
        left.push(Half {
            edge: chord,
            back: false,
        });
        self.faces[face].rings[0] = left;
        self.faces.push(Face { rings: vec![right] });
        Some(self.faces.len() - 1)
    }

    /// The two ring edges where the line passes from left to right and from right to left, with the place on each.
    fn crossings(&self, nodes: &[Node], at: Metres, along: Metres) -> Option<((usize, f64), (usize, f64))> {
        let side: Vec<f64> = nodes
            .iter()
            .map(|n| along.cross(at.to(self.frame.metres(*n))))
            .collect();
        let (mut enter, mut leave) = (None, None);
        for i in 0..nodes.len() {
            let (s, t) = (side[i], side[(i + 1) % nodes.len()]);
            let slot = match (s >= 0.0, t >= 0.0) {
                (true, false) => &mut enter,
                (false, true) => &mut leave,
                _ => continue,
            };
            if slot.replace((i, s / (s - t))).is_some() {
                return None;
            }
        }
        Some((enter?, leave?))
    }

    fn end(&self, nodes: &[Node], (i, t): (usize, f64), snap: Snap) -> Option<End> {
        let n = nodes.len();
        let (p, q) = (self.frame.metres(nodes[i]), self.frame.metres(nodes[(i + 1) % n]));
        let d = p.to(q);
        let l = d.length();
        let (near, gap) = if t < 0.5 {
            (i, t * l)
        } else {
            ((i + 1) % n, (1.0 - t) * l)
        };
        if gap < snap.always_m || (snap.align && gap < snap.align_m) {
            return Some(End::Vertex(near));
        }
        let node = self.frame.node(p.plus(d, t));
        (node != nodes[i] && node != nodes[(i + 1) % n]).then_some(End::Within(i, node))
    }

    fn vertex(&mut self, ring: &[Half], end: End) -> u32 {
        match end {
            End::Vertex(i) => {
                let e = self.edges[ring[i].edge as usize];
                if ring[i].back { e.to } else { e.from }
            }
            End::Within(i, node) => self.divide(ring[i].edge, node),
        }
    }

    /// Whether every face is a simple ring that turns left: then the faces tile the block without overlap.
    pub fn is_sound(&self) -> bool {
        (0..self.faces.len()).all(|f| is_simple(&self.outer(f)))
    }
}

fn node_of(nodes: &[Node], end: End) -> Node {
    match end {
        End::Vertex(i) => nodes[i],
        End::Within(_, node) => node,
    }
}

/// Whether the chord runs inside the ring and touches it at its two ends only; both parts keep a positive area.
fn chord_is_clear(nodes: &[Node], a: End, b: End, pa: Node, pb: Node) -> bool {
    let n = nodes.len();
    let touches = |end: End, i: usize| match end {
        End::Vertex(v) => i == v || (i + 1) % n == v,
        End::Within(e, _) => i == e,
    };
    if pa == pb {
        return false;
    }
    for i in 0..n {
        let (p, q) = (nodes[i], nodes[(i + 1) % n]);
        match (touches(a, i), touches(b, i)) {
            (true, true) => return false,
            (true, false) => {
                if turn(pa, pb, p) == 0 && turn(pa, pb, q) == 0 || on_segment(p, q, pb) {
                    return false;
                }
            }
            (false, true) => {
                if turn(pa, pb, p) == 0 && turn(pa, pb, q) == 0 || on_segment(p, q, pa) {
                    return false;
                }
            }
            (false, false) => {
                if segments_meet(pa, pb, p, q) {
                    return false;
                }
            }
        }
    }
    let part = |from: End, to: End, last: Node| {
        let (mut i, first) = match from {
            End::Vertex(v) => (v, nodes[v]),
            End::Within(e, node) => (e, node),
        };
        let stop = match to {
            End::Vertex(v) => (v + n - 1) % n,
            End::Within(e, _) => e,
        };
        let mut ring = vec![first];
        while i != stop {
            i = (i + 1) % n;
            ring.push(nodes[i]);
        }
        ring.push(last);
        doubled_area(&ring) > 0
    };
    part(a, b, pb) && part(b, a, pa)
}
