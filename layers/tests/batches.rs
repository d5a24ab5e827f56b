//! Reading in batches, by key and by place, and fingerprints of rows: they agree with reading whole.

#![allow(clippy::panic, clippy::unwrap_used)] // Tests may: a panic is how they fail.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use geo::{BoundingRect, Geometry, Polygon};
use layers::gpkg::{GeoPackage, ReadError, ReadOptions, TableSpec, Writer};
use layers::{Feature, GeometryKind, Layer, ReadReport, Value, ValueKind};
use rusqlite::Connection;
use tempfile::TempDir;

const OPTIONS: ReadOptions = ReadOptions { declared_epsg: None };

fn square(x: f64, y: f64) -> Geometry<f64> {
    Polygon::new(vec![(x, y), (x + 20.0, y), (x + 20.0, y + 20.0), (x, y + 20.0)].into(), vec![]).into()
}

/// A GeoPackage in EPSG:4548 with so many squares of 20 m, 100 in a row, 30 m apart.
fn written(count: usize) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("t.gpkg");
    let place = |i: usize| (426_000.0 + (i % 100) as f64 * 30.0, 4_867_000.0 + (i / 100) as f64 * 30.0);
    let squares: Vec<Geometry<f64>> = (0..count).map(place).map(|(x, y)| square(x, y)).collect();
    let values: Vec<[Value; 2]> =
        (0..count).map(|i| [Value::Int(i as i64), Value::text(format!("图斑{}", i % 7))]).collect();
    let mut writer = Writer::create(&file).expect("writable");
    let spec = TableSpec {
        name: "t",
        identifier: "t",
        description: "",
        geometry: GeometryKind::Polygon,
        epsg: 4548,
        columns: &[("编号", ValueKind::Int), ("名称", ValueKind::Text)],
    };
    writer.table(&spec, squares.iter().zip(values.iter().map(<[Value; 2]>::as_slice))).expect("written");
    writer.finish().expect("finished");
    (folder, file)
}

/// Edits a file behind the standard's back: without its triggers, which need functions that SQLite lacks.
fn edited(file: &Path, sql: &str) {
    let connection = Connection::open(file).expect("opens");
    let names = "SELECT 'DROP TRIGGER \"' || name || '\";' FROM sqlite_master WHERE type = 'trigger'";
    let drops: Vec<String> =
        connection.prepare(names).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    connection.execute_batch(&drops.concat()).expect("dropped");
    connection.execute_batch(sql).expect("valid SQL");
}

fn opened(file: &Path) -> GeoPackage {
    GeoPackage::open(file).unwrap_or_else(|error| panic!("{error}"))
}

/// The rows of each batch, and the report.
fn batches(package: &GeoPackage, table: &str) -> (Vec<Vec<Feature>>, ReadReport) {
    let mut taken = Vec::new();
    let done = package.read_batches(
        table,
        &OPTIONS,
        |batch| (batch.features, batch.fingerprints),
        |(features, fingerprints)| {
            assert!(fingerprints.len() >= features.len());
            assert!(fingerprints.is_sorted_by(|a, b| a.row < b.row));
            taken.push(features);
            Ok::<_, ReadError>(())
        },
    );
    (taken, done.unwrap_or_else(|error| panic!("{error}")))
}

fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads").install(work)
}

fn same(whole: &Layer, parts: &(Vec<Vec<Feature>>, ReadReport)) {
    assert!(parts.0.concat() == whole.features);
    assert_eq!(parts.1, whole.report);
}

#[test]
fn batches_are_the_same_on_any_number_of_threads_and_in_row_order() {
    let (_folder, file) = written(9_000);
    // Rows without geometry, a gap of a million keys, and keys so dense and then so sparse that no
    // one width of a piece suits them.
    edited(
        &file,
        "UPDATE t SET geom = X'00' WHERE fid % 7 = 0; UPDATE t SET fid = fid * 1000000 WHERE fid > 8000;
         UPDATE t SET fid = 7900 + (fid - 7900) * 1000 WHERE fid BETWEEN 7901 AND 7990;
         UPDATE t SET fid = fid - 9000000000000000000 WHERE fid <= 2500; UPDATE t SET \"编号\" = 'x' WHERE fid % 100 = 1;",
    );
    let package = opened(&file);
    let alone = batches(&package, "t");
    assert_eq!(alone.1.rows, 9_000);
    assert!(alone.0.len() > 8 && alone.0.iter().all(|batch| batch.len() <= 2048));
    assert!(alone.0.concat().is_sorted_by(|a, b| a.row < b.row));
    for threads in [1, 2, 5] {
        assert!(on_threads(threads, || batches(&package, "t")) == alone, "{threads} threads");
        same(&on_threads(threads, || package.read("t").unwrap()), &alone);
    }
}

#[test]
fn views_come_in_batches_too() {
    let (_folder, file) = written(5_000);
    edited(
        &file,
        "CREATE VIEW v AS SELECT geom, \"名称\" FROM t;
         INSERT INTO gpkg_contents (table_name, data_type, last_change) VALUES ('v', 'features', '');
         INSERT INTO gpkg_geometry_columns VALUES ('v', 'geom', 'POLYGON', 4548, 0, 0)",
    );
    let package = opened(&file);
    let parts = batches(&package, "v");
    assert_eq!(parts.0.iter().map(Vec::len).collect::<Vec<_>>(), [2048, 2048, 904]);
    same(&package.read("v").unwrap(), &parts);
    let some = package.read_rows("v", &OPTIONS, &[4_999, 3]).unwrap();
    assert_eq!(some.features, [2, 4_998].map(|place| parts.0.concat()[place].clone()));
}

