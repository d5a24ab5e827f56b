//! The viewer in a real browser, on a desk and on a phone.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tests::gpkg::{self, Table, text};
use tests::{Server, Tuban, node, repository};

use crate::api::STYLES;
use crate::city::{demo, folder};

const DESKTOP: &str = "1280x800";
const PHONE: &str = "390x844";

/// Opens the viewer of a server; nothing on the console, nothing failed, nothing from elsewhere.
fn look(what: &str, server: &Server, size: &str, output: &str) -> Value {
    let output = repository().join("tests/output").join(output);
    let arguments = [what.into(), server.url("/").into(), size.into(), output.into_os_string()];
    let seen = node::run("viewer.mjs", arguments, &Value::Null);
    for silence in ["console", "failed", "elsewhere"] {
        assert_eq!(seen[silence], Value::Array(Vec::new()), "{size} {silence}: {seen:#}");
    }
    assert_eq!(seen["overflow"], 0, "{size}: the page scrolls sideways");
    assert_eq!(seen["scale"].as_array().map(Vec::len), Some(1), "{size}: one scale bar");
    seen
}

/// A number as the page writes it: `1,234.56`.
fn number(text: &Value) -> Option<f64> {
    text.as_str()?.split_whitespace().next()?.replace(',', "").parse().ok()
}

fn legends_are_right(server: &Server, seen: &Value) {
    assert_eq!(seen["offered"], Value::from(STYLES.to_vec()));
    for style in STYLES {
        let shown = &seen["styles"][style];
        assert!(shown["parcels"].as_u64() > Some(50), "{style}: {} parcels are drawn", shown["parcels"]);
        assert!(shown["colours"].as_u64() > Some(5), "{style}: the map has {} colours", shown["colours"]);
        let hash = shown["hash"].as_str().unwrap_or_default();
        assert!(hash.contains(style), "{style} is not in the address {hash}");
        let legend = server.json(&format!("/legend/{style}"));
        let listed = |name: &str| legend[name].as_array().cloned().unwrap_or_default();
        let entries: Vec<Value> = listed("entries").into_iter().chain(listed("breakdown")).collect();
        let rows = shown["legend"].as_array().expect("the page shows a legend");
        assert!(rows.len() >= 2, "{style}: {rows:?}");
        for row in rows {
            let same = entries.iter().filter(|entry| entry["key"] == row["key"]);
            let fits = |entry: &Value| {
                let count = entry["count"].as_f64();
                let area = entry["area_ha"].as_f64();
                let written = number(&row["area"]);
                number(&row["count"]) == count
                    && area.is_some() == written.is_some()
                    && area.zip(written).is_none_or(|(area, written)| (area - written).abs() < 0.005_000_1)
            };
            assert!(same.into_iter().any(fits), "{style}: {row} is not in the legend of the server");
        }
    }
}

