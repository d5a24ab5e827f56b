//! What an expression is for a feature at a zoom.

use super::curve::between;
use super::{Expression, Function, Value};
use crate::colour::Colour;

/// What an expression can ask.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The zoom of the map.
    pub zoom: f64,
    /// `Point`, `LineString` or `Polygon`; empty where there is no feature.
    pub geometry_type: &'static str,
    /// The feature's id.
    pub id: Option<u64>,
    /// The names of its attributes, in step with their values.
    pub names: &'a [String],
    /// Its attributes.
    pub values: &'a [layers::Value],
}

/// A value of a kind that an operator does not take; where a style meets it, its default holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a value is of a kind that the expression does not take")]
pub struct Mistyped;

impl Context<'static> {
    /// A map without a feature.
    pub fn at_zoom(zoom: f64) -> Self {
        Self { zoom, geometry_type: "", id: None, names: &[], values: &[] }
    }
}

impl Context<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        let place = self.names.iter().position(|known| known == name)?;
        self.values.get(place).filter(|value| !value.is_null()).map(Value::from)
    }
}

impl Expression {
    /// Its value in a context.
    ///
    /// # Errors
    /// [`Mistyped`] where an operator meets a value that it does not take.
    pub fn evaluate(&self, context: &Context<'_>) -> Result<Value, Mistyped> {
        let number = |expression: &Self| expression.evaluate(context)?.as_number().ok_or(Mistyped);
        let name = |expression: &Self| match expression.evaluate(context)? {
            Value::Text(name) => Ok(name),
            _ => Err(Mistyped),
        };
        Ok(match self {
            Self::Literal(value) => value.clone(),
            Self::Zoom => Value::Number(context.zoom),
            Self::GeometryType => Value::Text(context.geometry_type.into()),
            Self::Id => context.id.map_or(Value::Null, |id| Value::Number(id as f64)),
            Self::Get(attribute) => context.get(&name(attribute)?).unwrap_or(Value::Null),
            Self::Has(attribute) => Value::Bool(context.get(&name(attribute)?).is_some()),
            Self::Match { input, arms, otherwise } => {
                let input = input.evaluate(context)?;
                let arm = arms.iter().find(|(labels, _)| labels.contains(&input));
                arm.map_or(&**otherwise, |(_, then)| then).evaluate(context)?
            }
            Self::Case { arms, otherwise } => {
                for (condition, then) in arms {
                    if condition.evaluate(context)?.as_bool().ok_or(Mistyped)? {
                        return then.evaluate(context);
                    }
                }
                otherwise.evaluate(context)?
            }
            Self::Step { input, first, stops } => {
                let input = number(input)?;
                let reached = stops.iter().take_while(|(stop, _)| *stop <= input).last();
                reached.map_or(&**first, |(_, then)| then).evaluate(context)?
            }
            Self::Interpolate { curve, input, stops } => {
                let input = number(input)?;
                let above = stops.iter().position(|(stop, _)| *stop > input);
                match (above, stops.as_slice()) {
                    (Some(0), [(_, first), ..]) => first.evaluate(context)?,
                    (None, [.., (_, last)]) => last.evaluate(context)?,
                    (Some(above), stops) => {
                        let ((lower, from), (upper, to)) = (&stops[above - 1], &stops[above]);
                        let part = curve.part(input, *lower, *upper);
                        between(&from.evaluate(context)?, &to.evaluate(context)?, part).ok_or(Mistyped)?
                    }
                    (None, []) => return Err(Mistyped),
                }
            }
            Self::Call(function, arguments) => call(*function, arguments, context)?,
        })
    }
}

/// Those that need not know all their arguments, and the rest.
fn call(function: Function, arguments: &[Expression], context: &Context<'_>) -> Result<Value, Mistyped> {
    let truth = |argument: &Expression| argument.evaluate(context)?.as_bool().ok_or(Mistyped);
    match function {
        Function::All | Function::Any => {
            let ends_with = function == Function::Any;
            for argument in arguments {
                if truth(argument)? == ends_with {
                    return Ok(Value::Bool(ends_with));
                }
            }
            Ok(Value::Bool(!ends_with))
        }
        Function::Coalesce => {
            let mut last = Value::Null;
            for argument in arguments {
                last = argument.evaluate(context)?;
                if last != Value::Null {
                    break;
                }
            }
            Ok(last)
        }
        _ => {
            let values = arguments.iter().map(|argument| argument.evaluate(context)).collect::<Result<Vec<_>, _>>()?;
            of_values(function, &values)
        }
    }
}

