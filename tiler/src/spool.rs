//! Finished tiles, one file a zoom, until all of them go into the archive.
//!
//! Blocks finish all their zooms at once, and an archive wants its tiles zoom by zoom. Within a zoom
//! blocks come in the order of the curve, so a spool is only ever appended to and read from the start.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use crate::coord::{TileCoord, TileId};

/// Tiles of one zoom.
pub(crate) struct Spool {
    file: BufWriter<File>,
    tiles: u64,
}

impl Spool {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { file: BufWriter::with_capacity(1 << 18, tempfile::tempfile()?), tiles: 0 })
    }

    /// How many tiles it holds.
    pub(crate) fn tiles(&self) -> u64 {
        self.tiles
    }

    /// Appends a tile.
    pub(crate) fn push(&mut self, id: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(&id.to_le_bytes())?;
        self.file.write_all(&(bytes.len() as u32).to_le_bytes())?;
        self.file.write_all(bytes)?;
        self.tiles += 1;
        Ok(())
    }

    /// Hands over all tiles, in the order in which they came.
    pub(crate) fn drain(self, mut take: impl FnMut(TileCoord, &[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        let mut file = BufReader::with_capacity(1 << 18, file);
        let mut bytes = Vec::new();
        for _ in 0..self.tiles {
            let (mut id, mut length) = ([0; 8], [0; 4]);
            file.read_exact(&mut id)?;
            file.read_exact(&mut length)?;
            bytes.resize(u32::from_le_bytes(length) as usize, 0);
            file.read_exact(&mut bytes)?;
            let id = TileId::new(u64::from_le_bytes(id)).ok_or(io::ErrorKind::InvalidData)?;
            take(id.coord(), &bytes)?;
        }
        Ok(())
    }
}
