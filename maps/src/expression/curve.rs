//! How an interpolation goes from one stop to the next.

use super::Value;

/// How an interpolation goes from one stop to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Curve {
    /// Evenly.
    Linear,
    /// By so many times for each unit of the input; 1 is evenly.
    Exponential(f64),
    /// A cubic Bézier curve from 0, 0 to 1, 1 with these control points (x1, y1, x2, y2).
    CubicBezier([f64; 4]),
}

impl Curve {
    /// How far the output is from `lower` (0) to `upper` (1) at an input between them.
    pub(super) fn part(self, input: f64, lower: f64, upper: f64) -> f64 {
        let width = upper - lower;
        if width == 0.0 {
            return 0.0;
        }
        let along = (input - lower) / width;
        match self {
            Self::Linear => along,
            Self::Exponential(1.0) => along,
            Self::Exponential(base) => (base.powf(input - lower) - 1.0) / (base.powf(width) - 1.0),
            Self::CubicBezier([x1, y1, x2, y2]) => {
                let at = |a: f64, b: f64, t: f64| {
                    3.0 * (1.0 - t) * (1.0 - t) * t * a + 3.0 * (1.0 - t) * t * t * b + t * t * t
                };
                // x rises with t as long as its control points lie in 0..=1, so halving finds it.
                let (mut low, mut high) = (0.0, 1.0);
                for _ in 0..50 {
                    let middle = (low + high) / 2.0;
                    if at(x1, x2, middle) < along { low = middle } else { high = middle }
                }
                at(y1, y2, low)
            }
        }
    }
}

/// The value at `part` of the way from one value to another; `None` for kinds that have nothing between.
pub(super) fn between(from: &Value, to: &Value, part: f64) -> Option<Value> {
    if let (Value::Number(from), Value::Number(to)) = (from, to) {
        return Some(Value::Number(from + (to - from) * part));
    }
    if let (Value::List(from), Value::List(to)) = (from, to) {
        let each = from.iter().zip(to).map(|(from, to)| between(from, to, part));
        return (from.len() == to.len()).then(|| each.collect::<Option<Vec<_>>>()).flatten().map(Value::List);
    }
    Some(Value::Colour(from.as_colour()?.mixed(to.as_colour()?, part)))
}
