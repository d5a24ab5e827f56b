//! Tiles: as stored, in another coding, or joined from several tilesets.

use std::str::FromStr;
use std::sync::Arc;

use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use tiler::{TileCoord, TileType};
use xxhash_rust::xxh3::Xxh3;

use super::coding::{Accepted, Coding};
use super::openapi::{Binary, Missing, Refused};
use super::policy::Keep;
use super::recode::{RecodeError, decoded, encoded};
use super::respond::{Answer, is_known, tagged};
use super::selection::{Source, Stored, is_of_generation, selected, version};
use crate::cache::Key;
use crate::error::ApiError;
use crate::generation::Generation;
use crate::state::AppState;

/// `/{tilesets}/{z}/{x}/{y}`, the last with or without a suffix.
#[derive(Debug, Deserialize)]
pub(super) struct TilePath {
    tilesets: String,
    z: String,
    x: String,
    y: String,
}

impl TilePath {
    /// Zoom, column and row, where the last may have one of the suffixes.
    fn numbers(&self, suffixes: &[&str]) -> Option<(u8, u32, u32)> {
        let y = match self.y.split_once('.') {
            Some((y, suffix)) => suffixes.contains(&suffix).then_some(y)?,
            None => &self.y,
        };
        Some((u8::try_from(number(&self.z)?).ok()?, number(&self.x)?, number(y)?))
    }

    fn coord(&self, suffixes: &[&str]) -> Result<(TileCoord, (u8, u32, u32)), ApiError> {
        let numbers = self.numbers(suffixes);
        let coord = numbers.and_then(|(z, x, y)| Some((TileCoord::new(z, x, y)?, (z, x, y))));
        coord.ok_or_else(|| ApiError::OutsideGrid { z: self.z.clone(), x: self.x.clone(), y: self.y.clone() })
    }
}

/// A number as tiles are numbered: `parse` would take `+5` and `05` as well, and every tile has one URL.
fn number(text: &str) -> Option<u32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    is_plain.then(|| u32::from_str(text).ok())?
}

/// Media type (IANA), and the suffixes that tiles of that type may have.
pub(super) fn media(tile_type: TileType) -> (&'static str, &'static [&'static str]) {
    match tile_type {
        TileType::Mvt => ("application/vnd.mapbox-vector-tile", &["mvt", "pbf"]),
        TileType::Png => ("image/png", &["png"]),
        TileType::Jpeg => ("image/jpeg", &["jpg", "jpeg"]),
        TileType::Webp => ("image/webp", &["webp"]),
        TileType::Avif => ("image/avif", &["avif"]),
        TileType::Mlt => ("application/vnd.maplibre-tile", &["mlt"]),
        TileType::Unknown => ("application/octet-stream", &[]),
    }
}

/// A tile; the suffix of its type may follow, `.mvt` or `.pbf` for vector tiles
#[utoipa::path(
    get, path = "/{tilesets}/{z}/{x}/{y}", tag = "tiles",
    params(
        ("tilesets" = String, Path, description = "One, or several joined by commas", example = "findings"),
        ("z" = u8, Path, description = "Zoom", minimum = 0, maximum = 30, example = 14),
        ("x" = u32, Path, description = "Column from the west, below 2^z", maximum = 1073741823, example = 13476),
        ("y" = u32, Path, description = "Row from the north, below 2^z", maximum = 1073741823, example = 5992),
        ("v" = Option<String>, Query, description = "The version, as TileJSON has it: then the tile may be kept for good"),
    ),
    responses(
        (status = 200, description = "The tile", content(
            (Binary = "application/vnd.mapbox-vector-tile"),
            (Binary = "application/vnd.maplibre-tile"),
            (Binary = "image/png"),
            (Binary = "image/jpeg"),
            (Binary = "image/webp"),
            (Binary = "image/avif"),
            (Binary = "application/octet-stream"),
        )),
        (status = 204, description = "There is nothing in this tile"),
        Refused, Missing
    )
)]
pub(super) async fn tile(
    request: HttpRequest,
    path: Path<TilePath>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let generation = asked_for(&request, &state);
    let sources = selected(&path.tilesets, &generation, &state.foreign)?;
    let tile_type = sources.first().map_or(TileType::Mvt, |source| source.tile_type());
    let (mime, suffixes) = media(tile_type);
    let (coord, numbers) = path.coord(suffixes)?;
    let mut stored = Vec::with_capacity(sources.len());
    for source in &sources {
        stored.extend(source.tile(coord).await?);
    }
    let version = version(&sources, generation.id());
    let answer = Answer {
        mime,
        keep: keep(&request, &version, &sources, &state),
        generation: is_of_generation(&sources).then_some(generation.id()),
        ..Answer::document(&state, mime)
    };
    // Images are compressed by what they are; another coding would only make them longer.
    let is_image = matches!(tile_type, TileType::Png | TileType::Jpeg | TileType::Webp | TileType::Avif);
    let is_coded = !is_image || stored.iter().any(|tile| tile.coding != Coding::Identity);
    if let ([image], false) = (&stored[..], is_coded) {
        let etag = tagged(image.hash, Coding::Identity);
        return Ok(answer.uncoded(&request, image.bytes.clone(), &etag));
    }
    let as_stored = if let [only] = &stored[..] { only.coding } else { Coding::Gzip };
    let coding = match is_coded {
        true => Accepted::of(request.headers()).best(&Coding::of_tiles(as_stored))?,
        false => Coding::Identity,
    };
    if stored.is_empty() {
        return Ok(answer.empty(is_coded));
    }
    let etag = tagged(hash(&stored), coding);
    if is_known(request.headers(), &etag) {
        return Ok(answer.not_modified(&etag, true));
    }
    let bytes = match &stored[..] {
        [only] if only.coding == coding => only.bytes.clone(),
        _ => {
            let key = Key::Tile { version, tilesets: path.tilesets.clone(), tile: numbers, coding };
            state.computed.get(key, move || joined(&stored, coding).map_err(ApiError::internal)).await?
        }
    };
    Ok(answer.coded(bytes, &etag, coding))
}

