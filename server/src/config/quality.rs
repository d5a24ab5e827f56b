//! `[quality]`: what the project takes for good enough.

use layers::quality::{Check, Policy, Severity};
use toml::Spanned;

use super::choice::{Choice, choose};
use super::file::QualityFile;
use super::{ConfigError, Source};

impl QualityFile {
    /// The policy as meant.
    ///
    /// # Errors
    /// A severity that is none, a threshold below zero, or a check that nobody can allow.
    pub(super) fn meant(self, source: &Source<'_>) -> Result<Policy, ConfigError> {
        let mut policy = Policy::default();
        for (name, most) in self.allow {
            let path = format!("quality.allow.{name}");
            if let Some(check) = allowable(&name, &most, &path, source)? {
                policy.allow.insert(check.name(), most.into_inner());
            }
        }
        for (name, severity) in self.severity {
            let path = format!("quality.severity.{name}");
            let check = allowable(&name, &severity, &path, source)?;
            if let (Some(check), Some(severity)) = (check, choose::<Severity>(Some(severity), &path, source)?) {
                policy.severity.insert(check.name(), severity);
            }
        }
        for (name, value) in self.thresholds {
            let number = *value.get_ref();
            if !number.is_finite() || number < 0.0 {
                let at = source.place(value.span().start, format!("quality.thresholds.{name}"));
                return Err(ConfigError::Threshold { at, value: number });
            }
            // The walk over the keys has refused every other name.
            policy.thresholds.set(&name, number);
        }
        Ok(policy)
    }
}

/// The check of that name; `None` for names that the walk over the keys has refused.
fn allowable<T>(
    name: &str,
    written: &Spanned<T>,
    path: &str,
    source: &Source<'_>,
) -> Result<Option<Check>, ConfigError> {
    let check = Check::ALL.into_iter().find(|check| check.name() == name);
    match check.map(|check| (check, check.about())) {
        Some((check, about)) if !about.can_be_allowed => Err(ConfigError::NeverAllowed {
            at: source.place(written.span().start, path),
            check: check.name(),
            remedy: about.hint.en.into_owned(),
        }),
        _ => Ok(check),
    }
}

impl Choice for Severity {
    fn all() -> Vec<(&'static str, Self)> {
        Severity::ALL.into_iter().map(|severity| (severity.name(), severity)).collect()
    }
}
