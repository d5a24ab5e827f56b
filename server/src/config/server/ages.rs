//! How long answers of single tilesets may be kept, as settings write it.

use std::time::Duration;

use super::written::Written;

/// A tileset with the time that its tiles may be kept without asking again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TilesetAge {
    /// The tileset.
    pub tileset: String,
    /// How long.
    pub max_age: Duration,
}

impl Written for TilesetAge {
    const NAME: &'static str = "ID=TIME";

    fn read(text: &str) -> Result<Self, String> {
        let (tileset, time) = text
            .rsplit_once('=')
            .ok_or_else(|| format!("{text:?} is no tileset with a time, such as \"basemap=1d\""))?;
        match tileset.trim() {
            "" => Err(format!("{text:?} names no tileset")),
            tileset => Ok(Self { tileset: tileset.to_owned(), max_age: Duration::read(time)? }),
        }
    }

    fn write(&self) -> String {
        format!("{}={}", self.tileset, self.max_age.write())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tileset_and_its_time_are_parted_by_the_last_sign() {
        let age = TilesetAge::read("底图=x = 1h").expect("it is one");
        assert_eq!((age.tileset.as_str(), age.max_age), ("底图=x", Duration::from_secs(3600)));
        assert_eq!(TilesetAge::read(&age.write()), Ok(age));
        for text in ["basemap", "=1h", "basemap=soon", ""] {
            assert!(TilesetAge::read(text).is_err(), "{text}");
        }
    }
}
