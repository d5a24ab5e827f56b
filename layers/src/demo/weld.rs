//! Making borders the same for all who share them.
//!
//! Shapes are drawn one by one; where they touch, a corner of one may lie within a border of the
//! other. Welding puts such corners into the border, of whatever layer, so that every shared
//! stretch has the same vertices on both sides, and then divides long edges, so that warping the
//! ground bends them alike.

use std::collections::BTreeMap;

use geo::Coord;

use super::quad::{Ring, distance, lerp};

/// Points closer than this are one, and corners closer to an edge than this lie on it; metres.
const TOLERANCE: f64 = 1e-3;
/// Side of a cell of the search grid, metres.
const CELL: f64 = 32.0;
/// No edge is longer than this after welding, metres.
const LONGEST: f64 = 45.0;

/// All corners, in a search grid.
struct Corners(BTreeMap<(i32, i32), Vec<Coord<f64>>>);

impl Corners {
    fn cell(value: f64) -> i32 {
        (value / CELL).floor() as i32
    }

    /// The corner that stands for this point; the point itself becomes one if none is near.
    fn stand_in(&mut self, point: Coord<f64>) -> Coord<f64> {
        let (x, y) = (Self::cell(point.x), Self::cell(point.y));
        let near_edge = |value: f64, cell: i32| {
            let within = value - f64::from(cell) * CELL;
            !(TOLERANCE..=CELL - TOLERANCE).contains(&within)
        };
        let reach = i32::from(near_edge(point.x, x) || near_edge(point.y, y));
        for i in x - reach..=x + reach {
            for j in y - reach..=y + reach {
                let corners = self.0.get(&(i, j)).into_iter().flatten();
                if let Some(&near) = corners.into_iter().find(|corner| distance(**corner, point) < TOLERANCE) {
                    return near;
                }
            }
        }
        self.0.entry((x, y)).or_default().push(point);
        point
    }

    /// Corners that lie on the edge from `a` to `b`, in order, without its ends.
    fn on_edge(&self, a: Coord<f64>, b: Coord<f64>) -> Vec<Coord<f64>> {
        let length = distance(a, b);
        let along = (b - a) / length;
        let mut found: Vec<(f64, Coord<f64>)> = Vec::new();
        let (low, high) = (Self::cell(a.y.min(b.y) - TOLERANCE), Self::cell(a.y.max(b.y) + TOLERANCE));
        let (left, right) = (Self::cell(a.x.min(b.x) - TOLERANCE), Self::cell(a.x.max(b.x) + TOLERANCE));
        for i in left..=right {
            for j in low..=high {
                for &corner in self.0.get(&(i, j)).into_iter().flatten() {
                    let from = corner - a;
                    let (on, off) = (from.x * along.x + from.y * along.y, from.x * along.y - from.y * along.x);
                    if off.abs() < TOLERANCE && on > TOLERANCE && on < length - TOLERANCE {
                        found.push((on, corner));
                    }
                }
            }
        }
        found.sort_by(|x, y| x.0.total_cmp(&y.0));
        found.into_iter().map(|(_, corner)| corner).collect()
    }
}

/// Welds rings (open: the first point is not repeated) of all layers together.
pub(super) fn weld<'a>(rings: impl Iterator<Item = &'a mut Ring>) {
    let mut rings: Vec<&mut Ring> = rings.collect();
    let mut corners = Corners(BTreeMap::new());
    for ring in &mut rings {
        for point in ring.iter_mut() {
            *point = corners.stand_in(*point);
        }
        ring.dedup();
        while ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
    }
    for ring in rings {
        let mut welded = Ring::with_capacity(ring.len() * 2);
        for i in 0..ring.len() {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            let mut from = a;
            for to in corners.on_edge(a, b).into_iter().chain([b]) {
                welded.push(from);
                welded.extend(between(from, to));
                from = to;
            }
        }
        *ring = welded;
    }
}

/// Points that divide an edge evenly, the same ones from either end.
pub(super) fn between(a: Coord<f64>, b: Coord<f64>) -> Vec<Coord<f64>> {
    let parts = (distance(a, b) / LONGEST).ceil() as usize;
    let forwards = (a.x, a.y) < (b.x, b.y);
    let (low, high) = if forwards { (a, b) } else { (b, a) };
    let mut points: Vec<_> = (1..parts).map(|i| lerp(low, high, i as f64 / parts as f64)).collect();
    if !forwards {
        points.reverse();
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::quad::at;

    #[test]
    fn neighbours_get_each_others_corners() {
        let mut long = vec![at(0., 0.), at(30., 0.), at(30., 10.), at(0., 10.)];
        let mut left = vec![at(0., 10.0000001), at(12., 10.), at(12., 20.), at(0., 20.)];
        weld([&mut long, &mut left].into_iter());
        assert_eq!(long, [at(0., 0.), at(30., 0.), at(30., 10.), at(12., 10.), at(0., 10.)]);
        assert_eq!(left[0], at(0., 10.));
    }

    #[test]
    fn an_edge_is_divided_alike_from_both_ends() {
        let (a, b) = (at(3.3, 7.1), at(150.7, -42.9));
        let mut back = between(b, a);
        back.reverse();
        assert_eq!(between(a, b), back);
    }
}
