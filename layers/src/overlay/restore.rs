//! Gives cut polygons the very coordinates of the sources back where they kept a vertex.
//!
//! Cutting happens in a plane; projecting there and back moves a vertex by nanometres, and two
//! neighbours may be moved differently. Remembering where each vertex came from keeps shared
//! borders equal to the last bit.

use super::filed::{Both, Filed};
use crate::measure::EqualAreaPlane;
use geo::{Coord, CoordsIter, MapCoords, MultiPolygon, Polygon};

/// Vertices closer than this, in metres, are taken as the same one.
const SAME: f64 = 1e-3;
/// Vertices are filed by squares of this many metres: large enough that one square has nearly
/// everything near a place, small enough that it holds few vertices.
const CELL: f64 = 1.0;

/// A block has 2⁵ × 2⁵ cells.
const BLOCK: u32 = 5;
const BLOCK_SLOTS: usize = 1 << (2 * BLOCK);

/// A slot of the table that holds no vertex.
const FREE: u32 = u32::MAX;

/// Remembers, for places in the plane, the lon/lat they were projected from.
///
/// A town's vertices are filed at once; the few that come after them go to an open hash table.
pub struct VertexMemory {
    plane: EqualAreaPlane,
    filed: Filed,
    known: Vec<Coord<f64>>,
    slots: Vec<u32>,
    /// Beside each slot eight bits of its cell's hash: finding out where a vertex lies means
    /// projecting it, and neighbours in the table need not be neighbours on the ground.
    tags: Vec<u8>,
}

impl VertexMemory {
    /// Remembers nothing yet.
    pub fn of(plane: EqualAreaPlane) -> Self {
        Self::filing(plane, &[])
    }

