//! The map says what the tables say: every class has the same hectares in the tiles, in the findings
//! GeoPackage and in the statistics, and no feature is missing at any zoom.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use geo::{Area, MultiPolygon, unary_union};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::tile::{self, TileFeature};
use tests::{Server, Tuban, gpkg, node};

use crate::city::{self, demo, folder};

/// Every feature of every layer of a tileset at one zoom, once each: layer, then id.
type Features = BTreeMap<String, BTreeMap<u64, TileFeature>>;

/// A class attribute of a tile layer and the table that adds it up.
struct Theme {
    layer: &'static str,
    attribute: &'static str,
    table: &'static str,
    /// Where in the table the classes stand.
    rows: &'static str,
    /// What one counts of it.
    counts: Counts,
}

enum Counts {
    /// Features.
    Features,
    /// Patches that have features of the class: two pieces of a patch count once.
    Patches,
    /// The table counts something that the tiles do not show.
    Nothing,
}

const THEMES: [Theme; 20] = [
    Theme { layer: "parcels", attribute: "far_class", table: "far", rows: "rows", counts: Counts::Features },
    Theme { layer: "parcels", attribute: "density_class", table: "density", rows: "rows", counts: Counts::Features },
    Theme { layer: "parcels", attribute: "intensity", table: "intensity", rows: "rows", counts: Counts::Features },
    Theme { layer: "parcels", attribute: "conflict", table: "conformity", rows: "rows", counts: Counts::Features },
    Theme { layer: "parcels", attribute: "zone", table: "zones", rows: "rows", counts: Counts::Features },
    Theme { layer: "parcels", attribute: "park", table: "overview", rows: "rows", counts: Counts::Features },
    Theme { layer: "labels", attribute: "intensity", table: "intensity", rows: "rows", counts: Counts::Features },
    Theme { layer: "changes", attribute: "change", table: "changes", rows: "rows", counts: Counts::Nothing },
    Theme { layer: "conflicts", attribute: "type", table: "conflicts", rows: "rows", counts: Counts::Patches },
    // No patch of the demo city lies across the control line: a piece is a feature.
    Theme { layer: "approvals", attribute: "approved", table: "approval", rows: "rows", counts: Counts::Features },
    Theme { layer: "marginal", attribute: "kind", table: "marginal", rows: "rows", counts: Counts::Features },
    Theme { layer: "marginal", attribute: "use", table: "marginal", rows: "of_which", counts: Counts::Features },
    Theme { layer: "conflicts", attribute: "mandatory", table: "conflicts", rows: "of_which", counts: Counts::Nothing },
    Theme { layer: "parcels", attribute: "idle", table: "idle", rows: "total", counts: Counts::Features },
    Theme { layer: "parcels", attribute: "low", table: "low", rows: "total", counts: Counts::Features },
    Theme { layer: "labels", attribute: "low", table: "low", rows: "total", counts: Counts::Features },
    Theme { layer: "parcels", attribute: "disposal", table: "disposal", rows: "rows", counts: Counts::Features },
    Theme { layer: "labels", attribute: "disposal", table: "disposal", rows: "rows", counts: Counts::Features },
    Theme { layer: "parcels", attribute: "permit_new", table: "permit_new", rows: "rows", counts: Counts::Features },
    Theme { layer: "parcels", attribute: "permit_ext", table: "permit_ext", rows: "rows", counts: Counts::Features },
];

/// What the rows of a table call a class of tiles.
fn key_of(theme: &Theme, class: &str) -> String {
    match (theme.attribute, class) {
        ("mandatory", "true") => "mandatory".to_owned(),
        ("mandatory", "false") => "non_mandatory".to_owned(),
        ("approved", "true") => "approved".to_owned(),
        ("approved", "false") => "missing".to_owned(),
        // A table of what is idle or low has nothing of what is not.
        ("idle" | "low", "true") => "total".to_owned(),
        _ => class.to_owned(),
    }
}