fn card_is_right(server: &Server, seen: &Value) {
    let key = seen["target"]["key"].as_str().unwrap_or_else(|| panic!("no parcel to click: {seen:#}"));
    let encoded: String = key.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let parcel = server.json(&format!("/parcels/{encoded}"));
    let attributes = &parcel["attributes"];
    let codes = server.json("/codes");
    let label = |list: &str, language: &str| -> Option<String> {
        let code = match &attributes[list] {
            Value::Null => return None,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let list = codes["lists"].as_array()?.iter().find(|known| known["id"] == list)?;
        let code = list["codes"].as_array()?.iter().find(|known| known["code"] == code.as_str())?;
        Some(code["label"][language].as_str()?.to_owned())
    };
    for language in ["zh", "en"] {
        let card = &seen["card"][language];
        let text = card["text"].as_str().unwrap_or_default();
        assert!(text.contains(key), "{language}: the card does not name {key}: {text}");
        let findings = &card["findings"];
        let area = attributes["area_ha"].as_f64().expect("a parcel has an area");
        let shown = number(&findings["area_ha"]).expect("the card shows the area");
        assert!((shown - area).abs() < 0.005_000_1, "{language}: {shown}, not {area}");
        for finding in ["intensity", "conflict", "zone"] {
            let shown = findings[finding].as_str().unwrap_or_default();
            let expected =
                label(finding, language).unwrap_or_else(|| panic!("{finding} of {key} has no label: {parcel}"));
            assert!(shown.contains(&expected), "{language} {finding}: {shown:?}, not {expected:?}");
        }
        let far = number(&findings["far"]).expect("the card shows the floor area ratio");
        assert!((far - attributes["far"].as_f64().expect("a number")).abs() < 0.005_000_1, "{language}: {findings}");
    }
    assert_eq!((&seen["language"], &seen["languageAfter"]), (&"zh-CN".into(), &"en".into()));
    assert_ne!(seen["card"]["zh"]["panel"], seen["card"]["en"]["panel"], "the panel speaks the other language too");
    assert_eq!(seen["shared"]["place"]["parcel"], key, "the address opens the same card elsewhere: {}", seen["shared"]);
    for member in ["style", "language"] {
        assert_eq!(seen["shared"]["place"][member], seen["place"][member], "{}", seen["shared"]);
    }
}

#[test]
fn the_viewer_shows_every_map_with_legend_and_card_on_a_desk() {
    let server = demo().serve();
    let seen = look("themes", &server, DESKTOP, "viewer");
    legends_are_right(&server, &seen);
    card_is_right(&server, &seen);
    let note = seen["note"].as_str().unwrap_or_default().to_owned() + seen["title"].as_str().unwrap_or_default();
    assert!(note.contains("虚构"), "the page says that the city is invented: {note}");
    server.stop();
}

#[test]
fn the_viewer_shows_every_map_with_legend_and_card_on_a_phone() {
    let server = demo().serve();
    let seen = look("themes", &server, PHONE, "viewer");
    legends_are_right(&server, &seen);
    card_is_right(&server, &seen);
    server.stop();
}

#[test]
fn any_geopackage_is_a_map_with_a_list_of_its_tables() {
    let home = folder("viewer-files");
    let mut table = Table::new("宗地 <b>表</b>", &[("名称", "TEXT"), ("面积", "REAL")]);
    for place in 0..40 {
        table = table.square(place, [text(&format!("<img src=x onerror=alert(1)> {place}")), 1.5.into()]);
    }
    let second = Table::new("second", &[("n", "INTEGER")]).square(3, [1.into()]);
    let file = gpkg::write(&home.join("地块.gpkg"), &[table, second]);
    let server = Tuban::at(&home).arg("serve").arg(&file).serve();
    for size in [DESKTOP, PHONE] {
        let seen = look("files", &server, size, "files");
        let panel = seen["panel"].as_str().unwrap_or_default();
        for word in ["地块", "宗地 <b>表</b>", "second", "40"] {
            assert!(panel.contains(word), "{size}: no {word} in {panel}");
        }
        assert!(seen["rendered"].as_u64() >= Some(40), "{size}: {} features are drawn", seen["rendered"]);
        assert!(seen["colours"].as_u64() > Some(2), "{size}: the map has {} colours", seen["colours"]);
    }
    server.stop();
}

/// Rows of a legend as a page shows them are these sums of the server.
fn rows_are(shown: &Value, totals: &Value, what: &str) {
    let rows = shown["rows"].as_array().expect("the page shows a legend");
    let known = totals["rows"].as_array().expect("the server has rows");
    assert_eq!(rows.len(), 5, "{what}: {rows:?}");
    for row in rows {
        // A page writes every key as text.
        let is_same = |known: &&Value| {
            let key = known["key"].to_string();
            row["key"] == key
        };
        let found = known.iter().find(is_same);
        let sum = |name: &str| found.and_then(|found| found[name].as_f64()).unwrap_or_default();
        assert_eq!(number(&row["count"]), Some(sum("count")), "{what}: {row} {found:?}");
        let area = number(&row["area"]).expect("a row has hectares");
        assert!((area - sum("area_ha")).abs() < 0.005_000_1, "{what}: {row} {found:?}");
    }
}

fn total_is(shown: &Value, total: &Value, what: &str) {
    let area = total["area_ha"].as_f64().expect("a total has hectares");
    assert_eq!(number(&shown["total"]["count"]), total["count"].as_f64(), "{what}: {shown}");
    let written = number(&shown["total"]["area"]).expect("the page shows hectares");
    assert!((written - area).abs() < 0.005_000_1, "{what}: {written}, not {area}");
}

/// Northing and easting of the three-degree zone around 117° E (EPSG:4527), by GDAL.
fn by_gdal(place: &Value) -> (f64, f64) {
    let mut command = Command::new("gdaltransform");
    command.args(["-s_srs", "EPSG:4490", "-t_srs", "EPSG:4527", "-output_xy"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("gdaltransform runs");
    let mut input = child.stdin.take().expect("the pipe was asked for");
    writeln!(input, "{} {}", place[0], place[1]).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    (numbers[1], numbers[0])
}

fn coordinates_are_right(seen: &Value) {
    let text = seen["status"].as_str().expect("the page says where the pointer is");
    let numbers: Vec<f64> = text.split([' ', ',', '\n']).filter_map(|part| part.parse().ok()).collect();
    let (north, east) = by_gdal(&seen["pointer"]);
    let expected =
        [seen["pointer"][0].as_f64().unwrap_or_default(), seen["pointer"][1].as_f64().unwrap_or_default(), north, east];
    assert_eq!(numbers.len(), 4, "{text}");
    for ((shown, expected), off) in numbers.iter().zip(expected).zip([1e-6, 1e-6, 0.006, 0.006]) {
        assert!((shown - expected).abs() < off, "{text}: {shown}, not {expected}");
    }
}

fn functions_are_right(size: &str) {
    let server = demo().serve();
    let output = repository().join("tests/output/functions");
    let arguments = [server.url("/").into(), size.into(), output.into_os_string()];
    let seen = node::run("functions.mjs", arguments, &Value::Null);
    for silence in ["console", "failed", "elsewhere", "axe"] {
        assert_eq!(seen[silence], Value::Array(Vec::new()), "{size} {silence}: {seen:#}");
    }
    assert_eq!(seen["overflow"], 0, "{size}: the page scrolls sideways");

    // The legend filters, adds up what is shown, and no tile is fetched again for it.
    let totals = |query: &str| server.json(&format!("/totals/parcels?by=intensity&{query}"));
    rows_are(&seen["all"], &totals(""), "everything");
    total_is(&seen["all"], &totals("")["total"], "everything");
    rows_are(&seen["filtered"], &totals(""), "classes that are left out keep their sums");
    total_is(&seen["filtered"], &totals("where=intensity:2")["total"], "one class");
    assert_eq!((&seen["all"]["classes"], &seen["filtered"]["classes"]), (&[1, 2, 3, 4, 5].into(), &[2].into()));
    let table = server.json("/stats/intensity");
    total_is(&seen["all"], &table["total"], "the table");
    total_is(&seen["filtered"], &table["rows"][1], "the table's row");
    assert_eq!(seen["filtered"]["pressed"], "true");
    assert_eq!(seen["tilesForStyleAndFilter"], 0, "a style and a filter need no tile anew");
    rows_are(&seen["wholeView"], &totals(""), "a view of everything");
    let view: Vec<String> =
        seen["parkView"]["bounds"].as_array().expect("a view").iter().map(Value::to_string).collect();
    let view = totals(&format!("bbox={}", view.join(",")));
    rows_are(&seen["parkView"], &view, "the view of a park");
    assert!(view["total"]["count"].as_u64() < Some(571), "a park is not the city");
    assert_ne!(seen["cleared"]["classes"], seen["filtered"]["classes"]);

    assert!(seen["hit"].as_str().is_some_and(|hit| hit.contains("中小企业园")), "{}", seen["hit"]);
    let near = |value: &Value, expected: f64, off: f64| (value.as_f64().unwrap_or(f64::NAN) - expected).abs() < off;
    assert!(
        near(&seen["point"]["lon"], 116.08, 1e-6) && near(&seen["point"]["lat"], 43.935, 1e-6),
        "{}",
        seen["point"]
    );
    assert_eq!((&seen["compare"]["maps"], &seen["compare"]["share"]), (&2.into(), &"48".into()));

    // The drawn area: measured by the page as by the server, and checked by the server.
    let ring = seen["area"]["ring"].as_str().expect("the address has the area");
    let inside = server.json(&format!("/inside?ring={ring}"));
    let measured = number(&seen["area"]["measured"]).expect("the card measures");
    assert!(near(&inside["area_ha"], measured, 0.02), "{measured}, not {}", inside["area_ha"]);
    assert_eq!(seen["area"]["conformity"], inside["conformity"]["conflict"]);
    let layers = inside["layers"].as_array().expect("layers");
    let parcels = layers.iter().find(|layer| layer["layer"] == "parcels").expect("parcels");
    let held = format!("{:.2} 公顷", parcels["area_ha"].as_f64().expect("hectares"));
    assert!(seen["area"]["parcels"].as_str().is_some_and(|text| text.contains(&held)), "{held}: {}", seen["area"]);

    assert_eq!(seen["restored"], seen["place"], "an address restores everything");
    for member in ["style", "view", "filter", "compare", "scope", "area", "language"] {
        assert!(!seen["place"][member].is_null(), "{member} is in no address: {}", seen["place"]);
    }

    let why = &seen["why"];
    let steps = server.json(&format!("/parcels/{}/explain", why["key"].as_str().expect("a key")));
    let rules: Vec<&Value> = steps["steps"].as_array().expect("steps").iter().map(|step| &step["rule"]).collect();
    assert_eq!(why["rules"].as_array().map(|rules| rules.iter().collect()), Some(rules), "{why}");
    let sentence = steps["steps"][0]["sentence"]["zh"].as_str().expect("a sentence");
    assert!(why["text"].as_str().is_some_and(|text| text.contains(sentence)), "{sentence}: {why}");

    // On the parallel of the middle a degree of longitude has 80 260 m (Karney).
    let middles = seen["line"]["middles"].as_array().expect("two places");
    let degrees = middles[1][0].as_f64().zip(middles[0][0].as_f64()).map_or(f64::NAN, |(b, a)| b - a);
    let metres = number(&seen["line"]["text"]).expect("a length");
    assert!((metres / degrees - 80_260.0).abs() < 80.0, "{metres} m for {degrees}°");

    let table = &seen["table"];
    let numbers =
        |name: &str| -> Vec<f64> { table[name].as_array().expect("rows").iter().filter_map(number).collect() };
    let mut falling = numbers("areas");
    falling.sort_by(|a, b| b.total_cmp(a));
    assert_eq!((numbers("falling"), falling.len()), (falling, 5), "{table}");
    assert_eq!((&table["bars"], table["groups"].as_u64() > Some(1)), (&5.into(), true), "{table}");
    for file in table["files"].as_array().expect("two files") {
        let path = file.as_str().and_then(|url| url.strip_prefix(&server.url(""))).expect("a file of this server");
        assert_eq!(server.get(&format!("/{}", path.trim_start_matches('/'))).status, 200, "{file}");
    }

    let sheet = seen["sheet"]["text"].as_str().unwrap_or_default();
    for word in ["综合开发强度", "所示合计", "规则", "数据版本"] {
        assert!(sheet.contains(word), "no {word} on the sheet: {sheet}");
    }
    assert_eq!(seen["sheet"]["panel"], false, "paper has no panel");
    assert_eq!(seen["located"], true);
    let shade = |page: &str, address: Value| json!({ "page": page, "map": page, "address": address });
    let expected = json!([shade("dark", Value::Null), shade("light", "light".into()), shade("dark", Value::Null)]);
    assert_eq!(seen["shades"], expected, "the device's colours, unless somebody chose others");
    assert_eq!(seen["shadeSwitch"], json!(["深色", "浅色"]), "the switch says what it does, and keeps the focus");
    if size == DESKTOP {
        coordinates_are_right(&seen);
    }
    server.stop();
}

#[test]
fn every_function_of_the_viewer_works_on_a_desk() {
    functions_are_right(DESKTOP);
}

#[test]
fn every_function_of_the_viewer_works_on_a_phone() {
    functions_are_right(PHONE);
}

#[test]
fn the_first_map_asks_for_each_thing_once_and_for_no_other_style() {
    let server = demo().serve();
    let seen = node::run("speed.mjs", [server.url("/"), "1".into()], &Value::Null);
    let asked = seen["until_first_map"].as_array().expect("requests");
    let paths: Vec<&str> = asked.iter().filter_map(|request| request["path"].as_str()).collect();
    let mut once = paths.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), paths.len(), "something was asked for twice: {paths:#?}");
    let below = |folder: &str| paths.iter().filter(|path| path.starts_with(folder)).count();
    assert_eq!((below("/style/"), below("/legend/"), below("/font/")), (1, 1, 0), "{paths:#?}");
    let bytes = |tiles: bool| -> u64 {
        let of_kind = asked.iter().filter(|request| (request["kind"] == "tile") == tiles);
        of_kind.filter_map(|request| request["bytes"].as_u64()).sum()
    };
    // 20 requests and 400 kB, MapLibre 300 of them, beside 8 tiles with 330 kB, when this was written.
    let tiles = asked.iter().filter(|request| request["kind"] == "tile").count();
    assert!(asked.len() - tiles <= 22 && bytes(false) < 450_000, "{} bytes: {asked:#?}", bytes(false));
    assert!((1..=8).contains(&tiles) && bytes(true) < 400_000, "{} bytes: {asked:#?}", bytes(true));
    assert_eq!(seen["tiles_of_switches"], Value::Array(Vec::new()), "no style needs a tile anew");
    server.stop();
}

#[test]
fn what_cannot_be_had_is_said_and_asked_for_again() {
    let server = demo().serve();
    let seen = node::run("trouble.mjs", [server.url("/")], &Value::Null);
    let says = |what: &str, words: &str| seen[what]["message"].as_str().is_some_and(|message| message.contains(words));
    assert!(says("style", "服务器未能给出此内容"), "{seen}");
    assert_eq!((&seen["again"]["message"], &seen["again"]["state"]), (&json!(""), &json!("idle")), "{seen}");
    assert!(seen["again"]["drawn"].as_u64() > Some(500), "{seen}");
    assert!(says("code", "无法连接服务器") && seen["code"]["state"] == "error", "{seen}");
    assert!(says("webgl", "WebGL") && seen["webgl"]["legend"].as_u64() >= Some(1), "{seen}");
    server.stop();
}
