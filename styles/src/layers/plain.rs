//! Layers of which only the kind of geometry is known.

use serde_json::{Value, json};

use ::layers::GeometryKind;

use crate::palette::{Colour, Scheme};
use crate::style_layer::{StyleLayer, by_zoom};

/// How much of a polygon's colour fills it.
pub(crate) const FILL_OPACITY: f64 = 0.35;

/// Fill and outline, line, or circle, in one colour; a layer of mixed kinds gets all three, each
/// for its own kind.
pub(crate) fn by_kind(
    tileset: &str,
    layer: &str,
    kind: GeometryKind,
    colour: Colour,
    scheme: &Scheme,
) -> Vec<StyleLayer> {
    let id = |part: &str| format!("{tileset}/{layer}/{part}");
    let fill = StyleLayer::fill(id("fill"), layer)
        .paint("fill-color", json!(colour))
        .paint("fill-opacity", json!(FILL_OPACITY));
    let line = StyleLayer::line(id("line"), layer)
        .paint("line-color", json!(colour))
        .paint("line-width", by_zoom(&[(8.0, 0.6), (14.0, 1.4), (18.0, 2.4)]));
    let circle = StyleLayer::circle(id("circle"), layer)
        .paint("circle-color", json!(colour))
        .paint("circle-radius", by_zoom(&[(8.0, 2.0), (14.0, 4.0), (18.0, 7.0)]))
        .paint("circle-stroke-color", json!(scheme.halo))
        .paint("circle-stroke-width", json!(1));
    match kind {
        GeometryKind::Polygon => vec![fill, line],
        GeometryKind::Line => vec![line],
        GeometryKind::Point => vec![circle],
        GeometryKind::Mixed => vec![
            fill.filter(of_type("Polygon")),
            line.filter(json!(["!=", ["geometry-type"], "Point"])),
            circle.filter(of_type("Point")),
        ],
    }
}

fn of_type(geometry: &str) -> Value {
    json!(["==", ["geometry-type"], geometry])
}
