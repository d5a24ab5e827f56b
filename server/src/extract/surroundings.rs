//! What lies around a parcel, cut to the frame of its sketch.

use geo::{BooleanOps, BoundingRect, Coord, Geometry, MultiPolygon, Rect};
use layers::findings::{Findings, FindingsError, Found};

/// Width of a sketch, its own units (CSS pixels on the page).
pub(super) const WIDTH: f64 = 720.0;
/// Height of a sketch.
pub(super) const HEIGHT: f64 = 400.0;

/// A parcel with what lies in the frame around it, in lon/lat degrees.
#[derive(Clone, Debug)]
pub struct Surroundings {
    pub(super) frame: Frame,
    /// The parcel itself.
    pub(super) parcel: MultiPolygon<f64>,
    /// Its conflicts with the plan, in the order in which an explanation lists them.
    pub(super) conflicts: Vec<Place>,
    /// Its parts without an approval.
    pub(super) unapproved: Vec<Place>,
    /// Marginal parts of it.
    pub(super) marginal: Vec<Place>,
    /// Other parcels.
    pub(super) neighbours: Vec<Place>,
    /// Polygons of the plan.
    pub(super) zoning: Vec<Place>,
    /// Parks.
    pub(super) parks: Vec<Place>,
    /// Land inside the control line.
    pub(super) control_line: Vec<Place>,
}

/// A feature, cut to the frame.
#[derive(Clone, Debug)]
pub(super) struct Place {
    found: Found,
    pub(super) land: MultiPolygon<f64>,
}

impl Place {
    /// A text attribute.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.value(name)?.as_str()
    }

    /// Whether an attribute is recorded as that truth.
    pub(super) fn is(&self, name: &str, truth: bool) -> bool {
        self.value(name) == Some(&layers::Value::Bool(truth))
    }

    fn value(&self, name: &str) -> Option<&layers::Value> {
        self.found.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

/// The piece of the world that a sketch shows: lon/lat to its units, true to scale at its middle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    middle: Coord<f64>,
    metres_per_degree: Coord<f64>,
    units_per_metre: f64,
}

impl Frame {
    /// A frame with room around a box.
    fn around(of: Rect<f64>) -> Self {
        /// At least so many metres on each side.
        const ROOM: f64 = 60.0;
        let middle = of.center();
        // Metres of a degree on the ellipsoid, to a metre: series in the latitude (Snyder, Map
        // Projections, 1987, table 3).
        let phi = middle.y.to_radians();
        let metres_per_degree = Coord {
            x: 111_412.84 * phi.cos() - 93.5 * (3.0 * phi).cos() + 0.118 * (5.0 * phi).cos(),
            y: 111_132.92 - 559.82 * (2.0 * phi).cos() + 1.175 * (4.0 * phi).cos(),
        };
        let (width, height) = (of.width() * metres_per_degree.x, of.height() * metres_per_degree.y);
        let room = ROOM.max(0.35 * width.max(height));
        let units_per_metre = (WIDTH / (width + 2.0 * room)).min(HEIGHT / (height + 2.0 * room));
        Self { middle, metres_per_degree, units_per_metre }
    }

    /// Where a point stands on the sketch, y down.
    pub(super) fn at(&self, point: Coord<f64>) -> Coord<f64> {
        let scale = |degrees: f64, metres: f64| degrees * metres * self.units_per_metre;
        Coord {
            x: WIDTH / 2.0 + scale(point.x - self.middle.x, self.metres_per_degree.x),
            y: HEIGHT / 2.0 - scale(point.y - self.middle.y, self.metres_per_degree.y),
        }
    }

    /// How long a metre is.
    pub(super) fn units_per_metre(&self) -> f64 {
        self.units_per_metre
    }

    /// The world's part that is drawn, a little more than is seen: where shapes are cut, no border
    /// shows.
    fn bounds(&self) -> Rect<f64> {
        let half = |units: f64, metres: f64| 0.52 * units / self.units_per_metre / metres;
        let (x, y) = (half(WIDTH, self.metres_per_degree.x), half(HEIGHT, self.metres_per_degree.y));
        Rect::new((self.middle.x - x, self.middle.y - y), (self.middle.x + x, self.middle.y + y))
    }
}

/// The parcel with that key and what lies around it; `None` if there is none. Blocks on the disk.
///
/// # Errors
/// [`FindingsError`] if the findings cannot be read.
pub fn surroundings(findings: &Findings, key: &str) -> Result<Option<Surroundings>, FindingsError> {
    let Some(parcel) = findings.parcel(key)?.map(|found| land(&found)) else { return Ok(None) };
    let Some(extent) = parcel.bounding_rect() else { return Ok(None) };
    let frame = Frame::around(extent);
    let bounds = frame.bounds();
    let cut = |found: Vec<Found>| -> Vec<Place> {
        let places = found.into_iter().map(|found| Place { land: within(&land(&found), bounds), found });
        places.filter(|place| !place.land.0.is_empty()).collect()
    };
    let around = |layer: &str| {
        let [west, south, east, north] = [bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y];
        findings.within(layer, [west, south, east, north]).map(cut)
    };
    let pieces = |layer: &str| findings.pieces_in(layer, key).map(cut);
    let mut neighbours = around("parcels")?;
    neighbours.retain(|place| place.text("key") != Some(key));
    let mut unapproved = pieces("approvals")?;
    unapproved.retain(|place| place.is("approved", false));
    Ok(Some(Surroundings {
        conflicts: pieces("conflicts")?,
        marginal: pieces("marginal")?,
        zoning: around("zoning")?,
        parks: around("parks")?,
        control_line: around("control_line")?,
        unapproved,
        neighbours,
        parcel,
        frame,
    }))
}

fn land(found: &Found) -> MultiPolygon<f64> {
    match &found.geometry {
        Geometry::MultiPolygon(polygons) => polygons.clone(),
        Geometry::Polygon(polygon) => MultiPolygon(vec![polygon.clone()]),
        _ => MultiPolygon(Vec::new()),
    }
}

/// The part of a shape in a box; what lies in it as a whole stays as it is.
fn within(land: &MultiPolygon<f64>, bounds: Rect<f64>) -> MultiPolygon<f64> {
    use geo::Contains;
    match land.bounding_rect() {
        Some(own) if bounds.contains(&own) => land.clone(),
        Some(_) => land.intersection(&MultiPolygon(vec![bounds.to_polygon()])),
        None => MultiPolygon(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_true_to_scale_and_holds_its_parcel_with_room() {
        let extent = Rect::new((116.08, 43.94), (116.084, 43.942));
        let frame = Frame::around(extent);
        let (south_west, north_east) = (frame.at(extent.min()), frame.at(extent.max()));
        assert!(south_west.x > 0.0 && south_west.y < HEIGHT && north_east.x < WIDTH && north_east.y > 0.0);
        // 0.002 degrees of latitude here are 222.2 m (geographiclib: 222.2178).
        let metres = (south_west.y - north_east.y) / frame.units_per_metre();
        assert!((metres - 222.22).abs() < 0.05, "{metres}");
        // 0.004 degrees of longitude are 321.5 m (111 412.84 cos φ − …).
        let metres = (north_east.x - south_west.x) / frame.units_per_metre();
        assert!((metres - 321.3).abs() < 0.5, "{metres}");
    }
}
