//! Simplification: for every vertex the lowest zoom at which it lives, found once for all zooms.
//!
//! A border between two parcels is an *arc*: a run of vertices between two nodes. A node is a
//! vertex where not every ring passes between the same two neighbours (three parcels meet, a line
//! ends), and it lives at every zoom. Each arc is always read in the same direction and judged by
//! itself, so both parcels beside it get the same answer, and each zoom is a filter.
//!
//! The judge is Douglas–Peucker: a vertex is dropped at a zoom only while the line without it stays
//! within [`TOLERANCE`] of the line with it, and only if no vertex of another border would change
//! sides (the guard; a lane one unit wide keeps its bends). A vertex never lives longer than the one
//! that split its arc before, so what a zoom shows is a subset of what the next one shows.
//!
//! ```text
//!        .∙'∙.            the short cut a ─ b would leave v on the wrong side:
//!     a∙'──v──'∙b         the arc keeps its farthest vertex wherever a and b are drawn
//! ```
//!
//! That is enough for no two simplified borders ever to cross if the source's do not: to cross a
//! short cut, a border (or the short cut that stands for it) would have to go in and out of the land
//! between it and its arc, and that takes a vertex there.
//!
//! # References
//! Douglas and Peucker, *Algorithms for the reduction of the number of points required to represent
//! a digitized line or its caricature*, 1973. Importance once per vertex: geojson-vt, `simplify.js`.

use std::ops::RangeInclusive;

use rayon::prelude::*;

use crate::near::{Place, PointIndex, place};
use crate::snap::unit;
use crate::world::{Shape, WorldFeature, WorldPoint};

/// How far simplified borders may be from the true ones, in units of a tile (1/4096 of its side).
const TOLERANCE: f64 = 0.5;

/// Vertices near a stretch times points of the stretch that the guard compares; parcels need hundreds.
const MOST_LOOKS: usize = 1 << 20;

/// A vertex and the lowest zoom at which it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Vertex {
    pub(crate) point: WorldPoint,
    pub(crate) zoom: u8,
}

/// A feature whose vertices know their zooms.
#[derive(Clone, Debug)]
pub(crate) struct WeighedFeature {
    /// Its place in `ThematicLayer::features`.
    pub(crate) source: usize,
    pub(crate) shape: Shape<Vertex>,
}

/// Gives every vertex of a layer its zoom. At the deepest zoom of the range all of them live.
pub(crate) fn weigh(features: &[WorldFeature], zooms: RangeInclusive<u8>) -> Vec<WeighedFeature> {
    let nodes = nodes(features);
    let judge = Judge { zooms, vertices: PointIndex::of(features) };
    let starts = features.iter().scan(0usize, |start, feature| {
        let this = *start;
        *start += feature.shape.chains().map(Vec::len).sum::<usize>();
        Some(this)
    });
    let starts: Vec<usize> = starts.collect();
    let weigh_one = |(feature, &start): (&WorldFeature, &usize)| {
        let mut start = start;
        let is_points = matches!(feature.shape, Shape::Points(_));
        let shape = feature.shape.map(|chain| {
            let mut weights = vec![0; chain.len()];
            if !is_points {
                judge.weigh_chain(chain, &nodes[start..start + chain.len()], &mut weights);
                start += chain.len();
            }
            chain.iter().zip(weights).map(|(&point, zoom)| Vertex { point, zoom }).collect()
        });
        WeighedFeature { source: feature.source, shape }
    };
    features.par_iter().zip(&starts).map(weigh_one).collect()
}

/// One ring or line passing through a vertex: the vertex, its two neighbours in order, and its
/// place among all vertices of the layer.
type Pass = (WorldPoint, WorldPoint, WorldPoint, usize);

/// For each vertex of all chains, in order: is it a node?
fn nodes(features: &[WorldFeature]) -> Vec<bool> {
    let mut passes: Vec<Pass> = Vec::new();
    for feature in features {
        let is_closed = feature.shape.is_closed();
        for chain in feature.shape.chains() {
            let last = chain.len() - 1;
            for (place, &point) in chain.iter().enumerate() {
                let before = if place > 0 { chain[place - 1] } else { chain[last] };
                let after = if place < last { chain[place + 1] } else { chain[0] };
                // The end of a line: the same neighbour twice marks a node, as does the tip of a spike.
                let (before, after) =
                    if is_closed || (place > 0 && place < last) { (before, after) } else { (point, point) };
                passes.push((point, before.min(after), before.max(after), passes.len()));
            }
        }
    }
    passes.par_sort_unstable();
    let mut nodes = vec![false; passes.len()];
    for group in passes.chunk_by(|a, b| a.0 == b.0) {
        let (_, one, other, _) = group[0];
        let is_node = one == other || group.iter().any(|pass| (pass.1, pass.2) != (one, other));
        group.iter().for_each(|pass| nodes[pass.3] = is_node);
    }
    nodes
}

