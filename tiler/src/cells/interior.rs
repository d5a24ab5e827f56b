//! A point inside a parcel, found once and used for its label and for the cell that counts it.
//!
//! ```text
//!      ╱╲      ╱╲
//!     ╱  ╲____╱  ╲
//!    ┼──×──┼──┼───┼   the middle of the longest stretch of land in a row near half height
//!    ╲____________╱
//! ```

use crate::world::WorldPoint;

/// A point of some valid polygons; `None` only without any points.
///
/// `rings` are all their rings, open, in any order and direction, each beginning anywhere: the answer
/// is the same. It lies inside the polygons wherever the row that is looked at (half way down the
/// ring with the largest box, away from vertices) has a grid point inside them; where they are
/// thinner than the grid there, or have no area, it is one of their vertices.
///
/// Exact, in integers; takes two passes over the points.
pub(crate) fn interior_point<'a>(rings: impl Iterator<Item = &'a [WorldPoint]> + Clone) -> Option<WorldPoint> {
    let [_, north, _, south] = rings.clone().filter_map(bounds).max_by_key(|&[west, north, east, south]| {
        // The largest is no hole. Of equal ones any will do, as long as it does not depend on their order.
        (u64::from(east - west) * u64::from(south - north), [west, north, east, south])
    })?;
    let middle = north + (south - north) / 2;
    let row = row_near(middle, rings.clone());
    let inside = row.and_then(|row| longest_stretch(row, rings.clone()).map(|x| WorldPoint { x, y: row }));
    inside.or_else(|| rings.flatten().copied().min_by_key(|p| (p.y.abs_diff(middle), p.y, p.x)))
}

/// `[west, north, east, south]`.
fn bounds(ring: &[WorldPoint]) -> Option<[u32; 4]> {
    let first = ring.first()?;
    Some(ring.iter().fold([first.x, first.y, first.x, first.y], |[west, north, east, south], p| {
        [west.min(p.x), north.min(p.y), east.max(p.x), south.max(p.y)]
    }))
}

/// The wanted row if there is no vertex in it, else one half way to the next vertices above or below.
fn row_near<'a>(wanted: u32, rings: impl Iterator<Item = &'a [WorldPoint]>) -> Option<u32> {
    let (mut above, mut below, mut is_free) = (None::<u32>, None::<u32>, true);
    for p in rings.flatten() {
        match p.y.cmp(&wanted) {
            std::cmp::Ordering::Less => above = above.max(Some(p.y)),
            std::cmp::Ordering::Greater => below = Some(below.map_or(p.y, |row| row.min(p.y))),
            std::cmp::Ordering::Equal => is_free = false,
        }
    }
    if is_free {
        return Some(wanted);
    }
    let (up, down) = (above.map_or(0, |row| wanted - row), below.map_or(0, |row| row - wanted));
    if down.max(up) < 2 {
        return None;
    }
    Some(if down >= up { wanted + down / 2 } else { wanted - up / 2 })
}

/// The middle of the longest stretch of land in a row without vertices; of equal ones the westmost.
/// `None` if no stretch holds a grid point.
fn longest_stretch<'a>(row: u32, rings: impl Iterator<Item = &'a [WorldPoint]>) -> Option<u32> {
    let mut crossings = Vec::with_capacity(8);
    for ring in rings {
        let Some(mut from) = ring.last() else { continue };
        for to in ring {
            if (from.y < row) != (to.y < row) {
                crossings.push(crossing(row, from, to));
            }
            from = to;
        }
    }
    crossings.sort_unstable();
    let stretch = |ends: &[i64]| {
        // Grid points strictly inside: right of the one crossing, left of the other.
        let (first, last) = ((ends[0] >> 1) + 1, (ends[1] - 1) >> 1);
        (first <= last).then_some((last - first, first))
    };
    // The first of the longest.
    let longest =
        crossings.chunks_exact(2).filter_map(stretch).reduce(|best, next| if next.0 > best.0 { next } else { best });
    longest.and_then(|(length, first)| u32::try_from(first + length / 2).ok())
}

/// Where an edge meets a row that none of its ends lies in: twice the whole units, and one more if
/// it is between two grid points. Orders as the places themselves, but for those between the same two.
fn crossing(row: u32, from: &WorldPoint, to: &WorldPoint) -> i64 {
    let (a, b) = if from.y < to.y { (from, to) } else { (to, from) };
    let (wide, high) = (i64::from(b.x) - i64::from(a.x), i64::from(b.y) - i64::from(a.y));
    let down = i64::from(row) - i64::from(a.y);
    let (whole, rest) = match wide.checked_mul(down) {
        Some(product) => (product.div_euclid(high), product.rem_euclid(high) != 0),
        None => {
            let (product, high) = (i128::from(wide) * i128::from(down), i128::from(high));
            (product.div_euclid(high) as i64, product.rem_euclid(high) != 0)
        }
    };
    (i64::from(a.x) + whole) * 2 + i64::from(rest)
}

#[cfg(test)]
mod tests {
    use geo::{Contains, Coord, LineString, MultiPolygon, Polygon, Validation};
    use proptest::prelude::*;

    use super::*;

    fn ring(points: &[(u32, u32)]) -> Vec<WorldPoint> {
        points.iter().map(|&(x, y)| WorldPoint { x, y }).collect()
    }