fn of_values(function: Function, values: &[Value]) -> Result<Value, Mistyped> {
    use Function as F;
    let numbers = || values.iter().map(|value| value.as_number().ok_or(Mistyped)).collect::<Result<Vec<f64>, _>>();
    let text = || values.first().and_then(Value::as_text).ok_or(Mistyped);
    let one =
        |of: fn(f64) -> f64| values.first().and_then(Value::as_number).map(|n| Value::Number(of(n))).ok_or(Mistyped);
    let two = |of: fn(f64, f64) -> f64| match numbers()?.as_slice() {
        [a, b] => Ok(Value::Number(of(*a, *b))),
        _ => Err(Mistyped),
    };
    let fold = |of: fn(f64, f64) -> f64| numbers()?.into_iter().reduce(of).map(Value::Number).ok_or(Mistyped);
    Ok(match function {
        F::Equal => Value::Bool(values.first() == values.get(1)),
        F::Unequal => Value::Bool(values.first() != values.get(1)),
        F::Below | F::AtMost | F::Above | F::AtLeast => Value::Bool(ordered(function, values)?),
        F::In => Value::Bool(holds(values)?),
        F::Not => Value::Bool(!values.first().and_then(Value::as_bool).ok_or(Mistyped)?),
        F::ToText => Value::Text(values.first().ok_or(Mistyped)?.written().into()),
        F::ToBool => Value::Bool(values.first().ok_or(Mistyped)?.is_true()),
        F::ToNumber => Value::Number(values.iter().find_map(to_number).ok_or(Mistyped)?),
        F::ToColour => Value::Colour(values.iter().find_map(Value::as_colour).ok_or(Mistyped)?),
        F::Text => values.iter().find(|value| matches!(value, Value::Text(_))).ok_or(Mistyped)?.clone(),
        F::Number => values.iter().find(|value| matches!(value, Value::Number(_))).ok_or(Mistyped)?.clone(),
        F::Bool => values.iter().find(|value| matches!(value, Value::Bool(_))).ok_or(Mistyped)?.clone(),
        F::Concat => Value::Text(values.iter().map(Value::written).collect::<String>().into()),
        F::Add => Value::Number(numbers()?.iter().sum()),
        F::Multiply => Value::Number(numbers()?.iter().product()),
        F::Subtract if values.len() == 1 => one(|n| -n)?,
        F::Subtract => two(|a, b| a - b)?,
        F::Divide => two(|a, b| a / b)?,
        F::Remainder => two(|a, b| a % b)?,
        F::Power => two(f64::powf)?,
        F::Min => fold(f64::min)?,
        F::Max => fold(f64::max)?,
        // Half goes away from zero, as the specification rounds.
        F::Round => one(f64::round)?,
        F::Floor => one(f64::floor)?,
        F::Ceil => one(f64::ceil)?,
        F::Abs => one(f64::abs)?,
        F::Sqrt => one(f64::sqrt)?,
        F::Length => match values {
            [Value::Text(text)] => Value::Number(text.chars().count() as f64),
            [Value::List(items)] => Value::Number(items.len() as f64),
            _ => return Err(Mistyped),
        },
        F::Upcase => Value::Text(text()?.to_uppercase().into()),
        F::Downcase => Value::Text(text()?.to_lowercase().into()),
        F::Rgb | F::Rgba => {
            let parts = numbers()?;
            let [red, green, blue] = [0, 1, 2].map(|place| parts[place] / 255.0);
            Value::Colour(Colour { red, green, blue, alpha: parts.get(3).copied().unwrap_or(1.0) })
        }
        F::All | F::Any | F::Coalesce => return Err(Mistyped),
    })
}

/// Two numbers, or two texts.
fn ordered(function: Function, values: &[Value]) -> Result<bool, Mistyped> {
    let order = match values {
        [Value::Number(a), Value::Number(b)] => a.partial_cmp(b),
        [Value::Text(a), Value::Text(b)] => Some(a.cmp(b)),
        _ => return Err(Mistyped),
    };
    let Some(order) = order else { return Ok(false) };
    Ok(match function {
        Function::Below => order.is_lt(),
        Function::AtMost => order.is_le(),
        Function::Above => order.is_gt(),
        _ => order.is_ge(),
    })
}

/// Whether the first is in the second: an item of a list, or a part of a text.
fn holds(values: &[Value]) -> Result<bool, Mistyped> {
    match values {
        // Nothing is in nothing, of whatever type that is.
        [_, nothing] if !nothing.is_true() => Ok(false),
        [needle @ (Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Null), Value::List(items)] => {
            Ok(items.contains(needle))
        }
        [needle @ (Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Null), Value::Text(text)] => {
            Ok(text.contains(&needle.written()))
        }
        _ => Err(Mistyped),
    }
}

fn to_number(value: &Value) -> Option<f64> {
    match value {
        Value::Null => Some(0.0),
        Value::Bool(truth) => Some(f64::from(u8::from(*truth))),
        Value::Number(number) => Some(*number),
        Value::Text(text) if text.trim().is_empty() => Some(0.0),
        Value::Text(text) => text.trim().parse().ok(),
        Value::Colour(_) | Value::List(_) => None,
    }
}