/// The rows of a table in which a theme's classes stand.
fn rows_of<'t>(theme: &Theme, table: &'t Value) -> Vec<&'t Value> {
    match &table[theme.rows] {
        Value::Array(rows) => rows.iter().collect(),
        row => vec![row],
    }
}

fn zooms(tilejson: &Value) -> std::ops::RangeInclusive<u32> {
    let zoom = |name: &str| tilejson[name].as_u64().expect("a TileJSON has its zooms") as u32;
    zoom("minzoom")..=zoom("maxzoom")
}

/// Fetches and decodes a whole zoom; checks the form of every tile on the way.
fn features(server: &Server, tilejson: &Value, zoom: u32) -> Features {
    let mut all = Features::new();
    for (x, y) in tile::covering(tilejson, zoom) {
        let place = format!("/findings/{zoom}/{x}/{y}");
        let answer = server.get(&place);
        if answer.status == 204 {
            continue;
        }
        assert_eq!(answer.status, 200, "{place}: {}", answer.text());
        for layer in tile::decode(&answer.bytes()) {
            assert_eq!(layer.version, 2, "{place}");
            for feature in layer.features {
                let id = feature.id.unwrap_or_else(|| panic!("{place}: a feature of {} has no id", layer.name));
                assert!(id < 1 << 53, "{place}: {id} is more than JavaScript holds");
                let flaw = feature.flaw();
                assert!(
                    flaw.is_none(),
                    "{place}: {} {id}: {}: {:?}",
                    layer.name,
                    flaw.unwrap_or_default(),
                    feature.paths
                );
                let same = all.entry(layer.name.clone()).or_default().entry(id).or_insert_with(|| feature.clone());
                assert_eq!(same.attributes, feature.attributes, "{place}: {} {id} differs between tiles", layer.name);
            }
        }
    }
    all
}

fn area(feature: &BTreeMap<String, Value>) -> f64 {
    feature.get("area_ha").and_then(Value::as_f64).expect("a thematic feature has an area")
}

/// Features and hectares of every class of a theme; `None` is what was not assessed.
fn sums<'f>(
    theme: &Theme,
    features: impl Iterator<Item = &'f BTreeMap<String, Value>>,
) -> BTreeMap<Option<String>, (u64, f64)> {
    let mut sums: BTreeMap<Option<String>, (u64, f64)> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for feature in features {
        let class = feature.get(theme.attribute).map(|value| match value {
            Value::String(text) => text.clone(),
            // SQLite has no booleans.
            Value::Number(number) if ["mandatory", "approved", "idle", "low"].contains(&theme.attribute) => {
                (number.as_i64() == Some(1)).to_string()
            }
            other => other.to_string(),
        });
        let (count, hectares) = sums.entry(class.clone()).or_default();
        let patch = feature.get("parcel").map(Value::to_string);
        let is_new = !matches!(theme.counts, Counts::Patches) || seen.insert((class, patch));
        *count += u64::from(is_new);
        *hectares += area(feature);
    }
    sums
}

/// The tables of a generation as they were measured, unrounded.
fn statistics(generation: &Path) -> Value {
    let text = std::fs::read(generation.join("stats.json")).expect("a generation has its statistics");
    serde_json::from_slice(&text).expect("statistics are JSON")
}

