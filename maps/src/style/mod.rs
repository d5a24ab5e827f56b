//! A MapLibre style as far as it is drawn here: its layers with their properties as expressions.

mod properties;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::colour::Colour;
use crate::expression::{Context, Expression, ExpressionError, Value};
use properties::{Property, property};

/// A style.
#[derive(Clone, Debug)]
pub struct Style {
    /// Its layers, bottom first.
    pub layers: Vec<StyleLayer>,
    /// What it asks for that is not drawn here, a sentence each.
    pub unsupported: Vec<String>,
}

/// How a layer is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The whole map in one colour or pattern.
    Background,
    /// Areas.
    Fill,
    /// Lines, and outlines of areas.
    Line,
    /// Points, and corners of everything else.
    Circle,
    /// Words and pictures.
    Symbol,
}

/// A layer of a style.
#[derive(Clone, Debug)]
pub struct StyleLayer {
    /// Its id.
    pub id: String,
    /// How it is drawn.
    pub kind: Kind,
    /// The source of its features; a background has none.
    pub source: String,
    /// The layer of that source.
    pub source_layer: String,
    /// It is drawn from this zoom on.
    pub min_zoom: f64,
    /// It is drawn below this zoom.
    pub max_zoom: f64,
    filter: Option<Expression>,
    properties: BTreeMap<String, Expression>,
}

/// Why a style cannot be drawn.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StyleError {
    /// There is no list of layers.
    #[error("the style has no layers")]
    NoLayers,
    /// A layer says too little of itself.
    #[error("layer `{layer}` has no `{member}`")]
    Member {
        /// The layer's id, or its place where it has none.
        layer: String,
        /// What is missing.
        member: &'static str,
    },
    /// An expression cannot be used.
    #[error("layer `{layer}`, {property}")]
    Expression {
        /// The layer's id.
        layer: String,
        /// The property, or `filter`.
        property: String,
        /// What is wrong with it.
        #[source]
        cause: ExpressionError,
    },
}

impl Style {
    /// Reads a style.
    ///
    /// # Errors
    /// [`StyleError`] with the layer and the property that cannot be used. What can be used and is not
    /// drawn here (3D, images, blurs) is listed in [`Style::unsupported`].
    pub fn parse(style: &Json) -> Result<Self, StyleError> {
        let written = style["layers"].as_array().ok_or(StyleError::NoLayers)?;
        let mut parsed = Self { layers: Vec::with_capacity(written.len()), unsupported: Vec::new() };
        for (place, layer) in written.iter().enumerate() {
            let member = |member: &'static str| {
                let text = layer[member].as_str().map(str::to_owned);
                let id = layer["id"].as_str().map_or_else(|| place.to_string(), str::to_owned);
                text.ok_or(StyleError::Member { layer: id, member })
            };
            let id = member("id")?;
            let kind = match member("type")?.as_str() {
                "background" => Kind::Background,
                "fill" => Kind::Fill,
                "line" => Kind::Line,
                "circle" => Kind::Circle,
                "symbol" => Kind::Symbol,
                other => {
                    parsed.unsupported.push(format!("layer `{id}` of type `{other}` is not drawn"));
                    continue;
                }
            };
            if layer["layout"]["visibility"] == "none" {
                continue;
            }
            let is_ground = kind == Kind::Background;
            let source = |name| if is_ground { Ok(String::new()) } else { member(name) };
            let expression = |name: &str, json: &Json| {
                let fail = |cause| StyleError::Expression { layer: id.clone(), property: name.to_owned(), cause };
                Expression::parse(json).map_err(fail)
            };
            let filter = layer.get("filter").map(|filter| expression("filter", filter)).transpose()?;
            let mut properties = BTreeMap::new();
            let groups = ["layout", "paint"].into_iter().filter_map(|group| layer[group].as_object());
            for (name, json) in groups.flatten() {
                match property(kind, name) {
                    Property::Drawn => {
                        let read = if name == "text-field" && json.is_string() {
                            tokens(json.as_str().unwrap_or_default())
                        } else if json.is_array() && (is_plain(name, json) || !Expression::is_expression(json)) {
                            Expression::Literal(Value::of_json(json).unwrap_or(Value::Null))
                        } else {
                            expression(name, json)?
                        };
                        properties.insert(name.clone(), read);
                    }
                    Property::WithoutEffect => {}
                    Property::Unknown => {
                        parsed.unsupported.push(format!("layer `{id}`: property `{name}` is not drawn"));
                    }
                }
            }
            let zoom = |name: &str, otherwise: f64| layer[name].as_f64().unwrap_or(otherwise);
            parsed.layers.push(StyleLayer {
                source: source("source")?,
                source_layer: source("source-layer")?,
                min_zoom: zoom("minzoom", 0.0),
                max_zoom: zoom("maxzoom", f64::INFINITY),
                id,
                kind,
                filter,
                properties,
            });
        }
        Ok(parsed)
    }
}

