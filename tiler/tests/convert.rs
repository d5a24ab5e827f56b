//! PMTiles and MBTiles become each other without loss, and files that lie get errors.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::fabric::fabric;
use common::{spec, write};
use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;
use tiler::{Archive, Compression, Converted, Mbtiles, TileCoord, TileId, convert};

type Tiles = BTreeMap<TileCoord, Vec<u8>>;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn converted(from: &Path, to: &Path) -> Converted {
    convert(from, to, &|_, _| {})
        .unwrap_or_else(|error| unreachable!("{error}: {:?}", std::error::Error::source(&error)))
}

fn refusal(from: &Path) -> String {
    let to = from.with_extension("new.pmtiles");
    let error = convert(from, &to, &|_, _| {}).expect_err("refused").to_string();
    assert!(!to.exists() && !to.with_extension("pmtiles.partial").exists(), "nothing is left of it");
    error.replace(&*from.to_string_lossy(), "FILE")
}

fn of_pmtiles(file: &Path) -> Tiles {
    let archive = Archive::open(file).expect("opens");
    archive
        .tiles()
        .map(|tile| tile.map(|(tile, bytes)| (tile, bytes.to_vec())))
        .collect::<Result<_, _>>()
        .expect("sound")
}

fn of_mbtiles(file: &Path) -> Tiles {
    let archive = Mbtiles::open(file).expect("opens");
    archive.tiles().expect("sound").collect::<Result<_, _>>().expect("sound")
}

fn sql(file: &Path, sql: &str) -> PathBuf {
    Connection::open(file).expect("opens").execute_batch(sql).expect("valid SQL");
    file.to_owned()
}

/// What tools that know nothing of us make of the hash of all tiles.
fn stored_hash(file: &Path) -> String {
    let query = "SELECT value FROM metadata WHERE name = 'agg_tiles_hash'";
    Connection::open(file).expect("opens").query_row(query, [], |row| row.get(0)).expect("is there")
}

