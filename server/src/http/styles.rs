//! Styles and legends.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use layers::GeometryKind;
use serde_json::Value;
use styles::{StyleSources, TilesetSource};

use super::address;
use super::respond::Answer;
use crate::error::ApiError;
use crate::generation::{Generation, Tileset};
use crate::project::FINDINGS;
use crate::state::AppState;

/// The style that goes by geometry type alone.
pub(super) const AUTOMATIC: &str = "auto";

/// A tileset with what a style must know of it, owned while the style is made.
struct Shown<'g> {
    id: &'g str,
    url: String,
    layers: Vec<(String, GeometryKind)>,
}

/// `GET /style/{style}`, with or without `.json`
pub(super) async fn style(
    request: HttpRequest,
    name: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let name = name.strip_suffix(".json").unwrap_or(&name);
    let style = styled(name, &generation, &address::base(&request)?);
    let style = style.ok_or_else(|| ApiError::UnknownStyle(name.to_owned()))?;
    Answer::json(generation.id()).value(&request, &style)
}

/// `GET /legend/{style}`, with or without `.json`
pub(super) async fn legend(
    request: HttpRequest,
    name: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let name = name.strip_suffix(".json").unwrap_or(&name);
    let statistics = generation.statistics.as_ref().ok_or(ApiError::NotAnalysed)?;
    let legend = styles::legend(name, statistics).ok_or_else(|| ApiError::UnknownStyle(name.to_owned()))?;
    Answer::json(generation.id()).value(&request, &legend)
}

fn styled(name: &str, generation: &Generation, base: &str) -> Option<Value> {
    let (findings, others): (Vec<&Tileset>, Vec<&Tileset>) =
        generation.tilesets.iter().partition(|tileset| generation.findings().is_some() && tileset.id() == FINDINGS);
    let findings: Vec<Shown<'_>> = findings.into_iter().map(|tileset| shown(tileset, base)).collect();
    let others: Vec<Shown<'_>> = others.into_iter().map(|tileset| shown(tileset, base)).collect();
    let others: Vec<TilesetSource<'_>> = others.iter().map(source).collect();
    let sources = StyleSources {
        findings: findings.first().map(source),
        others: &others,
        title: &generation.manifest.title,
        center: generation.center().unwrap_or_default(),
        glyphs: None,
    };
    if name == AUTOMATIC { Some(styles::automatic_style(&sources)) } else { styles::style(name, &sources) }
}

fn shown<'g>(tileset: &'g Tileset, base: &str) -> Shown<'g> {
    Shown {
        id: tileset.id(),
        url: address::tileset(base, tileset.id()),
        layers: tileset.layers().iter().map(|layer| (layer.id.clone(), layer.geometry)).collect(),
    }
}

fn source<'s>(shown: &'s Shown<'_>) -> TilesetSource<'s> {
    TilesetSource { id: shown.id, url: &shown.url, layers: &shown.layers }
}
