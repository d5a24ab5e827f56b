//! How a setting is written: the same words in `tuban.toml`, in the environment and as a flag.

use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;

/// A value that can be read from the words people write, and written as they would.
pub(crate) trait Written: Sized {
    /// What a value is called where one is asked for.
    const NAME: &'static str;

    /// The value that these words mean, or what they should have been.
    fn read(text: &str) -> Result<Self, String>;

    /// The words that mean this value.
    fn write(&self) -> String;

    /// The value as TOML and JSON have it.
    fn value(&self) -> toml::Value {
        toml::Value::String(self.write())
    }
}

/// A number of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub usize);

/// The units of sizes with what one of them is, largest first.
const UNITS: [(&str, usize); 6] =
    [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];

impl Written for Size {
    const NAME: &'static str = "SIZE";

    fn read(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = (&text[..end], text[end..].trim());
        let factor = match unit {
            "" | "B" => Some(1),
            unit => UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).map(|(_, factor)| *factor),
        };
        let bytes = number.parse::<usize>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
        bytes.map(Self).ok_or_else(|| format!("{text:?} is no size, such as \"64MiB\" or \"500kB\""))
    }

    fn write(&self) -> String {
        let whole = UNITS.iter().find(|(_, factor)| self.0 != 0 && self.0.is_multiple_of(*factor));
        whole.map_or_else(|| format!("{}B", self.0), |(name, factor)| format!("{}{name}", self.0 / factor))
    }
}

impl Written for Duration {
    const NAME: &'static str = "TIME";

    fn read(text: &str) -> Result<Self, String> {
        let time = text.trim().parse::<SignedDuration>().ok().and_then(|time| Self::try_from(time).ok());
        time.ok_or_else(|| format!("{text:?} is no length of time, such as \"15s\", \"500ms\" or \"2m\""))
    }

    fn write(&self) -> String {
        SignedDuration::try_from(*self).map_or_else(|_| format!("{}s", self.as_secs()), |time| format!("{time:#}"))
    }
}

impl Written for usize {
    const NAME: &'static str = "NUMBER";

    fn read(text: &str) -> Result<Self, String> {
        text.trim().parse().map_err(|_| format!("{text:?} is no whole number that is not below zero"))
    }

    fn write(&self) -> String {
        self.to_string()
    }

    fn value(&self) -> toml::Value {
        i64::try_from(*self).map_or_else(|_| toml::Value::String(self.write()), toml::Value::Integer)
    }
}

impl Written for bool {
    const NAME: &'static str = "true|false";

    fn read(text: &str) -> Result<Self, String> {
        text.trim().parse().map_err(|_| format!("{text:?} is neither true nor false"))
    }

    fn write(&self) -> String {
        self.to_string()
    }

    fn value(&self) -> toml::Value {
        toml::Value::Boolean(*self)
    }
}

impl Written for PathBuf {
    const NAME: &'static str = "FILE";

    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() { Err("a file has a name".to_owned()) } else { Ok(text.into()) }
    }

    fn write(&self) -> String {
        self.display().to_string()
    }
}

/// Nothing is written as nothing.
impl<T: Written> Written for Option<T> {
    const NAME: &'static str = T::NAME;

    fn read(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() { Ok(None) } else { T::read(text).map(Some) }
    }

    fn write(&self) -> String {
        self.as_ref().map(T::write).unwrap_or_default()
    }

    fn value(&self) -> toml::Value {
        self.as_ref().map_or_else(|| toml::Value::String(String::new()), T::value)
    }
}

/// Commas part what TOML writes as a list.
impl<T: Written> Written for Vec<T> {
    const NAME: &'static str = "LIST";

    fn read(text: &str) -> Result<Self, String> {
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(T::read).collect()
    }

    fn write(&self) -> String {
        self.iter().map(T::write).collect::<Vec<_>>().join(",")
    }

    fn value(&self) -> toml::Value {
        toml::Value::Array(self.iter().map(T::value).collect())
    }
}

/// A value from a short list of words.
pub(crate) trait Word: Sized + Copy + PartialEq + 'static {
    /// Every value with its word.
    const ALL: &'static [(&'static str, Self)];
    /// The words, parted by `|`.
    const WORDS: &'static str;
}

/// Implements [`Written`] for a [`Word`].
macro_rules! written_word {
    ($type:ty) => {
        impl Written for $type {
            const NAME: &'static str = <$type as Word>::WORDS;
            fn read(text: &str) -> Result<Self, String> {
                let found = <$type as Word>::ALL.iter().find(|(word, _)| *word == text.trim());
                found.map(|(_, value)| *value).ok_or_else(|| {
                    let words: Vec<&str> = <$type as Word>::ALL.iter().map(|(word, _)| *word).collect();
                    let near = $crate::config::nearest(text, words.iter().copied());
                    let near = near.map_or_else(String::new, |word| format!("; did you mean `{word}`?"));
                    format!("{text:?} is none of {}{near}", words.join(", "))
                })
            }
            fn write(&self) -> String {
                let found = <$type as Word>::ALL.iter().find(|(_, value)| value == self);
                found.map_or_else(String::new, |(word, _)| (*word).to_owned())
            }
        }
    };
}
pub(crate) use written_word;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        let read = |text| Size::read(text).map(|size| size.0);
        for (text, bytes) in
            [("0", 0), ("512", 512), ("8KiB", 8192), ("8 kib", 8192), ("64MiB", 64 << 20), ("500kB", 500_000)]
        {
            assert_eq!(read(text), Ok(bytes), "{text}");
        }
        for text in ["", "KiB", "-1", "1.5MiB", "12 parsecs", "99999999999999999999GiB"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_have_a_unit() {
        for (text, millis) in [("15s", 15_000), ("500ms", 500), ("2m", 120_000), ("1h 30m", 5_400_000), ("0s", 0)] {
            assert_eq!(Duration::read(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "15", "-1s", "soon"] {
            assert!(Duration::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for size in [0, 1, 1000, 1024, 1500, 64 << 20, 3_000_000_000] {
            assert_eq!(Size::read(&Size(size).write()), Ok(Size(size)));
        }
        for millis in [0, 1, 1500, 90_000, 86_400_000] {
            let time = Duration::from_millis(millis);
            assert_eq!(Duration::read(&time.write()), Ok(time));
        }
        assert_eq!(Vec::<usize>::read("1, 2,,3"), Ok(vec![1, 2, 3]));
        assert_eq!(Option::<usize>::read(" "), Ok(None));
    }
}
