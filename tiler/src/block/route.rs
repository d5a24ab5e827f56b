//! Snapping: the way of a chain over the grid of one zoom.
//!
//! Rounding alone can push a corner across a neighbour's edge that passes close by. So this is snap
//! rounding: a pixel that holds a living vertex is *hot*, and every edge that passes through a hot
//! pixel is led through its centre. What was side by side stays side by side or comes to touch, but
//! never crosses; borders stay shared, because the rule looks at the edge alone and not at whose it
//! is.
//!
//! ```text
//!   ┌────┬────┬────┐        ┌────┬────┬────┐
//!   │    │ ∘v │    │        │    │  v │    │      v's pixel is hot: the edge that passes
//!   a────────────__b   to   a _  │ _∙_│ _ b      through it goes by way of its centre
//!   │    │    │    │        │   ‾│    │‾   │
//!   └────┴────┴────┘        └────┴────┴────┘
//! ```
//!
//! An edge is also led through the point, rounded on the line, where it meets the side of a tile. So
//! what is hot in one tile moves nothing in the next, and both have the same points on their line.
//! Rounding on a line keeps the order of the edges that meet it, and an edge so moved sweeps less than
//! half a unit beside itself: every vertex there is hot, and it passes by way of it.
//!
//! # References
//! Hobby, *Practical segment intersection with finite precision output*, 1999. Guibas and Marimont,
//! *Rounding arrangements dynamically*, 1998.

use crate::chains::{ChainEnd, ShapeKind};
use crate::pixels::{EXTENT_BITS, HotPixels, Pixel, pixel, unit_bits};
use crate::world::{Bounds, WorldPoint};

/// A point of a route, and the source edge that leads on from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    pub(super) at: Pixel,
    /// Where the source edge begins in `Route::alive`.
    edge: u32,
}

/// A feature on the grid of a zoom.
#[derive(Default)]
pub(super) struct Route {
    /// The vertices that live, chain after chain.
    alive: Vec<WorldPoint>,
    /// Where the chain of a vertex goes on after it, for each of `alive`.
    next: Vec<u32>,
    pub(super) stops: Vec<Stop>,
    /// Where each chain ends in `stops`.
    pub(super) ends: Vec<ChainEnd>,
    /// The grid's pixels on the way along one edge: how far along, and where.
    on_the_way: Vec<(i128, Pixel)>,
}

/// What a zoom knows beside the feature.
pub(super) struct Terrain<'a> {
    pub(super) zoom: u8,
    /// Edges outside need no way: no tile shows them.
    pub(super) bounds: Bounds,
    pub(super) hot: &'a HotPixels,
}

impl Route {
    pub(super) fn clear(&mut self) {
        self.alive.clear();
        self.next.clear();
        self.stops.clear();
        self.ends.clear();
    }

    /// The source edge along which the route leaves a stop.
    pub(super) fn source_edge(&self, stop: Stop) -> (WorldPoint, WorldPoint) {
        let from = stop.edge as usize;
        (self.alive[from], self.alive[self.next[from] as usize])
    }

    /// Adds a chain, of which the living vertices are given.
    pub(super) fn add(
        &mut self,
        living: impl Iterator<Item = WorldPoint>,
        kind: ShapeKind,
        is_shell: bool,
        terrain: &Terrain<'_>,
    ) {
        let bits = unit_bits(terrain.zoom);
        let (first, start) = (self.alive.len(), self.stops.len());
        self.alive.extend(living);
        let count = self.alive.len() - first;
        if count == 0 {
            return;
        }
        self.next.extend((1..count).map(|place| (first + place) as u32));
        self.next.push(first as u32);
        for place in first..first + count {
            let from = self.alive[place];
            let edge = place as u32;
            self.stop(start, Stop { at: pixel(from, bits), edge });
            let is_last = place + 1 == first + count;
            if kind == ShapeKind::Points || (is_last && kind == ShapeKind::Lines) {
                continue;
            }
            let to = self.alive[self.next[place] as usize];
            if pixel(from, bits) == pixel(to, bits) || !terrain.bounds.meets(Bounds::of_edge(from, to)) {
                continue;
            }
            let mut way = std::mem::take(&mut self.on_the_way);
            way.clear();
            let (a, b) = (from.min(to), from.max(to));
            look(a, b, terrain, &mut way);
            if way.len() > 1 {
                way.sort_unstable();
            }
            if from <= to {
                way.iter().for_each(|&(_, at)| self.stop(start, Stop { at, edge }));
            } else {
                way.iter().rev().for_each(|&(_, at)| self.stop(start, Stop { at, edge }));
            }
            self.on_the_way = way;
        }
        if kind == ShapeKind::Polygons {
            while self.stops.len() > start + 1 && self.stops[start].at == self.stops[self.stops.len() - 1].at {
                self.stops.pop();
            }
        }
        self.ends.push(ChainEnd { end: self.stops.len() as u32, is_shell });
    }

    /// Adds a stop; where the route stands there already, the edge that leads on is the new one.
    fn stop(&mut self, start: usize, stop: Stop) {
        if self.stops.len() > start
            && let Some(last) = self.stops.last_mut()
            && last.at == stop.at
        {
            *last = stop;
        } else {
            self.stops.push(stop);
        }
    }
}

