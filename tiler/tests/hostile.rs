//! Archives made to hurt: each gets an error, in time and memory bounded by what the file holds.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::fabric::fabric;
use common::{spec, write};
use libdeflater::{CompressionLvl, Compressor};
use proptest::prelude::*;
use tiler::{Archive, ArchiveError, Mbtiles, TileCoord, TileId, convert};

/// An entry of a directory: tile id, run length (0: a leaf), length, offset.
type Entry = (u64, u64, u64, u64);

fn varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// A directory as PMTiles v3 §4.3 writes it, with whatever it is told.
fn directory(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    varint(&mut bytes, entries.len() as u64);
    let mut last = 0;
    for (id, ..) in entries {
        varint(&mut bytes, id - last);
        last = *id;
    }
    entries.iter().for_each(|(_, run, ..)| varint(&mut bytes, *run));
    entries.iter().for_each(|(_, _, length, _)| varint(&mut bytes, *length));
    entries.iter().for_each(|(.., offset)| varint(&mut bytes, offset + 1));
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(CompressionLvl::default());
    let mut out = vec![0; compressor.gzip_compress_bound(bytes.len())];
    let length = compressor.gzip_compress(bytes, &mut out).expect("the bound is an upper bound");
    out.truncate(length);
    out
}

/// An archive of these parts, one after the other.
#[derive(Clone)]
struct Parts {
    /// Of directories and metadata (PMTiles v3 §3.3): 1 is none, 2 gzip.
    internal_compression: u8,
    root: Vec<u8>,
    metadata: Vec<u8>,
    leaves: Vec<u8>,
    data: Vec<u8>,
}

