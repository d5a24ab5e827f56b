//! A theme's MapLibre style: which parts it is made of, in drawing order.

use ::layers::codes::{CodeList, Label};
use ::layers::intake::UsedCode;
use serde_json::{Map, Value, json};

use crate::language::Language;
use crate::layers::{approvals, changes, conflicts, context, labels, marginal, parcels, plain, zones};
use crate::look::Look;
use crate::palette::Variant;
use crate::sprite;
use crate::style_layer::StyleLayer;
use crate::theme::Theme;

/// The tile layer that stands in place of single features at far zooms.
pub(crate) const CELLS: &str = "cells";

/// Where a style's data come from: all URLs absolute, given by the server.
#[derive(Clone, Debug, Default)]
pub struct StyleSources<'a> {
    /// TileJSON URL of the project's `findings` tileset, with the layers that it has.
    pub findings: Option<TilesetSource<'a>>,
    /// Other tilesets (plain layers), drawn below the findings by geometry type.
    pub others: &'a [TilesetSource<'a>],
    /// The project's title.
    pub title: &'a str,
    /// `[lon, lat, zoom]`.
    pub center: [f64; 3],
    /// URL of the sheet of images, without its ending.
    pub sprite: &'a str,
    /// Glyph URL template. Without it MapLibre GL JS draws all text with fonts of the device;
    /// MapLibre Native and QGIS need it.
    pub glyphs: Option<&'a str>,
    /// The generation's own lists: what its rules call their classes.
    pub codes: &'a [CodeList],
    /// The codes of planned uses that occur.
    pub plan: &'a [UsedCode],
    /// The language of words on the map that are not data.
    pub language: Language,
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

/// The MapLibre style with that id, a theme's in one of its variants (`far`, `far-dark`); `None` if
/// there is no such theme.
///
/// Only layers that the tileset has are in it, so a project without a plan gets a style without
/// conflicts rather than one that asks for what is not there.
pub fn style(id: &str, sources: &StyleSources<'_>) -> Option<Value> {
    let (theme, variant) = Theme::of_style(id)?;
    let look = Look { scheme: variant.scheme(), codes: sources.codes, plan: sources.plan, language: sources.language };
    let mut layers = vec![json!({
        "id": "ground", "type": "background", "paint": { "background-color": look.scheme.ground }
    })];
    for tileset in sources.others {
        // Cells of roads and buildings would only lie about where those are.
        for (layer, kind) in tileset.layers.iter().filter(|(layer, _)| layer != CELLS) {
            let parts = plain::by_kind(tileset.id, layer, *kind, look.scheme.plain, look.scheme);
            layers.extend(parts.iter().map(|part| part.to_json(tileset.id)));
        }
    }
    if let Some(findings) = &sources.findings {
        let has = |part: &StyleLayer| findings.layers.iter().any(|(id, _)| *id == part.source_layer);
        layers.extend(parts(theme, &look).iter().filter(|part| has(part)).map(|part| part.to_json(findings.id)));
    }
    let name = format!("{} · {} · {}", sources.title, theme.label.zh, theme.label.en);
    Some(document((theme.id, variant), &theme.label, &name, sources, layers))
}

/// The style layers of a theme, bottom first.
pub(crate) fn parts(theme: &Theme, look: &Look<'_>) -> Vec<StyleLayer> {
    let (backdrop, subject, labelled) = match theme.id {
        "overview" => (context::groups(look), parcels::industry(look), None),
        "changes" => (context::blocks(look), changes::changes(look), None),
        "conflicts" => (context::blocks(look), conflicts::conflicts(look), Some("conflict_type")),
        "approval" => (context::blocks(look), approvals::approvals(look), None),
        "far" => (context::blocks(look), parcels::by_class("far_class", look), Some("far_class")),
        "density" => (context::blocks(look), parcels::by_class("density_class", look), Some("density_class")),
        "intensity" => (context::blocks(look), parcels::by_class("intensity", look), Some("intensity")),
        "zoning" => (Vec::new(), context::plan(look), None),
        "zones" => (context::blocks(look), zones::zones(look), Some("zone")),
        "mandatory" => (context::blocks(look), conflicts::control_sheet(look), Some("conflict_type")),
        "idle" => {
            (context::blocks(look), parcels::concerning("idle", sprite::IDLE, "idle_true", look), Some("disposal"))
        }
        "low" => (context::blocks(look), parcels::concerning("low", sprite::DOTS, "low_true", look), Some("disposal")),
        "marginal" => (context::blocks(look), marginal::marginal(look), None),
        "disposal" => (context::blocks(look), parcels::disposal(look), Some("disposal")),
        other => unreachable!("theme {other} is in the list of themes and has no parts"),
    };
    let words = labels::labels(labelled, look);
    [context::ground(look), backdrop, subject, context::boundaries(look), words].concat()
}