#[test]
fn the_deepest_zoom_sums_to_the_tables_and_to_the_findings() {
    let server = demo().serve();
    let tilejson = server.json("/findings");
    let deepest = *zooms(&tilejson).end();
    assert!(deepest >= 16, "patches need zoom 16, the deepest is {deepest}");
    let drawn = features(&server, &tilejson, deepest);
    let by_node = node::run("decode.mjs", [server.url("/findings"), deepest.to_string()], &Value::Null);
    let statistics = statistics(&demo().generation);
    let mut compared = 0;
    for theme in &THEMES {
        let name = format!("{}.{}", theme.layer, theme.attribute);
        let layer = drawn.get(theme.layer).unwrap_or_else(|| panic!("the tiles have no layer {}", theme.layer));
        let in_tiles = sums(theme, layer.values().map(|feature| &feature.attributes));
        let rows = gpkg::rows(&demo().generation.join("findings.gpkg"), theme.layer);
        let in_findings = sums(theme, rows.iter().map(|row| &row.values));
        assert_eq!(in_tiles.keys().collect::<Vec<_>>(), in_findings.keys().collect::<Vec<_>>(), "{name}");

        let tables = statistics["tables"].as_array().expect("there are tables");
        let table = tables.iter().find(|table| table["table"] == theme.table).expect("the table is there");
        let served = server.json(&format!("/stats/{}", theme.table));
        for (class, (count, hectares)) in &in_tiles {
            let (found_count, found_hectares) = in_findings[class];
            assert!(
                (hectares - found_hectares).abs() < 1e-6,
                "{name} {class:?}: {hectares}, findings {found_hectares}"
            );
            assert_eq!(*count, found_count, "{name} {class:?}");

            let in_node = &by_node[theme.layer][theme.attribute][class.as_deref().unwrap_or("null")];
            let node_hectares = in_node["area_ha"].as_f64().unwrap_or(f64::NAN);
            assert!((hectares - node_hectares).abs() < 1e-6, "{name} {class:?}: {hectares}, by node {in_node}");

            let row = |table: &Value| match class {
                Some(class) => {
                    let key = key_of(theme, class);
                    rows_of(theme, table).into_iter().find(|row| row["key"] == key).cloned()
                }
                // A patch in no park is in no row of the overview but its first.
                None if theme.attribute == "park" => None,
                // Without a permit at stake the attribute is absent, as it is where nothing is known.
                None if theme.attribute.starts_with("permit") => {
                    rows_of(theme, table).into_iter().find(|row| row["key"] == "none").cloned()
                }
                None => Some(table["not_assessed"].clone()),
            };
            let Some(measured) = row(table) else {
                let is_elsewhere = class.is_none() && theme.attribute == "park";
                let is_not = theme.rows == "total" && class.as_deref() == Some("false");
                assert!(is_elsewhere || is_not, "{name}: no row for {class:?} in {table}");
                continue;
            };
            let total = measured["area_ha"].as_f64().unwrap_or(f64::NAN);
            assert!((hectares - total).abs() < 1e-6, "{name} {class:?}: {hectares}, table {total}");
            let answered = row(&served).map_or(f64::NAN, |row| row["area_ha"].as_f64().unwrap_or(f64::NAN));
            assert!((hectares - answered).abs() <= 5.1e-5, "{name} {class:?}: {hectares}, served {answered}");
            if !matches!(theme.counts, Counts::Nothing) {
                assert_eq!(measured["count"].as_u64(), Some(*count), "{name} {class:?}");
            }
            compared += 1;
        }
        // And no class of the table with land in it is missing from the map.
        for row in rows_of(theme, table) {
            let key = row["key"].as_str().unwrap_or_default();
            let is_drawn = in_tiles.keys().flatten().any(|class| key_of(theme, class) == key);
            let is_whole = theme.table == "overview" && key == "all";
            let is_absent = theme.attribute.starts_with("permit") && key == "none";
            assert!(
                is_drawn || is_whole || is_absent || row["area_ha"] == 0.0,
                "{name}: {key} is in the table, not on the map"
            );
        }
    }
    assert!(compared >= 50, "only {compared} classes were compared");
    server.stop();
}

