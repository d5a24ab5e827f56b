//! Tiles: as stored, in another coding, or joined from several tilesets.

use std::sync::Arc;

use actix_http::RequestHead;
use actix_web::http::Method;
use actix_web::http::header::HeaderValue;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use tiler::{TileCoord, TileType};
use xxhash_rust::xxh3::Xxh3;

use super::coding::{Accepted, Coding};
use super::openapi::{Binary, Missing, Refused};
use super::policy::Keep;
use super::recode::{RecodeError, decoded, encoded};
use super::respond::{Answer, JSON, is_known, tagged};
use super::selection::{Source, Stored, built, is_of_generation, selected, version};
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
    fn coord(&self, suffixes: &[&str]) -> Result<(TileCoord, (u8, u32, u32)), ApiError> {
        let numbers = numbers(&self.z, &self.x, &self.y, suffixes);
        let coord = numbers.and_then(|(z, x, y)| Some((TileCoord::new(z, x, y)?, (z, x, y))));
        coord.ok_or_else(|| ApiError::OutsideGrid { z: self.z.clone(), x: self.x.clone(), y: self.y.clone() })
    }
}

/// Zoom, column and row, where the last may have one of the suffixes.
fn numbers(z: &str, x: &str, y: &str, suffixes: &[&str]) -> Option<(u8, u32, u32)> {
    let y = match y.split_once('.') {
        Some((y, suffix)) => suffixes.contains(&suffix).then_some(y)?,
        None => y,
    };
    Some((u8::try_from(number(z)?).ok()?, number(x)?, number(y)?))
}

/// A number as tiles are numbered: `parse` would take `+5` and `05` as well, and every tile has one URL.
fn number(text: &str) -> Option<u32> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    let (&first, rest) = text.as_bytes().split_first()?;
    if first == b'0' && !rest.is_empty() {
        return None;
    }
    rest.iter().try_fold(digit(first)?, |number, &byte| number.checked_mul(10)?.checked_add(digit(byte)?))
}

/// Media type (IANA), and the suffixes that tiles of that type may have.
pub(super) fn media(tile_type: TileType) -> (&'static str, &'static [&'static str]) {
    match tile_type {
        TileType::Mvt => (MVT, &["mvt", "pbf"]),
        TileType::Png => ("image/png", &["png"]),
        TileType::Jpeg => ("image/jpeg", &["jpg", "jpeg"]),
        TileType::Webp => ("image/webp", &["webp"]),
        TileType::Avif => ("image/avif", &["avif"]),
        TileType::Mlt => ("application/vnd.maplibre-tile", &["mlt"]),
        TileType::Unknown => ("application/octet-stream", &[]),
    }
}

const MVT: &str = "application/vnd.mapbox-vector-tile";

/// The media type as a header.
fn mime(tile_type: TileType) -> HeaderValue {
    // Checked by the compiler, where others are checked each time.
    const VECTOR: HeaderValue = HeaderValue::from_static(MVT);
    if tile_type == TileType::Mvt { VECTOR } else { HeaderValue::from_static(media(tile_type).0) }
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
    let generation = asked_for(request.query_string(), &state);
    let sources = selected(&path.tilesets, &generation, &state.foreign)?;
    let (coord, numbers) = path.coord(media(tile_type(&sources)).1)?;
    let mut stored = Vec::with_capacity(sources.len());
    for source in &sources {
        stored.extend(source.tile(coord).await?);
    }
    let asked = Asked { head: request.head(), state: &state, generation: &generation, sources: &sources };
    let (answer, etag, coding) = match asked.answer(&stored)? {
        Found::Answer(response) => return Ok(response),
        Found::Uncoded { answer, etag, coding } => (answer, etag, coding),
    };
    let key = Key::Tile {
        version: version(&sources, generation.id()).into_owned(),
        tilesets: path.tilesets.clone(),
        tile: numbers,
        coding,
    };
    let bytes = state.computed.get(key, move || joined(&stored, coding).map_err(ApiError::internal)).await?;
    Ok(answer.coded(bytes, &etag, coding))
}

/// The route of tiles.
pub(super) const ROUTE: &str = "/{tilesets}/{z}/{x}/{y}";

/// The same answer, if it is one tile of the project as it is stored, or the word that there is none. All
/// else (`None`) takes the way through the router.
pub(super) fn at_once(head: &RequestHead, state: &AppState) -> Option<HttpResponse> {
    if head.method != Method::GET && head.method != Method::HEAD {
        return None;
    }
    let [id, z, x, y] = segments(head.uri.path())?;
    let generation = asked_for(head.uri.query().unwrap_or_default(), state);
    let tileset = generation.tileset(id)?;
    let sources = [Source::Built(tileset)];
    let (z, x, y) = numbers(z, x, y, media(tile_type(&sources)).1)?;
    let stored = built(tileset, TileCoord::new(z, x, y)?).ok()?;
    let asked = Asked { head, state, generation: &generation, sources: &sources };
    match asked.answer(stored.as_slice()).ok()? {
        Found::Answer(response) => Some(response),
        Found::Uncoded { .. } => None,
    }
}

/// The segments of a path that has four.
fn segments(path: &str) -> Option<[&str; 4]> {
    let mut slashes = path.bytes().enumerate().filter(|(_, byte)| *byte == b'/').map(|(at, _)| at);
    let (0, a, b, c, None) = (slashes.next()?, slashes.next()?, slashes.next()?, slashes.next()?, slashes.next())
    else {
        return None;
    };
    Some([&path[1..a], &path[a + 1..b], &path[b + 1..c], &path[c + 1..]])
}

/// Who asks for tiles of these sources, and of whom.
struct Asked<'a> {
    head: &'a RequestHead,
    state: &'a AppState,
    generation: &'a Generation,
    sources: &'a [Source<'a>],
}

