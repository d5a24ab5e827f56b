//! Planar areas in a parcel's own 3-degree Gauss-Krüger zone, as land registers record them.

use geo::{CoordsIter, MapCoords, MultiPolygon};

use super::plane::plane_area;
use crate::SquareMetres;
use crate::crs::Planar;

/// Planar area in the 3-degree Gauss-Krüger zone (CGCS2000) whose central meridian is nearest to
/// the first point. `NaN` never comes out: where the projection fails, the ellipsoidal area does.
///
/// # Units
/// - `polygons`: lon/lat degrees
///
/// # References
/// GB/T 17986.1-2000 房产测量规范 and TD/T 1001-2012 地籍调查规程: planar area of a 宗地; zones as in
/// EPSG:4534–4554.
pub fn planar_area(polygons: &MultiPolygon<f64>) -> SquareMetres {
    let Some(first) = polygons.exterior_coords_iter().next() else { return SquareMetres(0.0) };
    let zone = Planar::gauss_kruger_3_degree(first.x);
    let flat = polygons.try_map_coords(|point| zone.project(point).ok_or(()));
    flat.map_or_else(|()| super::ellipsoidal_area(polygons), |flat| plane_area(&flat))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    #[test]
    fn planar_area_is_larger_away_from_the_meridian() {
        let lot = wkt!(POLYGON((116.08 43.94, 116.09 43.94, 116.09 43.95, 116.08 43.95, 116.08 43.94))).into();
        let factor = planar_area(&lot).0 / super::super::ellipsoidal_area(&lot).0;
        // RULES 6: +0.0133 % in EPSG:4548 at this place.
        assert!((factor - 1.000_133).abs() < 3e-6, "{factor}");
    }
}