impl Parts {
    fn new(root: &[Entry]) -> Self {
        Self {
            internal_compression: 1,
            root: directory(root),
            metadata: b"{}".to_vec(),
            leaves: vec![],
            data: vec![7; 64],
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"PMTiles\x03".to_vec();
        let mut offset = 127u64;
        for part in [&self.root, &self.metadata, &self.leaves, &self.data] {
            bytes.extend(offset.to_le_bytes());
            bytes.extend((part.len() as u64).to_le_bytes());
            offset += part.len() as u64;
        }
        bytes.extend([0; 24]);
        bytes.extend([1, self.internal_compression, 1, 1, 0, 30]);
        bytes.resize(127, 0);
        [&bytes[..], &self.root, &self.metadata, &self.leaves, &self.data].concat()
    }

    fn written(&self, folder: &Path) -> PathBuf {
        put(folder, &self.bytes())
    }
}

fn put(folder: &Path, bytes: &[u8]) -> PathBuf {
    let file = folder.join("hostile.pmtiles");
    fs::write(&file, bytes).expect("writes");
    file
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn coord(id: u64) -> TileCoord {
    TileId::new(id).expect("on the grid").coord()
}

/// What is wrong with it, where opening alone finds it.
fn refused(bytes: &[u8]) -> String {
    let folder = folder();
    let file = put(folder.path(), bytes);
    problem(&Archive::open(&file).expect_err("refused"))
}

fn problem(error: &ArchiveError) -> String {
    match error {
        ArchiveError::Broken { problem, .. } => (*problem).to_owned(),
        ArchiveError::Read { cause, .. } => format!("{cause}"),
    }
}

#[test]
fn leaves_that_lead_to_one_another_end() {
    let folder = folder();
    let mut parts = Parts::new(&[(0, 0, 5, 0)]);
    // Two leaves of five bytes, each the leaf of the other.
    let (there, back) = (directory(&[(0, 0, 5, 5)]), directory(&[(0, 0, 5, 0)]));
    assert_eq!((there.len(), back.len()), (5, 5));
    parts.leaves = [there, back].concat();
    let archive = Archive::open(&parts.written(folder.path())).expect("the root alone is sound");
    let endless = "has directories within directories without end";
    assert_eq!(problem(&archive.tile(coord(9)).expect_err("refused")), endless);
    let walked: Vec<_> = archive.runs().collect();
    assert!(matches!(&walked[..], [Err(error)] if problem(error) == endless));
}

#[test]
fn a_run_of_four_thousand_million_tiles_costs_nothing() {
    let folder = folder();
    let run = u64::from(u32::MAX);
    let parts = Parts::new(&[(0, run, 64, 0)]);
    let file = parts.written(folder.path());
    let archive = Archive::open(&file).expect("a long run is no lie");
    assert_eq!(archive.tile(coord(run - 1)).expect("sound"), Some(&[7; 64][..]));
    assert_eq!(archive.tile(coord(run)).expect("sound"), None);
    assert_eq!(archive.runs().count(), 1);
    // A row each in another container would fill the disk.
    let copy = folder.path().join("copy.mbtiles");
    let error = convert(&file, &copy, &|_, _| {}).expect_err("refused").to_string();
    assert!(error.ends_with("repeats tiles without end"), "{error}");
    assert!(!copy.exists());

    let early = "has a directory that ends early";
    assert_eq!(refused(&Parts::new(&[(0, run + 1, 64, 0)]).bytes()), early, "2^32 is beyond the format");
    let last = TileCoord::new(30, 1 << 29, 0).expect("inside").id().value();
    let beyond = Parts::new(&[(last, run, 64, 0)]).written(folder.path());
    let archive = Archive::open(&beyond).expect("opens");
    assert!(archive.tiles().take(3).all(|tile| tile.is_ok()), "read one by one, a run takes no memory");
}

#[test]
fn bombs_are_refused_before_they_unfold() {
    let folder = folder();
    let too_long = "has a directory or metadata of unreasonable length";
    let bomb = gzip(&vec![0; 64 << 20]);
    assert!(bomb.len() < 100_000);
    let sound = Parts { internal_compression: 2, ..Parts::new(&[]) };
    let sound = Parts { root: gzip(&directory(&[(0, 0, bomb.len() as u64, 0)])), metadata: gzip(b"{}"), ..sound };
    assert_eq!(refused(&Parts { root: bomb.clone(), ..sound.clone() }.bytes()), too_long);
    let with_leaf = Parts { leaves: vec![0; bomb.len()], ..sound.clone() };
    assert_eq!(refused(&Parts { metadata: bomb.clone(), ..with_leaf }.bytes()), too_long);
    let archive = Archive::open(&Parts { leaves: bomb, ..sound.clone() }.written(folder.path())).expect("opens");
    assert_eq!(problem(&archive.tile(coord(5)).expect_err("refused")), too_long);
    // One whose trailer lies about its length is no gzip.
    let mut liar = gzip(&vec![0; 64 << 20]);
    let end = liar.len();
    liar[end - 4..].copy_from_slice(&100u32.to_le_bytes());
    assert!(refused(&Parts { root: liar, ..sound }.bytes()).contains("not gzip"));
    let deep = Parts { metadata: [b"{\"a\":".repeat(100_000), b"1".to_vec()].concat(), ..Parts::new(&[]) };
    assert_eq!(refused(&deep.bytes()), "has metadata that is not JSON");
}

#[test]
fn a_directory_cannot_claim_more_entries_than_it_holds() {
    for count in [1 << 60, u64::MAX, 1 << 20] {
        let mut root = Vec::new();
        varint(&mut root, count);
        root.resize(100, 1);
        let parts = Parts { root, ..Parts::new(&[]) };
        assert_eq!(refused(&parts.bytes()), "has a directory that ends early", "{count}");
    }
}

#[test]
fn truncated_leaves_are_named_and_the_rest_is_read() {
    let folder = folder();
    let leaf = directory(&[(100, 1, 8, 0), (101, 1, 8, 8), (102, 1, 8, 16)]);
    let length = leaf.len() as u64;
    let mut parts = Parts::new(&[(0, 1, 8, 0), (100, 0, length - 3, 0), (200, 0, length, 0)]);
    parts.leaves = leaf;
    let archive = Archive::open(&parts.written(folder.path())).expect("opens");
    assert_eq!(archive.tile(coord(0)).expect("sound"), Some(&[7; 8][..]));
    assert_eq!(problem(&archive.tile(coord(101)).expect_err("refused")), "has a directory that ends early");
    assert_eq!(archive.tile(coord(250)).expect("sound"), None, "this leaf is whole");
    let walked: Vec<bool> = archive.runs().map(|run| run.is_ok()).collect();
    assert_eq!(walked, [true, false], "a walk ends at the first error");

    // The whole file cut off at every byte: refused, never misread.
    let bytes = parts.bytes();
    for end in 0..bytes.len() {
        refused(&bytes[..end]);
    }
}

#[test]
fn what_lies_past_the_end_is_not_read() {
    let outside = "has a directory entry that points outside its section";
    for entry in [(0, 1, 65, 0), (0, 1, 1, 64), (0, 1, 64, 1), (0, 0, 1, 0), (0, 1, 0, 0), (0, 1, 9, u64::MAX - 2)] {
        let problem = refused(&Parts::new(&[entry]).bytes());
        assert!(problem == outside || problem == "points outside the file", "{entry:?}: {problem}");
    }
    // Sections of the header: root, metadata, leaves, tile data; offset, then length.
    let bytes = Parts::new(&[(0, 1, 8, 0)]).bytes();
    for field in (8..72).step_by(8) {
        for value in [bytes.len() as u64 + 1, 1 << 40, u64::MAX] {
            let mut lying = bytes.clone();
            lying[field..field + 8].copy_from_slice(&value.to_le_bytes());
            assert_eq!(refused(&lying), "is shorter than its header says", "{field} {value}");
        }
    }
}

/// Reads everything that a file claims to hold, each tile by walking and by asking.
fn read_all(file: &Path) -> Result<usize, ArchiveError> {
    let archive = Archive::open(file)?;
    let mut bytes = 0;
    for tile in archive.tiles().take(50_000) {
        let (coord, walked) = tile?;
        bytes += walked.len();
        if let Some(place) = archive.place(coord)? {
            assert_eq!(archive.bytes().get(place.clone()).map(<[u8]>::len), Some(place.len()));
        }
    }
    Ok(bytes)
}

/// An archive with leaves, nothing of it compressed, so that damage reaches what it means.
fn sound() -> Vec<u8> {
    let leaf =
        |from: u64| directory(&(0..40).map(|n| (from + 2 * n, 1 + n % 2, 8, (from + n) % 56)).collect::<Vec<_>>());
    let leaves = [leaf(0), leaf(100), leaf(1000)];
    let mut root = vec![];
    let mut offset = 0;
    for (leaf, from) in leaves.iter().zip([0, 100, 1000]) {
        root.push((from, 0, leaf.len() as u64, offset));
        offset += leaf.len() as u64;
    }
    root.push((5000, 9, 64, 0));
    Parts { leaves: leaves.concat(), ..Parts::new(&root) }.bytes()
}

#[test]
fn the_archive_to_damage_is_sound() {
    let folder = folder();
    let read = read_all(&put(folder.path(), &sound())).expect("sound");
    assert_eq!(read, 3 * 60 * 8 + 9 * 64);
}

fn damaged(sound: &[u8], damage: &[(prop::sample::Index, u8)], cut: Option<prop::sample::Index>) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    for (at, value) in damage {
        let at = at.index(bytes.len());
        bytes[at] ^= value;
    }
    if let Some(cut) = cut {
        bytes.truncate(cut.index(sound.len()));
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn damaged_directories_are_read_or_refused(
        damage in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..6),
        cut in prop::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        let folder = folder();
        let _ = read_all(&put(folder.path(), &damaged(&sound(), &damage, cut)));
    }
}

/// Reads an MBTiles file as a server does, and as a conversion does.
fn read_mbtiles(file: &Path) -> Result<usize, ArchiveError> {
    let archive = Mbtiles::open(file)?;
    let (info, ..) = archive.info()?;
    let mut bytes = 0;
    for id in 0..400 {
        bytes += archive.tile(coord(id))?.map_or(0, |tile| tile.len());
    }
    for tile in archive.tiles()? {
        bytes += tile?.1.len();
    }
    Ok(bytes + usize::from(info.max_zoom))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn damaged_mbtiles_are_read_or_refused(
        damage in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..40),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        static SOUND: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let folder = folder();
        let file = folder.path().join("a.mbtiles");
        let sound = SOUND.get_or_init(|| {
            write(&spec(&[fabric(1, 240.0, 0, 1).parcels], Some(9), Some(12)), &file);
            assert!(read_mbtiles(&file).is_ok_and(|bytes| bytes > 100));
            fs::read(&file).expect("written")
        });
        fs::write(&file, damaged(sound, &damage, cut)).expect("writes");
        let _ = read_mbtiles(&file);
    }
}

