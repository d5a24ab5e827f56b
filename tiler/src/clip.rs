//! Clipping: a shape of one zoom's grid, cut into the tiles that it touches.
//!
//! The world is halved again and again (columns or rows, whichever are more) and each half keeps its
//! part, so a shape in one tile costs one look at its bounds and a city border costs what its length
//! costs. Each edge remembers the *source edge* that it is a part of: where it meets the side of a
//! box is computed from the source edge, in its canonical direction and rounded once. So neighbours
//! get the same point, tiles on both sides of a line get the same point, and what was cut before
//! matters by one unit at most: where an earlier side rounded an end onto the next one.
//!
//! ```text
//!            │ box                a ── source edge ── b
//!     a──────q══════b             q = where a b meets the side, never where some
//!            │                        remainder of a b meets it
//! ```
//!
//! # References
//! Sutherland and Hodgman, *Reentrant polygon clipping*, 1974.

use crate::snap::{EXTENT, GridPoint};
use crate::valid::{Polygons, doubled_area, is_valid};
use crate::world::Shape;

/// How far tiles reach beyond their sides, tile units: a quarter of a 256-pixel tile's 16 pixels, so
/// that outlines up to 8 pixels wide show no seam.
pub(crate) const BUFFER: i64 = 64;

/// A rectangle of tiles of one zoom: first and last column, first and last row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    columns: (i64, i64),
    rows: (i64, i64),
}

impl Span {
    /// The tiles whose buffered boxes a shape with these bounds can touch; `None` without points.
    fn of(points: impl Iterator<Item = GridPoint>, zoom: u8) -> Option<Self> {
        let [west, north, east, south] = bounds(points)?;
        let last = (1 << zoom) - 1;
        let first_of = |low: i64| ((low - BUFFER).div_euclid(EXTENT)).clamp(0, last);
        let last_of = |high: i64| ((high + BUFFER).div_euclid(EXTENT)).clamp(0, last);
        Some(Self { columns: (first_of(west), last_of(east)), rows: (first_of(north), last_of(south)) })
    }

    fn tile(self) -> Option<(u32, u32)> {
        let is_one = self.columns.0 == self.columns.1 && self.rows.0 == self.rows.1;
        is_one.then_some((self.columns.0 as u32, self.rows.0 as u32))
    }

    fn halves(self) -> [Self; 2] {
        let ((west, east), (north, south)) = (self.columns, self.rows);
        if east - west >= south - north {
            let middle = (west + east).div_euclid(2);
            [Self { columns: (west, middle), ..self }, Self { columns: (middle + 1, east), ..self }]
        } else {
            let middle = (north + south).div_euclid(2);
            [Self { rows: (north, middle), ..self }, Self { rows: (middle + 1, south), ..self }]
        }
    }

    /// Its four sides, buffered.
    fn sides(self) -> [Side; 4] {
        [
            Side { axis: Axis::X, limit: self.columns.0 * EXTENT - BUFFER, keeps_less: false },
            Side { axis: Axis::X, limit: (self.columns.1 + 1) * EXTENT + BUFFER, keeps_less: true },
            Side { axis: Axis::Y, limit: self.rows.0 * EXTENT - BUFFER, keeps_less: false },
            Side { axis: Axis::Y, limit: (self.rows.1 + 1) * EXTENT + BUFFER, keeps_less: true },
        ]
    }

    fn holds(self, p: GridPoint) -> bool {
        self.sides().iter().all(|side| side.keeps(p))
    }
}

/// `[west, north, east, south]` of some points.
fn bounds(points: impl Iterator<Item = GridPoint>) -> Option<[i64; 4]> {
    points.fold(None, |bounds, p| {
        let [west, north, east, south] = bounds.unwrap_or([p.x, p.y, p.x, p.y]);
        Some([west.min(p.x), north.min(p.y), east.max(p.x), south.max(p.y)])
    })
}

