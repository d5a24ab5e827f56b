//! Real files: Cambridge, San Román and the odd ones. They lie beside the project, not in it; where
//! they are missing these tests say so and do nothing.

#![allow(clippy::panic, clippy::unwrap_used)] // Tests may: a panic is how they fail.

use std::fs;
use std::path::{Path, PathBuf};

use geo::Validation;
use layers::Layer;
use layers::gpkg::{GeoPackage, ReadOptions};
use sha2::{Digest, Sha256};

fn data(name: &str) -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(name);
    if !file.exists() {
        eprintln!("!!! SKIPPED: {} is missing, nothing was tested", file.display());
        return None;
    }
    Some(file)
}

fn digest(file: &Path) -> Vec<u8> {
    Sha256::digest(fs::read(file).expect("readable")).to_vec()
}

fn read(package: &GeoPackage, table: &str) -> Layer {
    let layer = package.read(table).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(layer.report.rows, layer.report.read + layer.report.skipped.len() as u64);
    assert_eq!(layer.report.read, layer.features.len() as u64);
    for feature in &layer.features {
        assert!(feature.geometry.is_valid(), "{table} row {}: {:?}", feature.row, feature.geometry.check_validation());
    }
    layer
}

#[test]
fn cambridge_is_read_and_left_as_it_was() {
    let Some(file) = data("cambridge/cambridge.gpkg") else { return };
    let before = digest(&file);
    let package = GeoPackage::open(&file).expect("opens");
    // Rows, skipped, repaired: GEOS 3.14.1 finds the same number of invalid geometries in each table.
    for (table, rows, skipped, repaired) in [
        ("parcels", 13_116, 1, 34),
        ("zoning_districts_2013", 282, 0, 0),
        ("open_space", 276, 0, 0),
        ("city_boundary", 1, 0, 0),
        ("parking_lots", 1_533, 0, 9),
        ("water_bodies", 74, 0, 0),
        ("buildings_city_sample", 1_027, 0, 11),
    ] {
        let report = read(&package, table).report;
        assert_eq!((report.rows, report.skipped.len(), report.repaired.len()), (rows, skipped, repaired), "{table}");
        for skip in report.skipped {
            assert_eq!((skip.row, skip.reason.as_str()), (1896, "geometry is empty"));
        }
    }
    assert_eq!(package.tables().len(), 7);
    let error = package.read("assessor_fy2014").map(|_| ()).unwrap_err().to_string();
    assert!(
        error.contains("table \"assessor_fy2014\" has no geometry; the tables with geometry are parcels, "),
        "{error}"
    );
    assert_eq!(digest(&file), before);
    assert!(!file.with_extension("gpkg-wal").exists() && !file.with_extension("gpkg-shm").exists());
}

#[test]
fn san_roman_is_read() {
    let Some(file) = data("sanroman/sanroman.gpkg") else { return };
    let before = digest(&file);
    let package = GeoPackage::open(&file).expect("opens");
    for (table, rows, repaired) in [
        ("parcels", 3_762, 0),
        ("cadastral_zoning", 202, 6),
        ("buildings", 2_253, 0),
        ("building_parts", 7_349, 0),
        ("other_constructions", 928, 0),
    ] {
        let report = read(&package, table).report;
        assert_eq!((report.rows, report.read, report.repaired.len()), (rows, rows, repaired), "{table}");
    }
    assert_eq!(digest(&file), before);
}

/// What became of a file: of each table its rows read and skipped, or why not.
fn outcome(file: &Path, options: &ReadOptions) -> String {
    let describe = |package: &GeoPackage| {
        let tables = package.tables().iter().map(|table| match package.read_with(&table.name, options) {
            Ok(layer) => {
                let reasons: Vec<&str> = layer.report.skipped.iter().map(|skip| skip.reason.as_str()).collect();
                format!("{} read, skipped {reasons:?}", layer.report.read)
            }
            Err(error) => error.to_string(),
        });
        tables.collect::<Vec<_>>().join("; ")
    };
    let said = GeoPackage::open(file).map_or_else(|error| error.to_string(), |package| describe(&package));
    said.replace(&file.display().to_string(), "")
}

