//! Noding: a vertex that lies on a neighbour's edge becomes a vertex of the neighbour too.
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

use rayon::prelude::*;

use crate::near::{Place, PointIndex, place};
use crate::world::{WorldFeature, WorldPoint};

/// How far a vertex may lie off an edge and still be on it, world units: 1.9 cm at the equator.
const TOLERANCE: i64 = 2;

/// Adds to every edge of the layer the vertices of the layer that lie on it.
pub(crate) fn node(features: &mut [WorldFeature]) {
    let index = PointIndex::of(features);
    features.par_iter_mut().for_each(|feature| {
        let is_closed = feature.shape.is_closed();
        feature.shape.chains_mut().for_each(|chain| node_chain(chain, is_closed, &index));
    });
}

fn node_chain(chain: &mut Vec<WorldPoint>, is_closed: bool, index: &PointIndex) {
    let edges = if is_closed && chain.len() > 2 { chain.len() } else { chain.len().saturating_sub(1) };
    let mut noded = Vec::new();
    let mut found: Vec<(i128, Place)> = Vec::new();
    for edge in 0..edges {
        let (from, to) = (chain[edge], chain[(edge + 1) % chain.len()]);
        // Always asked in the same direction, so that both sides of a border get the same answer.
        let (a, b) = if from <= to { (place(from), place(to)) } else { (place(to), place(from)) };
        found.clear();
        index.along(a, b, TOLERANCE, |p| found.extend(position_on(p, a, b).map(|position| (position, p))));
        if !found.is_empty() && noded.is_empty() {
            noded.extend_from_slice(&chain[..edge]);
        }
        if !found.is_empty() || !noded.is_empty() {
            noded.push(from);
            found.sort_unstable();
            let point = |&(_, [x, y]): &(i128, Place)| WorldPoint { x: x as u32, y: y as u32 };
            if from <= to {
                noded.extend(found.iter().map(point));
            } else {
                noded.extend(found.iter().rev().map(point));
            }
        }
    }
    if !noded.is_empty() {
        noded.extend_from_slice(&chain[edges..]);
        *chain = noded;
    }
}

/// How far along `a b` the point lies, if it is on the edge and clear of both ends.
fn position_on(p: Place, a: Place, b: Place) -> Option<i128> {
    let from = |q: Place| [i128::from(p[0] - q[0]), i128::from(p[1] - q[1])];
    let ([px, py], [qx, qy]) = (from(a), from(b));
    let tolerance = i128::from(TOLERANCE * TOLERANCE);
    if px * px + py * py <= tolerance || qx * qx + qy * qy <= tolerance {
        return None;
    }
    let (dx, dy) = (i128::from(b[0] - a[0]), i128::from(b[1] - a[1]));
    let (along, length) = (px * dx + py * dy, dx * dx + dy * dy);
    let across = px * dy - py * dx;
    (along > 0 && along < length && across * across <= tolerance * length).then_some(along)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Shape;

    fn polygon(ring: &[(u32, u32)]) -> WorldFeature {
        let ring = ring.iter().map(|&(x, y)| WorldPoint { x, y }).collect();
        WorldFeature { source: 0, shape: Shape::Polygons(vec![vec![ring]]) }
    }

    #[test]
    fn a_corner_on_a_neighbours_edge_becomes_its_vertex() {
        let mut features = [
            polygon(&[(0, 0), (100, 0), (100, 100), (0, 100)]),
            polygon(&[(100, 200), (101, 100), (200, 100), (200, 200)]),
            polygon(&[(0, 100), (100, 100), (200, 101), (200, 300), (0, 300)]),
            polygon(&[(40, 0), (40, 102), (80, 103), (60, 0)]),
        ];
        node(&mut features);
        let rings: Vec<_> = features.iter().flat_map(|f| f.shape.chains().map(Vec::len)).collect();
        // (40, 102) is 2 units off the first square's lower edge and counts, (80, 103) does not.
        assert_eq!(rings[0], 4 + 3);
        assert!(features[2].points().any(|p| p == WorldPoint { x: 40, y: 102 }));
        assert!(!features[2].points().any(|p| p == WorldPoint { x: 80, y: 103 }));
    }
}
