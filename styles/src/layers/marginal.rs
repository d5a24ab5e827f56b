//! Small land that the plan cuts off patches: outlines, never thinner than can be seen. A piece of
//! 2000 m² is two pixels wide at zoom 11; its outline keeps it on the map.

use serde_json::json;

use crate::layers::parcels;
use crate::look::Look;
use crate::style_layer::{StyleLayer, by_text, by_zoom};

/// How much of a piece its own colour fills, so that it can be found and clicked.
pub(crate) const FILL_OPACITY: f64 = 0.25;

/// Pieces by how they lie among their neighbours, over pale patches.
pub(crate) fn marginal(look: &Look<'_>) -> Vec<StyleLayer> {
    let kinds = look.classes("marginal_kind");
    let colour = || by_text("kind", &kinds, look.scheme.not_assessed);
    let mut layers = parcels::pale(look);
    layers.extend([
        StyleLayer::fill("marginal", "marginal")
            .paint("fill-color", colour())
            .paint("fill-opacity", json!(FILL_OPACITY)),
        StyleLayer::line("marginal-edge", "marginal")
            .paint("line-color", colour())
            .paint("line-width", by_zoom(&[(10.0, 1.4), (13.0, 1.4), (16.0, 2.2), (18.0, 3.0)])),
    ]);
    layers
}
