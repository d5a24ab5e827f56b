//! The rows of a layer after its changes.

use rayon::prelude::*;

use super::changes::LayerChanges;
use super::notes::Notes;
use crate::boxes::Boxes;
use crate::intake::LayerForm;
use crate::topology::TOLERANCE;
use crate::world::WorldPoint;

/// How far boxes are grown where noding could matter: a vertex may be inserted into an edge that is
/// within tolerance of it, and change where the edges beside it are noded.
pub(super) const MARGIN: u32 = 4 * TOLERANCE;

/// See the module.
pub(super) struct NewRows {
    pub(super) form: LayerForm,
    pub(super) notes: Notes,
    pub(super) firsts: Vec<u32>,
    /// What changed rows covered before and cover now.
    pub(super) touched: Boxes,
    /// Anchors that records had which are no longer there, and that new records have.
    pub(super) moved: Vec<WorldPoint>,
    pub(super) changes: LayerChanges,
}

impl NewRows {
    /// The rows with a record that meets some boxes, ascending.
    pub(super) fn meeting(&self, boxes: &Boxes) -> Vec<u32> {
        self.with(|record| boxes.meet(self.notes.bounds[record].grown(MARGIN)))
    }

    /// The rows with such a record, ascending.
    pub(super) fn with(&self, is_it: impl Fn(usize) -> bool + Sync) -> Vec<u32> {
        let records: Vec<usize> =
            (0..self.notes.records()).into_par_iter().with_min_len(4096).filter(|&record| is_it(record)).collect();
        let row = |record: usize| (self.firsts.partition_point(|&first| first as usize <= record) - 1) as u32;
        let mut rows: Vec<u32> = records.into_iter().map(row).collect();
        rows.dedup();
        rows
    }

    pub(super) fn all(&self) -> Vec<u32> {
        (0..self.notes.rows() as u32).collect()
    }
}
