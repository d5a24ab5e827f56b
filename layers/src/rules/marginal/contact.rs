//! Where a polygon borders other land: overlaps of edges, within a tolerance.
//!
//! Neighbours need not have the same vertices (T-junctions), nor the very same coordinates: two
//! edges are one border where they run alike, no more than [`TOLERANCE`] apart.
//!
//! ```text
//!    ──────A───────────B──────    edge of the polygon
//!          ╎ overlap   ╎          edges within 0.05 m of each other: the stretch A–B is border,
//!          C───────────D          though none of its ends is a vertex of the polygon
//! ```

use geo::{BoundingRect, Coord, Euclidean, Length, Line, LineString, Polygon, Rect};

use super::meet;

/// Metres by which two drawings of one border may differ. [A]
pub(super) const TOLERANCE: f64 = 0.05;
/// Metres: contacts shorter than this are corners, gaps shorter than this do not part a stretch. [A]
const CORNER: f64 = 1.0;
/// Cosine above which two edges run alike (25°); steeper ones cross.
const ALIKE: f64 = 0.9;

/// The border of a polygon, ring by ring.
#[derive(Debug)]
pub(super) struct Border {
    rings: Vec<Ring>,
}

#[derive(Debug)]
struct Ring {
    edges: Vec<Edge>,
    length: f64,
}

#[derive(Debug)]
struct Edge {
    /// Distance from the ring's first point along the ring.
    from: f64,
    line: Line<f64>,
    length: f64,
    /// Its direction, one metre long.
    along: Coord<f64>,
    /// The box around it in which what runs along it is, and some millimetres more.
    around: Rect<f64>,
}

/// The stretches of a border that were found shared: ring by ring, from where to where along the
/// ring, in any order.
#[derive(Debug)]
pub(super) struct Shared(Vec<Vec<(f64, f64)>>);

impl Border {
    pub(super) fn of(polygon: &Polygon<f64>) -> Self {
        Self { rings: std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(Ring::of).collect() }
    }

    /// Length of the whole border, metres.
    pub(super) fn length(&self) -> f64 {
        self.rings.iter().map(|ring| ring.length).sum()
    }

    /// Nothing shared yet.
    pub(super) fn unshared(&self) -> Shared {
        Shared(vec![Vec::new(); self.rings.len()])
    }

    /// Marks the stretches along an edge of other land as shared.
    pub(super) fn touch(&self, other: Line<f64>, shared: &mut Shared) {
        let bounds = other.bounding_rect();
        for (ring, shared) in self.rings.iter().zip(&mut shared.0) {
            for edge in ring.edges.iter().filter(|edge| meet(edge.around, bounds)) {
                if let Some((start, end)) = overlap(edge, other) {
                    shared.push((edge.from + start, edge.from + end));
                }
            }
        }
    }

    /// Shared length in metres, and how many separate stretches it is.
    pub(super) fn shared(&self, shared: &mut Shared) -> (f64, usize) {
        let rings = self.rings.iter().zip(&mut shared.0).map(|(ring, shared)| ring.stretches(shared));
        rings.fold((0.0, 0), |(length, count), ring| (length + ring.0, count + ring.1))
    }
}

impl Shared {
    /// Marks what is shared with other land too.
    pub(super) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(ring, other)| ring.extend(other));
    }

    /// Forgets what was shared.
    pub(super) fn clear(&mut self) {
        self.0.iter_mut().for_each(Vec::clear);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }
}

impl Ring {
    fn of(line: &LineString<f64>) -> Self {
        let mut length = 0.0;
        let mut edges = Vec::with_capacity(line.0.len());
        for edge in line.lines().filter(|edge| edge.start != edge.end) {
            let own = Euclidean.length(&edge);
            let reach = Coord { x: 1.1 * TOLERANCE, y: 1.1 * TOLERANCE };
            let bounds = edge.bounding_rect();
            let around = Rect::new(bounds.min() - reach, bounds.max() + reach);
            edges.push(Edge { from: length, line: edge, length: own, along: edge.delta() / own, around });
            length += own;
        }
        Self { edges, length }
    }

    /// Length and number of stretches; what is shorter than a corner is none. Sorts them.
    fn stretches(&self, shared: &mut [(f64, f64)]) -> (f64, usize) {
        shared.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        // Start, end, and the shared length between them.
        let mut runs: Vec<(f64, f64, f64)> = Vec::new();
        for &mut (start, end) in shared {
            match runs.last_mut() {
                Some(run) if start <= run.1 + CORNER => {
                    run.2 += (end - start.max(run.1)).max(0.0);
                    run.1 = run.1.max(end);
                }
                _ => runs.push((start, end, end - start)),
            }
        }
        // The ring closes: the last run may go on in the first.
        if let [first, .., last] = &mut runs[..]
            && first.0 + self.length <= last.1 + CORNER
        {
            first.2 += last.2;
            runs.pop();
        }
        runs.retain(|run| run.2 >= CORNER);
        (runs.iter().map(|run| run.2).sum(), runs.len())
    }
}

