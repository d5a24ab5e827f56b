//! What lies around the subject of a map: plan blocks below it, boundaries above it.

use serde_json::json;

use crate::palette;
use crate::style_layer::{StyleLayer, by_text, by_zoom};

/// How strongly the plan's land uses shine through below industrial land.
pub(crate) const ZONING_OPACITY: f64 = 0.4;

/// The study area's ground.
pub(crate) fn ground() -> Vec<StyleLayer> {
    vec![StyleLayer::fill("scope-ground", "scope").paint("fill-color", json!(palette::PAPER))]
}

/// Plan blocks as a quiet backdrop, roads left open like on a city map.
pub(crate) fn blocks() -> Vec<StyleLayer> {
    let colour = by_text("group", &[("road", palette::BLOCK_ROAD)], palette::BLOCK);
    vec![StyleLayer::fill("blocks", "zoning").paint("fill-color", colour)]
}

/// Plan blocks in the colours of their planned uses.
pub(crate) fn zoning() -> Vec<StyleLayer> {
    let colour = by_text("group", &palette::GROUP, palette::NOT_ASSESSED);
    vec![
        StyleLayer::fill("zoning", "zoning")
            .paint("fill-color", colour)
            .paint("fill-opacity", json!(ZONING_OPACITY))
            .paint("fill-outline-color", json!(palette::PAPER)),
    ]
}

/// Parks, the control line and the study boundary.
pub(crate) fn boundaries() -> Vec<StyleLayer> {
    vec![
        // A light seam keeps the outline apart from dark patches on either side.
        StyleLayer::line("parks-casing", "parks")
            .paint("line-color", json!(palette::HALO))
            .paint("line-width", by_zoom(&[(10.0, 2.4), (14.0, 4.5), (18.0, 6.5)]))
            .paint("line-opacity", json!(0.8)),
        StyleLayer::line("parks", "parks")
            .paint("line-color", json!(palette::PARK))
            .paint("line-width", by_zoom(&[(10.0, 1.0), (14.0, 2.0), (18.0, 3.0)])),
        StyleLayer::line("control-line", "control_line")
            .paint("line-color", json!(palette::CONTROL_LINE))
            .paint("line-width", by_zoom(&[(10.0, 1.6), (14.0, 3.5), (18.0, 6.0)])),
        StyleLayer::line("scope", "scope")
            .paint("line-color", json!(palette::SCOPE))
            .paint("line-width", by_zoom(&[(10.0, 1.0), (14.0, 1.8), (18.0, 2.4)]))
            .paint("line-dasharray", json!([6, 2, 1, 2])),
    ]
}