#[test]
fn no_feature_is_lost_at_any_zoom() {
    let server = demo().serve();
    let tilejson = server.json("/findings");
    assert!(*zooms(&tilejson).start() <= 10, "patches are shown from zoom 10: {tilejson}");
    let names: Vec<String> = tilejson["vector_layers"]
        .as_array()
        .expect("a TileJSON lists its layers")
        .iter()
        .filter_map(|layer| layer["id"].as_str().map(str::to_owned))
        .collect();
    let findings = demo().generation.join("findings.gpkg");
    for zoom in zooms(&tilejson) {
        let drawn = features(&server, &tilejson, zoom);
        assert_eq!(drawn.keys().collect::<BTreeSet<_>>(), names.iter().collect::<BTreeSet<_>>(), "zoom {zoom}");
        for name in &names {
            let rows = gpkg::rows(&findings, name);
            let expected: BTreeSet<u64> = rows.iter().map(|row| row.id).collect();
            assert_eq!(expected.len(), rows.len(), "ids of {name} are not unique");
            let found: BTreeSet<u64> = drawn[name].keys().copied().collect();
            let lost: Vec<_> = expected.difference(&found).collect();
            assert!(lost.is_empty(), "zoom {zoom}: {name} has lost {} of {}: {lost:?}", lost.len(), rows.len());
            assert!(found.is_subset(&expected), "zoom {zoom}: {name} shows what the findings do not have");
        }
    }
    server.stop();
}

#[test]
fn parcels_do_not_overlap_where_they_are_drawn_to_scale() {
    let server = demo().serve();
    let tilejson = server.json("/findings");
    for zoom in 13..=*zooms(&tilejson).end() {
        for (x, y) in tile::covering(&tilejson, zoom) {
            let layers = tile::decode(&server.get(&format!("/findings/{zoom}/{x}/{y}")).bytes());
            let Some(parcels) = layers.into_iter().find(|layer| layer.name == "parcels") else { continue };
            let polygons = parcels.features.iter().map(|feature| feature.polygons().expect("sound polygons"));
            let polygons: Vec<MultiPolygon<f64>> = polygons.collect();
            let each: f64 = polygons.iter().map(Area::unsigned_area).sum();
            let together = unary_union(&polygons).unsigned_area();
            // The smallest overlap of two polygons with whole coordinates is no smaller than this.
            assert!((each - together).abs() < 0.01, "{zoom}/{x}/{y}: {each} apart, {together} together");
        }
    }
    server.stop();
}

#[test]
fn tiles_carry_the_attributes_and_types_that_the_tilejson_lists() {
    let server = demo().serve();
    let tilejson = server.json("/findings");
    let drawn = features(&server, &tilejson, *zooms(&tilejson).end());
    for layer in tilejson["vector_layers"].as_array().expect("a TileJSON lists its layers") {
        let name = layer["id"].as_str().expect("a layer has an id");
        let fields = layer["fields"].as_object().expect("a layer lists its fields");
        let rows = gpkg::rows(&demo().generation.join("findings.gpkg"), name);
        let of: BTreeMap<u64, &gpkg::Row> = rows.iter().map(|row| (row.id, row)).collect();
        for (id, feature) in &drawn[name] {
            for (attribute, value) in &feature.attributes {
                let declared = fields.get(attribute).and_then(Value::as_str);
                let declared = declared.unwrap_or_else(|| panic!("{name}.{attribute} is not among {fields:?}"));
                let fits = match value {
                    Value::Bool(_) => declared.contains("oolean"),
                    Value::Number(_) => declared.contains("umber"),
                    _ => declared.contains("tring"),
                };
                assert!(fits, "{name}.{attribute} is declared {declared} and is {value}");
                // SQLite has no booleans; everything else is the same number or text.
                let found = &of[id].values[attribute];
                let same = match value {
                    Value::Bool(truth) => *found == json!(i64::from(*truth)) || found == value,
                    Value::Number(number) => number.as_f64() == found.as_f64(),
                    _ => found == value,
                };
                assert!(same, "{name} {id}: {attribute} is {value} in tiles and {found} in the findings");
            }
            assert_eq!(feature.attributes.len(), of[id].values.len(), "{name} {id}: what is not null is in the tile");
        }
    }
    server.stop();
}

