//! A commune parted by streets into blocks.
//!
//! In: the commune's rectangle in metres and its profile. Out: convex blocks, each with its texture, in an order that keeps
//! neighbours together; the ground between them is street and belongs to no parcel. No lattice and no parcels yet.

use super::fabric::{Lots, Profile, Texture};
use super::frame::Metres;
use super::rng::Rng;

/// A convex outline turning left, and what stands on it.
pub(super) struct Block {
    pub outline: Vec<Metres>,
    pub texture: &'static Texture,
}

/// Streets are at least this wide: twice the largest outward bend of a block's border, and a way between.
pub(super) const NARROWEST_M: f64 = 6.0;

/// Parts `outline` into districts and these into blocks.
pub(super) fn blocks(outline: Vec<Metres>, profile: &'static Profile, rng: &mut Rng) -> Vec<Block> {
    let mut out = Vec::new();
    districts(outline, profile, rng, &mut out);
    out
}

fn districts(outline: Vec<Metres>, profile: &'static Profile, rng: &mut Rng, out: &mut Vec<Block>) {
    let size = Extents::of(&outline);
    if area(&outline) > profile.district_m2 * rng.between(0.7, 1.4) {
        let place = rng.between(0.36, 0.64);
        let (a, b) = size.across(&outline, place, 0.08 * rng.normal(), rng.between(9.0, 16.0));
        districts(a, profile, rng, out);
        districts(b, profile, rng, out);
        return;
    }
    let texture = &profile.textures[rng.pick(profile.textures.iter().map(|(w, _)| *w))].1;
    match texture {
        Texture::Lots(lots) => {
            let depth = lots.depth_m * rng.between(0.85, 1.15);
            rows(outline, lots, texture, depth, rng, out);
        }
        Texture::Large { median_m2, .. } => parts(outline, texture, median_m2 * 4.0, rng, out),
        Texture::Fields { .. } => push(outline, texture, out),
    }
}

/// Streets along the rows, then across them.
fn rows(outline: Vec<Metres>, lots: &Lots, texture: &'static Texture, depth: f64, rng: &mut Rng, out: &mut Vec<Block>) {
    let size = Extents::of(&outline);
    let street = rng.between(NARROWEST_M, 11.0);
    let target = 2.0 * depth;
    let ranks = (size.width / (target + street)).round();
    let (a, b) = if ranks >= 2.0 {
        let place = ((ranks / 2.0).floor() / ranks) + rng.between(-0.03, 0.03);
        size.along(&outline, place, 0.02 * rng.normal(), street)
    } else if size.length > 1.5 * lots.block_length_m {
        size.across(&outline, rng.between(0.4, 0.6), 0.06 * rng.normal(), street)
    } else if size.width > 1.4 * depth && rng.chance(lots.single_row) {
        let (a, b) = size.along(&outline, rng.between(0.45, 0.55), 0.0, street);
        push(a, texture, out);
        push(b, texture, out);
        return;
    } else {
        push(outline, texture, out);
        return;
    };
    rows(a, lots, texture, depth, rng, out);
    rows(b, lots, texture, depth, rng, out);
}

fn parts(outline: Vec<Metres>, texture: &'static Texture, target_m2: f64, rng: &mut Rng, out: &mut Vec<Block>) {
    if area(&outline) < target_m2 * rng.between(0.5, 2.5) {
        push(outline, texture, out);
        return;
    }
    let street = rng.between(NARROWEST_M + 1.0, 14.0);
    let (a, b) = Extents::of(&outline).across(&outline, rng.between(0.35, 0.65), 0.1 * rng.normal(), street);
    parts(a, texture, target_m2, rng, out);
    parts(b, texture, target_m2, rng, out);
}

/// Keeps what is wide enough for a parcel; the rest stays street.
fn push(outline: Vec<Metres>, texture: &'static Texture, out: &mut Vec<Block>) {
    if outline.len() >= 3 && area(&outline) > 80.0 && Extents::of(&outline).width > 5.0 {
        out.push(Block { outline, texture });
    }
}

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

    fn along(&self, outline: &[Metres], place: f64, slope: f64, gap: f64) -> (Vec<Metres>, Vec<Metres>) {
        part(outline, self.point(0.5, place), self.turned(slope), gap)
    }

    fn across(&self, outline: &[Metres], place: f64, slope: f64, gap: f64) -> (Vec<Metres>, Vec<Metres>) {
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

    #[test]
    fn blocks_turn_left_and_leave_the_streets_free() {
        let profile = super::super::Fabric::Suburb.profile();
        let all = blocks(square(800.0), profile, &mut Rng::stream(1, 1));
        let covered: f64 = all.iter().map(|b| area(&b.outline)).sum();
        assert!(
            all.len() > 20 && covered > 0.6 * 640_000.0 && covered < 0.95 * 640_000.0,
            "{covered}"
        );
        assert!(all.iter().all(|b| area(&b.outline) > 80.0));
    }
}
