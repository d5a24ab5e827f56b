//! Real data, where they lie beside the repository: two cities by their examples, and nine small
//! files that other programs' authors made to be difficult.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tests::{Tuban, node, repository, shared_data, tile};

use crate::city::folder;

/// Copies an example and links its data where the example says they are.
fn example(name: &str) -> Option<std::path::PathBuf> {
    let data = shared_data(name)?;
    let folder = folder(&format!("example-{name}"));
    let source = repository().join("examples").join(name);
    let entries = fs::read_dir(&source).unwrap_or_else(|error| panic!("{}: {error}", source.display()));
    for file in entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file()) {
        let text = fs::read(&file).expect("a file of the example");
        fs::write(folder.join(file.file_name().expect("a name")), text).expect("a file can be written");
    }
    // An example names its data relative to itself; the copy has them at the same distance.
    let config = folder.join("tuban.toml");
    let text = fs::read_to_string(&config).expect("an example has a configuration");
    let absolute = |line: &str| match line.trim_start().strip_prefix("file = \"") {
        Some(rest) => {
            let path = rest.trim_end().trim_end_matches('"');
            let found = data.join(Path::new(path).file_name().expect("a file has a name"));
            format!("file = {}", json!(found.to_string_lossy()))
        }
        None => line.to_owned(),
    };
    fs::write(config, text.lines().map(absolute).collect::<Vec<_>>().join("\n")).expect("a file can be written");
    Some(folder)
}

fn table(folder: &Path, name: &str) -> Value {
    Tuban::at(folder).args(["stats", ".", name, "--format", "json"]).run().good().json()
}

#[test]
fn cambridge_has_the_industrial_parcels_that_were_counted_with_another_engine() {
    let Some(folder) = example("cambridge") else { return };
    Tuban::at(&folder).args(["build", "."]).run().good();
    let overview = table(&folder, "overview");
    assert_eq!(overview["total"]["count"], 194, "{overview}");
    let changes = table(&folder, "changes");
    let row = |key: &str| {
        let rows = changes["rows"].as_array().expect("a table has rows");
        rows.iter().find(|row| row["key"] == key).unwrap_or_else(|| panic!("no {key} in {changes}"))
    };
    assert_eq!((&row("keep")["count"], &row("out")["count"]), (&json!(52), &json!(142)), "{changes}");
    let server = Tuban::at(&folder).args(["serve", "."]).serve();
    for style in ["overview", "changes", "conflicts", "far", "auto"] {
        let document = server.json(&format!("/style/{style}"));
        assert_eq!(node::run("validate.mjs", ["style"], &document), json!([]), "{style}");
    }
    let catalog = server.json("/catalog");
    for tileset in catalog["tilesets"].as_array().expect("tilesets") {
        let id = tileset["id"].as_str().expect("an id");
        assert_eq!(node::run("validate.mjs", ["tilejson"], &server.json(&format!("/{id}"))), json!([]));
    }
    server.stop();
}

#[test]
fn san_roman_has_floor_area_ratio_and_density_from_its_buildings() {
    let Some(folder) = example("sanroman") else { return };
    Tuban::at(&folder).args(["build", "."]).run().good();
    for name in ["far", "density", "intensity"] {
        let table = table(&folder, name);
        assert!(table["total"]["count"].as_u64() > Some(0), "{table}");
        let assessed: Vec<&Value> =
            table["rows"].as_array().expect("rows").iter().filter(|row| row["count"].as_u64() > Some(0)).collect();
        assert!(assessed.len() >= 2, "{name} has one class only: {table}");
    }
}

/// Features by tile layer.
type Opens = &'static [(&'static str, u64)];

