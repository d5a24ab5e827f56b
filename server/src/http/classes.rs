//! What the entries of a legend are made of, so that a client can filter by them and add them up:
//! a layer of the findings, an attribute of it and a value, as `/totals` takes them.

use layers::ValueKind;
use layers::schema::{AttributeSchema, LayerSchema};
use serde_json::{Value, json};
use styles::Legend;

/// A legend whose entries say of which features they speak: `class`, where that can be said.
pub(super) fn with_classes(legend: &Legend) -> serde_json::Result<Value> {
    let mut document = serde_json::to_value(legend)?;
    for (list, place) in [("entries", Place::Entry), ("breakdown", Place::Breakdown)] {
        let entries = document[list].as_array_mut().into_iter().flatten();
        for entry in entries {
            let class =
                entry["key"].as_str().and_then(|key| class(&legend.source_layer, &legend.attribute, key, place));
            if let Some(class) = class {
                entry["class"] = class;
            }
        }
    }
    Ok(document)
}

/// Where in a legend a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Among the classes.
    Entry,
    /// Among rows that cut across the classes.
    Breakdown,
}

/// The features of a key in a legend of that layer by that attribute.
fn class(layer: &str, attribute: &str, key: &str, place: Place) -> Option<Value> {
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
    if let Some((other, value)) = coded(schema, key) {
        let mut class = json!({ "layer": layer, "attribute": other, "value": value });
        // The classes of a map of some of the features, such as idle land, are those of another attribute.
        if own.kind == ValueKind::Bool && place == Place::Entry {
            class["where"] = format!("{attribute}:true").into();
        }
        return Some(class);
    }
    // What stays industrial and what becomes so, beside other things.
    let (other, value) = LayerSchema::of("changes").and_then(|changes| coded(changes, key))?;
    Some(json!({ "layer": "changes", "attribute": other, "value": value }))
}

/// The first attribute of a layer whose code list has that code.
fn coded(layer: &'static LayerSchema, key: &str) -> Option<(&'static str, String)> {
    let mut listed = layer.attributes.iter().filter(|known| known.codes.is_some() && known.is_theme());
    listed.find_map(|known| Some((known.name, value(known, key)?)))
}

/// The value of an attribute that a key stands for, as text.
fn value(attribute: &AttributeSchema, key: &str) -> Option<String> {
    if attribute.kind == ValueKind::Bool {
        let negated = ["non_", "not_"].iter().any(|no| key.strip_prefix(no) == Some(attribute.name));
        return match key {
            "true" | "false" => Some(key.to_owned()),
            // The word of the list `approval` for land without one.
            "missing" => Some("false".to_owned()),
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

    fn said(layer: &str, attribute: &str, key: &str, place: Place) -> Option<String> {
        let class = class(layer, attribute, key, place)?;
        let text = |member: &str| class[member].as_str().unwrap_or("-").to_owned();
        Some(["layer", "attribute", "value", "where"].map(text).join(" "))
    }

    #[test]
    fn entries_say_of_which_features_they_speak() {
        let said = |layer, attribute, key| said(layer, attribute, key, Place::Entry).unwrap_or_default();
        assert_eq!(said("parcels", "intensity", "3"), "parcels intensity 3 -");
        assert_eq!(said("parcels", "far_class", "not_assessed"), "parcels far_class - -");
        assert_eq!(said("parcels", "park", "all"), "parcels - - -");
        assert_eq!(said("parcels", "park", "P1"), "parcels park P1 -");
        assert_eq!(said("parcels", "idle", "mandatory"), "parcels conflict mandatory idle:true");
        assert_eq!(said("conflicts", "mandatory", "mandatory"), "conflicts mandatory true -");
        assert_eq!(said("conflicts", "mandatory", "non_mandatory"), "conflicts mandatory false -");
        assert_eq!(said("conflicts", "mandatory", "keep"), "changes change keep -");
        assert_eq!(said("approvals", "approved", "missing"), "approvals approved false -");
    }

    #[test]
    fn rows_that_cut_across_classes_speak_of_all_of_them() {
        let said = said("conflicts", "mandatory", "education", Place::Breakdown);
        assert_eq!(said.as_deref(), Some("conflicts type education -"));
    }

    #[test]
    fn what_cannot_be_said_is_not() {
        assert_eq!(said("conflicts", "mandatory", "not_assessed", Place::Entry), None);
        assert_eq!(said("parcels", "low_reasons", "4", Place::Entry), None);
        assert_eq!(said("nothing", "at_all", "1", Place::Entry), None);
    }
}