#[test]
fn gdal_decodes_the_same_features() {
    let server = demo().serve();
    let tilejson = server.json("/findings");
    let folder = folder("gdal-tile");
    let (x, y) = tile::middle(&tilejson, 13);
    let bytes = server.get(&format!("/findings/13/{x}/{y}")).bytes();
    let file = folder.join("tile.mvt");
    std::fs::write(&file, &bytes).expect("a file can be written");
    let place = ["-oo", &format!("X={x}"), "-oo", &format!("Y={y}"), "-oo", "Z=13"];
    let output = Command::new("ogrinfo").args(["-ro", "-al", "-so"]).arg(&file).args(place).output();
    let output = output.expect("ogrinfo runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !text.contains("Warning") && !text.contains("ERROR"), "{text}");
    let layers = tile::decode(&bytes);
    assert!(layers.iter().any(|layer| layer.name == "parcels"), "the tile in the middle has parcels");
    for layer in layers {
        let (_, part) = text.split_once(&format!("Layer name: {}\n", layer.name)).expect("GDAL lists the layer");
        let counted = format!("Feature Count: {}\n", layer.features.len());
        assert!(part.split("Layer name:").next().is_some_and(|part| part.contains(&counted)), "{text}");
    }
    server.stop();
}

/// Every file below a folder with its hash, by its path in it.
fn hashes(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(here) = waiting.pop() {
        for entry in std::fs::read_dir(&here).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
                continue;
            }
            let hash = Sha256::digest(std::fs::read(&path).expect("a file"));
            let name = path.strip_prefix(folder).expect("it lies in the folder").to_string_lossy().into_owned();
            found.insert(name, hash.iter().map(|byte| format!("{byte:02x}")).collect());
        }
    }
    found
}

#[test]
fn the_same_sources_make_the_same_bytes_on_any_number_of_threads_and_in_any_folder() {
    let elsewhere = folder("四个线程");
    Tuban::at(&elsewhere).args(["demo", "."]).run().good();
    Tuban::at(&elsewhere).env("RAYON_NUM_THREADS", "4").args(["build", "."]).run().good();
    let one = folder("one-thread");
    Tuban::at(&one).args(["demo", "."]).run().good();
    Tuban::at(&one).env("RAYON_NUM_THREADS", "1").args(["build", "."]).run().good();
    let current = |folder: &Path| {
        let generations = folder.join("generations");
        let current = std::fs::read_to_string(generations.join("current")).expect("a generation is current");
        (current.trim().to_owned(), hashes(&generations.join(current.trim())))
    };
    let (id, files) = current(&one);
    let (id_elsewhere, files_elsewhere) = current(&elsewhere);
    assert_eq!(id, id_elsewhere);
    assert!(files.keys().any(|name| name.ends_with(".pmtiles")), "{files:?}");
    assert_eq!(files, files_elsewhere);
}

#[test]
fn ids_stay_when_another_parcel_goes() {
    let folder = folder("one-parcel-less");
    Tuban::at(&folder).args(["demo", "."]).run().good();
    let keys: BTreeMap<String, u64> = gpkg::rows(&demo().generation.join("findings.gpkg"), "parcels")
        .iter()
        .map(|row| (row.values["key"].as_str().expect("a key is text").to_owned(), row.id))
        .collect();
    let gone = keys.keys().next().expect("there are parcels");
    // Its approvals go with it.
    assert!(gpkg::delete_where_any_column_is(&folder, gone) > 0, "no row of the demo city has the key {gone}");
    Tuban::at(&folder).args(["build", "."]).run().good();
    let generation = city::current(&folder);
    let rows = gpkg::rows(&generation.join("findings.gpkg"), "parcels");
    assert_eq!(rows.len(), keys.len() - 1);
    for row in rows {
        let key = row.values["key"].as_str().expect("a key is text");
        assert_eq!(keys[key], row.id, "{key} has another id now");
    }
}
