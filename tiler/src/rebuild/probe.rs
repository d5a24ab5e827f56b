//! A look at the rows of a layer as they are now.

use layers::Value;

use super::notes::{Notes, RowMark};
use crate::attributes::stats::LayerStats;

/// What the columns of rows hold.
pub struct RowStats {
    pub(super) stats: LayerStats,
    /// Whether the changed rows are counted as well.
    pub(super) is_of_all: bool,
}

/// Looks at rows of a layer and counts what unchanged ones hold. Any number of probes of a layer may
/// look at a part of its rows each.
pub struct RowProbe<'a> {
    old: &'a Notes,
    /// Where the next row is looked for first.
    cursor: usize,
    stats: LayerStats,
}

impl<'a> RowProbe<'a> {
    pub(super) fn new(old: &'a Notes, stats: LayerStats) -> Self {
        Self { old, cursor: 0, stats }
    }

    /// Looks at a row. If it is unchanged and gave a feature, its values are to be told, each at
    /// least once over all rows.
    pub fn row(&mut self, mark: RowMark) -> bool {
        let marks = &self.old.marks;
        if marks.get(self.cursor).is_none_or(|next| next.key != mark.key) {
            self.cursor = marks.partition_point(|old| old.key < mark.key);
        }
        let is_same = marks.get(self.cursor) == Some(&mark) && self.old.has_feature(self.cursor);
        self.cursor += usize::from(marks.get(self.cursor).is_some_and(|old| old.key == mark.key));
        if is_same {
            self.stats.add_row();
        }
        is_same
    }

    /// Tells that a column holds a value.
    pub fn value(&mut self, column: usize, value: &Value) {
        self.stats.add_value(column, value);
    }

    /// What was counted.
    pub fn into_stats(self) -> RowStats {
        RowStats { stats: self.stats, is_of_all: false }
    }
}

impl RowStats {
    /// What the columns of all rows hold, changed ones among them.
    pub(super) fn of_all(stats: LayerStats) -> Self {
        Self { stats, is_of_all: true }
    }

    /// Adds what another probe of the layer counted.
    pub fn merge(&mut self, other: Self) {
        self.stats.merge(other.stats);
    }
}
