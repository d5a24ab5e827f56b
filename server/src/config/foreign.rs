//! `[foreign.ID]`: archives of others, served beside the project's tilesets.

use std::collections::BTreeMap;
use std::path::Path;

use super::file::ForeignFile;
use super::{ConfigError, Source};
use crate::foreign::ForeignSpec;
use crate::project::is_taken;

/// The tables as meant, in the order of their ids.
pub(super) fn meant(
    written: BTreeMap<String, ForeignFile>,
    folder: &Path,
    source: &Source<'_>,
) -> Result<Vec<ForeignSpec>, ConfigError> {
    let spec = |(id, written): (String, ForeignFile)| {
        let path = |key: &str| format!("foreign.{id}.{key}");
        let missing = || ConfigError::MissingKey { file: source.file.to_owned(), path: path("file") };
        let file = written.file.ok_or_else(missing)?;
        if id.trim().is_empty() || id.contains(['/', ',']) || id.chars().any(char::is_control) || is_taken(&id) {
            return Err(ConfigError::ForeignId { at: source.place(file.span().start, path("file")), id });
        }
        let file = folder.join(file.get_ref());
        Ok(ForeignSpec { id, file, description: written.description, attribution: written.attribution })
    };
    written.into_iter().map(spec).collect()
}
