//! A theme's MapLibre style: which parts it is made of, in drawing order.

use ::layers::codes::Label;
use serde_json::{Map, Value, json};

use crate::layers::{changes, conflicts, context, labels, parcels, plain, zones};
use crate::palette;
use crate::style_layer::StyleLayer;
use crate::theme::Theme;

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
    /// Glyph URL template. Without it MapLibre GL JS draws all text with fonts of the device;
    /// MapLibre Native and QGIS need it.
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
    pub layers: &'a [(String, ::layers::GeometryKind)],
}

/// The MapLibre style of one theme; `None` if there is no such theme.
///
/// Only layers that the tileset has are in it, so a project without a plan gets a style without
/// conflicts rather than one that asks for what is not there.
pub fn style(theme: &str, sources: &StyleSources<'_>) -> Option<Value> {
    let theme = Theme::of(theme)?;
    let mut layers = vec![json!({
        "id": "ground", "type": "background", "paint": { "background-color": palette::GROUND }
    })];
    for tileset in sources.others {
        for (layer, kind) in tileset.layers {
            let parts = plain::by_kind(tileset.id, layer, *kind, palette::PLAIN);
            layers.extend(parts.iter().map(|part| part.to_json(tileset.id)));
        }
    }
    if let Some(findings) = &sources.findings {
        let has = |part: &StyleLayer| findings.layers.iter().any(|(id, _)| *id == part.source_layer);
        layers.extend(parts(theme).iter().filter(|part| has(part)).map(|part| part.to_json(findings.id)));
    }
    let name = format!("{} · {} · {}", sources.title, theme.label.zh, theme.label.en);
    Some(document(theme.id, &theme.label, &name, sources, layers))
}

/// The style layers of a theme, bottom first.
pub(crate) fn parts(theme: &Theme) -> Vec<StyleLayer> {
    let (backdrop, subject) = match theme.id {
        "overview" => (context::zoning(), parcels::industry()),
        "changes" => (context::blocks(), changes::changes()),
        "conflicts" => (context::blocks(), conflicts::conflicts()),
        "far" => (context::blocks(), parcels::by_class("far_class", &palette::FAR)),
        "density" => (context::blocks(), parcels::by_class("density_class", &palette::DENSITY)),
        "intensity" => (context::blocks(), parcels::by_class("intensity", &palette::INTENSITY)),
        "zones" => (context::blocks(), zones::zones()),
        other => unreachable!("theme {other} is in the list of themes and has no parts"),
    };
    [context::ground(), backdrop, subject, context::boundaries(), labels::labels()].concat()
}

/// A whole style around its layers.
pub(crate) fn document(id: &str, label: &Label, name: &str, sources: &StyleSources<'_>, layers: Vec<Value>) -> Value {
    let [lon, lat, zoom] = sources.center;
    let metadata = json!({
        "tuban:style": id,
        "tuban:label": label,
        // Where OpenLayers (ol-mapbox-style, `getFonts`) looks for a font that the page has not
        // loaded. Unset it asks a public CDN; an empty style sheet leaves it to the device's fonts.
        "ol:webfonts": "data:text/css,",
    });
    let mut style = Map::new();
    style.insert("version".into(), json!(8));
    style.insert("name".into(), json!(name));
    style.insert("metadata".into(), metadata);
    style.insert("center".into(), json!([lon, lat]));
    style.insert("zoom".into(), json!(zoom));
    style.insert("sources".into(), tile_sources(sources));
    if let Some(glyphs) = sources.glyphs {
        style.insert("glyphs".into(), json!(glyphs));
    }
    style.insert("layers".into(), json!(layers));
    Value::Object(style)
}

