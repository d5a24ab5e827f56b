//! The catalog: everything a client can ask for, with the URLs to ask at.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use layers::GeometryKind;
use layers::codes::Label;
use layers::stats::OwnedLabel;
use serde::Serialize;
use styles::{AUTOMATIC, Chapter, SPRITE, Variant};

use super::address;
use super::respond::Answer;
use super::styles::{is_offered, sprite_url};
use super::tiles::media;
use crate::config::Basemap;
use crate::error::ApiError;
use crate::foreign::ForeignTileset;
use crate::generation::{Generation, Tileset};
use crate::own_styles::OwnStyle;
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
    styles: Vec<StyleItem<'g>>,
    basemaps: &'g [Basemap],
    statistics: Vec<TableItem<'g>>,
    sprites: Vec<SpriteItem>,
    fonts: Vec<FontItem>,
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

/// A style: a map of the plan, or one of the project's own.
#[derive(Serialize)]
struct StyleItem<'s> {
    id: &'s str,
    label: Label,
    /// Where the plan has it; neither of what is not the plan's.
    #[serde(skip_serializing_if = "Option::is_none")]
    chapter: Option<&'static Chapter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    figure: Option<u8>,
    /// The table that its legend counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<&'static str>,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    legend: Option<String>,
    /// The same map for other eyes, itself among them.
    variants: Vec<VariantItem>,
}

#[derive(Serialize)]
struct VariantItem {
    variant: Variant,
    id: String,
    url: String,
    legend: String,
}

/// A sheet of images, with what is on it.
#[derive(Serialize)]
struct SpriteItem {
    id: &'static str,
    url: String,
    images: Vec<&'static str>,
}

/// A family of fonts that text can be drawn with.
#[derive(Serialize)]
struct FontItem {
    id: String,
    url: String,
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
    let own = state.own_styles.styles();
    // The first look at the fonts of a system takes a moment.
    let fonts = state.fonts.clone();
    let fonts = actix_web::web::block(move || {
        fonts.get();
        fonts
    });
    let fonts = fonts.await.map_err(ApiError::internal)?;
    let catalog = Catalog {
        generation: generation.id(),
        title: &generation.manifest.title,
        description: &generation.manifest.description,
        attribution: &generation.manifest.attribution,
        rules: generation.manifest.rules.as_deref(),
        reference_date: generation.manifest.reference_date.as_deref(),
        tilesets: generation.tilesets.iter().map(|tileset| tileset_item(tileset, &base)).collect(),
        foreign: state.foreign.tilesets().iter().map(|tileset| foreign_item(tileset, &base)).collect(),
        styles: style_items(&generation, &own, &base),
        basemaps: &state.basemaps,
        statistics: table_items(&generation, &base),
        sprites: vec![SpriteItem {
            id: SPRITE,
            url: sprite_url(&base),
            images: styles::sprite_images().iter().map(|image| image.name).collect(),
        }],
        fonts: fonts.get().families().into_iter().map(|family| font_item(family, &base)).collect(),
        center: generation.center(),
        bounds: generation.bounds(),
    };
    Answer::json(&state, &generation).value(&request, &catalog).await
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

/// The project's maps, or the automatic one where nothing was analysed, then its own styles.
fn style_items<'s>(generation: &Generation, own: &'s [OwnStyle], base: &str) -> Vec<StyleItem<'s>> {
    let variants = |id: &str| -> Vec<VariantItem> {
        let item = |variant: Variant| {
            let id = variant.style_id(id);
            VariantItem { variant, url: format!("{base}/style/{id}"), legend: format!("{base}/legend/{id}"), id }
        };
        Variant::ALL.map(item).into()
    };
    let automatic = || StyleItem {
        id: AUTOMATIC,
        label: Label::new("自动样式", "Automatic"),
        chapter: None,
        figure: None,
        table: None,
        url: format!("{base}/style/{AUTOMATIC}"),
        legend: Some(format!("{base}/legend/{AUTOMATIC}")),
        variants: variants(AUTOMATIC),
    };
    let theme = |theme: &'static styles::Theme| StyleItem {
        id: theme.id,
        label: theme.label.clone(),
        chapter: Some(theme.chapter),
        figure: theme.figure,
        table: theme.table,
        url: format!("{base}/style/{}", theme.id),
        legend: Some(format!("{base}/legend/{}", theme.id)),
        variants: variants(theme.id),
    };
    let own = own.iter().map(|style| StyleItem {
        id: &style.id,
        label: Label::same(style.name()),
        chapter: None,
        figure: None,
        table: None,
        url: format!("{base}/style/{}", address::segment(&style.id)),
        legend: None,
        variants: Vec::new(),
    });
    // Without a plan there are no conflicts to draw, and so on: a map of nothing is not offered.
    let mut items: Vec<StyleItem<'s>> =
        styles::themes().iter().filter(|theme| is_offered(theme, generation)).map(theme).collect();
    if items.is_empty() {
        items.push(automatic());
    }
    items.extend(own);
    items
}

fn font_item(family: &str, base: &str) -> FontItem {
    FontItem { id: family.to_owned(), url: format!("{base}/font/{}/{{range}}.pbf", address::segment(family)) }
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
