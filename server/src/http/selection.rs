//! Which tilesets a URL asks for: one, or several joined by commas; of the project, or foreign.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use actix_web::web::Bytes;
use tiler::{Compression, TileCoord, TileType};
use xxhash_rust::xxh3::xxh3_128;

use super::coding::Coding;
use crate::error::ApiError;
use crate::foreign::{Foreign, ForeignTileset};
use crate::generation::{Generation, Tileset};
use crate::mapped;

/// A tileset that a URL asks for.
#[derive(Clone, Copy)]
pub(super) enum Source<'g> {
    /// One of the generation.
    Built(&'g Tileset),
    /// One that somebody else made.
    Foreign(&'g Arc<ForeignTileset>),
}

/// A tile as it lies in an archive.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) bytes: Bytes,
    pub(super) coding: Coding,
    /// XXH3-128 of the bytes.
    pub(super) hash: u128,
    /// Most bytes that it may have when decompressed.
    pub(super) limit: usize,
}

impl<'g> Source<'g> {
    pub(super) fn id(self) -> &'g str {
        match self {
            Self::Built(tileset) => tileset.id(),
            Self::Foreign(tileset) => &tileset.id,
        }
    }

    /// What its tiles are.
    pub(super) fn tile_type(self) -> TileType {
        match self {
            Self::Built(_) => TileType::Mvt,
            Self::Foreign(tileset) => tileset.tile_type,
        }
    }

    fn layer_ids(self) -> Box<dyn Iterator<Item = &'g str> + 'g> {
        match self {
            Self::Built(tileset) => Box::new(tileset.layers().iter().map(|layer| layer.id.as_str())),
            Self::Foreign(tileset) => Box::new(tileset.layer_ids()),
        }
    }

    /// The tile as stored, or `None` where there is none.
    pub(super) async fn tile(self, coord: TileCoord) -> Result<Option<Stored>, ApiError> {
        /// Who makes tiles for maps stays far below this; what a stranger made may be a bomb.
        const MOST_FOREIGN: usize = 32 << 20;
        Ok(match self {
            Self::Built(tileset) => built(tileset, coord)?,
            Self::Foreign(tileset) => tileset.tile(coord).await?.map(|(bytes, compression)| Stored {
                hash: xxh3_128(&bytes),
                bytes,
                coding: coding(compression),
                limit: MOST_FOREIGN,
            }),
        })
    }
}

/// A tile of the project as stored, or `None` where there is none.
pub(super) fn built(tileset: &Tileset, coord: TileCoord) -> Result<Option<Stored>, ApiError> {
    /// Far above any tile, far below what hurts.
    const MOST: usize = 256 << 20;
    let coding = coding(tileset.archive.tile_compression());
    let tile = mapped::tile(&tileset.archive, coord).map_err(ApiError::internal)?;
    Ok(tile.map(|(bytes, place)| Stored { hash: tileset.tags.of(place, &bytes), bytes, coding, limit: MOST }))
}

fn coding(compression: Compression) -> Coding {
    match compression {
        Compression::Gzip => Coding::Gzip,
        Compression::Brotli => Coding::Brotli,
        Compression::Zstd => Coding::Zstd,
        Compression::None | Compression::Unknown => Coding::Identity,
    }
}

/// The tilesets of a list such as `findings,base`, in its order.
///
/// # Errors
/// [`ApiError::UnknownTileset`], [`ApiError::RepeatedTileset`]; [`ApiError::SharedLayer`] or
/// [`ApiError::NotJoinable`] if they cannot stand in one tile.
pub(super) fn selected<'g>(
    list: &str,
    generation: &'g Generation,
    foreign: &'g Foreign,
) -> Result<Vec<Source<'g>>, ApiError> {
    let find = |id: &str| {
        let built = generation.tileset(id).map(Source::Built);
        let found = built.or_else(|| foreign.tileset(id).map(Source::Foreign));
        found.ok_or_else(|| ApiError::UnknownTileset(id.to_owned()))
    };
    if !list.contains(',') {
        return Ok(vec![find(list)?]);
    }
    let mut sources: Vec<Source<'_>> = Vec::new();
    let mut layers = HashSet::new();
    for id in list.split(',') {
        if sources.iter().any(|earlier| earlier.id() == id) {
            return Err(ApiError::RepeatedTileset(id.to_owned()));
        }
        let source = find(id)?;
        if source.tile_type() != TileType::Mvt {
            return Err(ApiError::NotJoinable(id.to_owned()));
        }
        for layer in source.layer_ids() {
            if !layers.insert(layer) {
                return Err(ApiError::SharedLayer(layer.to_owned()));
            }
        }
        sources.push(source);
    }
    Ok(sources)
}

/// What names the content of these tilesets: the generation, and the identity of each foreign file.
pub(super) fn version<'v>(sources: &[Source<'_>], generation: &'v str) -> Cow<'v, str> {
    if sources.iter().all(|source| matches!(source, Source::Built(_))) {
        return generation.into();
    }
    let built = is_of_generation(sources).then_some(generation);
    let foreign = sources.iter().filter_map(|source| match source {
        Source::Built(_) => None,
        Source::Foreign(tileset) => Some(tileset.identity.as_str()),
    });
    built.into_iter().chain(foreign).collect::<Vec<_>>().join(".").into()
}

/// Whether any of them is of the generation.
pub(super) fn is_of_generation(sources: &[Source<'_>]) -> bool {
    sources.iter().any(|source| matches!(source, Source::Built(_)))
}
