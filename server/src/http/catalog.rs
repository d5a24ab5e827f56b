//! The catalog: everything a client can ask for, with the URLs to ask at.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use layers::GeometryKind;
use layers::codes::Label;
use layers::stats::OwnedLabel;
use serde::Serialize;
use styles::AUTOMATIC;

use super::address;
use super::chapters::{Chapter, chapter};
use super::respond::Answer;
use super::tiles::media;
use crate::config::Basemap;
use crate::error::ApiError;
use crate::foreign::ForeignTileset;
use crate::generation::{Generation, Tileset};
use crate::state::AppState;

#[derive(Serialize)]
struct Catalog<'g> {
    generation: &'g str,
    title: &'g str,
    description: &'g str,
    attribution: &'g str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<&'g str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_date: Option<&'g str>,
    tilesets: Vec<TilesetItem<'g>>,
    foreign: Vec<ForeignItem<'g>>,
    styles: Vec<StyleItem>,
    basemaps: &'g [Basemap],
    statistics: Vec<TableItem<'g>>,
    sprites: [(); 0],
    fonts: [(); 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    center: Option<[f64; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bounds: Option<[f64; 4]>,
}

#[derive(Serialize)]
struct TilesetItem<'g> {
    id: &'g str,
    url: String,
    description: &'g str,
    layers: Vec<LayerItem<'g>>,
    bounds: [f64; 4],
    center: [f64; 3],
}

/// A tileset that somebody else made.
#[derive(Serialize)]
struct ForeignItem<'g> {
    id: &'g str,
    url: String,
    description: &'g str,
    media_type: &'static str,
    layers: Vec<&'g str>,
    bounds: [f64; 4],
    center: [f64; 3],
}

#[derive(Serialize)]
struct LayerItem<'g> {
    id: &'g str,
    geometry: GeometryKind,
    count: u64,
    description: &'g str,
}

#[derive(Serialize)]
struct StyleItem {
    id: &'static str,
    label: Label,
    #[serde(skip_serializing_if = "Option::is_none")]
    chapter: Option<Chapter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<&'static str>,
    url: String,
    legend: String,
}

#[derive(Serialize)]
struct TableItem<'g> {
    id: &'g str,
    label: &'g OwnedLabel,
    url: String,
    by: Vec<&'static str>,
}

/// Everything there is, with the URLs to ask at
#[utoipa::path(get, path = "/catalog", tag = "about", responses((status = 200, description = "The catalog", body = Object)))]
pub(super) async fn catalog(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let base = address::base(&request)?;
    let catalog = Catalog {
        generation: generation.id(),
        title: &generation.manifest.title,
        description: &generation.manifest.description,
        attribution: &generation.manifest.attribution,
        rules: generation.manifest.rules.as_deref(),
        reference_date: generation.manifest.reference_date.as_deref(),
        tilesets: generation.tilesets.iter().map(|tileset| tileset_item(tileset, &base)).collect(),
        foreign: state.foreign.tilesets().iter().map(|tileset| foreign_item(tileset, &base)).collect(),
        styles: style_items(&generation, &base),
        basemaps: &state.basemaps,
        statistics: table_items(&generation, &base),
        sprites: [],
        fonts: [],
        center: generation.center(),
        bounds: generation.bounds(),
    };
    Answer::json(&state, generation.id()).value(&request, &catalog).await
}

fn tileset_item<'g>(tileset: &'g Tileset, base: &str) -> TilesetItem<'g> {
    let layer = |layer: &'g crate::build::manifest::LayerEntry| LayerItem {
        id: &layer.id,
        geometry: layer.geometry,
        count: layer.features,
        description: &layer.description,
    };
    TilesetItem {
        id: tileset.id(),
        url: address::tileset(base, tileset.id()),
        description: &tileset.entry.description,
        layers: tileset.layers().iter().map(layer).collect(),
        bounds: tileset.entry.bounds,
        center: tileset.archive.center(),
    }
}

fn foreign_item<'g>(tileset: &'g ForeignTileset, base: &str) -> ForeignItem<'g> {
    ForeignItem {
        id: &tileset.id,
        url: address::tileset(base, &tileset.id),
        description: &tileset.description,
        media_type: media(tileset.tile_type).0,
        layers: tileset.layer_ids().collect(),
        bounds: tileset.info.bounds,
        center: tileset.info.center,
    }
}

/// The project's maps, or the automatic one where nothing was analysed.
fn style_items(generation: &Generation, base: &str) -> Vec<StyleItem> {
    let analysed = generation.statistics.as_ref().zip(generation.findings());
    let Some((statistics, findings)) = analysed else {
        let label = Label::new("自动样式", "Automatic");
        return vec![StyleItem {
            id: AUTOMATIC,
            label,
            chapter: None,
            table: None,
            url: format!("{base}/style/{AUTOMATIC}"),
            legend: format!("{base}/legend/{AUTOMATIC}"),
        }];
    };
    let item = |theme: &styles::Theme| StyleItem {
        id: theme.id,
        label: theme.label.clone(),
        chapter: Some(chapter(theme.id, theme.table)),
        table: Some(theme.table),
        url: format!("{base}/style/{}", theme.id),
        legend: format!("{base}/legend/{}", theme.id),
    };
    // Without a plan there are no conflicts to draw, and so on: a map of nothing is not offered.
    let has_layer = |layer: &str| findings.layers().iter().any(|known| known.id == layer);
    styles::themes().iter().filter(|theme| theme.is_offered(statistics, has_layer)).map(item).collect()
}

fn table_items<'g>(generation: &'g Generation, base: &str) -> Vec<TableItem<'g>> {
    let tables = generation.statistics.iter().flat_map(|statistics| &statistics.tables);
    let item = |table: &'g layers::stats::Table| TableItem {
        id: &table.table,
        label: &table.title,
        url: format!("{base}/stats/{}", address::segment(&table.table)),
        by: table.breakdowns.iter().map(|breakdown| breakdown.by.name()).collect(),
    };
    tables.map(item).collect()
}
