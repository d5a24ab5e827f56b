//! TileJSON 3.0.0: where a tileset's tiles are and what is in them.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::address;
use super::respond::Answer;
use super::selection::selected;
use crate::error::ApiError;
use crate::generation::{Generation, Tileset};
use crate::state::AppState;

/// `GET /{tilesets}`
pub(super) async fn tilejson(
    request: HttpRequest,
    list: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let tilesets = selected(&list, &generation)?;
    let document = document(&tilesets, &generation, &address::base(&request)?);
    Answer::json(generation.id()).value(&request, &document)
}

/// The document of these tilesets as one (TileJSON 3.0.0 §3).
fn document(tilesets: &[&Tileset], generation: &Generation, base: &str) -> Value {
    let ids: Vec<String> = tilesets.iter().map(|tileset| address::segment(tileset.id())).collect();
    let names: Vec<&str> = tilesets.iter().map(|tileset| tileset.id()).collect();
    let descriptions: Vec<&str> = tilesets.iter().map(|tileset| tileset.entry.description.as_str()).collect();
    let vector_layers: Vec<&Value> = tilesets.iter().flat_map(|tileset| vector_layers(tileset)).collect();
    let bounds = tilesets.iter().map(|tileset| tileset.entry.bounds);
    let bounds = bounds.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
    let mut document = json!({
        "tilejson": "3.0.0",
        "tiles": [format!("{base}/{}/{{z}}/{{x}}/{{y}}?v={}", ids.join(","), generation.id())],
        "vector_layers": vector_layers,
        "name": names.join(","),
        "description": descriptions.iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join("; "),
        "attribution": generation.manifest.attribution,
        "scheme": "xyz",
        "minzoom": tilesets.iter().map(|tileset| tileset.entry.min_zoom).min(),
        "maxzoom": tilesets.iter().map(|tileset| tileset.entry.max_zoom).max(),
        "bounds": bounds,
        "center": tilesets.first().map(|tileset| tileset.archive.center()),
        "generation": generation.id(),
        "generator": generation.manifest.tool,
    });
    if let Some(zoom) = tilesets.iter().filter_map(|tileset| tileset.entry.detail_zoom).max() {
        document["detail_zoom"] = zoom.into();
    }
    if let Some(rules) = &generation.manifest.rules {
        document["rules"] = rules.as_str().into();
    }
    document
}

/// What the archive's metadata say of its layers (PMTiles v3 §5.1).
fn vector_layers(tileset: &Tileset) -> impl Iterator<Item = &Value> {
    let layers = tileset.archive.metadata().get("vector_layers").and_then(Value::as_array);
    layers.into_iter().flatten()
}
