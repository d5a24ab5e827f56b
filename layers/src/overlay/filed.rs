//! The vertices of a whole town, filed by the squares of the ground they lie on.
//!
//! Buckets of one long list, as a city has tens of millions of vertices: what a general table stores
//! beside each would be more than the vertex. Made once, on all threads.
//!
//! ```text
//!   squares:   7  │ 8 │ 9   │ …        a bucket has the vertices of one square,
//!   vertices:  a b│ c │ d e │ …        now and then of two, by longitude and latitude
//! ```

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use geo::{Coord, LineString, MultiPolygon};
use rayon::prelude::*;

use super::restore::hash_of;

/// Metres of a square's side: it holds about one vertex of a town.
const SIDE: f64 = 4.0;
/// Vertices of all polygons for each bucket. Most belong to two or three of them.
const TO_A_BUCKET: usize = 4;
const FEWEST: usize = 1 << 10;
/// Buckets that are put in order at once.
const AT_ONCE: usize = 1 << 16;

/// A polygon in the plane and in degrees, vertex by vertex.
pub(super) type Both<'a> = (&'a MultiPolygon<f64>, &'a MultiPolygon<f64>);

/// Vertices in degrees, each once.
pub(super) struct Filed {
    /// Bucket → its first vertex; one more than there are buckets. None without vertices.
    starts: Vec<u32>,
    degrees: Vec<Coord<f64>>,
}

impl Filed {
    /// No vertices.
    pub(super) const EMPTY: Self = Self { starts: Vec::new(), degrees: Vec::new() };

    /// Files the vertices of polygons.
    pub(super) fn of(polygons: &[Both<'_>]) -> Self {
        let count: usize =
            polygons.par_iter().map(|(flat, _)| rings(flat).map(|ring| ring.0.len()).sum::<usize>()).sum();
        assert!(u32::try_from(count).is_ok(), "layers held in memory have fewer than 2^32 vertices");
        let buckets = (count / TO_A_BUCKET).next_power_of_two().max(FEWEST);
        let bucket = |place: &Coord<f64>| hash_of(square(*place)) as usize & (buckets - 1);

        let sizes: Vec<AtomicU32> = (0..buckets).map(|_| AtomicU32::new(0)).collect();
        polygons.par_iter().for_each(|(flat, _)| {
            open_rings(flat)
                .for_each(|ring| ring.iter().for_each(|place| _ = sizes[bucket(place)].fetch_add(1, Relaxed)));
        });
        let mut starts = Vec::with_capacity(buckets + 1);
        let mut total = 0;
        for size in &sizes {
            starts.push(total);
            total += size.swap(total, Relaxed);
        }
        starts.push(total);

        // Any order will do: buckets are sorted next.
        let ends = sizes;
        let filed: Vec<[AtomicU64; 2]> = (0..total).map(|_| Default::default()).collect();
        polygons.par_iter().for_each(|(flat, degrees)| {
            for (flat, degrees) in open_rings(flat).zip(open_rings(degrees)) {
                for (place, degrees) in flat.iter().zip(degrees) {
                    let [x, y] = &filed[ends[bucket(place)].fetch_add(1, Relaxed) as usize];
                    x.store(degrees.x.to_bits(), Relaxed);
                    y.store(degrees.y.to_bits(), Relaxed);
                }
            }
        });
        drop(ends);
        let value = |bits: AtomicU64| f64::from_bits(bits.into_inner());
        let filed = filed.into_iter().map(|[x, y]| Coord { x: value(x), y: value(y) }).collect();
        Self { starts, degrees: filed }.each_once()
    }

    /// Sorts the buckets, and keeps of equal vertices one.
    fn each_once(self) -> Self {
        let Self { mut starts, mut degrees } = self;
        let mut parts = Vec::with_capacity(starts.len().div_ceil(AT_ONCE));
        let (mut first, mut left) = (0, &mut degrees[..]);
        let ends: Vec<u32> = starts[1..].chunks(AT_ONCE).map(|chunk| chunk[chunk.len() - 1]).collect();
        for (starts, end) in starts.chunks_mut(AT_ONCE).zip(&ends) {
            let (part, rest) = left.split_at_mut((end - first) as usize);
            parts.push((starts, part, first));
            (first, left) = (*end, rest);
        }
        // The last of all starts, the end, has no bucket of its own.
        let kept: Vec<usize> = parts
            .par_iter_mut()
            .map(|(starts, part, first)| {
                let mut kept = 0;
                for bucket in 0..starts.len() {
                    let from = (starts[bucket] - *first) as usize;
                    let to = starts.get(bucket + 1).map_or(part.len(), |next| (next - *first) as usize);
                    part[from..to].sort_unstable_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
                    starts[bucket] = kept as u32;
                    for place in from..to {
                        if place == from || !same(part[place], part[place - 1]) {
                            part[kept] = part[place];
                            kept += 1;
                        }
                    }
                }
                kept
            })
            .collect();
        let mut all = Vec::with_capacity(kept.iter().sum());
        for ((starts, part, _), kept) in parts.into_iter().zip(kept) {
            starts.iter_mut().for_each(|start| *start += all.len() as u32);
            all.extend_from_slice(&part[..kept]);
        }
        if let Some(end) = starts.last_mut() {
            *end = all.len() as u32;
        }
        Self { starts, degrees: all }
    }

    /// Shows the vertices that lie within some metres of a place, and others.
    pub(super) fn around(&self, place: Coord<f64>, metres: f64, mut show: impl FnMut(Coord<f64>)) {
        let reach = Coord { x: metres, y: metres };
        let (first, last) = (square(place - reach), square(place + reach));
        for x in first.0..=last.0 {
            for y in first.1..=last.1 {
                self.bucket((x, y)).iter().for_each(|degrees| show(*degrees));
            }
        }
    }

    fn bucket(&self, square: (i64, i64)) -> &[Coord<f64>] {
        let Some(mask) = self.starts.len().checked_sub(2) else { return &[] };
        let bucket = hash_of(square) as usize & mask;
        &self.degrees[self.starts[bucket] as usize..self.starts[bucket + 1] as usize]
    }
}

fn square(place: Coord<f64>) -> (i64, i64) {
    // As `floor`, which is a call on processors of the lowest common kind.
    let floor = |sides: f64| {
        let towards_zero = sides as i64;
        towards_zero - i64::from(towards_zero as f64 > sides)
    };
    (floor(place.x / SIDE), floor(place.y / SIDE))
}

fn rings(polygons: &MultiPolygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    polygons.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
}

/// Rings without their last points, which are their first.
fn open_rings(polygons: &MultiPolygon<f64>) -> impl Iterator<Item = &[Coord<f64>]> {
    rings(polygons).map(|ring| ring.0.split_last().map_or(&[][..], |(_, open)| open))
}

/// To the last bit.
fn same(a: Coord<f64>, b: Coord<f64>) -> bool {
    (a.x.to_bits(), a.y.to_bits()) == (b.x.to_bits(), b.y.to_bits())
}
