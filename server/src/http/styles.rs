//! Styles and legends.

use std::collections::BTreeMap;

use actix_web::http::header::HeaderValue;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use layers::GeometryKind;
use layers::intake::UsedCode;
use layers::stats::Statistics;
use serde_json::Value;
use styles::{AUTOMATIC, Language, Legend, LegendSources, SPRITE, StyleSources, TilesetSource, Variant};

use super::address;
use super::classes::with_classes;
use super::openapi::{Missing, PageLanguage, Refused};
use super::respond::Answer;
use crate::error::ApiError;
use crate::generation::{CELLS, Generation, Tileset};
use crate::own_styles::with_base;
use crate::project::FINDINGS;
use crate::state::AppState;

/// Media type of a drawn legend.
const SVG: HeaderValue = HeaderValue::from_static("image/svg+xml");

/// A tileset with what a style must know of it, owned while the style is made.
struct Shown<'g> {
    id: &'g str,
    url: String,
    layers: Vec<(String, GeometryKind)>,
}

/// A MapLibre style; `.json` may follow its name
#[utoipa::path(
    get, path = "/style/{style}", tag = "styles",
    params(
        ("style" = String, Path, description = "As the catalog lists them, with `-dark` or `-print` in another variant; `auto` draws everything", example = "auto"),
        ("lang" = inline(Option<PageLanguage>), Query, description = "Of words on the map that are not data; Chinese unless said otherwise"),
    ),
    responses((status = 200, description = "The style", body = Object), Refused, Missing)
)]
pub(super) async fn style(
    request: HttpRequest,
    name: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let name = name.strip_suffix(".json").unwrap_or(&name);
    let (base, language) = (address::base(&request)?, language(&request)?);
    let own = || {
        let styles = state.own_styles.styles();
        let own = styles.iter().find(|style| style.id == name)?;
        Some(with_base(&own.style, &base, &sprite_url(&base), &glyphs_url(&base)))
    };
    let style = styled(name, &generation, &base, language).or_else(own);
    let style = style.ok_or_else(|| ApiError::UnknownStyle(name.to_owned()))?;
    Answer::json(&state, &generation).value(&request, &style).await
}

/// The classes of a style; `.json` may follow its name, and with `.svg` it is a picture
#[utoipa::path(
    get, path = "/legend/{style}", tag = "styles",
    params(
        ("style" = String, Path, description = "As the catalog lists them, with `-dark` or `-print` in another variant", example = "auto"),
        ("lang" = inline(Option<PageLanguage>), Query, description = "Of a picture; Chinese unless said otherwise"),
    ),
    responses(
        (status = 200, description = "The legend", content((Object = "application/json"), (String = "image/svg+xml"))),
        Refused, Missing
    )
)]
pub(super) async fn legend(
    request: HttpRequest,
    name: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let picture = name.strip_suffix(".svg");
    let name = picture.or(name.strip_suffix(".json")).unwrap_or(&name);
    let legend = legend_of(name, &generation).ok_or_else(|| ApiError::UnknownStyle(name.to_owned()))?;
    let language = language(&request)?;
    let answer = Answer::json(&state, &generation);
    if picture.is_none() {
        let legend = with_classes(&legend).map_err(ApiError::internal)?;
        return answer.value(&request, &legend).await;
    }
    let svg = styles::legend_svg(&only_drawn(legend, &generation), language);
    Answer { mime: SVG, ..answer }.plain(&request, svg.into()).await
}

/// The legend without what is not in the tiles: a picture has nobody who could leave it out.
fn only_drawn(mut legend: Legend, generation: &Generation) -> Legend {
    let Some(findings) = generation.findings() else { return legend };
    let is_drawn = |layer: &str| {
        findings.layers().iter().any(|known| known.id == layer) || (layer == CELLS && findings.has_cells())
    };
    for entries in [&mut legend.entries, &mut legend.context] {
        entries.retain(|entry| entry.tileset.is_some() || is_drawn(&entry.source_layer));
    }
    legend
}

/// The address of the images, without its ending.
pub(super) fn sprite_url(base: &str) -> String {
    format!("{base}/sprite/{SPRITE}")
}

