//! The cache of computed tiles: weighed in bytes, each tile computed once however many ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::web::Bytes;
use moka::future::Cache;

use crate::error::ApiError;
use crate::http::Coding;

/// Room for computed tiles unless someone says otherwise.
pub const DEFAULT_MIB: u64 = 64;

/// Which computed tile. The generation is part of it, so no stale tile can be found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TileKey {
    /// The generation.
    pub generation: String,
    /// The tilesets as listed in the URL.
    pub tilesets: String,
    /// Zoom, column, row.
    pub tile: (u8, u32, u32),
    /// How the bytes are coded.
    pub coding: Coding,
}

/// Computed tiles.
#[derive(Clone)]
pub struct TileCache {
    tiles: Cache<TileKey, Bytes>,
    asked: Arc<AtomicU64>,
    computed: Arc<AtomicU64>,
}

/// What the cache holds and what it was good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Weight of what it holds, in bytes; behind by what was added last.
    pub bytes: u64,
    /// Tiles that it holds; behind by those added last.
    pub entries: u64,
    /// Tiles that were there when asked for.
    pub hits: u64,
    /// Tiles that had to be computed.
    pub misses: u64,
}

impl TileCache {
    /// A cache of at most `mib` MiB.
    pub fn new(mib: u64) -> Self {
        // What a key and the cache's own books weigh, roughly; moka does not say.
        const OVERHEAD: usize = 200;
        let weigh = |key: &TileKey, tile: &Bytes| {
            u32::try_from(OVERHEAD + key.generation.len() + key.tilesets.len() + tile.len()).unwrap_or(u32::MAX)
        };
        let tiles = Cache::builder().max_capacity(mib << 20).weigher(weigh).build();
        Self { tiles, asked: Arc::default(), computed: Arc::default() }
    }

    /// The tile from the cache, or computed off the async threads by the first who asks.
    ///
    /// # Errors
    /// What `compute` fails with, the same for everyone who waited for it.
    pub async fn get(
        &self,
        key: TileKey,
        compute: impl FnOnce() -> Result<Bytes, ApiError> + Send + 'static,
    ) -> Result<Bytes, ApiError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let computing = async {
            self.computed.fetch_add(1, Ordering::Relaxed);
            actix_web::web::block(compute).await.map_err(ApiError::internal)?
        };
        self.tiles
            .try_get_with(key, computing)
            .await
            .map_err(|shared: Arc<ApiError>| ApiError::internal(Shared(shared)))
    }

    /// What it holds and what it was good for.
    pub fn figures(&self) -> Figures {
        let misses = self.computed.load(Ordering::Relaxed);
        // Between the two readings somebody may have asked.
        let hits = self.asked.load(Ordering::Relaxed).saturating_sub(misses);
        Figures { bytes: self.tiles.weighted_size(), entries: self.tiles.entry_count(), hits, misses }
    }
}

/// An error that several requests waited for.
#[derive(Debug)]
struct Shared(Arc<ApiError>);

impl std::fmt::Display for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Shared {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(self.0.as_ref())
    }
}