/// What comes of the tiles as stored.
enum Found<'a> {
    /// An answer.
    Answer(HttpResponse),
    /// An answer, once its bytes are made.
    Uncoded { answer: Answer<'a>, etag: String, coding: Coding },
}

impl<'a> Asked<'a> {
    fn answer(&self, stored: &[Stored]) -> Result<Found<'a>, ApiError> {
        let (head, tile_type) = (self.head, tile_type(self.sources));
        let answer = Answer {
            mime: mime(tile_type),
            keep: self.keep(),
            generation: is_of_generation(self.sources).then_some(self.generation),
            ..Answer::document(self.state, JSON)
        };
        // Images are compressed by what they are; another coding would only make them longer.
        let is_image = matches!(tile_type, TileType::Png | TileType::Jpeg | TileType::Webp | TileType::Avif);
        let is_coded = !is_image || stored.iter().any(|tile| tile.coding != Coding::Identity);
        if let ([image], false) = (stored, is_coded) {
            let etag = tagged(image.hash, Coding::Identity);
            return Ok(Found::Answer(answer.uncoded(head.headers(), image.bytes.clone(), &etag)));
        }
        let as_stored = if let [only] = stored { only.coding } else { Coding::Gzip };
        let coding = match is_coded {
            true => Accepted::of(head.headers()).best(&Coding::of_tiles(as_stored))?,
            false => Coding::Identity,
        };
        if stored.is_empty() {
            return Ok(Found::Answer(answer.empty(is_coded)));
        }
        let etag = tagged(hash(stored), coding);
        if is_known(head.headers(), &etag) {
            return Ok(Found::Answer(answer.not_modified(&etag, true)));
        }
        Ok(match stored {
            [only] if only.coding == coding => Found::Answer(answer.coded(only.bytes.clone(), &etag, coding)),
            _ => Found::Uncoded { answer, etag, coding },
        })
    }

    /// A URL that names the version answers the same for good.
    fn keep(&self) -> Keep {
        let version = version(self.sources, self.generation.id());
        if is_versioned(self.head.uri.query().unwrap_or_default(), &version) {
            return Keep::Forever;
        }
        Keep::For(self.state.policies.of(self.sources.iter().map(|source| source.id())))
    }
}

/// What tiles of these sources are.
fn tile_type(sources: &[Source<'_>]) -> TileType {
    sources.first().map_or(TileType::Mvt, |source| source.tile_type())
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

/// The generation that the URL's query names, while there is one of that name; else the one served now.
pub(super) fn asked_for(query: &str, state: &AppState) -> Arc<Generation> {
    // The version of a list begins with the generation, see `selection::version`.
    let id = asked_version(query).map(|version| version.split_once('.').map_or(version, |(id, _)| id));
    id.and_then(|id| state.generation_named(id)).unwrap_or_else(|| state.generation())
}

/// Whether the URL's query has this version in `v=`.
pub(super) fn is_versioned(query: &str, version: &str) -> bool {
    asked_version(query) == Some(version)
}

fn asked_version(query: &str) -> Option<&str> {
    if query.is_empty() {
        return None;
    }
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == "v").map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(z: &str, x: &str, y: &str) -> Option<(u8, u32, u32)> {
        super::numbers(z, x, y, media(TileType::Mvt).1)
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
            prop_assert_eq!(numbers(&z.to_string(), &x.to_string(), &y.to_string()), Some((z, x, y)));
            if let Some((z, x, y)) = numbers(&z.to_string(), &text, &y.to_string()) {
                prop_assert_eq!(x.to_string(), text);
                let is_in_grid = u64::from(x) < 1 << z && u64::from(y) < 1 << z;
                prop_assert_eq!(TileCoord::new(z, x, y).is_some(), is_in_grid);
            }
        }
    }
}
