//! Gives cut polygons the very coordinates of the sources back where they kept a vertex.
//!
//! Cutting happens in a plane; projecting there and back moves a vertex by nanometres, and two
//! neighbours may be moved differently. A piece looks its vertices up among those of the polygons
//! it was cut from, so that shared borders stay equal to the last bit.

use geo::{BoundingRect, Coord, CoordsIter, MapCoords, MultiPolygon};

use crate::measure::EqualAreaPlane;

/// Vertices closer than this, in metres, are taken as the same one.
const SAME: f64 = 1e-3;

/// Plane to lon/lat: the coordinates of a source where it has a vertex there, of two the first.
///
/// # Units
/// - `land`: metres of `plane`
/// - `sources`, returns: lon/lat degrees
pub fn restore<'a>(
    plane: &EqualAreaPlane,
    land: &MultiPolygon<f64>,
    sources: impl IntoIterator<Item = &'a MultiPolygon<f64>>,
) -> MultiPolygon<f64> {
    let Some(bounds) = land.bounding_rect() else { return MultiPolygon(vec![]) };
    let margin = Coord { x: SAME, y: SAME };
    // Meridians and parallels are the axes of the plane.
    let (min, max) = (plane.unproject(bounds.min() - margin), plane.unproject(bounds.max() + margin));
    let is_near = |at: &Coord<f64>| min.x <= at.x && at.x <= max.x && min.y <= at.y && at.y <= max.y;
    let vertices = sources.into_iter().flat_map(|source| source.coords_iter()).filter(is_near);
    let mut known: Vec<(Coord<f64>, Coord<f64>)> = vertices.map(|degrees| (plane.project(degrees), degrees)).collect();
    known.sort_by(|(a, _), (b, _)| a.x.total_cmp(&b.x));
    land.map_coords(|point| {
        let first = known.partition_point(|(at, _)| at.x < point.x - SAME);
        let near = known[first..].iter().take_while(|(at, _)| at.x <= point.x + SAME);
        let near = near.map(|(at, degrees)| ((at.x - point.x).hypot(at.y - point.y), degrees));
        let nearest = near.filter(|(distance, _)| *distance <= SAME).min_by(|(a, _), (b, _)| a.total_cmp(b));
        nearest.map_or_else(|| plane.unproject(point), |(_, degrees)| *degrees)
    })
}

/// The plane that suits some polygons: around the middle of their bounding rectangle.
pub fn plane_for<'a>(polygons: impl IntoIterator<Item = &'a MultiPolygon<f64>>) -> Option<EqualAreaPlane> {
    let mut points = polygons.into_iter().flat_map(|polygon| polygon.exterior_coords_iter());
    let first = points.next()?;
    let (min, max) = points.fold((first, first), |(min, max), p| {
        (Coord { x: min.x.min(p.x), y: min.y.min(p.y) }, Coord { x: max.x.max(p.x), y: max.y.max(p.y) })
    });
    Some(EqualAreaPlane::around((min + max) / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{BooleanOps, wkt};

    #[test]
    fn vertices_that_survive_a_cut_keep_their_bits() {
        let left: MultiPolygon =
            wkt!(POLYGON((116.0800001 43.94, 116.0911117 43.9433333, 116.09 43.95, 116.0800001 43.94))).into();
        let cutter: MultiPolygon =
            wkt!(POLYGON((116.085 43.93, 116.2 43.93, 116.2 43.96, 116.085 43.96, 116.085 43.93))).into();
        let plane = plane_for([&left]).expect("there is a polygon");
        let piece = plane.project_polygons(&left).intersection(&plane.project_polygons(&cutter));
        let piece = restore(&plane, &piece, [&left, &cutter]);
        let kept = piece.exterior_coords_iter().filter(|p| left.exterior_coords_iter().any(|q| q == *p)).count();
        assert!(kept >= 2, "{piece:?}");
    }
}
