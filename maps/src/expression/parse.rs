//! Expressions as styles write them.

use serde_json::Value as Json;

use super::{Curve, Expression, Function, Value};

/// Why an expression cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExpressionError {
    /// An operator that is not drawn here, or none of the specification at all.
    #[error("expression operator `{operator}` is not supported")]
    Operator {
        /// The operator.
        operator: String,
    },
    /// The arguments are too few, too many, or of a kind that the operator does not take.
    #[error("the arguments of `{operator}` cannot be meant")]
    Arguments {
        /// The operator.
        operator: String,
    },
    /// The stops do not ascend.
    #[error("the stops of `{operator}` do not ascend")]
    Stops {
        /// The operator.
        operator: String,
    },
    /// An object where an expression should stand.
    #[error("an object is no expression")]
    Object,
    /// Expressions inside expressions without end.
    #[error("the expression is nested deeper than {0} levels")]
    Depth(usize),
}

/// Deeper than anybody writes, and shallow enough for any stack.
const DEEPEST: usize = 64;

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// [`ExpressionError`] names the operator that is unknown or wrongly used.
    ///
    /// # Examples
    /// ```
    /// use maps::expression::{Context, Expression, Value};
    /// let width = serde_json::json!(["interpolate", ["linear"], ["zoom"], 10, 1, 14, 3]);
    /// let width = Expression::parse(&width)?;
    /// assert_eq!(width.evaluate(&Context::at_zoom(12.0)), Ok(Value::Number(2.0)));
    /// # Ok::<(), maps::expression::ExpressionError>(())
    /// ```
    pub fn parse(json: &Json) -> Result<Self, ExpressionError> {
        parse(json, 0)
    }

    /// Whether JSON is an expression rather than a plain list: it begins with a word.
    pub(crate) fn is_expression(json: &Json) -> bool {
        json.as_array().and_then(|items| items.first()).is_some_and(Json::is_string)
    }
}

fn parse(json: &Json, depth: usize) -> Result<Expression, ExpressionError> {
    if depth > DEEPEST {
        return Err(ExpressionError::Depth(DEEPEST));
    }
    let Json::Array(items) = json else {
        return Value::of_json(json).map(Expression::Literal).ok_or(ExpressionError::Object);
    };
    let Some((Json::String(operator), arguments)) = items.split_first() else {
        let operator = items.first().map(Json::to_string).unwrap_or_default();
        return Err(ExpressionError::Operator { operator });
    };
    let wrong = || ExpressionError::Arguments { operator: operator.clone() };
    let inner = |json: &Json| parse(json, depth + 1);
    let boxed = |json: &Json| parse(json, depth + 1).map(Box::new);
    let all = |items: &[Json]| items.iter().map(inner).collect::<Result<Vec<_>, _>>();
    Ok(match (operator.as_str(), arguments) {
        ("literal", [value]) => Expression::Literal(Value::of_json(value).ok_or_else(wrong)?),
        ("zoom", []) => Expression::Zoom,
        ("geometry-type", []) => Expression::GeometryType,
        ("id", []) => Expression::Id,
        ("get", [name]) => Expression::Get(boxed(name)?),
        ("has", [name]) => Expression::Has(boxed(name)?),
        ("match", [input, arms @ .., otherwise]) if arms.len() % 2 == 0 && !arms.is_empty() => {
            let arm = |pair: &[Json]| Ok((labels(&pair[0]).ok_or_else(wrong)?, inner(&pair[1])?));
            let arms = arms.chunks_exact(2).map(arm).collect::<Result<_, ExpressionError>>()?;
            Expression::Match { input: boxed(input)?, arms, otherwise: boxed(otherwise)? }
        }
        ("case", [arms @ .., otherwise]) if arms.len() % 2 == 0 && !arms.is_empty() => {
            let arm = |pair: &[Json]| Ok((inner(&pair[0])?, inner(&pair[1])?));
            let arms = arms.chunks_exact(2).map(arm).collect::<Result<_, ExpressionError>>()?;
            Expression::Case { arms, otherwise: boxed(otherwise)? }
        }
        ("step", [input, first, rest @ ..]) => {
            Expression::Step { input: boxed(input)?, first: boxed(first)?, stops: stops(operator, rest, &inner)? }
        }
        ("interpolate", [curve_of, input, rest @ ..]) if !rest.is_empty() => {
            let curve = curve(curve_of).ok_or_else(wrong)?;
            Expression::Interpolate { curve, input: boxed(input)?, stops: stops(operator, rest, &inner)? }
        }
        // Words in parts that may look different: only the words are drawn.
        ("format", parts) => {
            let words: Vec<Json> = parts.iter().filter(|part| !part.is_object()).cloned().collect();
            Expression::Call(Function::Concat, all(&words)?)
        }
        ("image", [name]) => inner(name)?,
        (name, arguments) => {
            let function = function(name, arguments.len());
            let function = function.ok_or_else(|| match is_function(name) {
                true => wrong(),
                false => ExpressionError::Operator { operator: operator.clone() },
            })?;
            Expression::Call(function, all(arguments)?)
        }
    })
}