/// What tells these contents from others.
fn hash(stored: &[Stored]) -> u128 {
    if let [only] = stored {
        return only.hash;
    }
    let mut all = Xxh3::new();
    for part in stored {
        all.update(&part.hash.to_le_bytes());
    }
    all.digest128()
}

/// A tile is a list of layers, and two lists one after the other are one list: joining vector tiles
/// is joining their bytes (MVT 2.1 §4.1, Protocol Buffers "Last One Wins" does not touch repeated
/// fields).
fn joined(parts: &[Stored], coding: Coding) -> Result<Bytes, RecodeError> {
    let mut all = Vec::new();
    for part in parts {
        all.extend(decoded(&part.bytes, part.coding, part.limit)?);
    }
    Ok(match coding {
        Coding::Identity => all.into(),
        coding => encoded(&all, coding)?.into(),
    })
}

/// A URL that names the version answers the same for good.
fn keep(request: &HttpRequest, version: &str, sources: &[Source<'_>], state: &AppState) -> Keep {
    if is_versioned(request, version) {
        return Keep::Forever;
    }
    Keep::For(state.policies.of(sources.iter().map(|source| source.id())))
}

/// The generation that the URL names, while there is one of that name; else the one served now.
pub(super) fn asked_for(request: &HttpRequest, state: &AppState) -> Arc<Generation> {
    // The version of a list begins with the generation, see `selection::version`.
    let id = asked_version(request).map(|version| version.split_once('.').map_or(version, |(id, _)| id));
    id.and_then(|id| state.generation_named(id)).unwrap_or_else(|| state.generation())
}

/// Whether the URL has this version in `?v=`.
pub(super) fn is_versioned(request: &HttpRequest, version: &str) -> bool {
    asked_version(request) == Some(version)
}

fn asked_version(request: &HttpRequest) -> Option<&str> {
    let mut pairs = request.query_string().split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == "v").map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(z: &str, x: &str, y: &str) -> Option<(u8, u32, u32)> {
        let (_, suffixes) = media(TileType::Mvt);
        TilePath { tilesets: String::new(), z: z.into(), x: x.into(), y: y.into() }.numbers(suffixes)
    }

    #[test]
    fn a_tile_has_one_way_to_be_written_and_two_suffixes() {
        assert_eq!(numbers("14", "3", "7"), Some((14, 3, 7)));
        assert_eq!(numbers("14", "3", "7.mvt"), Some((14, 3, 7)));
        assert_eq!(numbers("14", "3", "7.pbf"), Some((14, 3, 7)));
        for (z, x, y) in [
            ("+1", "0", "0"),
            ("1", "-1", "0"),
            ("1", "0", "0.png"),
            ("1", "0", "0."),
            ("1", "0", "0.mvt.pbf"),
            ("1", "00", "0"),
            ("01", "0", "0"),
            ("300", "0", "0"),
            ("", "0", "0"),
            ("１", "0", "0"),
        ] {
            assert_eq!(numbers(z, x, y), None, "{z}/{x}/{y}");
        }
    }

    proptest! {
        #[test]
        fn every_tile_of_the_grid_has_the_url_of_its_numbers_and_no_other(z in 0u8..=30, x: u32, y: u32, text in "[-+.0-9a-z%]{0,12}") {
            let (x, y) = (x >> (32 - u32::from(z)).min(31), y >> (32 - u32::from(z)).min(31));
            let (_, suffixes) = media(TileType::Mvt);
            let path = |z: String, x: String, y: String| TilePath { tilesets: String::new(), z, x, y };
            prop_assert_eq!(numbers(&z.to_string(), &x.to_string(), &y.to_string()), Some((z, x, y)));
            if let Some((z, x, y)) = path(z.to_string(), text.clone(), y.to_string()).numbers(suffixes) {
                prop_assert_eq!(x.to_string(), text);
                let is_in_grid = u64::from(x) < 1 << z && u64::from(y) < 1 << z;
                prop_assert_eq!(TileCoord::new(z, x, y).is_some(), is_in_grid);
            }
        }
    }
}
