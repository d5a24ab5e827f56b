//! What a tile shows of a route, against the route itself.

use proptest::prelude::*;

use super::*;
use crate::block::route::Terrain;
use crate::pixels::HotPixels;
use crate::world::{Bounds, WorldPoint};

const ZOOM: u8 = 12; // units of 256, tiles of 2²⁰
/// The tile that clips.
const TILE: (i32, i32) = (9, 7);

/// A point around the tile, as far away as a tile is wide: degrees and parts of its width.
fn around(degrees: f64, part: f64) -> WorldPoint {
    let (width, (sin, cos)) = (f64::from(1u32 << 20), degrees.to_radians().sin_cos());
    let at = |tile: i32, part: f64| ((f64::from(tile) + 0.5 + part) * width) as u32;
    WorldPoint { x: at(TILE.0, cos * part), y: at(TILE.1, sin * part) }
}

/// A ring around the tile's middle that reaches as far as `parts` say.
fn star(parts: &[f64]) -> Vec<WorldPoint> {
    let turn = 360.0 / parts.len() as f64;
    parts.iter().enumerate().map(|(place, &part)| around(place as f64 * turn, part)).collect()
}

fn route(chains: &[(Vec<WorldPoint>, bool)], kind: ShapeKind) -> Route {
    let hot = HotPixels::of(chains.iter().flat_map(|(points, _)| points).copied(), unit_bits(ZOOM));
    let terrain = Terrain { zoom: ZOOM, bounds: Bounds::WORLD, hot: &hot };
    let mut route = Route::default();
    chains.iter().for_each(|(points, is_shell)| route.add(points.iter().copied(), kind, *is_shell, &terrain));
    route
}

/// What the tile shows; thinned for the tiles around it first, as blocks do, or not at all.
fn clipped(route: &Route, kind: ShapeKind, is_thinned: bool) -> Clipped {
    let mut thinned = Thinned::all(route);
    if is_thinned {
        for tiles in [1, 0] {
            let frame = Frame::of_tiles((TILE.0 - tiles, TILE.0 + tiles), (TILE.1 - tiles, TILE.1 + tiles));
            thinned = thinned.within(route, frame);
        }
    }
    let mut clipped = Clipped::default();
    Clipper::default().clip(route, &thinned, kind, TILE, ZOOM, &mut clipped);
    clipped
}

/// The chains of a route in units of the tile.
fn chains(route: &Route) -> Vec<Vec<[i32; 2]>> {
    let at = |stop: &Stop| [stop.at.x - TILE.0 * EXTENT, stop.at.y - TILE.1 * EXTENT];
    split(&route.stops.iter().map(at).collect::<Vec<_>>(), &route.ends)
}

fn split(points: &[[i32; 2]], ends: &[ChainEnd]) -> Vec<Vec<[i32; 2]>> {
    let starts = std::iter::once(0).chain(ends.iter().map(|chain| chain.end));
    starts.zip(ends).map(|(from, chain)| points[from as usize..chain.end as usize].to_vec()).collect()
}

/// The legs of closed rings.
fn legs(rings: &[Vec<[i32; 2]>]) -> impl Iterator<Item = ([f64; 2], [f64; 2])> {
    let wide = |[x, y]: [i32; 2]| [f64::from(x), f64::from(y)];
    rings.iter().flat_map(move |ring| {
        let next = ring.iter().cycle().skip(1);
        ring.iter().zip(next).map(move |(a, b)| (wide(*a), wide(*b)))
    })
}

/// Whether rings hold a point, by the even-odd rule.
fn hold(rings: &[Vec<[i32; 2]>], [x, y]: [f64; 2]) -> bool {
    let crosses = |(a, b): &([f64; 2], [f64; 2])| {
        (a[1] > y) != (b[1] > y) && x < a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1])
    };
    legs(rings).filter(crosses).count() % 2 == 1
}

fn distance(p: [f64; 2], (a, b): ([f64; 2], [f64; 2])) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let squared = dx * dx + dy * dy;
    let part = if squared > 0.0 { ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / squared } else { 0.0 };
    let part = part.clamp(0.0, 1.0);
    (p[0] - a[0] - part * dx).hypot(p[1] - a[1] - part * dy)
}

const LOW: i32 = -BUFFER;
const HIGH: i32 = EXTENT + BUFFER;

fn is_on_box([x, y]: [i32; 2]) -> bool {
    x == LOW || x == HIGH || y == LOW || y == HIGH
}