#[tokio::test]
async fn a_tileset_survives_the_way_there_and_back() {
    let folder = folder();
    let [pm, mb, direct, back, again] = ["a.pmtiles", "a.mbtiles", "direct.mbtiles", "back.pmtiles", "again.pmtiles"]
        .map(|name| folder.path().join(name));
    let layers = [fabric(6, 240.0, 2, 3).parcels];
    let mut asked = spec(&layers, Some(8), Some(15));
    asked.spec.extra_metadata.insert("rules".into(), "2026-1".into());
    let made = write(&asked, &pm);
    write(&asked, &direct);

    let there = converted(&pm, &mb);
    assert_eq!((there.tiles, there.zooms), (made.tiles, (8, 15)));
    assert_eq!(there.bytes, fs::metadata(&mb).expect("written").len());
    assert!(of_mbtiles(&mb) == of_pmtiles(&pm));
    assert_eq!(stored_hash(&mb), stored_hash(&direct), "the order of writing is no part of it");

    converted(&mb, &back);
    let (old, new) = (Archive::open(&pm).expect("opens"), Archive::open(&back).expect("opens"));
    assert!(of_pmtiles(&back) == of_pmtiles(&pm));
    assert_eq!(
        (new.zooms(), new.bounds(), new.center(), new.tile_compression(), new.metadata(), new.tile_count()),
        (old.zooms(), old.bounds(), old.center(), old.tile_compression(), old.metadata(), old.tile_count()),
    );
    converted(&pm, &again);
    assert!(fs::read(&again).expect("written") == fs::read(&pm).expect("written"), "as it was, to the byte");

    let theirs = pmtiles::AsyncPmTilesReader::new_with_path(&back).await.expect("opens");
    for (tile, bytes) in of_pmtiles(&back) {
        let same = pmtiles::TileCoord::new(tile.z(), tile.x(), tile.y()).expect("inside");
        assert_eq!(theirs.get_tile(same).await.expect("sound").as_deref(), Some(&bytes[..]), "{tile}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_tiles_survive(
        ids in prop::collection::btree_map(0u64..100_000, prop::collection::vec(any::<u8>(), 1..40), 1..200),
        kind in 0usize..4, name: String,
    ) {
        let folder = folder();
        let [mb, pm, back] = ["a.mbtiles", "b.pmtiles", "c.mbtiles"].map(|name| folder.path().join(name));
        let tiles: Tiles =
            ids.into_iter().map(|(id, bytes)| (TileId::new(id).expect("a tile").coord(), bytes)).collect();
        let (format, compression) = [("png", "none"), ("pbf", "brotli"), ("mlt", "gzip"), ("webp", "zstd")][kind];
        let database = Connection::open(&mb).expect("opens");
        database.execute_batch("PRAGMA synchronous = OFF; BEGIN; CREATE TABLE metadata (name, value);
            CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)").expect("valid");
        for (name, value) in [("name", name.as_str()), ("format", format), ("compression", compression), ("bounds", "1,2,3,4")] {
            database.execute("INSERT INTO metadata VALUES (?1, ?2)", [name, value]).expect("written");
        }
        for (tile, bytes) in &tiles {
            let row = (tile.z(), tile.x(), tile.tms_y(), bytes);
            database.execute("INSERT INTO tiles VALUES (?1, ?2, ?3, ?4)", row).expect("written");
        }
        database.execute_batch("COMMIT").expect("written");
        drop(database);
        converted(&mb, &pm);
        let archive = Archive::open(&pm).expect("opens");
        prop_assert_eq!(archive.metadata(), &serde_json::json!({ "name": name }));
        prop_assert_eq!(archive.bounds(), [1.0, 2.0, 3.0, 4.0]);
        let expected = [Compression::None, Compression::Brotli, Compression::Gzip, Compression::Zstd][kind];
        prop_assert_eq!(archive.tile_compression(), expected);
        let zoom = |tile: Option<&TileCoord>| tile.map_or(0, |tile| tile.z());
        prop_assert_eq!(archive.zooms(), (zoom(tiles.keys().next()), zoom(tiles.keys().next_back())));
        prop_assert!(of_pmtiles(&pm) == tiles);
        converted(&pm, &back);
        let again = Mbtiles::open(&back).expect("opens");
        for (tile, bytes) in &tiles {
            prop_assert!(again.tile(*tile).expect("sound").as_ref() == Some(bytes));
        }
        prop_assert_eq!(again.tile_count().expect("sound"), tiles.len() as u64);
        let nowhere = TileCoord::new(20, 1, 1).expect("inside");
        prop_assert_eq!(again.tile(nowhere).expect("sound"), None);
    }
}

#[test]
fn tiles_that_share_their_content_are_read_from_behind_the_view() {
    let folder = folder();
    let shared = sql(
        &folder.path().join("shared.mbtiles"),
        "CREATE TABLE map (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_id TEXT);
         CREATE TABLE images (tile_data BLOB, tile_id TEXT);
         CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data FROM map JOIN images USING (tile_id);
         INSERT INTO images VALUES (X'1f8b01', 'a'), (X'1f8b02', 'b'), (X'', 'empty');
         INSERT INTO map VALUES (1, 0, 0, 'a'), (1, 0, 1, 'b'), (1, 1, 1, 'a'), (0, 0, 0, 'empty');
         CREATE TABLE metadata (name TEXT, value TEXT); INSERT INTO metadata VALUES ('minzoom', 0), ('maxzoom', 1)",
    );
    let hashed = sql(
        &folder.path().join("hashed.mbtiles"),
        "CREATE TABLE tiles_with_hash (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB, tile_hash TEXT);
         CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles_with_hash;
         INSERT INTO tiles_with_hash VALUES (1, 0, 0, X'1f8b01', ''), (1, 0, 1, X'1f8b02', ''), (1, 1, 1, X'1f8b01', '')",
    );
    let tile = |x, y| TileCoord::new(1, x, y).expect("inside");
    let expected: Tiles = [(tile(0, 1), 1), (tile(0, 0), 2), (tile(1, 0), 1)]
        .into_iter()
        .map(|(tile, last)| (tile, vec![0x1f, 0x8b, last]))
        .collect();
    for file in [shared, hashed] {
        assert!(of_mbtiles(&file) == expected);
        let pm = file.with_extension("pmtiles");
        assert_eq!(converted(&file, &pm).tiles, 3);
        assert!(of_pmtiles(&pm) == expected);
        assert_eq!(Archive::open(&pm).expect("opens").tile_compression(), Compression::Gzip);
    }
}

#[test]
fn mbtiles_that_lie_are_refused() {
    let folder = folder();
    let table = "CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB);";
    let case = |name: &str, text: &str| refusal(&sql(&folder.path().join(name), text));
    let outside = "FILE: has a tile outside the grid";
    for (number, row) in ["1, 2, 0", "1, 0, -1", "31, 0, 0", "-1, 0, 0", "2, 4294967296, 0"].iter().enumerate() {
        assert_eq!(
            case(&format!("{number}.mbtiles"), &format!("{table} INSERT INTO tiles VALUES ({row}, X'00')")),
            outside
        );
    }
    let twice = format!("{table} INSERT INTO tiles VALUES (1, 0, 0, X'00'), (1, 0, 0, X'01')");
    assert_eq!(case("twice.mbtiles", &twice), "FILE: names a tile twice");
    let endless = "CREATE VIEW tiles AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n)
                   SELECT 9 AS zoom_level, i AS tile_column, 0 AS tile_row, X'00' AS tile_data FROM n";
    assert!(case("endless.mbtiles", endless).starts_with("FILE: has no table of tiles"));
    let computed = "CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER,
                    tile_data BLOB GENERATED ALWAYS AS (zeroblob(1000000000)));
                    INSERT INTO tiles VALUES (0, 0, 0)";
    assert!(case("computed.mbtiles", computed).starts_with("FILE: has no table of tiles"));
    let crossed = "CREATE TABLE map (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_id);
         CREATE TABLE images (tile_data BLOB, tile_id);
         WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
         INSERT INTO map SELECT 12, i, 0, 1 FROM n;
         INSERT INTO images SELECT X'00', 1 FROM map";
    assert_eq!(case("crossed.mbtiles", crossed), "FILE: has more tiles than it has room for");
    let json = format!("{table} CREATE TABLE metadata (name, value); INSERT INTO metadata VALUES ('json', '[')");
    assert_eq!(case("json.mbtiles", &json), "FILE: has a row `json` in its metadata that is not a JSON object");
    assert!(case("other.mbtiles", "CREATE TABLE t (a)").starts_with("FILE: has no table of tiles"));
    assert!(
        case("text.mbtiles", &format!("{table} INSERT INTO tiles VALUES ('a', 0, 0, X'00')"))
            .starts_with("cannot read")
    );

    let live = sql(&folder.path().join("live.mbtiles"), table);
    fs::write(folder.path().join("live.mbtiles-wal"), b"log").expect("written");
    assert_eq!(refusal(&live), "FILE: is being written to: close the program that does");
    assert!(refusal(&folder.path().join("none.mbtiles")).starts_with("cannot read"));
}

