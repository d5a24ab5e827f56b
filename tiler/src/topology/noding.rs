//! T-junctions: a vertex that lies on a neighbour's edge becomes a vertex of the neighbour too.
//!
//! Surveyors draw T-junctions: a parcel's corner on the long edge of the street, where the street
//! has no vertex. After noding both sides have the same vertices, so they simplify and snap alike.
//! Gaps wider than the tolerance are the source's own and stay.
//!
//! ```text
//!      A   |   B                 A   |   B
//!   ───────┴───────      to    ──────•──────      the street gains the corner
//!       street                     street
//! ```

use crate::near::PointGrid;
use crate::world::WorldPoint;

/// How far a vertex may lie off an edge and still be on it, world units: 1.9 cm at the equator.
pub(crate) const TOLERANCE: u32 = 2;

/// A vertex on an edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct OnEdge {
    /// Where along the edge, in its own direction; only the order counts.
    pub(super) along: f64,
    /// Decides between vertices at the same place along the edge.
    pub(super) tie: u64,
    pub(super) point: WorldPoint,
}

/// Finds the vertices on an edge, in its direction. Both directions find the same.
pub(super) fn on_edge(from: WorldPoint, to: WorldPoint, vertices: &PointGrid, found: &mut Vec<OnEdge>) {
    found.clear();
    let (a, b) = (from.min(to), from.max(to));
    vertices.along(a, b, TOLERANCE, |point| {
        if let Some(along) = position_on(point, a, b) {
            let (along, tie) = if from <= to { (along, point.packed()) } else { (-along, !point.packed()) };
            found.push(OnEdge { along, tie, point });
        }
    });
    if found.len() > 1 {
        found.sort_unstable_by(|a, b| a.along.total_cmp(&b.along).then(a.tie.cmp(&b.tie)));
    }
}

/// How far along `a b` the point lies, if it is on the edge and neither of its ends. One that is within
/// tolerance of an end counts as well: the neighbour goes by way of it, and at the side of a pixel that
/// makes a difference of a whole unit.
fn position_on(p: WorldPoint, a: WorldPoint, b: WorldPoint) -> Option<f64> {
    if p == a || p == b {
        return None;
    }
    let minus = |p: WorldPoint, q: WorldPoint| {
        (i128::from(i64::from(p.x) - i64::from(q.x)), i128::from(i64::from(p.y) - i64::from(q.y)))
    };
    let ((px, py), (dx, dy)) = (minus(p, a), minus(b, a));
    let tolerance = i128::from(TOLERANCE * TOLERANCE);
    let (along, length) = (px * dx + py * dy, dx * dx + dy * dy);
    let across = px * dy - py * dx;
    (along > 0 && along < length && across * across <= tolerance * length).then_some(along as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at((x, y): (u32, u32)) -> WorldPoint {
        WorldPoint { x, y }
    }

    #[test]
    fn vertices_on_an_edge_are_found_in_its_direction() {
        let vertices = [(0, 100), (200, 100), (40, 102), (80, 103), (120, 100), (1, 101)];
        let grid = PointGrid::new(vertices.map(at).to_vec());
        let mut found = Vec::new();
        let mut along = |from, to| {
            on_edge(at(from), at(to), &grid, &mut found);
            found.iter().map(|on| (on.point.x, on.point.y)).collect::<Vec<_>>()
        };
        // (40, 102) is 2 units off and counts, (80, 103) does not; (1, 101) counts however near the end.
        assert_eq!(along((0, 100), (200, 100)), [(1, 101), (40, 102), (120, 100)]);
        assert_eq!(along((200, 100), (0, 100)), [(120, 100), (40, 102), (1, 101)]);
    }
}
