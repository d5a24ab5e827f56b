//! Digests of what the analyses found: whether a change of the code changed an answer.

use anyhow::Result;
use geo::CoordsIter;
use layers::{Analysis, ThematicLayer, Value};
use serde_json::json;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// A digest of every layer's attributes and of its geometries to the last bit, of the tables and of
/// the remarks.
///
/// # Errors
/// Tables that are no JSON.
pub fn of(analysis: &Analysis) -> Result<serde_json::Value> {
    let layers: serde_json::Map<_, _> = analysis.layers().map(|layer| (layer.id.clone(), of_layer(&layer))).collect();
    let tables = hex(xxh3_64(&serde_json::to_vec(&analysis.statistics)?));
    let notes = hex(xxh3_64(&serde_json::to_vec(&analysis.notes)?));
    Ok(json!({ "layers": layers, "tables": tables, "notes": notes }))
}

fn of_layer(layer: &ThematicLayer) -> serde_json::Value {
    let (mut attributes, mut geometries) = (Xxh3::new(), Xxh3::new());
    for feature in &layer.features {
        attributes.update(&feature.id.to_le_bytes());
        feature.values.iter().for_each(|value| update(&mut attributes, value));
        geometries.update(&feature.geometry.coords_count().to_le_bytes());
        for point in feature.geometry.coords_iter() {
            geometries.update(&point.x.to_le_bytes());
            geometries.update(&point.y.to_le_bytes());
        }
    }
    json!({ "attributes": hex(attributes.digest()), "geometries": hex(geometries.digest()) })
}

fn update(digest: &mut Xxh3, value: &Value) {
    match value {
        Value::Null => digest.update(&[0]),
        Value::Bool(truth) => digest.update(&[1, u8::from(*truth)]),
        Value::Int(number) => {
            digest.update(&[2]);
            digest.update(&number.to_le_bytes());
        }
        Value::Real(number) => {
            digest.update(&[3]);
            digest.update(&number.to_le_bytes());
        }
        Value::Text(text) => {
            digest.update(&[4]);
            digest.update(&text.len().to_le_bytes());
            digest.update(text.as_bytes());
        }
    }
}

fn hex(digest: u64) -> String {
    format!("{digest:016x}")
}
