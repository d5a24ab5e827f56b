//! Finds the points that lie near an edge: the question behind T-junctions and hot pixels.
//!
//! Points are kept in rows of equal height, each sorted by x. An edge asks, row by row, for the
//! stretch of x that it crosses there, so a long diagonal does not pay for its whole box.

use crate::world::{WorldFeature, WorldPoint};

/// `[x, y]` in units of the asker.
pub(crate) type Place = [i64; 2];

/// More rows than this cost more than they save.
const MOST_ROWS: i64 = 1 << 16;

/// Points in rows. See the module's page.
pub(crate) struct PointIndex {
    row_shift: u32,
    first_row: i64,
    /// Where each row starts in `points`; one more at the end.
    starts: Vec<usize>,
    points: Vec<Place>,
}

impl PointIndex {
    /// Indexes all vertices of lines and rings, for edges as long as theirs.
    pub(crate) fn of(features: &[WorldFeature]) -> Self {
        let mut points = Vec::new();
        let (mut edges, mut length) = (0i64, 0i64);
        for chain in features.iter().flat_map(|feature| feature.shape.chains()) {
            points.extend(chain.iter().map(|&p| place(p)));
            edges += chain.len() as i64 - 1;
            let longer = |e: &[WorldPoint]| e[0].x.abs_diff(e[1].x).max(e[0].y.abs_diff(e[1].y));
            length += chain.windows(2).map(|edge| i64::from(longer(edge))).sum::<i64>();
        }
        Self::new(points, length / edges.max(1))
    }

    /// Indexes distinct points for edges of about `typical_length`.
    pub(crate) fn new(mut points: Vec<Place>, typical_length: i64) -> Self {
        let (top, bottom) =
            points.iter().fold((i64::MAX, i64::MIN), |(top, bottom), p| (top.min(p[1]), bottom.max(p[1])));
        let height = bottom.saturating_sub(top).max(0);
        let mut row_shift = typical_length.max(1).ilog2();
        while height >> row_shift >= MOST_ROWS {
            row_shift += 1;
        }
        points.sort_unstable_by_key(|&[x, y]| (y >> row_shift, x, y));
        points.dedup();
        let first_row = points.first().map_or(0, |p| p[1] >> row_shift);
        let rows = points.last().map_or(0, |p| (p[1] >> row_shift) - first_row + 1);
        let mut starts = Vec::with_capacity(rows as usize + 1);
        starts.push(0);
        for row in 0..rows {
            let from = starts[row as usize];
            let length = points[from..].iter().take_while(|p| (p[1] >> row_shift) - first_row == row).count();
            starts.push(from + length);
        }
        Self { row_shift, first_row, starts, points }
    }

    /// Visits every point whose distance to the edge is at most `reach` along x and along y, and
    /// some others nearby, in a fixed order.
    pub(crate) fn along(&self, a: Place, b: Place, reach: i64, mut visit: impl FnMut(Place)) {
        let (upper, lower) = if a[1] <= b[1] { (a, b) } else { (b, a) };
        let (top, bottom) = (upper[1] - reach, lower[1] + reach);
        let last_row = self.first_row + self.starts.len() as i64 - 2;
        let rows = (top >> self.row_shift).max(self.first_row)..=(bottom >> self.row_shift).min(last_row);
        for row in rows {
            let (west, east) = self.stretch(upper, lower, row, reach);
            let place = (row - self.first_row) as usize;
            let points = &self.points[self.starts[place]..self.starts[place + 1]];
            let from = points.partition_point(|p| p[0] < west);
            let inside = points[from..].iter().take_while(|p| p[0] <= east);
            inside.filter(|p| (top..=bottom).contains(&p[1])).for_each(|&p| visit(p));
        }
    }

    /// The x that the edge can reach within a row, rounded outwards.
    fn stretch(&self, upper: Place, lower: Place, row: i64, reach: i64) -> (i64, i64) {
        let height = (lower[1] - upper[1]) as f64;
        let at = |y: i64| {
            let part = if height > 0.0 { ((y - upper[1]) as f64 / height).clamp(0.0, 1.0) } else { 0.5 };
            upper[0] as f64 + part * (lower[0] - upper[0]) as f64
        };
        let (row_top, row_bottom) = (row << self.row_shift, (row + 1) << self.row_shift);
        if height == 0.0 || (upper[1] >= row_top && lower[1] < row_bottom) {
            return (upper[0].min(lower[0]) - reach, upper[0].max(lower[0]) + reach);
        }
        let (one, other) = (at(row_top - reach), at(row_bottom + reach));
        (one.min(other).floor() as i64 - reach, one.max(other).ceil() as i64 + reach)
    }
}

/// A world point as the index takes it.
pub(crate) fn place(point: WorldPoint) -> Place {
    [i64::from(point.x), i64::from(point.y)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_point_near_the_edge_is_missed(
            points in prop::collection::vec([-500i64..500, -500i64..500], 0..80),
            a in [-500i64..500, -500i64..500],
            b in [-500i64..500, -500i64..500],
            typical in 1i64..200,
            reach in 0i64..9,
        ) {
            let index = PointIndex::new(points.clone(), typical);
            let mut found = Vec::new();
            index.along(a, b, reach, |p| found.push(p));
            for p in points {
                // Distance to the segment, by brute force over many places on it.
                let near = (0..=1000).any(|step| {
                    let part = f64::from(step) / 1000.0;
                    let on = [0, 1].map(|axis| a[axis] as f64 + part * (b[axis] - a[axis]) as f64);
                    (0..2).all(|axis| (on[axis] - p[axis] as f64).abs() <= reach as f64)
                });
                prop_assert!(!near || found.contains(&p), "{p:?} is near {a:?} {b:?}");
            }
        }
    }
}
