//! Finds the points that lie near an edge or in a box: the question behind T-junctions and weights.
//!
//! Points lie in buckets of a square grid, about two in each, buckets row by row and points inside a
//! bucket by x. An edge asks, row by row, for the buckets that it crosses there, so a long diagonal
//! does not pay for its whole box; and a bucket that holds very many is searched, not read.

use crate::world::{Bounds, WorldPoint};

/// Points in a bucket, on average.
const IN_A_BUCKET: u64 = 2;
/// More points of a bucket are searched by x instead of being read.
const READ_THROUGH: usize = 32;

/// Distinct points in buckets. See the module's page.
pub(crate) struct PointGrid {
    bounds: Bounds,
    shift: u32,
    columns: usize,
    rows: usize,
    /// Where each bucket starts in `points`; one more at the end.
    starts: Vec<u32>,
    points: Vec<WorldPoint>,
}

impl PointGrid {
    pub(crate) fn new(mut points: Vec<WorldPoint>) -> Self {
        let Some(bounds) = Bounds::of(points.iter().copied()) else {
            let bounds = Bounds::at(WorldPoint { x: 0, y: 0 });
            return Self { bounds, shift: 0, columns: 1, rows: 1, starts: vec![0, 0], points };
        };
        let (width, height) = (u64::from(bounds.east - bounds.west) + 1, u64::from(bounds.south - bounds.north) + 1);
        let buckets = (points.len() as u64 / IN_A_BUCKET).max(1);
        let mut shift = 0;
        while u128::from((width >> shift) + 1) * u128::from((height >> shift) + 1) > u128::from(2 * buckets + 2) {
            shift += 1;
        }
        let (columns, rows) = ((width >> shift) as usize + 1, (height >> shift) as usize + 1);
        let bucket = |p: &WorldPoint| {
            ((u64::from(p.y - bounds.north) >> shift) as usize) * columns
                + (u64::from(p.x - bounds.west) >> shift) as usize
        };
        // Counted into buckets, then sorted inside each.
        let mut starts = vec![0u32; columns * rows + 1];
        points.iter().for_each(|p| starts[bucket(p) + 1] += 1);
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut next = starts.clone();
        let mut sorted = vec![WorldPoint { x: 0, y: 0 }; points.len()];
        for p in &points {
            let place = &mut next[bucket(p)];
            sorted[*place as usize] = *p;
            *place += 1;
        }
        // Distinct, closing up what falls out.
        points.clear();
        let mut from = 0usize;
        for place in 0..columns * rows {
            let until = starts[place + 1] as usize;
            sorted[from..until].sort_unstable();
            starts[place] = points.len() as u32;
            for &p in &sorted[from..until] {
                if points.len() == starts[place] as usize || points.last() != Some(&p) {
                    points.push(p);
                }
            }
            from = until;
        }
        starts[columns * rows] = points.len() as u32;
        Self { bounds, shift, columns, rows, starts, points }
    }

    /// Visits every point within `reach` of the edge along x and along y, and some others nearby.
    pub(crate) fn along(&self, a: WorldPoint, b: WorldPoint, reach: u32, mut visit: impl FnMut(WorldPoint)) {
        let around = Bounds::of_edge(a, b).grown(reach);
        let Some((columns, rows)) = self.buckets(around) else { return };
        // An edge along a row has no slope; its box is all there is of it.
        if rows.1 - rows.0 < 2 || columns.1 - columns.0 < 2 || a.y == b.y {
            self.visit(around, columns, rows, visit);
            return;
        }
        let (upper, lower) = if a.y <= b.y { (a, b) } else { (b, a) };
        let height = f64::from(lower.y) - f64::from(upper.y);
        let slope = (f64::from(lower.x) - f64::from(upper.x)) / height;
        let reach = f64::from(reach) + 1.0;
        for row in rows.0..=rows.1 {
            // The x that the edge can reach within the row, rounded outwards.
            let top = f64::from(self.bounds.north) + (row << self.shift) as f64 - reach;
            let bottom = top + (1u64 << self.shift) as f64 + 2.0 * reach;
            let at = |y: f64| f64::from(upper.x) + slope * (y - f64::from(upper.y)).clamp(0.0, height);
            let (one, other) = (at(top), at(bottom));
            let (west, east) = ((one.min(other) - reach).max(0.0) as u32, (one.max(other) + reach).ceil() as u32);
            let stretch = Bounds { west: west.max(around.west), east: east.min(around.east), ..around };
            if let Some((columns, _)) = self.buckets(stretch) {
                self.visit(stretch, columns, (row, row), &mut visit);
            }
        }
    }

