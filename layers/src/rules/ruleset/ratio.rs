//! Parts of a whole that decimals cannot write: `1/3`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A part of a whole, written `0.25` or `"1/3"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    over: f64,
    under: f64,
}

impl Ratio {
    /// Whether `part` is less than this part of `whole`; compared without dividing, so that a third
    /// of three is exactly one.
    pub fn is_above(self, part: f64, whole: f64) -> bool {
        part * self.under < whole * self.over
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.under == 1.0 { write!(f, "{}", self.over) } else { write!(f, "{}/{}", self.over, self.under) }
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.under == 1.0 { serializer.serialize_f64(self.over) } else { serializer.collect_str(self) }
    }
}

/// Why a text is no part of a whole.
#[derive(Debug, thiserror::Error)]
#[error("a part of a whole is written 0.25 or \"1/3\"")]
pub struct NoRatio;

impl Ratio {
    fn new(over: f64, under: f64) -> Result<Self, NoRatio> {
        let sound = over >= 0.0 && under > 0.0 && over <= under && under.is_finite();
        if sound { Ok(Self { over, under }) } else { Err(NoRatio) }
    }
}

/// `"1/3"`.
impl FromStr for Ratio {
    type Err = NoRatio;

    fn from_str(text: &str) -> Result<Self, NoRatio> {
        let (over, under) = text.split_once('/').ok_or(NoRatio)?;
        let number = |text: &str| text.trim().parse::<f64>().map_err(|_| NoRatio);
        Self::new(number(over)?, number(under)?)
    }
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(f64),
            Text(String),
        }
        let ratio = match Written::deserialize(deserializer)? {
            Written::Number(over) => Self::new(over, 1.0),
            Written::Text(text) => text.parse(),
        };
        ratio.map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_of_three_is_not_less_than_a_third() {
        let third = Ratio { over: 1.0, under: 3.0 };
        assert!(!third.is_above(1.0, 3.0));
        assert!(third.is_above(0.999_999, 3.0));
    }
}
