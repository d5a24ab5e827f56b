//! Styles for QGIS, in the colours of the maps: whoever opens the findings GeoPackage sees the
//! classes that the map shows, called what the tables call them.
//!
//! A layer is drawn by its main attribute; every other attribute with codes, or that is true or
//! false, has a style of its own that QGIS offers by name.

mod qml;
mod symbol;

use ::layers::GeometryKind;
use ::layers::ValueKind;
use ::layers::findings::{ColumnWords, LayerStyle, LayerWords};

use crate::palette::{self, Colour};
use qml::{Category, Document, Renderer};
use symbol::{Dash, Symbol};

/// The styles of those layers, the default of each first.
pub fn qgis_styles(layers: &[LayerWords]) -> Vec<LayerStyle> {
    layers.iter().flat_map(of_layer).collect()
}

fn of_layer(words: &LayerWords) -> Vec<LayerStyle> {
    let mut themes: Vec<&ColumnWords> = match words.geometry {
        GeometryKind::Polygon => words.columns.iter().filter(|column| is_theme(column)).collect(),
        _ => Vec::new(),
    };
    // Stable: the others keep the order of the schema.
    themes.sort_by_key(|column| Some(column.name.as_str()) != main_attribute(&words.layer));
    let by_class =
        themes.iter().map(|column| (column.title.zh.as_str(), Renderer::Categorised(&column.name, classes(column))));
    let mut renderers: Vec<(&str, Renderer<'_>)> = by_class.collect();
    if renderers.is_empty() {
        renderers.push((words.title.zh.as_str(), plain(words)));
    }
    let style = |(place, (name, renderer)): (usize, (&str, Renderer<'_>))| LayerStyle {
        layer: words.layer.clone(),
        name: name.chars().take(30).collect(),
        description: format!("{} · {name}", words.title.zh),
        is_default: place == 0,
        qml: Document { words, renderer: &renderer, labelled: words.geometry == GeometryKind::Point }.to_string(),
    };
    renderers.into_iter().enumerate().map(style).collect()
}

/// The attribute that a layer is drawn by, where it has several that could do.
fn main_attribute(layer: &str) -> Option<&'static str> {
    Some(match layer {
        "parcels" => "intensity",
        "zoning" => "group",
        "zones" => "key",
        "changes" => "change",
        "conflicts" => "type",
        "approvals" => "approved",
        "marginal" => "kind",
        _ => return None,
    })
}

fn is_theme(column: &ColumnWords) -> bool {
    column.codes.is_some() || column.kind == ValueKind::Bool
}

/// The classes of a column with their colours; what was not assessed comes last.
fn classes(column: &ColumnWords) -> Vec<Category> {
    let mut classes: Vec<Category> = match &column.codes {
        Some(codes) => {
            let colours = palette::of_list(&codes.list);
            let colour = |place: usize, code: &str| -> Colour {
                let known = colours.and_then(|colours| colours.iter().find(|(known, _)| *known == code));
                known.map_or(palette::HUES[place % palette::HUES.len()], |(_, colour)| colour)
            };
            let class = |(place, (code, label)): (usize, &(String, ::layers::stats::OwnedLabel))| Category {
                value: code.clone(),
                kind: column.kind,
                label: label.zh.clone(),
                symbol: Symbol::fill(colour(place, code)),
            };
            codes.codes.iter().enumerate().map(class).collect()
        }
        None => [("true", "是", palette::YES), ("false", "否", palette::NO)]
            .map(|(value, label, colour)| Category {
                value: value.to_owned(),
                kind: ValueKind::Bool,
                label: label.to_owned(),
                symbol: Symbol::fill(colour),
            })
            .into(),
    };
    // QGIS draws by a category without a value whatever has no category of its own.
    classes.push(Category {
        value: String::new(),
        kind: ValueKind::Text,
        label: "未评价".to_owned(),
        symbol: Symbol::fill(palette::NOT_ASSESSED),
    });
    classes
}

/// A layer without classes.
fn plain(words: &LayerWords) -> Renderer<'static> {
    Renderer::Single(match (words.layer.as_str(), words.geometry) {
        (_, GeometryKind::Point) => return Renderer::None,
        ("scope", _) => Symbol::outline(palette::SCOPE, 0.5, Dash::DashDot),
        ("control_line", _) => Symbol::outline(palette::CONTROL_LINE, 1.0, Dash::Solid),
        ("parks", _) => Symbol::outline(palette::PARK, 0.6, Dash::Solid),
        (_, GeometryKind::Line) => Symbol::line(palette::PLAIN, 0.4),
        _ => Symbol::fill(palette::PLAIN),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::layers::ThematicLayer;
    use ::layers::findings::words;
    use ::layers::schema::LAYERS;

    fn styles() -> Vec<LayerStyle> {
        let layers: Vec<ThematicLayer> = LAYERS.iter().map(|schema| schema.empty_layer()).collect();
        qgis_styles(&words(&layers, &[]))
    }

    #[test]
    fn every_layer_has_one_default_style_and_every_theme_a_style() {
        let styles = styles();
        for schema in LAYERS {
            let of_layer: Vec<&LayerStyle> = styles.iter().filter(|style| style.layer == schema.id).collect();
            assert_eq!(of_layer.iter().filter(|style| style.is_default).count(), 1, "{}", schema.id);
            let mut names: Vec<&str> = of_layer.iter().map(|style| style.name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), of_layer.len(), "{}: {names:?}", schema.id);
        }
        let default = |layer: &str| styles.iter().find(|style| style.layer == layer && style.is_default);
        assert_eq!(default("parcels").map(|style| style.name.as_str()), Some("综合开发强度"));
        for name in ["容积率", "建筑密度", "控规符合性", "产业分区"] {
            assert!(styles.iter().any(|style| style.layer == "parcels" && style.name == name), "{name}");
        }
    }

    #[test]
    fn codes_have_the_colours_of_the_map() {
        let styles = styles();
        let intensity = styles.iter().find(|style| style.layer == "parcels" && style.is_default).expect("a default");
        for (_, colour) in palette::INTENSITY {
            assert!(intensity.qml.contains(&symbol::rgba(colour)), "{colour}");
        }
        // Whoever gives a list colours gives every code of it one, and no other.
        for list in ::layers::codes::lists::ALL {
            let Some(colours) = palette::of_list(list.id) else { continue };
            for code in list.codes.iter() {
                assert!(colours.iter().any(|(known, _)| *known == code.code), "{}: {}", list.id, code.code);
            }
        }
    }

    #[test]
    fn the_style_of_changes_is_a_document_of_qgis() {
        let changes = styles().into_iter().find(|style| style.layer == "changes").expect("a style");
        insta::assert_snapshot!(changes.qml);
    }
}
