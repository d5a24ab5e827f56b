//! MapLibre styles, legends and palettes of Tuban's maps.
//!
//! Only layer and attribute names of [`layers::schema`] are known here; no geometry, no HTTP.

use layers::codes::Label;
use layers::stats::Statistics;

/// One of the project's maps.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Theme {
    /// `overview`, `changes`, `conflicts`, `far`, `density`, `intensity`, `zones`.
    pub id: &'static str,
    /// Its title.
    pub label: Label,
    /// The table whose rows its legend counts.
    pub table: &'static str,
}

/// Where a style's data come from: all URLs absolute, given by the server.
#[derive(Clone, Debug)]
pub struct StyleSources<'a> {
    /// TileJSON URL of the project's `findings` tileset, with the layers that it has.
    pub findings: Option<TilesetSource<'a>>,
    /// Other tilesets (plain layers), drawn below the findings by geometry type.
    pub others: &'a [TilesetSource<'a>],
    /// The project's title.
    pub title: &'a str,
    /// `[lon, lat, zoom]`.
    pub center: [f64; 3],
    /// Glyph URL template.
    pub glyphs: Option<&'a str>,
}

/// A tileset as a style sees it.
#[derive(Clone, Debug)]
pub struct TilesetSource<'a> {
    /// Id, used as the source's name.
    pub id: &'a str,
    /// TileJSON URL.
    pub url: &'a str,
    /// Its tile layers: id and geometry kind.
    pub layers: &'a [(String, layers::GeometryKind)],
}

/// Every theme of the project's maps, in the plan's order.
pub fn themes() -> &'static [Theme] {
    &[]
}

/// The MapLibre style of one theme; `None` if there is no such theme.
pub fn style(_theme: &str, _sources: &StyleSources<'_>) -> Option<serde_json::Value> {
    None
}

/// A style for any tilesets, by geometry type alone.
pub fn automatic_style(_sources: &StyleSources<'_>) -> serde_json::Value {
    unimplemented!()
}

/// What the colours of a theme say.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Legend {
    /// The theme.
    pub style: String,
    /// Its title.
    pub title: Label,
    /// The tile layer and the attribute that carry the classes, for filters and queries.
    pub source_layer: String,
    /// The attribute.
    pub attribute: String,
    /// Its classes in order.
    pub entries: Vec<LegendEntry>,
}

/// One class.
#[derive(Clone, Debug, serde::Serialize)]
pub struct LegendEntry {
    /// Its code.
    pub key: String,
    /// Its name.
    pub label: layers::stats::OwnedLabel,
    /// Fill colour, `#rrggbb`.
    pub color: String,
    /// `solid`, `hatch`, `dashed`, `outline`.
    pub pattern: &'static str,
    /// Patches or pieces, from the statistics.
    pub count: Option<u64>,
    /// Hectares, from the statistics.
    pub area_ha: Option<f64>,
}

/// The legend of one theme with counts and hectares; `None` if there is no such theme.
pub fn legend(_theme: &str, _statistics: &Statistics) -> Option<Legend> {
    None
}
