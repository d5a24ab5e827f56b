//! Paper sizes and round scales.

/// CSS pixels of a millimetre.
pub(crate) const PX_PER_MM: f64 = 96.0 / 25.4;

/// A paper size (ISO 216).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// 297 × 210 mm.
    #[default]
    A4,
    /// 420 × 297 mm.
    A3,
}

/// A sheet of paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paper {
    /// Its size.
    pub format: Format,
    /// Whether it stands upright.
    pub is_portrait: bool,
}

impl Paper {
    /// Its width and height in millimetres.
    pub fn millimetres(self) -> (f64, f64) {
        let (long, short) = match self.format {
            Format::A4 => (297.0, 210.0),
            Format::A3 => (420.0, 297.0),
        };
        if self.is_portrait { (short, long) } else { (long, short) }
    }
}

/// Metres on the ground of a CSS pixel at a scale of one to so many.
pub(super) fn metres_per_px(scale: f64) -> f64 {
    scale / PX_PER_MM / 1000.0
}

/// The largest round scale at which a pixel is at least so many metres: one to so many.
pub(super) fn round_scale(metres_per_px: f64) -> f64 {
    const STEPS: [f64; 10] = [1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0];
    let least = metres_per_px * PX_PER_MM * 1000.0;
    let power = 10f64.powf(least.log10().floor());
    // What is round already must not become the next for the last digit of a float.
    let fits = |step: &f64| step * power >= least * (1.0 - 1e-9);
    STEPS.into_iter().find(fits).map_or(10.0 * power, |step| step * power)
}

/// 1, 2 or 5 times a power of ten, the largest that is at most `most`.
pub(super) fn round_below(most: f64) -> f64 {
    let power = 10f64.powf(most.log10().floor());
    [5.0, 2.0].into_iter().find(|step| step * power <= most * (1.0 + 1e-9)).unwrap_or(1.0) * power
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_round_scale_shows_no_less_and_hardly_more(metres in 0.01..10_000.0) {
            let shown = metres_per_px(round_scale(metres));
            prop_assert!(shown >= metres * 0.999_999 && shown <= metres * 1.34, "{metres} {shown}");
        }
    }

    #[test]
    fn scales_are_round() {
        for (metres, scale) in [
            (metres_per_px(25_000.0), 25_000.0),
            (metres_per_px(25_001.0), 30_000.0),
            (metres_per_px(9_000.0), 10_000.0),
        ] {
            assert_eq!(round_scale(metres), scale);
        }
        assert_eq!([round_below(7.0), round_below(4.9), round_below(1.2), round_below(20.0)], [5.0, 2.0, 1.0, 20.0]);
    }
}