/// Finds what an edge passes: hot pixels and the sides of tiles.
fn look(a: WorldPoint, b: WorldPoint, terrain: &Terrain<'_>, way: &mut Vec<(i128, Pixel)>) {
    let bits = unit_bits(terrain.zoom);
    let d = [i64::from(b.x) - i64::from(a.x), i64::from(b.y) - i64::from(a.y)];
    let along = |at: Pixel| {
        let part = |v: i32, from: u32, d: i64| i128::from((i64::from(v) << bits) - i64::from(from)) * i128::from(d);
        part(at.x, a.x, d[0]) + part(at.y, a.y, d[1])
    };
    terrain.hot.along(a, b, |at| way.push((along(at), at)));
    let tile_bits = 32 - u32::from(terrain.zoom);
    // At zoom 0 the world is one tile, without an inner side.
    if tile_bits == 32 {
        return;
    }
    let Bounds { west, north, east, south } = terrain.bounds;
    for column in lines(a.x, b.x, (west, east), tile_bits) {
        let x = column << EXTENT_BITS;
        let at = Pixel { x, y: cross((a.x, a.y), (b.x, b.y), x, bits) };
        way.push((along(at), at));
    }
    for row in lines(a.y, b.y, (north, south), tile_bits) {
        let y = row << EXTENT_BITS;
        let at = Pixel { x: cross((a.y, a.x), (b.y, b.x), y, bits), y };
        way.push((along(at), at));
    }
}

/// The sides of tiles strictly between two coordinates and inside some bounds, as numbers of tiles.
fn lines(a: u32, b: u32, bounds: (u32, u32), tile_bits: u32) -> std::ops::Range<i32> {
    let (low, high) = (a.min(b).max(bounds.0), a.max(b).min(bounds.1));
    if low >= high {
        return 0..0;
    }
    let first = (low >> tile_bits) + 1;
    // The line at `high` itself, if there is one, is not passed but reached.
    let last = ((u64::from(high) + (1 << tile_bits) - 1) >> tile_bits) as i32;
    first as i32..last
}

/// The second coordinate, in units, where the first is `at` units: on the source edge, rounded as
/// every coordinate is. Ends are world points, the first coordinate first.
pub(super) fn cross(a: (u32, u32), b: (u32, u32), at: i32, bits: u32) -> i32 {
    let (a, b) = if a.0 <= b.0 { (a, b) } else { (b, a) };
    let wide = |v: u32| i128::from(v);
    let whole = wide(b.0) - wide(a.0);
    let part = (i128::from(at) << bits) - wide(a.0);
    let value = wide(a.1) * whole + (wide(b.1) - wide(a.1)) * part;
    // Round half up: ⌊value / (whole · unit) + ½⌋.
    ((2 * value + (whole << bits)).div_euclid(whole << (bits + 1))) as i32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ZOOM: u8 = 12; // units of 256, tiles of 2²⁰

    fn routes(rings: &[&[(u32, u32)]]) -> Vec<Vec<(i32, i32)>> {
        let world = |&(x, y): &(u32, u32)| WorldPoint { x, y };
        let hot = HotPixels::of(rings.iter().copied().flatten().map(world), 8);
        let terrain = Terrain { zoom: ZOOM, bounds: Bounds::WORLD, hot: &hot };
        let of_ring = |ring: &&[(u32, u32)]| {
            let mut route = Route::default();
            route.add(ring.iter().map(world), ShapeKind::Polygons, true, &terrain);
            route.stops.iter().map(|stop| (stop.at.x, stop.at.y)).collect()
        };
        rings.iter().map(of_ring).collect()
    }

    #[test]
    fn an_edge_through_a_hot_pixel_bends_to_its_centre() {
        // Rounded, the corner would come to lie on the other side of the edge.
        let rings: [&[(u32, u32)]; 2] =
            [&[(0, 0), (25_600, 2_560), (0, 25_600)], &[(12_800, 1_200), (12_800, 0), (13_000, 0)]];
        let routes = routes(&rings);
        assert_eq!(routes[0], [(0, 0), (50, 5), (100, 10), (0, 100)]);
        assert_eq!(routes[1][0], (50, 5));
    }

    #[test]
    fn an_edge_stops_at_the_sides_of_tiles() {
        let tile = 1u32 << 20;
        let ring = [(tile - 2_560, 0), (tile + 7_680, 2_560), (tile - 2_560, 2_560)];
        let routes = routes(&[&ring]);
        assert_eq!(routes[0], [(4086, 0), (4096, 3), (4126, 10), (4096, 10), (4086, 10)]);
        // A vertex on the line is there already.
        let on = [(tile, 0), (tile + 2_560, 0), (tile, 2_560)];
        assert_eq!(routes_of(&on), [(4096, 0), (4106, 0), (4096, 10)]);
    }

    fn routes_of(ring: &[(u32, u32)]) -> Vec<(i32, i32)> {
        routes(&[ring]).remove(0)
    }

    proptest! {
        /// Edges of one fan from a common point never cross, so they may not cross when snapped.
        #[test]
        fn order_around_a_point_is_kept(
            slopes in prop::collection::btree_set(0u32..9_000, 2..30),
            tile in prop::option::of(1u32..9_000),
        ) {
            // With the side of a tile through the fan, or without.
            let origin = tile.map_or(0, |off| (1 << 20) - off);
            let fan: Vec<(u32, u32)> = slopes.iter().map(|&y| (origin + 9_000, y)).collect();
            let blades: Vec<[(u32, u32); 3]> = fan.windows(2).map(|pair| [(origin, 0), pair[0], pair[1]]).collect();
            let rings: Vec<&[(u32, u32)]> = blades.iter().map(|blade| blade.as_slice()).collect();
            for ring in routes(&rings) {
                let next = ring.iter().cycle().skip(1);
                let doubled: i64 = ring
                    .iter()
                    .zip(next)
                    .map(|(a, b)| i64::from(a.0 - ring[0].0) * i64::from(b.1) - i64::from(b.0 - ring[0].0) * i64::from(a.1))
                    .sum();
                prop_assert!(doubled >= 0, "{ring:?} has turned over");
            }
        }
    }
}
