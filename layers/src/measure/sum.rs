//! Sums of hectares that are the same in whatever order and in whatever parts they are added.
//!
//! Statistics and the cells of a map add up the same patches, one in rows and one in quadrants, zoom
//! by zoom. With floating-point sums the two would differ in the last digits; these are whole numbers.

/// A sum of hectares: exact for areas from 1/256 ha (39 m²) up, and below that off by less than
/// 5·10⁻¹⁵ m² for each.
///
/// # Examples
/// ```
/// use layers::measure::HectareSum;
/// let (one, other) = ([0.1, 0.2, 0.3], [0.3, 0.2, 0.1]);
/// assert_ne!(one.iter().sum::<f64>(), other.iter().sum::<f64>());
/// let sum = |areas: [f64; 3]| areas.into_iter().collect::<HectareSum>();
/// assert_eq!(sum(one), sum(other));
/// assert_eq!(sum(one).hectares(), 0.6);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct HectareSum(
    /// Units of 2⁻⁶⁰ ha.
    i128,
);

/// Units in a hectare, 2⁶⁰: an `f64` of 2⁻⁸ or more has no digit below its inverse.
const UNITS: f64 = (1u64 << 60) as f64;

/// Hectares beyond which an area is none on Earth, which has 5.1·10¹⁰: 2³⁶. It would take 2³¹ of
/// them to leave an `i128`.
const MOST: f64 = (1u64 << 36) as f64;

impl HectareSum {
    /// Adds an area in hectares. What is not a number counts as nothing, and nothing counts as more
    /// than 2³⁶ ha.
    pub fn add(&mut self, hectares: f64) {
        // Scaling by a power of two is exact; the conversion takes NaN for zero.
        *self += Self((hectares.clamp(-MOST, MOST) * UNITS).round_ties_even() as i128);
    }

    /// The sum to the last digit, to be kept.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }

    /// What [`HectareSum::to_bytes`] gave.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(i128::from_le_bytes(bytes))
    }

    /// The sum in hectares: the nearest `f64`.
    pub fn hectares(self) -> f64 {
        self.0 as f64 / UNITS
    }
}

impl std::ops::AddAssign for HectareSum {
    fn add_assign(&mut self, other: Self) {
        self.0 = self.0.saturating_add(other.0);
    }
}

impl std::ops::SubAssign for HectareSum {
    fn sub_assign(&mut self, other: Self) {
        self.0 = self.0.saturating_sub(other.0);
    }
}

impl FromIterator<f64> for HectareSum {
    fn from_iter<I: IntoIterator<Item = f64>>(areas: I) -> Self {
        let mut sum = Self::default();
        areas.into_iter().for_each(|hectares| sum.add(hectares));
        sum
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nonsense_adds_nothing_or_the_most_there_is() {
        let sum = |areas: &[f64]| areas.iter().copied().collect::<HectareSum>().hectares();
        assert_eq!(sum(&[f64::NAN, 2.5, -0.0]), 2.5);
        assert_eq!(sum(&[f64::INFINITY, f64::MAX, -f64::MAX]), MOST);
    }

    proptest! {
        #[test]
        fn order_and_parts_do_not_matter(mut areas in prop::collection::vec(0.0..1e6f64, 0..200), cut: prop::sample::Index) {
            let whole: HectareSum = areas.iter().copied().collect();
            areas.reverse();
            let (left, right) = areas.split_at(cut.index(areas.len() + 1));
            let mut parts: HectareSum = right.iter().copied().collect();
            parts += left.iter().copied().collect();
            prop_assert_eq!(parts, whole);
            // Against a sum that keeps what each addition loses (Neumaier, ZAMM 54, 1974).
            let (mut sum, mut lost) = (0.0f64, 0.0f64);
            for area in areas {
                let next = sum + area;
                lost += if sum >= area { (sum - next) + area } else { (area - next) + sum };
                sum = next;
            }
            let compensated = sum + lost;
            prop_assert!((whole.hectares() - compensated).abs() <= compensated * f64::EPSILON);
        }

        #[test]
        fn an_area_of_a_patch_comes_back_as_it_was(hectares in 0.00390625..1e10f64) {
            prop_assert_eq!([hectares].into_iter().collect::<HectareSum>().hectares(), hectares);
        }
    }
}
