//! Parts of a whole that decimals cannot write: `1/3`.

use std::fmt;

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

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(f64),
            Text(String),
        }
        let ratio = match Written::deserialize(deserializer)? {
            Written::Number(over) => Some(Ratio { over, under: 1.0 }),
            Written::Text(text) => text.split_once('/').and_then(|(over, under)| {
                Some(Ratio { over: over.trim().parse().ok()?, under: under.trim().parse().ok()? })
            }),
        };
        let sound = |ratio: &Ratio| ratio.over >= 0.0 && ratio.under > 0.0 && ratio.over <= ratio.under;
        ratio.filter(sound).ok_or_else(|| de::Error::custom("a part of a whole is written 0.25 or \"1/3\""))
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
