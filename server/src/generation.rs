//! A generation opened for serving: archives on memory maps, statistics in memory, look-ups by file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use actix_web::http::header::HeaderValue;
use layers::codes::{CodeList, lists};
use layers::findings::{Findings, FindingsError};
use layers::quality::Quality;
use layers::rules::RuleSet;
use layers::stats::Statistics;
use tiler::Archive;

use crate::build::manifest::{LayerEntry, Manifest, TilesetEntry};
use crate::build::{BuildError, DOSSIERS, RULES, STATISTICS, Store, quality};
use crate::config::read_text;
use crate::inquiry::Inquiry;
use crate::project::FINDINGS;
use crate::tags::Tags;

/// The tile layer that stands in place of single features at far zooms.
pub const CELLS: &str = "cells";

/// A generation, ready to answer.
pub struct Generation {
    /// Its manifest.
    pub manifest: Manifest,
    /// The plan's tables, where it was analysed.
    pub statistics: Option<Statistics>,
    /// What the checks of its sources found.
    pub quality: Quality,
    /// The rules it was made by, where it was analysed.
    pub rules: Option<RuleSet>,
    /// What the codes in its tiles and tables are called.
    pub codes: Vec<CodeList>,
    /// Its tilesets, in the order in which maps draw them.
    pub tilesets: Vec<Tileset>,
    /// When it was published.
    pub published: SystemTime,
    inquiry: Option<Inquiry>,
    header: Option<HeaderValue>,
}

/// A tileset, ready to answer.
pub struct Tileset {
    /// What the manifest says of it.
    pub entry: TilesetEntry,
    /// Its tiles. Bodies of answers share it.
    pub archive: Arc<Archive>,
    /// Hashes of its tiles.
    pub(crate) tags: Tags,
    lookup: Arc<PathBuf>,
}

/// A way to look up features of a tileset; opened by whoever does the looking up.
#[derive(Clone, Debug)]
pub struct Lookup {
    file: Arc<PathBuf>,
}

impl Generation {
    /// Opens a generation of a store.
    ///
    /// # Errors
    /// [`BuildError::Incomplete`] or [`BuildError::Archive`] where a part is missing or broken.
    pub fn open(store: &Store, id: &str) -> Result<Self, BuildError> {
        let folder = store.folder(id);
        let manifest = Manifest::read(&folder)?;
        let statistics = read_statistics(&folder, &manifest)?;
        let quality = quality::read(&folder)?;
        let rules = read_rules(&folder, &manifest)?;
        let inquiry = rules.as_ref().filter(|_| manifest.has(DOSSIERS));
        let inquiry = inquiry.map(|rules| Inquiry::new(folder.join(DOSSIERS), rules.clone()));
        let codes = rules.as_ref().map_or_else(|| lists::ALL.map(Clone::clone).into(), |rules| lists::of_rules(rules));
        let open = |entry: &TilesetEntry| {
            let archive = Arc::new(Archive::open(&folder.join(&entry.archive))?);
            Ok(Tileset {
                archive,
                tags: Tags::default(),
                lookup: Arc::new(folder.join(&entry.lookup)),
                entry: entry.clone(),
            })
        };
        let tilesets = manifest.tilesets.iter().map(open).collect::<Result<_, BuildError>>()?;
        let published = std::fs::metadata(&folder).and_then(|folder| folder.modified());
        Ok(Self {
            statistics,
            quality,
            rules,
            codes,
            tilesets,
            published: published.unwrap_or(SystemTime::UNIX_EPOCH),
            inquiry,
            header: HeaderValue::from_str(&manifest.id).ok(),
            manifest,
        })
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.manifest.id
    }

    /// Its id as answers tell it.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        self.header.clone()
    }

    /// The tileset with that id.
    pub fn tileset(&self, id: &str) -> Option<&Tileset> {
        self.tilesets.iter().find(|tileset| tileset.entry.id == id)
    }

    /// The tileset of what the analyses found, where there were any.
    pub fn findings(&self) -> Option<&Tileset> {
        self.statistics.as_ref().and_then(|_| self.tileset(FINDINGS))
    }

    /// A way to question its patches; `None` where nothing was analysed, or by an early version.
    pub fn inquiry(&self) -> Option<&Inquiry> {
        self.inquiry.as_ref()
    }

    /// `[west, south, east, north]` around all its tilesets.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        let all = self.tilesets.iter().map(|tileset| tileset.entry.bounds);
        all.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
    }

    /// `[lon, lat, zoom]` to open a map at: where the findings are, else what is drawn on top.
    pub fn center(&self) -> Option<[f64; 3]> {
        let tileset = self.findings().or(self.tilesets.last())?;
        Some(tileset.archive.center())
    }
}

impl Tileset {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.entry.id
    }

    /// Its tile layers, bottom first.
    pub fn layers(&self) -> &[LayerEntry] {
        &self.entry.layers
    }

    /// Whether far zooms show cells in place of its features.
    pub fn has_cells(&self) -> bool {
        let layers = self.archive.metadata().get("vector_layers").and_then(serde_json::Value::as_array);
        layers.into_iter().flatten().any(|layer| layer.get("id").is_some_and(|id| id == CELLS))
    }

    /// A way to look up its features.
    pub fn lookup(&self) -> Lookup {
        Lookup { file: Arc::clone(&self.lookup) }
    }
}

impl Lookup {
    /// Opens the table. Blocks on the disk.
    ///
    /// # Errors
    /// [`FindingsError`] if it cannot be read.
    pub fn open(&self) -> Result<Findings, FindingsError> {
        Findings::open(&self.file)
    }
}

/// The statistics of a generation; `None` where nothing was analysed.
///
/// # Errors
/// [`BuildError::Incomplete`] where they should be there and are not.
pub fn read_statistics(folder: &Path, manifest: &Manifest) -> Result<Option<Statistics>, BuildError> {
    if manifest.rules.is_none() {
        return Ok(None);
    }
    let file = folder.join(STATISTICS);
    let incomplete = |cause| BuildError::Incomplete { file: file.clone(), cause };
    let text = std::fs::read(&file).map_err(incomplete)?;
    serde_json::from_slice(&text).map(Some).map_err(|cause| incomplete(cause.into()))
}

/// The rules of a generation; `None` where nothing was analysed.
///
/// # Errors
/// [`BuildError::Incomplete`] where they should be there and are not, [`BuildError::Rules`] where
/// this version cannot use them.
pub fn read_rules(folder: &Path, manifest: &Manifest) -> Result<Option<RuleSet>, BuildError> {
    if manifest.rules_sha256.is_none() {
        return Ok(None);
    }
    let file = folder.join(RULES);
    let text = read_text(&file).map_err(|cause| BuildError::Incomplete { file: file.clone(), cause })?;
    RuleSet::parse(&text).map(Some).map_err(|cause| BuildError::Rules { file, cause })
}
