//! Archives of tiles: PMTiles v3, read and written, and MBTiles, written for apps that want it.

pub(crate) mod gzip;
pub(crate) mod mbtiles;
pub(crate) mod partial;
pub(crate) mod pmtiles;

use std::io;
use std::path::{Path, PathBuf};

pub use gzip::{GunzipError, gunzip};
pub use pmtiles::Archive;

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

/// The order in which an archive wants the tiles of a zoom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TileOrder {
    /// Along the Hilbert curve.
    Curve,
    /// By column, then row.
    Column,
}

/// What an archive says about itself.
pub(crate) struct ArchiveInfo {
    pub(crate) min_zoom: u8,
    pub(crate) max_zoom: u8,
    /// `[west, south, east, north]`, degrees.
    pub(crate) bounds: [f64; 4],
    /// `[lon, lat, zoom]`.
    pub(crate) center: [f64; 3],
    pub(crate) metadata: serde_json::Map<String, serde_json::Value>,
}

/// Takes tiles, shallow zooms first and each zoom in the archive's order, then becomes a file.
///
/// Nothing shows under the final name before [`WriteArchive::finish`] has returned.
pub(crate) trait WriteArchive {
    fn order(&self) -> TileOrder;
    fn put(&mut self, tile: TileCoord, gzipped: &[u8]) -> io::Result<()>;
    /// Returns the bytes of the file.
    fn finish(self: Box<Self>, info: &ArchiveInfo) -> io::Result<u64>;
}

/// The writer for a file name: MBTiles for `.mbtiles`, PMTiles otherwise.
pub(crate) fn create(file: &Path) -> io::Result<Box<dyn WriteArchive>> {
    let is_mbtiles = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("mbtiles"));
    Ok(if is_mbtiles {
        Box::new(mbtiles::MbtilesWriter::create(file)?)
    } else {
        Box::new(pmtiles::PmtilesWriter::create(file)?)
    })
}
