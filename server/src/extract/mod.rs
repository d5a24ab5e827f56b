//! The extract of one parcel (宗地体检单): an explanation in the forms people take away: aligned
//! text, JSON, a page to print.
//!
//! Like an extract of land restrictions it says of each rule what it was asked of, where each
//! figure was read, what it was held against and what came of it, and of each part of the parcel
//! how large it is.

mod figures;
mod json;
mod language;
mod page;
mod sketch;
mod surroundings;
mod text;

use layers::rules::explain::{Explanation, Finding};
use layers::schema::LayerSchema;

use crate::build::{Manifest, Source};

pub use json::json;
pub use language::Language;
pub use page::{CONTENT_SECURITY_POLICY, page};
pub use surroundings::{Surroundings, surroundings};
pub use text::text;

/// An explanation and where it comes from.
#[derive(Clone, Debug)]
pub struct Extract {
    /// What was asked of the parcel.
    pub explanation: Explanation,
    /// The generation that answered.
    pub generation: String,
    /// The project's title.
    pub title: String,
    /// Who made the data.
    pub attribution: String,
    /// Tool and version.
    pub tool: String,
    /// The files that the generation was made of.
    pub sources: Vec<Source>,
}

impl Extract {
    /// The extract of a parcel of a generation.
    pub fn new(explanation: Explanation, manifest: &Manifest) -> Self {
        Self {
            explanation,
            generation: manifest.id.clone(),
            title: manifest.title.clone(),
            attribution: manifest.attribution.clone(),
            tool: manifest.tool.clone(),
            sources: manifest.sources.clone(),
        }
    }

    /// The answers that make the verdict, in reading order; `None` = not assessed.
    fn verdict(&self) -> impl Iterator<Item = (&'static str, Option<&Finding>)> {
        let known = LayerSchema::of("parcels");
        let asked = VERDICT.into_iter().filter(move |name| known.is_some_and(|schema| schema.index(name).is_some()));
        asked.map(|name| (name, self.explanation.finding(name)))
    }
}

/// Attributes of the tile layer `parcels` that sum a parcel up.
const VERDICT: [&str; 10] =
    ["intensity", "conflict", "approval", "idle", "low", "inefficient", "zone", "disposal", "permit_new", "permit_ext"];
