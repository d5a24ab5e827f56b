//! Whether the approval database has the land: piece by piece, as approvals cut patches.

use serde_json::json;

use crate::layers::{cells, parcels};
use crate::look::Look;
use crate::palette::{self, Colour};
use crate::style_layer::{StyleLayer, by_text, by_zoom, is};

/// Approved and other pieces, over patches of which nobody knows.
pub(crate) fn approvals(look: &Look<'_>) -> Vec<StyleLayer> {
    let [approved, _, missing] = palette::APPROVAL;
    let pieces = |id: &str, is_approved: bool, colour: Colour| {
        StyleLayer::fill(id, "approvals").filter(is("approved", is_approved)).paint("fill-color", json!(colour))
    };
    vec![
        cells::plain(by_text("approval", &look.classes("approval"), look.scheme.not_assessed)),
        parcels::not_assessed(look),
        pieces("approvals-approved", true, approved.1),
        pieces("approvals-missing", false, missing.1),
        StyleLayer::line("approvals-edge", "approvals")
            .paint("line-color", json!(look.scheme.edge))
            .paint("line-width", by_zoom(&[(12.0, 0.1), (15.0, 0.5), (18.0, 1.0)])),
        parcels::edges(look),
        StyleLayer::line("approvals-missing-edge", "approvals")
            .filter(is("approved", false))
            .paint("line-color", json!(missing.1))
            .paint("line-width", by_zoom(&[(10.0, 0.8), (14.0, 2.0), (18.0, 3.0)])),
    ]
}
