//! Tile grids: how degrees become integers of the world grid, and back.
//!
//! Everything after this room works on integers alone and would do so on any square quad grid.

use crate::world::WorldPoint;

/// Units across the world grid: 2³². On Web Mercator one unit is 9.3 mm at the equator, less elsewhere.
pub const WORLD_UNITS: f64 = 4_294_967_296.0;

/// A square that halves into quadrants, zoom by zoom.
pub trait QuadGrid: Sync {
    /// Its name in the OGC registry of tile matrix sets.
    fn id(&self) -> &'static str;

    /// The nearest grid point to a place, or `None` if a coordinate is not finite.
    ///
    /// What lies outside the grid is moved to its edge, so that the result is always inside.
    fn project(&self, lon: f64, lat: f64) -> Option<WorldPoint>;

    /// `[lon, lat]` of a grid point, degrees.
    fn unproject(&self, point: WorldPoint) -> [f64; 2];
}

/// The grid of web maps: spherical Mercator on WGS 84 longitude and latitude (EPSG:3857), one tile
/// at zoom 0.
///
/// # References
/// OGC Two Dimensional Tile Matrix Set 2.0 (17-083r4), annex D.1, `WebMercatorQuad`.
#[derive(Clone, Copy, Debug, Default)]
pub struct WebMercatorQuad;

impl WebMercatorQuad {
    /// Latitude of the grid's north edge, atan(sinh π) in degrees; its south edge is the negative.
    pub const EDGE_LATITUDE: f64 = 85.051_128_779_806_59;
}

impl QuadGrid for WebMercatorQuad {
    fn id(&self) -> &'static str {
        "WebMercatorQuad"
    }

    fn project(&self, lon: f64, lat: f64) -> Option<WorldPoint> {
        if !(lon.is_finite() && lat.is_finite()) {
            return None;
        }
        let lat = lat.clamp(-Self::EDGE_LATITUDE, Self::EDGE_LATITUDE).to_radians();
        let x = lon / 360.0 + 0.5;
        // EPSG Guidance Note 7-2, §3.2.1.2 (Popular Visualisation Pseudo Mercator), scaled to 0..1 with y down.
        let y = 0.5 - lat.tan().asinh() / std::f64::consts::TAU;
        // The cast saturates, so that longitudes beyond ±180° end at the edge.
        let snap = |fraction: f64| (fraction * WORLD_UNITS).round() as u32;
        Some(WorldPoint { x: snap(x), y: snap(y) })
    }

    fn unproject(&self, point: WorldPoint) -> [f64; 2] {
        let lon = (f64::from(point.x) / WORLD_UNITS - 0.5) * 360.0;
        let northing = (0.5 - f64::from(point.y) / WORLD_UNITS) * std::f64::consts::TAU;
        [lon, northing.sinh().atan().to_degrees()]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn corners_of_the_world_are_corners_of_the_grid() {
        let grid = WebMercatorQuad;
        let centre = WorldPoint { x: 1 << 31, y: 1 << 31 };
        assert_eq!(grid.project(0.0, 0.0), Some(centre));
        assert_eq!(grid.project(-180.0, 90.0), Some(WorldPoint { x: 0, y: 0 }));
        assert_eq!(grid.project(180.0, -90.0), Some(WorldPoint { x: u32::MAX, y: u32::MAX }));
        assert_eq!(grid.project(1e300, -1e300), Some(WorldPoint { x: u32::MAX, y: u32::MAX }));
        assert_eq!(grid.project(f64::NAN, 0.0), None);
    }

    proptest! {
        #[test]
        fn there_and_back_is_within_half_a_unit(lon in -179.9..179.9f64, lat in -85.0..85.0f64) {
            let grid = WebMercatorQuad;
            let [lon_back, lat_back] = grid.unproject(grid.project(lon, lat).expect("finite"));
            prop_assert!((lon - lon_back).abs() <= 180.0 / WORLD_UNITS * 1.01);
            prop_assert!((lat - lat_back).abs() <= 180.0 / WORLD_UNITS * 1.01);
        }
    }
}
