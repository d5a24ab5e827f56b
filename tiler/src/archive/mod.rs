//! Archives of tiles, read and written: PMTiles v3, and MBTiles for apps that want it. One becomes
//! the other without loss (`convert`).

pub(crate) mod convert;
pub(crate) mod gzip;
pub(crate) mod mbtiles;
pub(crate) mod partial;
pub(crate) mod pmtiles;

use std::io;
use std::path::{Path, PathBuf};

pub use convert::{ConvertError, Converted, convert};
pub use gzip::{GunzipError, gunzip};
pub use mbtiles::Mbtiles;
pub use pmtiles::{Archive, TileRun};

use crate::coord::TileCoord;

/// How tiles are compressed in an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compression {
    /// As they are.
    None,
    /// gzip (RFC 1952).
    Gzip,
    /// Brotli (RFC 7932).
    Brotli,
    /// Zstandard (RFC 8878).
    Zstd,
    /// The archive does not say.
    Unknown,
}

impl Compression {
    /// How a tile is compressed, by its first bytes (RFC 1952 §2.3.1, RFC 8878 §3.1.1). Brotli has no
    /// mark, so it is not recognised.
    pub fn by_magic(tile: &[u8]) -> Self {
        match tile {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// What a tile is (PMTiles v3 §3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TileType {
    /// Mapbox Vector Tile.
    Mvt,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
    /// AVIF.
    Avif,
    /// MapLibre Tile.
    Mlt,
    /// The archive does not say, or says what nobody knows.
    Unknown,
}

impl TileType {
    pub(crate) fn of(code: u8) -> Self {
        match code {
            pmtiles::TYPE_MVT => Self::Mvt,
            2 => Self::Png,
            3 => Self::Jpeg,
            4 => Self::Webp,
            5 => Self::Avif,
            6 => Self::Mlt,
            _ => Self::Unknown,
        }
    }
}

/// How the tiles of an archive are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TileEncoding {
    /// PMTiles v3 §3.4: 1 is Mapbox Vector Tile.
    pub(crate) tile_type: u8,
    pub(crate) compression: Compression,
}

impl Default for TileEncoding {
    /// What the tiler makes: Mapbox Vector Tiles in gzip.
    fn default() -> Self {
        Self { tile_type: pmtiles::TYPE_MVT, compression: Compression::Gzip }
    }
}

/// Why an archive cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Neither PMTiles nor MBTiles, or broken.
    #[error("{}: {problem}", file.display())]
    Broken {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The file cannot be opened or mapped.
    #[error("cannot read {}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
}

/// What an archive says about itself.
#[derive(Clone, Debug, PartialEq)]
pub struct ArchiveInfo {
    /// Shallowest zoom.
    pub min_zoom: u8,
    /// Deepest zoom.
    pub max_zoom: u8,
    /// `[west, south, east, north]`, degrees.
    pub bounds: [f64; 4],
    /// `[lon, lat, zoom]` to open a map at.
    pub center: [f64; 3],
    /// The JSON metadata (PMTiles v3 §5); of MBTiles the rows and the members of their `json`.
    pub metadata: serde_json::Map<String, serde_json::Value>,
}

/// Takes tiles in ascending order of their ids, then becomes a file.
///
/// Nothing shows under the final name before [`WriteArchive::finish`] has returned.
pub(crate) trait WriteArchive {
    /// Takes the bytes of a tile as they are to be stored.
    fn put(&mut self, tile: TileCoord, bytes: &[u8]) -> io::Result<()>;
    /// Returns the bytes of the file.
    fn finish(self: Box<Self>, info: &ArchiveInfo) -> io::Result<u64>;
}

/// The writer for a file name: MBTiles for `.mbtiles`, PMTiles otherwise.
pub(crate) fn create(file: &Path) -> io::Result<Box<dyn WriteArchive>> {
    writer(file, TileEncoding::default(), false)
}

/// The same for tiles of another archive, in whatever encoding that has them.
pub(crate) fn create_copy(file: &Path, encoding: TileEncoding) -> io::Result<Box<dyn WriteArchive>> {
    writer(file, encoding, true)
}

fn writer(file: &Path, encoding: TileEncoding, is_copy: bool) -> io::Result<Box<dyn WriteArchive>> {
    let is_mbtiles = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("mbtiles"));
    Ok(if is_mbtiles {
        Box::new(mbtiles::MbtilesWriter::create(file, encoding)?)
    } else {
        Box::new(pmtiles::PmtilesWriter::create(file, encoding, is_copy)?)
    })
}
