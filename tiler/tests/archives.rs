//! Archives: the same bytes on any number of threads, the same tiles for other readers, and errors
//! instead of trouble for files that lie.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::fabric::fabric;
use common::{decode, spec, write};
use proptest::prelude::*;
use tiler::{Archive, ArchiveError, Compression, TileCoord, TileError, gunzip};

#[test]
fn bytes_do_not_depend_on_threads_or_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let layers = [fabric(8, 240.0, 4, 7).parcels];
    let made = |threads: usize, name: &str| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let file = folder.path().join(name);
        let summary = pool.install(|| write(&spec(&layers, None, None), &file));
        let bytes = fs::read(file).expect("written");
        assert_eq!(bytes.len() as u64, summary.bytes);
        (bytes, summary)
    };
    assert!(made(1, "one.pmtiles") == made(4, "another-name.pmtiles"));
    assert!(made(1, "one.mbtiles").0 == made(4, "another-name.mbtiles").0);
    let names: Vec<_> = fs::read_dir(folder.path()).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert_eq!(names.len(), 4, "nothing partial is left: {names:?}");
}

/// Tiles as an archive of ours gives them.
fn ours(file: &Path) -> BTreeMap<TileCoord, Vec<u8>> {
    let archive = Archive::open(file).expect("opens");
    let tile = |coord: Result<TileCoord, ArchiveError>| {
        let coord = coord.expect("sound");
        (coord, archive.tile(coord).expect("sound").expect("present").to_vec())
    };
    archive.tile_coords().map(tile).collect()
}

#[tokio::test]
async fn the_pmtiles_crate_reads_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("fabric.pmtiles");
    let layers = [fabric(8, 240.0, 2, 7).parcels];
    let summary = write(&spec(&layers, Some(8), Some(17)), &file);
    let tiles = ours(&file);
    let theirs = pmtiles::AsyncPmTilesReader::new_with_path(&file).await.expect("opens");
    let header = theirs.get_header();
    assert_eq!((header.min_zoom, header.max_zoom), (8, 17));
    assert_eq!(header.n_addressed_tiles().map(u64::from), Some(summary.tiles));
    assert_eq!(tiles.len() as u64, summary.tiles);
    for (coord, bytes) in &tiles {
        let same = pmtiles::TileCoord::new(coord.z(), coord.x(), coord.y()).expect("inside");
        assert_eq!(theirs.get_tile(same).await.expect("sound").as_deref(), Some(&bytes[..]), "{coord}");
    }
    let metadata: serde_json::Value = serde_json::from_str(&theirs.get_metadata().await.expect("sound")).expect("JSON");
    assert_eq!(&metadata, Archive::open(&file).expect("opens").metadata());
}

#[test]
fn large_archives_have_leaf_directories() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("points.pmtiles");
    let layers = [common::scattered_points(9_000)];
    let summary = write(&spec(&layers, Some(12), Some(15)), &file);
    assert!(summary.tiles > 16_000);
    let tiles = decode::tiles(&file);
    assert_eq!(tiles.len() as u64, summary.tiles);
    let header = fs::read(&file).expect("written");
    let leaves = u64::from_le_bytes(header[48..56].try_into().expect("eight bytes"));
    assert!(leaves > 0, "the root cannot hold {} tiles", summary.tiles);
    let archive = Archive::open(&file).expect("opens");
    let nowhere = TileCoord::new(12, 0, 0).expect("inside");
    assert_eq!(archive.tile(nowhere).expect("sound"), None);
}

#[test]
fn mbtiles_hold_the_same_tiles() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pm, mb) = (folder.path().join("a.pmtiles"), folder.path().join("a.MBTILES"));
    let layers = [fabric(4, 240.0, 2, 3).parcels];
    write(&spec(&layers, None, None), &pm);
    write(&spec(&layers, None, None), &mb);
    let database = rusqlite::Connection::open(&mb).expect("opens");
    let mut rows = database
        .prepare("SELECT zoom_level, tile_column, (1 << zoom_level) - 1 - tile_row, tile_data FROM tiles")
        .expect("has tiles");
    let tile = |row: &rusqlite::Row<'_>| {
        let coord = TileCoord::new(row.get(0)?, row.get(1)?, row.get(2)?).expect("inside");
        Ok((coord, row.get::<_, Vec<u8>>(3)?))
    };
    let theirs: BTreeMap<TileCoord, Vec<u8>> =
        rows.query_map([], tile).expect("tiles").collect::<Result<_, _>>().expect("tiles");
    assert!(theirs == ours(&pm));
    let said = |name: &str| -> String {
        let sql = "SELECT value FROM metadata WHERE name = ?1";
        database.query_row(sql, [name], |row| row.get(0)).unwrap_or_else(|_| unreachable!("{name} is there"))
    };
    assert_eq!((said("format"), said("name"), said("minzoom")), ("pbf".into(), "fabric".into(), "10".into()));
    let json: serde_json::Value = serde_json::from_str(&said("json")).expect("JSON");
    assert_eq!(json["vector_layers"], Archive::open(&pm).expect("opens").metadata()["vector_layers"]);
}