#[test]
fn heavy_rows_make_small_batches() {
    let (_folder, file) = written(40);
    edited(&file, "UPDATE t SET \"名称\" = hex(zeroblob(500000))");
    let package = opened(&file);
    let sizes: Vec<usize> = batches(&package, "t").0.iter().map(Vec::len).collect();
    assert_eq!(sizes, [5; 8]);
}

#[test]
fn an_error_of_the_caller_ends_the_reading_with_that_error() {
    #[derive(Debug)]
    enum Mine {
        Enough,
        Read,
    }
    impl From<ReadError> for Mine {
        fn from(_: ReadError) -> Self {
            Self::Read
        }
    }
    let (_folder, file) = written(9_000);
    let package = opened(&file);
    for threads in [1, 3] {
        let mut taken = 0;
        let mut take = |rows: usize| {
            taken += rows;
            if taken > 3_000 { Err(Mine::Enough) } else { Ok(()) }
        };
        let done = on_threads(threads, || package.read_batches("t", &OPTIONS, |batch| batch.features.len(), &mut take));
        assert!(matches!(done, Err(Mine::Enough)));
        assert!((3_001..6_000).contains(&taken), "{taken}");
    }
    let unknown = package.read_batches("u", &OPTIONS, |_| (), |()| Ok(()));
    assert!(matches!(unknown, Err(Mine::Read)));
}

#[test]
fn fingerprints_tell_exactly_the_rows_that_changed() {
    let (_folder, file) = written(3_000);
    let before = opened(&file).fingerprints("t").unwrap();
    edited(
        &file,
        "UPDATE t SET \"编号\" = \"编号\" + 1 WHERE fid = 5; UPDATE t SET \"名称\" = CAST(\"名称\" AS BLOB) WHERE fid = 6;
         UPDATE t SET \"名称\" = \"名称\" WHERE fid = 7; DELETE FROM t WHERE fid = 8; UPDATE t SET geom = NULL WHERE fid = 9;
         INSERT INTO t SELECT 4000, geom, \"编号\", \"名称\" FROM t WHERE fid = 10",
    );
    let after = opened(&file).fingerprints("t").unwrap();
    assert!(after == on_threads(1, || opened(&file).fingerprints("t").unwrap()));
    let old: HashMap<i64, u64> = before.iter().map(|one| (one.row, one.hash)).collect();
    let new: HashMap<i64, u64> = after.iter().map(|one| (one.row, one.hash)).collect();
    let mut changed: Vec<i64> = (1..=4_000).filter(|row| old.get(row) != new.get(row)).collect();
    changed.sort_unstable();
    assert_eq!(changed, [5, 6, 8, 9, 4_000]);
    assert_eq!(new[&4_000], new[&10], "the key is no part of it");

    let mut read = Vec::new();
    let take = |mut next: Vec<_>| {
        read.append(&mut next);
        Ok::<_, ReadError>(())
    };
    opened(&file).read_batches("t", &OPTIONS, |batch| batch.fingerprints, take).unwrap();
    assert!(read == after, "reading gives the same fingerprints");
}

#[test]
fn chosen_rows_are_those_of_the_whole_table() {
    let (_folder, file) = written(5_000);
    edited(&file, "UPDATE t SET geom = NULL WHERE fid = 40; UPDATE t SET fid = -fid WHERE fid > 4000");
    let package = opened(&file);
    let whole = package.read("t").unwrap();
    let wanted: Vec<i64> = (-5_000..=5_000).rev().filter(|key| key % 3 != 0).chain([7, 7, 99_999]).collect();
    let some = package.read_rows("t", &OPTIONS, &wanted).unwrap();
    let expected: Vec<&Feature> = whole.features.iter().filter(|feature| feature.row % 3 != 0).collect();
    assert!(some.features.iter().eq(expected));
    assert_eq!((some.report.rows, some.report.skipped.len()), (some.report.read + 1, 1));
    assert_eq!(package.read_rows("t", &OPTIONS, &[]).unwrap().features.len(), 0);
}

#[test]
fn rows_near_a_place_come_from_the_r_tree() {
    let (_folder, file) = written(3_000);
    let package = opened(&file);
    let rows = package.rows_within("t", [426_035.0, 4_867_025.0, 426_085.0, 4_867_055.0]).unwrap();
    assert_eq!(rows.as_deref(), Some([102, 103].as_slice()));
    let near = package.read_rows("t", &OPTIONS, &rows.unwrap()).unwrap();
    assert!(near.features.iter().all(|feature| feature.geometry.bounding_rect().is_some()));
    edited(&file, "DROP TABLE rtree_t_geom");
    assert_eq!(opened(&file).rows_within("t", [0.0; 4]).unwrap(), None);
}

#[test]
fn real_files_read_alike_whole_and_in_batches() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if !data.exists() {
        eprintln!("!!! SKIPPED: {} is missing, nothing was tested", data.display());
        return;
    }
    let mut tables = 0;
    for folder in ["cambridge", "sanroman", "gpkg_odd"] {
        for file in std::fs::read_dir(data.join(folder)).expect("readable").map(|entry| entry.expect("readable").path())
        {
            let Ok(package) = GeoPackage::open(&file) else { continue };
            for table in package.tables() {
                let Ok(whole) = on_threads(1, || package.read(&table.name)) else { continue };
                let parts = on_threads(3, || batches(&package, &table.name));
                same(&whole, &parts);
                let count = package.fingerprints(&table.name).unwrap().len() as u64;
                assert_eq!(count, whole.report.rows, "{} {}", file.display(), table.name);
                tables += 1;
            }
        }
    }
    assert!(tables > 10, "{tables}");
}
