//! What a style asks for against what the tilesets have: the first tileset, tile layer or attribute
//! that is not there, with its place in the file and the name that was probably meant.

use std::collections::BTreeMap;
use std::fmt;

use layers::nearest::nearest;
use serde_json::Value;

use super::addresses::local;
use crate::foreign::Foreign;
use crate::generation::Generation;

/// Attributes of each tile layer of each tileset. A tileset of images has no layers.
pub(crate) type TileLayers = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// What the tilesets have, as their TileJSON say it.
pub(crate) fn tile_layers(generation: &Generation, foreign: &Foreign) -> TileLayers {
    let layer = |layer: &Value| {
        let fields = layer.get("fields").and_then(Value::as_object);
        let fields = fields.into_iter().flat_map(|fields| fields.keys().cloned()).collect();
        Some((layer.get("id")?.as_str()?.to_owned(), fields))
    };
    let built = generation.tilesets.iter().map(|tileset| {
        let layers = tileset.archive.metadata().get("vector_layers").and_then(Value::as_array);
        (tileset.id().to_owned(), layers.into_iter().flatten().filter_map(layer).collect())
    });
    let foreign = foreign.tilesets().iter();
    let foreign = foreign.map(|tileset| (tileset.id.clone(), tileset.vector_layers.iter().filter_map(layer).collect()));
    foreign.chain(built).collect()
}

/// Something in a style that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: `layers[3].paint.fill-color[1]`.
    pub place: String,
    /// What.
    pub problem: Problem,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It has no such member, or another type of value there.
    NotAStyle(&'static str),
    /// Nothing of that kind and name.
    Missing {
        /// What is not there: a source, a tileset, a tile layer of …
        what: String,
        /// Its name.
        name: String,
        /// The name that was probably meant.
        nearest: Option<String>,
        /// All names, where none is near.
        known: Vec<String>,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::NotAStyle(expected) => write!(f, "{}: {expected}", self.place),
            Problem::Missing { what, name, nearest, known } => {
                write!(f, "{}: there is no {what} `{name}`", self.place)?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
                    None if known.is_empty() => Ok(()),
                    None => write!(f, "; it may be one of {}", known.join(", ")),
                }
            }
        }
    }
}

fn missing<'n>(place: String, what: String, name: &str, known: impl Iterator<Item = &'n String>) -> Fault {
    let known: Vec<String> = known.cloned().collect();
    let nearest = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
    Fault { place, problem: Problem::Missing { what, name: name.to_owned(), nearest, known } }
}

fn no_style(place: &str, expected: &'static str) -> Fault {
    Fault { place: place.to_owned(), problem: Problem::NotAStyle(expected) }
}

/// Looks for the first thing in a style that is not there.
pub(super) fn check(style: &Value, tiles: &TileLayers) -> Result<(), Fault> {
    if style.get("version") != Some(&Value::from(8)) {
        return Err(no_style("version", "a MapLibre style has version 8"));
    }
    let sources = style.get("sources").and_then(Value::as_object);
    let sources = sources.ok_or_else(|| no_style("sources", "a style has an object of sources"))?;
    let layers = style.get("layers").and_then(Value::as_array);
    let layers = layers.ok_or_else(|| no_style("layers", "a style has a list of layers"))?;
    let mut drawn: BTreeMap<&str, Option<Drawn<'_>>> = BTreeMap::new();
    for (id, source) in sources {
        drawn.insert(id, drawn_from(&format!("sources.{id}"), source, tiles)?);
    }
    for (number, layer) in layers.iter().enumerate() {
        let place = format!("layers[{number}]");
        let Some(source) = layer.get("source").and_then(Value::as_str) else { continue };
        let Some(found) = drawn.get(source) else {
            let known: Vec<String> = sources.keys().cloned().collect();
            return Err(missing(format!("{place}.source"), "source".to_owned(), source, known.iter()));
        };
        if let Some(tilesets) = found {
            check_layer(&place, layer, tilesets)?;
        }
    }
    Ok(())
}

/// The tilesets of this server that a source joins.
type Drawn<'t> = Vec<(&'t str, &'t BTreeMap<String, Vec<String>>)>;

/// What a source of this server's vector tiles has; `None` for one of another kind, or from elsewhere.
fn drawn_from<'t>(place: &str, source: &Value, tiles: &'t TileLayers) -> Result<Option<Drawn<'t>>, Fault> {
    let (member, address) = match (source.get("url"), source.get("tiles").and_then(|tiles| tiles.get(0))) {
        (Some(url), _) => ("url", url.as_str()),
        (None, Some(template)) => ("tiles[0]", template.as_str()),
        (None, None) => return Ok(None),
    };
    if !matches!(source.get("type").and_then(Value::as_str), Some("vector" | "raster")) {
        return Ok(None);
    }
    let Some(path) = address.and_then(local) else { return Ok(None) };
    let list = path.split(['/', '?']).next().unwrap_or(path);
    let list = percent_encoding::percent_decode_str(list).decode_utf8_lossy();
    let mut drawn = Vec::new();
    for id in list.split(',') {
        let Some((id, layers)) = tiles.get_key_value(id) else {
            return Err(missing(format!("{place}.{member}"), "tileset".to_owned(), id, tiles.keys()));
        };
        drawn.push((id.as_str(), layers));
    }
    Ok((source.get("type").and_then(Value::as_str) == Some("vector")).then_some(drawn))
}