#[test]
fn metadata_says_what_is_inside() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("fabric.pmtiles");
    let mut layers = [fabric(2, 240.0, 2, 3).parcels, common::scattered_points(3)];
    layers[0].features.truncate(4);
    let mut asked = spec(&layers, None, None);
    asked.spec.extra_metadata.insert("rules".into(), "2026-1".into());
    let summary = write(&asked, &file);
    let archive = Archive::open(&file).expect("opens");
    assert_eq!(archive.zooms(), (summary.min_zoom, summary.max_zoom));
    assert_eq!(archive.tile_compression(), Compression::Gzip);
    for (read, made) in archive.bounds().iter().zip(summary.bounds) {
        assert!((read - made).abs() < 1e-7);
    }
    let [lon, lat, zoom] = archive.center();
    assert!((114.0..118.0).contains(&lon) && (42.0..46.0).contains(&lat) && zoom >= f64::from(summary.min_zoom));
    insta::assert_json_snapshot!(archive.metadata());
}

#[test]
fn requests_that_make_no_sense_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.pmtiles");
    let refuse = |layers: &[layers::ThematicLayer], min_zoom, max_zoom| {
        let answer = tiler::write_tileset(&spec(layers, min_zoom, max_zoom).spec, layers, &file, &|_, _| {});
        assert!(!file.exists());
        answer.map_err(|error| error.to_string()).expect_err("refused")
    };
    let points = common::scattered_points(3);
    assert_eq!(refuse(&[], None, None), "tileset fabric has no features");
    assert_eq!(refuse(&[points.clone(), points.clone()], None, None), "tileset fabric has two layers points");
    assert_eq!(refuse(std::slice::from_ref(&points), Some(9), Some(3)), "tileset fabric cannot have zooms 9 to 3");
    assert_eq!(refuse(std::slice::from_ref(&points), None, Some(19)), "tileset fabric cannot have zooms 0 to 19");
    let nowhere = folder.path().join("missing/a.pmtiles");
    let answer = tiler::write_tileset(&spec(&[], None, None).spec, &[points], &nowhere, &|_, _| {});
    assert!(matches!(answer, Err(TileError::Write { .. })));
}

/// Reads everything that an archive claims to hold; whatever it says, this ends.
fn read_all(file: &Path) -> Result<usize, ArchiveError> {
    let archive = Archive::open(file)?;
    let mut read = 0;
    for coord in archive.tile_coords().take(100_000) {
        if let Some(tile) = archive.tile(coord?)? {
            read += gunzip(tile, 1 << 20).map_or(0, |tile| tile.len());
        }
    }
    Ok(read)
}

#[test]
fn files_that_are_no_archives_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.pmtiles");
    let problem = |bytes: &[u8]| {
        fs::write(&file, bytes).expect("writes");
        read_all(&file).expect_err("refused").to_string().replace(&*folder.path().to_string_lossy(), "")
    };
    assert_eq!(problem(b""), "/a.pmtiles: is empty");
    assert_eq!(problem(b"SQLite format 3\0"), "/a.pmtiles: is not a PMTiles archive");
    assert_eq!(problem(b"PMTiles\x02"), "/a.pmtiles: is PMTiles of another version than 3");
    assert_eq!(problem(b"PMTiles\x03too short"), "/a.pmtiles: ends within its header");
    assert!(matches!(Archive::open(&folder.path().join("none")), Err(ArchiveError::Read { .. })));
}

#[test]
fn directories_that_lead_back_to_themselves_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.pmtiles");
    // One directory, used as root and as its own leaf: [one entry, tile 0, a leaf, n bytes, offset 0].
    let directory = [1u8, 0, 0, 5, 1];
    let mut bytes = b"PMTiles\x03".to_vec();
    for (offset, length) in [(127u64, 5u64), (132, 2), (127, 5), (127, 0)] {
        bytes.extend(offset.to_le_bytes());
        bytes.extend(length.to_le_bytes());
    }
    bytes.extend([0; 24]);
    bytes.extend([1, 1, 2, 1, 0, 5]);
    bytes.resize(127, 0);
    bytes.extend(directory);
    bytes.extend(b"{}");
    fs::write(&file, bytes).expect("writes");
    let archive = Archive::open(&file).expect("the root alone is sound");
    let endless = "directories within directories without end";
    let answer = archive.tile(TileCoord::new(3, 1, 1).expect("inside")).expect_err("refused").to_string();
    assert!(answer.contains(endless), "{answer}");
    let mut walk = archive.tile_coords();
    assert!(walk.next().is_some_and(|step| step.is_err_and(|error| error.to_string().contains(endless))));
    assert!(walk.next().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn damaged_archives_are_read_or_refused(damage in prop::collection::vec((0usize..2000, any::<u8>()), 1..9), cut in 0usize..4000) {
        static SOUND: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.pmtiles");
        let sound = SOUND.get_or_init(|| {
            write(&spec(&[fabric(1, 240.0, 0, 1).parcels], Some(9), Some(12)), &file);
            fs::read(&file).expect("written")
        });
        let mut bytes = sound.clone();
        for (at, value) in damage {
            // Half of it in header and root, half from the end.
            let at = if at < 1000 { at % 220 } else { bytes.len() - (at - 999).min(bytes.len()) };
            bytes[at] = value;
        }
        bytes.truncate(sound.len() - cut.saturating_sub(2000).min(sound.len()));
        fs::write(&file, bytes).expect("writes");
        let _ = read_all(&file);
    }
}
