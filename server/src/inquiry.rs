//! Questions to a generation: why is this patch what it is? Answered from its own dossiers by its
//! own rules, whatever rules the project has by now.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use layers::dossier::store::{Dossiers, StoreError};
use layers::rules::RuleSet;
use layers::rules::explain::{Explanation, explain};

use crate::build::{BuildError, DOSSIERS, Manifest, RULES};

/// A way to question the patches of a generation. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Inquiry {
    dossiers: Arc<PathBuf>,
    rules: RuleSet,
}

impl Inquiry {
    /// The inquiry of the generation in `folder`; `None` if it keeps no dossiers.
    ///
    /// # Errors
    /// [`BuildError::Incomplete`] or [`BuildError::Rules`] if its rules cannot be read.
    pub fn of(folder: &Path, manifest: &Manifest) -> Result<Option<Self>, BuildError> {
        if !(manifest.has(DOSSIERS) && manifest.has(RULES)) {
            return Ok(None);
        }
        let file = folder.join(RULES);
        let text =
            std::fs::read_to_string(&file).map_err(|cause| BuildError::Incomplete { file: file.clone(), cause })?;
        let rules = RuleSet::parse(&text).map_err(|cause| BuildError::Rules { file, cause })?;
        Ok(Some(Self { dossiers: Arc::new(folder.join(DOSSIERS)), rules }))
    }

    /// Asks every rule of the patch with that key; `None` if there is none. Blocks on the disk.
    ///
    /// # Errors
    /// [`StoreError`] if the dossiers cannot be read.
    pub fn ask(&self, key: &str) -> Result<Option<Explanation>, StoreError> {
        let dossiers = Dossiers::open(&self.dossiers)?;
        let Some(dossier) = dossiers.dossier(key)? else { return Ok(None) };
        Ok(Some(explain(&dossier, &dossiers.case()?, &self.rules)))
    }

    /// Every key there is.
    ///
    /// # Errors
    /// [`StoreError`] if the dossiers cannot be read.
    pub fn keys(&self) -> Result<Vec<String>, StoreError> {
        Dossiers::open(&self.dossiers)?.keys()
    }
}