    fn of(rings: &[Vec<WorldPoint>]) -> Option<(u32, u32)> {
        interior_point(rings.iter().map(Vec::as_slice)).map(|p| (p.x, p.y))
    }

    fn square(x: u32, y: u32, side: u32) -> Vec<WorldPoint> {
        ring(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
    }

    #[test]
    fn the_longest_stretch_near_the_middle_is_taken() {
        assert_eq!(of(&[square(10, 10, 8)]), Some((14, 14)));
        // A hole in the way: the wider side of it.
        assert_eq!(of(&[square(0, 0, 100), square(20, 20, 60)]), Some((10, 50)));
        assert_eq!(of(&[square(0, 0, 100), square(10, 20, 60)]), Some((85, 50)));
        // Two squares, one above the other, and nothing half way between them.
        assert_eq!(of(&[square(0, 0, 4), square(0, 50, 8)]), Some((4, 54)));
        // A notch whose end lies half way down: the row moves aside.
        let notched = ring(&[(0, 0), (40, 0), (40, 40), (30, 40), (30, 20), (10, 20), (10, 40), (0, 40)]);
        assert_eq!(of(&[notched]), Some((5, 30)));
    }

    #[test]
    fn what_has_no_inside_has_a_vertex() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[vec![]]), None);
        assert_eq!(of(&[ring(&[(7, 9)])]), Some((7, 9)));
        assert_eq!(of(&[ring(&[(7, 9), (9, 9), (8, 9)])]), Some((7, 9)));
        // Thinner than the grid.
        let vertices = [(0, 0), (100, 99), (100, 100)];
        assert!(of(&[ring(&vertices)]).is_some_and(|point| vertices.contains(&point)));
    }

    #[test]
    fn the_whole_world_has_a_middle() {
        let world = ring(&[(0, 0), (u32::MAX, 0), (u32::MAX, u32::MAX), (0, u32::MAX)]);
        assert_eq!(of(&[world]), Some((u32::MAX / 2, u32::MAX / 2)));
        let across = ring(&[(0, 0), (u32::MAX, u32::MAX), (0, u32::MAX - 1)]);
        assert!(of(&[across]).is_some_and(|(x, y)| x < y));
    }

    /// Stars around a middle, with a hole of the same shape.
    fn star(reach: u32) -> impl Strategy<Value = Vec<Vec<WorldPoint>>> {
        prop::collection::vec((0.35..1.0f64, 0.0..0.9f64), 3..24).prop_map(move |spikes| {
            let step = std::f64::consts::TAU / spikes.len() as f64;
            let at = |share: f64| -> Vec<WorldPoint> {
                let point = |(n, (far, turn)): (usize, &(f64, f64))| {
                    let (angle, radius) = ((n as f64 + turn) * step, far * share * f64::from(reach));
                    let axis = |part: f64| (f64::from(reach) + radius * part).round() as u32;
                    WorldPoint { x: axis(angle.cos()), y: axis(angle.sin()) }
                };
                let mut ring: Vec<WorldPoint> = spikes.iter().enumerate().map(point).collect();
                ring.dedup();
                ring
            };
            vec![at(1.0), at(0.5)]
        })
    }

    fn polygon(rings: &[Vec<WorldPoint>]) -> Polygon<f64> {
        let line = |ring: &Vec<WorldPoint>| {
            LineString(ring.iter().map(|p| Coord { x: f64::from(p.x), y: f64::from(p.y) }).collect())
        };
        Polygon::new(line(&rings[0]), rings[1..].iter().map(line).collect())
    }

    proptest! {
        #[test]
        fn it_is_inside(rings in star(1 << 20), others in star(1 << 18), apart in any::<bool>()) {
            let mut all = rings.clone();
            let far = others.iter().map(|ring| ring.iter().map(|p| WorldPoint { x: p.x + (1 << 22), y: p.y }).collect());
            all.extend(far.filter(|_: &Vec<WorldPoint>| apart));
            let parts: Vec<Polygon<f64>> = all.chunks(2).map(polygon).collect();
            prop_assume!(parts.iter().all(Validation::is_valid));
            let (x, y) = of(&all).expect("a point");
            // `contains` is strict: a point of the border is not inside.
            let point = Coord::from((f64::from(x), f64::from(y)));
            prop_assert!(MultiPolygon(parts).contains(&point));
        }

        #[test]
        fn it_is_inside_or_a_vertex_on_the_coarsest_grid(rings in star(6)) {
            let shell = polygon(&rings[..1]);
            prop_assume!(shell.is_valid());
            let (x, y) = of(&rings[..1]).expect("a point");
            let is_vertex = rings[0].contains(&WorldPoint { x, y });
            let point = Coord::from((f64::from(x), f64::from(y)));
            prop_assert!(is_vertex || shell.contains(&point));
        }

        #[test]
        fn it_depends_on_the_shape_alone(rings in star(1000), turn: usize, reverse: bool, swap: bool) {
            let expected = of(&rings);
            let mut other = rings;
            for ring in &mut other {
                let length = ring.len();
                ring.rotate_left(turn % length);
                if reverse {
                    ring.reverse();
                }
            }
            if swap {
                other.reverse();
            }
            prop_assert_eq!(of(&other), expected);
        }
    }
}
