//! The plane in which analyses cut and measure: the ellipsoid's cylindrical equal-area projection.
//!
//! The survey measures a patch's ellipsoidal area by summing, for each boundary edge, the
//! trapezoid between two parallels and a meridian, taking the edge's mean longitude
//! (TD/T 1055-2019, annex on 椭球面积). That sum *is* the shoelace area in coordinates (longitude, area
//! of the ellipsoid up to that latitude): the cylindrical equal-area projection. So polygons are
//! cut in that plane, where pieces add up to the whole exactly, and every shoelace area in it is
//! the survey's area. The standard parallel near the data keeps lengths and angles true there.

use geo::{Coord, CoordsIter, LineString, MapCoords, MultiPolygon, Polygon};

use super::{FLATTENING, SEMI_MAJOR};
use crate::SquareMetres;

const E2: f64 = FLATTENING * (2.0 - FLATTENING);

/// A local equal-area plane in metres, x east and y north of its origin.
///
/// # References
/// Snyder, Map Projections: A Working Manual (USGS PP 1395, 1987), §10, equations 10-13 to 10-15
/// and 3-12; EPSG method 9835.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EqualAreaPlane {
    lon0: f64,
    /// Metres east per degree of longitude.
    x_per_degree: f64,
    /// Metres north per unit of q.
    y_per_q: f64,
    q0: f64,
}

impl EqualAreaPlane {
    /// The plane around a point; its parallel is the standard parallel.
    ///
    /// # Units
    /// - `origin`: longitude and latitude in degrees; beyond ±85° the plane of ±85° is used, whose
    ///   areas are as true but whose shapes are stretched.
    pub fn around(origin: Coord<f64>) -> Self {
        let phi = origin.y.clamp(-85.0, 85.0).to_radians();
        let k0 = phi.cos() / (1.0 - E2 * phi.sin().powi(2)).sqrt();
        Self {
            lon0: origin.x,
            x_per_degree: SEMI_MAJOR * k0 * 1f64.to_radians(),
            y_per_q: SEMI_MAJOR / (2.0 * k0),
            q0: q_of(phi),
        }
    }

    /// Longitude and latitude in degrees to plane metres.
    pub fn project(&self, point: Coord<f64>) -> Coord<f64> {
        let q = q_of(point.y.to_radians());
        Coord { x: self.east(point.x), y: (q - self.q0) * self.y_per_q }
    }

    /// Plane metres east of the origin of a longitude in degrees.
    pub(crate) fn east(&self, lon: f64) -> f64 {
        (lon - self.lon0) * self.x_per_degree
    }

    /// Plane metres back to longitude and latitude in degrees.
    pub fn unproject(&self, point: Coord<f64>) -> Coord<f64> {
        let q = point.y / self.y_per_q + self.q0;
        Coord { x: point.x / self.x_per_degree + self.lon0, y: latitude_of(q).to_degrees() }
    }

    /// A whole geometry to plane metres.
    pub fn project_polygons(&self, polygons: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        polygons.map_coords(|point| self.project(point))
    }
}

/// Twice the area of the unit-axis ellipsoid between the equator and latitude `phi`, per radian of
/// longitude (Snyder 3-12).
fn q_of(phi: f64) -> f64 {
    let e = E2.sqrt();
    let sin = phi.sin();
    let e_sin = e * sin;
    (1.0 - E2) * (sin / (1.0 - e_sin * e_sin) + e_sin.atanh() / e)
}

/// The latitude, in radians, whose `q` this is: Newton's method on Snyder 3-12, whose derivative
/// is 2(1−e²)cosφ / (1−e²sin²φ)².
fn latitude_of(q: f64) -> f64 {
    let q_pole = q_of(std::f64::consts::FRAC_PI_2);
    let mut phi = (q / q_pole).clamp(-1.0, 1.0).asin();
    for _ in 0..6 {
        let w = 1.0 - E2 * phi.sin().powi(2);
        let slope = 2.0 * (1.0 - E2) * phi.cos() / (w * w);
        if slope < 1e-12 {
            break;
        }
        let step = (q - q_of(phi)) / slope;
        phi += step;
        if step.abs() < 1e-16 {
            break;
        }
    }
    phi
}

/// Shoelace area of a closed ring in plane metres; positive for counter-clockwise.
///
/// Coordinates are taken relative to the first point, so that large false origins cost no digits.
pub fn signed_ring_area(ring: &LineString<f64>) -> f64 {
    let Some(&origin) = ring.0.first() else { return 0.0 };
    let cross = |pair: &[Coord<f64>]| {
        let (a, b) = (pair[0] - origin, pair[1] - origin);
        a.x * b.y - b.x * a.y
    };
    ring.0.windows(2).map(cross).sum::<f64>() / 2.0
}