/// Cuts a shape and hands out its parts: column, row, part. Polygon parts are valid if the shape is.
pub(crate) fn slice(shape: &Shape<GridPoint>, zoom: u8, emit: &mut impl FnMut(u32, u32, Shape<GridPoint>)) {
    match shape {
        Shape::Points(points) => slice_points(points, zoom, emit),
        Shape::Lines(lines) => {
            let Some(span) = Span::of(lines.iter().flatten().copied(), zoom) else { return };
            let lines = lines.iter().map(|line| Hop::line(line)).collect();
            descend(lines, span, &clip_lines, &mut |(column, row), lines: Vec<Vec<Hop>>| {
                let lines = lines.iter().map(|line| places(line)).filter(|line| line.len() > 1);
                let lines: Vec<_> = lines.collect();
                if !lines.is_empty() {
                    emit(column, row, Shape::Lines(lines));
                }
            });
        }
        Shape::Polygons(polygons) => {
            let Some(span) = Span::of(polygons.iter().flatten().flatten().copied(), zoom) else { return };
            if let (Some((column, row)), true) = (span.tile(), span_is_free(polygons, span)) {
                emit(column, row, shape.clone());
                return;
            }
            let polygons = polygons.iter().map(|rings| rings.iter().map(|ring| Hop::ring(ring)).collect()).collect();
            descend(polygons, span, &clip_polygons, &mut |(column, row), polygons: Vec<Vec<Vec<Hop>>>| {
                let part = finish(&polygons);
                if !part.is_empty() {
                    emit(column, row, Shape::Polygons(part));
                }
            });
        }
    }
}

/// Whether nothing of the polygons lies outside the span's box.
fn span_is_free(polygons: &Polygons, span: Span) -> bool {
    polygons.iter().flatten().flatten().all(|&p| span.holds(p))
}

fn slice_points(points: &[GridPoint], zoom: u8, emit: &mut impl FnMut(u32, u32, Shape<GridPoint>)) {
    let mut parts: std::collections::BTreeMap<(u32, u32), Vec<GridPoint>> = std::collections::BTreeMap::new();
    for &point in points {
        let Some(span) = Span::of(std::iter::once(point), zoom) else { continue };
        for column in span.columns.0..=span.columns.1 {
            for row in span.rows.0..=span.rows.1 {
                parts.entry((column as u32, row as u32)).or_default().push(point);
            }
        }
    }
    for ((column, row), mut points) in parts {
        points.sort_unstable();
        points.dedup();
        emit(column, row, Shape::Points(points));
    }
}

