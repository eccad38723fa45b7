//! A commune parted by streets into blocks.
//!
//! In: the commune's rectangle in metres and its profile. Out: convex blocks, each with its texture, in an order that keeps
//! neighbours together; the ground between them is street and belongs to no parcel. No lattice and no parcels yet.

use super::convex::{Extents, area};
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
    let mut plan = Plan {
        profile,
        owed_m2: vec![0.0; profile.textures.len()],
        blocks: Vec::new(),
    };
    plan.districts(outline, rng);
    plan.blocks
}

/// A commune in the making.
struct Plan {
    profile: &'static Profile,
    /// How much more ground each texture should have by now: keeps every commune near the shares of its fabric.
    owed_m2: Vec<f64>,
    blocks: Vec<Block>,
}

impl Plan {
    fn districts(&mut self, outline: Vec<Metres>, rng: &mut Rng) {
        if area(&outline) > self.profile.district_m2 * rng.between(0.7, 1.4) {
            let size = Extents::of(&outline);
            let place = rng.between(0.36, 0.64);
            let (a, b) = size.across(&outline, place, 0.08 * rng.normal(), rng.between(9.0, 16.0));
            self.districts(a, rng);
            self.districts(b, rng);
            return;
        }
        let texture = self.texture_for(area(&outline), rng);
        let out = &mut self.blocks;
        match texture {
            Texture::Lots(lots) => {
                let depth = lots.depth_m * rng.between(0.85, 1.15);
                let ranks = 2.0 + rng.count(lots.deep).min(3) as f64;
                rows(outline, lots, texture, (depth, ranks), rng, out);
            }
            Texture::Large(large) => parts(outline, texture, large.median_m2 * 4.0, rng, out),
            Texture::Fields(_) => push(outline, texture, out),
        }
    }

    /// The texture to which most ground is owed, give or take.
    fn texture_for(&mut self, area_m2: f64, rng: &mut Rng) -> &'static Texture {
        let textures = self.profile.textures;
        let (mut chosen, mut most) = (0, f64::MIN);
        for (i, (share, _)) in textures.iter().enumerate() {
            self.owed_m2[i] += share * area_m2;
            let claim = self.owed_m2[i] + area_m2 * rng.between(-0.3, 0.3);
            if claim > most {
                (chosen, most) = (i, claim);
            }
        }
        self.owed_m2[chosen] -= area_m2;
        &textures[chosen].1
    }
}

/// Streets along the rows, then across them; blocks of so many rows of such a depth.
fn rows(
    outline: Vec<Metres>,
    lots: &Lots,
    texture: &'static Texture,
    (depth, ranks): (f64, f64),
    rng: &mut Rng,
    out: &mut Vec<Block>,
) {
    let size = Extents::of(&outline);
    let street = rng.between(NARROWEST_M, 11.0);
    let blocks = (size.width / (ranks * depth + street)).round();
    let (a, b) = if blocks >= 2.0 {
        let place = ((blocks / 2.0).floor() / blocks) + rng.between(-0.03, 0.03);
        size.along(&outline, place, 0.02 * rng.normal(), street)
    } else if size.length > 1.5 * lots.block_length_m {
        size.across(&outline, rng.between(0.4, 0.6), 0.06 * rng.normal(), street)
    } else if size.width > 1.4 * depth && ranks < 3.0 && rng.chance(lots.single_row) {
        let (a, b) = size.along(&outline, rng.between(0.45, 0.55), 0.0, street);
        push(a, texture, out);
        push(b, texture, out);
        return;
    } else {
        push(outline, texture, out);
        return;
    };
    rows(a, lots, texture, (depth, ranks), rng, out);
    rows(b, lots, texture, (depth, ranks), rng, out);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn square(side: f64) -> Vec<Metres> {
        [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]
            .map(|(x, y)| Metres { x, y })
            .to_vec()
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
