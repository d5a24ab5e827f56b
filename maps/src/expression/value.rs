//! What expressions compute with.

use std::sync::Arc;

use crate::colour::Colour;

/// A value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Absent.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text.
    Text(Arc<str>),
    /// A colour that was asked for as one.
    Colour(Colour),
    /// A list.
    List(Vec<Value>),
}

impl Value {
    /// A value as JSON writes it; objects are no values of expressions.
    pub(crate) fn of_json(json: &serde_json::Value) -> Option<Self> {
        Some(match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(truth) => Self::Bool(*truth),
            serde_json::Value::Number(number) => Self::Number(number.as_f64()?),
            serde_json::Value::String(text) => Self::Text(text.as_str().into()),
            serde_json::Value::Array(items) => Self::List(items.iter().map(Self::of_json).collect::<Option<_>>()?),
            serde_json::Value::Object(_) => return None,
        })
    }

    /// The number, if this is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The text, if this is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// The colour, if this is one or text that is read as one.
    pub fn as_colour(&self) -> Option<Colour> {
        match self {
            Self::Colour(colour) => Some(*colour),
            Self::Text(text) => Colour::parse(text),
            _ => None,
        }
    }

    /// Its numbers, if this is a list of nothing else.
    pub fn as_numbers(&self) -> Option<Vec<f64>> {
        match self {
            Self::List(items) => items.iter().map(Self::as_number).collect(),
            _ => None,
        }
    }

    /// Whether a condition on it holds (`to-boolean`): not for nothing, zero, no number and no text.
    pub(crate) fn is_true(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(truth) => *truth,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Colour(_) | Self::List(_) => true,
        }
    }

    /// As `to-string` and `concat` write it.
    pub(crate) fn written(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(truth) => truth.to_string(),
            Self::Number(number) => of_number(*number),
            Self::Text(text) => text.to_string(),
            Self::Colour(colour) => {
                let [red, green, blue] = colour.rgb();
                format!("rgba({red},{green},{blue},{})", of_number(colour.alpha))
            }
            Self::List(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(",")),
        }
    }
}

fn json(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Text(text) => serde_json::Value::from(&**text).to_string(),
        other => other.written(),
    }
}

/// A number as ECMAScript writes it (ECMA-262 §6.1.6.1.20): whole numbers without a fraction, others with
/// as many digits as tell them apart, very large and very small ones with an exponent that has its sign.
fn of_number(number: f64) -> String {
    match number.abs() {
        0.0 => "0".to_owned(),
        size if size.is_finite() && size >= 1e21 => format!("{number:e}").replace('e', "e+"),
        size if size < 1e-6 => format!("{number:e}"),
        _ => number.to_string(),
    }
}

impl From<&layers::Value> for Value {
    fn from(value: &layers::Value) -> Self {
        match value {
            layers::Value::Null => Self::Null,
            layers::Value::Bool(truth) => Self::Bool(*truth),
            layers::Value::Int(number) => Self::Number(*number as f64),
            layers::Value::Real(number) => Self::Number(*number),
            layers::Value::Text(text) => Self::Text(Arc::clone(text)),
        }
    }
}