fn tile_sources(sources: &StyleSources<'_>) -> Value {
    let tilesets = sources.others.iter().chain(&sources.findings);
    tilesets.map(|tileset| (tileset.id.to_owned(), json!({ "type": "vector", "url": tileset.url }))).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use ::layers::GeometryKind;
    use ::layers::schema::{LAYERS, LayerSchema};

    use super::*;
    use crate::{legend, themes};

    fn all_layers() -> Vec<(String, GeometryKind)> {
        LAYERS.iter().map(|layer| (layer.id.to_owned(), layer.geometry)).collect()
    }

    fn sources<'a>(layers: &'a [(String, GeometryKind)]) -> StyleSources<'a> {
        StyleSources {
            findings: Some(TilesetSource { id: "findings", url: "http://tuban.test/findings", layers }),
            others: &[],
            title: "示例 Demo",
            center: [116.08, 43.94, 11.5],
            glyphs: None,
        }
    }

    fn strings(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) => found.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
            Value::Object(members) => members.values().for_each(|member| strings(member, found)),
            _ => {}
        }
    }

    /// Calls `found` with each attribute that an expression reads.
    fn attributes(value: &Value, found: &mut Vec<String>) {
        if let Value::Array(items) = value
            && let [Value::String(operator), Value::String(name)] = items.as_slice()
            && (operator == "get" || operator == "has")
        {
            found.push(name.clone());
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| attributes(item, found)),
            Value::Object(members) => members.values().for_each(|member| attributes(member, found)),
            _ => {}
        }
    }

    #[test]
    fn every_theme_is_drawn_as_reviewed() {
        let layers = all_layers();
        for theme in themes() {
            let style = style(theme.id, &sources(&layers)).expect("a listed theme has a style");
            insta::assert_snapshot!(theme.id, crate::style::tests::readable(&style));
        }
    }

    /// A style as a reviewer reads it: a line a layer property.
    pub(crate) fn readable(style: &Value) -> String {
        let mut text = format!("name: {}\nmetadata: {}\n", style["name"], style["metadata"]);
        text += &format!("sources: {}\n", style["sources"]);
        for layer in style["layers"].as_array().expect("a style has layers") {
            let source = layer.get("source-layer").map_or(String::new(), |source| format!(" of {source}"));
            text += &format!("\n{} {}{source}\n", layer["type"], layer["id"]).replace('"', "");
            for part in ["minzoom", "filter"] {
                if let Some(value) = layer.get(part) {
                    text += &format!("  {part}: {value}\n");
                }
            }
            for part in ["layout", "paint"] {
                for (property, value) in layer.get(part).and_then(Value::as_object).into_iter().flatten() {
                    text += &format!("  {property}: {value}\n");
                }
            }
        }
        text
    }

    #[test]
    fn styles_ask_only_for_layers_and_attributes_of_the_schema() {
        for theme in themes() {
            for part in parts(theme) {
                let schema = LayerSchema::of(&part.source_layer);
                assert!(schema.is_some(), "{}: no tile layer {}", theme.id, part.source_layer);
                let Some(schema) = schema else { continue };
                let mut read = Vec::new();
                attributes(&part.to_json("findings"), &mut read);
                for name in read {
                    assert!(schema.index(&name).is_some(), "{}: {} has no {name}", theme.id, schema.id);
                }
            }
        }
    }

    #[test]
    fn classes_in_styles_are_codes_of_their_lists() {
        let lists = ::layers::codes::lists::ALL;
        let colours: [(&str, &[palette::ClassColour]); 6] = [
            ("group", &palette::GROUP),
            ("change", &palette::CHANGE),
            ("far_class", &palette::FAR),
            ("density_class", &palette::DENSITY),
            ("intensity", &palette::INTENSITY),
            ("zone", &palette::ZONE),
        ];
        for (list, classes) in colours {
            let list = lists.iter().find(|known| known.id == list).expect("the list exists");
            let codes: Vec<&str> = list.codes.iter().map(|code| code.code.as_ref()).collect();
            let coloured: Vec<&str> = classes.iter().map(|(code, _)| *code).collect();
            assert_eq!(codes, coloured, "{}", list.id);
        }
    }

    #[test]
    fn every_colour_of_a_style_is_in_its_legend() {
        let layers = all_layers();
        for theme in themes() {
            let legend = legend(theme.id, &Default::default(), &[]).expect("a listed theme has a legend");
            let entries = legend.entries.iter().chain(&legend.context);
            let said: Vec<&str> =
                entries.flat_map(|e| [Some(e.color.as_str()), e.stroke].into_iter().flatten()).collect();
            let mut drawn = Vec::new();
            strings(&style(theme.id, &sources(&layers)).expect("a style")["layers"], &mut drawn);
            for colour in drawn.iter().filter(|text| text.starts_with('#')) {
                let explained = said.contains(&colour.as_str()) || palette::NEUTRAL.contains(&colour.as_str());
                assert!(explained, "{}: the legend does not say {colour}", theme.id);
            }
            for colour in said {
                assert!(drawn.iter().any(|text| text == colour), "{}: {colour} is said and not drawn", theme.id);
            }
        }
    }

    #[test]
    fn a_tileset_without_a_layer_gets_a_style_without_it() {
        let layers = vec![("parcels".to_owned(), GeometryKind::Polygon)];
        let style = style("conflicts", &sources(&layers)).expect("a style");
        let drawn = style["layers"].as_array().expect("layers");
        assert!(drawn.iter().skip(1).all(|layer| layer["source-layer"] == "parcels"));
        assert_eq!(drawn.len(), 3);
    }

    #[test]
    fn layer_ids_are_unique() {
        for theme in themes() {
            let mut ids: Vec<String> =
                parts(theme).iter().map(|part| part.to_json("findings")["id"].to_string()).collect();
            let all = ids.len();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), all, "{}", theme.id);
        }
    }

    #[test]
    fn plain_tilesets_lie_below_the_findings() {
        let layers = all_layers();
        let plain = [("河流".to_owned(), GeometryKind::Line)];
        let others = [TilesetSource { id: "water", url: "http://tuban.test/water", layers: &plain }];
        let sources = StyleSources { others: &others, ..sources(&layers) };
        let style = style("far", &sources).expect("a style");
        assert_eq!(style["layers"][1]["source-layer"], "河流");
        assert_eq!(style["sources"]["water"]["url"], "http://tuban.test/water");
    }

    #[test]
    fn an_unknown_theme_has_no_style() {
        assert!(style("weather", &sources(&[])).is_none());
    }
}