#[test]
fn each_odd_file_is_read_or_refused_with_a_reason() {
    let none = ReadOptions::default();
    let undefined =
        ": table \"test\": the reference system is undefined (srs_id 0); declare the EPSG code that the data have";
    for (name, expected) in [
        ("curvepolygon.gpkg", "1 read, skipped []"),
        ("empty-geom.gpkg", "0 read, skipped [\"geometry is empty\"]"),
        ("first_geometry_null.gpkg", undefined),
        ("geopackage-unindexed.gpkg", "86 read, skipped []"),
        ("line_zm.gpkg", "1 read, skipped []"),
        ("no_envelope.gpkg", &undefined.replace("test", "foo")),
        ("poly_golden_gpkg_1_4.gpkg", "10 read, skipped []"),
        ("poly_non_conformant.gpkg", "1 read, skipped []"),
        ("raster_and_vector.gpkg", "10 read, skipped []"),
    ] {
        let Some(file) = data(&format!("gpkg_odd/{name}")) else { return };
        let before = digest(&file);
        assert_eq!(outcome(&file, &none), expected, "{name}");
        assert_eq!(digest(&file), before, "{name}");
    }
    let declared = ReadOptions { declared_epsg: Some(4326) };
    let Some(file) = data("gpkg_odd/first_geometry_null.gpkg") else { return };
    assert_eq!(outcome(&file, &declared), "1 read, skipped [\"geometry is NULL\"]");
    let Some(file) = data("gpkg_odd/no_envelope.gpkg") else { return };
    assert_eq!(outcome(&file, &declared), "2 read, skipped []");
}

/// A small generator of numbers, the same on every run (Marsaglia 2003, xorshift64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

#[test]
fn truncated_copies_are_refused_and_never_panic() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let copy = folder.path().join("cut.gpkg");
    for name in ["gpkg_odd/poly_golden_gpkg_1_4.gpkg", "gpkg_odd/poly_non_conformant.gpkg"] {
        let Some(file) = data(name) else { return };
        let whole = fs::read(&file).expect("readable");
        let mut numbers = Numbers(42);
        let lengths = (0..120).chain((0..200).map(|_| numbers.below(whole.len())));
        for length in lengths {
            fs::write(&copy, &whole[..length]).expect("written");
            let refused = GeoPackage::open(&copy).and_then(|package| package.read("poly")).map(|_| ());
            let text = refused.expect_err("cut short").to_string();
            assert!(text.contains("cut.gpkg"), "{length}: {text}");
        }
    }
}

#[test]
fn damaged_bytes_never_make_it_panic() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let copy = folder.path().join("damaged.gpkg");
    let mut numbers = Numbers(7);
    let (mut read, mut refused) = (0, 0);
    for name in ["poly_golden_gpkg_1_4", "poly_non_conformant", "curvepolygon", "line_zm", "geopackage-unindexed"] {
        let Some(file) = data(&format!("gpkg_odd/{name}.gpkg")) else { return };
        let whole = fs::read(&file).expect("readable");
        for _ in 0..150 {
            let mut bytes = whole.clone();
            for _ in 0..1 + numbers.below(40) {
                let at = numbers.below(bytes.len());
                bytes[at] = numbers.below(256) as u8;
            }
            fs::write(&copy, &bytes).expect("written");
            let Ok(package) = GeoPackage::open(&copy) else {
                refused += 1;
                continue;
            };
            for table in package.tables() {
                match package.read(&table.name) {
                    Ok(layer) => {
                        read += 1;
                        assert_eq!(layer.report.rows, layer.report.read + layer.report.skipped.len() as u64);
                    }
                    Err(_) => refused += 1,
                }
            }
        }
    }
    assert!(read > 100 && refused > 10, "{read} read, {refused} refused: the test damages too much or too little");
}
