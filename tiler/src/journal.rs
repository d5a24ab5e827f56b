//! Finished blocks beside an archive in the making (`NAME.resume`), so that a run that was killed goes on
//! where it was.
//!
//! ```text
//!   what is made: 16 bytes │ length │ block │ hash of the block │ length │ block │ hash │ …
//! ```
//!
//! A block is believed if its hash is right and the file was begun for the same records and options;
//! everything after the first that is not is written anew. It has to survive the process, not the
//! machine: nothing is synced.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::RangeInclusive;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::block::ZoomTiles;
use crate::counts::TileCounts;
use crate::pipeline::BlockTiles;
use crate::quadrants::Quadrant;
use crate::store::Store;
use crate::varint;

/// A block's zooms and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct BlockKey {
    zooms: (u8, u8),
    place: (u8, u32, u32),
}

impl BlockKey {
    pub(crate) fn new(zooms: &RangeInclusive<u8>, place: Quadrant) -> Self {
        Self { zooms: (*zooms.start(), *zooms.end()), place: (place.zoom, place.x, place.y) }
    }
}

/// Where blocks begin in a journal, and their bytes.
type Places = HashMap<BlockKey, (u64, usize)>;

/// Blocks that are finished, of earlier runs and of this one. Dropped, it leaves no file behind.
pub(crate) struct Journal {
    path: PathBuf,
    /// Where the blocks of earlier runs lie in the file.
    finished: Places,
    read: File,
    /// `None` once the disk refused: what is not written down is drawn again, no worse.
    write: Mutex<Option<BufWriter<File>>>,
}

impl Journal {
    /// Opens the journal beside an archive. `made_of` stands for everything that tiles depend on besides
    /// the `records`.
    pub(crate) fn open(archive: &Path, made_of: &[u8], records: &Store) -> io::Result<Self> {
        let mut path = archive.as_os_str().to_owned();
        path.push(".resume");
        let path = PathBuf::from(path);
        let made = mark(made_of, records)?;
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
        let (finished, end) = blocks_of(&file, made)?;
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        let read = file.try_clone()?;
        if end == 0 {
            file.write_all(&made)?;
        }
        Ok(Self { path, finished, read, write: Mutex::new(Some(BufWriter::with_capacity(1 << 18, file))) })
    }

    /// Blocks that need not be drawn again.
    pub(crate) fn len(&self) -> usize {
        self.finished.len()
    }

    /// Whether an earlier run finished a block.
    pub(crate) fn has(&self, key: BlockKey) -> bool {
        self.finished.contains_key(&key)
    }

    /// A block of an earlier run.
    pub(crate) fn finished(&self, key: BlockKey) -> Option<BlockTiles> {
        let (start, length) = *self.finished.get(&key)?;
        let mut bytes = vec![0; length];
        self.read.read_exact_at(&mut bytes, start).ok()?;
        read_block(&mut bytes.as_slice())
    }

