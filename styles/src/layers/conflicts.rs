//! Where the plan wants another use than industry: how strictly, in two colours.

use serde_json::json;

use crate::layers::{changes, parcels};
use crate::palette;
use crate::style_layer::{StyleLayer, by_zoom, is};

/// How much of a mandatory piece's red covers what lies below.
pub(crate) const MANDATORY_OPACITY: f64 = 0.6;

/// Patches with their conflicting pieces: what stays keeps the colour of industry, what no plan
/// covers is not assessed.
pub(crate) fn conflicts() -> Vec<StyleLayer> {
    let mut layers = vec![parcels::not_assessed(), changes::covered_industry(), parcels::edges()];
    layers.push(
        StyleLayer::fill("conflicts-non-mandatory", "conflicts")
            .filter(is("mandatory", false))
            .paint("fill-color", json!(palette::NON_MANDATORY)),
    );
    layers.push(
        StyleLayer::fill("conflicts-mandatory", "conflicts")
            .filter(is("mandatory", true))
            .paint("fill-color", json!(palette::MANDATORY))
            .paint("fill-opacity", json!(MANDATORY_OPACITY)),
    );
    layers.push(
        StyleLayer::line("conflicts-mandatory-edge", "conflicts")
            .filter(is("mandatory", true))
            .paint("line-color", json!(palette::MANDATORY_EDGE))
            .paint("line-width", by_zoom(&[(10.0, 0.4), (14.0, 1.2), (18.0, 2.0)])),
    );
    layers.extend(changes::new_land());
    layers
}
