//! The plan's analyses: questions asked of every industrial patch.

use crate::Layer;
use crate::project::{LayerSpec, Settings};
use crate::schema::ThematicLayer;
use crate::stats::Statistics;

/// Version of the built-in rules, in every result.
pub const RULES_VERSION: &str = "xilinhot-2024.1";

/// What the analyses found.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// The tile layers of [`crate::schema::LAYERS`] that have data, bottom first.
    pub layers: Vec<ThematicLayer>,
    /// The plan's tables.
    pub statistics: Statistics,
    /// What a reader should know: not assessed for want of input, unknown codes, folded slivers.
    pub notes: Vec<Note>,
}

/// One remark about the data, with its place.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Note {
    /// Layer id.
    pub layer: String,
    /// What was met, in words, with how often.
    pub message: String,
    /// First rows concerned.
    pub rows: Vec<i64>,
}

/// Why the analyses cannot run.
#[derive(Debug, thiserror::Error)]
pub enum AnalyseError {
    /// No layer has the role `parcels`.
    #[error("no layer has the role parcels")]
    NoParcels,
}

/// Runs every analysis that its inputs allow. Without a parcels layer there is nothing to analyse.
pub fn analyse(_inputs: &[(LayerSpec, Layer)], _settings: &Settings) -> Result<Analysis, AnalyseError> {
    unimplemented!()
}