fn polygon_area(polygon: &Polygon<f64>) -> f64 {
    let holes = polygon.interiors().iter().map(|ring| signed_ring_area(ring).abs());
    signed_ring_area(polygon.exterior()).abs() - holes.sum::<f64>()
}

/// Area of polygons that are already in an [`EqualAreaPlane`]: exteriors less interiors.
pub fn plane_area(polygons: &MultiPolygon<f64>) -> SquareMetres {
    SquareMetres(polygons.iter().map(polygon_area).sum())
}

/// Area on the CGCS2000 ellipsoid of valid polygons in lon/lat degrees, by the survey's formula in
/// closed form.
///
/// Polygons that cross the antimeridian must be given with continuous longitudes.
///
/// # Examples
/// ```
/// use geo::{MultiPolygon, wkt};
/// let cell = wkt!(POLYGON((116. 43., 117. 43., 117. 44., 116. 44., 116. 43.)));
/// let area = layers::measure::ellipsoidal_area(&MultiPolygon::from(cell));
/// assert!((area.hectares() - 896_984.0).abs() < 2_000.0);
/// ```
///
/// # References
/// TD/T 1055-2019 第三次全国国土调查技术规程 (trapezoids between parallels); Snyder 1987, eq. 3-12.
pub fn ellipsoidal_area(polygons: &MultiPolygon<f64>) -> SquareMetres {
    let Some(origin) = polygons.exterior_coords_iter().next() else { return SquareMetres(0.0) };
    plane_area(&EqualAreaPlane::around(origin).project_polygons(polygons))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geographiclib_rs::{Geodesic, PolygonArea, Winding};
    use proptest::prelude::*;

    fn karney(ring: &[(f64, f64)]) -> f64 {
        let geodesic = Geodesic::new(SEMI_MAJOR, FLATTENING);
        let mut polygon = PolygonArea::new(&geodesic, Winding::CounterClockwise);
        for &(lon, lat) in ring {
            polygon.add_point(lat, lon);
        }
        let (_, area, _) = polygon.compute(true);
        area
    }

    fn around(lon: f64, lat: f64, metres: f64, corners: usize) -> Vec<(f64, f64)> {
        let degrees = metres / 111_000.0;
        (0..corners)
            .map(|i| {
                let angle = std::f64::consts::TAU * i as f64 / corners as f64;
                let radius = degrees * if i % 2 == 0 { 1.0 } else { 0.7 };
                (lon + radius * angle.cos() / lat.to_radians().cos(), lat + radius * angle.sin())
            })
            .collect()
    }

    fn area_of(ring: &[(f64, f64)]) -> f64 {
        ellipsoidal_area(&MultiPolygon::from(Polygon::new(ring.to_vec().into(), vec![]))).0
    }

    #[test]
    fn the_survey_formula_agrees_with_karney() {
        for (lon, lat) in [(116.08, 43.94), (75.5, 18.1), (134.9, 53.4), (-71.1, 42.37), (-4.6, 40.05), (10.0, -33.0)] {
            for (metres, tolerance) in [(100.0, 2e-8), (1_000.0, 2e-7)] {
                let ring = around(lon, lat, metres, 24);
                let (ours, oracle) = (area_of(&ring), karney(&ring));
                assert!((ours / oracle - 1.0).abs() < tolerance, "{lon} {lat} {metres}: {ours} against {oracle}");
            }
        }
    }

    #[test]
    fn the_whole_ellipsoid_has_its_area() {
        let octant = [(0.0, 0.0), (90.0, 0.0), (90.0, 90.0), (0.0, 90.0)];
        // GRS 80: 510 065 621.7 km² (Moritz, Geodetic Reference System 1980).
        assert!((area_of(&octant) * 8.0 / 5.100_656_217e14 - 1.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn unproject_undoes_project(lon in -180.0..180.0f64, lat in -84.0..84.0f64, dx in -0.5..0.5f64, dy in -0.5..0.5f64) {
            let plane = EqualAreaPlane::around(Coord { x: lon, y: lat });
            let point = Coord { x: lon + dx, y: lat + dy };
            let back = plane.unproject(plane.project(point));
            prop_assert!((back.x - point.x).abs() < 1e-11 && (back.y - point.y).abs() < 1e-11, "{back:?} {point:?}");
        }

        #[test]
        fn area_does_not_depend_on_the_first_vertex(shift in 0usize..24) {
            let ring = around(116.08, 43.94, 300.0, 24);
            let mut turned = ring.clone();
            turned.rotate_left(shift);
            prop_assert!((area_of(&ring) - area_of(&turned)).abs() < 1e-4);
        }
    }
}
