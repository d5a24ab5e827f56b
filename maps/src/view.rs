//! Where on the page a place lies.

use std::f64::consts::PI;

/// Width of the world at zoom 0, as MapLibre counts zooms.
const WORLD_PX: f64 = 512.0;
/// Beyond it Web Mercator is no square any more.
const MOST_LATITUDE: f64 = 85.051_128_779_806_59;
/// Radius of the sphere of Web Mercator, metres (EPSG:3857).
const RADIUS_M: f64 = 6_378_137.0;

/// A point of a page: CSS pixels, 1/96 inch, from its upper left corner, y down.
pub type PagePoint = geo::Coord<f64>;

/// What a map shows: a part of Web Mercator, north up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Place of the middle in the world of the zoom, CSS pixels.
    middle: PagePoint,
    /// As MapLibre counts them: the world is 512 × 2^zoom wide.
    zoom: f64,
    width: f64,
    height: f64,
}

impl View {
    /// A map of `width` × `height` CSS pixels around a place in degrees.
    pub fn around([lon, lat]: [f64; 2], zoom: f64, width: f64, height: f64) -> Self {
        Self { middle: scaled(world(lon, lat), zoom), zoom, width, height }
    }

    /// The map at the deepest zoom that shows `[west, south, east, north]` whole.
    pub fn of_bounds([west, south, east, north]: [f64; 4], width: f64, height: f64) -> Self {
        let (upper_left, lower_right) = (world(west, north), world(east, south));
        // A single point is shown like a block of houses.
        let least = 1e-6;
        let across = (lower_right.x - upper_left.x).max(least);
        let down = (lower_right.y - upper_left.y).max(least);
        let zoom = (width / (across * WORLD_PX)).min(height / (down * WORLD_PX)).log2().clamp(0.0, 24.0);
        let middle =
            PagePoint { x: f64::midpoint(upper_left.x, lower_right.x), y: f64::midpoint(upper_left.y, lower_right.y) };
        Self { middle: scaled(middle, zoom), zoom, width, height }
    }

    /// The same place at another zoom.
    #[must_use]
    pub fn at_zoom(self, zoom: f64) -> Self {
        let factor = (zoom - self.zoom).exp2();
        let middle = PagePoint { x: self.middle.x * factor, y: self.middle.y * factor };
        Self { middle, zoom, ..self }
    }

    /// Its zoom.
    pub fn zoom(&self) -> f64 {
        self.zoom
    }

    /// Its width in CSS pixels.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Its height in CSS pixels.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// Where a place in degrees lies on it.
    pub fn point(&self, lon: f64, lat: f64) -> PagePoint {
        let at = scaled(world(lon, lat), self.zoom);
        PagePoint { x: at.x - self.middle.x + self.width / 2.0, y: at.y - self.middle.y + self.height / 2.0 }
    }

    /// The place in degrees at a point of it: `[lon, lat]`.
    pub fn lon_lat(&self, at: PagePoint) -> [f64; 2] {
        let size = WORLD_PX * self.zoom.exp2();
        let x = (at.x + self.middle.x - self.width / 2.0) / size;
        let y = (at.y + self.middle.y - self.height / 2.0) / size;
        [x * 360.0 - 180.0, (PI * (1.0 - 2.0 * y)).sinh().atan().to_degrees()]
    }

    /// `[west, south, east, north]` of what it shows, and of `margin` CSS pixels around it.
    pub fn bounds(&self, margin: f64) -> [f64; 4] {
        let [west, north] = self.lon_lat(PagePoint { x: -margin, y: -margin });
        let [east, south] = self.lon_lat(PagePoint { x: self.width + margin, y: self.height + margin });
        [west, south, east, north]
    }

    /// Metres on the ground of one CSS pixel, in the middle of the map.
    pub fn metres_per_px(&self) -> f64 {
        let [_, lat] = self.lon_lat(PagePoint { x: self.width / 2.0, y: self.height / 2.0 });
        2.0 * PI * RADIUS_M * lat.to_radians().cos() / (WORLD_PX * self.zoom.exp2())
    }

    /// The same place at another scale: so many metres on the ground for one CSS pixel.
    #[must_use]
    pub fn at_metres_per_px(self, metres: f64) -> Self {
        self.at_zoom(self.zoom + (self.metres_per_px() / metres).log2())
    }
}

/// Web Mercator, 0 to 1 from the upper left corner.
fn world(lon: f64, lat: f64) -> PagePoint {
    let lat = lat.clamp(-MOST_LATITUDE, MOST_LATITUDE).to_radians();
    PagePoint { x: (lon + 180.0) / 360.0, y: (1.0 - lat.tan().asinh() / PI) / 2.0 }
}

fn scaled(world: PagePoint, zoom: f64) -> PagePoint {
    let size = WORLD_PX * zoom.exp2();
    PagePoint { x: world.x * size, y: world.y * size }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_place_comes_back_from_the_page(
            lon in -179.0..179.0, lat in -80.0..80.0, zoom in 5.0..20.0, x in 0.0..500.0, y in 0.0..400.0
        ) {
            let view = View::around([lon, lat], zoom, 500.0, 400.0);
            let [there_lon, there_lat] = view.lon_lat(PagePoint { x, y });
            let back = view.point(there_lon, there_lat);
            prop_assert!((back.x - x).abs() < 1e-3 && (back.y - y).abs() < 1e-3, "{back:?}");
        }

        #[test]
        fn bounds_are_shown_whole(west in -170.0..170.0, south in -70.0..70.0, across in 0.001..5.0, up in 0.001..5.0) {
            let view = View::of_bounds([west, south, west + across, south + up], 600.0, 300.0);
            let (upper_left, lower_right) = (view.point(west, south + up), view.point(west + across, south));
            prop_assert!(upper_left.x > -1e-3 && upper_left.y > -1e-3);
            prop_assert!(lower_right.x < 600.001 && lower_right.y < 300.001);
            let slack = upper_left.x.min(upper_left.y);
            prop_assert!(slack < 1e-3, "it could be shown larger");
        }
    }

    #[test]
    fn the_middle_of_zoom_0_is_where_maplibre_puts_it() {
        let view = View::around([0.0, 0.0], 0.0, 512.0, 512.0);
        assert_eq!(view.point(-180.0, MOST_LATITUDE).x, 0.0);
        assert!((view.point(0.0, 0.0).y - 256.0).abs() < 1e-9);
        assert!((view.metres_per_px() - 78_271.516_964).abs() < 1e-3, "{}", view.metres_per_px());
    }

    #[test]
    fn a_scale_is_held_in_the_middle() {
        let view = View::around([116.08, 43.94], 12.0, 800.0, 600.0).at_metres_per_px(5.0);
        assert!((view.metres_per_px() - 5.0).abs() < 1e-9);
        let [lon, lat] = view.lon_lat(PagePoint { x: 400.0, y: 300.0 });
        assert!((lon - 116.08).abs() < 1e-9 && (lat - 43.94).abs() < 1e-9);
    }
}
