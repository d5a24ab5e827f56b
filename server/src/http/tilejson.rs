//! TileJSON 3.0.0: where a tileset's tiles are and what is in them.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::address;
use super::openapi::{Missing, Refused};
use super::respond::Answer;
use super::selection::{Source, is_of_generation, selected, version};
use super::tiles::media;
use crate::error::ApiError;
use crate::foreign::harmless;
use crate::generation::{Generation, Tileset};
use crate::state::AppState;

/// Where the tiles of a tileset are and what is in them
#[utoipa::path(
    get, path = "/{tilesets}", tag = "tiles",
    params(("tilesets" = String, Path, description = "One, or several joined by commas", example = "findings")),
    responses((status = 200, description = "TileJSON 3.0.0", body = Object), Refused, Missing)
)]
pub(super) async fn tilejson(
    request: HttpRequest,
    list: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let sources = selected(&list, &generation, &state.foreign)?;
    let document = document(&sources, &generation, &address::base(&request)?);
    let answer = Answer::json(&state, &generation);
    let of_generation = is_of_generation(&sources).then_some(&*generation);
    Answer { generation: of_generation, ..answer }.value(&request, &document).await
}

/// What a TileJSON says of one tileset.
struct Said<'g> {
    description: &'g str,
    attribution: String,
    zooms: (u8, u8),
    bounds: [f64; 4],
    center: [f64; 3],
}

impl<'g> Said<'g> {
    fn of(source: Source<'g>, generation: &'g Generation) -> Self {
        match source {
            Source::Built(Tileset { entry, archive, .. }) => Self {
                description: &entry.description,
                attribution: harmless(&generation.manifest.attribution),
                zooms: (entry.min_zoom, entry.max_zoom),
                bounds: entry.bounds,
                center: archive.center(),
            },
            Source::Foreign(tileset) => Self {
                description: &tileset.description,
                attribution: tileset.attribution.clone(),
                zooms: (tileset.info.min_zoom, tileset.info.max_zoom),
                bounds: tileset.info.bounds,
                center: tileset.info.center,
            },
        }
    }
}

/// The document of these tilesets as one (TileJSON 3.0.0 §3).
fn document(sources: &[Source<'_>], generation: &Generation, base: &str) -> Value {
    let ids: Vec<String> = sources.iter().map(|source| address::segment(source.id())).collect();
    let names: Vec<&str> = sources.iter().map(|source| source.id()).collect();
    let said: Vec<Said<'_>> = sources.iter().map(|&source| Said::of(source, generation)).collect();
    let descriptions: Vec<&str> = said.iter().map(|said| said.description).filter(|text| !text.is_empty()).collect();
    let mut attributions: Vec<&str> = Vec::new();
    for said in said.iter().map(|said| said.attribution.as_str()) {
        if !said.is_empty() && !attributions.contains(&said) {
            attributions.push(said);
        }
    }
    let bounds = said.iter().map(|said| said.bounds);
    let bounds = bounds.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
    let version = version(sources, generation.id());
    let mut document = json!({
        "tilejson": "3.0.0",
        "tiles": [format!("{base}/{}/{{z}}/{{x}}/{{y}}?v={version}", ids.join(","))],
        "vector_layers": sources.iter().flat_map(|&source| vector_layers(source)).collect::<Vec<_>>(),
        "name": names.join(","),
        "description": descriptions.join("; "),
        "attribution": attributions.join(" "),
        "scheme": "xyz",
        "minzoom": said.iter().map(|said| said.zooms.0).min(),
        "maxzoom": said.iter().map(|said| said.zooms.1).max(),
        "bounds": bounds,
        "center": said.first().map(|said| said.center),
    });
    if let [Source::Foreign(tileset)] = sources
        && let (_, [suffix, ..]) = media(tileset.tile_type)
    {
        document["format"] = if *suffix == "mvt" { "pbf".into() } else { (*suffix).into() };
    }
    if !is_of_generation(sources) {
        return document;
    }
    document["generation"] = generation.id().into();
    document["generator"] = generation.manifest.tool.as_str().into();
    let detail_zoom = |source: &Source<'_>| match source {
        Source::Built(tileset) => tileset.entry.detail_zoom,
        Source::Foreign(_) => None,
    };
    if let Some(zoom) = sources.iter().filter_map(detail_zoom).max() {
        document["detail_zoom"] = zoom.into();
    }
    if let Some(rules) = &generation.manifest.rules {
        document["rules"] = rules.as_str().into();
    }
    document
}

/// What the archive's metadata say of its layers (PMTiles v3 §5.1).
fn vector_layers(source: Source<'_>) -> impl Iterator<Item = &Value> {
    let layers = match source {
        Source::Built(tileset) => tileset.archive.metadata().get("vector_layers").and_then(Value::as_array),
        Source::Foreign(tileset) => Some(&tileset.vector_layers),
    };
    layers.into_iter().flatten()
}
