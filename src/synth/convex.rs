//! Convex outlines in metres: how far they reach, and what is left of them beside a street.
//!
//! In: corners, turning left. Out: the same. Nothing here is on the lattice yet.

use super::frame::Metres;

/// Square metres, positive for an outline that turns left.
pub(super) fn area(outline: &[Metres]) -> f64 {
    let Some(first) = outline.first() else { return 0.0 };
    outline
        .windows(2)
        .map(|w| first.to(w[0]).cross(first.to(w[1])))
        .sum::<f64>()
        * 0.5
}

/// How far an outline reaches along its longest edge and across it.
pub(super) struct Extents {
    pub axis: Metres,
    origin: Metres,
    low: f64,
    near: f64,
    pub length: f64,
    pub width: f64,
}

impl Extents {
    /// The axis is the longest edge's direction, or the one across it if the outline reaches farther that way.
    pub fn of(outline: &[Metres]) -> Self {
        let n = outline.len();
        let zero = Metres { x: 0.0, y: 0.0 };
        let mut longest = zero;
        for i in 0..n {
            let d = outline[i].to(outline[(i + 1) % n]);
            if d.dot(d) > longest.dot(longest) {
                longest = d;
            }
        }
        let origin = outline.first().copied().unwrap_or(zero);
        let size = Self::along_axis(outline, origin, longest.unit());
        if size.width > size.length {
            Self::along_axis(outline, origin, longest.unit().left())
        } else {
            size
        }
    }

    fn along_axis(outline: &[Metres], origin: Metres, axis: Metres) -> Self {
        let (mut low, mut high, mut near, mut far) = (f64::MAX, f64::MIN, f64::MAX, f64::MIN);
        for p in outline {
            let d = origin.to(*p);
            (low, high) = (low.min(d.dot(axis)), high.max(d.dot(axis)));
            (near, far) = (near.min(d.dot(axis.left())), far.max(d.dot(axis.left())));
        }
        Self {
            axis,
            origin,
            low,
            near,
            length: high - low,
            width: far - near,
        }
    }

    /// The point at a share of the length and a share of the width.
    pub fn point(&self, length: f64, width: f64) -> Metres {
        self.origin
            .plus(self.axis, self.low + self.length * length)
            .plus(self.axis.left(), self.near + self.width * width)
    }

    /// The axis turned to the left by a small slope.
    pub fn turned(&self, slope: f64) -> Metres {
        self.axis.plus(self.axis.left(), slope).unit()
    }

    /// The parts on both sides of a gap that runs along the axis, left part first.
    pub fn along(&self, outline: &[Metres], place: f64, slope: f64, gap: f64) -> (Vec<Metres>, Vec<Metres>) {
        part(outline, self.point(0.5, place), self.turned(slope), gap)
    }

    /// The parts on both sides of a gap that runs across the axis, left part first.
    pub fn across(&self, outline: &[Metres], place: f64, slope: f64, gap: f64) -> (Vec<Metres>, Vec<Metres>) {
        part(outline, self.point(place, 0.5), self.turned(slope).left(), gap)
    }
}

/// What lies left and right of a street of width `gap` along the line.
fn part(outline: &[Metres], at: Metres, along: Metres, gap: f64) -> (Vec<Metres>, Vec<Metres>) {
    let back = Metres {
        x: -along.x,
        y: -along.y,
    };
    (
        keep_left(outline, at.plus(along.left(), gap / 2.0), along),
        keep_left(outline, at.plus(back.left(), gap / 2.0), back),
    )
}

fn keep_left(outline: &[Metres], at: Metres, along: Metres) -> Vec<Metres> {
    let side = |p: Metres| along.cross(at.to(p));
    let mut out = Vec::with_capacity(outline.len() + 1);
    for (i, p) in outline.iter().enumerate() {
        let q = outline[(i + 1) % outline.len()];
        let (s, t) = (side(*p), side(q));
        if s >= 0.0 {
            out.push(*p);
        }
        if (s >= 0.0) != (t >= 0.0) {
            out.push(p.plus(p.to(q), s / (s - t)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(side: f64) -> Vec<Metres> {
        [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]
            .map(|(x, y)| Metres { x, y })
            .to_vec()
    }

    #[test]
    fn a_street_takes_its_width_from_both_sides() {
        let (a, b) = part(
            &square(100.0),
            Metres { x: 50.0, y: 0.0 },
            Metres { x: 0.0, y: 1.0 },
            10.0,
        );
        assert!((area(&a) - 4_500.0).abs() < 1e-6 && (area(&b) - 4_500.0).abs() < 1e-6);
    }
}