/// From where to where, in metres from its start, `edge` runs along `other`.
fn overlap(edge: &Edge, other: Line<f64>) -> Option<(f64, f64)> {
    let Edge { length, along, .. } = *edge;
    // Distances along the edge and to its left.
    let seen = |point: Coord<f64>| {
        let to = point - edge.line.start;
        (to.x * along.x + to.y * along.y, along.x * to.y - along.y * to.x)
    };
    let ((t0, s0), (t1, s1)) = (seen(other.start), seen(other.end));
    if t0.min(t1) > length || t0.max(t1) < 0.0 || s0.min(s1) > TOLERANCE || s0.max(s1) < -TOLERANCE {
        return None;
    }
    if (t1 - t0).abs() < ALIKE * Euclidean.length(&other) || t0 == t1 {
        return None;
    }
    // Both are linear in u from 0 to 1 along the other edge.
    let between = |low: f64, high: f64, at0: f64, at1: f64| -> Option<(f64, f64)> {
        if at0 == at1 {
            return (low <= at0 && at0 <= high).then_some((0.0, 1.0));
        }
        let (a, b) = ((low - at0) / (at1 - at0), (high - at0) / (at1 - at0));
        Some((a.min(b), a.max(b)))
    };
    let (near, within) = (between(-TOLERANCE, TOLERANCE, s0, s1)?, between(0.0, length, t0, t1)?);
    let (from, to) = (near.0.max(within.0).max(0.0), near.1.min(within.1).min(1.0));
    let at = |u: f64| (t0 + (t1 - t0) * u).clamp(0.0, length);
    (from < to).then(|| (at(from).min(at(to)), at(from).max(at(to))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    fn shared(piece: &Polygon<f64>, others: &[Polygon<f64>]) -> (i64, usize) {
        let border = Border::of(piece);
        let mut found = border.unshared();
        for edge in others.iter().flat_map(|other| other.exterior().lines()) {
            border.touch(edge, &mut found);
        }
        let (length, stretches) = border.shared(&mut found);
        ((length * 1000.0).round() as i64, stretches)
    }

    fn piece() -> Polygon<f64> {
        wkt!(POLYGON((0. 0., 40. 0., 40. 20., 0. 20., 0. 0.)))
    }

    #[test]
    fn vertices_need_not_match() {
        // A T-junction: the neighbour's vertices are none of the piece's, and it is 4 cm away.
        let beside = wkt!(POLYGON((10. - 30., 25. - 30., 25. - 0.04, 10. - 0.03, 10. - 30.)));
        assert_eq!(shared(&piece(), &[beside]), (15_000, 1));
        let apart = wkt!(POLYGON((10. - 30., 25. - 30., 25. - 0.06, 10. - 0.06, 10. - 30.)));
        assert_eq!(shared(&piece(), &[apart]), (0, 0));
    }

    #[test]
    fn a_corner_is_no_border() {
        let corner = wkt!(POLYGON((40. 20., 60. 20., 60. 40., 40. 40., 40. 20.)));
        assert_eq!(shared(&piece(), &[corner]), (0, 0));
        // 45° into the corner: two edges cross, they do not run alike.
        let wedge = wkt!(POLYGON((40. 20., 60. 0., 60. 40., 40. 20.)));
        assert_eq!(shared(&piece(), &[wedge]), (0, 0));
    }

    #[test]
    fn two_neighbours_side_by_side_are_one_stretch_and_opposite_ones_two() {
        let left = wkt!(POLYGON((0. -10., 20. -10., 20. 0., 0. 0., 0. -10.)));
        let right = wkt!(POLYGON((20. -10., 40. -10., 40. 0., 20. 0., 20. -10.)));
        let above = wkt!(POLYGON((0. 20., 40. 20., 40. 30., 0. 30., 0. 20.)));
        assert_eq!(shared(&piece(), &[left.clone(), right]), (40_000, 1));
        assert_eq!(shared(&piece(), &[left, above]), (60_000, 2));
    }

    #[test]
    fn a_stretch_goes_on_through_the_first_point_of_a_ring() {
        let left = wkt!(POLYGON((-9. -9., 0. -9., 0. 20., -9. 20., -9. -9.)));
        let below = wkt!(POLYGON((0. -9., 40. -9., 40. 0., 0. 0., 0. -9.)));
        assert_eq!(shared(&piece(), &[left, below]), (60_000, 1));
    }

    #[test]
    fn land_that_is_drawn_twice_is_shared_once() {
        let below = wkt!(POLYGON((0. -9., 40. -9., 40. 0., 0. 0., 0. -9.)));
        assert_eq!(shared(&piece(), &[below.clone(), below]), (40_000, 1));
        assert_eq!(shared(&piece(), &[piece()]), (120_000, 1));
    }
}
