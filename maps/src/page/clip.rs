//! Cutting shapes by a box.

use geo::{Coord, LineString, Polygon, Rect};

/// A side of the box.
#[derive(Clone, Copy)]
enum Side {
    Left(f64),
    Right(f64),
    Top(f64),
    Bottom(f64),
}

impl Side {
    fn all(frame: &Rect<f64>) -> [Self; 4] {
        let (min, max) = (frame.min(), frame.max());
        [Self::Left(min.x), Self::Right(max.x), Self::Top(min.y), Self::Bottom(max.y)]
    }

    fn is_inside(self, at: Coord<f64>) -> bool {
        match self {
            Self::Left(x) => at.x >= x,
            Self::Right(x) => at.x <= x,
            Self::Top(y) => at.y >= y,
            Self::Bottom(y) => at.y <= y,
        }
    }

    /// Where a segment that passes through the side does so.
    fn crossing(self, a: Coord<f64>, b: Coord<f64>) -> Coord<f64> {
        match self {
            Self::Left(x) | Self::Right(x) => Coord { x, y: a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x) },
            Self::Top(y) | Self::Bottom(y) => Coord { x: a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y), y },
        }
    }
}

/// Whether a point lies in the box or on its edge.
pub(super) fn holds(frame: &Rect<f64>, at: Coord<f64>) -> bool {
    Side::all(frame).into_iter().all(|side| side.is_inside(at))
}

/// The part of an area in the box (Sutherland and Hodgman, 1974: cut by one side after the other).
///
/// Parts of a concave area may stay joined by a seam of no width along the edge; it fills nothing.
pub(super) fn area(area: &Polygon<f64>, frame: &Rect<f64>) -> Option<Polygon<f64>> {
    let exterior = ring(area.exterior(), frame)?;
    Some(Polygon::new(exterior, area.interiors().iter().filter_map(|hole| ring(hole, frame)).collect()))
}

fn ring(closed: &LineString<f64>, frame: &Rect<f64>) -> Option<LineString<f64>> {
    let mut points = closed.0.clone();
    points.pop();
    for side in Side::all(frame) {
        let mut cut = Vec::with_capacity(points.len() + 4);
        let mut before = *points.last()?;
        for &point in &points {
            if side.is_inside(point) != side.is_inside(before) {
                cut.push(side.crossing(before, point));
            }
            if side.is_inside(point) {
                cut.push(point);
            }
            before = point;
        }
        points = cut;
    }
    if points.len() < 3 {
        return None;
    }
    points.push(points[0]);
    Some(LineString::new(points))
}

/// The parts of a line in the box.
pub(super) fn line(line: &LineString<f64>, frame: &Rect<f64>) -> Vec<LineString<f64>> {
    let mut parts: Vec<Vec<Coord<f64>>> = Vec::new();
    for segment in line.lines() {
        let Some((start, end)) = segment_inside(segment.start, segment.end, frame) else { continue };
        match parts.last_mut() {
            Some(part) if part.last() == Some(&start) => part.push(end),
            _ => parts.push(vec![start, end]),
        }
    }
    parts.into_iter().map(LineString::new).collect()
}

/// The part of a segment in the box.
fn segment_inside(mut a: Coord<f64>, mut b: Coord<f64>, frame: &Rect<f64>) -> Option<(Coord<f64>, Coord<f64>)> {
    for side in Side::all(frame) {
        match (side.is_inside(a), side.is_inside(b)) {
            (true, true) => {}
            (true, false) => b = side.crossing(a, b),
            (false, true) => a = side.crossing(a, b),
            (false, false) => return None,
        }
    }
    Some((a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_leaves_and_comes_back_has_two_parts() {
        let frame = Rect::new(Coord { x: 0.0, y: 0.0 }, Coord { x: 10.0, y: 10.0 });
        let there: LineString<f64> = vec![(5.0, 5.0), (15.0, 5.0), (15.0, 8.0), (5.0, 8.0)].into();
        let parts = line(&there, &frame);
        let expected: Vec<LineString<f64>> =
            vec![vec![(5.0, 5.0), (10.0, 5.0)].into(), vec![(10.0, 8.0), (5.0, 8.0)].into()];
        assert_eq!(parts, expected);
    }
}
