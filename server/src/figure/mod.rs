//! Maps of a generation as pictures and sheets, drawn from its features without a browser.

mod notes;
mod picture;
mod sheet;

use std::sync::LazyLock;

use layers::findings::{Findings, FindingsError};
use maps::{Fonts, Picture, PictureError, Pictures, Style, StyleError};
use styles::{AUTOMATIC, Language, Theme, Variant, sprite_image, themes};

use crate::config::nearest;
use crate::generation::Generation;
use crate::http::styled;
use crate::own_styles::OwnStyle;

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

/// The styles that a generation has, each in its first variant, and those of the project's own.
pub(crate) fn style_names(generation: &Generation, own: &[OwnStyle]) -> Vec<String> {
    let themes = themes().iter().filter(|theme| is_offered(theme, generation)).map(|theme| theme.id);
    themes.chain([AUTOMATIC]).chain(own.iter().map(|own| own.id.as_str())).map(str::to_owned).collect()
}

fn is_offered(theme: &Theme, generation: &Generation) -> bool {
    let Some((statistics, findings)) = generation.statistics.as_ref().zip(generation.findings()) else { return false };
    theme.is_offered(statistics, |layer| findings.layers().iter().any(|known| known.id == layer))
}

/// The style with that name, ready to be drawn.
///
/// # Errors
/// [`FigureError::UnknownStyle`] with the nearest name.
pub(crate) fn style(
    generation: &Generation,
    own: &[OwnStyle],
    name: &str,
    language: Language,
) -> Result<Style, FigureError> {
    let known = style_names(generation, own);
    let base = Variant::of_style(name).0;
    // A style of which there is nothing to see is a mistake on paper, whatever a browser may ask for.
    let styled = || known.iter().any(|known| known == base).then(|| styled(name, generation, "", language)).flatten();
    let own = own.iter().find(|own| own.id == name).map(|own| own.by_tileset.clone());
    let Some(json) = own.or_else(styled) else {
        let nearest = nearest(base, known.iter().map(String::as_str)).map(str::to_owned);
        return Err(FigureError::UnknownStyle { asked: base.to_owned(), nearest, known });
    };
    let style = Style::parse(&json)?;
    for what in &style.unsupported {
        tracing::debug!(style = name, what, "part of a style is not drawn");
    }
    Ok(style)
}

/// The images of our own sprite.
pub(crate) struct Sprite;

impl Pictures for Sprite {
    fn picture(&self, name: &str) -> Option<Picture> {
        let image = sprite_image(name)?;
        let side = f64::from(image.size);
        Some(Picture { width: side, height: side, svg: image.content().to_owned() })
    }
}

/// The features of every tileset, under the names that styles have for them.
pub(crate) fn features(generation: &Generation) -> Result<Vec<(String, Findings)>, FindingsError> {
    generation.tilesets.iter().map(|tileset| Ok((tileset.id().to_owned(), tileset.lookup().open()?))).collect()
}
