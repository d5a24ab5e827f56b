//! Maps of a generation as pictures and sheets, drawn from its features without a browser.

mod notes;
mod picture;
mod sheet;

use std::sync::LazyLock;

use layers::findings::{Findings, FindingsError};
use maps::{Fonts, PictureError, Style, StyleError};
use styles::themes;

use crate::config::nearest;
use crate::generation::Generation;
use crate::http::{AUTOMATIC, styled};

pub(crate) use picture::{Place, Size, picture};
pub(crate) use sheet::{Request, draw_sheet};

/// What can keep a map from being drawn.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// There is no such style.
    #[error("no style `{asked}`{}; there are {}", meant(nearest.as_deref()), known.join(", "))]
    UnknownStyle {
        /// As asked for.
        asked: String,
        /// The one most like it.
        nearest: Option<String>,
        /// All of them.
        known: Vec<String>,
    },
    /// The style cannot be read.
    #[error("the style cannot be drawn")]
    Style(#[from] StyleError),
    /// The features cannot be read.
    #[error(transparent)]
    Findings(#[from] FindingsError),
    /// No picture came of it.
    #[error(transparent)]
    Picture(#[from] PictureError),
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default()
}

/// The fonts of this machine, read once.
pub(crate) fn fonts() -> &'static Fonts {
    static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
        let fonts = Fonts::of_system(None);
        if fonts.is_empty() {
            tracing::warn!("this machine has no fonts, so maps that are drawn here have no words");
        }
        fonts
    });
    &FONTS
}

/// The styles that a generation has.
pub(crate) fn style_names(generation: &Generation) -> Vec<String> {
    let themes = themes().iter().filter(|_| generation.findings().is_some()).map(|theme| theme.id);
    themes.chain([AUTOMATIC]).map(str::to_owned).collect()
}

/// The style with that name, ready to be drawn.
///
/// # Errors
/// [`FigureError::UnknownStyle`] with the nearest name.
pub(crate) fn style(generation: &Generation, name: &str) -> Result<Style, FigureError> {
    let Some(json) = styled(name, generation, "") else {
        let known = style_names(generation);
        let nearest = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
        return Err(FigureError::UnknownStyle { asked: name.to_owned(), nearest, known });
    };
    let style = Style::parse(&json)?;
    for what in &style.unsupported {
        tracing::debug!(style = name, what, "part of a style is not drawn");
    }
    Ok(style)
}

/// The features of every tileset, under the names that styles have for them.
pub(crate) fn features(generation: &Generation) -> Result<Vec<(String, Findings)>, FindingsError> {
    generation.tilesets.iter().map(|tileset| Ok((tileset.id().to_owned(), tileset.lookup().open()?))).collect()
}