/// A checked style whose layers name the tilesets that they draw as their sources.
pub(super) fn by_tileset(style: &Value, tiles: &TileLayers) -> Value {
    let mut style = style.clone();
    let sources = style.get("sources").cloned().unwrap_or_default();
    for layer in style.get_mut("layers").and_then(Value::as_array_mut).into_iter().flatten() {
        let member = |name| layer.get(name).and_then(Value::as_str);
        let (Some(source), Some(named)) = (member("source"), member("source-layer")) else { continue };
        let joined = sources.get(source).and_then(|source| drawn_from("", source, tiles).ok().flatten());
        let tileset = joined.into_iter().flatten().find(|(_, layers)| layers.contains_key(named));
        if let Some((id, _)) = tileset {
            layer["source"] = id.into();
        }
    }
    style
}

fn check_layer(place: &str, layer: &Value, tilesets: &Drawn<'_>) -> Result<(), Fault> {
    let named = layer.get("source-layer").and_then(Value::as_str);
    let name = named.ok_or_else(|| no_style(&format!("{place}.source-layer"), "a layer of vector tiles names one"))?;
    let Some((_, fields)) = tilesets.iter().find_map(|(_, layers)| layers.get_key_value(name)) else {
        let ids: Vec<&str> = tilesets.iter().map(|(id, _)| *id).collect();
        let known = tilesets.iter().flat_map(|(_, layers)| layers.keys());
        let what = format!("tile layer in {}", ids.join(", "));
        return Err(missing(format!("{place}.source-layer"), what, name, known));
    };
    for part in ["filter", "layout", "paint"] {
        if let Some(value) = layer.get(part) {
            let here = format!("{place}.{part}");
            let is_old = part == "filter" && is_old_filter(value);
            attributes(&here, value, is_old, &mut |place: String, attribute: &str| {
                if attribute.starts_with('$') || fields.iter().any(|known| known == attribute) {
                    return Ok(());
                }
                Err(missing(place, format!("attribute of {name}"), attribute, fields.iter()))
            })?;
        }
    }
    Ok(())
}

/// Whether a filter is of the kind before expressions, in which the second item is the attribute
/// itself: `["==", "class", "a"]` (MapLibre Style Specification, deprecations).
fn is_old_filter(filter: &Value) -> bool {
    let Some([Value::String(operator), rest @ ..]) = filter.as_array().map(Vec::as_slice) else { return false };
    match operator.as_str() {
        "all" | "any" | "none" => rest.iter().any(is_old_filter),
        "has" | "!has" => operator == "!has",
        "in" | "!in" => {
            operator == "!in" || rest.len() > 2 || rest.get(1).is_some_and(|item| !item.is_array() && !item.is_string())
        }
        "==" | "!=" | "<" | "<=" | ">" | ">=" => matches!(rest, [Value::String(_), value] if !value.is_array()),
        _ => false,
    }
}

