//! Geometry to tiles to archive.
//!
//! [`write_tileset`] takes thematic layers in lon/lat and writes one PMTiles archive; [`Archive`]
//! reads it back from a memory map. The tiler opens no GeoPackage and knows no HTTP.

use std::path::{Path, PathBuf};

use layers::ThematicLayer;

/// A tile's place in a square quad grid: XYZ scheme, y down, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileCoord {
    z: u8,
    x: u32,
    y: u32,
}

impl TileCoord {
    /// `None` outside the grid (z > 30, or x or y ≥ 2^z).
    pub fn new(z: u8, x: u32, y: u32) -> Option<Self> {
        (z <= 30 && u64::from(x.max(y)) < 1 << z).then_some(Self { z, x, y })
    }
}

/// What to make: one archive of all these layers.
#[derive(Clone, Debug)]
pub struct TilesetSpec<'a> {
    /// The tileset's id, in metadata as `name`.
    pub id: &'a str,
    /// What it shows.
    pub description: &'a str,
    /// Who made the data; plain text.
    pub attribution: &'a str,
    /// Its layers, bottom first.
    pub layers: &'a [ThematicLayer],
    /// Shallowest zoom; `None` = from the data.
    pub min_zoom: Option<u8>,
    /// Deepest zoom; `None` = from the data.
    pub max_zoom: Option<u8>,
    /// Tool and version that made it (`generator`).
    pub generator: &'a str,
    /// Further members of the JSON metadata, as they are.
    pub extra_metadata: serde_json::Map<String, serde_json::Value>,
}

/// What was made.
#[derive(Clone, Debug, serde::Serialize)]
pub struct TilesetSummary {
    /// Shallowest zoom.
    pub min_zoom: u8,
    /// Deepest zoom.
    pub max_zoom: u8,
    /// `[west, south, east, north]`, degrees.
    pub bounds: [f64; 4],
    /// Tiles addressed.
    pub tiles: u64,
    /// Bytes of the archive.
    pub bytes: u64,
    /// Counts of each zoom, shallowest first.
    pub zooms: Vec<ZoomSummary>,
}

/// What happened to features at one zoom.
#[derive(Clone, Debug, Default, serde::Serialize)]
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

/// Why a tileset cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TileError {
    /// There is nothing to draw.
    #[error("tileset {id} has no features")]
    Empty {
        /// The tileset.
        id: String,
    },
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

/// Tells how far the work is: `(tiles done, tiles expected)`. Called from many threads.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Makes one archive. Runs on the current rayon pool; the bytes do not depend on its size.
///
/// The file appears complete or not at all (`.partial`, fsync, rename).
pub fn write_tileset(
    _spec: &TilesetSpec<'_>,
    _file: &Path,
    _progress: Progress<'_>,
) -> Result<TilesetSummary, TileError> {
    unimplemented!()
}

/// A PMTiles v3 archive on a memory map. Cheap to share between threads.
pub struct Archive(());

/// Why an archive cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Not PMTiles, or broken.
    #[error("{}: {problem}", file.display())]
    Broken {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
}

impl Archive {
    /// Maps a file and checks its header and root directory.
    pub fn open(_file: &Path) -> Result<Self, ArchiveError> {
        unimplemented!()
    }
    /// The tile as stored (gzip), or `None` where there is none.
    pub fn tile(&self, _tile: TileCoord) -> Result<Option<&[u8]>, ArchiveError> {
        unimplemented!()
    }
    /// The JSON metadata.
    pub fn metadata(&self) -> &serde_json::Value {
        unimplemented!()
    }
    /// Shallowest and deepest zoom.
    pub fn zooms(&self) -> (u8, u8) {
        unimplemented!()
    }
    /// `[west, south, east, north]`, degrees.
    pub fn bounds(&self) -> [f64; 4] {
        unimplemented!()
    }
    /// `[lon, lat, zoom]` to open a map at.
    pub fn center(&self) -> [f64; 3] {
        unimplemented!()
    }
}
