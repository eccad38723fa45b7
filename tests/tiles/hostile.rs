//! Seeded shapes that no surveyor would draw: whatever comes in, what goes out is valid.

use terril::model::geometry::{Geometry, GeometryKind};
use terril::model::tile::TileCoord;
use terril::model::world::{WorldPoint, lon_lat};

/// SplitMix64 (Steele, Lea and Flood 2014).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A geometry of parts of rings in world points; rings are closed here.
pub fn geometry(kind: GeometryKind, parts: &[Vec<Vec<WorldPoint>>]) -> Geometry {
    let mut flat = Geometry::start(kind);
    let mut world = Vec::new();
    for part in parts {
        for ring in part {
            let closing = ring.first().filter(|_| kind.dimension() == Some(2));
            for &p in ring.iter().chain(closing) {
                flat.push_point(lon_lat(p));
                world.push(p);
            }
            flat.end_ring();
        }
        flat.end_part();
    }
    assert!(flat.set_world(world));
    flat
}

/// How the points of a ring are chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Habit {
    /// Anywhere: crosses itself all over.
    Anywhere,
    /// A closed walk of steps up to some tile units.
    Walk,
    /// Around a middle, nearer and farther: simple, full of spikes.
    Star,
    /// On few columns and rows: touches itself, runs over itself.
    Lattice,
    /// Up and down in a comb of teeth thinner than a unit.
    Comb,
}

pub const HABITS: [Habit; 5] = [Habit::Anywhere, Habit::Walk, Habit::Star, Habit::Lattice, Habit::Comb];

/// A ring of so many points around the middle of a tile, as wide as `reach` times the tile.
pub fn ring(habit: Habit, points: usize, reach: f64, tile: TileCoord, random: &mut Random) -> Vec<WorldPoint> {
    let span = tile.span() as f64;
    let middle = tile.origin().map(|c| c as f64 + span / 2.0);
    let at = |x: f64, y: f64| -> WorldPoint {
        [
            (middle[0] + x * span * reach / 2.0) as u32,
            (middle[1] + y * span * reach / 2.0) as u32,
        ]
    };
    let mut walk = [0.0, 0.0];
    (0..points)
        .map(|i| {
            let part = i as f64 / points as f64;
            match habit {
                Habit::Anywhere => at(2.0 * random.unit() - 1.0, 2.0 * random.unit() - 1.0),
                Habit::Walk => {
                    walk[0] += (random.unit() - 0.5) * 8.0 / 4096.0;
                    walk[1] += (random.unit() - 0.5) * 8.0 / 4096.0;
                    at(walk[0], walk[1])
                }
                Habit::Star => {
                    let (sin, cos) = (part * std::f64::consts::TAU).sin_cos();
                    let far = 0.05 + 0.95 * random.unit();
                    at(far * cos, far * sin)
                }
                Habit::Lattice => at(random.below(7) as f64 / 3.0 - 1.0, random.below(7) as f64 / 3.0 - 1.0),
                Habit::Comb => {
                    let side = if i % 2 == 0 { -1.0 } else { 1.0 };
                    at(2.0 * part - 1.0, side * (0.5 + 0.5 * random.unit()))
                }
            }
        })
        .collect()
}
