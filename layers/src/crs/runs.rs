//! A geometry as runs of coordinates, to be changed in place.
//!
//! geo's `try_map_coords_in_place` does not compile for [`Geometry`] from a generic function (its
//! closure type grows with each level of a collection), and goes point by point.

use geo::{Coord, Geometry, LineString, Polygon};

/// What is done to each run of coordinates.
type Change<'a, E> = dyn FnMut(&mut [Coord<f64>]) -> Result<(), E> + 'a;

/// Calls `change` with every run of coordinates: a point alone, a line or a ring as a whole.
///
/// A closed ring stays closed as long as equal coordinates are changed alike. The shapes that are
/// defined by corners (`Rect`, `Triangle`) become polygons, because a projection bends them.
pub(super) fn try_each_run<E>(geometry: &mut Geometry<f64>, change: &mut Change<'_, E>) -> Result<(), E> {
    match geometry {
        Geometry::Point(point) => change(std::slice::from_mut(&mut point.0)),
        Geometry::MultiPoint(points) => {
            points.0.iter_mut().try_for_each(|point| change(std::slice::from_mut(&mut point.0)))
        }
        Geometry::Line(line) => {
            change(std::slice::from_mut(&mut line.start)).and_then(|()| change(std::slice::from_mut(&mut line.end)))
        }
        Geometry::LineString(line) => change(&mut line.0),
        Geometry::MultiLineString(lines) => lines.0.iter_mut().try_for_each(|line| change(&mut line.0)),
        Geometry::Polygon(polygon) => each_ring(polygon, change),
        Geometry::MultiPolygon(polygons) => polygons.0.iter_mut().try_for_each(|polygon| each_ring(polygon, change)),
        Geometry::GeometryCollection(parts) => parts.0.iter_mut().try_for_each(|part| try_each_run(part, change)),
        Geometry::Rect(rect) => {
            *geometry = rect.to_polygon().into();
            try_each_run(geometry, change)
        }
        Geometry::Triangle(triangle) => {
            *geometry = triangle.to_polygon().into();
            try_each_run(geometry, change)
        }
    }
}

fn each_ring<E>(polygon: &mut Polygon<f64>, change: &mut Change<'_, E>) -> Result<(), E> {
    polygon.try_exterior_mut(|ring: &mut LineString<f64>| change(&mut ring.0))?;
    polygon.try_interiors_mut(|rings| rings.iter_mut().try_for_each(|ring| change(&mut ring.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    #[test]
    fn every_kind_of_geometry_is_changed() {
        let polygon = wkt!(POLYGON((0. 0.,1. 0.,1. 1.,0. 0.),(0.5 0.1,0.6 0.1,0.6 0.2,0.5 0.1)));
        let parts = vec![wkt!(POINT(5. 6.)).into(), wkt!(LINESTRING(1. 2.,3. 4.)).into(), Geometry::from(polygon)];
        let mut geometry = Geometry::GeometryCollection(parts.into());
        let mut count = 0;
        let done: Result<(), ()> = try_each_run(&mut geometry, &mut |run| {
            count += run.len();
            run.iter_mut().for_each(|point| point.x += 10.0);
            Ok(())
        });
        assert_eq!((done, count), (Ok(()), 11));
        let Geometry::GeometryCollection(parts) = geometry else { panic!("still a collection") };
        assert_eq!(parts.0[0], wkt!(POINT(15. 6.)).into());
        assert_eq!(parts.0[1], wkt!(LINESTRING(11. 2.,13. 4.)).into());
    }
}
