//! Seeded randomness that is the same on every machine.
//!
//! In: a seed and a stream number. Out: uniform, normal-like and log-normal-like draws made with `+ - * /` only, so that no
//! platform's mathematics library can change a coordinate. Not for secrets.

/// SplitMix64 (Steele, Lea, Flood 2014): one addition and a mixing function per draw.
#[derive(Debug, Clone)]
pub(super) struct Rng(u64);

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Rng {
    /// The generator of one stream (a commune, a block) under a seed. Streams of one seed are independent of each other, so
    /// that commune 7 is the same whether or not communes 0–6 were made.
    pub fn stream(seed: u64, stream: u64) -> Self {
        Self(mix(mix(seed ^ GOLDEN).wrapping_add(stream.wrapping_mul(GOLDEN))))
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// In `[0, 1)`, with 53 bits.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// In `[low, high)`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Mean 0, variance 1, within ±3.5: the sum of four uniforms.
    pub fn normal(&mut self) -> f64 {
        const SQRT_3: f64 = 1.732_050_807_568_877_2;
        let sum = self.unit() + self.unit() + self.unit() + self.unit();
        (sum - 2.0) * SQRT_3
    }

    /// `median · e^(sigma · normal)`.
    pub fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * exp(sigma * self.normal())
    }

    /// A count of mean `mean` (Poisson, Knuth's product of uniforms), at most 200.
    pub fn count(&mut self, mean: f64) -> usize {
        let floor = exp(-mean.min(60.0));
        let mut product = self.unit();
        let mut n = 0;
        while product > floor && n < 200 {
            product *= self.unit();
            n += 1;
        }
        n
    }

    /// The index drawn with the given weights; the last one when they sum to nothing.
    pub fn pick(&mut self, weights: impl Iterator<Item = f64> + Clone) -> usize {
        let total: f64 = weights.clone().sum();
        let mut left = self.unit() * total;
        let mut last = 0;
        for (i, w) in weights.enumerate() {
            last = i;
            if left < w {
                return i;
            }
            left -= w;
        }
        last
    }
}

/// `e^x` as `(1 + x/2¹⁶)^(2¹⁶)`: sixteen squarings, relative error under x²/2¹⁷, the same bits everywhere.
pub(super) fn exp(x: f64) -> f64 {
    let mut y = 1.0 + x / 65_536.0;
    for _ in 0..16 {
        y *= y;
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_the_published_splitmix_sequence() {
        let mut rng = Rng(0);
        assert_eq!(rng.bits(), 0xE220_A839_7B1D_CDAF);
        assert_eq!(rng.bits(), 0x6E78_9E6A_A1B9_65F4);
    }

    #[test]
    fn means_and_medians_are_as_asked() {
        let mut rng = Rng::stream(1, 2);
        let n = 20_000;
        let mean = (0..n).map(|_| rng.normal()).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 0.03, "{mean}");
        let above = (0..n).filter(|_| rng.log_normal(300.0, 0.5) > 300.0).count();
        assert!((above as f64 / f64::from(n) - 0.5).abs() < 0.02, "{above}");
        let mean = (0..n).map(|_| rng.count(1.7) as f64).sum::<f64>() / f64::from(n);
        assert!((mean - 1.7).abs() < 0.05, "{mean}");
    }

    #[test]
    fn exp_is_close_to_the_library_function() {
        for x in [-3.0, -0.5, 0.0, 0.25, 2.0_f64] {
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-3, "{x}");
        }
    }
}
