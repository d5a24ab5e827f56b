//! Polygons on the grid, with boxes over runs of their edges.
//!
//! A road network or an industrial zone has thousands of edges, a patch meets a few of them. Edges
//! follow each other along a ring, so sixteen in a row lie close together: one box tells that a
//! patch meets none of them, and a box over sixteen such boxes that it meets none of 256.

use geo::{LineString, MultiPolygon, Polygon};

use super::node::{Bounds, Node, cross, crosses_ray};

/// Edges under a box, and boxes under a box of the next level.
const RUN: usize = 16;

/// Rings of many polygons in one row: exteriors counter-clockwise and interiors clockwise, so the
/// land is to the left of every edge.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    /// Ring after ring, each closed (first point repeated as last).
    nodes: Vec<Node>,
    rings: Vec<Ring>,
    /// Boxes over runs of edges, ring after ring.
    runs: Vec<Bounds>,
    /// Boxes over runs of runs, ring after ring.
    heaps: Vec<Bounds>,
    /// Polygon → first of its rings; one more than there are polygons.
    starts: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Ring {
    first: usize,
    /// Its edges; one less than its points.
    edges: usize,
    first_run: usize,
    first_heap: usize,
    bounds: Bounds,
}

impl Prepared {
    pub(super) fn new<'a>(polygons: impl IntoIterator<Item = &'a MultiPolygon<f64>>) -> Self {
        let mut prepared = Self { starts: vec![0], ..Self::default() };
        for polygon in polygons {
            let points = polygon.iter().map(|part| part.exterior().0.len()).sum();
            prepared.nodes.reserve(points);
            prepared.add(polygon);
        }
        prepared
    }

    /// Adds a polygon; its place is the number of those before it.
    fn add(&mut self, polygons: &MultiPolygon<f64>) {
        for polygon in polygons {
            self.add_ring(polygon.exterior(), true);
            polygon.interiors().iter().for_each(|ring| self.add_ring(ring, false));
        }
        self.starts.push(u32::try_from(self.rings.len()).expect("a layer held in memory has fewer than 2^32 rings"));
    }

    /// Adds a ring unless nothing of it is left on the grid.
    fn add_ring(&mut self, ring: &LineString<f64>, exterior: bool) {
        let first = self.nodes.len();
        for point in &ring.0 {
            let node = Node::near(*point);
            if self.nodes[first..].last() != Some(&node) {
                self.nodes.push(node);
            }
        }
        let points = &mut self.nodes[first..];
        if points.len() < 4 {
            self.nodes.truncate(first);
            return;
        }
        if (double_area(points) > 0) != exterior {
            points.reverse();
        }
        let edges = points.len() - 1;
        let (first_run, first_heap) = (self.runs.len(), self.heaps.len());
        for run in 0..edges.div_ceil(RUN) {
            self.runs.push(Bounds::of(&points[run * RUN..=((run + 1) * RUN).min(edges)]));
        }
        let join = |boxes: &[Bounds]| boxes.iter().fold(Bounds::EMPTY, |all, one| all.with(one.min).with(one.max));
        let heaps = self.runs[first_run..].chunks(RUN).map(join);
        self.heaps.extend(heaps);
        let bounds = join(&self.heaps[first_heap..]);
        self.rings.push(Ring { first, edges, first_run, first_heap, bounds });
    }

    fn rings(&self, polygon: usize) -> &[Ring] {
        &self.rings[self.starts[polygon] as usize..self.starts[polygon + 1] as usize]
    }

    /// The box of a polygon; [`Bounds::EMPTY`] where nothing of it is left on the grid.
    pub(super) fn bounds(&self, polygon: usize) -> Bounds {
        let rings = self.rings(polygon).iter();
        rings.fold(Bounds::EMPTY, |all, ring| all.with(ring.bounds.min).with(ring.bounds.max))
    }

    /// A point of the polygon's border.
    pub(super) fn first(&self, polygon: usize) -> Option<Node> {
        self.rings(polygon).first().map(|ring| self.nodes[ring.first])
    }

    /// Twice its area, exact.
    pub(super) fn double_area(&self, polygon: usize) -> i128 {
        self.rings(polygon).iter().map(|ring| double_area(&self.nodes[ring.first..=ring.first + ring.edges])).sum()
    }

    /// A polygon in metres, every ring a part of its own: to be filled by the even-odd rule.
    pub(super) fn rings_of(&self, polygon: usize) -> MultiPolygon<f64> {
        let ring = |ring: &Ring| {
            let nodes = &self.nodes[ring.first..=ring.first + ring.edges];
            Polygon::new(nodes.iter().map(|node| node.place()).collect(), vec![])
        };
        MultiPolygon(self.rings(polygon).iter().map(ring).collect())
    }

    /// Hands over every edge whose box meets `bounds`, in the direction that has the land to its left.
    pub(super) fn edges_near(&self, polygon: usize, bounds: &Bounds, mut take: impl FnMut(Node, Node)) {
        for ring in self.rings(polygon).iter().filter(|ring| ring.bounds.meets(bounds)) {
            let runs = ring.edges.div_ceil(RUN);
            for (heap, heap_bounds) in self.heaps[ring.first_heap..][..runs.div_ceil(RUN)].iter().enumerate() {
                if !heap_bounds.meets(bounds) {
                    continue;
                }
                for run in heap * RUN..((heap + 1) * RUN).min(runs) {
                    if !self.runs[ring.first_run + run].meets(bounds) {
                        continue;
                    }
                    let nodes = &self.nodes[ring.first + run * RUN..=ring.first + ((run + 1) * RUN).min(ring.edges)];
                    for edge in nodes.windows(2) {
                        let (a, b) = (edge[0], edge[1]);
                        let beside = a.x.max(b.x) < bounds.min.x || a.x.min(b.x) > bounds.max.x;
                        if !beside && a.y.max(b.y) >= bounds.min.y && a.y.min(b.y) <= bounds.max.y {
                            take(a, b);
                        }
                    }
                }
            }
        }
    }

    /// Whether a place, given in half units, lies inside by the even-odd rule; on the border it may
    /// or may not.
    pub(super) fn holds(&self, polygon: usize, point: Node) -> bool {
        self.rings(polygon).iter().filter(|ring| self.ring_holds(ring, point)).count() % 2 == 1
    }

    /// Counts crossings with the ray from the point to the east. A run of edges that lies east of the
    /// point crosses the ray oddly often just when it ends on the other side of it than it began.
    fn ring_holds(&self, ring: &Ring, point: Node) -> bool {
        let nodes = &self.nodes[ring.first..=ring.first + ring.edges];
        let spans = |from: usize, to: usize| (2 * nodes[from].y > point.y) != (2 * nodes[to].y > point.y);
        let beside =
            |bounds: &Bounds| 2 * bounds.max.x < point.x || 2 * bounds.min.y > point.y || 2 * bounds.max.y < point.y;
        if beside(&ring.bounds) {
            return false;
        }
        let mut inside = false;
        let runs = ring.edges.div_ceil(RUN);
        for heap in 0..runs.div_ceil(RUN) {
            let bounds = &self.heaps[ring.first_heap + heap];
            if beside(bounds) {
                continue;
            }
            if 2 * bounds.min.x > point.x {
                inside ^= spans(heap * RUN * RUN, ((heap + 1) * RUN * RUN).min(ring.edges));
                continue;
            }
            for run in heap * RUN..((heap + 1) * RUN).min(runs) {
                let bounds = &self.runs[ring.first_run + run];
                let (from, to) = (run * RUN, ((run + 1) * RUN).min(ring.edges));
                if beside(bounds) {
                    continue;
                }
                if 2 * bounds.min.x > point.x {
                    inside ^= spans(from, to);
                    continue;
                }
                for edge in from..to {
                    inside ^= crosses_ray(nodes[edge], nodes[edge + 1], point);
                }
            }
        }
        inside
    }
}

