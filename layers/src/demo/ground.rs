//! From the flat city to coordinates in EPSG:4548.
//!
//! The flat city is drawn with straight avenues. Two shears bend it: moving every point east by a
//! function of its northing, then north by a function of its easting, changes no area at all, so
//! lots keep the sizes they were solved for. The result is taken as metres in an equal-area plane
//! and so has true areas on the ellipsoid.

use std::f64::consts::TAU;

use geo::Coord;
use proj4rs::Proj;
use proj4rs::transform::transform;

use crate::measure::EqualAreaPlane;

/// CGCS2000, 3-degree Gauss-Krüger, central meridian 117° E: Xilinhot's own zone.
pub(super) const EPSG: u16 = 4548;
/// The middle of the demo city.
const ORIGIN: Coord<f64> = Coord { x: 116.08, y: 43.94 };

/// The way from the flat city to the ground.
pub(super) struct Ground {
    plane: EqualAreaPlane,
    geographic: Proj,
    projected: Proj,
}

/// The reference system cannot be used; [`crate::gpkg::WriteError`] says so to the user.
pub(super) struct NoCrs;

impl Ground {
    pub(super) fn new() -> Result<Self, NoCrs> {
        let proj = |epsg| {
            let definition = crs_definitions::from_code(epsg).ok_or(NoCrs)?;
            Proj::from_proj_string(definition.proj4).map_err(|_| NoCrs)
        };
        Ok(Self { plane: EqualAreaPlane::around(ORIGIN), geographic: proj(4490)?, projected: proj(EPSG)? })
    }

    /// A point of the flat city as easting and northing, to a tenth of a millimetre.
    pub(super) fn place(&self, flat: Coord<f64>) -> Result<Coord<f64>, NoCrs> {
        let degrees = self.plane.unproject(bend(flat));
        let mut point = (degrees.x.to_radians(), degrees.y.to_radians(), 0.0);
        transform(&self.geographic, &self.projected, &mut point).map_err(|_| NoCrs)?;
        let rounded = |metres: f64| (metres * 1e4).round() / 1e4;
        Ok(Coord { x: rounded(point.0), y: rounded(point.1) })
    }
}

/// Square metres of the ground inside open rings, exterior first.
pub(super) fn true_area(rings: &[Vec<Coord<f64>>]) -> f64 {
    let bent = |ring: &Vec<Coord<f64>>| super::quad::area(&ring.iter().map(|&point| bend(point)).collect::<Vec<_>>());
    2.0 * bent(&rings[0]) - rings.iter().map(bent).sum::<f64>()
}

/// The shears, and a turn of the whole.
fn bend(flat: Coord<f64>) -> Coord<f64> {
    let x = flat.x + 150.0 * (TAU * (flat.y + 500.0) / 6100.0).sin() + 45.0 * (TAU * flat.y / 2300.0).cos();
    let y = flat.y + 170.0 * (TAU * (x + 1500.0) / 7300.0).sin() + 50.0 * (TAU * x / 2700.0).sin();
    let (sin, cos) = (-5.5f64).to_radians().sin_cos();
    Coord { x: x * cos - y * sin, y: x * sin + y * cos }
}
