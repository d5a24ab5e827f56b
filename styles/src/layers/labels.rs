//! Words on the map: patch names from their label points, park names along their boundaries.

use serde_json::{Value, json};

use crate::palette;
use crate::style_layer::{StyleLayer, by_zoom};

/// One stack for all text. MapLibre GL JS reads the names as font families of the device; a server
/// of glyph ranges takes the first that it has.
fn fonts() -> Value {
    json!(["Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC"])
}

/// Names from zoom 14; from zoom 16 hectares below them, and keys where there is no name.
///
/// Each is a layer of its own: a converter that cannot round loses the area and keeps the name, and
/// long keys do not crowd out names.
pub(crate) fn labels() -> Vec<StyleLayer> {
    let area = json!(["/", ["round", ["*", ["get", "area_ha"], 100]], 100]);
    let park = text("park-names", "parks", 12.0)
        .layout("text-field", json!(["get", "name"]))
        .layout("symbol-placement", json!("line"))
        .layout("symbol-spacing", json!(500))
        .layout("text-offset", json!([0, 0.9]))
        .layout("text-size", by_zoom(&[(12.0, 11.0), (16.0, 14.0)]))
        .paint("text-color", json!(palette::PARK));
    let hectares = text("parcel-areas", "labels", 16.0)
        .filter(json!(["has", "area_ha"]))
        .layout("text-field", json!(["concat", ["to-string", area], " ha"]))
        .layout("text-anchor", json!("top"))
        .layout("text-offset", json!([0, 1.6]))
        .layout("text-size", by_zoom(&[(16.0, 10.0), (18.0, 12.5)]))
        .paint("text-color", json!(palette::EDGE));
    let key =
        parcel("parcel-keys", 16.0).filter(json!(["!", ["has", "name"]])).layout("text-field", json!(["get", "key"]));
    let name = parcel("parcel-names", 14.0).filter(json!(["has", "name"])).layout("text-field", json!(["get", "name"]));
    vec![park, hectares, key, name]
}

fn parcel(id: &str, min_zoom: f64) -> StyleLayer {
    text(id, "labels", min_zoom)
        .layout("text-max-width", json!(8))
        .layout("text-padding", json!(6))
        .layout("text-size", by_zoom(&[(14.0, 10.5), (18.0, 14.0)]))
        .paint("text-color", json!(palette::INK))
}

fn text(id: &str, source_layer: &str, min_zoom: f64) -> StyleLayer {
    StyleLayer::symbol(id, source_layer)
        .min_zoom(min_zoom)
        .layout("text-font", fonts())
        .paint("text-halo-color", json!(palette::HALO))
        .paint("text-halo-width", json!(1.4))
}