/// What every arc is judged by.
struct Judge {
    zooms: RangeInclusive<u8>,
    /// All vertices of the layer.
    vertices: PointIndex,
}

/// A stretch of an arc that one edge may stand for: its first and last place, and the zoom from which
/// both its ends live.
type Stretch = (usize, usize, u8);

impl Judge {
    /// Cuts a chain at its nodes and weighs each arc.
    fn weigh_chain(&self, chain: &[WorldPoint], nodes: &[bool], weights: &mut [u8]) {
        let count = chain.len();
        // A ring without nodes is an island: it starts at its least point, wherever the source began.
        let least = || (0..count).min_by_key(|&place| chain[place]);
        let Some(start) = nodes.iter().position(|&is_node| is_node).or_else(least) else { return };
        // A line starts and ends at nodes, so going round from its start meets its end before the start.
        let mut arc: Vec<usize> = vec![start];
        for step in 1..=count {
            let place = (start + step) % count;
            arc.push(place);
            if nodes[place] || step == count {
                self.weigh_arc(chain, &mut arc, weights);
                arc.clear();
                arc.push(place);
            }
        }
    }

    /// Weighs one arc, given as places in the chain; both ends live at every zoom.
    fn weigh_arc(&self, chain: &[WorldPoint], arc: &mut [usize], weights: &mut [u8]) {
        let forwards = arc.iter().map(|&place| chain[place]);
        let backwards = arc.iter().rev().map(|&place| chain[place]);
        if backwards.lt(forwards) {
            arc.reverse();
        }
        let points: Vec<WorldPoint> = arc.iter().map(|&place| chain[place]).collect();
        let mut open: Vec<Stretch> = vec![(0, arc.len() - 1, *self.zooms.start())];
        while let Some((first, last, from_zoom)) = open.pop() {
            if let Some((split, distance)) = farthest(&points[first..=last]) {
                let split = first + split;
                let mut zoom = self.lowest_zoom(distance).max(from_zoom);
                if zoom > from_zoom && self.changes_sides(&points[first..=last], distance) {
                    zoom = from_zoom;
                }
                weights[arc[split]] = zoom;
                open.push((first, split, zoom));
                open.push((split, last, zoom));
            }
        }
    }

    /// The first zoom whose tolerance is below the distance; the deepest zoom keeps everything.
    fn lowest_zoom(&self, squared_distance: f64) -> u8 {
        let lives = |zoom: &u8| squared_distance > (TOLERANCE * unit(*zoom) as f64).powi(2);
        self.zooms.clone().find(lives).unwrap_or(*self.zooms.end())
    }

    /// Whether a vertex lies between a stretch and the edge from its first to its last point.
    fn changes_sides(&self, stretch: &[WorldPoint], squared_distance: f64) -> bool {
        let (from, to) = (place(stretch[0]), place(stretch[stretch.len() - 1]));
        let reach = squared_distance.sqrt().ceil() as i64;
        let mut own: Vec<Place> = stretch.iter().map(|&p| place(p)).collect();
        own.sort_unstable();
        let mut foreign: Vec<Place> = Vec::new();
        self.vertices.along(from, to, reach, |vertex| {
            if own.binary_search(&vertex).is_err() {
                foreign.push(vertex);
            }
        });
        // Too many to look at one by one: keeping the vertex is always right.
        foreign.len() * stretch.len() > MOST_LOOKS || foreign.iter().any(|&vertex| is_between(vertex, stretch))
    }
}

/// The inner point farthest from the edge between the ends, and its squared distance.
fn farthest(stretch: &[WorldPoint]) -> Option<(usize, f64)> {
    let (from, to) = (*stretch.first()?, *stretch.last()?);
    let mut farthest: Option<(usize, f64)> = None;
    for (inner, &point) in stretch.iter().enumerate().take(stretch.len() - 1).skip(1) {
        let distance = squared_distance(point, from, to);
        // Of equals the first: the arc is always read in the same direction.
        if farthest.is_none_or(|(_, most)| distance > most) {
            farthest = Some((inner, distance));
        }
    }
    farthest
}

/// Whether a point lies inside the ring that the stretch and the edge between its ends enclose.
fn is_between(p: Place, stretch: &[WorldPoint]) -> bool {
    let next = stretch.iter().cycle().skip(1);
    let crossed = stretch.iter().zip(next).filter(|&(&a, &b)| {
        let (upper, lower) = if a.y <= b.y { (place(a), place(b)) } else { (place(b), place(a)) };
        let across = i128::from(lower[0] - upper[0]) * i128::from(p[1] - upper[1])
            - i128::from(lower[1] - upper[1]) * i128::from(p[0] - upper[0]);
        upper[1] <= p[1] && p[1] < lower[1] && across > 0
    });
    crossed.count() % 2 == 1
}