/// Length of a leg inside the tile's box.
fn length_inside((a, b): ([f64; 2], [f64; 2])) -> f64 {
    let (mut from, mut to) = (0.0f64, 1.0f64);
    for axis in 0..2 {
        let d = b[axis] - a[axis];
        let (low, high) = (f64::from(LOW) - a[axis], f64::from(HIGH) - a[axis]);
        if d == 0.0 {
            if low > 0.0 || high < 0.0 {
                return 0.0;
            }
            continue;
        }
        let (one, other) = ((low / d).min(high / d), (low / d).max(high / d));
        (from, to) = (from.max(one), to.min(other));
    }
    (to - from).max(0.0) * (b[0] - a[0]).hypot(b[1] - a[1])
}

proptest! {
    /// Rounding moves a border by less than two units; what lies further from it is inside or outside
    /// as before.
    #[test]
    fn a_tile_shows_the_land_that_lies_in_it(
        shell in prop::collection::vec(0.05..1.6f64, 3..24),
        hole in prop::option::of(prop::collection::vec(0.2..0.9f64, 3..12)),
        samples in prop::collection::vec((0.0..1.0f64, 0.0..1.0f64), 64),
        is_thinned: bool,
    ) {
        let smallest = shell.iter().copied().fold(f64::MAX, f64::min);
        let mut all = vec![(star(&shell), true)];
        // Inside the shell's inscribed circle, for as many corners as it has.
        let inscribed = smallest * (180.0 / shell.len() as f64).to_radians().cos().max(0.0);
        if let Some(parts) = hole {
            let mut ring = star(&parts.iter().map(|part| part * inscribed).collect::<Vec<_>>());
            ring.reverse();
            all.push((ring, false));
        }
        let route = route(&all, ShapeKind::Polygons);
        let shown = clipped(&route, ShapeKind::Polygons, is_thinned);
        let (source, rings) = (chains(&route), split(&shown.points, &shown.ends));
        for [x, y] in &shown.points {
            prop_assert!((LOW..=HIGH).contains(x) && (LOW..=HIGH).contains(y), "{x} {y} is outside the box");
            let is_stop = source.iter().flatten().any(|stop| stop == &[*x, *y]);
            prop_assert!(is_stop || is_on_box([*x, *y]), "{x} {y} is neither of the route nor on the box");
        }
        for (ring, chain) in rings.iter().zip(&shown.ends) {
            prop_assert_eq!(doubled_area(ring) > 0, chain.is_shell, "a ring has turned over");
        }
        let width = f64::from(HIGH - LOW);
        for (x, y) in samples {
            let p = [f64::from(LOW) + x * width, f64::from(LOW) + y * width];
            let is_near = legs(&source).any(|leg| distance(p, leg) < 2.0);
            let is_at_side = p.iter().any(|v| v - f64::from(LOW) < 2.0 || f64::from(HIGH) - v < 2.0);
            if !is_near && !is_at_side {
                prop_assert_eq!(hold(&rings, p), hold(&source, p), "{:?} of {:?}", p, shown.points);
            }
        }
    }

    #[test]
    fn a_tile_shows_the_part_of_a_line_that_lies_in_it(
        corners in prop::collection::vec((0.0..360.0f64, 0.0..1.6f64), 2..20),
        is_thinned: bool,
    ) {
        let line: Vec<WorldPoint> = corners.iter().map(|&(degrees, part)| around(degrees, part)).collect();
        let route = route(&[(line, false)], ShapeKind::Lines);
        let shown = clipped(&route, ShapeKind::Lines, is_thinned);
        prop_assert!(shown.points.iter().flatten().all(|v| (LOW..=HIGH).contains(v)), "{:?}", shown.points);
        let open = |line: &Vec<[i32; 2]>| -> Vec<([f64; 2], [f64; 2])> {
            let legs: Vec<_> = legs(std::slice::from_ref(line)).collect();
            legs[..legs.len().saturating_sub(1)].to_vec()
        };
        let length = |lines: Vec<Vec<[i32; 2]>>| -> f64 { lines.iter().flat_map(open).map(length_inside).sum() };
        let all = length(chains(&route));
        let drawn = length(split(&shown.points, &shown.ends));
        // Every passage of the box rounds twice.
        let rounding = 4.0 * corners.len() as f64;
        prop_assert!((all - drawn).abs() <= rounding, "{drawn} of {all} units");
    }

    #[test]
    fn what_lies_inside_the_box_is_not_touched(parts in prop::collection::vec(0.05..0.5f64, 3..24)) {
        let route = route(&[(star(&parts), true)], ShapeKind::Polygons);
        let shown = clipped(&route, ShapeKind::Polygons, true);
        let rings = split(&shown.points, &shown.ends);
        prop_assert_eq!(rings, chains(&route));
    }
}
