//! Industrial patches, filled by one attribute.

use serde_json::{Value, json};

use crate::look::{Class, Look};
use crate::palette;
use crate::sprite;
use crate::style_layer::{StyleLayer, by_number, by_text, by_zoom, is};

use super::cells;

/// All patches in the colour of industry.
pub(crate) fn industry(look: &Look<'_>) -> Vec<StyleLayer> {
    vec![cells::plain(json!(palette::INDUSTRY)), fill(json!(palette::INDUSTRY)), edges(look)]
}

/// Patches by a class 1–5; the lowest class is hatched and has a dark dashed outline, since on paper
/// and for some eyes its pale fill alone is too close to the next.
pub(crate) fn by_class(attribute: &str, look: &Look<'_>) -> Vec<StyleLayer> {
    let colour = by_number(attribute, &look.classes(attribute), look.scheme.not_assessed);
    let lowest = StyleLayer::line("parcels-zero", "parcels")
        .filter(is(attribute, 1))
        .paint("line-color", json!(palette::INK))
        .paint("line-width", by_zoom(&[(10.0, 0.6), (14.0, 1.2), (18.0, 2.0)]))
        .paint("line-dasharray", json!([3, 2]));
    let hatch = pattern("parcels-zero-hatch", sprite::HATCH, is(attribute, 1));
    vec![cells::plain(colour.clone()), fill(colour), hatch, edges(look), lowest]
}

/// Patches by a class with a name.
pub(crate) fn by_code(attribute: &str, look: &Look<'_>) -> Vec<StyleLayer> {
    let colour = by_text(attribute, &look.classes(attribute), look.scheme.not_assessed);
    vec![cells::plain(colour.clone()), fill(colour), edges(look)]
}

/// What is advised of each patch; hatched where it lies idle.
pub(crate) fn disposal(look: &Look<'_>) -> Vec<StyleLayer> {
    let mut layers = by_code("disposal", look);
    let place = layers.len() - 1;
    layers.insert(place, pattern("parcels-idle", sprite::IDLE, is("idle", true)));
    layers
}

/// Patches that something is the matter with, by how the plan stands to them and under a pattern; the
/// others are pale. `share` is the attribute of cells that has the hectares of them.
pub(crate) fn concerning(attribute: &str, image: &'static str, share: &str, look: &Look<'_>) -> Vec<StyleLayer> {
    let scheme = look.scheme;
    let conflict = by_text("conflict", &look.classes("conflict"), scheme.not_assessed);
    let of = |id: &str, value: bool| StyleLayer::fill(id, "parcels").filter(is(attribute, value));
    let casing = StyleLayer::line("parcels-concerned-edge", "parcels")
        .filter(is(attribute, true))
        .paint("line-color", json!(palette::INK))
        .paint("line-width", by_zoom(&[(10.0, 0.6), (14.0, 1.4), (18.0, 2.2)]));
    let mut layers = cells::by_hectares(share, scheme.other, palette::OUT).to_vec();
    layers.extend([
        not_assessed(look),
        of("parcels-other", false).paint("fill-color", json!(scheme.other)),
        of("parcels-concerned", true).paint("fill-color", conflict),
        pattern("parcels-concerned-pattern", image, is(attribute, true)),
        edges(look),
        casing,
    ]);
    layers
}

/// All patches in one colour, to lie below what stands out.
pub(crate) fn pale(look: &Look<'_>) -> Vec<StyleLayer> {
    vec![cells::plain(json!(look.scheme.other)), fill(json!(look.scheme.other)), edges(look)]
}

/// All patches in the colour of what was not assessed, to lie below what was.
pub(crate) fn not_assessed(look: &Look<'_>) -> StyleLayer {
    fill(json!(look.scheme.not_assessed))
}

/// The thin lines between patches.
pub(crate) fn edges(look: &Look<'_>) -> StyleLayer {
    StyleLayer::line("parcels-edge", "parcels")
        .paint("line-color", json!(look.scheme.edge))
        .paint("line-width", by_zoom(&[(10.0, 0.1), (13.0, 0.5), (18.0, 1.2)]))
}

/// A pattern over some patches, from the zoom at which a patch is larger than the pattern.
fn pattern(id: &str, image: &'static str, filter: Value) -> StyleLayer {
    StyleLayer::fill(id, "parcels").filter(filter).paint("fill-pattern", json!(image))
}

pub(super) fn fill(colour: Value) -> StyleLayer {
    StyleLayer::fill("parcels", "parcels").paint("fill-color", colour)
}

/// The colour of each state of conflict: what the plan wants elsewhere goes out, the rest stays.
pub(crate) fn out_or_keep(look: &Look<'_>) -> Value {
    let class =
        |code: &str, colour| Class { code: code.to_owned(), label: ::layers::codes::Label::new("", ""), colour };
    let classes =
        [class("none", palette::INDUSTRY), class("non_mandatory", palette::OUT), class("mandatory", palette::OUT)];
    by_text("conflict", &classes, look.scheme.not_assessed)
}
