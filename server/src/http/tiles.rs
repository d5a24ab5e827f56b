//! Vector tiles: as stored, decompressed, or joined from several tilesets.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use tiler::TileCoord;

use super::coding::{self, Coding, gunzip};
use super::respond::{Answer, Keep, etag};
use super::selection::selected;
use crate::cache::TileKey;
use crate::error::ApiError;
use crate::generation::{Generation, Tileset};
use crate::state::AppState;

/// Media type of a vector tile (IANA).
const MVT: &str = "application/vnd.mapbox-vector-tile";

/// `/{tilesets}/{z}/{x}/{y}`, the last with or without `.mvt` or `.pbf`.
#[derive(Debug, Deserialize)]
pub(super) struct TilePath {
    tilesets: String,
    z: String,
    x: String,
    y: String,
}

impl TilePath {
    fn numbers(&self) -> Option<(u8, u32, u32)> {
        let y = self.y.strip_suffix(".mvt").or(self.y.strip_suffix(".pbf")).unwrap_or(&self.y);
        // `parse` would take `+5` as well, and every tile has one URL.
        let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u32>().ok())?;
        Some((u8::try_from(number(&self.z)?).ok()?, number(&self.x)?, number(y)?))
    }

    fn coord(&self) -> Result<(TileCoord, (u8, u32, u32)), ApiError> {
        let numbers = self.numbers();
        let coord = numbers.and_then(|(z, x, y)| Some((TileCoord::new(z, x, y)?, (z, x, y))));
        coord.ok_or_else(|| ApiError::OutsideGrid { z: self.z.clone(), x: self.x.clone(), y: self.y.clone() })
    }
}

/// `GET /{tilesets}/{z}/{x}/{y}`
pub(super) async fn tile(
    request: HttpRequest,
    path: Path<TilePath>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let generation = asked_for(&request, &state);
    let tilesets = selected(&path.tilesets, &generation)?;
    let (coord, numbers) = path.coord()?;
    let wanted = Coding::negotiated(request.headers())?;
    let mut stored = Vec::with_capacity(tilesets.len());
    for tileset in tilesets {
        stored.extend(stored_tile(tileset, coord)?);
    }
    let answer =
        Answer { mime: MVT, keep: keep(&request, generation.id()), generation: Some(generation.id().to_owned()) };
    let key = |coding| TileKey {
        generation: generation.id().to_owned(),
        tilesets: path.tilesets.clone(),
        tile: numbers,
        coding,
    };
    let (bytes, tag) = match stored[..] {
        [] => return Ok(empty(&answer)),
        [only] if wanted == Coding::Gzip => (Bytes::copy_from_slice(only), etag(only, wanted)),
        [only] => {
            let compressed = only.to_vec();
            let plain = move || gunzip(&compressed).map(Bytes::from).map_err(ApiError::internal);
            (state.computed.get(key(wanted), plain).await?, etag(only, wanted))
        }
        _ => {
            let parts: Vec<Vec<u8>> = stored.iter().map(|part| part.to_vec()).collect();
            let bytes = state.computed.get(key(wanted), move || joined(&parts, wanted)).await?;
            let tag = etag(&bytes, wanted);
            (bytes, tag)
        }
    };
    Ok(answer.coded(&request, bytes, tag, wanted))
}

fn stored_tile(tileset: &Tileset, coord: TileCoord) -> Result<Option<&[u8]>, ApiError> {
    tileset.archive.tile(coord).map_err(ApiError::internal)
}

/// A tile is a list of layers, and two lists one after the other are one list: joining vector tiles
/// is joining their bytes (MVT 2.1 §4.1, Protocol Buffers "Last One Wins" does not touch repeated
/// fields).
fn joined(parts: &[Vec<u8>], coding: Coding) -> Result<Bytes, ApiError> {
    let mut all = Vec::new();
    for part in parts {
        all.extend(gunzip(part).map_err(ApiError::internal)?);
    }
    Ok(match coding {
        Coding::Identity => all.into(),
        Coding::Gzip => coding::gzip(&all).into(),
    })
}

/// The generation that the URL names, while there is one of that name; else the one served now.
fn asked_for(request: &HttpRequest, state: &AppState) -> Arc<Generation> {
    version(request).and_then(|id| state.generation_named(id)).unwrap_or_else(|| state.generation())
}

/// A URL that names the generation answers the same for good.
fn keep(request: &HttpRequest, generation: &str) -> Keep {
    if version(request) == Some(generation) { Keep::Forever } else { Keep::WhileAsking }
}

fn version(request: &HttpRequest) -> Option<&str> {
    let mut pairs = request.query_string().split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == "v").map(|(_, value)| value)
}

/// An empty tile is an answer, not an error.
fn empty(answer: &Answer) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response.insert_header((header::CACHE_CONTROL, answer.keep.cache_control()));
    if let Some(generation) = &answer.generation {
        response.insert_header(("X-Tuban-Generation", generation.as_str()));
    }
    response.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(z: &str, x: &str, y: &str) -> Option<(u8, u32, u32)> {
        TilePath { tilesets: String::new(), z: z.into(), x: x.into(), y: y.into() }.numbers()
    }

    #[test]
    fn a_tile_has_one_way_to_be_written_and_two_suffixes() {
        assert_eq!(numbers("14", "3", "7"), Some((14, 3, 7)));
        assert_eq!(numbers("14", "3", "7.mvt"), Some((14, 3, 7)));
        assert_eq!(numbers("14", "3", "7.pbf"), Some((14, 3, 7)));
        for (z, x, y) in [("+1", "0", "0"), ("1", "-1", "0"), ("1", "0", "0.png"), ("300", "0", "0"), ("", "0", "0")] {
            assert_eq!(numbers(z, x, y), None, "{z}/{x}/{y}");
        }
    }
}
