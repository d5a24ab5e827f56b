//! The file beside an archive that tells the next run what this one was made of.
//!
//! ```text
//! magic · parts: (tag, layer, length, bytes)… · XXH3-64 of everything before
//! ```
//!
//! It is written while rows come in, so it takes no memory, and gets its name after the archive has
//! its own. It names the archive by hash: with another archive it is worth nothing.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::notes::Notes;
use crate::archive::Archive;
use crate::archive::partial::PartialFile;
use crate::counts::{self, CountsByTile};
use crate::tileset::TilesetSummary;

/// Format and its version.
const MAGIC: &[u8; 8] = b"tubanST2";
/// Tags of parts.
const NOTES: u8 = 1;
const ABOUT: u8 = 2;
const CELLS: u8 = 3;
const COUNTS: u8 = 4;
/// Bytes before the content of a part.
const HEAD: usize = 11;
/// Rows of a part, when all are written again.
const ROWS_A_PART: usize = 1 << 16;

/// What is kept besides rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct About {
    /// What was asked for, and by which program.
    pub(crate) made_of: serde_json::Value,
    /// What came of it.
    pub(crate) summary: TilesetSummary,
    /// The layer that cells count.
    pub(crate) counted: Option<u16>,
    /// Tiles, one zoom above those that show single features, that would exceed the budget: some of
    /// them, if any was drawn to see.
    pub(crate) oversize: Vec<u64>,
    pub(crate) archive_bytes: u64,
    /// XXH3-64 of the archive.
    pub(crate) archive_hash: u64,
}

/// Where the state of an archive lies.
pub(crate) fn state_of(archive: &Path) -> PathBuf {
    let mut name = archive.as_os_str().to_owned();
    name.push(".state");
    name.into()
}

/// Bytes of a file and their hash.
pub(crate) fn identity(archive: &Archive) -> (u64, u64) {
    (archive.length(), xxh3_64(archive.bytes()))
}

/// A state in the making.
pub(crate) struct Keeper {
    place: PartialFile,
    file: BufWriter<File>,
    checksum: Xxh3,
}

impl Keeper {
    pub(crate) fn create(file: &Path) -> io::Result<Self> {
        let place = PartialFile::new(file)?;
        let created = File::options().write(true).create_new(true).open(place.path())?;
        let mut keeper = Self { place, file: BufWriter::with_capacity(1 << 18, created), checksum: Xxh3::new() };
        keeper.put(MAGIC)?;
        Ok(keeper)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.checksum.update(bytes);
        self.file.write_all(bytes)
    }

    fn part(&mut self, tag: u8, layer: u16, bytes: &[u8]) -> io::Result<()> {
        let mut head = [tag; HEAD];
        head[1..3].copy_from_slice(&layer.to_le_bytes());
        head[3..].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.put(&head)?;
        self.put(bytes)
    }

    /// Keeps some rows of a layer, which come after those it was given before.
    pub(crate) fn rows(&mut self, layer: u16, notes: &Notes) -> io::Result<()> {
        let mut bytes = Vec::new();
        notes.to_bytes(&mut bytes);
        self.part(NOTES, layer, &bytes)
    }

    /// Keeps all rows of a layer.
    pub(crate) fn all_rows(&mut self, layer: u16, notes: &Notes) -> io::Result<()> {
        let firsts = notes.firsts();
        let parts: Vec<usize> = (0..notes.rows()).step_by(ROWS_A_PART).collect();
        let written = parts.par_iter().map(|&from| {
            let mut part = Notes::default();
            part.append(notes, from..(from + ROWS_A_PART).min(notes.rows()), firsts[from] as usize);
            let mut bytes = Vec::new();
            part.to_bytes(&mut bytes);
            bytes
        });
        written.collect::<Vec<_>>().iter().try_for_each(|bytes| self.part(NOTES, layer, bytes))
    }

    /// Publishes the state of an archive that has its name.
    pub(crate) fn finish(mut self, about: &About, tiles: &CountsByTile, cells: Option<&[u8]>) -> io::Result<()> {
        self.part(ABOUT, 0, &serde_json::to_vec(about)?)?;
        self.part(COUNTS, 0, &counts::to_bytes(tiles))?;
        if let Some(cells) = cells {
            self.part(CELLS, 0, cells)?;
        }
        let checksum = self.checksum.digest();
        self.file.write_all(&checksum.to_le_bytes())?;
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        self.place.publish(&file)
    }
}

/// A state as it was read.
pub(crate) struct State {
    pub(crate) about: About,
    /// Of each layer that has rows, by number.
    pub(crate) notes: Vec<(u16, Notes)>,
    /// Of each tile that shows single features.
    pub(crate) counts: CountsByTile,
    pub(crate) cells: Option<Vec<u8>>,
}

impl State {
    /// Reads a state; says what is wrong with it otherwise.
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(format!("there is no {}", file.display()));
            }
            Err(error) => return Err(format!("cannot read {}: {error}", file.display())),
        };
        Self::from_bytes(&bytes).map_err(|problem| format!("{} {problem}", file.display()))
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, &'static str> {
        const BROKEN: &str = "is damaged";
        if !bytes.starts_with(MAGIC) {
            return Err("is not of this version");
        }
        let (body, checksum) = bytes.split_last_chunk::<8>().ok_or(BROKEN)?;
        if xxh3_64(body).to_le_bytes() != *checksum {
            return Err(BROKEN);
        }
        let mut rest = body.get(MAGIC.len()..).ok_or(BROKEN)?;
        let (mut about, mut counted, mut cells, mut parts) = (None, None, None, Vec::new());
        while !rest.is_empty() {
            let (head, behind) = rest.split_first_chunk::<HEAD>().ok_or(BROKEN)?;
            let length = head.last_chunk().map_or(0, |length| u64::from_le_bytes(*length));
            let (part, behind) = behind.split_at_checked(usize::try_from(length).map_err(|_| BROKEN)?).ok_or(BROKEN)?;
            rest = behind;
            match head[0] {
                NOTES => parts.push((u16::from_le_bytes([head[1], head[2]]), part)),
                ABOUT => about = serde_json::from_slice(part).ok(),
                COUNTS => counted = counts::from_bytes(part),
                CELLS => cells = Some(part.to_vec()),
                _ => return Err(BROKEN),
            }
        }
        let read = parts.par_iter().map(|(layer, part)| Some((*layer, Notes::from_bytes(part)?)));
        let mut notes: Vec<(u16, Notes)> = Vec::new();
        for (layer, part) in read.collect::<Option<Vec<_>>>().ok_or(BROKEN)? {
            match notes.iter_mut().find(|(known, _)| *known == layer) {
                Some((_, notes)) => notes.append_all(&part),
                None => notes.push((layer, part)),
            }
        }
        Ok(Self { about: about.ok_or(BROKEN)?, notes, counts: counted.ok_or(BROKEN)?, cells })
    }
}
