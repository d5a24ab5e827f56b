//! Expressions of the MapLibre Style Specification: read once, evaluated for every feature.
//!
//! All operators that our own styles use are here, and those that a style by hand is likely to;
//! another one is an error with its name, never a guess. What an expression means is
//! what `@maplibre/maplibre-gl-style-spec` says it means: its answers are the test cases.

mod curve;
mod eval;
mod parse;
mod value;

use std::collections::BTreeSet;

pub use curve::Curve;
pub use eval::{Context, Mistyped};
pub use parse::ExpressionError;
pub use value::Value;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A value as written.
    Literal(Value),
    /// The zoom of the map.
    Zoom,
    /// `Point`, `LineString` or `Polygon`.
    GeometryType,
    /// The feature's id.
    Id,
    /// An attribute; nothing where the feature has none of that name.
    Get(Box<Expression>),
    /// Whether the feature has an attribute of that name.
    Has(Box<Expression>),
    /// The value of the arm whose labels hold the input.
    Match {
        /// What is looked for.
        input: Box<Expression>,
        /// Labels with what they give.
        arms: Vec<(Vec<Value>, Expression)>,
        /// What anything else gives.
        otherwise: Box<Expression>,
    },
    /// The value of the highest stop that the input reaches.
    Step {
        /// A number.
        input: Box<Expression>,
        /// What is below the first stop.
        first: Box<Expression>,
        /// Stops in ascending order.
        stops: Vec<(f64, Expression)>,
    },
    /// A value between those of the stops on either side of the input.
    Interpolate {
        /// How it goes from one to the next.
        curve: Curve,
        /// A number.
        input: Box<Expression>,
        /// Stops in ascending order.
        stops: Vec<(f64, Expression)>,
    },
    /// The value of the first condition that holds.
    Case {
        /// Conditions with what they give.
        arms: Vec<(Expression, Expression)>,
        /// What it is if none holds.
        otherwise: Box<Expression>,
    },
    /// A function of its arguments.
    Call(Function, Vec<Expression>),
}

/// A function of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the operator of that name in the style specification")]
pub enum Function {
    Coalesce,
    Not,
    All,
    Any,
    Equal,
    Unequal,
    Below,
    AtMost,
    Above,
    AtLeast,
    In,
    ToText,
    ToNumber,
    ToBool,
    ToColour,
    Text,
    Number,
    Bool,
    Concat,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Min,
    Max,
    Round,
    Floor,
    Ceil,
    Abs,
    Sqrt,
    Length,
    Upcase,
    Downcase,
    Rgb,
    Rgba,
}

impl Expression {
    /// Adds the names of the attributes that it reads.
    pub fn attributes(&self, names: &mut BTreeSet<String>) {
        match self {
            Self::Get(name) | Self::Has(name) => {
                if let Self::Literal(Value::Text(name)) = &**name {
                    names.insert(name.to_string());
                }
            }
            Self::Literal(_) | Self::Zoom | Self::GeometryType | Self::Id => {}
            Self::Match { input, arms, otherwise } => {
                input.attributes(names);
                otherwise.attributes(names);
                arms.iter().for_each(|(_, then)| then.attributes(names));
            }
            Self::Step { input, first, stops } => {
                input.attributes(names);
                first.attributes(names);
                stops.iter().for_each(|(_, then)| then.attributes(names));
            }
            Self::Interpolate { input, stops, .. } => {
                input.attributes(names);
                stops.iter().for_each(|(_, then)| then.attributes(names));
            }
            Self::Case { arms, otherwise } => {
                otherwise.attributes(names);
                for (condition, then) in arms {
                    condition.attributes(names);
                    then.attributes(names);
                }
            }
            Self::Call(_, arguments) => arguments.iter().for_each(|argument| argument.attributes(names)),
        }
    }
}
