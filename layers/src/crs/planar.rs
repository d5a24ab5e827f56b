//! The plane of a parcel's own 3-degree Gauss-Krüger zone, in which registered areas are measured.

use geo::Coord;
use proj4rs::Proj;
use proj4rs::transform::transform;

use super::LON_LAT;

/// A Gauss-Krüger projection on the CGCS2000 ellipsoid, metres, false easting 500 000 m, no zone
/// number before it.
#[derive(Clone)]
pub struct Planar {
    central_meridian: f64,
    zone: Proj,
    lon_lat: Proj,
}

impl Planar {
    /// The 3-degree zone whose central meridian is nearest to a longitude in degrees.
    ///
    /// A longitude half-way between two central meridians belongs to the eastern zone, as the
    /// zones of GB/T 22021 are half-open.
    pub fn gauss_kruger_3_degree(lon: f64) -> Self {
        let central_meridian = ((lon / 3.0 + 0.5).floor() * 3.0).clamp(-180.0, 180.0);
        let definition = format!("+proj=tmerc +lat_0=0 +lon_0={central_meridian} +k=1 +x_0=500000 +y_0=0 +ellps=GRS80");
        let parse = |text: &str| Proj::from_proj_string(text).expect("a definition written here");
        Self { central_meridian, zone: parse(&definition), lon_lat: parse(LON_LAT) }
    }

    /// The central meridian, degrees.
    pub fn central_meridian(&self) -> f64 {
        self.central_meridian
    }

    /// Longitude and latitude in degrees to metres, east first; `None` where the projection has no
    /// answer (a quarter of the world away).
    pub fn project(&self, point: Coord<f64>) -> Option<Coord<f64>> {
        let mut xyz = (point.x.to_radians(), point.y.to_radians(), 0.0);
        transform(&self.lon_lat, &self.zone, &mut xyz).ok()?;
        (xyz.0.is_finite() && xyz.1.is_finite()).then_some(Coord { x: xyz.0, y: xyz.1 })
    }
}

impl std::fmt::Debug for Planar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Planar(CM {})", self.central_meridian)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parcel_lies_in_the_zone_of_the_nearest_meridian() {
        for (lon, meridian) in [(116.08, 117.0), (115.4, 114.0), (115.5, 117.0), (118.4999, 117.0), (-71.1, -72.0)] {
            assert_eq!(Planar::gauss_kruger_3_degree(lon).central_meridian(), meridian, "{lon}");
        }
    }

    #[test]
    fn the_sample_point_of_the_rules_lies_where_proj_puts_it() {
        // RULES 6: 116.08E 43.94N in EPSG:4548.
        let point = Planar::gauss_kruger_3_degree(116.08).project(Coord { x: 116.08, y: 43.94 }).expect("in the zone");
        assert!((point.x - 426_135.858).abs() < 5e-4 && (point.y - 4_867_567.187).abs() < 5e-4, "{point:?}");
    }
}