    /// Visits every point in a box.
    pub(crate) fn inside(&self, bounds: Bounds, visit: impl FnMut(WorldPoint)) {
        if let Some((columns, rows)) = self.buckets(bounds) {
            self.visit(bounds, columns, rows, visit);
        }
    }

    /// First and last column and row of the buckets that a box touches.
    fn buckets(&self, around: Bounds) -> Option<((usize, usize), (usize, usize))> {
        if !self.bounds.meets(around) || self.points.is_empty() {
            return None;
        }
        let place = |v: u32, low: u32, high: u32| (u64::from(v.clamp(low, high) - low) >> self.shift) as usize;
        let Bounds { west, north, east, south } = self.bounds;
        let columns = (place(around.west, west, east), place(around.east, west, east));
        let rows = (place(around.north, north, south), place(around.south, north, south));
        debug_assert!(columns.1 < self.columns && rows.1 < self.rows);
        Some((columns, rows))
    }

    fn visit(&self, bounds: Bounds, columns: (usize, usize), rows: (usize, usize), mut visit: impl FnMut(WorldPoint)) {
        for row in rows.0..=rows.1 {
            let first = row * self.columns;
            let (from, until) = (self.starts[first + columns.0] as usize, self.starts[first + columns.1 + 1] as usize);
            if until - from <= READ_THROUGH {
                self.points[from..until].iter().filter(|&&p| bounds.holds(p)).for_each(|&p| visit(p));
                continue;
            }
            for column in columns.0..=columns.1 {
                let bucket =
                    &self.points[self.starts[first + column] as usize..self.starts[first + column + 1] as usize];
                let from = bucket.partition_point(|p| p.x < bounds.west);
                let inside = bucket[from..].iter().take_while(|p| p.x <= bounds.east);
                inside.filter(|&&p| bounds.holds(p)).for_each(|&p| visit(p));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_edge_along_a_row_finds_the_rows_beside_it() {
        let all = (0..800).map(|place| WorldPoint { x: place % 40, y: place / 40 });
        // Twice, so that a bucket is one unit wide.
        let grid = PointGrid::new(all.clone().chain(all).collect());
        let mut found = 0;
        grid.along(WorldPoint { x: 30, y: 10 }, WorldPoint { x: 10, y: 10 }, 1, |_| found += 1);
        assert_eq!(found, 23 * 3);
    }

    proptest! {
        #[test]
        fn no_point_near_the_edge_is_missed(
            points in prop::collection::vec((0u32..1000, 0u32..1000), 0..200),
            crowd in prop::collection::vec((400u32..420, 400u32..420), 0..200),
            a in (0u32..1000, 0u32..1000),
            b in (0u32..1000, 0u32..1000),
            reach in 0u32..9,
        ) {
            let world = |&(x, y): &(u32, u32)| WorldPoint { x, y };
            let points: Vec<WorldPoint> = points.iter().chain(&crowd).map(world).collect();
            let grid = PointGrid::new(points.clone());
            let mut found = Vec::new();
            let (from, to) = (world(&a), world(&b));
            grid.along(from, to, reach, |p| found.push(p));
            let mut distinct = found.clone();
            distinct.sort_unstable();
            distinct.dedup();
            prop_assert_eq!(distinct.len(), found.len(), "each is visited once");
            for p in points {
                // Distance to the segment, by brute force over many places on it.
                let near = (0..=1000).any(|step| {
                    let part = f64::from(step) / 1000.0;
                    let on = |a: u32, b: u32| f64::from(a) + part * (f64::from(b) - f64::from(a));
                    (on(from.x, to.x) - f64::from(p.x)).abs() <= f64::from(reach)
                        && (on(from.y, to.y) - f64::from(p.y)).abs() <= f64::from(reach)
                });
                prop_assert!(!near || found.contains(&p), "{p:?} is near {from:?} {to:?}");
            }
        }

        #[test]
        fn a_box_gives_its_points(
            points in prop::collection::vec((0u32..50, 0u32..50), 0..200),
            west in 0u32..50, north in 0u32..50, width in 0u32..30, height in 0u32..30,
        ) {
            let points: Vec<WorldPoint> = points.iter().map(|&(x, y)| WorldPoint { x, y }).collect();
            let bounds = Bounds { west, north, east: west + width, south: north + height };
            let mut found = Vec::new();
            PointGrid::new(points.clone()).inside(bounds, |p| found.push(p));
            found.sort_unstable();
            let mut expected: Vec<WorldPoint> = points.into_iter().filter(|&p| bounds.holds(p)).collect();
            expected.sort_unstable();
            expected.dedup();
            prop_assert_eq!(found, expected);
        }
    }
}
