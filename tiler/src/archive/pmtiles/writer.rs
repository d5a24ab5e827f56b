//! Writes a PMTiles archive in one pass: tile data first, behind 16 KiB that are kept free for
//! header and root directory; then metadata and leaf directories; then the kept place is filled.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use xxhash_rust::xxh3::xxh3_128;

use super::directory::{Directory, Entry};
use super::header::{FIRST_READ, HEADER_LENGTH, Header, Section, TYPE_MVT};
use crate::archive::gzip::gzip;
use crate::archive::partial::PartialFile;
use crate::archive::{ArchiveInfo, Compression, TileOrder, WriteArchive};
use crate::coord::TileCoord;

/// Entries in a leaf directory, to begin with: more if the root would not fit otherwise.
const LEAF_ENTRIES: usize = 4096;

/// A PMTiles archive in the making.
pub(crate) struct PmtilesWriter {
    place: PartialFile,
    out: BufWriter<File>,
    entries: Vec<Entry>,
    /// Where each content lies, by hash and length. 128 bits of a good hash are trusted: with 10⁹
    /// tiles the chance of any collision is below 10⁻²⁰.
    contents: HashMap<(u128, u32), u64>,
    data_length: u64,
    addressed_tiles: u64,
}

impl PmtilesWriter {
    pub(crate) fn create(file: &Path) -> io::Result<Self> {
        let place = PartialFile::new(file)?;
        let mut out = BufWriter::with_capacity(1 << 20, File::create_new(place.path())?);
        out.write_all(&[0; FIRST_READ])?;
        let (entries, contents) = (Vec::new(), HashMap::new());
        Ok(Self { place, out, entries, contents, data_length: 0, addressed_tiles: 0 })
    }
}

impl WriteArchive for PmtilesWriter {
    fn order(&self) -> TileOrder {
        TileOrder::Curve
    }

    fn put(&mut self, tile: TileCoord, gzipped: &[u8]) -> io::Result<()> {
        let length = u32::try_from(gzipped.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let id = tile.id().value();
        self.addressed_tiles += 1;
        let offset = match self.contents.entry((xxh3_128(gzipped), length)) {
            std::collections::hash_map::Entry::Occupied(known) => *known.get(),
            std::collections::hash_map::Entry::Vacant(new) => {
                self.out.write_all(gzipped)?;
                let offset = *new.insert(self.data_length);
                self.data_length += u64::from(length);
                offset
            }
        };
        match self.entries.last_mut() {
            Some(last) if last.offset == offset && last.id + u64::from(last.run_length) == id => last.run_length += 1,
            _ => self.entries.push(Entry { id, run_length: 1, length, offset }),
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, info: &ArchiveInfo) -> io::Result<u64> {
        let metadata_bytes = gzip(&serde_json::to_vec(&info.metadata)?);
        let (root_bytes, leaf_bytes) = directories(&self.entries);
        let data = Section { offset: FIRST_READ as u64, length: self.data_length };
        let metadata = Section { offset: data.offset + data.length, length: metadata_bytes.len() as u64 };
        let leaves = Section { offset: metadata.offset + metadata.length, length: leaf_bytes.len() as u64 };
        let header = Header {
            root: Section { offset: HEADER_LENGTH as u64, length: root_bytes.len() as u64 },
            metadata,
            leaves,
            data,
            addressed_tiles: self.addressed_tiles,
            entries: self.entries.len() as u64,
            contents: self.contents.len() as u64,
            is_clustered: true,
            internal_compression: Compression::Gzip,
            tile_compression: Compression::Gzip,
            tile_type: TYPE_MVT,
            min_zoom: info.min_zoom,
            max_zoom: info.max_zoom,
            bounds: info.bounds,
            center: info.center,
        };
        self.out.write_all(&metadata_bytes)?;
        self.out.write_all(&leaf_bytes)?;
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&header.to_bytes())?;
        self.out.write_all(&root_bytes)?;
        let file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        self.place.publish(&file)?;
        Ok(leaves.offset + leaves.length)
    }
}

/// The root directory and the leaves, compressed; no leaves if the root can hold everything.
fn directories(entries: &[Entry]) -> (Vec<u8>, Vec<u8>) {
    const ROOT_LENGTH: usize = FIRST_READ - HEADER_LENGTH;
    let whole = gzip(&Directory::to_bytes(entries));
    if whole.len() <= ROOT_LENGTH {
        return (whole, Vec::new());
    }
    let mut leaf_entries = LEAF_ENTRIES;
    loop {
        let (mut root, mut leaves) = (Vec::new(), Vec::new());
        for chunk in entries.chunks(leaf_entries) {
            let leaf = gzip(&Directory::to_bytes(chunk));
            let (offset, length) = (leaves.len() as u64, leaf.len() as u32);
            root.push(Entry { id: chunk[0].id, run_length: 0, length, offset });
            leaves.extend(leaf);
        }
        let root = gzip(&Directory::to_bytes(&root));
        if root.len() <= ROOT_LENGTH {
            return (root, leaves);
        }
        leaf_entries += leaf_entries / 5;
    }
}
