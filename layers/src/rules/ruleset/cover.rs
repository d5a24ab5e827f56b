//! Which numbers are in no interval of a list, and which in several.

use super::Interval;

/// Numbers from zero upwards that belong to the same intervals.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    /// The numbers.
    pub(super) numbers: Interval,
    /// Places in the list of the intervals that hold them.
    pub(super) owners: Vec<usize>,
}

impl Run {
    /// A number of the run.
    pub(super) fn number(&self) -> f64 {
        inside(self.numbers)
    }

    /// The numbers in words: a single one as itself.
    pub(super) fn shown(&self) -> String {
        let Interval { low, high, .. } = self.numbers;
        if low == high { low.to_string() } else { self.numbers.to_string() }
    }
}

/// All numbers from zero upwards, cut wherever one of the intervals begins or ends.
pub(super) fn runs(intervals: &[Interval]) -> Vec<Run> {
    let mut ends: Vec<f64> = intervals.iter().flat_map(|interval| [interval.low, interval.high]).collect();
    ends.extend([0.0, f64::INFINITY]);
    ends.retain(|end| *end >= 0.0);
    ends.sort_by(f64::total_cmp);
    ends.dedup();
    let mut runs: Vec<Run> = Vec::new();
    for (place, &low) in ends.iter().enumerate() {
        // The end itself, then what lies between it and the next.
        let point = Interval { low, low_in: true, high: low, high_in: true };
        let between = ends.get(place + 1).map(|&high| Interval { low, low_in: false, high, high_in: false });
        for numbers in [low.is_finite().then_some(point), between].into_iter().flatten() {
            let number = inside(numbers);
            let owners: Vec<usize> = (0..intervals.len()).filter(|&owner| intervals[owner].contains(number)).collect();
            match runs.last_mut() {
                Some(last) if last.owners == owners => {
                    last.numbers.high = numbers.high;
                    last.numbers.high_in = numbers.high_in;
                }
                _ => runs.push(Run { numbers, owners }),
            }
        }
    }
    runs
}

/// A number of an interval that has one.
fn inside(Interval { low, high, .. }: Interval) -> f64 {
    if low == high {
        low
    } else if high.is_finite() {
        low + (high - low) / 2.0
    } else {
        // Twice the lower end may be infinite, which no open interval holds.
        (low * 2.0 + 1.0).min(f64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(texts: &[&str]) -> Vec<Interval> {
        texts.iter().map(|text| text.parse().expect("an interval")).collect()
    }

    #[test]
    fn holes_and_overlaps_are_exact() {
        let found = runs(&list(&["[0, 0]", "(0, 0.6)", "[0.55, 1]", "(1, 2)"]));
        let said: Vec<String> = found.iter().map(|run| format!("{} {:?}", run.shown(), run.owners)).collect();
        let expected = ["0 [0]", "(0, 0.55) [1]", "[0.55, 0.6) [1, 2]", "[0.6, 1] [2]", "(1, 2) [3]", "[2, inf) []"];
        assert_eq!(said, expected);
    }

    proptest! {
        #[test]
        fn every_number_is_in_the_run_that_names_its_owners(
            ends in prop::collection::vec((0u8..9, 0u8..9, any::<bool>(), any::<bool>()), 0..6),
            tenths in 0u16..120,
        ) {
            let interval = |&(low, more, low_in, high_in): &(u8, u8, bool, bool)| Interval {
                low: low.into(), low_in: low_in || more == 0,
                high: f64::from(low + more), high_in: high_in || more == 0,
            };
            let intervals: Vec<Interval> = ends.iter().map(interval).collect();
            let number = f64::from(tenths) / 4.0;
            let runs = runs(&intervals);
            let holding: Vec<&Run> = runs.iter().filter(|run| run.numbers.contains(number)).collect();
            prop_assert_eq!(holding.len(), 1);
            let owners: Vec<usize> = (0..intervals.len()).filter(|&i| intervals[i].contains(number)).collect();
            prop_assert_eq!(&holding[0].owners, &owners);
        }
    }
}
