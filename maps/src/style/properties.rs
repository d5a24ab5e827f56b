//! Which properties of a style are drawn.

use super::Kind;

/// What becomes of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Property {
    /// It is drawn.
    Drawn,
    /// It only matters where maps turn, tilt or fade.
    WithoutEffect,
    /// It is not drawn here, or there is no such property.
    Unknown,
}

const WITHOUT_EFFECT: [&str; 22] = [
    "visibility",
    "fill-translate-anchor",
    "line-translate-anchor",
    "line-miter-limit",
    "line-round-limit",
    "circle-pitch-scale",
    "circle-pitch-alignment",
    "circle-translate-anchor",
    "symbol-z-order",
    "symbol-avoid-edges",
    "icon-rotation-alignment",
    "icon-pitch-alignment",
    "icon-optional",
    "icon-keep-upright",
    "icon-padding",
    "text-pitch-alignment",
    "text-rotation-alignment",
    "text-keep-upright",
    "text-optional",
    "text-translate-anchor",
    "text-max-angle",
    "fill-antialias",
];

const BACKGROUND: &[&str] = &["background-color", "background-opacity", "background-pattern"];
const FILL: &[&str] = &["fill-color", "fill-opacity", "fill-outline-color", "fill-pattern"];
const LINE: &[&str] = &["line-color", "line-opacity", "line-width", "line-dasharray", "line-cap", "line-join"];
const CIRCLE: &[&str] = &[
    "circle-color",
    "circle-opacity",
    "circle-radius",
    "circle-stroke-color",
    "circle-stroke-opacity",
    "circle-stroke-width",
];
const SYMBOL: &[&str] = &[
    "symbol-placement",
    "symbol-spacing",
    "symbol-sort-key",
    "text-field",
    "text-font",
    "text-size",
    "text-max-width",
    "text-line-height",
    "text-justify",
    "text-anchor",
    "text-offset",
    "text-padding",
    "text-rotate",
    "text-allow-overlap",
    "text-ignore-placement",
    "text-color",
    "text-opacity",
    "text-halo-color",
    "text-halo-width",
    "text-halo-blur",
    "text-letter-spacing",
    "icon-image",
    "icon-size",
    "icon-opacity",
    "icon-allow-overlap",
    "icon-ignore-placement",
];

pub(super) fn property(kind: Kind, name: &str) -> Property {
    let drawn = match kind {
        Kind::Background => BACKGROUND,
        Kind::Fill => FILL,
        Kind::Line => LINE,
        Kind::Circle => CIRCLE,
        Kind::Symbol => SYMBOL,
    };
    if drawn.contains(&name) {
        Property::Drawn
    } else if WITHOUT_EFFECT.contains(&name) {
        Property::WithoutEffect
    } else {
        Property::Unknown
    }
}
