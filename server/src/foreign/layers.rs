//! Tile layers as a stranger's metadata describe them: what is as TileJSON wants it is kept.

use serde_json::{Map, Value, json};

/// Deepest zoom that there is.
const DEEPEST: u64 = 30;

/// The `vector_layers` of archive metadata (PMTiles v3 §5.1, MBTiles 1.3 "Vector tileset metadata"),
/// by the members of TileJSON 3.0.0 §3.3.
pub(super) fn of(metadata: &Map<String, Value>) -> Vec<Value> {
    let layers = metadata.get("vector_layers").and_then(Value::as_array);
    layers.into_iter().flatten().filter_map(layer).collect()
}

fn layer(written: &Value) -> Option<Value> {
    let mut layer = json!({ "id": written.get("id")?.as_str()?, "fields": fields(&written["fields"]) });
    if let Some(description) = written["description"].as_str() {
        layer["description"] = description.into();
    }
    for name in ["minzoom", "maxzoom"] {
        if let Some(zoom) = written[name].as_u64().filter(|&zoom| zoom <= DEEPEST) {
            layer[name] = zoom.into();
        }
    }
    Some(layer)
}

/// Attribute names and what they mean, both text.
fn fields(written: &Value) -> Map<String, Value> {
    let fields = written.as_object().into_iter().flatten();
    fields.filter(|(_, meaning)| meaning.is_string()).map(|(name, meaning)| (name.clone(), meaning.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_as_it_should_be_is_left_out() {
        let metadata = json!({ "vector_layers": [
            { "id": "roads", "fields": { "name": "String", "lanes": 2 }, "minzoom": 4, "maxzoom": 99, "extra": [1] },
            { "id": 7 }, "no layer", { "fields": {} }, { "id": "bare", "fields": [], "description": "d" },
        ]});
        assert_eq!(
            Value::from(of(metadata.as_object().expect("an object"))),
            json!([
                { "id": "roads", "fields": { "name": "String" }, "minzoom": 4 },
                { "id": "bare", "fields": {}, "description": "d" },
            ])
        );
        assert!(of(&Map::new()).is_empty());
        assert!(of(json!({ "vector_layers": {} }).as_object().expect("an object")).is_empty());
    }
}
