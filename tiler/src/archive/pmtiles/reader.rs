//! Reads a PMTiles archive from a memory map. A file that lies gets an error, in bounded time and
//! memory; it is never trusted with more than it holds.

use std::collections::VecDeque;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use memmap2::Mmap;

use super::directory::{Directory, Entry, LONGEST};
use super::header::{Header, Section};
use crate::archive::gzip::{GunzipError, gunzip};
use crate::archive::{ArchiveError, ArchiveInfo, Compression, TileEncoding, TileType};
use crate::coord::{TileCoord, TileId};

/// Directories on the way to a tile: the root and up to three levels of leaves (§4.3 recommends one).
const DEEPEST: usize = 4;

/// Leaf directories kept decoded, at most.
const LEAVES_KEPT: usize = 64;

/// Entries of all leaf directories that are kept, unless the newest alone has more: 6 MB. Writers
/// make leaves of some 4096 entries, so that 64 of them fit; a hostile file has leaves of millions.
const ENTRIES_KEPT: usize = 1 << 18;

/// Longest JSON metadata that is read, bytes when decompressed. As values they take up to twenty
/// times as much memory.
const LONGEST_METADATA: usize = 8 << 20;

/// A PMTiles v3 archive on a memory map. Cheap to share between threads.
pub struct Archive {
    file: PathBuf,
    map: Mmap,
    header: Header,
    root: Arc<Directory>,
    metadata: serde_json::Value,
    /// The leaves asked for last, newest first, each with the place it was read from.
    leaves: Mutex<VecDeque<(Section, Arc<Directory>)>>,
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive").field("file", &self.file).field("header", &self.header).finish_non_exhaustive()
    }
}

impl Archive {
    /// Maps a file and checks its header, root directory and metadata.
    ///
    /// # Errors
    /// [`ArchiveError::Read`] if the system refuses the file, [`ArchiveError::Broken`] if it is no
    /// PMTiles v3 archive or lies about itself.
    pub fn open(file: &Path) -> Result<Self, ArchiveError> {
        let read = |cause| ArchiveError::Read { file: file.to_owned(), cause };
        let broken = |problem| ArchiveError::Broken { file: file.to_owned(), problem };
        let opened = File::open(file).map_err(read)?;
        if opened.metadata().map_err(read)?.len() == 0 {
            return Err(broken("is empty"));
        }
        // SAFETY: a map is sound as long as nobody changes the file under it. Archives are published
        // by rename and never written again, so a reader keeps the file it opened. Someone who
        // truncates it by hand gets a SIGBUS, which no check of ours could prevent.
        #[allow(unsafe_code)]
        let map = unsafe { Mmap::map(&opened) }.map_err(read)?;
        let header = Header::from_bytes(&map).map_err(broken)?;
        for section in [header.root, header.metadata, header.leaves, header.data] {
            section.of(&map).ok_or_else(|| broken("is shorter than its header says"))?;
        }
        if header.min_zoom > header.max_zoom || header.max_zoom > crate::coord::DEEPEST_ZOOM {
            return Err(broken("has impossible zooms"));
        }
        let root = directory(&map, header.root, &header).map_err(broken)?;
        let metadata = unpack(&map, header.metadata, header.internal_compression, LONGEST_METADATA).map_err(broken)?;
        let metadata: serde_json::Value =
            serde_json::from_slice(&metadata).map_err(|_| broken("has metadata that is not JSON"))?;
        if !metadata.is_object() {
            return Err(broken("has metadata that is not a JSON object"));
        }
        let root = Arc::new(root);
        Ok(Self { file: file.to_owned(), map, header, root, metadata, leaves: Mutex::default() })
    }

    /// The tile as stored (see [`Archive::tile_compression`]), or `None` where there is none.
    ///
    /// # Errors
    /// [`ArchiveError::Broken`] if a leaf directory on the way is broken.
    pub fn tile(&self, tile: TileCoord) -> Result<Option<&[u8]>, ArchiveError> {
        self.tile_by_id(tile.id())
    }

    /// The same by its place on the curve.
    ///
    /// # Errors
    /// As [`Archive::tile`].
    pub fn tile_by_id(&self, id: TileId) -> Result<Option<&[u8]>, ArchiveError> {
        let id = id.value();
        let mut directory = Arc::clone(&self.root);
        for _ in 0..DEEPEST {
            let Some(&entry) = directory.find(id) else { return Ok(None) };
            if !entry.is_leaf() {
                return Ok(Some(self.content(&entry)?));
            }
            directory = self.leaf(&entry)?;
        }
        Err(self.broken("has directories within directories without end"))
    }

    /// Where the tile lies in the file ([`Archive::bytes`]), or `None` where there is none.
    ///
    /// # Errors
    /// As [`Archive::tile`].
    pub fn place(&self, tile: TileCoord) -> Result<Option<Range<usize>>, ArchiveError> {
        let Some(tile) = self.tile(tile)? else { return Ok(None) };
        // A tile is a part of the map, so this is how far from its start it begins.
        let from = tile.as_ptr().addr() - self.map.as_ptr().addr();
        Ok(Some(from..from + tile.len()))
    }

