//! Snapping: from the world grid to the coarser grid of one zoom, for a whole layer at once.
//!
//! Rounding alone can push a corner across a neighbour's edge that passes close by. So this is snap
//! rounding: a cell of the zoom's grid that holds a vertex is *hot*, and every edge that passes
//! through a hot cell bends to its centre. What was side by side stays side by side or comes to
//! touch, but never crosses; borders stay shared, because the rule looks at the edge alone and not
//! at whose it is.
//!
//! ```text
//!   ┌────┬────┬────┐        ┌────┬────┬────┐
//!   │    │ ∘v │    │        │    │  v │    │      v's cell is hot: the edge that passes
//!   a────────────__b   to   a _  │ _∙_│ _ b      through it goes by way of its centre
//!   │    │    │    │        │   ‾│    │‾   │
//!   └────┴────┴────┘        └────┴────┴────┘
//! ```
//!
//! # References
//! Hobby, *Practical segment intersection with finite precision output*, 1999. Guibas and Marimont,
//! *Rounding arrangements dynamically*, 1998.

use rayon::prelude::*;

use crate::near::{Place, PointIndex};
use crate::simplify::{Vertex, WeighedFeature};
use crate::world::{Shape, WorldPoint};

/// Units across a tile.
pub(crate) const EXTENT: i64 = 1 << EXTENT_BITS;
const EXTENT_BITS: u32 = 12;

/// Deepest zoom that can be tiled: its unit is four world units, its grid 2³⁰ across.
pub const DEEPEST_TILED_ZOOM: u8 = 18;

/// World units in a tile unit of that zoom.
pub(crate) fn unit(zoom: u8) -> i64 {
    1 << unit_bits(zoom)
}

fn unit_bits(zoom: u8) -> u32 {
    32 - EXTENT_BITS - u32::from(zoom)
}

/// A point of one zoom's grid: 4096 · 2^zoom units across the world, y down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct GridPoint {
    pub(crate) x: i64,
    pub(crate) y: i64,
}

/// A feature on one zoom's grid.
#[derive(Clone, Debug)]
pub(crate) struct GridFeature {
    /// Its place in `ThematicLayer::features`.
    pub(crate) source: usize,
    pub(crate) shape: Shape<GridPoint>,
}

/// Filters a layer for a zoom and snaps it.
pub(crate) fn snap(features: &[WeighedFeature], zoom: u8) -> Vec<GridFeature> {
    let hot = HotCells::of(features, zoom);
    let snap_one = |feature: &WeighedFeature| {
        let is_closed = feature.shape.is_closed();
        let is_points = matches!(feature.shape, Shape::Points(_));
        let shape = feature.shape.map(|chain| {
            let alive = chain.iter().filter(|vertex| vertex.zoom <= zoom).map(|vertex| vertex.point);
            if is_points { alive.map(|point| hot.cell(point)).collect() } else { hot.route(alive.collect(), is_closed) }
        });
        GridFeature { source: feature.source, shape }
    };
    features.par_iter().map(snap_one).collect()
}

/// The cells of a zoom's grid that hold a vertex of the layer.
struct HotCells {
    unit_bits: u32,
    /// Their centres, world units.
    centres: PointIndex,
}

impl HotCells {
    fn of(features: &[WeighedFeature], zoom: u8) -> Self {
        let unit_bits = unit_bits(zoom);
        let mut centres: Vec<Place> = Vec::new();
        let (mut edges, mut length) = (0i64, 0i64);
        for chain in features.iter().flat_map(|feature| feature.shape.chains()) {
            let mut before: Option<GridPoint> = None;
            for vertex in chain.iter().filter(|vertex: &&Vertex| vertex.zoom <= zoom) {
                let cell = cell(vertex.point, unit_bits);
                centres.push([cell.x << unit_bits, cell.y << unit_bits]);
                if let Some(before) = before.replace(cell) {
                    edges += 1;
                    length += (cell.x - before.x).abs().max((cell.y - before.y).abs()) << unit_bits;
                }
            }
        }
        Self { unit_bits, centres: PointIndex::new(centres, length / edges.max(1)) }
    }

    fn cell(&self, point: WorldPoint) -> GridPoint {
        cell(point, self.unit_bits)
    }

    /// Leads a chain through the centres of all hot cells on its way.
    fn route(&self, chain: Vec<WorldPoint>, is_closed: bool) -> Vec<GridPoint> {
        let mut route: Vec<GridPoint> = Vec::with_capacity(chain.len());
        let mut found: Vec<(i128, GridPoint)> = Vec::new();
        for (place, &from) in chain.iter().enumerate() {
            route.push(self.cell(from));
            let is_last = place + 1 == chain.len();
            if is_last && !is_closed {
                break;
            }
            let to = if is_last { chain[0] } else { chain[place + 1] };
            found.clear();
            self.hot_cells_along(from.min(to), from.max(to), &mut found);
            found.sort_unstable();
            if from <= to {
                route.extend(found.iter().map(|&(_, cell)| cell));
            } else {
                route.extend(found.iter().rev().map(|&(_, cell)| cell));
            }
        }
        route.dedup();
        while is_closed && route.len() > 1 && route.first() == route.last() {
            route.pop();
        }
        route
    }

