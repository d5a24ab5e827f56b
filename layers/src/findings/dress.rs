//! How programs show the findings: what layers, columns and codes are called, in which colours they
//! are drawn, and where the numbers come from. The numbers themselves do not depend on any of it.

use crate::codes::{CodeList, Label};
use crate::feature::{Value, ValueKind};
use crate::schema::{GeometryKind, LAYERS, ThematicLayer};
use crate::stats::OwnedLabel;

/// What goes into a findings GeoPackage beside the features.
#[derive(Clone, Debug, Default)]
pub struct Dress {
    /// What layers are called; one without words goes by its id.
    pub words: Vec<LayerWords>,
    /// How QGIS draws them; a layer may have several.
    pub styles: Vec<LayerStyle>,
    /// What the numbers rest on, a line an entry.
    pub provenance: Vec<Provenance>,
}

/// What a layer and its columns are called.
#[derive(Clone, Debug)]
pub struct LayerWords {
    /// The layer.
    pub layer: String,
    /// What people call it.
    pub title: OwnedLabel,
    /// What its geometries are.
    pub geometry: GeometryKind,
    /// Its attributes, in order.
    pub columns: Vec<ColumnWords>,
}

/// What a column and its values are called.
#[derive(Clone, Debug)]
pub struct ColumnWords {
    /// The attribute.
    pub name: String,
    /// The type of its values.
    pub kind: ValueKind,
    /// What people call it.
    pub title: OwnedLabel,
    /// What it says.
    pub description: String,
    /// Its code list; `None` = any value.
    pub codes: Option<ColumnCodes>,
}

/// The values that a column can have.
#[derive(Clone, Debug)]
pub struct ColumnCodes {
    /// Name of the list: columns with the same list have the same codes.
    pub list: String,
    /// Each code and what it is called, in display order.
    pub codes: Vec<(String, OwnedLabel)>,
}

/// A style of QGIS.
#[derive(Clone, Debug)]
pub struct LayerStyle {
    /// The layer it draws.
    pub layer: String,
    /// What the style is called; at most 30 characters.
    pub name: String,
    /// What it shows.
    pub description: String,
    /// Whether QGIS takes it of its own accord.
    pub is_default: bool,
    /// The style (QML).
    pub qml: String,
}

/// One thing to know about the numbers.
#[derive(Clone, Debug)]
pub struct Provenance {
    /// What it is about.
    pub topic: OwnedLabel,
    /// Which of several, such as a layer; empty where there is one.
    pub subject: String,
    /// What is to be known.
    pub value: String,
}

/// Lists whose codes are added up: a value is no code, and has no name of its own.
const SUMS: [&str; 2] = ["low_reasons", "inefficient"];

/// The words of those layers that the tile schema knows, with the codes of a project's `lists`. Parks
/// are called as their layer calls them.
pub fn words(layers: &[ThematicLayer], lists: &[CodeList]) -> Vec<LayerWords> {
    let parks = parks(layers);
    let of_layer = |layer: &ThematicLayer| {
        let schema = LAYERS.iter().find(|schema| schema.id == layer.id)?;
        let columns = schema.attributes.iter().map(|attribute| {
            let listed = attribute.codes.filter(|list| !SUMS.contains(&list.id)).map(|known| {
                let list = lists.iter().find(|list| list.id == known.id).unwrap_or(known);
                let codes = list.codes.iter().map(|code| (code.code.to_string(), (&code.label).into()));
                ColumnCodes { list: list.id.to_owned(), codes: codes.collect() }
            });
            let is_park = attribute.name == "park";
            ColumnWords {
                name: attribute.name.to_owned(),
                kind: attribute.kind,
                title: attribute.title().into(),
                description: attribute.description.to_owned(),
                codes: listed.or_else(|| parks.clone().filter(|_| is_park)),
            }
        });
        let (title, columns) = ((&schema.title).into(), columns.collect());
        Some(LayerWords { layer: layer.id.clone(), title, geometry: layer.geometry, columns })
    };
    layers.iter().filter_map(of_layer).collect()
}

/// Keys and names of the parks; `None` where there are none.
fn parks(layers: &[ThematicLayer]) -> Option<ColumnCodes> {
    let layer = layers.iter().find(|layer| layer.id == "parks")?;
    let place = |name: &str| layer.attributes.iter().position(|attribute| attribute.name == name);
    let (key, name) = (place("key")?, place("name")?);
    let codes = layer.features.iter().filter_map(|park| match (park.values.get(key)?, park.values.get(name)?) {
        (Value::Text(key), Value::Text(name)) => Some((key.to_string(), OwnedLabel::from(&Label::same(name)))),
        _ => None,
    });
    Some(ColumnCodes { list: "park".to_owned(), codes: codes.collect() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_columns_of_a_layer_are_called_the_same() {
        let layers: Vec<ThematicLayer> = LAYERS.iter().map(|schema| schema.empty_layer()).collect();
        let words = words(&layers, &[]);
        assert_eq!(words.len(), LAYERS.len());
        let titles: BTreeSet<&str> = words.iter().map(|layer| layer.title.zh.as_str()).collect();
        assert_eq!(titles.len(), LAYERS.len());
        for layer in &words {
            let titles: BTreeSet<&str> = layer.columns.iter().map(|column| column.title.zh.as_str()).collect();
            assert_eq!(titles.len(), layer.columns.len(), "{}: {titles:?}", layer.layer);
        }
    }
}
