//! From SVG to pixels and to pages.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::label::Fonts;

/// Why a drawing became no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The drawing cannot be read: our own mistake, or one of a pattern.
    #[error("the map cannot be drawn")]
    Svg(#[source] Box<resvg::usvg::Error>),
    /// There is no room for so many pixels.
    #[error("a picture of {width} × {height} pixels is too large")]
    Size {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// The pixels cannot be packed.
    #[error("the picture cannot be written as PNG")]
    Png(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The page cannot be made.
    #[error("the map cannot be written as PDF")]
    Pdf(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The pixels of an SVG document as PNG: so many for each of its own.
///
/// # Errors
/// [`PictureError`].
pub fn png(svg: &str, scale: f64, fonts: &Fonts) -> Result<Vec<u8>, PictureError> {
    let tree = tree(svg, fonts)?;
    let pixels = |px: f32| (f64::from(px) * scale).round().max(1.0) as u32;
    let (width, height) = (pixels(tree.size().width()), pixels(tree.size().height()));
    let mut pixmap = Pixmap::new(width, height).ok_or(PictureError::Size { width, height })?;
    resvg::render(&tree, Transform::from_scale(scale as f32, scale as f32), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|cause| PictureError::Png(Box::new(cause)))
}

/// An SVG document as a page of PDF, its pixels 1/96 inch, its words as words.
///
/// # Errors
/// [`PictureError`].
pub fn pdf(svg: &str, fonts: &Fonts) -> Result<Vec<u8>, PictureError> {
    let tree = tree(svg, fonts)?;
    let page = svg2pdf::PageOptions { dpi: 96.0 };
    svg2pdf::to_pdf(&tree, svg2pdf::ConversionOptions::default(), page)
        .map_err(|cause| PictureError::Pdf(cause.to_string().into()))
}

fn tree(svg: &str, fonts: &Fonts) -> Result<Tree, PictureError> {
    let options = Options { fontdb: fonts.database(), ..Options::default() };
    Tree::from_str(svg, &options).map_err(|cause| PictureError::Svg(Box::new(cause)))
}