    /// Hot cells that an edge passes through, without those of its ends, each with its place along it.
    fn hot_cells_along(&self, a: WorldPoint, b: WorldPoint, found: &mut Vec<(i128, GridPoint)>) {
        let ends = [self.cell(a), self.cell(b)];
        if ends[0] == ends[1] {
            return;
        }
        let [a, b] = [a, b].map(|p| [i64::from(p.x), i64::from(p.y)]);
        let half = 1 << (self.unit_bits - 1);
        self.centres.along(a, b, half, |centre| {
            let cell = GridPoint { x: centre[0] >> self.unit_bits, y: centre[1] >> self.unit_bits };
            if !ends.contains(&cell) && passes(a, b, centre, half) {
                let along = |axis: usize| i128::from(centre[axis] - a[axis]) * i128::from(b[axis] - a[axis]);
                found.push((along(0) + along(1), cell));
            }
        });
    }
}

/// The cell whose centre is nearest; halves go east and south.
fn cell(point: WorldPoint, unit_bits: u32) -> GridPoint {
    let half = 1 << (unit_bits - 1);
    let round = |units: u32| (i64::from(units) + half) >> unit_bits;
    GridPoint { x: round(point.x), y: round(point.y) }
}

/// Whether an edge passes through the cell of side 2 `half` around a centre.
///
/// A cell owns its west and north side. Doubled coordinates let the other two sides end half a
/// world unit early, so that an edge on a common side belongs to one cell only.
fn passes(a: Place, b: Place, centre: Place, half: i64) -> bool {
    let low = [0, 1].map(|axis| 2 * (centre[axis] - half));
    let high = [0, 1].map(|axis| 2 * (centre[axis] + half) - 1);
    let (a, b) = (a.map(|v| 2 * v), b.map(|v| 2 * v));
    if (0..2).any(|axis| a[axis].max(b[axis]) < low[axis] || a[axis].min(b[axis]) > high[axis]) {
        return false;
    }
    let side = |x: i64, y: i64| {
        let across = i128::from(b[0] - a[0]) * i128::from(y - a[1]) - i128::from(b[1] - a[1]) * i128::from(x - a[0]);
        across.signum()
    };
    let sides = [side(low[0], low[1]), side(high[0], low[1]), side(high[0], high[1]), side(low[0], high[1])];
    !(sides.iter().all(|&s| s > 0) || sides.iter().all(|&s| s < 0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ZOOM: u8 = 12; // units of 256

    fn feature(ring: &[(u32, u32)]) -> WeighedFeature {
        let vertex = |&(x, y): &(u32, u32)| Vertex { point: WorldPoint { x, y }, zoom: 0 };
        WeighedFeature { source: 0, shape: Shape::Polygons(vec![vec![ring.iter().map(vertex).collect()]]) }
    }

    fn rings(features: &[WeighedFeature]) -> Vec<Vec<(i64, i64)>> {
        let snapped = snap(features, ZOOM);
        snapped.iter().flat_map(|f| f.shape.chains()).map(|ring| ring.iter().map(|p| (p.x, p.y)).collect()).collect()
    }

    #[test]
    fn an_edge_through_a_hot_cell_bends_to_its_centre() {
        let edge = feature(&[(0, 0), (25_600, 2_560), (0, 25_600)]);
        // Rounded, the corner would come to lie on the other side of the edge.
        let corner = feature(&[(12_800, 1_200), (12_800, 0), (13_000, 0)]);
        let rings = rings(&[edge, corner]);
        assert_eq!(rings[0], [(0, 0), (50, 5), (100, 10), (0, 100)]);
        assert_eq!(rings[1][0], (50, 5));
    }

    #[test]
    fn dead_vertices_neither_show_nor_heat() {
        let mut ring = feature(&[(0, 0), (25_600, 0), (25_600, 25_600)]);
        let mut other = feature(&[(12_800, 10), (15_360, 12_800), (0, 12_800)]);
        other.shape.chains_mut().flatten().take(1).for_each(|vertex| vertex.zoom = ZOOM + 1);
        ring.source = 1;
        assert_eq!(rings(&[ring, other]), [vec![(0, 0), (100, 0), (100, 100)], vec![(60, 50), (0, 50)]]);
    }

    proptest! {
        /// Edges of one fan from a common point never cross, so they may not cross when snapped.
        #[test]
        fn order_around_a_point_is_kept(slopes in prop::collection::btree_set(0u32..9_000, 2..30)) {
            let fan: Vec<(u32, u32)> = slopes.iter().map(|&y| (9_000, y)).collect();
            let blades: Vec<WeighedFeature> = fan.windows(2).map(|pair| feature(&[(0, 0), pair[0], pair[1]])).collect();
            let doubled = |ring: &Vec<(i64, i64)>| -> i64 {
                let next = ring.iter().cycle().skip(1);
                ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
            };
            for ring in rings(&blades) {
                prop_assert!(doubled(&ring) >= 0, "{ring:?} has turned over");
            }
        }
    }
}
