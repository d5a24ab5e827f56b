//! What a tileset says about itself: the JSON metadata of PMTiles and MBTiles.
//!
//! # References
//! TileJSON 3.0.0 §3.3 (`vector_layers`); mapbox-geostats, "Outputs" (`tilestats`).

use layers::ValueKind;
use layers::schema::{Attribute, GeometryKind};
use serde_json::{Map, Value as Json, json};

use crate::attributes::stats::LayerStats;
use crate::tileset::TilesetSpec;

/// A layer as its tiles show it.
pub(crate) struct DescribedLayer<'a> {
    pub(crate) id: &'a str,
    pub(crate) description: &'a str,
    pub(crate) geometry: GeometryKind,
    pub(crate) attributes: &'a [Attribute],
    /// Shallowest and deepest zoom at which it is drawn.
    pub(crate) zooms: (u8, u8),
    /// Of all its features, made with `attributes`.
    pub(crate) stats: LayerStats,
}

/// The JSON object, in a fixed order of members. Layers without features are left out.
pub(crate) fn metadata_of(spec: &TilesetSpec<'_>, layers: &[DescribedLayer<'_>]) -> Map<String, Json> {
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
    let drawn = || layers.iter().filter(|layer| layer.stats.rows() > 0);
    metadata.insert("vector_layers".into(), drawn().map(vector_layer).collect());
    let stats: Vec<Json> = drawn().map(layer_stats).collect();
    metadata.insert("tilestats".into(), json!({ "layerCount": stats.len(), "layers": stats }));
    metadata.extend(spec.extra_metadata.clone());
    metadata
}

fn vector_layer(layer: &DescribedLayer<'_>) -> Json {
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
        "minzoom": layer.zooms.0, "maxzoom": layer.zooms.1, "fields": fields,
    })
}

fn layer_stats(layer: &DescribedLayer<'_>) -> Json {
    let geometry = match layer.geometry {
        GeometryKind::Point => "Point",
        GeometryKind::Line => "LineString",
        GeometryKind::Polygon => "Polygon",
        GeometryKind::Mixed => "GeometryCollection",
    };
    json!({
        "layer": layer.id, "count": layer.stats.rows(), "geometry": geometry,
        "attributeCount": layer.attributes.len(), "attributes": layer.stats.to_json(layer.attributes),
    })
}
