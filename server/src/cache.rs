//! The cache of what had to be computed: weighed in bytes, each made once however many ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::web::Bytes;
use moka::future::Cache;
use styles::GlyphRange;

use crate::error::ApiError;
use crate::http::Coding;
use crate::turns::Turns;

/// Room for what was computed, unless someone says otherwise.
pub const DEFAULT_BYTES: usize = 64 << 20;

/// What was computed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A tile decompressed, compressed otherwise, or joined from several tilesets. The version is
    /// part of it, so no stale tile can be found.
    Tile {
        /// The generation; of tilesets that belong to none, the identity of their files.
        version: String,
        /// The tilesets as listed in the URL.
        tilesets: String,
        /// Zoom, column, row.
        tile: (u8, u32, u32),
        /// How the bytes are coded.
        coding: Coding,
    },
    /// A map drawn as a picture.
    Picture {
        /// The generation.
        generation: String,
        /// The style.
        style: String,
        /// Place, zoom and size, as the URL has them.
        view: String,
    },
    /// A document compressed. It is known by what is in it, so it cannot be stale.
    Document {
        /// XXH3-128 of its plain bytes.
        hash: u128,
        /// How the bytes are coded.
        coding: Coding,
    },
    /// Characters drawn as distance fields. Fonts stay while a server runs.
    Glyphs {
        /// The fonts as listed in the URL.
        stack: String,
        /// Which characters.
        range: GlyphRange,
    },
}

impl Key {
    fn weight(&self) -> usize {
        match self {
            Self::Tile { version, tilesets, .. } => version.len() + tilesets.len(),
            Self::Picture { generation, style, view } => generation.len() + style.len() + view.len(),
            Self::Document { .. } => 0,
            Self::Glyphs { stack, .. } => stack.len(),
        }
    }
}

/// What was computed, by what it is.
#[derive(Clone)]
pub struct Computed {
    entries: Cache<Key, Bytes>,
    turns: Turns,
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

impl Computed {
    /// A cache of at most so many bytes.
    pub fn new(bytes: usize) -> Self {
        // What a key and the cache's own books weigh, roughly; moka does not say.
        const OVERHEAD: usize = 250;
        let weigh = |key: &Key, bytes: &Bytes| u32::try_from(OVERHEAD + key.weight() + bytes.len()).unwrap_or(u32::MAX);
        let entries = Cache::builder().max_capacity(bytes as u64).weigher(weigh).build();
        Self { entries, turns: Turns::default(), asked: Arc::default(), computed: Arc::default() }
    }

    /// The bytes, if somebody asked for them before.
    pub async fn known(&self, key: &Key) -> Option<Bytes> {
        let known = self.entries.get(key).await;
        self.asked.fetch_add(u64::from(known.is_some()), Ordering::Relaxed);
        known
    }

    /// The bytes from the cache, or computed off the async threads by the first who asks.
    ///
    /// # Errors
    /// [`ApiError::Busy`] where there is too much else to compute; else what `compute` fails with, the same for
    /// everyone who waited for it.
    pub async fn get(
        &self,
        key: Key,
        compute: impl FnOnce() -> Result<Bytes, ApiError> + Send + 'static,
    ) -> Result<Bytes, ApiError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let computed = Arc::clone(&self.computed);
        let counted = move || {
            computed.fetch_add(1, Ordering::Relaxed);
            compute()
        };
        let found = self.ahead(key, counted).await;
        if matches!(found, Err(ApiError::Busy)) {
            // Neither there nor computed.
            self.asked.fetch_sub(1, Ordering::Relaxed);
        }
        found
    }

    /// The same before anybody asks: nobody's question is counted.
    ///
    /// # Errors
    /// As [`Computed::get`].
    pub async fn ahead(
        &self,
        key: Key,
        compute: impl FnOnce() -> Result<Bytes, ApiError> + Send + 'static,
    ) -> Result<Bytes, ApiError> {
        let computing = async {
            let turn = self.turns.take().await?;
            // Who asked may go away, and what was begun takes its place until it is done.
            let computed = actix_web::web::block(move || (compute(), turn)).await;
            computed.map_err(ApiError::internal)?.0
        };
        self.entries.try_get_with(key, computing).await.map_err(|shared: Arc<ApiError>| match *shared {
            ApiError::Busy => ApiError::Busy,
            _ => ApiError::internal(Shared(shared)),
        })
    }

    /// The part of its room that is taken; behind by what was added last.
    pub fn fullness(&self) -> f64 {
        let room = self.entries.policy().max_capacity().unwrap_or(u64::MAX).max(1);
        self.entries.weighted_size() as f64 / room as f64
    }

    /// What it holds and what it was good for.
    pub fn figures(&self) -> Figures {
        let misses = self.computed.load(Ordering::Relaxed);
        // Between the two readings somebody may have asked.
        let hits = self.asked.load(Ordering::Relaxed).saturating_sub(misses);
        Figures { bytes: self.entries.weighted_size(), entries: self.entries.entry_count(), hits, misses }
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn key(hash: u128) -> Key {
        Key::Document { hash, coding: Coding::Gzip }
    }

    #[actix_web::test]
    async fn what_many_ask_for_at_once_is_made_once() -> Result<(), ApiError> {
        let computed = Computed::new(1 << 20);
        let made = Arc::new(AtomicUsize::new(0));
        let ask = || {
            let made = Arc::clone(&made);
            computed.get(key(1), move || {
                made.fetch_add(1, Ordering::Relaxed);
                Ok(Bytes::from_static(b"tile"))
            })
        };
        let answers = futures_util::future::join_all((0..20).map(|_| ask())).await;
        for answer in answers {
            assert_eq!(answer?, "tile");
        }
        assert_eq!(made.load(Ordering::Relaxed), 1);
        Ok(())
    }

    #[actix_web::test]
    async fn a_failure_is_told_to_all_and_not_kept() -> Result<(), ApiError> {
        let computed = Computed::new(1 << 20);
        assert!(computed.get(key(1), || Err(ApiError::NotFound)).await.is_err());
        assert_eq!(computed.get(key(1), || Ok(Bytes::from_static(b"tile"))).await?, "tile");
        Ok(())
    }

    #[actix_web::test]
    async fn the_cache_is_weighed_in_bytes() -> Result<(), ApiError> {
        let computed = Computed::new(1 << 20);
        for hash in 0..100 {
            computed.get(key(hash), || Ok(vec![0; 100_000].into())).await?;
        }
        computed.entries.run_pending_tasks().await;
        assert!(computed.entries.weighted_size() <= 1 << 20 && computed.entries.entry_count() <= 10);
        Ok(())
    }
}
