//! A part of a map as a picture: what `/static/{style}/…` answers.

use maps::{Fonts, PagePoint, Style, View, draw, png};

use super::{FigureError, Sprite, features, fonts};
use crate::generation::Generation;

/// A picture has at most so many pixels on a side before it is doubled.
pub(crate) const MOST_PX: u32 = 2048;

/// Nearer than this there is nothing more to see.
const MOST_ZOOM: f64 = 22.0;

/// The middle of a picture, and its zoom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    lon: f64,
    lat: f64,
    zoom: f64,
}

/// The size of a picture in CSS pixels, and how many of its own each has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    width: u32,
    height: u32,
    scale: u32,
}

impl Place {
    /// Reads `lon,lat,zoom`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let numbers: Vec<f64> = text.split(',').map(plain).collect::<Option<_>>()?;
        let [lon, lat, zoom] = <[f64; 3]>::try_from(numbers).ok()?;
        let on_map = lon.abs() <= 180.0 && lat.abs() <= 85.0 && (0.0..=MOST_ZOOM).contains(&zoom);
        on_map.then_some(Self { lon, lat, zoom })
    }
}

/// A number as people write it: neither `inf` nor `1e3`.
fn plain(text: &str) -> Option<f64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
    is_plain.then(|| text.parse().ok())?
}

impl Size {
    /// Reads `800x600.png` or `800x600@2x.png`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let name = text.strip_suffix(".png")?;
        let (name, scale) = name.strip_suffix("@2x").map_or((name, 1), |name| (name, 2));
        let (width, height) = name.split_once('x')?;
        let side = |text: &str| {
            let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
            let side = is_plain.then(|| text.parse().ok())??;
            (1..=MOST_PX).contains(&side).then_some(side)
        };
        Some(Self { width: side(width)?, height: side(height)?, scale })
    }
}

/// A picture of a style, as PNG.
///
/// # Errors
/// [`FigureError`].
pub(crate) fn picture(
    generation: &Generation,
    style: &Style,
    place: Place,
    size: Size,
) -> Result<Vec<u8>, FigureError> {
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    let view = View::around([place.lon, place.lat], place.zoom, width, height);
    let fonts: &Fonts = fonts();
    let drawing = draw(style, &view, &features(generation)?, &Sprite, fonts)?;
    let corner = PagePoint { x: width, y: height };
    let svg = maps::document(&drawing, &view, &maps::attribution(&generation.manifest.attribution, corner, fonts));
    Ok(png(&svg, f64::from(size.scale), fonts)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_sizes_are_read_as_they_are_written() {
        assert_eq!(Place::parse("116.08,43.94,12.5"), Some(Place { lon: 116.08, lat: 43.94, zoom: 12.5 }));
        assert_eq!(Place::parse("-71.1,42.37,13"), Some(Place { lon: -71.1, lat: 42.37, zoom: 13.0 }));
        for wrong in
            ["", "1,2", "1,2,3,4", "a,2,3", "181,2,3", "1,86,3", "1,2,23", "1,2,-1", "inf,2,3", "1e2,2,3", "NaN,2,3"]
        {
            assert_eq!(Place::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Size::parse("800x600.png"), Some(Size { width: 800, height: 600, scale: 1 }));
        assert_eq!(Size::parse("1x2048@2x.png"), Some(Size { width: 1, height: 2048, scale: 2 }));
        for wrong in [
            "800x600",
            "800x600.jpg",
            "0x600.png",
            "800x.png",
            "2049x10.png",
            "800x600@3x.png",
            "+8x6.png",
            "08x6.png",
            "x.png",
        ] {
            assert_eq!(Size::parse(wrong), None, "{wrong}");
        }
    }
}