/// One label of a `match`, or a list of them.
fn labels(json: &Json) -> Option<Vec<Value>> {
    let label = |json: &Json| Value::of_json(json).filter(|value| matches!(value, Value::Text(_) | Value::Number(_)));
    match json {
        Json::Array(items) => items.iter().map(label).collect(),
        one => label(one).map(|label| vec![label]),
    }
}

fn stops(
    operator: &str,
    pairs: &[Json],
    parse: &impl Fn(&Json) -> Result<Expression, ExpressionError>,
) -> Result<Vec<(f64, Expression)>, ExpressionError> {
    let wrong = || ExpressionError::Arguments { operator: operator.to_owned() };
    if !pairs.len().is_multiple_of(2) {
        return Err(wrong());
    }
    let stop = |pair: &[Json]| Ok((pair[0].as_f64().ok_or_else(wrong)?, parse(&pair[1])?));
    let stops = pairs.chunks_exact(2).map(stop).collect::<Result<Vec<_>, ExpressionError>>()?;
    let ascends = stops.windows(2).all(|pair| pair[0].0 < pair[1].0);
    if ascends { Ok(stops) } else { Err(ExpressionError::Stops { operator: operator.to_owned() }) }
}

fn curve(json: &Json) -> Option<Curve> {
    let (kind, numbers) = json.as_array()?.split_first()?;
    let numbers: Vec<f64> = numbers.iter().map(Json::as_f64).collect::<Option<_>>()?;
    match (kind.as_str()?, numbers.as_slice()) {
        ("linear", []) => Some(Curve::Linear),
        ("exponential", [base]) if *base > 0.0 => Some(Curve::Exponential(*base)),
        ("cubic-bezier", [x1, y1, x2, y2]) if [x1, y1, x2, y2].iter().all(|c| (0.0..=1.0).contains(*c)) => {
            Some(Curve::CubicBezier([*x1, *y1, *x2, *y2]))
        }
        _ => None,
    }
}

/// Whether that many arguments make sense for any count: the name is known.
fn is_function(name: &str) -> bool {
    (0..=4).any(|arguments| function(name, arguments).is_some())
        || ["zoom", "geometry-type", "id", "get", "has", "match", "case", "step", "interpolate", "literal", "image"]
            .contains(&name)
}

fn function(name: &str, arguments: usize) -> Option<Function> {
    use Function as F;
    Some(match (name, arguments) {
        ("coalesce", 1..) => F::Coalesce,
        ("!", 1) => F::Not,
        ("all", _) => F::All,
        ("any", _) => F::Any,
        ("==", 2) => F::Equal,
        ("!=", 2) => F::Unequal,
        ("<", 2) => F::Below,
        ("<=", 2) => F::AtMost,
        (">", 2) => F::Above,
        (">=", 2) => F::AtLeast,
        ("in", 2) => F::In,
        ("to-string", 1) => F::ToText,
        ("to-number", 1..) => F::ToNumber,
        ("to-boolean", 1) => F::ToBool,
        ("to-color", 1..) => F::ToColour,
        ("string", 1..) => F::Text,
        ("number", 1..) => F::Number,
        ("boolean", 1..) => F::Bool,
        ("concat", 1..) => F::Concat,
        ("+", 1..) => F::Add,
        ("-", 1 | 2) => F::Subtract,
        ("*", 1..) => F::Multiply,
        ("/", 2) => F::Divide,
        ("%", 2) => F::Remainder,
        ("^", 2) => F::Power,
        ("min", 1..) => F::Min,
        ("max", 1..) => F::Max,
        ("round", 1) => F::Round,
        ("floor", 1) => F::Floor,
        ("ceil", 1) => F::Ceil,
        ("abs", 1) => F::Abs,
        ("sqrt", 1) => F::Sqrt,
        ("length", 1) => F::Length,
        ("upcase", 1) => F::Upcase,
        ("downcase", 1) => F::Downcase,
        ("rgb", 3) => F::Rgb,
        ("rgba", 4) => F::Rgba,
        _ => return None,
    })
}
