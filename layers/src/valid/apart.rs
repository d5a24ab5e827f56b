//! A quick look that finds the edges of many rings apart: streets around their blocks, a district.
//!
//! Edges are laid into the cells of a grid about as fine as they are, and only those in one cell are
//! compared, by determinants whose sign is beyond rounding ([`super::simple`]). What is not certain is
//! left to the sweep, which costs several times as much.

use geo::{Coord, LineString};

use super::simple::{are_apart, turns};

/// Cells along a side at most.
const MOST_CELLS: f64 = 512.0;
/// Entries of edges in cells, per edge, at most: long edges in a fine grid are not worth it.
const MOST_ENTRIES: usize = 16;

/// Whether edges of closed rings certainly meet nowhere but at the corners between neighbours, and
/// no ring turns back on itself there.
///
/// Rings: finite, no point repeated right after itself. `false` says nothing.
pub(super) fn are_certainly_apart<'a>(rings: impl Iterator<Item = &'a LineString<f64>>) -> bool {
    let mut edges = Vec::new();
    for ring in rings {
        let points = ring.0.as_slice();
        let [_, second, _, .., _] = points else { return false };
        let first = edges.len() as u32;
        let last = first + points.len() as u32 - 2;
        for (place, ends) in points.windows(2).enumerate() {
            if !turns(ends[0], ends[1], *points.get(place + 2).unwrap_or(second)) {
                return false;
            }
            let edge = first + place as u32;
            edges.push(Edge { ends: [ends[0], ends[1]], next: if edge == last { first } else { edge + 1 } });
        }
    }
    let Some(grid) = Grid::over(&edges) else { return false };
    let Some(cells) = grid.fill(&edges) else { return false };
    cells.chunk_by(|a, b| a.cell == b.cell).all(|here| {
        here.iter().enumerate().all(|(place, a)| {
            here[place + 1..].iter().all(|b| {
                let (a, b) = (a.edge, b.edge);
                let (one, other) = (&edges[a as usize], &edges[b as usize]);
                one.next == b || other.next == a || are_apart(one.ends, other.ends)
            })
        })
    })
}

struct Edge {
    ends: [Coord<f64>; 2],
    /// The edge that begins where this one ends.
    next: u32,
}

/// An edge in a cell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    cell: u32,
    edge: u32,
}

struct Grid {
    min: Coord<f64>,
    /// Cells per unit.
    scale: Coord<f64>,
    /// Cells along a side.
    side: f64,
}

impl Grid {
    /// A grid with about a cell for each edge; `None` if the edges have no extent.
    fn over(edges: &[Edge]) -> Option<Self> {
        let mut min = Coord { x: f64::INFINITY, y: f64::INFINITY };
        let mut max = Coord { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY };
        for Edge { ends: [start, _], .. } in edges {
            (min.x, min.y) = (min.x.min(start.x), min.y.min(start.y));
            (max.x, max.y) = (max.x.max(start.x), max.y.max(start.y));
        }
        let side = (edges.len() as f64).sqrt().ceil().min(MOST_CELLS);
        let scale = Coord { x: side / (max.x - min.x), y: side / (max.y - min.y) };
        (scale.x.is_finite() && scale.y.is_finite()).then_some(Self { min, scale, side })
    }

    /// All cells that the boxes of edges meet, by cell; `None` if they are too many.
    fn fill(&self, edges: &[Edge]) -> Option<Vec<Entry>> {
        // Monotone in its argument, so edges without a common cell have no common point.
        let cell = |value: f64, min: f64, scale: f64| ((value - min) * scale).min(self.side - 1.0) as u32;
        let mut entries = Vec::with_capacity(3 * edges.len());
        for (edge, Edge { ends: [a, b], .. }) in edges.iter().enumerate() {
            let [ax, bx] = [a.x, b.x].map(|x| cell(x, self.min.x, self.scale.x));
            let [ay, by] = [a.y, b.y].map(|y| cell(y, self.min.y, self.scale.y));
            for row in ay.min(by)..=ay.max(by) {
                let columns = ax.min(bx)..=ax.max(bx);
                entries
                    .extend(columns.map(|column| Entry { cell: row * self.side as u32 + column, edge: edge as u32 }));
            }
            if entries.len() > MOST_ENTRIES * edges.len() {
                return None;
            }
        }
        entries.sort_unstable();
        Some(entries)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use geo::LineIntersection;
    use geo::line_intersection::line_intersection;

    /// What geo finds: edges that meet elsewhere than at the corner between neighbours.
    fn edges_meet(rings: &[LineString<f64>]) -> bool {
        let edges: Vec<_> =
            rings.iter().enumerate().flat_map(|(ring, line)| line.lines().map(move |edge| (ring, edge))).collect();
        edges.iter().enumerate().any(|(place, (ring, a))| {
            edges[place + 1..].iter().any(|(other, b)| {
                let are_neighbours = ring == other && (a.end == b.start || b.end == a.start);
                match line_intersection(*a, *b) {
                    None => false,
                    Some(LineIntersection::SinglePoint { is_proper, .. }) => is_proper || !are_neighbours,
                    Some(LineIntersection::Collinear { .. }) => true,
                }
            })
        })
    }

    fn square(x: f64, y: f64, side: f64) -> LineString<f64> {
        vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)].into()
    }

    #[test]
    fn streets_are_found_apart_from_their_blocks() {
        let blocks = (0..400).map(|i| square(f64::from(i % 20) + 0.1, f64::from(i / 20) + 0.1, 0.8));
        let rings: Vec<_> = std::iter::once(square(0.0, 0.0, 20.0)).chain(blocks).collect();
        assert!(are_certainly_apart(rings.iter()));
        let mut touching = rings.clone();
        touching.push(square(0.9, 0.9, 0.1));
        assert!(!are_certainly_apart(touching.iter()), "corners meet");
        let mut crossing = rings;
        crossing.push(square(5.5, 5.5, 1.0));
        assert!(!are_certainly_apart(crossing.iter()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_is_certain_is_true(
            rings in prop::collection::vec(prop::collection::vec((0..12i32, 0..12i32), 3..7), 1..6),
        ) {
            let rings: Vec<LineString<f64>> = rings.into_iter().map(|points| {
                let mut ring: Vec<_> = points.into_iter().map(|(x, y)| Coord { x: f64::from(x) * 0.1, y: f64::from(y) * 0.1 }).collect();
                ring.extend(ring.first().copied());
                ring.dedup();
                LineString(ring)
            }).collect();
            prop_assert!(!are_certainly_apart(rings.iter()) || !edges_meet(&rings), "{rings:?}");
        }
    }
}
