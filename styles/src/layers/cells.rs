//! Cells, which stand in place of patches where a map is too far away for them: squares by the class
//! that prevails, or by the hectares of one.

use serde_json::{Value, json};

use crate::palette::Colour;
use crate::style_layer::StyleLayer;

/// Hectares in a cell from which on it has the full colour.
const MANY_HECTARES: f64 = 10.0;

/// Cells in the colour that patches have: they carry the prevailing class under the same name. Where
/// there are few patches they are faint.
pub(crate) fn plain(colour: Value) -> StyleLayer {
    let opacity = json!(["interpolate", ["linear"], ["get", "count"], 1, 0.55, 25, 1]);
    StyleLayer::fill("cells", "cells").paint("fill-color", colour).paint("fill-opacity", opacity)
}

/// Cells by hectares of one class: from `none`, which those without it have, to `most`.
pub(crate) fn by_hectares(attribute: &str, none: Colour, most: Colour) -> [StyleLayer; 2] {
    let colour = json!(["interpolate", ["linear"], ["get", attribute], 0, none, MANY_HECTARES, most]);
    let with =
        StyleLayer::fill("cells-concerned", "cells").filter(json!(["has", attribute])).paint("fill-color", colour);
    [plain(json!(none)), with]
}
