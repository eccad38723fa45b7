//! The local plane of a commune: lattice points of 10⁻⁷ degree and metres on GRS80.
//!
//! In: the longitude and latitude of a corner. Out: conversions both ways. Every vertex is a lattice point, the precision of
//! the published cadastre, so that a vertex shared by two parcels is one pair of integers. Not a projection: good to 0.05 %
//! within 5 km of the corner, which is all that a fictive commune needs.

use super::exact::doubled_area;

/// Lattice units per degree.
pub(super) const UNITS_PER_DEGREE: f64 = 1e7;

/// A point of the lattice, in units of 10⁻⁷ degree east and north of the commune's corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    pub x: i64,
    pub y: i64,
}

/// A point or direction in metres east and north of the commune's corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Metres {
    pub x: f64,
    pub y: f64,
}

impl Metres {
    pub fn plus(self, dir: Metres, by: f64) -> Metres {
        Metres {
            x: self.x + dir.x * by,
            y: self.y + dir.y * by,
        }
    }

    pub fn to(self, other: Metres) -> Metres {
        Metres {
            x: other.x - self.x,
            y: other.y - self.y,
        }
    }

    pub fn dot(self, o: Metres) -> f64 {
        self.x * o.x + self.y * o.y
    }

    pub fn cross(self, o: Metres) -> f64 {
        self.x * o.y - self.y * o.x
    }

    pub fn length(self) -> f64 {
        self.dot(self).sqrt()
    }

    /// The same direction with length 1; east for the zero vector.
    pub fn unit(self) -> Metres {
        let l = self.length();
        if l > 0.0 {
            Metres {
                x: self.x / l,
                y: self.y / l,
            }
        } else {
            Metres { x: 1.0, y: 0.0 }
        }
    }

    /// A quarter turn to the left.
    pub fn left(self) -> Metres {
        Metres { x: -self.y, y: self.x }
    }
}

/// Metres per lattice unit at a latitude.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub metres_per_x: f64,
    pub metres_per_y: f64,
}

impl Frame {
    /// From the radii of curvature of GRS80 at `latitude` degrees.
    pub fn at(latitude: f64) -> Self {
        const A: f64 = 6_378_137.0;
        const E2: f64 = 0.006_694_380_022_90;
        let radians_per_unit = std::f64::consts::PI / 180.0 / UNITS_PER_DEGREE;
        let sin = sine(latitude * std::f64::consts::PI / 180.0);
        let w2 = 1.0 - E2 * sin * sin;
        let w = w2.sqrt();
        Self {
            metres_per_x: A / w * (1.0 - sin * sin).sqrt() * radians_per_unit,
            metres_per_y: A * (1.0 - E2) / (w2 * w) * radians_per_unit,
        }
    }

    pub fn metres(&self, n: Node) -> Metres {
        Metres {
            x: n.x as f64 * self.metres_per_x,
            y: n.y as f64 * self.metres_per_y,
        }
    }

    /// The nearest lattice point.
    pub fn node(&self, m: Metres) -> Node {
        Node {
            x: (m.x / self.metres_per_x).round() as i64,
            y: (m.y / self.metres_per_y).round() as i64,
        }
    }

    /// Square metres inside a ring, positive when it turns to the left.
    pub fn area(&self, ring: &[Node]) -> f64 {
        doubled_area(ring) as f64 * 0.5 * self.metres_per_x * self.metres_per_y
    }
}

/// Taylor's series to x¹⁹: 10⁻¹⁴ within ±90°, the same bits on every machine, which the library function does not promise.
fn sine(x: f64) -> f64 {
    let mut term = x;
    let mut sum = x;
    for k in 1..10 {
        term = -term * x * x / f64::from((2 * k) * (2 * k + 1));
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_at_50_44_north_measures_as_the_tables_say() {
        // GRS80: 71,039.3 m of longitude and 111,237.5 m of latitude per degree at 50.44° N (pyproj.Geod).
        let f = Frame::at(50.44);
        assert!((f.metres_per_x * UNITS_PER_DEGREE - 71_039.3).abs() < 0.1);
        assert!((f.metres_per_y * UNITS_PER_DEGREE - 111_237.5).abs() < 0.1);
    }
}
