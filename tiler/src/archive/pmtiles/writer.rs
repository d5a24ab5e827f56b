//! Writes a PMTiles archive in one pass: tile data first, behind 16 KiB that are kept free for
//! header and root directory; then metadata and leaf directories; then the kept place is filled.
//! What was written is read back before it gets its name (`verify`).

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::directory::{Directory, Entry};
use super::header::{FIRST_READ, HEADER_LENGTH, Header, Section};
use super::verify::{Meant, verify};
use crate::archive::gzip::gzip;
use crate::archive::partial::PartialFile;
use crate::archive::{ArchiveInfo, Compression, TileEncoding, TileOrder, WriteArchive};
use crate::coord::TileCoord;

/// Entries in a leaf directory, to begin with: more if the root would not fit otherwise.
const LEAF_ENTRIES: usize = 4096;

/// Contents longer than this are not looked for among those before: what repeats (land without
/// features, a cell inside one polygon) is short, and the list of contents stays short too.
const LONGEST_REPEATED: usize = 4096;

/// Tile data are written in pieces of this many bytes.
const BUFFER: usize = 1 << 20;

/// A PMTiles archive in the making.
pub(crate) struct PmtilesWriter {
    place: PartialFile,
    file: File,
    encoding: TileEncoding,
    /// Whether the tiles come from another archive: then they are kept whatever they are.
    is_copy: bool,
    /// Tile data that are not in the file yet.
    buffer: Vec<u8>,
    entries: Vec<Entry>,
    /// Where short contents lie, by hash; compared byte by byte before they are trusted.
    contents: HashMap<u64, (u64, u32)>,
    /// How many contents the data hold.
    distinct: u64,
    data_length: u64,
    /// Of all tile data, in the order in which they are written.
    checksum: Xxh3,
    addressed_tiles: u64,
}

impl PmtilesWriter {
    pub(crate) fn create(file: &Path, encoding: TileEncoding, is_copy: bool) -> io::Result<Self> {
        let place = PartialFile::new(file)?;
        let mut file = File::options().read(true).write(true).create_new(true).open(place.path())?;
        file.write_all(&[0; FIRST_READ])?;
        Ok(Self {
            place,
            file,
            encoding,
            is_copy,
            buffer: Vec::with_capacity(BUFFER),
            entries: Vec::new(),
            contents: HashMap::new(),
            distinct: 0,
            data_length: 0,
            checksum: Xxh3::new(),
            addressed_tiles: 0,
        })
    }

