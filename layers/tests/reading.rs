//! Files made for the purpose: odd names, write-ahead logs, dirty values, damage.

#![allow(clippy::panic, clippy::unwrap_used)] // Tests may: a panic is how they fail.

use std::fs;
use std::path::{Path, PathBuf};

use geo::{Geometry, Polygon, wkt};
use layers::gpkg::{GeoPackage, ReadError, ReadOptions, TableSpec, Writer};
use layers::{GeometryKind, Layer, Value, ValueKind};
use rusqlite::Connection;
use tempfile::TempDir;

fn square(x: f64, y: f64) -> Geometry<f64> {
    Polygon::new(vec![(x, y), (x + 20.0, y), (x + 20.0, y + 20.0), (x, y + 20.0)].into(), vec![]).into()
}

/// A GeoPackage in EPSG:4548 with so many squares of 20 m, each with its number.
fn write(file: &Path, table: &str, count: usize) {
    let squares: Vec<Geometry<f64>> = (0..count)
        .map(|i| square(426_000.0 + (i % 100) as f64 * 30.0, 4_867_000.0 + (i / 100) as f64 * 30.0))
        .collect();
    let values: Vec<[Value; 1]> = (0..count).map(|i| [Value::Int(i as i64)]).collect();
    let mut writer = Writer::create(file).expect("writable");
    let columns = [("编号", ValueKind::Int)];
    let spec = TableSpec {
        name: table,
        identifier: table,
        description: "",
        geometry: GeometryKind::Polygon,
        epsg: 4548,
        columns: &columns,
    };
    writer.table(&spec, squares.iter().zip(values.iter().map(<[Value; 1]>::as_slice))).expect("written");
    writer.finish().expect("finished");
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Edits a file behind the standard's back: without the triggers of its R-trees, which need functions
/// that SQLite alone lacks, and without foreign keys.
fn edited(file: &Path, sql: &str) {
    let edit = || -> rusqlite::Result<()> {
        let connection = Connection::open(file)?;
        connection.execute_batch("PRAGMA foreign_keys = OFF")?;
        let names = "SELECT 'DROP TRIGGER \"' || replace(name, '\"', '\"\"') || '\";' FROM sqlite_master WHERE type = 'trigger'";
        let drops: Vec<String> =
            connection.prepare(names)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        connection.execute_batch(&drops.concat())?;
        connection.execute_batch(sql)
    };
    edit().expect("valid SQL");
}

fn read(file: &Path, table: &str) -> Layer {
    GeoPackage::open(file).and_then(|package| package.read(table)).unwrap_or_else(|error| panic!("{error}"))
}

fn refusal(file: &Path) -> String {
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let error = GeoPackage::open(file).map(|_| ()).unwrap_err().to_string();
    error.replace(&file.display().to_string(), &name)
}

fn listing(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("readable").map(|entry| entry.expect("readable").path()).collect();
    files.sort();
    files
}

#[test]
fn any_path_opens_and_nothing_is_left_beside_it() {
    let folder = folder();
    for name in ["图斑 2024年.gpkg", "a?mode=rw#x%20y&z.gpkg", "it's \"quoted\".gpkg"] {
        let file = folder.path().join(name);
        write(&file, "DLTB", 3);
        let (before, files) = (fs::read(&file).expect("readable"), listing(folder.path()));
        assert_eq!(read(&file, "DLTB").features.len(), 3, "{name}");
        assert_eq!(fs::read(&file).expect("readable"), before, "{name}");
        assert_eq!(listing(folder.path()), files, "{name}");
    }
}

#[test]
fn hostile_and_chinese_names_are_names() {
    let folder = folder();
    for (number, table) in ["地类图斑", "a\"b; DROP TABLE x --", "select", "it's", "p[1]`2`"].iter().enumerate() {
        let file = folder.path().join(format!("{number}.gpkg"));
        write(&file, table, 2);
        let layer = read(&file, table);
        assert_eq!((layer.features.len(), layer.columns[0].name.as_str()), (2, "编号"), "{table}");
    }
}

#[test]
fn a_write_ahead_log_is_honoured_and_left_alone() {
    let folder = folder();
    let file = folder.path().join("live.gpkg");
    write(&file, "DLTB", 5);
    let writer = Connection::open(&file).expect("opens");
    writer.execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;").expect("WAL");
    writer.execute_batch("DROP TRIGGER \"rtree_DLTB_geom_delete\"; DELETE FROM DLTB WHERE fid = 1;").expect("deleted");
    let contents = |suffix: &str| fs::read(folder.path().join(format!("live.gpkg{suffix}"))).expect("there");
    assert!(!contents("-wal").is_empty(), "the change is only in the log");
    let (before, log, files) = (contents(""), contents("-wal"), listing(folder.path()));

    let layer = read(&file, "DLTB");
    assert_eq!(layer.features.iter().map(|feature| feature.row).collect::<Vec<_>>(), [2, 3, 4, 5]);
    assert_eq!((contents(""), contents("-wal"), listing(folder.path())), (before, log, files));
    drop(writer);
}

#[test]
fn a_file_in_wal_mode_at_rest_needs_no_log() {
    let folder = folder();
    let file = folder.path().join("rest.gpkg");
    write(&file, "DLTB", 5);
    edited(&file, "PRAGMA journal_mode = WAL");
    assert_eq!(listing(folder.path()).len(), 1);
    assert_eq!(read(&file, "DLTB").features.len(), 5);
    assert_eq!(listing(folder.path()).len(), 1);
}

#[test]
fn files_that_are_no_geopackage_are_refused_with_a_reason() {
    let folder = folder();
    let put = |name: &str, bytes: &[u8]| {
        let file = folder.path().join(name);
        fs::write(&file, bytes).expect("written");
        file
    };
    assert_eq!(refusal(&folder.path().join("none.gpkg")), "none.gpkg: no such file; check the path");
    assert!(refusal(folder.path()).ends_with("not a file; name the .gpkg itself"));
    assert_eq!(refusal(&put("0.gpkg", b"")), "0.gpkg: the file is empty (0 bytes); copy or export it again");
    assert_eq!(
        refusal(&put("zip.gpkg", b"PK\x03\x04....")),
        "zip.gpkg: not a GeoPackage (it looks like a ZIP archive: unpack it); export the data as GeoPackage"
    );
    assert_eq!(
        refusal(&put("text.gpkg", b"hello")),
        "text.gpkg: not a GeoPackage (no SQLite database); export the data as GeoPackage"
    );

    let file = folder.path().join("whole.gpkg");
    write(&file, "DLTB", 50);
    let whole = fs::read(&file).expect("readable");
    let half = put("half.gpkg", &whole[..whole.len() / 2]);
    let expected =
        format!("half.gpkg: truncated: {} of {} bytes are there; copy it again", whole.len() / 2, whole.len());
    assert_eq!(refusal(&half), expected);

    let plain = folder.path().join("plain.gpkg");
    edited(&plain, "CREATE TABLE t (a)");
    assert_eq!(refusal(&plain), "plain.gpkg: an SQLite database but no GeoPackage: gpkg_contents is missing");

    let attributes = folder.path().join("attributes.gpkg");
    let mut writer = Writer::create(&attributes).expect("writable");
    writer.attributes_table("codes", "codes", &[("code", ValueKind::Text)], []).expect("written");
    writer.finish().expect("finished");
    assert_eq!(
        refusal(&attributes),
        "attributes.gpkg: no feature tables (1 attribute or tile tables); nothing in it has a geometry"
    );
}

#[test]
fn wrong_table_names_get_the_nearest_one() {
    let folder = folder();
    let file = folder.path().join("t.gpkg");
    write(&file, "parcels", 1);
    edited(
        &file,
        "CREATE TABLE codes (a); INSERT INTO gpkg_contents (table_name, data_type, last_change) VALUES ('codes', 'attributes', '')",
    );
    let package = GeoPackage::open(&file).expect("opens");
    let error = |table: &str| package.read(table).map(|_| ()).unwrap_err();
    assert!(error("parcel").to_string().ends_with("no table \"parcel\"; did you mean \"parcels\"?"));
    assert!(error("xyz").to_string().ends_with("no table \"xyz\"; it has parcels"));
    assert!(matches!(error("codes"), ReadError::NoGeometry { .. }));
    assert_eq!(package.read("PARCELS").expect("ASCII case does not matter").features.len(), 1);
}

#[test]
fn undefined_systems_are_refused_until_declared() {
    let folder = folder();
    let file = folder.path().join("t.gpkg");
    write(&file, "t", 1);
    let right = read(&file, "t");
    for srs_id in [0, -1] {
        edited(&file, &format!("UPDATE gpkg_geometry_columns SET srs_id = {srs_id}"));
        let package = GeoPackage::open(&file).expect("opens");
        let error = package.read("t").map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(&format!("undefined (srs_id {srs_id}); declare the EPSG code")), "{error}");
        let declared = package.read_with("t", &ReadOptions { declared_epsg: Some(4548) }).expect("declared");
        assert_eq!(declared.features, right.features);
    }
    edited(&file, "UPDATE gpkg_geometry_columns SET srs_id = 4610");
    let error = GeoPackage::open(&file).expect("opens").read("t").map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("srs_id 4610 is not in the registry"), "{error}");
    let wrong = ReadOptions { declared_epsg: Some(4326) };
    let layer = GeoPackage::open(&file).expect("opens").read_with("t", &wrong).expect("reads");
    assert_eq!(layer.features.len(), 0);
    assert!(layer.report.skipped[0].reason.ends_with("outside EPSG:4326; is this the reference system of the data?"));
}

