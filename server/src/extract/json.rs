//! The extract for programs: everything, unrounded.

use layers::rules::explain::Explanation;
use serde::Serialize;

use super::Extract;

/// The document of an extract.
#[derive(Serialize)]
pub struct Document<'a> {
    generation: &'a str,
    #[serde(flatten)]
    explanation: &'a Explanation,
}

/// The extract as JSON.
pub fn json(extract: &Extract) -> Document<'_> {
    Document { generation: &extract.generation, explanation: &extract.explanation }
}