/// Squared distance from a point to an edge, world units.
fn squared_distance(p: WorldPoint, a: WorldPoint, b: WorldPoint) -> f64 {
    let minus = |p: WorldPoint, q: WorldPoint| (f64::from(p.x) - f64::from(q.x), f64::from(p.y) - f64::from(q.y));
    let ((px, py), (dx, dy)) = (minus(p, a), minus(b, a));
    let length = dx * dx + dy * dy;
    let part = if length > 0.0 { ((px * dx + py * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    let (ox, oy) = (px - part * dx, py - part * dy);
    ox * ox + oy * oy
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(shape: fn(Vec<WorldPoint>) -> Shape<WorldPoint>, chain: &[(u32, u32)]) -> WorldFeature {
        let chain = chain.iter().map(|&(x, y)| WorldPoint { x: x << 12, y: y << 12 }).collect();
        WorldFeature { source: 0, shape: shape(chain) }
    }
    fn ring(ring: Vec<WorldPoint>) -> Shape<WorldPoint> {
        Shape::Polygons(vec![vec![ring]])
    }
    fn zoom_of(features: &[WeighedFeature], x: u32, y: u32) -> Vec<u8> {
        let vertices = features.iter().flat_map(|f| f.shape.chains().flatten());
        let mut zooms: Vec<u8> =
            vertices.filter(|v| v.point == WorldPoint { x: x << 12, y: y << 12 }).map(|v| v.zoom).collect();
        zooms.dedup();
        zooms
    }

    #[test]
    fn a_shared_border_is_judged_alike_from_both_sides() {
        let features = [
            feature(ring, &[(0, 0), (50, 0), (51, 20), (48, 50), (55, 70), (50, 100), (0, 100)]),
            feature(ring, &[(100, 0), (100, 100), (50, 100), (55, 70), (48, 50), (51, 20), (50, 0)]),
        ];
        let weighed = weigh(&features, 0..=16);
        for (x, y) in [(50, 0), (50, 100)] {
            assert_eq!(zoom_of(&weighed, x, y), [0], "a node lives at every zoom");
        }
        for (x, y) in [(51, 20), (48, 50), (55, 70)] {
            let zooms = zoom_of(&weighed, x, y);
            assert_eq!(zooms.len(), 1, "{x} {y} {zooms:?}");
            assert!(zooms[0] > 0);
        }
    }

    #[test]
    fn an_island_is_judged_alike_wherever_it_starts() {
        let ring_points = [(0, 3), (30, 0), (61, 2), (60, 33), (59, 60), (28, 61), (1, 58)];
        let expected = weigh(&[feature(ring, &ring_points)], 0..=16);
        for start in 1..ring_points.len() {
            let mut turned = ring_points;
            turned.rotate_left(start);
            turned.reverse();
            let weighed = weigh(&[feature(ring, &turned)], 0..=16);
            for (x, y) in ring_points {
                assert_eq!(zoom_of(&weighed, x, y), zoom_of(&expected, x, y));
            }
        }
    }

    #[test]
    fn a_bend_with_a_corner_in_it_is_kept() {
        // A bulge of one unit is too small for zoom 0, but a neighbour's corner stands in it.
        let bulge = feature(ring, &[(0, 0), (100, 0), (100, 99), (50, 100), (0, 99)]);
        let corner = |y: u32| feature(ring, &[(40, y), (60, y), (60, 300), (40, 300)]);
        let middle = |other: WorldFeature| zoom_of(&weigh(&[bulge.clone(), other], 0..=16), 50, 100)[0];
        assert!(middle(corner(100)) > 6);
        let mut inside = corner(100);
        if let Shape::Polygons(polygons) = &mut inside.shape {
            polygons[0][0].iter_mut().take(1).for_each(|p| *p = WorldPoint { x: 50 << 12, y: (100 << 12) - 9 });
        }
        assert!(middle(inside) <= 6);
    }

    #[test]
    fn ends_and_crossings_of_lines_live_at_every_zoom() {
        let line = |line| Shape::Lines(vec![line]);
        let features =
            [feature(line, &[(0, 0), (10, 1), (20, 0), (40, 0)]), feature(line, &[(20, 40), (20, 0), (21, 40)])];
        let weighed = weigh(&features, 0..=14);
        for (x, y) in [(0, 0), (20, 0), (40, 0), (20, 40), (21, 40)] {
            assert_eq!(zoom_of(&weighed, x, y), [0]);
        }
        // (10, 1) is one unit of 2¹² off: more than half a tile unit from zoom 8 on.
        assert_eq!(zoom_of(&weighed, 10, 1), [8]);
    }
}
