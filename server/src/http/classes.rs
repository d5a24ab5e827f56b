//! What the entries of a legend are made of, so that a client can filter by them and add them up:
//! a layer of the findings, an attribute of it and a value, as `/totals` takes them.

use layers::ValueKind;
use layers::schema::{AttributeSchema, LAYERS, LayerSchema};
use serde_json::{Value, json};
use styles::Legend;

/// A legend whose entries say of which features they speak: `class`, where that can be said.
pub(super) fn with_classes(legend: &Legend) -> serde_json::Result<Value> {
    let mut document = serde_json::to_value(legend)?;
    for list in ["entries", "breakdown"] {
        let entries = document[list].as_array_mut().into_iter().flatten();
        for entry in entries {
            let class = entry["key"].as_str().and_then(|key| class(&legend.source_layer, &legend.attribute, key));
            if let Some(class) = class {
                entry["class"] = class;
            }
        }
    }
    Ok(document)
}

/// The features of an entry of a legend of that layer by that attribute.
fn class(layer: &str, attribute: &str, key: &str) -> Option<Value> {
    let schema = LayerSchema::of(layer)?;
    if key == "all" {
        return Some(json!({ "layer": layer, "attribute": null, "value": null }));
    }
    let own = schema.attributes.iter().find(|known| known.name == attribute)?;
    if key == "not_assessed" {
        // Of pieces there are none that were not assessed: what is missing are patches.
        return (layer == "parcels").then(|| json!({ "layer": layer, "attribute": attribute, "value": null }));
    }
    if own.codes.is_some() && !own.is_theme() {
        return None;
    }
    if let Some(value) = value(own, key) {
        return Some(json!({ "layer": layer, "attribute": attribute, "value": value }));
    }
    // A row that cuts across the classes, or a class that another layer has.
    let of_layer = |layer: &'static LayerSchema| {
        let listed = layer.attributes.iter().filter(|known| known.codes.is_some() && known.is_theme());
        listed.map(move |known| (layer.id, known))
    };
    let elsewhere = LAYERS.iter().filter(|other| other.id == "changes").flat_map(of_layer);
    let mut known = LayerSchema::of(layer).into_iter().flat_map(of_layer).chain(elsewhere);
    known.find_map(|(layer, known)| {
        let value = value(known, key)?;
        Some(json!({ "layer": layer, "attribute": known.name, "value": value }))
    })
}

/// The value of an attribute that a key stands for, as text.
fn value(attribute: &AttributeSchema, key: &str) -> Option<String> {
    if attribute.kind == ValueKind::Bool {
        let negated = ["non_", "not_"].iter().any(|no| key.strip_prefix(no) == Some(attribute.name));
        return match key {
            "true" | "false" => Some(key.to_owned()),
            _ if key == attribute.name => Some("true".to_owned()),
            _ if negated => Some("false".to_owned()),
            _ => None,
        };
    }
    match attribute.codes {
        Some(list) => list.codes.iter().any(|code| code.code == key).then(|| key.to_owned()),
        // Parks are called as their layer calls them.
        None => (attribute.name == "park").then(|| key.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(layer: &str, attribute: &str, key: &str) -> Option<String> {
        let class = class(layer, attribute, key)?;
        let text = |member: &str| class[member].as_str().unwrap_or("-").to_owned();
        Some(format!("{} {} {}", text("layer"), text("attribute"), text("value")))
    }

    #[test]
    fn entries_say_of_which_features_they_speak() {
        let said = |layer, attribute, key| said(layer, attribute, key).unwrap_or_default();
        assert_eq!(said("parcels", "intensity", "3"), "parcels intensity 3");
        assert_eq!(said("parcels", "far_class", "not_assessed"), "parcels far_class -");
        assert_eq!(said("parcels", "park", "all"), "parcels - -");
        assert_eq!(said("parcels", "park", "P1"), "parcels park P1");
        assert_eq!(said("parcels", "idle", "idle"), "parcels idle true");
        assert_eq!(said("conflicts", "mandatory", "mandatory"), "conflicts mandatory true");
        assert_eq!(said("conflicts", "mandatory", "non_mandatory"), "conflicts mandatory false");
        assert_eq!(said("conflicts", "mandatory", "education"), "conflicts type education");
        assert_eq!(said("conflicts", "mandatory", "keep"), "changes change keep");
    }

    #[test]
    fn what_cannot_be_said_is_not() {
        assert_eq!(said("conflicts", "mandatory", "not_assessed"), None);
        assert_eq!(said("parcels", "low_reasons", "4"), None);
        assert_eq!(said("nothing", "at_all", "1"), None);
    }
}