/// A whole style around its layers.
pub(crate) fn document(
    (id, variant): (&str, Variant),
    label: &Label,
    name: &str,
    sources: &StyleSources<'_>,
    layers: Vec<Value>,
) -> Value {
    let [lon, lat, zoom] = sources.center;
    let metadata = json!({
        "tuban:style": variant.style_id(id),
        "tuban:variant": variant,
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
    style.insert("sprite".into(), json!(sources.sprite));
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
    use crate::palette;
    use crate::{LegendSources, legend, sprite_image, themes};

    /// Planned uses as a city has them: of every line of the plan one, and some others.
    fn plan() -> Vec<UsedCode> {
        let used = |code: &str| UsedCode { code: code.to_owned(), label: None, ydyh: Some(code.to_owned()), rows: 1 };
        ["070102", "0804", "0901", "100102", "1207", "1303", "1401", "1504", "1701"].map(used).into()
    }

    fn cells() -> (String, GeometryKind) {
        ("cells".to_owned(), GeometryKind::Polygon)
    }

    /// Every theme in every variant.
    fn ids() -> impl Iterator<Item = String> {
        themes().iter().flat_map(|theme| Variant::ALL.map(|variant| variant.style_id(theme.id)))
    }

    fn look(plan: &[UsedCode]) -> Look<'_> {
        Look { scheme: Variant::Light.scheme(), codes: &[], plan, language: Language::default() }
    }

    fn all_layers() -> Vec<(String, GeometryKind)> {
        LAYERS.iter().map(|layer| (layer.id.to_owned(), layer.geometry)).chain([cells()]).collect()
    }

    fn sources<'a>(layers: &'a [(String, GeometryKind)], plan: &'a [UsedCode]) -> StyleSources<'a> {
        StyleSources {
            findings: Some(TilesetSource { id: "findings", url: "http://tuban.test/findings", layers }),
            title: "示例 Demo",
            center: [116.08, 43.94, 11.5],
            sprite: "http://tuban.test/sprite/tuban",
            plan,
            ..Default::default()
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
        let (layers, plan) = (all_layers(), plan());
        for theme in themes() {
            let style = style(theme.id, &sources(&layers, &plan)).expect("a listed theme has a style");
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

    /// Whether features of a tile layer have an attribute.
    fn has_attribute(layer: &str, name: &str) -> bool {
        if layer != "cells" {
            return LayerSchema::of(layer).is_some_and(|schema| schema.index(name).is_some());
        }
        // docs/schema.md: how many, how much, and of every theme the prevailing class and its classes.
        let parcels = LayerSchema::of("parcels").expect("a layer");
        let class_of = |theme: &::layers::schema::AttributeSchema| {
            let class = name.strip_prefix(theme.name).and_then(|class| class.strip_prefix('_'));
            let codes = theme.codes.map(|list| list.codes.iter().map(|code| code.code.to_string()).collect::<Vec<_>>());
            let codes = codes.unwrap_or_else(|| vec!["true".to_owned(), "false".to_owned()]);
            class.is_some_and(|class| codes.iter().any(|code| code == class))
        };
        ["count", "area_ha"].contains(&name) || parcels.themes().any(|theme| theme.name == name || class_of(theme))
    }

    #[test]
    fn styles_ask_only_for_layers_and_attributes_of_the_schema() {
        let plan = plan();
        for theme in themes() {
            for part in parts(theme, &look(&plan)) {
                let mut read = Vec::new();
                attributes(&part.to_json("findings"), &mut read);
                for name in read {
                    let layer = &part.source_layer;
                    assert!(has_attribute(layer, &name), "{}: {layer} has no {name}", theme.id);
                }
            }
        }
    }

    #[test]
    fn every_theme_shows_something_where_there_are_only_cells() {
        let cells = [cells()];
        for theme in themes() {
            let style = style(theme.id, &sources(&cells, &[])).expect("a style");
            assert!(style["layers"].as_array().expect("layers").len() > 1, "{}", theme.id);
        }
    }

    #[test]
    fn classes_in_styles_are_codes_of_their_lists() {
        let lists = ::layers::codes::lists::ALL;
        for list in lists {
            let Some(classes) = palette::of_list(list.id) else { continue };
            let codes: Vec<&str> = list.codes.iter().map(|code| code.code.as_ref()).collect();
            let coloured: Vec<&str> = classes.iter().map(|(code, _)| *code).collect();
            for code in &codes {
                assert!(coloured.contains(code), "{}: {code} has no colour", list.id);
            }
        }
    }

    #[test]
    fn every_colour_of_a_style_is_in_its_legend() {
        let (layers, plan) = (all_layers(), plan());
        let statistics = Default::default();
        for id in ids() {
            let (_, variant) = Theme::of_style(&id).expect("a style");
            let legend = legend(&id, &LegendSources { statistics: &statistics, codes: &[], plan: &plan });
            let legend = legend.expect("a listed theme has a legend");
            assert_eq!(legend.style, id);
            let entries = legend.entries.iter().chain(&legend.context);
            let said: Vec<&str> =
                entries.flat_map(|e| [Some(e.color.as_str()), e.stroke].into_iter().flatten()).collect();
            let mut drawn = Vec::new();
            strings(&style(&id, &sources(&layers, &plan)).expect("a style")["layers"], &mut drawn);
            for colour in drawn.iter().filter(|text| text.starts_with('#')) {
                let explained =
                    said.contains(&colour.as_str()) || variant.scheme().neutral().contains(&colour.as_str());
                assert!(explained, "{id}: the legend does not say {colour}");
            }
            for colour in said {
                assert!(drawn.iter().any(|text| text == colour), "{id}: {colour} is said and not drawn");
            }
        }
    }

    #[test]
    fn patterns_are_images_of_the_sprite_and_in_the_legend() {
        let (layers, plan) = (all_layers(), plan());
        let statistics = Default::default();
        for id in ids() {
            let style = style(&id, &sources(&layers, &plan)).expect("a style");
            let drawn: Vec<&str> = style["layers"]
                .as_array()
                .expect("layers")
                .iter()
                .filter_map(|layer| layer["paint"]["fill-pattern"].as_str())
                .collect();
            let legend =
                legend(&id, &LegendSources { statistics: &statistics, codes: &[], plan: &plan }).expect("a legend");
            let mut said: Vec<&str> = legend.entries.iter().filter_map(|entry| entry.image).collect();
            said.dedup();
            assert_eq!(drawn, said, "{id}");
            assert!(drawn.iter().all(|name| sprite_image(name).is_some()), "{id}: {drawn:?}");
        }
    }

    #[test]
    fn classes_on_labels_are_in_the_language_of_the_map() {
        let layers = all_layers();
        let words = |language| {
            let style = style("intensity", &StyleSources { language, ..sources(&layers, &[]) }).expect("a style");
            let mut words = Vec::new();
            strings(&style["layers"], &mut words);
            words
        };
        assert!(words(Language::Zh).contains(&"较差".to_owned()));
        assert!(words(Language::En).contains(&"Fairly poor".to_owned()));
    }

    #[test]
    fn a_tileset_without_a_layer_gets_a_style_without_it() {
        let layers = vec![("parcels".to_owned(), GeometryKind::Polygon)];
        let style = style("conflicts", &sources(&layers, &[])).expect("a style");
        let drawn = style["layers"].as_array().expect("layers");
        assert!(drawn.iter().skip(1).all(|layer| layer["source-layer"] == "parcels"));
        assert_eq!(drawn.len(), 3);
    }

    #[test]
    fn layer_ids_are_unique() {
        let plan = plan();
        for theme in themes() {
            let parts = parts(theme, &look(&plan));
            let mut ids: Vec<String> = parts.iter().map(|part| part.to_json("findings")["id"].to_string()).collect();
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
        let sources = StyleSources { others: &others, ..sources(&layers, &[]) };
        let style = style("far", &sources).expect("a style");
        assert_eq!(style["layers"][1]["source-layer"], "河流");
        assert_eq!(style["sources"]["water"]["url"], "http://tuban.test/water");
    }

    #[test]
    fn an_unknown_theme_has_no_style() {
        assert!(style("weather", &sources(&[], &[])).is_none());
    }
}