/// Twice the signed area of a closed ring.
pub(super) fn double_area(ring: &[Node]) -> i128 {
    let Some(origin) = ring.first() else { return 0 };
    let of =
        |edge: &[Node]| cross(edge[0].x - origin.x, edge[0].y - origin.y, edge[1].x - origin.x, edge[1].y - origin.y);
    ring.windows(2).map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Contains, Coord, Point, coord};
    use proptest::prelude::*;

    fn star(radii: &[f64]) -> MultiPolygon<f64> {
        let ring = |scale: f64| -> LineString<f64> {
            let at = |(i, radius): (usize, &f64)| {
                let angle = std::f64::consts::TAU * i as f64 / radii.len() as f64;
                let place = coord! { x: scale * radius * angle.cos(), y: scale * radius * angle.sin() };
                Node::near(place).place()
            };
            radii.iter().enumerate().map(at).collect()
        };
        Polygon::new(ring(1.0), vec![ring(0.4)]).into()
    }

    proptest! {
        #[test]
        fn runs_tell_what_single_edges_tell(
            radii in prop::collection::vec(20.0..200.0f64, 3..900), x in -200.0..200.0f64, y in -200.0..200.0f64,
            width in 0.0..90.0f64
        ) {
            let polygon = star(&radii);
            let prepared = Prepared::new([&polygon]);
            let point = Node::near(Coord { x, y });
            prop_assert_eq!(prepared.holds(0, point.doubled()), polygon.contains(&Point(point.place())));

            let bounds = Bounds::of(&[point, Node::near(Coord { x: x + width, y: y + width })]);
            let mut near = 0;
            prepared.edges_near(0, &bounds, |_, _| near += 1);
            let rings = std::iter::once(polygon.0[0].exterior()).chain(polygon.0[0].interiors());
            let all = rings.flat_map(|ring| ring.lines()).filter(|line| {
                Bounds::of(&[Node::near(line.start), Node::near(line.end)]).meets(&bounds)
            });
            prop_assert_eq!(near, all.count());
        }
    }
}