#[test]
fn mbtiles_are_found_with_and_without_an_index() {
    let folder = folder();
    let file = folder.path().join("a.mbtiles");
    let summary = write(&spec(&[fabric(4, 240.0, 2, 3).parcels], None, None), &file);
    let read = |file: &Path| {
        let archive = Mbtiles::open(file).expect("opens");
        let coords: Vec<TileCoord> = archive.tiles().expect("sound").map(|tile| tile.expect("sound").0).collect();
        let tiles: Vec<Option<Vec<u8>>> = coords.iter().map(|&coord| archive.tile(coord).expect("sound")).collect();
        assert!(tiles.iter().all(Option::is_some));
        assert_eq!(archive.tile(TileCoord::new(14, 0, 0).expect("inside")).expect("sound"), None);
        let (info, ..) = archive.info().expect("sound");
        assert_eq!((info.min_zoom, info.max_zoom), (summary.min_zoom, summary.max_zoom));
        tiles
    };
    let indexed = read(&file);
    let plain = folder.path().join("plain.mbtiles");
    let database = rusqlite::Connection::open(&plain).expect("opens");
    let sql = "ATTACH ?1 AS old";
    database.execute(sql, [file.to_string_lossy()]).expect("attaches");
    let copy = "CREATE TABLE tiles AS SELECT zoom_level, tile_column, tile_row, tile_data FROM old.tiles;
                CREATE TABLE metadata AS SELECT name, value FROM old.metadata WHERE name NOT LIKE '%zoom'";
    database.execute_batch(copy).expect("copies");
    drop(database);
    assert!(read(&plain) == indexed);
}
