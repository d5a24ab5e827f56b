//! Cells: what a project shows where tiles of single features would grow too large.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use tests::{Server, Tuban, tile};

use crate::city::{current, folder};

/// Sums of the numbers in the layer `cells` of a whole zoom.
fn sums(server: &Server, tilejson: &Value, zoom: u32) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::new();
    for (x, y) in tile::covering(tilejson, zoom) {
        let answer = server.get(&format!("/findings/{zoom}/{x}/{y}"));
        if answer.status == 204 {
            continue;
        }
        let layers = tile::decode(&answer.bytes());
        assert!(layers.iter().all(|layer| layer.name != "parcels"), "zoom {zoom} has parcels and cells");
        for cell in layers.iter().filter(|layer| layer.name == "cells").flat_map(|layer| &layer.features) {
            for (name, value) in &cell.attributes {
                *sums.entry(name.clone()).or_default() += value.as_f64().unwrap_or_default();
            }
        }
    }
    sums
}

#[test]
fn zooms_with_too_large_tiles_show_cells_that_sum_to_the_tables() {
    let city = folder("cells");
    Tuban::at(&city).args(["demo", "."]).run().good();
    let config = city.join("tuban.toml");
    let text = fs::read_to_string(&config).expect("the demo city is configured");
    fs::write(&config, text + "\n[tiles]\ntile_bytes = 12000\ncells = 16\n").expect("it can be changed");
    Tuban::at(&city).args(["build", "."]).run().good();

    let manifest = fs::read_to_string(current(&city).join("manifest.json")).expect("a generation has a manifest");
    let manifest: Value = serde_json::from_str(&manifest).expect("it is JSON");
    let findings = manifest["tilesets"].as_array().into_iter().flatten().find(|tileset| tileset["id"] == "findings");
    let detail = findings.and_then(|findings| findings["detail_zoom"].as_u64()).expect("it says where parcels begin");

    let server = Tuban::at(&city).args(["serve", "."]).serve();
    let tilejson = server.json("/findings");
    let zoom = |value: &Value| value.as_u64().unwrap_or_else(|| panic!("no zoom in {tilejson}"));
    assert_eq!(zoom(&tilejson["detail_zoom"]), detail);
    let layers = tilejson["vector_layers"].as_array().expect("a TileJSON lists its layers");
    let zooms = |id: &str| {
        let layer = layers.iter().find(|layer| layer["id"] == id).unwrap_or_else(|| panic!("no layer {id}"));
        (zoom(&layer["minzoom"]), zoom(&layer["maxzoom"]))
    };
    assert_eq!(zooms("cells"), (zoom(&tilejson["minzoom"]), detail - 1));
    assert_eq!(zooms("parcels"), (detail, zoom(&tilejson["maxzoom"])));
    // What is few is drawn at every zoom.
    assert_eq!(zooms("parks").0, zoom(&tilejson["minzoom"]));

    let intensity = server.json("/stats/intensity");
    let overview = server.json("/stats/overview");
    for zoom in zoom(&tilejson["minzoom"])..detail {
        let sums = sums(&server, &tilejson, zoom as u32);
        let all = overview["rows"].as_array().into_iter().flatten().find(|row| row["key"] == "all").expect("a total");
        assert_eq!(sums.get("count").copied(), all["count"].as_f64(), "zoom {zoom}");
        for row in intensity["rows"].as_array().expect("the classes") {
            let (class, hectares) =
                (row["key"].as_str().unwrap_or_default(), row["area_ha"].as_f64().expect("hectares"));
            let sum = sums.get(&format!("intensity_{class}")).copied().unwrap_or_default();
            assert!(
                (sum - hectares).abs() <= 5.1e-5,
                "zoom {zoom}: class {class}: {sum} in cells, {hectares} in the table"
            );
        }
    }
    server.stop();
}