    /// Where these bytes lie already: as the content before, or as one of the short ones.
    fn known(&mut self, bytes: &[u8]) -> io::Result<Option<u64>> {
        if let Some(last) = self.entries.last().copied()
            && last.length as usize == bytes.len()
            && self.is_at(last.offset, bytes)?
        {
            return Ok(Some(last.offset));
        }
        if bytes.len() > LONGEST_REPEATED {
            return Ok(None);
        }
        let &mut (offset, length) = match self.contents.entry(xxh3_64(bytes)) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => {
                new.insert((self.data_length, bytes.len() as u32));
                return Ok(None);
            }
        };
        Ok((length as usize == bytes.len() && self.is_at(offset, bytes)?).then_some(offset))
    }

    /// Whether the tile data hold these bytes there.
    fn is_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<bool> {
        let flushed = self.data_length - self.buffer.len() as u64;
        if let Some(at) = offset.checked_sub(flushed) {
            return Ok(self.buffer[at as usize..].starts_with(bytes));
        }
        let mut there = vec![0; bytes.len()];
        if offset + bytes.len() as u64 > flushed {
            self.flush()?;
        }
        self.file.seek(SeekFrom::Start(FIRST_READ as u64 + offset))?;
        self.file.read_exact(&mut there)?;
        self.file.seek(SeekFrom::End(0))?;
        Ok(there == bytes)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<u64> {
        let offset = self.data_length;
        self.checksum.update(bytes);
        self.buffer.extend_from_slice(bytes);
        self.data_length += bytes.len() as u64;
        self.distinct += 1;
        if self.buffer.len() >= BUFFER {
            self.flush()?;
        }
        Ok(offset)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

impl WriteArchive for PmtilesWriter {
    fn order(&self) -> TileOrder {
        TileOrder::Curve
    }

    fn put(&mut self, tile: TileCoord, bytes: &[u8]) -> io::Result<()> {
        let refused = |why| io::Error::new(io::ErrorKind::InvalidInput, format!("tile {tile} {why}"));
        let length = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let id = tile.id().value();
        if length == 0 {
            return Err(refused("has no bytes"));
        }
        if self.entries.last().is_some_and(|last| id < last.id + u64::from(last.run_length)) {
            return Err(refused("comes after a tile that lies behind it on the curve"));
        }
        self.addressed_tiles += 1;
        let offset = match self.known(bytes)? {
            Some(offset) => offset,
            None => self.append(bytes)?,
        };
        match self.entries.last_mut() {
            Some(last) if last.offset == offset && last.id + u64::from(last.run_length) == id => last.run_length += 1,
            _ => self.entries.push(Entry { id, run_length: 1, length, offset }),
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, info: &ArchiveInfo) -> io::Result<u64> {
        self.flush()?;
        let metadata_bytes = gzip(&serde_json::to_vec(&info.metadata)?);
        let (root_bytes, leaf_bytes) = directories(&self.entries)?;
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
            contents: self.distinct,
            is_clustered: true,
            internal_compression: Compression::Gzip,
            tile_compression: self.encoding.compression,
            tile_type: self.encoding.tile_type,
            min_zoom: info.min_zoom,
            max_zoom: info.max_zoom,
            bounds: info.bounds,
            center: info.center,
        };
        self.file.write_all(&metadata_bytes)?;
        self.file.write_all(&leaf_bytes)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header.to_bytes())?;
        self.file.write_all(&root_bytes)?;
        let length = leaves.offset + leaves.length;
        let meant = Meant { length, header: &header, checksum: self.checksum.digest(), tiles_are_sound: !self.is_copy };
        verify(self.place.path(), &meant).map_err(io::Error::other)?;
        self.place.publish(&self.file)?;
        Ok(length)
    }
}

/// The root directory and the leaves, compressed; no leaves if the root can hold everything.
fn directories(entries: &[Entry]) -> io::Result<(Vec<u8>, Vec<u8>)> {
    const ROOT_LENGTH: usize = FIRST_READ - HEADER_LENGTH;
    // A root of more entries never fits: each needs more than a bit.
    if entries.len() <= ROOT_LENGTH * 8 {
        let whole = gzip(&Directory::to_bytes(entries));
        if whole.len() <= ROOT_LENGTH {
            return Ok((whole, Vec::new()));
        }
    }
    let mut leaf_entries = LEAF_ENTRIES;
    loop {
        let (mut root, mut leaves) = (Vec::new(), Vec::new());
        for chunk in entries.chunks(leaf_entries) {
            let leaf = gzip(&Directory::to_bytes(chunk));
            let length = u32::try_from(leaf.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
            root.push(Entry { id: chunk[0].id, run_length: 0, length, offset: leaves.len() as u64 });
            leaves.extend(leaf);
        }
        let root = gzip(&Directory::to_bytes(&root));
        if root.len() <= ROOT_LENGTH {
            return Ok((root, leaves));
        }
        leaf_entries += leaf_entries / 5;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::archive::Archive;
    use crate::coord::TileId;

    fn info() -> ArchiveInfo {
        ArchiveInfo {
            min_zoom: 0,
            max_zoom: 9,
            bounds: [-10.0, -5.0, 10.0, 5.0],
            center: [1.0, 2.0, 3.0],
            metadata: serde_json::Map::new(),
        }
    }

    fn coord(id: u64) -> TileCoord {
        TileId::new(id).expect("a tile").coord()
    }

    fn raw() -> TileEncoding {
        TileEncoding { compression: Compression::None, ..TileEncoding::default() }
    }

    proptest! {
        #[test]
        fn equal_contents_are_kept_once_and_every_tile_is_found(
            tiles in prop::collection::vec((1u64..4, 0u8..6, 1usize..3), 1..300), long in 0usize..3,
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("a.pmtiles");
            let mut writer = Box::new(PmtilesWriter::create(&file, raw(), true).expect("writable"));
            let mut id = 0;
            let mut expected = Vec::new();
            for (step, letter, length) in tiles {
                id += step;
                // Letter 0 makes tiles too long to be looked for, and more than one buffer in all.
                let length = if letter == 0 { LONGEST_REPEATED * (1 + long * 100) + length } else { length };
                let bytes = vec![letter; length];
                writer.put(coord(id), &bytes).expect("written");
                expected.push((coord(id), bytes));
            }
            let distinct = writer.distinct;
            writer.finish(&info()).expect("finished");
            let archive = Archive::open(&file).expect("opens");
            let found: Result<Vec<_>, _> =
                archive.tiles().map(|tile| tile.map(|(tile, bytes)| (tile, bytes.to_vec()))).collect();
            prop_assert!(found.expect("sound") == expected);
            for (tile, bytes) in &expected {
                prop_assert_eq!(archive.tile(*tile).expect("sound"), Some(bytes.as_slice()));
            }
            let short: std::collections::BTreeSet<_> =
                expected.iter().map(|(_, bytes)| bytes).filter(|bytes| bytes.len() <= LONGEST_REPEATED).collect();
            prop_assert!(distinct as usize >= short.len());
            prop_assert!(distinct as usize <= short.len() + expected.iter().filter(|(_, bytes)| bytes[0] == 0).count());
        }
    }

    #[test]
    fn tiles_out_of_order_and_empty_ones_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = PmtilesWriter::create(&folder.path().join("a.pmtiles"), raw(), true).expect("writable");
        writer.put(coord(7), b"a").expect("written");
        for (id, bytes) in [(7, b"b".as_slice()), (3, b"b"), (8, b"")] {
            assert_eq!(writer.put(coord(id), bytes).map_err(|e| e.kind()), Err(io::ErrorKind::InvalidInput), "{id}");
        }
    }

    #[test]
    fn a_colliding_hash_does_no_harm() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.pmtiles");
        let mut writer = Box::new(PmtilesWriter::create(&file, raw(), true).expect("writable"));
        writer.put(coord(1), b"one").expect("written");
        // As if the next content had the hash of the first.
        writer.contents.insert(xxh3_64(b"two"), (0, 3));
        writer.put(coord(2), b"two").expect("written");
        writer.finish(&info()).expect("finished");
        let archive = Archive::open(&file).expect("opens");
        assert_eq!([1, 2].map(|id| archive.tile(coord(id)).expect("sound")), [Some(&b"one"[..]), Some(b"two")]);
    }

    #[test]
    fn bytes_that_change_on_their_way_to_the_disk_are_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.pmtiles");
        let mut writer = Box::new(PmtilesWriter::create(&file, raw(), true).expect("writable"));
        writer.put(coord(1), b"one").expect("written");
        writer.buffer[1] ^= 1;
        let refusal = writer.finish(&info()).map_err(|error| error.to_string());
        assert!(refusal.is_err_and(|text| text.ends_with("does not read back as it was written: its tile data")));
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing is published");
    }
}
