//! Where the pieces of every patch are, in lon/lat: what drawing needs beside the answers.
//!
//! Most vertices of a piece are vertices of its patch, and most others belong to two pieces. So a
//! vertex is written once and named by its place: first those of the patch, then those of its pieces.
//! Coordinates of their own for every piece would take a city three times the memory.
//!
//! ```text
//!   numbers of one piece:   how many follow │ ring of a new polygon? │ vertices │ places … │ next ring …
//! ```

use geo::{Coord, CoordsIter, LineString, MultiPolygon, Polygon};

use crate::overlay::VertexMemory;

/// Metres: no vertex of a patch is moved that far by cutting it.
const ROUNDED: f64 = 1e-6;

/// The pieces of one patch, by plan polygon and by approval; none where it is not cut, because the
/// piece is the patch then.
#[derive(Clone, Debug, Default)]
pub(super) struct Outlines {
    /// Vertices that the patch does not have.
    own: Vec<Coord<f64>>,
    plan: Box<[u32]>,
    approvals: Box<[u32]>,
}

impl Outlines {
    /// Remembers the pieces by approval and by plan polygon, given in the plane.
    pub(super) fn of(patch: &Patch<'_>, by_approval: &[MultiPolygon<f64>], by_plan: &[MultiPolygon<f64>]) -> Self {
        let mut outlines = Self::default();
        outlines.approvals = outlines.write(patch, by_approval);
        outlines.plan = outlines.write(patch, by_plan);
        outlines.own.shrink_to_fit();
        outlines
    }

    /// The pieces by plan polygon of a patch in lon/lat; none if it is not cut.
    pub(super) fn plan(&self, patch: &MultiPolygon<f64>) -> Vec<MultiPolygon<f64>> {
        self.read(patch, &self.plan)
    }

    /// The pieces by approval and side of the control line; none if it is not cut.
    pub(super) fn approvals(&self, patch: &MultiPolygon<f64>) -> Vec<MultiPolygon<f64>> {
        self.read(patch, &self.approvals)
    }

    fn write(&mut self, patch: &Patch<'_>, lands: &[MultiPolygon<f64>]) -> Box<[u32]> {
        if lands.is_empty() {
            return Box::default();
        }
        let mut met: Vec<(Coord<f64>, u32)> = patch.flat.coords_iter().zip(0..).collect();
        let of_patch = number(met.len());
        let mut last = 0_usize;
        let mut place = |vertex: Coord<f64>| -> u32 {
            let is_at = |seen: &usize| met.get(*seen).is_some_and(|(known, _)| is_rounded(*known, vertex));
            // A piece follows its patch, in one direction or the other.
            let beside = [last + 1, last.wrapping_sub(1)].into_iter().find(is_at);
            last = beside.or_else(|| (0..met.len()).find(is_at)).unwrap_or_else(|| {
                let degrees = patch.memory.unproject_point(vertex);
                let known = self.own.iter().position(|own| same(*own, degrees));
                let place = known.unwrap_or_else(|| {
                    self.own.push(degrees);
                    self.own.len() - 1
                });
                met.push((vertex, of_patch + number(place)));
                met.len() - 1
            });
            met[last].1
        };
        let mut numbers = Vec::new();
        for land in lands {
            let start = numbers.len();
            numbers.push(0);
            for polygon in land {
                let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
                for (ring, is_exterior) in rings.zip(std::iter::once(1).chain(std::iter::repeat(0))) {
                    numbers.extend([is_exterior, number(ring.0.len())]);
                    numbers.extend(ring.0.iter().map(|vertex| place(*vertex)));
                }
            }
            numbers[start] = number(numbers.len() - start - 1);
        }
        numbers.into()
    }

    fn read(&self, patch: &MultiPolygon<f64>, mut numbers: &[u32]) -> Vec<MultiPolygon<f64>> {
        if numbers.is_empty() {
            return Vec::new();
        }
        let vertices: Vec<Coord<f64>> = patch.coords_iter().chain(self.own.iter().copied()).collect();
        let mut lands = Vec::new();
        while let [length, rest @ ..] = numbers {
            let (mut rings, others) = rest.split_at(*length as usize);
            let mut polygons: Vec<Polygon<f64>> = Vec::new();
            while let [is_exterior, count, rest @ ..] = rings {
                let (places, next) = rest.split_at(*count as usize);
                let ring: LineString<f64> = places.iter().map(|place| vertices[*place as usize]).collect();
                match polygons.last_mut().filter(|_| *is_exterior == 0) {
                    Some(polygon) => polygon.interiors_push(ring),
                    None => polygons.push(Polygon::new(ring, Vec::new())),
                }
                rings = next;
            }
            lands.push(MultiPolygon(polygons));
            numbers = others;
        }
        lands
    }
}

/// A patch in the plane, and where its vertices came from.
pub(super) struct Patch<'a> {
    pub(super) flat: &'a MultiPolygon<f64>,
    pub(super) memory: &'a VertexMemory,
}

/// Whether a vertex is a known one, rounded to the grid on which patches are cut.
fn is_rounded(known: Coord<f64>, vertex: Coord<f64>) -> bool {
    (known.x - vertex.x).abs() < ROUNDED && (known.y - vertex.y).abs() < ROUNDED
}

fn number(of: usize) -> u32 {
    u32::try_from(of).expect("a patch held in memory has fewer than 2^32 vertices")
}

/// To the last bit.
fn same(a: Coord<f64>, b: Coord<f64>) -> bool {
    (a.x.to_bits(), a.y.to_bits()) == (b.x.to_bits(), b.y.to_bits())
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    #[test]
    fn pieces_come_back_to_the_last_bit() {
        let patch = MultiPolygon(vec![
            wkt!(POLYGON((116.0 43.0, 116.1 43.0, 116.1 43.1, 116.0 43.1, 116.0 43.0), (116.02 43.02, 116.02 43.04, 116.04 43.04, 116.04 43.02, 116.02 43.02))),
            wkt!(POLYGON((116.2 43.0, 116.3 43.0, 116.3 43.1, 116.2 43.0))),
        ]);
        let left = wkt!(POLYGON((116.0 43.0, 116.05 43.0, 116.05 43.1, 116.0 43.1, 116.0 43.0), (116.02 43.02, 116.02 43.04, 116.04 43.04, 116.04 43.02, 116.02 43.02)));
        let right = wkt!(POLYGON((116.05 43.0, 116.1 43.0, 116.1 43.1, 116.05 43.1, 116.05 43.0)));
        let right = MultiPolygon(vec![right, patch.0[1].clone()]);
        let pieces = vec![MultiPolygon::from(left), right];
        let mut memory = VertexMemory::of(crate::overlay::plane_for([&patch]).expect("it has an area"));
        let flat = memory.project(&patch);
        let by_plan: Vec<_> = pieces.iter().map(|piece| memory.project(piece)).collect();
        let known = Patch { flat: &flat, memory: &memory };
        let outlines = Outlines::of(&known, &by_plan[1..], &by_plan);
        assert_eq!(outlines.plan(&patch), pieces);
        assert_eq!(outlines.approvals(&patch), pieces[1..]);
        assert_eq!(outlines.own.len(), 2, "the patch has all others");
        let uncut = Outlines::of(&known, &[], &[]);
        assert!(uncut.plan(&patch).is_empty() && uncut.approvals(&patch).is_empty());
    }
}
