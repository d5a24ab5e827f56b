//! Which rows are the same as before.

use std::cmp::Ordering;
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

/// Compares rows with those before; `None` if keys do not ascend.
pub(super) fn diff(old: &Notes, new: &[RowMark]) -> Option<Vec<Step>> {
    let ascend = |marks: &[RowMark]| marks.is_sorted_by(|a, b| a.key < b.key);
    if !ascend(&old.marks) || !ascend(new) {
        return None;
    }
    let mut steps = Vec::new();
    let (mut i, mut j) = (0, 0);
    loop {
        let order = match (old.marks.get(i), new.get(j)) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => old.key.cmp(&new.key),
        };
        match order {
            Ordering::Less => steps.push(Step::Gone { old: i }),
            Ordering::Greater => steps.push(Step::New { new: j }),
            Ordering::Equal if old.marks[i].hash != new[j].hash => steps.push(Step::Changed { old: i, new: j }),
            Ordering::Equal => match steps.last_mut() {
                Some(Step::Same { old, .. }) => old.end += 1,
                _ => steps.push(Step::Same { old: i..i + 1, new: j }),
            },
        }
        i += usize::from(order.is_le());
        j += usize::from(order.is_ge());
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_apart_by_key_and_hash() {
        let marks = |marks: &[(i64, u64)]| marks.iter().map(|&(key, hash)| RowMark { key, hash }).collect::<Vec<_>>();
        let mut old = Notes::default();
        marks(&[(1, 10), (2, 20), (4, 40), (5, 50), (6, 60)]).into_iter().for_each(|mark| old.begin_row(mark, true));
        let steps = diff(&old, &marks(&[(1, 10), (2, 20), (3, 30), (4, 41), (6, 60), (9, 90)])).expect("ascending");
        let expected = [
            Step::Same { old: 0..2, new: 0 },
            Step::New { new: 2 },
            Step::Changed { old: 2, new: 3 },
            Step::Gone { old: 3 },
            Step::Same { old: 4..5, new: 4 },
            Step::New { new: 5 },
        ];
        assert_eq!(steps, expected);
        assert_eq!(diff(&old, &marks(&[(2, 0), (1, 0)])), None);
    }
}
