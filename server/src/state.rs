//! What every request shares: the generation that is served, and the caches that belong to it.

use std::sync::Arc;

use crate::cache::TileCache;
use crate::generation::Generation;

/// What every request shares.
pub struct AppState {
    generation: Arc<Generation>,
    /// Tiles that had to be computed: decompressed, or joined from several tilesets.
    pub computed: TileCache,
}

impl AppState {
    /// The state that serves one generation.
    pub fn new(generation: Generation) -> Self {
        Self { generation: Arc::new(generation), computed: TileCache::new(crate::cache::DEFAULT_MIB) }
    }

    /// The generation to answer from. A request asks once and stays with the answer.
    pub fn generation(&self) -> Arc<Generation> {
        Arc::clone(&self.generation)
    }
}
