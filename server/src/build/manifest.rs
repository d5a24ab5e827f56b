//! `manifest.json`: what a generation is made of and what is in it.
//!
//! There is no time and no path in it, so that the same sources give the same manifest anywhere.

use std::path::Path;

use layers::intake::UsedCodes;
use layers::rules::Note;
use layers::{GeometryKind, ReadReport};
use serde::{Deserialize, Serialize};
use tiler::TilesetSummary;

use super::BuildError;
use super::sources::{self, Source};

/// The folder of archives in a generation.
pub const TILES: &str = "tiles";

/// File name in a generation.
pub const FILE_NAME: &str = "manifest.json";

/// What a generation is made of and what is in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// The generation.
    pub id: String,
    /// The project's title.
    pub title: String,
    /// What the project shows.
    pub description: String,
    /// Who made the data.
    pub attribution: String,
    /// Tool and version.
    pub tool: String,
    /// Version of the rules; absent where nothing was analysed.
    pub rules: Option<String>,
    /// SHA-256 of the generation's rule file; absent where nothing was analysed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_sha256: Option<String>,
    /// The day on which the data were closed, as the project says.
    pub reference_date: Option<String>,
    /// What it was made of.
    pub sources: Vec<Source>,
    /// What reading each layer met. Kept as written; the tables' provenance names
    /// `layer`, `table` and `read` of it.
    pub reports: serde_json::Value,
    /// How many flaws each check of the quality gate found; [`super::quality`] lists them.
    pub quality: serde_json::Value,
    /// Remarks of the analyses, as written.
    pub notes: serde_json::Value,
    /// The use codes that occur in its layers, by the systems that they belong to.
    #[serde(default)]
    pub codes: Vec<UsedCodes>,
    /// Its tilesets, in the order in which maps draw them.
    pub tilesets: Vec<TilesetEntry>,
    /// Its other files; a generation of an early version names none.
    #[serde(default)]
    pub parts: Vec<Part>,
}

/// File name of the GeoPackage with the features of a tileset.
pub(super) fn lookup(tileset: &str) -> String {
    format!("{tileset}.gpkg")
}

/// A file of a generation that belongs to no tileset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name, relative to the generation.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// One tileset of a generation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TilesetEntry {
    /// Its id in URLs.
    pub id: String,
    /// What it shows.
    pub description: String,
    /// The archive, relative to the generation.
    pub archive: String,
    /// SHA-256 of the archive.
    pub sha256: String,
    /// The GeoPackage with the same features, for look-ups, relative to the generation.
    pub lookup: String,
    /// Shallowest zoom.
    pub min_zoom: u8,
    /// Shallowest zoom with single features; the zooms above it show cells. A manifest of an early
    /// version does not say: there it is the shallowest zoom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail_zoom: Option<u8>,
    /// Deepest zoom.
    pub max_zoom: u8,
    /// `[west, south, east, north]`, degrees.
    pub bounds: [f64; 4],
    /// Bytes of the archive.
    pub bytes: u64,
    /// Its tile layers, bottom first.
    pub layers: Vec<LayerEntry>,
    /// Counts of each zoom, as the tiler gave them.
    pub zooms: serde_json::Value,
}

/// One tile layer of a tileset.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LayerEntry {
    /// Its name in tiles.
    pub id: String,
    /// What one feature is.
    pub description: String,
    /// Its kind of geometry.
    #[serde(with = "geometry_kind")]
    pub geometry: GeometryKind,
    /// Its features before tiling.
    pub features: u64,
}

/// What reading one layer met, in the manifest.
#[derive(Debug, Serialize)]
pub(super) struct ReportEntry<'a> {
    pub(super) layer: &'a str,
    pub(super) table: &'a str,
    #[serde(flatten)]
    pub(super) report: &'a ReadReport,
}

impl TilesetEntry {
    pub(super) fn new(id: &str, description: &str, layers: Vec<LayerEntry>, summary: &TilesetSummary) -> Self {
        Self {
            id: id.to_owned(),
            description: description.to_owned(),
            archive: format!("{TILES}/{id}.pmtiles"),
            sha256: String::new(),
            lookup: lookup(id),
            min_zoom: summary.min_zoom,
            detail_zoom: Some(summary.detail_zoom),
            max_zoom: summary.max_zoom,
            bounds: summary.bounds,
            bytes: summary.bytes,
            layers,
            zooms: as_json(&summary.zooms),
        }
    }
}

impl Part {
    /// A file that was written into a draft.
    pub(super) fn of(draft: &Path, name: &str) -> Result<Self, BuildError> {
        let file = draft.join(name);
        let hashed = sources::hash_file(&file).and_then(|hash| Ok((hash, std::fs::metadata(&file)?.len())));
        let (sha256, bytes) = hashed.map_err(|cause| BuildError::Incomplete { file, cause })?;
        Ok(Self { file: name.to_owned(), sha256, bytes })
    }
}

impl Manifest {
    /// Whether the generation has that file.
    pub fn has(&self, file: &str) -> bool {
        self.parts.iter().any(|part| part.file == file)
    }

    /// Reads the manifest of the generation in `folder`.
    ///
    /// # Errors
    /// [`BuildError::Incomplete`] if it is not there or not a manifest.
    pub fn read(folder: &Path) -> Result<Self, BuildError> {
        let file = folder.join(FILE_NAME);
        let incomplete = |cause| BuildError::Incomplete { file: file.clone(), cause };
        let text = std::fs::read(&file).map_err(&incomplete)?;
        serde_json::from_slice(&text).map_err(|cause| incomplete(cause.into()))
    }

    pub(super) fn set_notes(&mut self, notes: &[Note]) {
        self.notes = as_json(&notes);
    }
}

/// A part of the manifest as it will be written.
pub(super) fn as_json(part: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(part).expect("reports have string keys and finite numbers, so they are JSON")
}

/// The words that [`GeometryKind`] serialises to, read back.
mod geometry_kind {
    use layers::GeometryKind;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(kind: &GeometryKind, serializer: S) -> Result<S::Ok, S::Error> {
        kind.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<GeometryKind, D::Error> {
        Ok(match String::deserialize(deserializer)?.as_str() {
            "point" => GeometryKind::Point,
            "line" => GeometryKind::Line,
            "polygon" => GeometryKind::Polygon,
            _ => GeometryKind::Mixed,
        })
    }
}
