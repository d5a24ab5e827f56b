//! Tilesets: what to make, and what was made.

use std::collections::HashSet;
use std::path::PathBuf;

use crate::block::ZoomTiles;
use crate::counts::TileCounts;
use crate::intake::LayerIntake;

/// What to make: one archive of all these layers.
#[derive(Clone, Debug)]
pub struct TilesetSpec<'a> {
    /// The tileset's id, in metadata as `name`.
    pub id: &'a str,
    /// What it shows.
    pub description: &'a str,
    /// Who made the data; plain text.
    pub attribution: &'a str,
    /// Shallowest zoom; `None` = from the data.
    pub min_zoom: Option<u8>,
    /// Deepest zoom, at most [`DEEPEST_TILED_ZOOM`](crate::DEEPEST_TILED_ZOOM); `None` = from the data.
    pub max_zoom: Option<u8>,
    /// What zooms show that are too shallow for single features.
    pub low_zooms: LowZooms,
    /// Bytes that the work may take, about; `None` = a quarter of the machine's memory.
    pub memory: Option<u64>,
    /// Tool and version that made it (`generator`).
    pub generator: &'a str,
    /// Further members of the JSON metadata, as they are.
    pub extra_metadata: serde_json::Map<String, serde_json::Value>,
}

/// What is shown where tiles would grow too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum LowZooms {
    /// Every feature at every zoom, however large tiles get.
    KeepAll,
    /// From the first zoom on at which a tile would exceed `tile_bytes`, up to the shallowest: the
    /// layer `cells` instead of single features.
    Cells {
        /// Most bytes of a compressed tile.
        tile_bytes: u64,
        /// Cells along the side of a tile: a power of two, at most 256.
        cells_a_side: u32,
    },
}

impl Default for LowZooms {
    fn default() -> Self {
        Self::Cells { tile_bytes: 500_000, cells_a_side: 32 }
    }
}

/// What was made.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TilesetSummary {
    /// Shallowest zoom.
    pub min_zoom: u8,
    /// Shallowest zoom that shows single features; below it stand cells.
    pub detail_zoom: u8,
    /// Deepest zoom.
    pub max_zoom: u8,
    /// `[west, south, east, north]`, degrees.
    pub bounds: [f64; 4],
    /// Tiles addressed.
    pub tiles: u64,
    /// Bytes of the archive.
    pub bytes: u64,
    /// Features without a single finite coordinate, so without a place on the map.
    pub placeless: u64,
    /// Counts of each zoom, shallowest first.
    pub zooms: Vec<ZoomSummary>,
}

/// What happened to features at one zoom.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ZoomSummary {
    /// The zoom.
    pub zoom: u8,
    /// Non-empty tiles.
    pub tiles: u64,
    /// Feature pieces written.
    pub features: u64,
    /// Of them drawn as a minimum square, because they are smaller than the grid.
    pub minimum: u64,
    /// Of them repaired after snapping.
    pub repaired: u64,
}

impl ZoomSummary {
    pub(crate) fn add_counts(&mut self, counts: &TileCounts) {
        self.tiles += 1;
        self.features += counts.features;
        self.minimum += counts.minimum;
        self.repaired += counts.repaired;
    }

    pub(crate) fn add(&mut self, tiles: &ZoomTiles) {
        tiles.counts.iter().for_each(|counts| self.add_counts(counts));
    }
}

/// Why a tileset cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TileError {
    /// There is nothing to draw.
    #[error("tileset {id} has no features")]
    Empty {
        /// The tileset.
        id: String,
    },
    /// Two layers have the same name.
    #[error("tileset {id} has two layers {layer}")]
    RepeatedLayer {
        /// The tileset.
        id: String,
        /// The name.
        layer: String,
    },
    /// The zooms asked for are the wrong way round or too deep.
    #[error("tileset {id} cannot have zooms {min_zoom} to {max_zoom}")]
    Zooms {
        /// The tileset.
        id: String,
        /// Shallowest zoom asked for.
        min_zoom: u8,
        /// Deepest zoom asked for.
        max_zoom: u8,
    },
    /// Records do not fit into memory and cannot be put elsewhere.
    #[error("cannot write a temporary file in {}", std::env::temp_dir().display())]
    Spill(#[source] std::io::Error),
    /// The disk refused.
    #[error("cannot write {}", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
}

/// Tells how far the work is: `(tiles done, tiles expected)`; expected is an upper estimate until the
/// deepest zoom has begun.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Whether a request makes sense.
pub(crate) fn check(spec: &TilesetSpec<'_>, layers: &[LayerIntake]) -> Result<(), TileError> {
    let mut names = HashSet::new();
    if let Some(layer) = layers.iter().find(|layer| !names.insert(&layer.id)) {
        return Err(TileError::RepeatedLayer { id: spec.id.to_owned(), layer: layer.id.clone() });
    }
    let (min_zoom, max_zoom) = (spec.min_zoom.unwrap_or(0), spec.max_zoom.unwrap_or(crate::DEEPEST_TILED_ZOOM));
    if min_zoom > max_zoom || max_zoom > crate::DEEPEST_TILED_ZOOM {
        return Err(TileError::Zooms { id: spec.id.to_owned(), min_zoom, max_zoom });
    }
    Ok(())
}
