//! The last look at an archive before it gets its name: does it read back as it was meant?

use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use super::header::Header;
use super::reader::Archive;
use crate::archive::{ArchiveError, Compression, gunzip};

/// Of so many contents one is decompressed; all are compared by their checksum.
const SAMPLE: u64 = 64;
/// Longest tile when decompressed.
const LONGEST_TILE: usize = 256 << 20;

/// Why an archive may not be published.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VerifyError {
    #[error("the archive does not read back as it was written: {0}")]
    Differs(&'static str),
    #[error("the archive cannot be read back")]
    Read(#[from] ArchiveError),
}

/// What an archive should be.
pub(crate) struct Meant<'a> {
    /// Bytes of the file.
    pub(crate) length: u64,
    pub(crate) header: &'a Header,
    /// XXH3-64 of the tile data.
    pub(crate) checksum: u64,
    /// Whether tiles that do not decompress are our own mistake.
    pub(crate) tiles_are_sound: bool,
}

/// Reads an archive back: length, header, all directories, the checksum of the tile data and a
/// sample of tiles.
pub(crate) fn verify(file: &Path, meant: &Meant<'_>) -> Result<(), VerifyError> {
    let &Meant { length, header, checksum, tiles_are_sound } = meant;
    let is_sampled = tiles_are_sound && header.tile_compression == Compression::Gzip;
    let differs = |what| Err(VerifyError::Differs(what));
    let archive = Archive::open(file)?;
    if archive.length() != length {
        return differs("its length");
    }
    // Degrees are compared as they are stored, in whole ten-millionths.
    if archive.header().to_bytes() != header.to_bytes() {
        return differs("its header");
    }
    let data = archive.data();
    if xxh3_64(data) != checksum {
        return differs("its tile data");
    }
    let (mut tiles, mut entries, mut contents, mut end) = (0, 0, 0, 0);
    for run in archive.runs() {
        let run = run?;
        tiles += u64::from(run.count);
        entries += 1;
        // Clustered: a content lies right behind those before it, or is one of them.
        if run.offset > end {
            return differs("a tile lies behind a gap");
        }
        if run.offset == end {
            end += run.bytes.len() as u64;
            if is_sampled && contents % SAMPLE == 0 && gunzip(run.bytes, LONGEST_TILE).is_err() {
                return differs("a tile cannot be decompressed");
            }
            contents += 1;
        }
    }
    if (tiles, entries, contents) != (header.addressed_tiles, header.entries, header.contents) {
        return differs("the number of its tiles");
    }
    if end != data.len() as u64 {
        return differs("some of its data belong to no tile");
    }
    Ok(())
}
