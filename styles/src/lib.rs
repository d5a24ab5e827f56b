//! MapLibre styles, styles for QGIS, legends, sprites and palettes of Tuban's maps.
//!
//! A [`Theme`] is one of the plan's figures. Its [`style()`] is put together from small parts
//! (`layers`) in the colours of one palette, and its [`legend()`] names those same colours, so that
//! what the legend says is what the map draws.
//! Only layer and attribute names of [`layers::schema`](::layers::schema) are known here; no geometry, no HTTP.
//!
//! Every expression is a `match`, `step` or `interpolate` on a ready attribute: MapLibre GL JS,
//! MapLibre Native, OpenLayers and QGIS all draw those, and QGIS skips most others.

mod automatic;
mod fonts;
mod glyphs;
mod language;
mod layers;
mod legend;
mod look;
pub mod palette;
mod qgis;
mod sprite;
mod style;
mod style_layer;
mod theme;

pub use automatic::{AUTOMATIC, automatic_legend, automatic_style};
pub use fonts::{FontError, FontStack, Fonts};
pub use glyphs::{GlyphRange, glyph_range};
pub use language::Language;
pub use layers::labels::TEXT_FONTS;
pub use legend::{Legend, LegendEntry, LegendRow, LegendSources, Pattern, legend, legend_svg};
pub use palette::Variant;
pub use qgis::qgis_styles;
pub use sprite::{SPRITE, SpriteImage, SpriteSheet, sprite_image, sprite_images, sprite_sheet};
pub use style::{StyleSources, TilesetSource, style};
pub use theme::{Chapter, Theme, themes};
