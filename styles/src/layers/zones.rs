//! Industrial zones: a wash over the ground, the patches in full colour on it.

use serde_json::json;

use crate::layers::parcels;
use crate::look::Look;
use crate::style_layer::{StyleLayer, by_text, by_zoom};

/// How strong the wash is.
const WASH_OPACITY: f64 = 0.22;

/// Zones and the patches in them.
pub(crate) fn zones(look: &Look<'_>) -> Vec<StyleLayer> {
    let classes = look.classes("zone");
    let colour = || by_text("key", &classes, look.scheme.not_assessed);
    let mut layers = vec![
        StyleLayer::fill("zones", "zones").paint("fill-color", colour()).paint("fill-opacity", json!(WASH_OPACITY)),
        StyleLayer::line("zones-edge", "zones")
            .paint("line-color", colour())
            .paint("line-width", by_zoom(&[(10.0, 0.6), (14.0, 1.5), (18.0, 2.4)])),
    ];
    layers.extend(parcels::by_code("zone", look));
    layers
}
