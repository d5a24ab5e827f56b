//! Copies of the sources as they were at one moment, for a build that takes longer than planners rest.
//!
//! They lie in the draft, so that whatever ends a build, they go with it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use layers::gpkg::{self, ReadError};

use super::BuildError;
use super::hashes::{Looks, looks};
use super::sources::write_ahead_log;

/// Their folder in a draft.
const FOLDER: &str = "sources";
/// A file that is written to between two looks at it is copied this often.
const TRIES: usize = 3;

/// Copies of sources, removed when dropped.
#[derive(Debug)]
pub(super) struct Snapshots {
    folder: PathBuf,
    /// The copy of each file, and what the file looked like then.
    of: BTreeMap<PathBuf, (PathBuf, Looks)>,
}

impl Snapshots {
    /// Copies files into a draft.
    ///
    /// # Errors
    /// [`BuildError::Changed`] where one never rests; [`BuildError::Copy`].
    pub(super) fn take(files: &[PathBuf], draft: &Path) -> Result<Self, BuildError> {
        let folder = draft.join(FOLDER);
        fs::create_dir(&folder).map_err(|cause| BuildError::Write { file: folder.clone(), cause })?;
        let mut snapshots = Self { folder, of: BTreeMap::new() };
        for file in files {
            let copy = snapshots.folder.join(format!("{}.gpkg", snapshots.of.len()));
            let looks = taken(file, &copy)?;
            snapshots.of.insert(file.to_owned(), (copy, looks));
        }
        Ok(snapshots)
    }

    /// Where the bytes of a file lie, and what it looked like when they were copied.
    pub(super) fn of(&self, file: &Path) -> Option<(&Path, &Looks)> {
        self.of.get(file).map(|(copy, looks)| (copy.as_path(), looks))
    }

    /// Whether rows of a copy lie in a log.
    pub(super) fn have_logs(&self) -> bool {
        self.of.values().any(|(copy, _)| !gpkg::is_at_rest(copy))
    }

    /// Makes one file of each copy and its log.
    ///
    /// # Errors
    /// [`BuildError::Copy`] where log and file do not go together.
    pub(super) fn fold(&self) -> Result<(), BuildError> {
        self.of.iter().try_for_each(|(file, (copy, _))| gpkg::fold(file, copy)).map_err(failed)
    }
}

impl Drop for Snapshots {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::debug!(%error, "copies of the sources go with the draft");
        }
    }
}

/// Copies a file; returns how it looked before and after.
fn taken(file: &Path, copy: &Path) -> Result<Looks, BuildError> {
    for _ in 0..TRIES {
        let before = looks(file, &write_ahead_log(file));
        gpkg::copy(file, copy).map_err(failed)?;
        if looks(file, &write_ahead_log(file)) == before {
            return Ok(before);
        }
    }
    Err(BuildError::Changed { file: file.to_owned() })
}

fn failed(cause: ReadError) -> BuildError {
    match cause {
        ReadError::Changed { file } => BuildError::Changed { file },
        ReadError::NoRoom { .. } => BuildError::NoRoom { cause },
        cause => BuildError::Copy { cause },
    }
}
