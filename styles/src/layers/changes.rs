//! What becomes of industrial land under the plan: it leaves, it stays, or it is new.

use serde_json::json;

use crate::layers::{cells, parcels};
use crate::look::Look;
use crate::palette;
use crate::style_layer::{StyleLayer, by_text, by_zoom, is};

/// How faintly new industrial land is tinted inside its dashed outline.
pub(crate) const NEW_OPACITY: f64 = 0.15;

/// Out, keep and new, over patches that no plan covers.
pub(crate) fn changes(look: &Look<'_>) -> Vec<StyleLayer> {
    let mut layers = vec![
        cells::plain(parcels::out_or_keep(look)),
        parcels::not_assessed(look),
        StyleLayer::fill("changes", "changes")
            .filter(json!(["!=", ["get", "change"], "new"]))
            .paint("fill-color", by_text("change", &look.classes("change"), look.scheme.not_assessed)),
        parcels::edges(look),
    ];
    layers.extend(new_land());
    layers
}

/// Current industrial land that the plan covers, whatever becomes of it.
pub(crate) fn covered_industry() -> StyleLayer {
    StyleLayer::fill("changes-current", "changes")
        .filter(json!(["!=", ["get", "change"], "new"]))
        .paint("fill-color", json!(palette::INDUSTRY))
}

/// Land that becomes industrial: a faint tint and a dashed outline.
pub(crate) fn new_land() -> Vec<StyleLayer> {
    vec![
        StyleLayer::fill("changes-new", "changes")
            .filter(is("change", "new"))
            .paint("fill-color", json!(palette::NEW))
            .paint("fill-opacity", json!(NEW_OPACITY)),
        StyleLayer::line("changes-new-edge", "changes")
            .filter(is("change", "new"))
            .paint("line-color", json!(palette::NEW))
            .paint("line-width", by_zoom(&[(10.0, 0.8), (14.0, 1.5), (18.0, 2.4)]))
            .paint("line-dasharray", json!([3, 2])),
    ]
}