    /// Writes blocks down; they are in the file when this returns.
    pub(crate) fn append<'b>(&self, blocks: impl Iterator<Item = (BlockKey, &'b BlockTiles)>) {
        // A panic while the file was held cannot have left more than a block whose hash is wrong.
        let mut write = self.write.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = write.as_mut() else { return };
        let write_all = |file: &mut BufWriter<File>| {
            for (key, block) in blocks {
                let bytes = block_bytes(key, block);
                file.write_all(&(bytes.len() as u64).to_le_bytes())?;
                file.write_all(&bytes)?;
                file.write_all(&xxh3_64(&bytes).to_le_bytes())?;
            }
            file.flush()
        };
        if let Err(error) = write_all(file) {
            tracing::warn!(file = %self.path.display(), %error, "finished blocks are not kept: a killed run would begin anew");
            *write = None;
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // Nothing can be done about a failure here, and the next run believes only what fits.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// What stands at the beginning of the journal of these records. Their order is that of the work, so
/// it does not count.
fn mark(made_of: &[u8], records: &Store) -> io::Result<[u8; 16]> {
    let mut sum = xxh3_128(made_of);
    for number in 0..records.len() as u32 {
        sum = sum.wrapping_add(xxh3_128(&records.get(number)?));
    }
    Ok(sum.to_le_bytes())
}

/// The sound blocks of a journal, and where they end; 0 if it was begun for something else.
fn blocks_of(file: &File, made: [u8; 16]) -> io::Result<(Places, u64)> {
    let mut blocks = Places::new();
    let all = file.metadata()?.len();
    let mut file = BufReader::with_capacity(1 << 18, file);
    let mut begun = [0; 16];
    if all < 16 || file.read_exact(&mut begun).is_err() || begun != made {
        return Ok((blocks, 0));
    }
    let mut end = 16;
    let mut bytes = Vec::new();
    loop {
        let mut number = [0; 8];
        let room = all.saturating_sub(end + 16);
        if file.read_exact(&mut number).is_err() || u64::from_le_bytes(number) > room {
            break;
        }
        bytes.resize(u64::from_le_bytes(number) as usize, 0);
        if file.read_exact(&mut bytes).is_err()
            || file.read_exact(&mut number).is_err()
            || u64::from_le_bytes(number) != xxh3_64(&bytes)
        {
            break;
        }
        let Some(key) = read_key(&mut bytes.as_slice()) else { break };
        blocks.insert(key, (end + 8, bytes.len()));
        end += 16 + bytes.len() as u64;
    }
    Ok((blocks, end))
}

fn block_bytes(key: BlockKey, block: &BlockTiles) -> Vec<u8> {
    let BlockKey { zooms, place } = key;
    let tiles = block.zooms.iter().flat_map(|zoom| &zoom.tiles);
    let mut bytes = Vec::with_capacity(64 + tiles.map(|(_, tile)| tile.len() + 24).sum::<usize>());
    let mut put = |number: u64| varint::put(&mut bytes, number);
    let (zooms, place) = ([zooms.0, zooms.1, place.0], [place.1, place.2]);
    zooms.into_iter().map(u64::from).chain(place.map(u64::from)).for_each(&mut put);
    put(u64::from(block.from_zoom));
    put(block.oversize.len() as u64);
    block.oversize.iter().copied().for_each(&mut put);
    put(block.zooms.len() as u64);
    for zoom in &block.zooms {
        varint::put(&mut bytes, u64::from(zoom.zoom));
        varint::put(&mut bytes, zoom.tiles.len() as u64);
        for ((id, tile), counts) in zoom.tiles.iter().zip(&zoom.counts) {
            let numbers = [*id, counts.features, counts.minimum, counts.repaired, tile.len() as u64];
            numbers.into_iter().for_each(|number| varint::put(&mut bytes, number));
            bytes.extend_from_slice(tile);
        }
    }
    bytes
}

fn read_key(bytes: &mut &[u8]) -> Option<BlockKey> {
    let mut number = || varint::take(bytes);
    let zooms = (number()?.try_into().ok()?, number()?.try_into().ok()?);
    let place = (number()?.try_into().ok()?, number()?.try_into().ok()?, number()?.try_into().ok()?);
    Some(BlockKey { zooms, place })
}

fn read_block(bytes: &mut &[u8]) -> Option<BlockTiles> {
    read_key(bytes)?;
    let mut block = BlockTiles { from_zoom: varint::take(bytes)?.try_into().ok()?, ..BlockTiles::default() };
    for _ in 0..varint::take(bytes)? {
        block.oversize.push(varint::take(bytes)?);
    }
    for _ in 0..varint::take(bytes)? {
        let mut zoom = ZoomTiles { zoom: varint::take(bytes)?.try_into().ok()?, ..ZoomTiles::default() };
        for _ in 0..varint::take(bytes)? {
            let id = varint::take(bytes)?;
            let mut number = || varint::take(bytes);
            let counts = TileCounts { features: number()?, minimum: number()?, repaired: number()? };
            let length = usize::try_from(number()?).ok()?;
            let (tile, rest) = bytes.split_at_checked(length)?;
            zoom.counts.push(counts);
            *bytes = rest;
            zoom.tiles.push((id, tile.to_vec()));
        }
        block.zooms.push(zoom);
    }
    Some(block)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::world::{Bounds, WorldPoint};

    const KEY: BlockKey = BlockKey { zooms: (3, 5), place: (3, 6, 1) };

    fn records(all: &[&[u8]]) -> Store {
        let mut store = Store::new(1 << 20);
        let bounds = Bounds::at(WorldPoint { x: 0, y: 0 });
        all.iter().for_each(|record| store.push(record, bounds).expect("it fits into memory"));
        store
    }

    fn block(tiles: Vec<(u64, Vec<u8>)>) -> BlockTiles {
        let counts = tiles.iter().map(|(id, _)| TileCounts { features: *id, minimum: 1, repaired: 0 }).collect();
        BlockTiles { zooms: vec![ZoomTiles { zoom: 5, tiles, counts }], from_zoom: 4, oversize: vec![7, 9] }
    }

    /// Writes blocks, then leaves the file as a killed process would.
    fn killed(archive: &Path, blocks: &[BlockTiles]) {
        let journal = Journal::open(archive, b"options", &records(&[b"one"])).expect("a journal");
        for (row, block) in (0..).zip(blocks) {
            journal.append(std::iter::once((BlockKey { place: (3, 6, row), ..KEY }, block)));
        }
        std::mem::forget(journal);
    }

    #[test]
    fn what_was_begun_for_something_else_is_not_believed() {
        let folder = tempfile::tempdir().expect("a folder");
        let archive = folder.path().join("a.pmtiles");
        let finished = |made_of: &[u8], all: &[&[u8]]| {
            killed(&archive, &[block(vec![(4, vec![1, 2])])]);
            Journal::open(&archive, made_of, &records(all)).expect("a journal").len()
        };
        assert_eq!(finished(b"options", &[b"one"]), 1);
        assert_eq!(finished(b"others", &[b"one"]), 0);
        assert_eq!(finished(b"options", &[b"two"]), 0);
        assert_eq!(finished(b"options", &[b"one", b"one"]), 0);
        assert!(!folder.path().join("a.pmtiles.resume").exists(), "a run that ends leaves none");
    }

    #[test]
    fn the_order_of_records_does_not_count() {
        let (ab, ba) = (records(&[b"a", b"b"]), records(&[b"b", b"a"]));
        assert_eq!(mark(b"", &ab).expect("in memory"), mark(b"", &ba).expect("in memory"));
    }

    proptest! {
        #[test]
        fn a_broken_end_is_cut_off(
            blocks in prop::collection::vec(prop::collection::vec((any::<u32>(), any::<Vec<u8>>()), 0..4), 1..6),
            cut in any::<prop::sample::Index>(),
            flip in prop::option::of(any::<prop::sample::Index>()),
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let archive = folder.path().join("a.pmtiles");
            let wide = |tiles: Vec<(u32, Vec<u8>)>| tiles.into_iter().map(|(id, tile)| (u64::from(id), tile)).collect();
            let blocks: Vec<BlockTiles> = blocks.into_iter().map(|tiles| block(wide(tiles))).collect();
            killed(&archive, &blocks);
            let file = folder.path().join("a.pmtiles.resume");
            let mut bytes = std::fs::read(&file).expect("there");
            bytes.truncate(cut.index(bytes.len() + 1));
            if let Some(place) = flip.filter(|_| !bytes.is_empty()) {
                let place = place.index(bytes.len());
                bytes[place] ^= 0x10;
            }
            std::fs::write(&file, bytes).expect("written");
            let journal = Journal::open(&archive, b"options", &records(&[b"one"])).expect("a journal");
            for (row, block) in (0..).zip(&blocks) {
                if let Some(found) = journal.finished(BlockKey { place: (3, 6, row), ..KEY }) {
                    prop_assert_eq!(&found, block);
                    prop_assert!((row as usize) < journal.len(), "none behind a broken one");
                }
            }
        }
    }
}
