//! Clipping: the part of a route that one tile shows.
//!
//! Where the route leaves a tile's buffered box is computed from the *source edge* and rounded once:
//! neighbours get the same point, whatever hot pixels there are outside. Long routes are *thinned*
//! first, which drops stops far from the box and computes nothing.
//!
//! ```text
//!            │ box                a ── source edge ── b
//!     a──────q══════b             q = where a b meets the side
//!            │
//! ```
//!
//! # References
//! Sutherland and Hodgman, *Reentrant polygon clipping*, 1974.

use super::detour::settle_on_box;
use super::route::{Route, Stop, cross};
use crate::chains::{ChainEnd, ShapeKind};
use crate::pixels::{BUFFER, EXTENT, Pixel, unit_bits};

/// A box of the grid, its sides included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) west: i32,
    pub(super) north: i32,
    pub(super) east: i32,
    pub(super) south: i32,
}

impl Frame {
    /// The buffered box of a rectangle of tiles.
    pub(super) fn of_tiles(columns: (i32, i32), rows: (i32, i32)) -> Self {
        Self {
            west: columns.0 * EXTENT - BUFFER,
            north: rows.0 * EXTENT - BUFFER,
            east: (columns.1 + 1) * EXTENT + BUFFER,
            south: (rows.1 + 1) * EXTENT + BUFFER,
        }
    }

    /// Of some pixels; `None` without any.
    pub(super) fn around(pixels: impl Iterator<Item = Pixel>) -> Option<Self> {
        pixels.fold(None, |frame, p| {
            let Self { west, north, east, south } =
                frame.unwrap_or(Self { west: p.x, north: p.y, east: p.x, south: p.y });
            Some(Self { west: west.min(p.x), north: north.min(p.y), east: east.max(p.x), south: south.max(p.y) })
        })
    }

    pub(super) fn holds(self, other: Self) -> bool {
        self.west <= other.west && self.north <= other.north && other.east <= self.east && other.south <= self.south
    }

    pub(super) fn holds_point(self, p: Pixel) -> bool {
        self.west <= p.x && p.x <= self.east && self.north <= p.y && p.y <= self.south
    }

    /// Which sides a point lies beyond, as bits.
    fn outside(self, p: Pixel) -> u8 {
        u8::from(p.x < self.west)
            | u8::from(p.x > self.east) << 1
            | u8::from(p.y < self.north) << 2
            | u8::from(p.y > self.south) << 3
    }
}

/// A point on the way round a tile: a stop of the route, or a point on the tile's box.
#[derive(Clone, Copy, Debug)]
struct Hop {
    at: Pixel,
    /// The stop whose outgoing leg this one is a part of; none along the box.
    leg: Option<u32>,
}

/// Stops that still matter, by their place in the route; legs between stops that do not follow each
/// other lie outside.
pub(super) struct Thinned {
    stops: Vec<u32>,
    ends: Vec<ChainEnd>,
}

impl Thinned {
    /// All of a route.
    pub(super) fn all(route: &Route) -> Self {
        Self { stops: (0..route.stops.len() as u32).collect(), ends: route.ends.clone() }
    }

    /// What matters inside a frame. Chains that are wholly beyond one side fall out.
    pub(super) fn within(&self, route: &Route, frame: Frame) -> Self {
        let mut thinned = Self { stops: Vec::new(), ends: Vec::new() };
        let mut start = 0;
        let mut has_shell = true;
        for chain in &self.ends {
            let stops = &self.stops[start..chain.end as usize];
            start = chain.end as usize;
            if chain.is_shell {
                has_shell = true;
            } else if !has_shell {
                continue;
            }
            let outside = |place: &u32| frame.outside(route.stops[*place as usize].at);
            if stops.iter().map(outside).fold(u8::MAX, |all, code| all & code) != 0 {
                // Without its shell a hole is nothing; a line's `is_shell` is never set.
                has_shell = !chain.is_shell;
                continue;
            }
            let from = thinned.stops.len();
            thinned.add(stops, outside);
            if thinned.stops.len() > from {
                thinned.ends.push(ChainEnd { end: thinned.stops.len() as u32, is_shell: chain.is_shell });
            }
        }
        thinned
    }

    /// Adds the stops of a chain that matter: of a stretch beyond one side the first and the last.
    fn add(&mut self, stops: &[u32], outside: impl Fn(&u32) -> u8) {
        let mut beyond = 0;
        let mut first = 0;
        for (place, stop) in stops.iter().enumerate() {
            let code = outside(stop);
            if place > 0 && beyond & code == 0 {
                self.add_ends(&stops[first..place]);
                first = place;
                beyond = code;
            } else {
                beyond = if place == 0 { code } else { beyond & code };
            }
        }
        self.add_ends(&stops[first..]);
    }

    fn add_ends(&mut self, stretch: &[u32]) {
        self.stops.extend(stretch.first());
        self.stops.extend(stretch.get(1..).and_then(<[u32]>::last));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.stops.is_empty()
    }
}