#[test]
fn dirty_values_are_read_or_reported() {
    let folder = folder();
    let file = folder.path().join("t.gpkg");
    write(&file, "t", 4);
    edited(
        &file,
        "ALTER TABLE t ADD COLUMN RJL REAL; ALTER TABLE t ADD COLUMN DLMC TEXT(20); ALTER TABLE t ADD COLUMN photo BLOB;
         ALTER TABLE t ADD COLUMN twice INTEGER GENERATED ALWAYS AS (\"编号\" * 2) VIRTUAL; ALTER TABLE t ADD COLUMN bare;
         UPDATE t SET RJL = '1.5', bare = 7 WHERE fid = 1; UPDATE t SET RJL = '约40', bare = 1.5 WHERE fid = 2;
         UPDATE t SET DLMC = CAST(X'B9A4D2B5' AS TEXT), RJL = 9e999 WHERE fid = 3; UPDATE t SET \"编号\" = 'n/a' WHERE fid = 4;",
    );
    let layer = read(&file, "t");
    let names: Vec<(&str, ValueKind)> =
        layer.columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
    use ValueKind::{Int, Real, Text};
    assert_eq!(names, [("编号", Int), ("RJL", Real), ("DLMC", Text), ("twice", Int), ("bare", Real)]);
    let rows: Vec<&[Value]> = layer.features.iter().map(|feature| feature.values.as_slice()).collect();
    assert_eq!(rows[0][1], Value::Real(1.5));
    assert_eq!(rows[2][2], Value::text("工业"));
    assert_eq!((&rows[1][3], &rows[0][4], &rows[1][4]), (&Value::Int(2), &Value::Real(7.0), &Value::Real(1.5)));
    let mistyped: Vec<(i64, &str, &str)> =
        layer.report.mistyped.iter().map(|one| (one.row, one.column.as_str(), one.text.as_str())).collect();
    assert_eq!(mistyped, [(2, "RJL", "约40"), (3, "RJL", "inf"), (4, "编号", "n/a")]);
    assert_eq!((layer.report.mistyped_total, layer.report.recoded_total), (3, 1));
}

#[test]
fn long_lists_of_dirt_are_counted_in_full() {
    let folder = folder();
    let file = folder.path().join("t.gpkg");
    write(&file, "t", 5_000);
    edited(&file, "UPDATE t SET \"编号\" = 'bad' WHERE fid % 2 = 0; UPDATE t SET geom = NULL WHERE fid % 10 = 0");
    let layer = read(&file, "t");
    assert_eq!((layer.report.rows, layer.report.read, layer.report.skipped.len()), (5_000, 4_500, 500));
    assert_eq!((layer.report.mistyped_total, layer.report.mistyped.len()), (2_000, 100));
    assert_eq!(layer.report.mistyped[99].row, 248);
}

#[test]
fn views_are_read_with_or_without_a_key() {
    let folder = folder();
    let file = folder.path().join("t.gpkg");
    write(&file, "t", 6);
    edited(
        &file,
        "CREATE VIEW keyed AS SELECT fid, geom AS shape, \"编号\" FROM t WHERE fid > 3;
         CREATE VIEW plain AS SELECT geom AS shape, \"编号\" * 1.5 AS more FROM t WHERE fid > 3;
         CREATE VIEW doubled AS SELECT 1 AS fid, geom AS shape FROM t;
         INSERT INTO gpkg_contents (table_name, data_type, last_change) VALUES ('keyed', 'features', ''), ('plain', 'features', ''), ('doubled', 'features', '');
         INSERT INTO gpkg_geometry_columns SELECT v, 'shape', 'GEOMETRY', 4548, 0, 0 FROM (SELECT 'keyed' AS v UNION SELECT 'plain' UNION SELECT 'doubled')",
    );
    let rows = |view: &str| read(&file, view).features.iter().map(|feature| feature.row).collect::<Vec<_>>();
    assert_eq!((rows("keyed"), rows("plain"), rows("doubled")), (vec![4, 5, 6], vec![1, 2, 3], (1..=6).collect()));
    let plain = read(&file, "plain");
    assert_eq!((plain.columns[0].kind, &plain.features[0].values[0]), (ValueKind::Real, &Value::Real(4.5)));
}

#[test]
fn a_table_without_rowid_or_r_tree_is_a_table() {
    let folder = folder();
    let file = folder.path().join("t.gpkg");
    write(&file, "t", 3);
    edited(
        &file,
        "CREATE TABLE u (code TEXT PRIMARY KEY, rowid INTEGER, g POLYGON) WITHOUT ROWID;
         INSERT INTO u SELECT 'k' || fid, 9, geom FROM t;
         INSERT INTO gpkg_contents (table_name, data_type, last_change) VALUES ('u', 'features', '');
         INSERT INTO gpkg_geometry_columns VALUES ('u', 'g', 'POLYGON', 4548, 0, 0)",
    );
    let layer = read(&file, "u");
    assert_eq!(layer.features.iter().map(|feature| feature.row).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(layer.features[0].values, [Value::text("k1"), Value::Int(9)]);
    assert_eq!(layer.features[0].geometry, wkt_of(&read(&file, "t"), 0));
}

fn wkt_of(layer: &Layer, place: usize) -> Geometry<f64> {
    layer.features[place].geometry.clone()
}

#[test]
fn systems_known_only_by_their_wkt_are_read() {
    let folder = folder();
    let file = folder.path().join("t.gpkg");
    write(&file, "t", 2);
    let right = read(&file, "t");
    edited(
        &file,
        r#"INSERT INTO gpkg_spatial_ref_sys VALUES ('CGCS2000_3_Degree_GK_CM_117E', 300001, 'NONE', 300001,
           'PROJCS["CGCS2000_3_Degree_GK_CM_117E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]', NULL);
           UPDATE gpkg_geometry_columns SET srs_id = 300001"#,
    );
    assert_eq!(read(&file, "t").features, right.features);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let folder = folder();
    let file = folder.path().join("t.gpkg");
    write(&file, "t", 6_000);
    edited(&file, "UPDATE t SET fid = fid * 1000 WHERE fid > 3000; UPDATE t SET geom = X'00' WHERE fid % 7 = 0");
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| read(&file, "t"))
    };
    let (one, five) = (with(1), with(5));
    assert_eq!((one.features.len(), &one.features), (one.report.read as usize, &five.features));
    assert_eq!(one.report, five.report);
    assert!(one.features.is_sorted_by_key(|feature| feature.row));
}