    /// The JSON metadata; always an object.
    pub fn metadata(&self) -> &serde_json::Value {
        &self.metadata
    }

    /// Shallowest and deepest zoom.
    pub fn zooms(&self) -> (u8, u8) {
        (self.header.min_zoom, self.header.max_zoom)
    }

    /// `[west, south, east, north]`, degrees.
    pub fn bounds(&self) -> [f64; 4] {
        self.header.bounds
    }

    /// `[lon, lat, zoom]` to open a map at.
    pub fn center(&self) -> [f64; 3] {
        self.header.center
    }

    /// How many tiles the archive says it addresses; 0 if it does not know.
    pub fn tile_count(&self) -> u64 {
        self.header.addressed_tiles
    }

    /// How the tiles are compressed.
    pub fn tile_compression(&self) -> Compression {
        self.header.tile_compression
    }

    /// All addressed tiles in the order of the curve, shallow zooms first; ends after an error.
    pub fn tile_coords(&self) -> impl Iterator<Item = Result<TileCoord, ArchiveError>> + '_ {
        self.tiles().map(|tile| tile.map(|(coord, _)| coord))
    }

    /// The same with their bytes as stored.
    pub fn tiles(&self) -> impl Iterator<Item = Result<(TileCoord, &[u8]), ArchiveError>> + '_ {
        self.runs().flat_map(|run| {
            let (ids, bytes, error) = match run {
                Ok(run) => (run.first.value()..run.first.value() + u64::from(run.count), run.bytes, None),
                Err(error) => (0..0, [].as_slice(), Some(Err(error))),
            };
            let coords = ids.filter_map(TileId::new).map(TileId::coord);
            coords.map(move |coord| Ok((coord, bytes))).chain(error)
        })
    }

    /// What the directories list, in the order of the curve: tiles with consecutive ids that have one
    /// content. Ends after an error.
    pub fn runs(&self) -> impl Iterator<Item = Result<TileRun<'_>, ArchiveError>> + '_ {
        Runs { archive: self, open: vec![(Arc::clone(&self.root), 0)], next: 0 }
    }

    /// What the tiles are.
    pub fn tile_type(&self) -> TileType {
        TileType::of(self.header.tile_type)
    }

    /// How the tiles are encoded.
    pub(crate) fn encoding(&self) -> TileEncoding {
        TileEncoding { tile_type: self.header.tile_type, compression: self.header.tile_compression }
    }

    /// What it says about itself.
    pub fn info(&self) -> ArchiveInfo {
        let (min_zoom, max_zoom) = self.zooms();
        let metadata = self.metadata.as_object().cloned().unwrap_or_default();
        ArchiveInfo { min_zoom, max_zoom, bounds: self.bounds(), center: self.center(), metadata }
    }

    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// Bytes of the file.
    pub fn length(&self) -> u64 {
        self.map.len() as u64
    }

    /// The whole file.
    pub fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// The section that all contents lie in.
    pub(super) fn data(&self) -> &[u8] {
        self.header.data.of(&self.map).unwrap_or_default()
    }

    fn content(&self, entry: &Entry) -> Result<&[u8], ArchiveError> {
        let data = self.header.data.of(&self.map);
        data.and_then(|data| entry.section().of(data))
            .ok_or_else(|| self.broken("has a tile that lies outside the file"))
    }

    fn leaf(&self, entry: &Entry) -> Result<Arc<Directory>, ArchiveError> {
        // A panic while the list was held cannot have left it half changed, so poison does not matter.
        let kept = || self.leaves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, leaf)) = kept().iter().find(|(place, _)| *place == entry.section()) {
            return Ok(Arc::clone(leaf));
        }
        let offset =
            self.header.leaves.offset.checked_add(entry.offset).ok_or_else(|| self.broken("points nowhere"))?;
        let section = Section { offset, ..entry.section() };
        let leaf = directory(&self.map, section, &self.header).map_err(|problem| self.broken(problem))?;
        if leaf.entries.is_empty() {
            return Err(self.broken("has an empty leaf directory"));
        }
        let leaf = Arc::new(leaf);
        let mut kept = kept();
        kept.push_front((entry.section(), Arc::clone(&leaf)));
        let totals = kept.iter().take(LEAVES_KEPT).scan(0, |total, (_, leaf)| {
            *total += leaf.entries.len();
            Some(*total)
        });
        let fitting = totals.take_while(|&total| total <= ENTRIES_KEPT).count();
        kept.truncate(fitting.max(1));
        Ok(leaf)
    }

    fn broken(&self, problem: &'static str) -> ArchiveError {
        ArchiveError::Broken { file: self.file.clone(), problem }
    }
}

