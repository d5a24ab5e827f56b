//! Four-cornered pieces of land and the straight lines in them.
//!
//! A point of a quad is addressed by `u` (along) and `v` (across), both 0..=1, bilinearly. Lines
//! of constant `u` or `v` are then straight on the ground, which keeps lots exact.

use geo::Coord;

/// A corner list without the repeated first point, in flat metres.
pub(super) type Ring = Vec<Coord<f64>>;

/// Corners at (u, v) = (0,0), (1,0), (1,1), (0,1), counter-clockwise.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quad(pub(super) [Coord<f64>; 4]);

pub(super) fn at(x: f64, y: f64) -> Coord<f64> {
    Coord { x, y }
}

impl Quad {
    pub(super) fn rect(west: f64, south: f64, east: f64, north: f64) -> Self {
        Self([at(west, south), at(east, south), at(east, north), at(west, north)])
    }

    pub(super) fn point(&self, u: f64, v: f64) -> Coord<f64> {
        let [a, b, c, d] = self.0;
        lerp(lerp(a, b, u), lerp(d, c, u), v)
    }

    /// The part between two `u` and two `v`.
    pub(super) fn part(&self, u: (f64, f64), v: (f64, f64)) -> Self {
        Self([self.point(u.0, v.0), self.point(u.1, v.0), self.point(u.1, v.1), self.point(u.0, v.1)])
    }

    /// The quad with its sides moved inwards: by metres for the sides v = 0, u = 1, v = 1, u = 0.
    pub(super) fn inset(&self, by: [f64; 4]) -> Self {
        let moved = |side: usize| {
            let (a, b) = (self.0[side], self.0[(side + 1) % 4]);
            let length = distance(a, b);
            let inwards = at(-(b.y - a.y) / length, (b.x - a.x) / length);
            (a + inwards * by[side], b + inwards * by[side])
        };
        Self(std::array::from_fn(|corner| crossing(moved((corner + 3) % 4), moved(corner))))
    }

    /// The same land with `u` along its longer direction.
    pub(super) fn along_its_length(&self) -> Self {
        let [a, b, c, d] = self.0;
        if distance(a, b) + distance(d, c) >= distance(b, c) + distance(a, d) { *self } else { Self([b, c, d, a]) }
    }

    /// Mean length in `u` and mean width in `v`, metres.
    pub(super) fn size(&self) -> (f64, f64) {
        let [a, b, c, d] = self.0;
        ((distance(a, b) + distance(d, c)) / 2.0, (distance(b, c) + distance(a, d)) / 2.0)
    }

    pub(super) fn centre(&self) -> Coord<f64> {
        self.point(0.5, 0.5)
    }

    pub(super) fn area(&self) -> f64 {
        signed_area(&self.0)
    }

    pub(super) fn ring(&self) -> Ring {
        self.0.to_vec()
    }
}

pub(super) fn lerp(a: Coord<f64>, b: Coord<f64>, t: f64) -> Coord<f64> {
    a * (1.0 - t) + b * t
}

pub(super) fn distance(a: Coord<f64>, b: Coord<f64>) -> f64 {
    (b.x - a.x).hypot(b.y - a.y)
}

/// Where two lines through two points each meet; they must not be parallel.
pub(super) fn crossing(p: (Coord<f64>, Coord<f64>), q: (Coord<f64>, Coord<f64>)) -> Coord<f64> {
    let (r, s) = (p.1 - p.0, q.1 - q.0);
    let gap = q.0 - p.0;
    let t = (gap.x * s.y - gap.y * s.x) / (r.x * s.y - r.y * s.x);
    p.0 + r * t
}

/// Shoelace area, positive counter-clockwise, from corners relative to the first.
pub(super) fn signed_area(ring: &[Coord<f64>]) -> f64 {
    let Some(&origin) = ring.first() else { return 0.0 };
    let corner = |i: usize| ring[i % ring.len()] - origin;
    (0..ring.len()).map(|i| corner(i).x * corner(i + 1).y - corner(i + 1).x * corner(i).y).sum::<f64>() / 2.0
}

/// Size of a ring's land in square metres, however it is wound.
pub(super) fn area(ring: &[Coord<f64>]) -> f64 {
    signed_area(ring).abs()
}