/// Calls `found` with each attribute that is read, and where.
fn attributes(
    place: &str,
    value: &Value,
    is_old: bool,
    found: &mut dyn FnMut(String, &str) -> Result<(), Fault>,
) -> Result<(), Fault> {
    match value {
        Value::Array(items) => {
            if let [Value::String(operator), Value::String(name), rest @ ..] = items.as_slice() {
                // With a third item the attribute is looked up in an object of the expression's own.
                let reads = matches!(operator.as_str(), "get" | "has") && rest.is_empty();
                let compares = is_old && !matches!(operator.as_str(), "all" | "any" | "none");
                if reads || compares {
                    found(format!("{place}[1]"), name)?;
                }
            }
            if items.first().and_then(Value::as_str) == Some("literal") {
                return Ok(());
            }
            for (number, item) in items.iter().enumerate() {
                attributes(&format!("{place}[{number}]"), item, is_old, found)?;
            }
        }
        Value::Object(members) => {
            // A function of before expressions names its attribute.
            if let (Some(Value::String(name)), true) = (members.get("property"), members.contains_key("stops")) {
                found(format!("{place}.property"), name)?;
            }
            for (member, value) in members {
                let here = format!("{place}.{member}");
                if let ("text-field" | "icon-image", Value::String(text)) = (member.as_str(), value) {
                    for token in tokens(text) {
                        found(here.clone(), token)?;
                    }
                }
                attributes(&here, value, is_old, found)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// The attributes in a text such as `{name} ({key})`.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(token, _)| token))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tiles() -> TileLayers {
        let fields = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let findings =
            [("parcels".to_owned(), fields(&["key", "name", "intensity"])), ("zones".to_owned(), fields(&["key"]))];
        let images = BTreeMap::new();
        [("findings".to_owned(), findings.into()), ("photo".to_owned(), images)].into()
    }

    fn said(layer: Value) -> String {
        let style = json!({
            "version": 8,
            "sources": { "city": { "type": "vector", "url": "/findings" }, "photo": { "type": "raster", "url": "/photo" } },
            "layers": [{ "id": "ground", "type": "background" }, layer],
        });
        check(&style, &tiles()).map_or_else(|fault| fault.to_string(), |()| String::new())
    }

    fn fill(part: &str, value: Value) -> Value {
        let mut layer = json!({ "id": "a", "type": "fill", "source": "city", "source-layer": "parcels" });
        layer[part] = value;
        layer
    }

    #[test]
    fn what_is_there_may_be_asked_for() {
        let colour = json!({ "fill-color": ["match", ["get", "intensity"], 1, "#d7191c", "#cccccc"] });
        assert_eq!(said(fill("paint", colour)), "");
        assert_eq!(said(fill("filter", json!(["all", ["has", "name"], ["==", ["get", "key"], "name of nobody"]]))), "");
        assert_eq!(said(fill("filter", json!(["==", "key", "name of nobody"]))), "");
        assert_eq!(said(fill("filter", json!(["in", "$type", "Polygon", "Point"]))), "");
        assert_eq!(said(fill("layout", json!({ "text-field": "{name} ({key})" }))), "");
        assert_eq!(said(fill("paint", json!({ "fill-color": ["get", "x", ["literal", { "x": "#ffffff" }]] }))), "");
        assert_eq!(said(json!({ "id": "p", "type": "raster", "source": "photo" })), "");
    }

    #[test]
    fn what_is_not_there_is_named_with_place_and_nearest() {
        let colour = json!({ "fill-color": ["match", ["get", "intensty"], 1, "#d7191c", "#cccccc"] });
        assert_eq!(
            said(fill("paint", colour)),
            "layers[1].paint.fill-color[1][1]: there is no attribute of parcels `intensty`; did you mean `intensity`?"
        );
        assert_eq!(
            said(fill("filter", json!(["all", ["==", "kye", "a"]]))),
            "layers[1].filter[1][1]: there is no attribute of parcels `kye`; did you mean `key`?"
        );
        assert_eq!(
            said(fill("layout", json!({ "text-field": "{title}" }))),
            "layers[1].layout.text-field: there is no attribute of parcels `title`; it may be one of key, name, intensity"
        );
        let stops = json!({ "fill-color": { "property": "intensiy", "stops": [[1, "#ffffff"]] } });
        assert!(said(fill("paint", stops)).starts_with("layers[1].paint.fill-color.property: "));
        assert_eq!(
            said(fill("source-layer", json!("parcel"))),
            "layers[1].source-layer: there is no tile layer in findings `parcel`; did you mean `parcels`?"
        );
        assert_eq!(
            said(fill("source", json!("ctiy"))),
            "layers[1].source: there is no source `ctiy`; did you mean `city`?"
        );
    }

    #[test]
    fn a_source_names_tilesets_that_there_are() {
        let fault = |source: Value| {
            let style = json!({ "version": 8, "sources": { "s": source }, "layers": [] });
            check(&style, &tiles()).map_or_else(|fault| fault.to_string(), |()| String::new())
        };
        let near = "there is no tileset `finding`; did you mean `findings`?";
        assert_eq!(fault(json!({ "type": "vector", "url": "tuban://finding" })), format!("sources.s.url: {near}"));
        let template = json!({ "type": "vector", "tiles": ["/findings,finding/{z}/{x}/{y}"] });
        assert_eq!(fault(template), format!("sources.s.tiles[0]: {near}"));
        assert_eq!(fault(json!({ "type": "vector", "url": "https://tiles.example/any" })), "");
        assert_eq!(fault(json!({ "type": "geojson", "data": "/anything.json" })), "");
    }

    #[test]
    fn a_document_that_is_no_style_is_refused() {
        for (document, place) in [
            (json!([]), "version"),
            (json!({ "version": 7 }), "version"),
            (json!({ "version": 8 }), "sources"),
            (json!({ "version": 8, "sources": {} }), "layers"),
        ] {
            assert_eq!(check(&document, &tiles()).map_err(|fault| fault.place), Err(place.to_owned()));
        }
    }
}
