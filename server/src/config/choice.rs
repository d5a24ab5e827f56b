//! Values that come from a short list, such as a role or a unit.

use toml::Spanned;

use super::{ConfigError, Source, nearest};

/// A type whose values have names in the configuration.
pub(super) trait Choice: Sized {
    /// Every value with its name, in the order in which documents list them.
    fn all() -> Vec<(&'static str, Self)>;
}

/// The value named by `written`; `None` where nothing is written.
pub(super) fn choose<T: Choice>(
    written: Option<Spanned<String>>,
    path: &str,
    source: &Source<'_>,
) -> Result<Option<T>, ConfigError> {
    let Some(written) = written else { return Ok(None) };
    let mut all = T::all();
    if let Some(place) = all.iter().position(|(name, _)| name == written.get_ref()) {
        return Ok(Some(all.swap_remove(place).1));
    }
    let allowed: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    Err(ConfigError::UnknownValue {
        at: source.place(written.span().start, path),
        nearest: nearest(written.get_ref(), allowed.iter().copied()).map(str::to_owned),
        allowed: allowed.into_iter().map(str::to_owned).collect(),
        value: written.into_inner(),
    })
}
