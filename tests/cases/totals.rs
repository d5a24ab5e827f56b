//! Totals, search and drawn areas: what the server adds up is what the tables say.

use serde_json::Value;
use tests::Server;

use crate::city::demo;

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn array<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// The row of a class among totals.
fn row<'t>(totals: &'t Value, class: &Value) -> Option<&'t Value> {
    let text = |key: &Value| key.as_str().map_or_else(|| key.to_string(), str::to_owned);
    array(totals, "rows").iter().find(|row| match class["value"].as_str() {
        None => row["key"].is_null(),
        Some(value) => !row["key"].is_null() && text(&row["key"]) == value,
    })
}

/// Every entry of every legend that says of which features it speaks, and its sum within `view`.
fn entries_and_sums(server: &Server, view: &str) -> Vec<(String, Value, Value)> {
    let mut all = Vec::new();
    for style in array(&server.json("/catalog"), "styles") {
        let id = style["id"].as_str().expect("a style has an id").to_owned();
        let legend = server.json(&format!("/legend/{id}"));
        for entry in array(&legend, "entries").iter().chain(array(&legend, "breakdown")) {
            let class = &entry["class"];
            let (Some(layer), false) = (class["layer"].as_str(), entry["area_ha"].is_null()) else { continue };
            let by = class["attribute"].as_str().map_or_else(String::new, |by| format!("by={by}&"));
            let also = class["where"].as_str().map_or_else(String::new, |also| format!("where={also}&"));
            let totals = server.json(&format!("/totals/{layer}?{by}{also}{view}"));
            let sum = if by.is_empty() { Some(&totals["total"]) } else { row(&totals, class) };
            let none = serde_json::json!({ "count": 0, "area_ha": 0.0 });
            all.push((id.clone(), entry.clone(), sum.cloned().unwrap_or(none)));
        }
    }
    all
}

#[test]
fn totals_of_everything_are_those_of_the_legends() {
    let server = demo().serve();
    for view in ["", "bbox=-180,-85,180,85"] {
        let entries = entries_and_sums(&server, view);
        assert!(entries.len() > 25, "{} entries", entries.len());
        for (style, entry, sum) in entries {
            let area = |value: &Value| value["area_ha"].as_f64().expect("hectares");
            assert!((area(&entry) - area(&sum)).abs() < 1e-9, "{style}: {entry} is {sum}");
            if !sum["count"].is_null() {
                assert_eq!(entry["count"], sum["count"], "{style}: {entry}");
            }
        }
    }
    server.stop();
}

#[test]
fn a_filter_leaves_what_the_breakdowns_say() {
    let server = demo().serve();
    let table = server.json("/stats/intensity?by=zone");
    for group in array(&table, "groups") {
        let zone = group["key"].as_str().expect("a group has a key");
        let value = if zone == "not_assessed" { "" } else { zone };
        let totals = server.json(&format!("/totals/parcels?by=intensity&where=zone:{value}"));
        assert_eq!(totals["total"]["count"], group["total"]["count"], "{zone}");
        for expected in array(group, "rows") {
            let found = row(&totals, &serde_json::json!({ "value": expected["key"] }));
            let area = found.map_or(0.0, |found| found["area_ha"].as_f64().expect("hectares"));
            assert!((area - expected["area_ha"].as_f64().expect("hectares")).abs() < 1e-9, "{zone}: {expected}");
        }
    }
    server.stop();
}

