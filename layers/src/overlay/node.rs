//! Points of the overlay's grid and the exact predicates on them.
//!
//! Coordinates are whole numbers of [`UNIT`], so orientation, intersection and area are exact: a
//! border is the same for both sides of it, and areas of pieces add up without rounding.

use geo::Coord;

/// Metres of one grid step: 2⁻²⁰, a little less than a micrometre. A power of two, so that going to
/// the grid and back changes nothing that is on it.
pub(super) const UNIT: f64 = 1.0 / 1_048_576.0;

/// Farther than this many units from each other (2097 km), points cannot be met exactly in 128 bits.
pub(super) const REACH: i64 = 1 << 41;

/// A point of the grid; the order is by x, then by y.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Node {
    pub x: i64,
    pub y: i64,
}

impl Node {
    /// The grid point nearest to a place in metres.
    pub(super) fn near(place: Coord<f64>) -> Self {
        Self { x: (place.x / UNIT).round() as i64, y: (place.y / UNIT).round() as i64 }
    }

    /// The same place counted in half units.
    pub(super) fn doubled(self) -> Self {
        Self { x: 2 * self.x, y: 2 * self.y }
    }

    /// Its place in metres, exact up to 2⁵³ units.
    pub(super) fn place(self) -> Coord<f64> {
        Coord { x: self.x as f64 * UNIT, y: self.y as f64 * UNIT }
    }
}

/// Twice the signed area of a triangle: positive where `c` lies to the left of `a` → `b`.
pub(super) fn turn(a: Node, b: Node, c: Node) -> i128 {
    cross(b.x - a.x, b.y - a.y, c.x - a.x, c.y - a.y)
}

pub(super) fn cross(ax: i64, ay: i64, bx: i64, by: i64) -> i128 {
    i128::from(ax) * i128::from(by) - i128::from(ay) * i128::from(bx)
}

/// Whether an edge crosses the ray that runs east from a place given in half units. An end at the
/// very height of the ray counts as below it.
pub(super) fn crosses_ray(a: Node, b: Node, place: Node) -> bool {
    let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
    2 * low.y <= place.y && place.y < 2 * high.y && turn(low.doubled(), high.doubled(), place) > 0
}

/// Metres between two points.
pub(super) fn distance(a: Node, b: Node) -> f64 {
    ((a.x - b.x) as f64).hypot((a.y - b.y) as f64) * UNIT
}

/// Whether a point at `turned` = [`turn`]`(a, b, point)` from the edge `a` < `b` has the edge's line
/// in its pixel: the half-open square of one unit around it.
pub(super) fn on_pixel(a: Node, b: Node, turned: i128) -> bool {
    let reach = i128::from((b.x - a.x).abs() + (b.y - a.y).abs());
    -reach <= 2 * turned && 2 * turned < reach
}

/// The grid point nearest to where two edges cross, whichever way they run and are named.
///
/// `c_turn` and `d_turn` are the turns of `c` and `d` from `a` → `b`, of opposite sign.
pub(super) fn crossing(c: Node, d: Node, c_turn: i128, d_turn: i128) -> Node {
    // c + (d − c) · c_turn / (c_turn − d_turn), rounded half up: exact, hence the same point from
    // either edge.
    let whole = c_turn - d_turn;
    let (part, whole) = if whole < 0 { (-c_turn, -whole) } else { (c_turn, whole) };
    let along = |step: i64| -> i64 {
        let moved = (2 * i128::from(step) * part + whole).div_euclid(2 * whole);
        moved as i64
    };
    Node { x: c.x + along(d.x - c.x), y: c.y + along(d.y - c.y) }
}

/// A box of the grid, borders included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub min: Node,
    pub max: Node,
}

impl Bounds {
    /// Holds nothing.
    pub(super) const EMPTY: Self =
        Self { min: Node { x: i64::MAX, y: i64::MAX }, max: Node { x: i64::MIN, y: i64::MIN } };

    pub(super) fn of(nodes: &[Node]) -> Self {
        nodes.iter().fold(Self::EMPTY, |bounds, node| bounds.with(*node))
    }

    pub(super) fn with(self, node: Node) -> Self {
        Self {
            min: Node { x: self.min.x.min(node.x), y: self.min.y.min(node.y) },
            max: Node { x: self.max.x.max(node.x), y: self.max.y.max(node.y) },
        }
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.min.x <= other.max.x && other.min.x <= self.max.x && self.min.y <= other.max.y && other.min.y <= self.max.y
    }

    pub(super) fn holds(&self, node: Node) -> bool {
        self.min.x <= node.x && node.x <= self.max.x && self.min.y <= node.y && node.y <= self.max.y
    }

    /// Wider by some units on every side.
    pub(super) fn grown(self, by: i64) -> Self {
        Self {
            min: Node { x: self.min.x - by, y: self.min.y - by },
            max: Node { x: self.max.x + by, y: self.max.y + by },
        }
    }

    pub(super) fn within_reach(&self) -> bool {
        self.max.x - self.min.x <= REACH && self.max.y - self.min.y <= REACH
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn node() -> impl Strategy<Value = Node> {
        (-1000..1000i64, -1000..1000i64).prop_map(|(x, y)| Node { x, y })
    }

    proptest! {
        #[test]
        fn a_crossing_is_the_same_from_either_edge(a in node(), b in node(), c in node(), d in node()) {
            let (c_turn, d_turn, a_turn, b_turn) = (turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b));
            prop_assume!(c_turn.signum() * d_turn.signum() < 0 && a_turn.signum() * b_turn.signum() < 0);
            let point = crossing(c, d, c_turn, d_turn);
            prop_assert_eq!(point, crossing(a, b, a_turn, b_turn));
            prop_assert_eq!(point, crossing(d, c, d_turn, c_turn));
            let (first, last) = (a.min(b), a.max(b));
            prop_assert!(on_pixel(first, last, turn(first, last, point)), "the edge passes its pixel");
        }
    }
}
