//! One archive becomes another: PMTiles from MBTiles, MBTiles from PMTiles, or either anew. Tiles
//! keep their bytes, and what the archive says of itself is kept.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Archive, ArchiveError, ArchiveInfo, Mbtiles, WriteArchive, create_copy};
use crate::tileset::Progress;

/// A run of equal tiles takes a few bytes in PMTiles and a row for each in MBTiles: so many tiles may
/// come of any file, and [`MOST_TILES_A_BYTE`] more for each of its bytes.
const MOST_TILES: u64 = 1 << 24;
/// See [`MOST_TILES`].
const MOST_TILES_A_BYTE: u64 = 64;
/// Progress is told after so many tiles.
const STEP: u64 = 1024;

/// What came of a conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Converted {
    /// Tiles written.
    pub tiles: u64,
    /// Bytes of the new archive.
    pub bytes: u64,
    /// Shallowest and deepest zoom.
    pub zooms: (u8, u8),
}

/// Why an archive cannot be converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// The old one cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The new one cannot be written.
    #[error("cannot write {}", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
}

/// Writes the tiles and metadata of `from`, which may be PMTiles or MBTiles whatever its name, to
/// `to`: MBTiles if its name ends in `.mbtiles`, PMTiles otherwise.
///
/// The new file appears complete or not at all. Contents without bytes, which some MBTiles hold, are
/// no tiles and are left out. `agg_tiles_hash` is made anew.
///
/// # Errors
/// [`ConvertError`]; a file that lies gets one in time and memory bounded by its length.
pub fn convert(from: &Path, to: &Path, progress: Progress<'_>) -> Result<Converted, ConvertError> {
    let write = |cause| ConvertError::Write { file: to.to_owned(), cause };
    if is_sqlite(from) {
        let old = Mbtiles::open(from)?;
        let (info, encoding) = old.describe()?;
        let mut new = create_copy(to, encoding).map_err(write)?;
        let expected = old.tile_count()?;
        let mut tiles = 0;
        for tile in old.tiles()? {
            let (coord, bytes) = tile?;
            new.put(coord, &bytes).map_err(write)?;
            tiles += 1;
            tell(progress, tiles, expected);
        }
        return finished(new, &info, tiles).map_err(write);
    }
    let old = Archive::open(from)?;
    let expected = counted(&old, from)?;
    let info = old.info();
    let mut new = create_copy(to, old.encoding()).map_err(write)?;
    let mut tiles = 0;
    for tile in old.tiles() {
        let (coord, bytes) = tile?;
        new.put(coord, bytes).map_err(write)?;
        tiles += 1;
        tell(progress, tiles, expected);
    }
    finished(new, &info, tiles).map_err(write)
}

fn finished(new: Box<dyn WriteArchive>, info: &ArchiveInfo, tiles: u64) -> std::io::Result<Converted> {
    let bytes = new.finish(info)?;
    Ok(Converted { tiles, bytes, zooms: (info.min_zoom, info.max_zoom) })
}

fn tell(progress: Progress<'_>, tiles: u64, expected: u64) {
    if tiles.is_multiple_of(STEP) || tiles == expected {
        progress(tiles, expected);
    }
}

/// How many tiles an archive has, if that is not absurd.
fn counted(archive: &Archive, file: &Path) -> Result<u64, ArchiveError> {
    let most = MOST_TILES + MOST_TILES_A_BYTE * archive.length();
    let mut tiles = 0;
    for run in archive.runs() {
        tiles += u64::from(run?.count);
        if tiles > most {
            return Err(ArchiveError::Broken { file: file.to_owned(), problem: "repeats tiles without end" });
        }
    }
    Ok(tiles)
}

/// Whether a file begins as SQLite databases do (SQLite file format, §1.3.1).
fn is_sqlite(file: &Path) -> bool {
    let mut magic = [0; 16];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut magic));
    read.is_ok() && magic == *b"SQLite format 3\0"
}