/// What becomes of an odd file: it opens, or it is refused with this exit code and these words.
type Odd = (&'static str, Result<Opens, (i32, &'static [&'static str])>);

const ODD: &[Odd] = &[
    // Arcs become lines.
    ("curvepolygon.gpkg", Ok(&[("curvepolygon", 1)])),
    // Its one geometry is EMPTY: there is nothing to draw.
    ("empty-geom.gpkg", Err((1, &["empty-geom.gpkg", "row 1", "empty"]))),
    // Nobody can know where srs_id 0 is.
    ("first_geometry_null.gpkg", Err((3, &["test", "srs_id 0", "EPSG"]))),
    ("no_envelope.gpkg", Err((3, &["foo", "srs_id 0", "EPSG"]))),
    ("geopackage-unindexed.gpkg", Ok(&[("stations", 86)])),
    ("line_zm.gpkg", Ok(&[("line_zm", 1)])),
    ("poly_golden_gpkg_1_4.gpkg", Ok(&[("poly", 10)])),
    ("poly_non_conformant.gpkg", Ok(&[("poly", 1)])),
    // The raster tables are no map of ours.
    ("raster_and_vector.gpkg", Ok(&[("poly", 10)])),
];

#[test]
fn odd_geopackages_open_or_are_refused_with_a_reason_file_by_file() {
    let Some(data) = shared_data("gpkg_odd") else { return };
    let home = folder("odd");
    let names: Vec<String> = fs::read_dir(&data)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".gpkg"))
        .collect();
    for name in &names {
        assert!(ODD.iter().any(|(known, _)| known == name), "{name} is new: say what becomes of it");
    }
    for (name, expected) in ODD {
        let file = data.join(name);
        let before = fs::read(&file).expect("a file");
        let archive = home.join(name).with_extension("pmtiles");
        let tiled = Tuban::at(&home).arg("tile").arg(&file).arg("-o").arg(&archive).run();
        match expected {
            Ok(layers) => {
                tiled.good();
                assert!(archive.is_file(), "{name}");
                let server = Tuban::at(&home).arg("serve").arg(&file).serve();
                let catalog = server.json("/catalog");
                let found: BTreeMap<String, u64> = catalog["tilesets"][0]["layers"]
                    .as_array()
                    .expect("a tileset has layers")
                    .iter()
                    .map(|layer| {
                        (layer["id"].as_str().unwrap_or_default().to_owned(), layer["count"].as_u64().unwrap_or(0))
                    })
                    .collect();
                let expected: BTreeMap<String, u64> =
                    layers.iter().map(|(layer, count)| ((*layer).to_owned(), *count)).collect();
                assert_eq!(found, expected, "{name}");
                let id = catalog["tilesets"][0]["id"].as_str().expect("an id").to_owned();
                assert_eq!(
                    node::run("validate.mjs", ["tilejson"], &server.json(&format!("/{id}"))),
                    json!([]),
                    "{name}"
                );
                assert_eq!(node::run("validate.mjs", ["style"], &server.json("/style/auto")), json!([]), "{name}");
                let tilejson = server.json(&format!("/{id}"));
                let deepest = tilejson["maxzoom"].as_u64().expect("a zoom") as u32;
                let mut drawn = 0;
                for (x, y) in tile::covering(&tilejson, deepest) {
                    for layer in tile::decode(&server.get(&format!("/{id}/{deepest}/{x}/{y}")).bytes()) {
                        drawn += layer.features.len();
                        let flaw = layer.features.iter().find_map(tile::TileFeature::flaw);
                        assert_eq!(flaw, None, "{name} {deepest}/{x}/{y}");
                    }
                }
                assert!(drawn as u64 >= expected.values().sum(), "{name}: {drawn} features are drawn");
                // Rows that were left out are named in the log; that is no fault of the server.
                server.stop_after(&["skipped", "repaired"]);
            }
            Err((code, words)) => {
                tiled.refused(*code, words);
                assert!(!archive.exists(), "{name}");
                Tuban::at(&home).arg("serve").arg(&file).args(["--listen", "127.0.0.1:0"]).run().refused(*code, words);
            }
        }
        assert!(fs::read(&file).expect("a file") == before, "{name} was changed");
    }
    let left: Vec<_> =
        fs::read_dir(&data).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().ends_with("-wal")), "{left:?}");
}
