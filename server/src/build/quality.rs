//! The quality gate of a build: checks the layers and refuses those that are worse than allowed.

use std::fmt;
use std::path::Path;
use std::time::Instant;

use layers::Layer;
use layers::project::LayerSpec;
use layers::quality::{Answer, Flaw, Quality};

use super::{BuildError, Watch, read};
use crate::project::Project;

/// File name of what the checks found in a generation.
pub const FILE_NAME: &str = "quality.json";

/// Checks the data of a project and builds nothing.
///
/// # Errors
/// [`BuildError`] where a layer cannot be read or the configuration does not fit it; bad data are
/// no error.
pub fn check(project: &Project, watch: &dyn Watch) -> Result<Quality, BuildError> {
    watch.stage("reading layers");
    let read = read::read(project, None)?;
    let inputs: Vec<(LayerSpec, Layer)> = read.into_iter().map(|(layer, data)| (layer.spec, data)).collect();
    of(project, &inputs, watch)
}

/// Checks layers that were read.
pub(super) fn of(project: &Project, inputs: &[(LayerSpec, Layer)], watch: &dyn Watch) -> Result<Quality, BuildError> {
    watch.stage("checking");
    let started = Instant::now();
    let quality = layers::quality::check(inputs, &project.settings, &project.quality)?;
    let flaws: u64 = quality.checks.iter().filter_map(|answer| answer.count).sum();
    tracing::info!(flaws, ms = started.elapsed().as_millis(), "checked");
    Ok(quality)
}

/// Refuses data that are worse than allowed.
pub(super) fn gate(quality: &Quality) -> Result<(), Refusal> {
    let worse: Vec<Answer> = quality.worse().cloned().collect();
    if worse.is_empty() { Ok(()) } else { Err(Refusal { worse }) }
}

/// The number of flaws of each check, for the manifest.
pub(super) fn summary(quality: &Quality) -> serde_json::Value {
    let count = |answer: &Answer| (answer.check.clone(), serde_json::to_value(answer.count).unwrap_or_default());
    quality.checks.iter().map(count).collect::<serde_json::Map<_, _>>().into()
}

/// Reads what the checks found from the generation in `folder`.
///
/// # Errors
/// [`BuildError::Incomplete`] if it is not there.
pub fn read(folder: &Path) -> Result<Quality, BuildError> {
    let file = folder.join(FILE_NAME);
    let incomplete = |cause| BuildError::Incomplete { file: file.clone(), cause };
    let text = std::fs::read(&file).map_err(&incomplete)?;
    serde_json::from_slice(&text).map_err(|cause| incomplete(cause.into()))
}

/// What was found that is not allowed, and what would make it pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The checks that found more than is allowed.
    pub worse: Vec<Answer>,
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the data are not good enough to publish; `tuban check` lists everything")?;
        for answer in &self.worse {
            let (count, allowed) = (answer.count.unwrap_or_default(), answer.allowed.unwrap_or_default());
            write!(f, "\n  {}: {count} found, {allowed} allowed", answer.check)?;
            for flaw in answer.flaws.iter().take(Self::FIRST) {
                write!(f, "\n    {}", Placed(flaw))?;
            }
            if count > Self::FIRST as u64 {
                write!(f, "\n    and {} more", count - Self::FIRST as u64)?;
            }
            write!(f, "\n    to make it pass: {}", answer.hint.en)?;
            if answer.can_be_allowed() {
                write!(f, "; or allow it in tuban.toml: [quality] allow = {{ {} = {count} }}", answer.check)?;
            }
        }
        Ok(())
    }
}

impl Refusal {
    /// So many flaws of a check are named.
    const FIRST: usize = 3;
}

/// A flaw with its place, in words.
pub(crate) struct Placed<'f>(pub(crate) &'f Flaw);

impl fmt::Display for Placed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Flaw { layer, file, table, row, key, at, message, .. } = self.0;
        write!(f, "layer {layer}, {file}, table {table}")?;
        if let Some(row) = row {
            write!(f, ", row {row}")?;
        }
        if let Some(key) = key {
            write!(f, ", key {key}")?;
        }
        if let Some([lon, lat]) = at {
            write!(f, ", at {lon:.6} {lat:.6}")?;
        }
        write!(f, ": {}", message.en)
    }
}