#[test]
fn a_view_holds_the_features_that_touch_it() {
    let server = demo().serve();
    let found = server.json(&format!("/search?q={}", encoded("中小企业园")));
    let park = &array(&found, "results")[0];
    let box_of_park: Vec<String> = array(park, "bounds").iter().map(Value::to_string).collect();
    let within = server.json(&format!("/totals/parcels?by=park&bbox={}", box_of_park.join(",")));
    let whole = server.json("/totals/parcels?by=park");
    let of_park = |totals: &Value| row(totals, &serde_json::json!({ "value": park["key"] })).cloned();
    assert!(of_park(&whole).is_some());
    assert_eq!(of_park(&within), of_park(&whole), "all of the park is in its box");
    assert!(within["total"]["count"].as_u64() < whole["total"]["count"].as_u64());
    let nowhere = server.json("/totals/parcels?bbox=0,0,1,1");
    assert_eq!((&nowhere["total"]["count"], &nowhere["total"]["area_ha"]), (&0.into(), &0.0.into()));
    server.stop();
}

#[test]
fn features_are_found_by_key_and_name() {
    let server = demo().serve();
    let labels = server.json("/inside?ring=115,43;117,43;117,45;115,45");
    let parcels = array(&labels, "layers").iter().find(|layer| layer["layer"] == "parcels").expect("there are parcels");
    let parcel = &array(parcels, "features")[0];
    for name in ["key", "name"] {
        let words = parcel[name].as_str().expect("it has both");
        let found = server.json(&format!("/search?q={}", encoded(words)));
        let is_it = |result: &Value| result["layer"] == "parcels" && result[name] == parcel[name];
        assert!(array(&found, "results").iter().take(20).any(is_it), "{words}: {found}");
    }
    let exact = server.json(&format!("/search?q={}", encoded(parcel["key"].as_str().expect("a key"))));
    assert_eq!(array(&exact, "results")[0]["key"], parcel["key"], "what is called exactly so comes first");
    assert_eq!(array(&server.json("/search?q=%25"), "results").len(), 0, "no wildcards");
    server.stop();
}

#[test]
fn an_area_around_everything_holds_everything() {
    let server = demo().serve();
    let inside = server.json("/inside?ring=115.5,43.5;116.5,43.5;116.5,44.5;115.5,44.5");
    for layer in array(&inside, "layers") {
        let name = layer["layer"].as_str().expect("a layer has a name");
        let totals = server.json(&format!("/totals/{name}"));
        let Some(whole) = totals["total"]["area_ha"].as_f64() else { continue };
        let held = layer["area_ha"].as_f64().expect("hectares");
        // Vertices of pieces are rounded to a micrometre, and each sum to a square metre.
        assert!((held - whole).abs() < 2e-3, "{name}: {held} of {whole}");
    }
    let conformity = &inside["conformity"];
    let parts = ["industrial_ha", "mandatory_ha", "non_mandatory_ha", "not_assessed_ha"];
    let sum: f64 = parts.iter().filter_map(|part| conformity[part].as_f64()).sum();
    let area = inside["area_ha"].as_f64().expect("hectares");
    assert!((sum - area).abs() < 4e-4, "the plan's parts are {sum} of {area}");
    assert_eq!(conformity["conflict"], "mandatory");
    server.stop();
}

#[test]
fn areas_side_by_side_hold_what_both_hold_together() {
    let server = demo().serve();
    let held = |ring: &str| {
        let inside = server.json(&format!("/inside?ring={ring}"));
        let parcels = array(&inside, "layers").iter().find(|layer| layer["layer"] == "parcels").cloned();
        (
            inside["area_ha"].as_f64().unwrap_or_default(),
            parcels.expect("parcels")["area_ha"].as_f64().unwrap_or_default(),
        )
    };
    let (west, east) = (
        held("116.10,43.92;116.115,43.92;116.115,43.945;116.10,43.945"),
        held("116.115,43.92;116.13,43.92;116.13,43.945;116.115,43.945"),
    );
    let both = held("116.10,43.92;116.13,43.92;116.13,43.945;116.10,43.945");
    assert!((west.0 + east.0 - both.0).abs() < 2e-4, "{west:?} {east:?} {both:?}");
    assert!((west.1 + east.1 - both.1).abs() < 2e-3, "{west:?} {east:?} {both:?}");
    assert!(west.1 > 1.0 && east.1 > 1.0);
    server.stop();
}
