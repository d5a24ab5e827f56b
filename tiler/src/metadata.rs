//! What a tileset says about itself: the JSON metadata of PMTiles and MBTiles.
//!
//! # References
//! TileJSON 3.0.0 §3.3 (`vector_layers`); mapbox-geostats, "Outputs" (`tilestats`).

use std::collections::BTreeSet;

use layers::schema::{Attribute, GeometryKind};
use layers::{ThematicLayer, Value, ValueKind};
use serde_json::{Map, Number, Value as Json, json};

use crate::tileset::TilesetSpec;

/// Distinct values listed for an attribute; a column with more lists the least of them.
const MOST_VALUES: usize = 100;

/// The JSON object, in a fixed order of members.
pub(crate) fn metadata(spec: &TilesetSpec<'_>, min_zoom: u8, max_zoom: u8) -> Map<String, Json> {
    let mut metadata = Map::new();
    for (name, text) in [
        ("name", spec.id),
        ("description", spec.description),
        ("attribution", spec.attribution),
        ("type", "overlay"),
        ("generator", spec.generator),
    ] {
        metadata.insert(name.into(), text.into());
    }
    let drawn = || spec.layers.iter().filter(|layer| !layer.features.is_empty());
    let vector_layers = drawn().map(|layer| vector_layer(layer, min_zoom, max_zoom)).collect();
    metadata.insert("vector_layers".into(), Json::Array(vector_layers));
    let stats: Vec<Json> = drawn().map(layer_stats).collect();
    metadata.insert("tilestats".into(), json!({ "layerCount": stats.len(), "layers": stats }));
    metadata.extend(spec.extra_metadata.clone());
    metadata
}

fn vector_layer(layer: &ThematicLayer, min_zoom: u8, max_zoom: u8) -> Json {
    let field = |attribute: &Attribute| {
        let kind = match attribute.kind {
            ValueKind::Bool => "Boolean",
            ValueKind::Int | ValueKind::Real => "Number",
            ValueKind::Text => "String",
        };
        (attribute.name.clone(), kind.into())
    };
    let fields: Map<String, Json> = layer.attributes.iter().map(field).collect();
    json!({
        "id": layer.id, "description": layer.description,
        "minzoom": min_zoom, "maxzoom": max_zoom, "fields": fields,
    })
}

fn layer_stats(layer: &ThematicLayer) -> Json {
    let geometry = match layer.geometry {
        GeometryKind::Point => "Point",
        GeometryKind::Line => "LineString",
        GeometryKind::Polygon => "Polygon",
        GeometryKind::Mixed => "GeometryCollection",
    };
    let attributes: Vec<Json> = layer
        .attributes
        .iter()
        .enumerate()
        .map(|(place, attribute)| attribute_stats(layer, place, attribute))
        .collect();
    json!({
        "layer": layer.id, "count": layer.features.len(), "geometry": geometry,
        "attributeCount": attributes.len(), "attributes": attributes,
    })
}

fn attribute_stats(layer: &ThematicLayer, place: usize, attribute: &Attribute) -> Json {
    let values = || layer.features.iter().filter_map(|feature| feature.values.get(place));
    let mut stats = Map::new();
    stats.insert("attribute".into(), attribute.name.as_str().into());
    match attribute.kind {
        ValueKind::Text => {
            let distinct: BTreeSet<&str> = values().filter_map(Value::as_str).collect();
            stats.insert("count".into(), distinct.len().into());
            stats.insert("type".into(), "string".into());
            stats.insert("values".into(), distinct.into_iter().take(MOST_VALUES).collect());
        }
        ValueKind::Bool => {
            let distinct: BTreeSet<bool> =
                values().filter_map(|value| if let Value::Bool(truth) = value { Some(*truth) } else { None }).collect();
            stats.insert("count".into(), distinct.len().into());
            stats.insert("type".into(), "boolean".into());
            stats.insert("values".into(), distinct.into_iter().collect());
        }
        ValueKind::Int | ValueKind::Real => {
            let mut distinct: Vec<(f64, Number)> = values().filter_map(number).collect();
            distinct.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            distinct.dedup_by(|a, b| a.0 == b.0);
            stats.insert("count".into(), distinct.len().into());
            stats.insert("type".into(), "number".into());
            let listed: Vec<Json> =
                distinct.iter().take(MOST_VALUES).map(|(_, number)| number.clone().into()).collect();
            stats.insert("values".into(), listed.into());
            if let (Some((_, min)), Some((_, max))) = (distinct.first(), distinct.last()) {
                stats.insert("min".into(), min.clone().into());
                stats.insert("max".into(), max.clone().into());
            }
        }
    }
    stats.into()
}

fn number(value: &Value) -> Option<(f64, Number)> {
    match *value {
        Value::Int(number) => Some((number as f64, number.into())),
        Value::Real(number) => Some((number, Number::from_f64(number)?)),
        _ => None,
    }
}