/// The address of glyphs, with its two parameters.
pub(super) fn glyphs_url(base: &str) -> String {
    format!("{base}/font/{{fontstack}}/{{range}}.pbf")
}

/// Whether a theme has anything to show in a generation.
pub(super) fn is_offered(theme: &styles::Theme, generation: &Generation) -> bool {
    let Some((statistics, findings)) = analysed(generation) else { return false };
    theme.is_offered(statistics, |layer| findings.layers().iter().any(|known| known.id == layer))
}

fn analysed(generation: &Generation) -> Option<(&Statistics, &Tileset)> {
    generation.statistics.as_ref().zip(generation.findings())
}

/// The legend of a style; `None` if there is no such style.
pub(crate) fn legend_of(name: &str, generation: &Generation) -> Option<Legend> {
    if Variant::of_style(name).0 == AUTOMATIC {
        // A legend names layers, not where they come from, so nobody needs to be asked for a host.
        return Some(with_sources(generation, "", Language::default(), styles::automatic_legend));
    }
    let plan = plan(generation);
    let statistics = generation.statistics.as_ref()?;
    styles::legend(name, &LegendSources { statistics, codes: &generation.codes, plan: &plan })
}

/// The language that a request asks for.
pub(super) fn language(request: &HttpRequest) -> Result<Language, ApiError> {
    let query = Query::<BTreeMap<String, String>>::from_query(request.query_string());
    let named = query.ok().and_then(|query| query.get("lang").cloned());
    let Some(named) = named else { return Ok(Language::default()) };
    Language::of(&named).ok_or_else(|| ApiError::BadQuery("lang is zh or en".to_owned()))
}

/// The style with that name, its tilesets at `base`; `None` if there is no such style.
pub(crate) fn styled(name: &str, generation: &Generation, base: &str, language: Language) -> Option<Value> {
    with_sources(generation, base, language, |sources| match Variant::of_style(name) {
        (AUTOMATIC, variant) => Some(styles::automatic_style(variant, sources)),
        // A style of what nobody analysed would draw nothing.
        _ => sources.findings.as_ref().and_then(|_| styles::style(name, sources)),
    })
}

/// The codes of planned uses that occur.
fn plan(generation: &Generation) -> Vec<UsedCode> {
    let plans = generation.manifest.codes.iter().filter(|used| used.planned);
    plans.flat_map(|used| used.codes.iter().cloned()).collect()
}

/// Calls `make` with the generation's tilesets as styles see them.
fn with_sources<T>(
    generation: &Generation,
    base: &str,
    language: Language,
    make: impl FnOnce(&StyleSources<'_>) -> T,
) -> T {
    let (findings, others): (Vec<&Tileset>, Vec<&Tileset>) =
        generation.tilesets.iter().partition(|tileset| generation.findings().is_some() && tileset.id() == FINDINGS);
    let findings: Vec<Shown<'_>> = findings.into_iter().map(|tileset| shown(tileset, base)).collect();
    let others: Vec<Shown<'_>> = others.into_iter().map(|tileset| shown(tileset, base)).collect();
    let others: Vec<TilesetSource<'_>> = others.iter().map(source).collect();
    let (sprite, glyphs, plan) = (sprite_url(base), glyphs_url(base), plan(generation));
    let sources = StyleSources {
        findings: findings.first().map(source),
        others: &others,
        title: &generation.manifest.title,
        center: generation.center().unwrap_or_default(),
        sprite: &sprite,
        glyphs: Some(&glyphs),
        codes: &generation.codes,
        plan: &plan,
        language,
    };
    make(&sources)
}

fn shown<'g>(tileset: &'g Tileset, base: &str) -> Shown<'g> {
    let mut layers: Vec<(String, GeometryKind)> =
        tileset.layers().iter().map(|layer| (layer.id.clone(), layer.geometry)).collect();
    if tileset.has_cells() {
        layers.push((CELLS.to_owned(), GeometryKind::Polygon));
    }
    Shown { id: tileset.id(), url: address::tileset(base, tileset.id()), layers }
}

fn source<'s>(shown: &'s Shown<'_>) -> TilesetSource<'s> {
    TilesetSource { id: shown.id, url: &shown.url, layers: &shown.layers }
}
