//! Industrial patches, filled by one attribute.

use serde_json::{Value, json};

use crate::palette::{self, ClassColour};
use crate::style_layer::{StyleLayer, by_number, by_text, by_zoom, is};

/// All patches in the colour of industry.
pub(crate) fn industry() -> Vec<StyleLayer> {
    vec![fill(json!(palette::INDUSTRY)), edges()]
}

/// Patches by a class 1–5; the zero class also has a dark dashed outline, since on paper and for
/// some eyes its pale fill alone is too close to the next.
pub(crate) fn by_class(attribute: &str, classes: &[ClassColour]) -> Vec<StyleLayer> {
    let zero = StyleLayer::line("parcels-zero", "parcels")
        .filter(is(attribute, 1))
        .paint("line-color", json!(palette::INK))
        .paint("line-width", by_zoom(&[(10.0, 0.6), (14.0, 1.2), (18.0, 2.0)]))
        .paint("line-dasharray", json!([3, 2]));
    vec![fill(by_number(attribute, classes, palette::NOT_ASSESSED)), edges(), zero]
}

/// Patches by a class with a name.
pub(crate) fn by_code(attribute: &str, classes: &[ClassColour]) -> Vec<StyleLayer> {
    vec![fill(by_text(attribute, classes, palette::NOT_ASSESSED)), edges()]
}

/// All patches in the colour of what was not assessed, to lie below what was.
pub(crate) fn not_assessed() -> StyleLayer {
    fill(json!(palette::NOT_ASSESSED))
}

/// The thin lines between patches.
pub(crate) fn edges() -> StyleLayer {
    StyleLayer::line("parcels-edge", "parcels")
        .paint("line-color", json!(palette::EDGE))
        .paint("line-width", by_zoom(&[(10.0, 0.1), (13.0, 0.5), (18.0, 1.2)]))
}

fn fill(colour: Value) -> StyleLayer {
    StyleLayer::fill("parcels", "parcels").paint("fill-color", colour)
}