/// Whether a list that begins with a word is a list of words: fonts and anchors.
fn is_plain(name: &str, json: &Json) -> bool {
    let all_words = json.as_array().is_some_and(|items| items.iter().all(Json::is_string));
    all_words && name == "text-font"
}

/// `{name}` in a text stands for that attribute.
fn tokens(text: &str) -> Expression {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        parts.push(Expression::Literal(Value::Text(before.into())));
        parts.push(Expression::Get(Box::new(Expression::Literal(Value::Text(name.into())))));
        rest = after;
    }
    if parts.is_empty() {
        return Expression::Literal(Value::Text(text.into()));
    }
    parts.push(Expression::Literal(Value::Text(rest.into())));
    Expression::Call(crate::expression::Function::Concat, parts)
}

impl StyleLayer {
    /// Whether it is drawn at a zoom.
    pub fn is_drawn_at(&self, zoom: f64) -> bool {
        zoom >= self.min_zoom && zoom < self.max_zoom
    }

    /// Whether it draws a feature. A filter that cannot be answered draws nothing.
    pub fn draws(&self, context: &Context<'_>) -> bool {
        let Some(filter) = &self.filter else { return true };
        matches!(filter.evaluate(context), Ok(Value::Bool(true)))
    }

    /// The names of the attributes that it reads.
    pub fn attributes(&self, names: &mut BTreeSet<String>) {
        self.filter.iter().chain(self.properties.values()).for_each(|expression| expression.attributes(names));
    }

    /// Whether it says anything of a property.
    pub fn has(&self, property: &str) -> bool {
        self.properties.contains_key(property)
    }

    /// A property's value; `None` where it is not set, or cannot be told for this feature.
    pub fn value(&self, property: &str, context: &Context<'_>) -> Option<Value> {
        let value = self.properties.get(property)?.evaluate(context).ok()?;
        (value != Value::Null).then_some(value)
    }

    /// A number, or what it is if nothing is said.
    pub fn number(&self, property: &str, otherwise: f64, context: &Context<'_>) -> f64 {
        let number = self.value(property, context).and_then(|value| value.as_number());
        number.filter(|number| number.is_finite()).unwrap_or(otherwise)
    }

    /// A colour, black if nothing is said.
    pub fn colour(&self, property: &str, context: &Context<'_>) -> Colour {
        self.value(property, context).and_then(|value| value.as_colour()).unwrap_or(Colour::BLACK)
    }

    /// A word; `None` if nothing is said.
    pub fn text(&self, property: &str, context: &Context<'_>) -> Option<String> {
        self.value(property, context).map(|value| value.written())
    }

    /// A truth value, false if nothing is said.
    pub fn is(&self, property: &str, context: &Context<'_>) -> bool {
        self.value(property, context).and_then(|value| value.as_bool()).unwrap_or(false)
    }

    /// Two numbers, zero if nothing is said.
    pub fn pair(&self, property: &str, context: &Context<'_>) -> [f64; 2] {
        let numbers = self.value(property, context).and_then(|value| value.as_numbers());
        numbers.and_then(|numbers| <[f64; 2]>::try_from(numbers).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn layer(layer: Json) -> Result<Style, StyleError> {
        Style::parse(&json!({ "layers": [layer] }))
    }

    #[test]
    fn what_is_not_drawn_is_said() {
        let style = layer(json!({
            "id": "a", "type": "line", "source": "s", "source-layer": "l",
            "paint": { "line-color": "#f00", "line-blur": 2, "line-trim-offset": [0, 1] }
        }));
        let unsupported = style.expect("a style").unsupported;
        assert_eq!(
            unsupported,
            ["layer `a`: property `line-blur` is not drawn", "layer `a`: property `line-trim-offset` is not drawn"]
        );
    }

    #[test]
    fn an_operator_nobody_knows_is_an_error_with_its_place() {
        let error = layer(json!({
            "id": "a", "type": "fill", "source": "s", "source-layer": "l", "paint": { "fill-color": ["mix", 1] }
        }));
        let error = error.expect_err("there is no such operator");
        let cause = std::error::Error::source(&error).expect("a cause").to_string();
        assert_eq!(error.to_string(), "layer `a`, fill-color");
        assert_eq!(cause, "expression operator `mix` is not supported");
    }

    #[test]
    fn tokens_stand_for_attributes() {
        let style = layer(json!({
            "id": "a", "type": "symbol", "source": "s", "source-layer": "l", "layout": { "text-field": "{name} ({n})" }
        }));
        let names = ["name".to_owned(), "n".to_owned()];
        let values = [layers::Value::text("园区"), layers::Value::Int(3)];
        let context = Context { names: &names, values: &values, ..Context::at_zoom(0.0) };
        assert_eq!(style.expect("a style").layers[0].text("text-field", &context).as_deref(), Some("园区 (3)"));
    }
}
