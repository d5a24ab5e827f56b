//! Intervals as mathematics writes them: `[0.3, 0.6)`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An interval of numbers from zero upwards; each end is in it or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Whether the lower end is in it.
    pub low_in: bool,
    /// Upper end, perhaps infinite.
    pub high: f64,
    /// Whether the upper end is in it.
    pub high_in: bool,
}

impl Interval {
    /// Whether a number is in it.
    pub fn contains(self, number: f64) -> bool {
        let above = number > self.low || (self.low_in && number == self.low);
        let below = number < self.high || (self.high_in && number == self.high);
        above && below
    }
}

/// Why a text is no interval.
#[derive(Debug, thiserror::Error)]
#[error("{text:?} is no interval; write [0.3, 0.6), (0, 0.3), [0, 0] or [1.0, inf)")]
pub struct NoInterval {
    text: String,
}

impl FromStr for Interval {
    type Err = NoInterval;

    fn from_str(text: &str) -> Result<Self, NoInterval> {
        let read = || {
            let trimmed = text.trim();
            let (low_in, rest) = match trimmed.split_at_checked(1)? {
                ("[", rest) => (true, rest),
                ("(", rest) => (false, rest),
                _ => return None,
            };
            let (high_in, inner) = match rest.split_at_checked(rest.len().checked_sub(1)?)? {
                (inner, "]") => (true, inner),
                (inner, ")") => (false, inner),
                _ => return None,
            };
            let (low, high) = inner.split_once(',')?;
            let low: f64 = low.trim().parse().ok()?;
            let high: f64 = high.trim().parse().ok()?;
            let has_numbers = low < high || (low == high && low_in && high_in);
            let ends = low.is_finite() && (high.is_finite() || !high_in);
            (has_numbers && ends).then_some(Interval { low, low_in, high, high_in })
        };
        read().ok_or_else(|| NoInterval { text: text.to_owned() })
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (open, close) = (if self.low_in { '[' } else { '(' }, if self.high_in { ']' } else { ')' });
        write!(f, "{open}{}, {}{close}", self.low, self.high)
    }
}

impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_in_or_out_as_the_brackets_say() {
        let interval: Interval = "[0.3, 0.6)".parse().expect("an interval");
        assert!(interval.contains(0.3) && !interval.contains(0.6) && !interval.contains(0.299));
        assert_eq!(interval.to_string(), "[0.3, 0.6)");
        assert!("[1.0, inf)".parse::<Interval>().is_ok_and(|interval| interval.contains(1e300)));
    }

    #[test]
    fn what_holds_no_number_is_no_interval() {
        for text in ["", "[", "0.3-0.6", "[0.6, 0.3)", "(1, 1)", "[0, inf]", "[nan, 1)", "【0, 1）", "[0; 1)"] {
            assert!(text.parse::<Interval>().is_err(), "{text}");
        }
    }
}
