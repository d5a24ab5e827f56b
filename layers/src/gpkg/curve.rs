//! Circular arcs as chords.
//!
//! A circular string is a chain of arcs through three points each: start, one on the way, end
//! (ISO 13249-3, ST_CircularString). Each arc becomes chords of at most 1/64 of the circle, so no
//! chord lies farther than `r·(1 − cos(π/64)) ≈ 0.0012·r` inside its arc: 12 mm on a kerb of 10 m.
//! The three given points stay vertices as they are.
//!
//! The chords of an arc are the same whichever way it is run through: two parcels that share an
//! arc share its chords.

use std::f64::consts::TAU;

use geo::Coord;

/// Chords a full circle is made of.
const CHORDS_PER_CIRCLE: f64 = 64.0;

/// The vertices of the chords that stand for a circular string of 1, 3, 5 … points.
///
/// A last pair of points without a third is a straight piece.
pub(super) fn linearised(points: &[Coord<f64>]) -> Vec<Coord<f64>> {
    let mut out: Vec<Coord<f64>> = points.first().copied().into_iter().collect();
    let mut at = 0;
    while let Some(&[start, middle, end]) = points.get(at..at + 3) {
        arc(start, middle, end, &mut out);
        at += 2;
    }
    out.extend(points.get(at + 1..).unwrap_or_default());
    out
}

/// Appends the vertices after `start`, up to and including `end`.
fn arc(start: Coord<f64>, middle: Coord<f64>, end: Coord<f64>, out: &mut Vec<Coord<f64>>) {
    // One canonical direction, so that both directions give the same vertices to the last bit.
    let reversed = (end.x, end.y) < (start.x, start.y);
    let (first, last) = if reversed { (end, start) } else { (start, end) };
    let mut inner = Vec::new();
    if let Some(circle) = Circle::through(first, middle, last) {
        circle.between(first, middle, &mut inner);
        inner.push(middle);
        circle.between(middle, last, &mut inner);
    } else if middle != first && middle != last {
        inner.push(middle);
    }
    if reversed {
        inner.reverse();
    }
    out.extend(inner);
    out.push(end);
}

struct Circle {
    centre: Coord<f64>,
    radius: f64,
    counter_clockwise: bool,
}

impl Circle {
    /// The circle through three points; `None` if they lie on a line. If first and last are the
    /// same point, the middle one is opposite and the circle is whole.
    fn through(first: Coord<f64>, middle: Coord<f64>, last: Coord<f64>) -> Option<Self> {
        if first == last {
            let centre = (first + middle) / 2.0;
            let radius = (first - centre).x.hypot((first - centre).y);
            return (radius > 0.0).then_some(Self { centre, radius, counter_clockwise: true });
        }
        // Relative to the first point, or large false eastings would eat the digits.
        let (b, c) = (middle - first, last - first);
        let cross = b.x * c.y - b.y * c.x;
        let (b2, c2) = (b.x * b.x + b.y * b.y, c.x * c.x + c.y * c.y);
        let centre = Coord { x: (c.y * b2 - b.y * c2) / (2.0 * cross), y: (b.x * c2 - c.x * b2) / (2.0 * cross) };
        let radius = centre.x.hypot(centre.y);
        // An arc as flat as this differs from its chord by less than the digits of a coordinate.
        let flat = !radius.is_finite() || radius > 1e8 * c2.max(b2).sqrt();
        (!flat).then_some(Self { centre: centre + first, radius, counter_clockwise: cross > 0.0 })
    }

    /// Appends the vertices strictly between two points of the circle.
    fn between(&self, from: Coord<f64>, to: Coord<f64>, out: &mut Vec<Coord<f64>>) {
        let angle = |point: Coord<f64>| (point.y - self.centre.y).atan2(point.x - self.centre.x);
        let start = angle(from);
        let turn = angle(to) - start;
        let turn = if self.counter_clockwise { turn.rem_euclid(TAU) } else { -(-turn).rem_euclid(TAU) };
        let steps = (turn.abs() / (TAU / CHORDS_PER_CIRCLE)).ceil().max(1.0);
        for step in 1..steps as usize {
            let (sin, cos) = (start + turn * step as f64 / steps).sin_cos();
            out.push(Coord { x: self.centre.x + self.radius * cos, y: self.centre.y + self.radius * sin });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn c(x: f64, y: f64) -> Coord<f64> {
        Coord { x, y }
    }

    #[test]
    fn a_half_circle_stays_within_its_tolerance() {
        let chords = linearised(&[c(0.0, 0.0), c(1.0, 1.0), c(2.0, 0.0)]);
        assert_eq!(chords.len(), 33);
        assert!(chords.contains(&c(1.0, 1.0)));
        for pair in chords.windows(2) {
            let middle = (pair[0] + pair[1]) / 2.0 - c(1.0, 0.0);
            let sagitta = 1.0 - middle.x.hypot(middle.y);
            assert!((0.0..1.21e-3).contains(&sagitta), "{sagitta}");
        }
    }

    #[test]
    fn a_whole_circle_closes() {
        let chords = linearised(&[c(0.0, 0.0), c(2.0, 0.0), c(0.0, 0.0)]);
        assert_eq!((chords.len(), chords.first()), (65, chords.last()));
        let area: f64 = chords.windows(2).map(|p| p[0].x * p[1].y - p[1].x * p[0].y).sum::<f64>() / 2.0;
        assert!((area - std::f64::consts::PI).abs() < 0.006, "{area}");
    }

    #[test]
    fn points_on_a_line_stay_a_line() {
        assert_eq!(linearised(&[c(0.0, 0.0), c(1.0, 1.0), c(3.0, 3.0)]), [c(0.0, 0.0), c(1.0, 1.0), c(3.0, 3.0)]);
        assert_eq!(linearised(&[c(0.0, 0.0), c(1.0, 1.0)]), [c(0.0, 0.0), c(1.0, 1.0)]);
        assert_eq!(linearised(&[c(5.0, 5.0)]), [c(5.0, 5.0)]);
        assert_eq!(linearised(&[c(1.0, 1.0); 3]), [c(1.0, 1.0); 2]);
        assert!(linearised(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn both_directions_give_the_same_vertices(xs in prop::array::uniform6(-100.0..100.0f64)) {
            let points = [c(5e5 + xs[0], 4.8e6 + xs[1]), c(5e5 + xs[2], 4.8e6 + xs[3]), c(5e5 + xs[4], 4.8e6 + xs[5])];
            let mut back = points;
            back.reverse();
            let mut there = linearised(&points);
            there.reverse();
            prop_assert_eq!(there, linearised(&back));
        }
    }
}