/// What a tile shows of a feature, in the tile's units.
#[derive(Default)]
pub(super) struct Clipped {
    pub(super) points: Vec<[i32; 2]>,
    pub(super) ends: Vec<ChainEnd>,
}

/// Cuts routes, one after the other, in the same memory.
#[derive(Default)]
pub(super) struct Clipper {
    hops: Vec<Hop>,
    cut: Vec<Hop>,
}

impl Clipper {
    /// The part of a route inside the buffered box of a tile. Polygons may run along the box twice.
    pub(super) fn clip(
        &mut self,
        route: &Route,
        thinned: &Thinned,
        kind: ShapeKind,
        (column, row): (i32, i32),
        zoom: u8,
        clipped: &mut Clipped,
    ) {
        let frame = Frame::of_tiles((column, column), (row, row));
        let origin = Pixel { x: column * EXTENT, y: row * EXTENT };
        clipped.points.clear();
        clipped.ends.clear();
        let mut start = 0;
        let mut has_shell = true;
        for chain in &thinned.ends {
            let stops = &thinned.stops[start..chain.end as usize];
            start = chain.end as usize;
            has_shell |= chain.is_shell;
            if kind == ShapeKind::Polygons && !has_shell {
                continue;
            }
            self.hops.clear();
            for (place, &stop) in stops.iter().enumerate() {
                let next = stops.get(place + 1).or(if kind == ShapeKind::Polygons { stops.first() } else { None });
                let leads_on = next.is_some_and(|&next| next == stop + 1 || next <= stop);
                self.hops.push(Hop { at: route.stops[stop as usize].at, leg: leads_on.then_some(stop) });
            }
            match kind {
                ShapeKind::Points => {
                    let inside = self.hops.iter().map(|hop| hop.at).filter(|&at| frame.holds_point(at));
                    clipped.points.extend(inside.map(|at| [at.x - origin.x, at.y - origin.y]));
                    clipped.points.sort_unstable();
                    clipped.points.dedup();
                    if !clipped.points.is_empty() {
                        clipped.ends.push(ChainEnd { end: clipped.points.len() as u32, is_shell: false });
                    }
                }
                ShapeKind::Polygons => {
                    has_shell = self.ring(route, frame, zoom, origin, chain.is_shell, clipped) || !chain.is_shell;
                }
                ShapeKind::Lines => self.line(route, frame, zoom, origin, clipped),
            }
        }
    }

    /// Cuts a ring by the four sides; false if nothing is left of it.
    fn ring(
        &mut self,
        route: &Route,
        frame: Frame,
        zoom: u8,
        origin: Pixel,
        is_shell: bool,
        clipped: &mut Clipped,
    ) -> bool {
        let mut is_cut = false;
        for side in sides(frame) {
            if self.hops.iter().all(|hop| side.keeps(hop.at)) {
                continue;
            }
            is_cut = true;
            self.cut.clear();
            for (place, &hop) in self.hops.iter().enumerate() {
                let next = self.hops.get(place + 1).unwrap_or(&self.hops[0]).at;
                match (side.keeps(hop.at), side.keeps(next)) {
                    (true, true) => self.cut.push(hop),
                    (true, false) => {
                        self.cut.push(hop);
                        self.cut.push(Hop { at: side.meet(route, hop, next, zoom), leg: None });
                    }
                    (false, true) => self.cut.push(Hop { at: side.meet(route, hop, next, zoom), leg: hop.leg }),
                    (false, false) => {}
                }
            }
            std::mem::swap(&mut self.hops, &mut self.cut);
        }
        let from = clipped.points.len();
        for hop in &self.hops {
            push_distinct(&mut clipped.points, from, [hop.at.x - origin.x, hop.at.y - origin.y]);
        }
        while clipped.points.len() > from + 1 && clipped.points.last() == Some(&clipped.points[from]) {
            clipped.points.pop();
        }
        if is_cut {
            let x = [frame.west - origin.x, frame.east - origin.x];
            let y = [frame.north - origin.y, frame.south - origin.y];
            settle_on_box(&mut clipped.points, from, [x, y]);
        }
        if clipped.points.len() < from + 3 || doubled_area(&clipped.points[from..]) == 0 {
            clipped.points.truncate(from);
            return false;
        }
        clipped.ends.push(ChainEnd { end: clipped.points.len() as u32, is_shell });
        true
    }

    /// Cuts a line, leg by leg.
    fn line(&mut self, route: &Route, frame: Frame, zoom: u8, origin: Pixel, clipped: &mut Clipped) {
        let mut from = clipped.points.len();
        let mut end = None;
        for pair in self.hops.windows(2) {
            let Some((one, other)) = leg_within(route, pair[0], pair[1].at, frame, zoom) else { continue };
            if end != Some(one) {
                end_line(clipped, &mut from);
            }
            push_distinct(&mut clipped.points, from, [one.x - origin.x, one.y - origin.y]);
            push_distinct(&mut clipped.points, from, [other.x - origin.x, other.y - origin.y]);
            end = Some(other);
        }
        end_line(clipped, &mut from);
    }
}

