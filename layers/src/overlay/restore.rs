//! Gives cut polygons the very coordinates of the sources back where they kept a vertex.
//!
//! Cutting happens in a plane; projecting there and back moves a vertex by nanometres, and two
//! neighbours may be moved differently. Remembering where each vertex came from keeps shared
//! borders equal to the last bit.

use std::collections::HashMap;

use geo::{Coord, CoordsIter, MapCoords, MultiPolygon};

use crate::measure::EqualAreaPlane;

/// Vertices closer than this, in metres, are taken as the same one.
const CELL: f64 = 1e-3;

/// Remembers, for places in the plane, the lon/lat they were projected from.
pub struct VertexMemory {
    plane: EqualAreaPlane,
    known: HashMap<(i64, i64), Coord<f64>>,
}

impl VertexMemory {
    /// Remembers nothing yet.
    pub fn of(plane: EqualAreaPlane) -> Self {
        Self { plane, known: HashMap::new() }
    }

    /// Projects polygons and remembers their vertices; of two in one place the first is kept.
    pub fn project(&mut self, polygons: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        for degrees in polygons.coords_iter() {
            self.known.entry(cell(self.plane.project(degrees))).or_insert(degrees);
        }
        self.plane.project_polygons(polygons)
    }

    /// Plane to lon/lat: the remembered coordinates where there are any.
    pub fn unproject(&self, polygons: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        polygons.map_coords(|point| self.recall(point).unwrap_or_else(|| self.plane.unproject(point)))
    }

    fn recall(&self, point: Coord<f64>) -> Option<Coord<f64>> {
        let (x, y) = cell(point);
        let around = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy)));
        let near = around.filter_map(|cell| self.known.get(&cell));
        let distance = |degrees: &&Coord<f64>| {
            let there = self.plane.project(**degrees);
            (there.x - point.x).hypot(there.y - point.y)
        };
        near.filter(|degrees| distance(degrees) <= CELL).min_by(|a, b| distance(a).total_cmp(&distance(b))).copied()
    }
}

fn cell(point: Coord<f64>) -> (i64, i64) {
    ((point.x / CELL).round() as i64, (point.y / CELL).round() as i64)
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
        let mut memory = VertexMemory::of(plane);
        let (a, b) = (memory.project(&left), memory.project(&cutter));
        let piece = memory.unproject(&a.intersection(&b));
        let kept = piece.exterior_coords_iter().filter(|p| left.exterior_coords_iter().any(|q| q == *p)).count();
        assert!(kept >= 2, "{piece:?}");
    }
}
