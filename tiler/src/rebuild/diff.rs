//! Which rows are the same as before.

use std::collections::HashMap;
use std::ops::Range;

use super::notes::{Notes, RowMark};

/// What became of rows, in the order of their keys.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// As they were: the old ones, and the first of them among the new ones.
    Same { old: Range<usize>, new: usize },
    /// No longer there.
    Gone { old: usize },
    /// With another content.
    Changed { old: usize, new: usize },
    /// Not there before.
    New { new: usize },
}

/// Compares rows with those before; `None` if a key occurs twice.
///
/// Rows are found by their keys. Those that changed places among each other count as gone and new,
/// as few as will do, because what is drawn first depends on the order.
pub(super) fn diff(old: &Notes, new: &[RowMark]) -> Option<Vec<Step>> {
    let old = old.marks.as_slice();
    let head = old.iter().zip(new).take_while(|(old, new)| old.key == new.key).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| old.key == new.key).count();
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    let ascend = |marks: &[RowMark]| marks.is_sorted_by(|a, b| a.key < b.key);
    if !(ascend(old) && ascend(new)) && (has_repeats(old) || has_repeats(new)) {
        return None;
    }
    // The old row of each new one, among those between.
    let places: HashMap<i64, usize> = (head..old_end).map(|place| (old[place].key, place)).collect();
    let found: Vec<Option<usize>> = (head..new_end).map(|place| places.get(&new[place].key).copied()).collect();
    let found = keep_ascending(found);

    let mut steps = Steps(Vec::new());
    (0..head).for_each(|place| steps.pair((place, old[place]), (place, new[place])));
    let mut next = head;
    for (place, from) in (head..new_end).zip(found) {
        match from {
            None => steps.0.push(Step::New { new: place }),
            Some(from) => {
                steps.0.extend((next..from).map(|old| Step::Gone { old }));
                steps.pair((from, old[from]), (place, new[place]));
                next = from + 1;
            }
        }
    }
    steps.0.extend((next..old_end).map(|old| Step::Gone { old }));
    (0..tail).for_each(|place| {
        steps.pair((old_end + place, old[old_end + place]), (new_end + place, new[new_end + place]));
    });
    Some(steps.0)
}

struct Steps(Vec<Step>);

impl Steps {
    /// A row that was there before.
    fn pair(&mut self, (old, was): (usize, RowMark), (new, is): (usize, RowMark)) {
        match self.0.last_mut() {
            _ if was.hash != is.hash => self.0.push(Step::Changed { old, new }),
            Some(Step::Same { old: before, .. }) if before.end == old => before.end += 1,
            _ => self.0.push(Step::Same { old: old..old + 1, new }),
        }
    }
}

fn has_repeats(marks: &[RowMark]) -> bool {
    let mut keys: Vec<i64> = marks.iter().map(|mark| mark.key).collect();
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}

/// Takes out as few as possible so that what is left ascends (Schensted, *Longest increasing and
/// decreasing subsequences*, 1961).
fn keep_ascending(mut found: Vec<Option<usize>>) -> Vec<Option<usize>> {
    if found.iter().flatten().is_sorted_by(|a, b| a < b) {
        return found;
    }
    // For each length, where the sequence of that length ends that ends with the least.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; found.len()];
    for place in 0..found.len() {
        let Some(value) = found[place] else { continue };
        let length = ends.partition_point(|&end| found[end] < Some(value));
        before[place] = length.checked_sub(1).map(|shorter| ends[shorter]);
        ends.truncate(length.max(ends.len()));
        match ends.get_mut(length) {
            Some(end) => *end = place,
            None => ends.push(place),
        }
    }
    let mut kept = vec![false; found.len()];
    let mut next = ends.last().copied();
    while let Some(place) = next {
        kept[place] = true;
        next = before[place];
    }
    found.iter_mut().zip(kept).filter(|(_, kept)| !kept).for_each(|(found, _)| *found = None);
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marks(marks: &[(i64, u64)]) -> Vec<RowMark> {
        marks.iter().map(|&(key, hash)| RowMark { key, hash }).collect()
    }

    fn notes(of: &[(i64, u64)]) -> Notes {
        let mut notes = Notes::default();
        marks(of).into_iter().for_each(|mark| notes.begin_row(mark, true));
        notes
    }

    #[test]
    fn rows_are_told_apart_by_key_and_hash() {
        let old = notes(&[(1, 10), (2, 20), (4, 40), (5, 50), (6, 60)]);
        let steps = diff(&old, &marks(&[(1, 10), (2, 20), (3, 30), (4, 41), (6, 60), (9, 90)]));
        let expected = [
            Step::Same { old: 0..2, new: 0 },
            Step::New { new: 2 },
            Step::Changed { old: 2, new: 3 },
            Step::Gone { old: 3 },
            Step::Same { old: 4..5, new: 4 },
            Step::New { new: 5 },
        ];
        assert_eq!(steps.as_deref(), Some(expected.as_slice()));
        assert_eq!(diff(&old, &marks(&[(2, 0), (2, 0)])), None);
    }

    #[test]
    fn a_row_that_moved_is_gone_and_new() {
        let old = notes(&[(7, 1), (3, 1), (9, 1), (2, 1)]);
        let steps = diff(&old, &marks(&[(3, 1), (9, 1), (7, 1), (2, 1)]));
        let expected = [
            Step::Gone { old: 0 },
            Step::Same { old: 1..3, new: 0 },
            Step::New { new: 2 },
            Step::Same { old: 3..4, new: 3 },
        ];
        assert_eq!(steps.as_deref(), Some(expected.as_slice()));
    }

    proptest! {
        /// Steps tell of every row, old and new, once and in order.
        #[test]
        fn steps_lead_from_the_old_rows_to_the_new(
            old in prop::collection::vec((0i64..12, 0u64..2), 0..12),
            new in prop::collection::vec((0i64..12, 0u64..2), 0..12),
        ) {
            let repeats = has_repeats(&marks(&old)) || has_repeats(&marks(&new));
            let steps = diff(&notes(&old), &marks(&new));
            prop_assert_eq!(steps.is_none(), repeats);
            let (mut olds, mut news) = (Vec::new(), Vec::new());
            for step in steps.unwrap_or_default() {
                match step {
                    Step::Same { old: rows, new: first } => {
                        for (place, row) in rows.enumerate() {
                            prop_assert_eq!(old[row], new[first + place]);
                            olds.push(row);
                            news.push(first + place);
                        }
                    }
                    Step::Gone { old } => olds.push(old),
                    Step::New { new } => news.push(new),
                    Step::Changed { old: before, new: after } => {
                        prop_assert!(old[before].0 == new[after].0 && old[before].1 != new[after].1);
                        olds.push(before);
                        news.push(after);
                    }
                }
            }
            if !repeats {
                prop_assert!(olds.into_iter().eq(0..old.len()) && news.into_iter().eq(0..new.len()));
            }
        }
    }
}
