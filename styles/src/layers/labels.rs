//! Words on the map: patches and parks from their label points, one each whatever the tiles.

use serde_json::json;

use crate::look::{Class, Look};
use crate::style_layer::{StyleLayer, by_zoom, matching};

/// One stack for all text. MapLibre GL JS reads the names as font families of the device; a server
/// of glyph ranges takes each character from the first that has it.
pub const TEXT_FONTS: [&str; 4] = ["Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC"];

/// Names from zoom 14, from 15 the class, from 16 hectares, and keys where there is no name.
///
/// Each is a layer of its own: a converter that cannot round loses the area and keeps the name, and
/// long keys do not crowd out names. `attribute` is the one that the map shows.
pub(crate) fn labels(attribute: Option<&str>, look: &Look<'_>) -> Vec<StyleLayer> {
    let area = json!(["/", ["round", ["*", ["get", "area_ha"], 100]], 100]);
    let park = text("park-names", "park_labels", 11.0, look)
        .layout("text-field", json!(["get", "name"]))
        .layout("text-padding", json!(6))
        .layout("text-size", by_zoom(&[(12.0, 11.0), (16.0, 14.0)]))
        .paint("text-color", json!(look.scheme.park));
    let class = attribute.and_then(|attribute| class(attribute, look));
    // Below the class, where there is one.
    let line = if class.is_some() { 3.6 } else { 1.6 };
    let hectares = below("parcel-areas", 16.0, line, look)
        .filter(json!(["has", "area_ha"]))
        .layout("text-field", json!(["concat", ["to-string", area], " ha"]));
    let key = parcel("parcel-keys", 16.0, look)
        .filter(json!(["!", ["has", "name"]]))
        .layout("text-field", json!(["get", "key"]));
    let name =
        parcel("parcel-names", 14.0, look).filter(json!(["has", "name"])).layout("text-field", json!(["get", "name"]));
    [hectares].into_iter().chain(class).chain([key, name, park]).collect()
}

/// The class of a patch in words.
fn class(attribute: &str, look: &Look<'_>) -> Option<StyleLayer> {
    let classes = look.classes(attribute);
    let word = |class: &Class| {
        let code = class.code.parse::<i64>().map_or_else(|_| json!(class.code), |number| json!(number));
        (code, json!(look.language.word(&class.label)))
    };
    let words = matching(attribute, classes.iter().map(word), json!(""));
    let layer = below("parcel-classes", 15.0, 1.6, look);
    (!classes.is_empty()).then(|| layer.filter(json!(["has", attribute])).layout("text-field", words))
}

/// A line of small words so many lines below the middle of a patch.
fn below(id: &str, min_zoom: f64, lines: f64, look: &Look<'_>) -> StyleLayer {
    text(id, "labels", min_zoom, look)
        .layout("text-anchor", json!("top"))
        .layout("text-offset", json!([0, lines]))
        .layout("text-size", by_zoom(&[(15.0, 9.5), (18.0, 12.0)]))
        .paint("text-color", json!(look.scheme.ink))
}

fn parcel(id: &str, min_zoom: f64, look: &Look<'_>) -> StyleLayer {
    text(id, "labels", min_zoom, look)
        .layout("text-max-width", json!(8))
        .layout("text-padding", json!(6))
        .layout("text-size", by_zoom(&[(14.0, 10.5), (18.0, 14.0)]))
        .paint("text-color", json!(look.scheme.ink))
}

fn text(id: &str, source_layer: &str, min_zoom: f64, look: &Look<'_>) -> StyleLayer {
    StyleLayer::symbol(id, source_layer)
        .min_zoom(min_zoom)
        .layout("text-font", json!(TEXT_FONTS))
        .paint("text-halo-color", json!(look.scheme.halo))
        .paint("text-halo-width", json!(1.4))
}
