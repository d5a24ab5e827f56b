//! Questions to a generation: why is this patch what it is? Answered from its own dossiers by its
//! own rules, whatever rules the project has by now.

use std::path::PathBuf;
use std::sync::Arc;

use layers::dossier::store::{Dossiers, StoreError};
use layers::rules::RuleSet;
use layers::rules::explain::{Explanation, explain};

/// A way to question the patches of a generation. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Inquiry {
    dossiers: Arc<PathBuf>,
    rules: RuleSet,
}

impl Inquiry {
    /// Questions to the dossiers in a file, by the rules of their generation.
    pub(crate) fn new(dossiers: PathBuf, rules: RuleSet) -> Self {
        Self { dossiers: Arc::new(dossiers), rules }
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