fn directory(file: &[u8], section: Section, header: &Header) -> Result<Directory, &'static str> {
    Directory::from_bytes(&unpack(file, section, header.internal_compression, LONGEST)?, header.data, header.leaves)
}

fn unpack(file: &[u8], section: Section, compression: Compression, limit: usize) -> Result<Vec<u8>, &'static str> {
    const TOO_LONG: &str = "has a directory or metadata of unreasonable length";
    let bytes = section.of(file).ok_or("is shorter than its header says")?;
    match compression {
        Compression::None if bytes.len() > limit => Err(TOO_LONG),
        Compression::None => Ok(bytes.to_vec()),
        Compression::Gzip => gunzip(bytes, limit).map_err(|error| match error {
            GunzipError::Broken => "has a directory or metadata that is not gzip",
            GunzipError::TooLong { .. } => TOO_LONG,
        }),
        _ => Err("compresses its directories in a way that is not supported"),
    }
}

/// Tiles with consecutive ids that have one content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileRun<'a> {
    /// The first of them.
    pub first: TileId,
    /// How many, 1 or more.
    pub count: u32,
    /// Where the content begins, from the start of the tile data.
    pub offset: u64,
    /// The content as stored.
    pub bytes: &'a [u8],
}

/// Walks all directories depth first.
struct Runs<'a> {
    archive: &'a Archive,
    /// Directories on the way, each with its next entry.
    open: Vec<(Arc<Directory>, usize)>,
    /// No later tile may come before this one, or a directory is visited twice.
    next: u64,
}

impl<'a> Runs<'a> {
    fn step(&mut self) -> Result<Option<TileRun<'a>>, ArchiveError> {
        loop {
            let Some((directory, place)) = self.open.last_mut() else { return Ok(None) };
            let Some(&entry) = directory.entries.get(*place) else {
                self.open.pop();
                continue;
            };
            *place += 1;
            if entry.id < self.next {
                return Err(self.archive.broken("names a tile twice"));
            }
            if entry.is_leaf() {
                if self.open.len() == DEEPEST {
                    return Err(self.archive.broken("has directories within directories without end"));
                }
                self.open.push((self.archive.leaf(&entry)?, 0));
                continue;
            }
            self.next = entry.id + u64::from(entry.run_length);
            // The last tile of the run is on the grid, and so are all before it.
            let ids = (TileId::new(entry.id), TileId::new(self.next - 1));
            let (Some(first), Some(_)) = ids else {
                return Err(self.archive.broken("names a tile beyond zoom 30"));
            };
            let bytes = self.archive.content(&entry)?;
            return Ok(Some(TileRun { first, count: entry.run_length, offset: entry.offset, bytes }));
        }
    }
}

impl<'a> Iterator for Runs<'a> {
    type Item = Result<TileRun<'a>, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step();
        if step.is_err() {
            self.open.clear();
        }
        step.transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::pmtiles::header::HEADER_LENGTH;

    #[test]
    fn leaves_are_kept_by_their_weight() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("a.pmtiles");
        // Leaves of 100,000 entries each: four of them are more than is kept.
        let leaf = |from: u64| {
            let entry = |n: u64| Entry { id: from + n, run_length: 1, length: 1, offset: 0 };
            Directory::to_bytes(&(0..100_000).map(entry).collect::<Vec<_>>())
        };
        let leaves: Vec<Vec<u8>> = (0..4).map(|n| leaf(n * 100_000)).collect();
        let mut root = Vec::new();
        let mut offset = 0;
        for (n, leaf) in leaves.iter().enumerate() {
            root.push(Entry { id: n as u64 * 100_000, run_length: 0, length: leaf.len() as u32, offset });
            offset += leaf.len() as u64;
        }
        let parts = [Directory::to_bytes(&root), b"{}".to_vec(), leaves.concat(), vec![7]];
        let mut start = HEADER_LENGTH as u64;
        let sections = [0, 1, 2, 3].map(|part: usize| {
            let section = Section { offset: start, length: parts[part].len() as u64 };
            start += section.length;
            section
        });
        let mut header = Header::from_bytes(&[&b"PMTiles\x03"[..], &[0; 119]].concat())?;
        [header.root, header.metadata, header.leaves, header.data] = sections;
        header.internal_compression = Compression::None;
        std::fs::write(&file, [&header.to_bytes()[..], &parts.concat()].concat())?;

        let archive = Archive::open(&file)?;
        for round in 0..3 {
            for leaf in 0..4u64 {
                let tile = TileId::new(leaf * 100_000 + round).ok_or("on the grid")?;
                assert_eq!(archive.tile_by_id(tile)?, Some(&[7][..]));
                let kept = archive.leaves.lock().map_err(|_| "poisoned")?;
                assert!(kept.iter().map(|(_, leaf)| leaf.entries.len()).sum::<usize>() <= ENTRIES_KEPT);
                assert!(!kept.is_empty());
            }
        }
        Ok(())
    }
}
