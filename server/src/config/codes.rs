//! A project's own code systems: `[codes.NAME]` as lists of groups, or as a CSV file.

use std::collections::BTreeMap;
use std::path::Path;

use layers::codes::land_use::{CodeSystem, CustomCodes, UseGroup};
use toml::Spanned;

use super::choice::{Choice, choose};
use super::file::CodesFile;
use super::{ConfigError, Source};

/// A standard by its name in the configuration.
struct Standard(CodeSystem);

impl Choice for Standard {
    fn all() -> Vec<(&'static str, Self)> {
        vec![
            ("ydyh2023", Self(CodeSystem::YdyhV2023)),
            ("gbt21010", Self(CodeSystem::Gbt21010)),
            ("gb50137", Self(CodeSystem::Gb50137)),
        ]
    }
}

/// The code systems that a project may name.
pub(super) struct Systems {
    own: BTreeMap<String, CustomCodes>,
}

impl Systems {
    /// Reads every `[codes.NAME]`; files are relative to `folder`.
    ///
    /// # Errors
    /// A file that cannot be read or has an error in it, and a table with a file and lists.
    pub(super) fn of(
        written: BTreeMap<String, CodesFile>,
        folder: &Path,
        source: &Source<'_>,
    ) -> Result<Self, ConfigError> {
        let read = |(name, codes): (String, CodesFile)| {
            let meant = codes.meant(&name, folder, source)?;
            Ok((name, meant))
        };
        Ok(Self { own: written.into_iter().map(read).collect::<Result<_, _>>()? })
    }

    /// The system that a layer names; `None` where it names none.
    ///
    /// # Errors
    /// [`ConfigError::UnknownValue`] with all names there are.
    pub(super) fn named(
        &self,
        written: Option<Spanned<String>>,
        path: &str,
        source: &Source<'_>,
    ) -> Result<Option<CodeSystem>, ConfigError> {
        let own = written.as_ref().and_then(|name| self.own.get(name.get_ref()));
        match choose::<Standard>(written.clone(), path, source) {
            Ok(known) => Ok(known.map(|Standard(system)| system)),
            Err(error) => match own {
                Some(own) => Ok(Some(CodeSystem::Custom(own.clone()))),
                None => Err(error.with_allowed(&self.own.keys().map(String::as_str).collect::<Vec<_>>())),
            },
        }
    }
}

impl CodesFile {
    fn meant(self, name: &str, folder: &Path, source: &Source<'_>) -> Result<CustomCodes, ConfigError> {
        let groups = [
            (UseGroup::Industrial, self.industrial),
            (UseGroup::Education, self.education),
            (UseGroup::Road, self.road),
            (UseGroup::Residential, self.residential),
            (UseGroup::Commercial, self.commercial),
            (UseGroup::Other, self.other),
        ];
        let Some(file) = self.file else {
            return Ok(CustomCodes::from_lists(name, &groups.into(), self.mandatory));
        };
        let at = source.place(file.span().start, format!("codes.{name}.file"));
        if !self.mandatory.is_empty() || groups.iter().any(|(_, codes)| !codes.is_empty()) {
            return Err(ConfigError::CodesTwice { at });
        }
        let mapping = folder.join(file.get_ref());
        let bytes = match std::fs::read(&mapping) {
            Ok(bytes) => bytes,
            Err(cause) => return Err(ConfigError::Mapping { at, file: mapping, cause }),
        };
        CustomCodes::from_csv(name, &bytes).map_err(|error| ConfigError::MappingLine { file: mapping, error })
    }
}