    /// Remembers the vertices of polygons that have been projected.
    pub(crate) fn filing(plane: EqualAreaPlane, polygons: &[Both<'_>]) -> Self {
        let filed = if polygons.is_empty() { Filed::EMPTY } else { Filed::of(polygons) };
        Self { plane, filed, known: Vec::new(), slots: vec![FREE; BLOCK_SLOTS], tags: vec![0; BLOCK_SLOTS] }
    }

    /// Projects polygons and remembers their vertices.
    pub fn project(&mut self, polygons: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        let flat = self.plane.project_polygons(polygons);
        self.remember_all(&flat, polygons);
        flat
    }

    /// Forgets all vertices.
    pub fn forget(&mut self) {
        *self = Self::of(self.plane);
    }

    fn remember_all(&mut self, flat: &MultiPolygon<f64>, polygons: &MultiPolygon<f64>) {
        for (place, degrees) in flat.coords_iter().zip(polygons.coords_iter()) {
            self.remember(place, degrees);
        }
    }

    /// Plane to lon/lat: the remembered coordinates where there are any, of two the nearer; of two as
    /// near those of the town, of these the western, else the first.
    pub fn unproject(&self, polygons: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        polygons.map_coords(|point| self.unproject_point(point))
    }

    /// [`VertexMemory::unproject`] for one polygon.
    pub(crate) fn unproject_polygon(&self, polygon: &Polygon<f64>) -> Polygon<f64> {
        polygon.map_coords(|point| self.unproject_point(point))
    }

    /// [`VertexMemory::unproject`] for one vertex.
    pub(crate) fn unproject_point(&self, point: Coord<f64>) -> Coord<f64> {
        self.recall(point).unwrap_or_else(|| self.plane.unproject(point))
    }

    fn remember(&mut self, place: Coord<f64>, degrees: Coord<f64>) {
        let hash = hash_of(cell(place));
        let tag = tag_of(hash);
        let is_known = |slot: usize| self.tags[slot] == tag && self.known[self.slots[slot] as usize] == degrees;
        let free = match self.run(hash).find(|slot| self.slots[*slot] == FREE || is_known(*slot)) {
            Some(slot) if self.slots[slot] == FREE => slot,
            _ => return,
        };
        self.tags[free] = tag;
        self.slots[free] =
            u32::try_from(self.known.len()).expect("layers held in memory have fewer than 2^32 vertices");
        self.known.push(degrees);
        if self.known.len() * 3 > self.slots.len() * 2 {
            self.grow();
        }
    }

    fn grow(&mut self) {
        self.slots = vec![FREE; self.slots.len() * 2];
        self.tags = vec![0; self.slots.len()];
        for (number, degrees) in (0u32..).zip(&self.known) {
            let hash = hash_of(cell(self.plane.project(*degrees)));
            let free = self.run(hash).find(|slot| self.slots[*slot] == FREE);
            let free = free.expect("a table that has just grown has room");
            (self.slots[free], self.tags[free]) = (number, tag_of(hash));
        }
    }

    fn recall(&self, point: Coord<f64>) -> Option<Coord<f64>> {
        let mut nearest: Option<(f64, Coord<f64>)> = None;
        let mut look_at = |degrees: Coord<f64>| {
            // East is cheap, north is not.
            if (self.plane.east(degrees.x) - point.x).abs() > SAME {
                return;
            }
            let there = self.plane.project(degrees);
            let metres = (there.x - point.x).hypot(there.y - point.y);
            if metres <= SAME && nearest.is_none_or(|(best, _)| metres < best) {
                nearest = Some((metres, degrees));
            }
        };
        self.filed.around(point, SAME, &mut look_at);
        let (first, last) = (cell(point - SAME_BOTH), cell(point + SAME_BOTH));
        let cells = (first.0..=last.0).flat_map(|x| (first.1..=last.1).map(move |y| (x, y)));
        for hash in cells.map(hash_of) {
            let filed = self.run(hash).map(|slot| (slot, self.slots[slot])).take_while(|(_, number)| *number != FREE);
            let of_cell = filed.filter(|(slot, _)| self.tags[*slot] == tag_of(hash));
            of_cell.for_each(|(_, number)| look_at(self.known[number as usize]));
        }
        nearest.map(|(_, degrees)| degrees)
    }

    /// The slots in which the vertices of a cell are looked for by its hash, in order.
    fn run(&self, hash: u64) -> impl Iterator<Item = usize> + use<> {
        let (mask, count) = (self.slots.len() - 1, self.slots.len());
        (0..count).map(move |step| (hash as usize + step) & mask)
    }
}

const SAME_BOTH: Coord<f64> = Coord { x: SAME, y: SAME };

/// Where a cell is filed. Cells of one block share a stretch of the table, as those near each other
/// are looked for one after the other.
pub(super) fn hash_of((x, y): (i64, i64)) -> u64 {
    // Multipliers of SplitMix64 (Steele et al. 2014); the high bits are the best mixed.
    let mix = |x: i64, y: i64| {
        let hash = (x as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ (y as u64).rotate_left(32);
        (hash ^ hash >> 29).wrapping_mul(0x94d0_49bb_1331_11eb) >> 32
    };
    let block = mix(x >> BLOCK, y >> BLOCK);
    let inside = ((x as u64) << BLOCK | (y as u64 & ((1 << BLOCK) - 1))) & (BLOCK_SLOTS as u64 - 1);
    // The high half is for tags.
    mix(x, y) << 32 | (block * BLOCK_SLOTS as u64 + (inside ^ block >> 16) % BLOCK_SLOTS as u64) & 0xffff_ffff
}

/// Bits of a hash that do not decide the slot.
fn tag_of(hash: u64) -> u8 {
    (hash >> 32) as u8
}

fn cell(point: Coord<f64>) -> (i64, i64) {
    ((point.x / CELL).floor() as i64, (point.y / CELL).floor() as i64)
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

    #[test]
    fn every_vertex_is_known_one_by_one_or_filed_at_once() {
        let at = |n: i32| Coord { x: 116.0 + f64::from(n % 60) * 0.001, y: 43.9 + f64::from(n / 60) * 0.001 };
        let squares: Vec<MultiPolygon<f64>> =
            (0..3000).map(|n| geo::Rect::new(at(n), at(n) + Coord { x: 7e-4, y: 7e-4 }).to_polygon().into()).collect();
        let plane = plane_for(&squares).expect("there are polygons");
        let mut memory = VertexMemory::of(plane);
        let flat: Vec<_> = squares.iter().map(|square| memory.project(square)).collect();
        for (flat, square) in flat.iter().zip(&squares) {
            let moved = flat.map_coords(|c| Coord { x: c.x + 3e-4, y: c.y - 3e-4 });
            assert_eq!(memory.unproject(&moved), *square);
        }
        let both: Vec<_> = flat.iter().zip(&squares).collect();
        let filed = VertexMemory::filing(plane, &both);
        for (flat, square) in both {
            let moved = flat.map_coords(|c| Coord { x: c.x - 3e-4, y: c.y + 3e-4 });
            assert_eq!(filed.unproject(&moved), *square);
        }
    }
}