#[test]
fn invalid_polygons_are_repaired_and_reported() {
    let folder = folder();
    let file = folder.path().join("t.gpkg");
    let bow: Polygon<f64> =
        wkt!(POLYGON((426000. 4867000.,426020. 4867020.,426020. 4867000.,426000. 4867020.,426000. 4867000.)));
    let shapes = [Geometry::from(bow), square(426_100.0, 4_867_000.0)];
    let mut writer = Writer::create(&file).expect("writable");
    let spec = TableSpec {
        name: "t",
        identifier: "t",
        description: "",
        geometry: GeometryKind::Polygon,
        epsg: 4548,
        columns: &[],
    };
    writer.table(&spec, shapes.iter().map(|shape| (shape, [].as_slice()))).expect("written");
    writer.finish().expect("finished");
    let layer = read(&file, "t");
    let [repair] = layer.report.repaired.as_slice() else { panic!("{:?}", layer.report) };
    assert_eq!((repair.row, layer.report.read), (1, 2));
    assert!(
        repair.reason.starts_with("exterior ring of part 1 crosses itself near 116.07")
            || repair.reason.starts_with("exterior ring crosses itself near 116.07"),
        "{}",
        repair.reason
    );
    assert!(repair.area_before.0.abs() < 0.1 && (repair.area_after.0 - 200.0).abs() < 0.1, "{repair:?}");
}

#[test]
fn damage_in_the_middle_of_a_table_names_file_and_table() {
    let folder = folder();
    let file = folder.path().join("t.gpkg");
    write(&file, "t", 3_000);
    let mut bytes = fs::read(&file).expect("readable");
    // Leaf pages of tables (type 13) far into the file: give one an absurd number of cells.
    let page = (15..bytes.len() / 16384).find(|page| bytes[page * 16384] == 13).expect("a leaf") * 16384;
    bytes[page + 3..page + 5].copy_from_slice(&[0xFF, 0xFF]);
    fs::write(&file, &bytes).expect("written");
    let error = GeoPackage::open(&file).and_then(|package| package.read("t")).map(|_| ()).unwrap_err();
    let text = error.to_string();
    assert!(
        matches!(error, ReadError::Sqlite { .. }) && text.contains("t.gpkg") && text.contains("table \"t\""),
        "{text}"
    );
}
