//! What every request shares: the generation that is served, and the caches that belong to it.

use std::sync::Arc;

use crate::cache::Computed;
use crate::foreign::Foreign;
use crate::generation::Generation;
use crate::http::CachePolicies;

/// What every request shares.
pub struct AppState {
    generation: Arc<Generation>,
    /// What had to be computed: tiles decompressed, compressed otherwise or joined, documents compressed.
    pub computed: Computed,
    /// Tilesets that somebody else made.
    pub foreign: Foreign,
    /// How long answers may be kept.
    pub policies: CachePolicies,
}

impl AppState {
    /// The state that serves one generation.
    pub fn new(generation: Generation) -> Self {
        Self {
            generation: Arc::new(generation),
            computed: Computed::new(crate::cache::DEFAULT_MIB),
            foreign: Foreign::default(),
            policies: CachePolicies::default(),
        }
    }

    /// The same with tilesets that somebody else made.
    #[must_use]
    pub fn with_foreign(self, foreign: Foreign) -> Self {
        Self { foreign, ..self }
    }

    /// The same with other policies of caching.
    #[must_use]
    pub fn with_policies(self, policies: CachePolicies) -> Self {
        Self { policies, ..self }
    }

    /// The generation to answer from. A request asks once and stays with the answer.
    pub fn generation(&self) -> Arc<Generation> {
        Arc::clone(&self.generation)
    }
}
