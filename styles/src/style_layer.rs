//! One layer of a MapLibre style, and the few expressions that styles are written in.

use serde_json::{Map, Value, json};

use crate::look::Class;
use crate::palette::Colour;

/// A layer of a style before it knows its source.
#[derive(Clone, Debug)]
pub(crate) struct StyleLayer {
    id: String,
    kind: &'static str,
    /// The tile layer it draws.
    pub(crate) source_layer: String,
    min_zoom: Option<f64>,
    filter: Option<Value>,
    layout: Map<String, Value>,
    paint: Map<String, Value>,
}

impl StyleLayer {
    pub(crate) fn fill(id: impl Into<String>, source_layer: impl Into<String>) -> Self {
        Self::new(id, "fill", source_layer)
    }

    /// A line with round joins, so that sharp corners of parcels do not grow spikes.
    pub(crate) fn line(id: impl Into<String>, source_layer: impl Into<String>) -> Self {
        Self::new(id, "line", source_layer).layout("line-join", json!("round"))
    }

    pub(crate) fn circle(id: impl Into<String>, source_layer: impl Into<String>) -> Self {
        Self::new(id, "circle", source_layer)
    }

    pub(crate) fn symbol(id: impl Into<String>, source_layer: impl Into<String>) -> Self {
        Self::new(id, "symbol", source_layer)
    }

    fn new(id: impl Into<String>, kind: &'static str, source_layer: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            kind,
            source_layer: source_layer.into(),
            min_zoom: None,
            filter: None,
            layout: Map::new(),
            paint: Map::new(),
        }
    }

    pub(crate) fn min_zoom(mut self, zoom: f64) -> Self {
        self.min_zoom = Some(zoom);
        self
    }

    pub(crate) fn filter(mut self, filter: Value) -> Self {
        self.filter = Some(filter);
        self
    }

    pub(crate) fn layout(mut self, property: &str, value: Value) -> Self {
        self.layout.insert(property.to_owned(), value);
        self
    }

    pub(crate) fn paint(mut self, property: &str, value: Value) -> Self {
        self.paint.insert(property.to_owned(), value);
        self
    }

    /// The layer as a style writes it, members in the order in which people read them.
    pub(crate) fn to_json(&self, source: &str) -> Value {
        let mut layer = Map::new();
        layer.insert("id".into(), json!(self.id));
        layer.insert("type".into(), json!(self.kind));
        layer.insert("source".into(), json!(source));
        layer.insert("source-layer".into(), json!(self.source_layer));
        if let Some(zoom) = self.min_zoom {
            layer.insert("minzoom".into(), json!(zoom));
        }
        if let Some(filter) = &self.filter {
            layer.insert("filter".into(), filter.clone());
        }
        if !self.layout.is_empty() {
            layer.insert("layout".into(), json!(self.layout));
        }
        layer.insert("paint".into(), json!(self.paint));
        Value::Object(layer)
    }
}

/// The colour of a class whose codes are text.
pub(crate) fn by_text(attribute: &str, classes: &[Class], otherwise: Colour) -> Value {
    let codes = classes.iter().map(|class| (json!(class.code), json!(class.colour)));
    matching(attribute, codes, json!(otherwise))
}

/// The colour of a class whose codes are whole numbers.
///
/// An absent attribute is no number, so it matches nothing and takes `otherwise`.
pub(crate) fn by_number(attribute: &str, classes: &[Class], otherwise: Colour) -> Value {
    let codes = classes.iter().map(|class| {
        let number: i64 = class.code.parse().expect("numbered classes have whole numbers for codes");
        (json!(number), json!(class.colour))
    });
    matching(attribute, codes, json!(otherwise))
}

/// A `match` on an attribute. Every key is a list of one: QGIS's converter reads no other (up to 3.22
/// it takes what is no list for an empty one, and draws everything as `otherwise`).
pub(crate) fn matching(attribute: &str, arms: impl IntoIterator<Item = (Value, Value)>, otherwise: Value) -> Value {
    let mut expression = vec![json!("match"), json!(["get", attribute])];
    for (key, value) in arms {
        expression.extend([json!([key]), value]);
    }
    expression.push(otherwise);
    Value::Array(expression)
}

/// A value that grows evenly between zooms.
pub(crate) fn by_zoom(stops: &[(f64, f64)]) -> Value {
    let mut expression = vec![json!("interpolate"), json!(["linear"]), json!(["zoom"])];
    for (zoom, value) in stops {
        expression.push(json!(zoom));
        expression.push(json!(value));
    }
    Value::Array(expression)
}

/// Features whose attribute is exactly that.
pub(crate) fn is(attribute: &str, value: impl Into<Value>) -> Value {
    json!(["==", ["get", attribute], value.into()])
}

#[cfg(test)]
mod tests {
    use ::layers::codes::Label;

    use super::*;

    #[test]
    fn number_classes_are_matched_as_numbers() {
        let class = |code: &str, colour| Class { code: code.to_owned(), label: Label::new("", ""), colour };
        let classes = [class("1", "#aaaaaa"), class("2", "#bbbbbb")];
        let expression = by_number("intensity", &classes, "#cccccc");
        assert_eq!(expression, json!(["match", ["get", "intensity"], [1], "#aaaaaa", [2], "#bbbbbb", "#cccccc"]));
    }

    #[test]
    fn a_layer_without_filter_or_zoom_writes_none() {
        let layer = StyleLayer::fill("a", "parcels").paint("fill-color", json!("#aaaaaa")).to_json("findings");
        let members: Vec<&String> = layer.as_object().expect("a layer is an object").keys().collect();
        assert_eq!(members, ["id", "type", "source", "source-layer", "paint"]);
    }
}
