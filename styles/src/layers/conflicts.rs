//! Where the plan wants another use than industry: how strictly, in two colours.

use serde_json::json;

use crate::layers::{cells, changes, context, parcels};
use crate::look::Look;
use crate::palette;
use crate::sprite;
use crate::style_layer::{StyleLayer, by_text, by_zoom, is, matching};

/// How much of a mandatory piece's red covers what lies below.
pub(crate) const MANDATORY_OPACITY: f64 = 0.6;
/// How much of the orange of other conflicts shows on the sheet that is not about them.
pub(crate) const ASIDE_OPACITY: f64 = 0.35;

/// Patches with their conflicting pieces: what stays keeps the colour of industry, what no plan
/// covers is not assessed.
pub(crate) fn conflicts(look: &Look<'_>) -> Vec<StyleLayer> {
    let states = by_text("conflict", &look.classes("conflict"), look.scheme.not_assessed);
    let mut layers = vec![
        cells::plain(states),
        parcels::not_assessed(look),
        changes::covered_industry(),
        StyleLayer::fill("conflicts-non-mandatory", "conflicts")
            .filter(is("mandatory", false))
            .paint("fill-color", json!(palette::NON_MANDATORY)),
    ];
    let [pieces, outlines] = mandatory_pieces();
    layers.extend([pieces, parcels::edges(look), outlines]);
    layers.extend(changes::new_land());
    layers
}

/// The control sheet: where nothing may be built stands out, with the lines of the plan that are the
/// reason; other conflicts are aside.
pub(crate) fn control_sheet(look: &Look<'_>) -> Vec<StyleLayer> {
    let scheme = look.scheme;
    let assessed = ["none", "non_mandatory", "mandatory"];
    let known = assessed.map(|code| (json!(code), json!(scheme.other)));
    let known = matching("conflict", known, json!(scheme.not_assessed));
    let mut layers = cells::by_hectares("conflict_mandatory", scheme.other, palette::MANDATORY).to_vec();
    layers.extend([
        parcels::fill(known),
        StyleLayer::fill("parcels-aside", "parcels")
            .filter(is("conflict", "non_mandatory"))
            .paint("fill-color", json!(palette::NON_MANDATORY))
            .paint("fill-opacity", json!(ASIDE_OPACITY)),
        parcels::edges(look),
    ]);
    layers.extend(mandatory_pieces());
    layers.push(
        StyleLayer::fill("conflicts-mandatory-pattern", "conflicts")
            .filter(is("mandatory", true))
            .paint("fill-pattern", json!(sprite::CROSS)),
    );
    layers.extend(context::plan_lines(look));
    layers
}

fn mandatory_pieces() -> [StyleLayer; 2] {
    [
        StyleLayer::fill("conflicts-mandatory", "conflicts")
            .filter(is("mandatory", true))
            .paint("fill-color", json!(palette::MANDATORY))
            .paint("fill-opacity", json!(MANDATORY_OPACITY)),
        StyleLayer::line("conflicts-mandatory-edge", "conflicts")
            .filter(is("mandatory", true))
            .paint("line-color", json!(palette::MANDATORY_EDGE))
            .paint("line-width", by_zoom(&[(10.0, 0.4), (14.0, 1.2), (18.0, 2.0)])),
    ]
}
