//! A map on a sheet of paper: what `tuban map` writes.

use layers::stats::OwnedLabel;
use maps::{DrawnSheet, Paper, Sheet};
use styles::{Language, Legend};

use super::notes::{Plane, notes};
use super::{FigureError, Sprite, features, fonts, style};
use crate::config::SheetConfig;
use crate::generation::Generation;
use crate::http::legend_of;
use crate::own_styles::OwnStyle;

/// Which map, and how.
#[derive(Clone, Debug)]
pub(crate) struct Request<'a> {
    /// The style.
    pub(crate) style: &'a str,
    /// The styles of the project's own.
    pub(crate) own: &'a [OwnStyle],
    /// The paper.
    pub(crate) paper: Paper,
    /// The language of its words.
    pub(crate) language: Language,
    /// `[west, south, east, north]`; everything if nothing is said.
    pub(crate) bounds: Option<[f64; 4]>,
    /// What the configuration says of sheets.
    pub(crate) config: &'a SheetConfig,
}

/// Draws a sheet.
///
/// # Errors
/// [`FigureError`].
pub(crate) fn draw_sheet(generation: &Generation, request: &Request<'_>) -> Result<DrawnSheet, FigureError> {
    let style = style(generation, request.own, request.style, request.language)?;
    let own = request.own.iter().find(|own| own.id == request.style);
    let legend = match own {
        // Nobody knows what the colours of a style of somebody's own say.
        Some(own) => Some(Legend::without_classes(&own.id, own.name())),
        None => legend_of(request.style, generation),
    };
    let legend = legend.ok_or_else(|| FigureError::UnknownStyle {
        asked: request.style.to_owned(),
        nearest: None,
        known: super::style_names(generation, request.own),
    })?;
    let plane = Plane::of(request.config, &generation.manifest);
    let notes = notes(&generation.manifest, request.config, plane.as_ref(), request.language);
    let theme = OwnedLabel::from(&legend.title);
    let place = request.config.title.as_deref().unwrap_or(&generation.manifest.title);
    let title = match request.language {
        _ if own.is_some() => format!("{place} {}", theme.zh),
        Language::Zh => format!("{place} {}图", theme.zh),
        Language::En => format!("{} · {}", request.config.title_en.as_deref().unwrap_or(place), theme.en),
    };
    let findings = generation.findings().map(|tileset| tileset.entry.bounds);
    let sheet = Sheet {
        paper: request.paper,
        language: request.language,
        title: &title,
        legend: &legend,
        bounds: request.bounds.or(findings).or(generation.bounds()).unwrap_or([-180.0, -85.0, 180.0, 85.0]),
        plane: plane.as_ref().map(|plane| &plane.to_plane),
        notes: &notes,
    };
    Ok(sheet.draw(&style, &features(generation)?, &Sprite, fonts())?)
}
