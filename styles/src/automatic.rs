//! A style and its legend for tilesets of which nothing but layer names and geometry is known.

use ::layers::GeometryKind;
use ::layers::codes::Label;
use ::layers::stats::OwnedLabel;
use serde_json::{Value, json};

use crate::layers::plain;
use crate::legend::{Legend, LegendEntry, Pattern};
use crate::palette::{self, Colour, Variant};
use crate::style::{StyleSources, TilesetSource, document};

/// What the automatic style is called.
const LABEL: Label = Label::new("图层", "Layers");

/// The id of the style that goes by geometry type alone.
pub const AUTOMATIC: &str = "auto";

/// A style for any tilesets, by geometry type alone: polygons below lines below points, each
/// layer in a hue of its own.
pub fn automatic_style(variant: Variant, sources: &StyleSources<'_>) -> Value {
    let scheme = variant.scheme();
    let mut layers = vec![json!({
        "id": "ground", "type": "background", "paint": { "background-color": scheme.paper }
    })];
    for rank in 0..=2 {
        for (tileset, layer, kind, colour) in coloured(sources) {
            if drawing_rank(kind) == rank {
                let parts = plain::by_kind(tileset.id, layer, kind, colour, scheme);
                layers.extend(parts.iter().map(|part| part.to_json(tileset.id)));
            }
        }
    }
    document((AUTOMATIC, variant), &LABEL, sources.title, sources, layers)
}

/// What the hues of [`automatic_style`] stand for: one entry a layer, its id as key, its tileset
/// as group.
pub fn automatic_legend(sources: &StyleSources<'_>) -> Legend {
    let entries = coloured(sources).map(|(tileset, layer, kind, colour)| LegendEntry {
        key: layer.to_owned(),
        label: OwnedLabel { zh: layer.to_owned(), en: layer.to_owned() },
        color: colour.to_owned(),
        opacity: if kind == GeometryKind::Polygon { plain::FILL_OPACITY } else { 1.0 },
        over: None,
        image: None,
        pattern: match kind {
            GeometryKind::Polygon | GeometryKind::Mixed => Pattern::Solid,
            GeometryKind::Line => Pattern::Line,
            GeometryKind::Point => Pattern::Point,
        },
        stroke: matches!(kind, GeometryKind::Polygon | GeometryKind::Mixed).then_some(colour),
        tileset: Some(tileset.id.to_owned()),
        source_layer: layer.to_owned(),
        count: None,
        area_ha: None,
    });
    Legend {
        style: AUTOMATIC.to_owned(),
        table: None,
        rules: None,
        title: LABEL,
        source_layer: String::new(),
        attribute: String::new(),
        counts: None,
        entries: entries.collect(),
        breakdown: Vec::new(),
        of_which: Vec::new(),
        total: None,
        context: Vec::new(),
    }
}

fn drawing_rank(kind: GeometryKind) -> u8 {
    match kind {
        GeometryKind::Polygon | GeometryKind::Mixed => 0,
        GeometryKind::Line => 1,
        GeometryKind::Point => 2,
    }
}

/// Every layer of every tileset with its hue, findings first.
fn coloured<'a>(
    sources: &'a StyleSources<'a>,
) -> impl Iterator<Item = (&'a TilesetSource<'a>, &'a str, GeometryKind, Colour)> {
    let tilesets = sources.findings.iter().chain(sources.others);
    let layers = tilesets.flat_map(|tileset| tileset.layers.iter().map(move |(id, kind)| (tileset, id, *kind)));
    layers.zip(palette::HUES.iter().cycle()).map(|((tileset, id, kind), hue)| (tileset, id.as_str(), kind, *hue))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers() -> Vec<(String, GeometryKind)> {
        [
            ("站点", GeometryKind::Point),
            ("roads", GeometryKind::Line),
            ("地块", GeometryKind::Polygon),
            ("everything", GeometryKind::Mixed),
        ]
        .map(|(id, kind)| (id.to_owned(), kind))
        .into()
    }

    fn with_sources<T>(use_it: impl FnOnce(&StyleSources<'_>) -> T) -> T {
        let layers = layers();
        let others = [TilesetSource { id: "any", url: "http://tuban.test/any", layers: &layers }];
        use_it(&StyleSources {
            findings: None,
            others: &others,
            title: "any.gpkg",
            center: [0.0, 0.0, 2.0],
            sprite: "http://tuban.test/sprite/tuban",
            ..Default::default()
        })
    }

    #[test]
    fn any_layer_is_drawn_by_its_geometry() {
        let style = with_sources(|sources| automatic_style(Variant::Light, sources));
        insta::assert_snapshot!("automatic", crate::style::tests::readable(&style));
    }

    #[test]
    fn the_legend_names_the_hue_of_each_layer() {
        let style = with_sources(|sources| automatic_style(Variant::Light, sources)).to_string();
        let legend = with_sources(automatic_legend);
        let keys: Vec<&str> = legend.entries.iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(keys, ["站点", "roads", "地块", "everything"]);
        assert!(legend.entries.iter().all(|entry| style.contains(&entry.color)));
    }

    #[test]
    fn neighbouring_layers_differ() {
        let legend = with_sources(automatic_legend);
        let mut colours: Vec<&str> = legend.entries.iter().map(|entry| entry.color.as_str()).collect();
        colours.sort_unstable();
        colours.dedup();
        assert_eq!(colours.len(), 4);
    }
}