/// Halves the span and clips the parts to each half until single tiles are left.
fn descend<T: Clone>(
    parts: Vec<T>,
    span: Span,
    clip: &dyn Fn(Vec<T>, Side) -> Vec<T>,
    emit: &mut dyn FnMut((u32, u32), Vec<T>),
) {
    let mut open = vec![(parts, span)];
    while let Some((mut parts, span)) = open.pop() {
        for side in span.sides() {
            parts = clip(parts, side);
        }
        if parts.is_empty() {
            continue;
        }
        match span.tile() {
            Some(tile) => emit(tile, parts),
            None => {
                let [first, second] = span.halves();
                open.push((parts.clone(), second));
                open.push((parts, first));
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Axis {
    X,
    Y,
}

/// A half-plane: everything on one side of a vertical or horizontal line, the line included.
#[derive(Clone, Copy, Debug)]
struct Side {
    axis: Axis,
    limit: i64,
    keeps_less: bool,
}

impl Side {
    fn keeps(self, p: GridPoint) -> bool {
        let value = match self.axis {
            Axis::X => p.x,
            Axis::Y => p.y,
        };
        if self.keeps_less { value <= self.limit } else { value >= self.limit }
    }

    /// Where an edge meets the line.
    fn meet(self, from: Hop, to: GridPoint) -> GridPoint {
        // An edge without a source runs along a side of an earlier box, square to this one, and is exact.
        let (a, b) = from.along.unwrap_or((from.at, to));
        // Ends that an earlier box rounded may lie up to half a unit off the source edge, which is far
        // on a steep one: the result stays between them.
        match self.axis {
            Axis::X => {
                let y = interpolate((a.x, a.y), (b.x, b.y), self.limit);
                GridPoint { x: self.limit, y: y.clamp(from.at.y.min(to.y), from.at.y.max(to.y)) }
            }
            Axis::Y => {
                let x = interpolate((a.y, a.x), (b.y, b.x), self.limit);
                GridPoint { x: x.clamp(from.at.x.min(to.x), from.at.x.max(to.x)), y: self.limit }
            }
        }
    }
}

/// The second coordinate where the first is `at`, rounded to the nearest integer, halves upwards.
fn interpolate(a: (i64, i64), b: (i64, i64), at: i64) -> i64 {
    let part = i128::from(b.1 - a.1) * i128::from(at - a.0);
    let whole = i128::from(b.0 - a.0);
    let (part, whole) = if whole < 0 { (-part, -whole) } else { (part, whole) };
    a.1 + (2 * part + whole).div_euclid(2 * whole) as i64
}

/// A vertex and the source edge that its outgoing edge is a part of; none along a box.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Hop {
    at: GridPoint,
    along: Option<(GridPoint, GridPoint)>,
}

impl Hop {
    fn ring(ring: &[GridPoint]) -> Vec<Self> {
        let next = ring.iter().cycle().skip(1);
        ring.iter().zip(next).map(|(&at, &next)| Self { at, along: Some((at.min(next), at.max(next))) }).collect()
    }

    fn line(line: &[GridPoint]) -> Vec<Self> {
        let next = line.iter().skip(1).map(Some).chain([None]);
        let along = |at: GridPoint, next: Option<&GridPoint>| next.map(|&next| (at.min(next), at.max(next)));
        line.iter().zip(next).map(|(&at, next)| Self { at, along: along(at, next) }).collect()
    }
}

fn places(hops: &[Hop]) -> Vec<GridPoint> {
    let mut places: Vec<GridPoint> = hops.iter().map(|hop| hop.at).collect();
    places.dedup();
    places
}

fn clip_polygons(polygons: Vec<Vec<Vec<Hop>>>, side: Side) -> Vec<Vec<Vec<Hop>>> {
    let clip = |rings: Vec<Vec<Hop>>| {
        let mut rings = rings.into_iter().map(|ring| clip_ring(ring, side));
        let shell = rings.next().filter(|shell| !shell.is_empty())?;
        Some(std::iter::once(shell).chain(rings.filter(|hole| !hole.is_empty())).collect())
    };
    polygons.into_iter().filter_map(clip).collect()
}

fn clip_ring(ring: Vec<Hop>, side: Side) -> Vec<Hop> {
    let kept = ring.iter().filter(|hop| side.keeps(hop.at)).count();
    if kept == ring.len() {
        return ring;
    }
    let mut clipped = Vec::with_capacity(kept + 2);
    if kept == 0 {
        return clipped;
    }
    let next = ring.iter().cycle().skip(1);
    for (&hop, next) in ring.iter().zip(next) {
        match (side.keeps(hop.at), side.keeps(next.at)) {
            (true, true) => clipped.push(hop),
            (true, false) => clipped.extend([hop, Hop { at: side.meet(hop, next.at), along: None }]),
            (false, true) => clipped.push(Hop { at: side.meet(hop, next.at), along: hop.along }),
            (false, false) => {}
        }
    }
    clipped
}

fn clip_lines(lines: Vec<Vec<Hop>>, side: Side) -> Vec<Vec<Hop>> {
    let mut clipped = Vec::new();
    for line in lines {
        let mut current: Vec<Hop> = Vec::new();
        for (place, &hop) in line.iter().enumerate() {
            let next = line.get(place + 1);
            let enters = next.is_some_and(|next| side.keeps(next.at));
            match (side.keeps(hop.at), next) {
                (true, Some(_)) if enters => current.push(hop),
                (true, Some(next)) => {
                    current.extend([hop, Hop { at: side.meet(hop, next.at), along: None }]);
                    clipped.push(std::mem::take(&mut current));
                }
                (true, None) => current.push(hop),
                (false, Some(next)) if enters => current.push(Hop { at: side.meet(hop, next.at), along: hop.along }),
                (false, _) => {}
            }
        }
        if !current.is_empty() {
            clipped.push(current);
        }
    }
    clipped
}

/// Turns clipped rings into valid polygons. Where a ring leaves a box and comes back, cutting leaves
/// it running twice along the side; the overlay takes that apart without moving a vertex.
fn finish(polygons: &[Vec<Vec<Hop>>]) -> Polygons {
    let open = |ring: &Vec<Hop>| {
        let mut ring = places(ring);
        while ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        ring
    };
    let with_area = |ring: &Vec<GridPoint>| ring.len() > 2 && doubled_area(ring) != 0;
    let part: Polygons = polygons
        .iter()
        .map(|rings| rings.iter().map(open).filter(with_area).collect::<Vec<_>>())
        .filter(|rings| rings.first().is_some_and(|shell| doubled_area(shell) > 0))
        .collect();
    if part.is_empty() || is_valid(&part) { part } else { crate::repair::repair(&part) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ZOOM: u8 = 3;

    /// A ring without crossings: corners around a middle, in order of their angle.
    fn star() -> impl Strategy<Value = Vec<GridPoint>> {
        let corner = (0.05..1.0f64, 0.1..1.0f64);
        (prop::collection::vec(corner, 3..24), 0i64..32768, 0i64..32768, 8.0..30000.0f64).prop_map(
            |(corners, x, y, size)| {
                let sum: f64 = corners.iter().map(|(step, _)| step).sum();
                let mut angle = 0.0;
                let mut ring: Vec<GridPoint> = corners
                    .iter()
                    .map(|(step, reach)| {
                        angle += step / sum * std::f64::consts::TAU;
                        let at = |middle: i64, part: f64| (middle + (part * reach * size) as i64).clamp(0, 32768);
                        GridPoint { x: at(x, angle.cos()), y: at(y, angle.sin()) }
                    })
                    .collect();
                ring.dedup();
                ring
            },
        )
    }

    /// The star as valid polygons; clamping to the world may have folded it.
    fn polygons(ring: Vec<GridPoint>) -> Polygons {
        crate::repair::repair(&[vec![ring]])
    }

    fn parts(shape: &Shape<GridPoint>) -> Vec<((u32, u32), Shape<GridPoint>)> {
        let mut parts = Vec::new();
        slice(shape, ZOOM, &mut |column, row, part| parts.push(((column, row), part)));
        parts
    }

    fn span((column, row): (u32, u32)) -> Span {
        let (column, row) = (i64::from(column), i64::from(row));
        Span { columns: (column, column), rows: (row, row) }
    }

    proptest! {
        #[test]
        fn a_clipped_polygon_is_valid_and_stays_in_its_box(ring in star()) {
            let polygons = polygons(ring);
            for (tile, part) in parts(&Shape::Polygons(polygons)) {
                prop_assert!(part.chains().flatten().all(|&p| span(tile).holds(p)));
                let Shape::Polygons(part) = part else { return Err(TestCaseError::fail("a polygon")) };
                prop_assert!(is_valid(&part), "{part:?}");
            }
        }

        #[test]
        fn what_was_cut_before_matters_by_one_unit_at_most(ring in star()) {
            let shape = Shape::Polygons(polygons(ring));
            let Shape::Polygons(polygons) = &shape else { return Err(TestCaseError::fail("a polygon")) };
            for (tile, part) in parts(&shape) {
                let hops = polygons.iter().map(|rings| rings.iter().map(|ring| Hop::ring(ring)).collect()).collect();
                let direct = span(tile).sides().into_iter().fold(hops, clip_polygons);
                let area = |polygons: &Polygons| polygons.iter().flatten().map(|ring| doubled_area(ring)).sum::<i128>();
                let Shape::Polygons(part) = part else { return Err(TestCaseError::fail("a polygon")) };
                // A corner one unit off, between two edges that are no longer than the box is wide.
                let unit = 2 * 2 * i128::from(EXTENT + 2 * BUFFER);
                let difference = (area(&part) - area(&finish(&direct))).abs();
                prop_assert!(difference <= unit, "{difference}");
            }
        }

        #[test]
        fn both_sides_of_a_line_get_the_same_points(ring in star(), limit in 0i64..32768, columns: bool) {
            let axis = if columns { Axis::X } else { Axis::Y };
            let on_line = |keeps_less: bool, ring: Vec<GridPoint>| {
                let clipped = clip_ring(Hop::ring(&ring), Side { axis, limit, keeps_less });
                let on = |p: &GridPoint| if columns { p.x == limit } else { p.y == limit };
                let mut points: Vec<GridPoint> = places(&clipped).into_iter().filter(on).collect();
                points.sort_unstable();
                points.dedup();
                points
            };
            let mut reversed = ring.clone();
            reversed.reverse();
            // Only where the ring goes across; a corner that just touches belongs to one side.
            let touches = ring.iter().any(|p| if columns { p.x == limit } else { p.y == limit });
            prop_assert!(touches || on_line(true, ring) == on_line(false, reversed));
        }

        #[test]
        fn a_clipped_line_stays_in_its_box(line in star()) {
            for (tile, part) in parts(&Shape::Lines(vec![line])) {
                prop_assert!(part.chains().flatten().all(|&p| span(tile).holds(p)));
                prop_assert!(part.chains().all(|line| line.len() > 1));
            }
        }
    }

    #[test]
    fn a_tile_inside_a_polygon_is_its_box() {
        let world = [(0, 0), (32768, 0), (32768, 32768), (0, 32768)].map(|(x, y)| GridPoint { x, y });
        let parts = parts(&Shape::Polygons(vec![vec![world.to_vec()]]));
        assert_eq!(parts.len(), 64);
        let inner = parts.iter().find(|(tile, _)| *tile == (3, 4)).map(|(_, part)| part.chains().flatten().count());
        assert_eq!(inner, Some(4));
    }
}