fn end_line(clipped: &mut Clipped, from: &mut usize) {
    if clipped.points.len() < *from + 2 {
        clipped.points.truncate(*from);
    } else {
        clipped.ends.push(ChainEnd { end: clipped.points.len() as u32, is_shell: false });
    }
    *from = clipped.points.len();
}

fn push_distinct(points: &mut Vec<[i32; 2]>, from: usize, point: [i32; 2]) {
    if points.len() == from || points.last() != Some(&point) {
        points.push(point);
    }
}

/// The part of a leg inside a frame; `None` if there is none.
fn leg_within(route: &Route, from: Hop, to: Pixel, frame: Frame, zoom: u8) -> Option<(Pixel, Pixel)> {
    let (mut one, mut other) = (from.at, to);
    for side in sides(frame) {
        match (side.keeps(one), side.keeps(other)) {
            (true, true) => {}
            (false, false) => return None,
            (true, false) => other = side.meet(route, Hop { at: one, leg: from.leg }, other, zoom),
            (false, true) => one = side.meet(route, Hop { at: one, leg: from.leg }, other, zoom),
        }
    }
    Some((one, other))
}

/// Twice the signed area of an open ring, square units; positive for a shell.
pub(super) fn doubled_area(ring: &[[i32; 2]]) -> i64 {
    let Some(&[x, y]) = ring.first() else { return 0 };
    let mut sum = 0;
    let mut before = (0, 0);
    for &[px, py] in &ring[1..] {
        let at = (i64::from(px - x), i64::from(py - y));
        sum += before.0 * at.1 - before.1 * at.0;
        before = at;
    }
    sum
}

fn sides(frame: Frame) -> [Side; 4] {
    [
        Side { is_vertical: true, limit: frame.west, keeps_less: false },
        Side { is_vertical: true, limit: frame.east, keeps_less: true },
        Side { is_vertical: false, limit: frame.north, keeps_less: false },
        Side { is_vertical: false, limit: frame.south, keeps_less: true },
    ]
}

/// A half-plane: everything on one side of a vertical or horizontal line, the line included.
#[derive(Clone, Copy)]
struct Side {
    is_vertical: bool,
    limit: i32,
    keeps_less: bool,
}

impl Side {
    fn keeps(self, p: Pixel) -> bool {
        let value = if self.is_vertical { p.x } else { p.y };
        if self.keeps_less { value <= self.limit } else { value >= self.limit }
    }

    /// Where the way from a hop to the next point meets the line.
    fn meet(self, route: &Route, from: Hop, to: Pixel, zoom: u8) -> Pixel {
        let (one, other) = (self.turned(from.at), self.turned(to));
        let across = match from.leg {
            // Along an earlier side of the box, or far outside: straight is right.
            None => straight(one, other, self.limit),
            Some(leg) => {
                let (first, last) = leg_ends(route, leg);
                let (first, last) = (self.turned(first), self.turned(last));
                let (a, b) = route.source_edge(route.stops[leg as usize]);
                let (a, b) = if self.is_vertical { ((a.x, a.y), (b.x, b.y)) } else { ((a.y, a.x), (b.y, b.x)) };
                // Snapping may have moved the leg off its source edge by a unit, which is far along a
                // steep one: the result stays on the leg.
                if a.0 == b.0 {
                    straight(first, last, self.limit)
                } else {
                    cross(a, b, self.limit, unit_bits(zoom)).clamp(first.1.min(last.1), first.1.max(last.1))
                }
            }
        };
        if self.is_vertical { Pixel { x: self.limit, y: across } } else { Pixel { x: across, y: self.limit } }
    }

    fn turned(self, p: Pixel) -> (i32, i32) {
        if self.is_vertical { (p.x, p.y) } else { (p.y, p.x) }
    }
}

/// The second coordinate where a straight line's first is `at`, rounded half up.
fn straight(a: (i32, i32), b: (i32, i32), at: i32) -> i32 {
    let (a, b) = if a.0 <= b.0 { (a, b) } else { (b, a) };
    let whole = i64::from(b.0) - i64::from(a.0);
    if whole == 0 {
        return a.1;
    }
    let part = i128::from(b.1 - a.1) * i128::from(at - a.0);
    let whole = i128::from(whole);
    a.1 + (2 * part + whole).div_euclid(2 * whole) as i32
}

/// The two stops of a leg.
fn leg_ends(route: &Route, leg: u32) -> (Pixel, Pixel) {
    let chain = route.ends.partition_point(|chain| chain.end <= leg);
    let first = chain.checked_sub(1).map_or(0, |before| route.ends[before].end);
    let next = if leg + 1 == route.ends[chain].end { first } else { leg + 1 };
    let at = |stop: u32| -> Pixel {
        let Stop { at, .. } = route.stops[stop as usize];
        at
    };
    (at(leg), at(next))
}

#[cfg(test)]
mod tests;
