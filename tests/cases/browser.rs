//! The viewer in a real browser, on a desk and on a phone.

use serde_json::Value;
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
