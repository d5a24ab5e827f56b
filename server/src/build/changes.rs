//! `changes.json`: what a generation changed of the one before it, for those who keep copies.
//!
//! It is no part of what the generation is: the same sources, built after another generation, give
//! another list.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tiler::Changes;

use super::BuildError;
use super::manifest::TilesetEntry;

/// File name in a generation.
pub(super) const FILE_NAME: &str = "changes.json";

/// What a generation changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenerationChanges {
    /// The generation before; absent in the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// By tileset. One that is gone is not named.
    pub tilesets: BTreeMap<String, Changes>,
}

impl GenerationChanges {
    /// Nothing yet, since a generation.
    pub(super) fn since(before: Option<&str>) -> Self {
        Self { since: before.map(str::to_owned), tilesets: BTreeMap::new() }
    }

    /// Adds a tileset; gives back its entry in the manifest.
    pub(super) fn add(&mut self, made: Option<(TilesetEntry, Changes)>) -> Option<TilesetEntry> {
        made.map(|(entry, changes)| {
            self.tilesets.insert(entry.id.clone(), changes);
            entry
        })
    }

    /// Reads the changes of the generation in `folder`; `None` where an early version made it, or
    /// they cannot be read: then anything may have changed.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(folder.join(FILE_NAME)).ok()?).ok()
    }

    pub(super) fn write(&self, folder: &Path) -> Result<(), BuildError> {
        let text = serde_json::to_vec_pretty(self).expect("changes have string keys");
        super::write(&folder.join(FILE_NAME), &text)
    }
}
