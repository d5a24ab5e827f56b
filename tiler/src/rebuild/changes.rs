//! What a run changed, for those who keep copies: maps, caches, other systems.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::diff::Step;
use super::notes::{Notes, RowMark};

/// What differs from the archive before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Why everything was made again, if it was: then nothing else is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub everything: Option<String>,
    /// Tiles with other bytes than before, new and vanished ones among them, as `x/y` by zoom.
    pub tiles: BTreeMap<u8, Vec<String>>,
    /// Rows by layer.
    pub layers: Vec<LayerChanges>,
}

/// What became of the rows of a layer, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerChanges {
    /// The layer.
    pub layer: String,
    /// Not there before.
    pub added: Vec<i64>,
    /// With another content than before.
    pub changed: Vec<i64>,
    /// No longer there.
    pub removed: Vec<i64>,
}

impl LayerChanges {
    pub(super) fn of(layer: &str, steps: &[Step], old: &Notes, new: &[RowMark]) -> Self {
        let mut changes = Self { layer: layer.to_owned(), ..Self::default() };
        for step in steps {
            match *step {
                Step::Same { .. } => {}
                Step::Gone { old: row } => changes.removed.push(old.marks[row].key),
                Step::Changed { new: row, .. } => changes.changed.push(new[row].key),
                Step::New { new: row } => changes.added.push(new[row].key),
            }
        }
        changes
    }

    /// Rows that differ.
    pub fn rows(&self) -> usize {
        self.added.len() + self.changed.len() + self.removed.len()
    }
}