#[test]
fn a_run_of_all_the_world_does_not_become_rows() {
    let folder = folder();
    let file = folder.path().join("run.pmtiles");
    // One entry: tiles from id 0, as many as there are, one byte each.
    let directory = [1u8, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 1];
    let mut bytes = b"PMTiles\x03".to_vec();
    for (offset, length) in [(127u64, 9u64), (136, 2), (138, 0), (138, 1)] {
        bytes.extend(offset.to_le_bytes());
        bytes.extend(length.to_le_bytes());
    }
    bytes.extend([0; 24]);
    bytes.extend([1, 1, 1, 1, 0, 15]);
    bytes.resize(127, 0);
    bytes.extend(directory);
    bytes.extend(b"{}!");
    fs::write(&file, bytes).expect("written");
    assert_eq!(Archive::open(&file).expect("opens").runs().count(), 1);
    assert_eq!(refusal(&file), "FILE: repeats tiles without end");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn damaged_mbtiles_are_converted_or_refused(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        static SOUND: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let folder = folder();
        let file = folder.path().join("a.mbtiles");
        let sound = SOUND.get_or_init(|| {
            write(&spec(&[fabric(2, 240.0, 0, 1).parcels], Some(9), Some(13)), &file);
            fs::read(&file).expect("written")
        });
        let mut bytes = sound.clone();
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        fs::write(&file, bytes).expect("written");
        let _ = convert(&file, &folder.path().join("b.pmtiles"), &|_, _| {});
    }
}
