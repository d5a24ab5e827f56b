//! Rows of lots whose areas are solved.
//!
//! ```text
//!   v=1 ┌────┬───────┬─────┬──┐ front of row 1        A block has one or two rows. Going along u,
//!       │    │  lot  │     │▒▒│                       each lot ends where its area is reached, so
//!   vm  ├──┬─┴──┬──┐_│_┌───┤▒▒│ border, with steps    neighbours share their border exactly; what
//!       │  │    │  └─┬─┘   │▒▒│                       is left at the end (▒) is other land.
//!   v=0 └──┴────┴────┴─────┴──┘ front of row 0
//! ```

use geo::Coord;

use super::quad::{Quad, Ring, area, crossing, distance};
use super::random::Random;

/// Where a border between lots meets the front and the rear line of its row (`u`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Side {
    pub(super) front: f64,
    pub(super) rear: f64,
}

/// The line at which two rows meet: at `v` = `level`, with steps to other levels.
#[derive(Clone, Debug)]
pub(super) struct Border {
    pub(super) level: f64,
    /// From this `u` on, the border is at this `v`; ascending, the first at 0. Empty: no steps.
    steps: Vec<(f64, f64)>,
}

/// A row of industrial lots.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// `v` of the street line: 0 or 1.
    pub(super) front: f64,
    /// Borders between lots: one more than lots, the first at u = 0.
    pub(super) sides: Vec<Side>,
    /// Indices of patches.
    pub(super) lots: Vec<usize>,
}

/// A block with its rows of lots.
#[derive(Clone, Debug)]
pub(super) struct LotBlock {
    pub(super) quad: Quad,
    pub(super) border: Border,
    /// One row from v = 0, one from v = 1; a row without lots is other land as a whole.
    pub(super) rows: [Row; 2],
}

impl Side {
    /// The side that lies this part of the way to another.
    pub(super) fn towards(self, other: Side, part: f64) -> Self {
        let between = |a: f64, b: f64| a + (b - a) * part;
        Self { front: between(self.front, other.front), rear: between(self.rear, other.rear) }
    }
}

impl Border {
    pub(super) fn flat(level: f64) -> Self {
        Self { level, steps: Vec::new() }
    }

    /// The level just right of `u`.
    fn right_of(&self, u: f64) -> f64 {
        self.steps.iter().rev().find(|(from, _)| *from <= u).map_or(self.level, |(_, v)| *v)
    }

    /// Points (u, v) along the border from `from` to `to`, on the inner sides of both.
    fn path(&self, from: f64, to: f64) -> Vec<(f64, f64)> {
        if from > to {
            let mut path = self.path(to, from);
            path.reverse();
            return path;
        }
        let mut v = self.right_of(from);
        let mut path = vec![(from, v)];
        for &(u, next) in self.steps.iter().filter(|(u, _)| from < *u && *u < to) {
            path.extend([(u, v), (u, next)]);
            v = next;
        }
        path.push((to, v));
        path
    }
}

impl Row {
    pub(super) fn empty(front: f64) -> Self {
        Self { front, sides: vec![Side { front: 0.0, rear: 0.0 }], lots: Vec::new() }
    }

    /// +1 if `v` grows from the front into the lots.
    pub(super) fn inwards(&self) -> f64 {
        1.0 - 2.0 * self.front
    }
}

impl LotBlock {
    /// Where a side of a row meets the line of constant `v`.
    pub(super) fn on_side(&self, row: &Row, side: Side, v: f64) -> Coord<f64> {
        if side.front == side.rear {
            return self.quad.point(side.front, v);
        }
        let ends = (self.quad.point(side.front, row.front), self.quad.point(side.rear, self.border.level));
        crossing(ends, (self.quad.point(0.0, v), self.quad.point(1.0, v)))
    }

    /// Points along the border from one side to another (sides of either row).
    pub(super) fn border_path(&self, from: Side, to: Side) -> Ring {
        self.border.path(from.rear, to.rear).into_iter().map(|(u, v)| self.quad.point(u, v)).collect()
    }

    /// The land of a row between two sides.
    pub(super) fn land(&self, row: &Row, from: Side, to: Side) -> Ring {
        let mut ring = vec![self.quad.point(from.front, row.front), self.quad.point(to.front, row.front)];
        ring.extend(self.border_path(to, from));
        ring
    }

    /// The land of one lot.
    pub(super) fn lot(&self, row: usize, lot: usize) -> Ring {
        let row = &self.rows[row];
        self.land(row, row.sides[lot], row.sides[lot + 1])
    }

    /// What is left of a row behind its last lot, in so many parts.
    pub(super) fn rest(&self, row: usize, parts: usize) -> Vec<Ring> {
        let row = &self.rows[row];
        let (last, end) = (row.sides[row.lots.len()], Side { front: 1.0, rear: 1.0 });
        let side = |i: usize| last.towards(end, i as f64 / parts as f64);
        let rings = (0..parts).map(|i| self.land(row, side(i), side(i + 1)));
        rings.filter(|ring| area(ring) > 1.0).collect()
    }

    /// Metres of street in front of a lot.
    pub(super) fn street_length(&self, row: &Row, lot: usize) -> f64 {
        let corner = |side: usize| self.quad.point(row.sides[side].front, row.front);
        distance(corner(lot), corner(lot + 1))
    }

    /// Length of the block along its rows, and width across them, metres.
    pub(super) fn size(&self) -> (f64, f64) {
        self.quad.size()
    }
}

/// How the lots of a block may deviate from the straight.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// Borders between lots stand slanted; the two rows meet in a straight line.
    Slanted,
    /// The lots of the first row are of different depth; up to so many metres from the middle.
    Stepped(f64),
}

/// Lays out the lots (index and target area each) of the two rows of a block.
///
/// `level` is the `v` of the border; 1 for a block of a single row.
pub(super) fn lay_out(
    quad: Quad,
    level: f64,
    rows: [Vec<(usize, f64)>; 2],
    shape: Shape,
    random: &mut Random,
) -> LotBlock {
    let mut block = LotBlock { quad, border: Border::flat(level), rows: [Row::empty(0.0), Row::empty(1.0)] };
    let stepped = matches!(shape, Shape::Stepped(_)) && rows.iter().all(|lots| lots.len() > 1);
    let (length, width) = quad.size();
    for (number, lots) in rows.into_iter().enumerate() {
        let count = lots.len();
        for (lot, (index, target)) in lots.into_iter().enumerate() {
            let from = *block.rows[number].sides.last().unwrap_or(&Side { front: 0.0, rear: 0.0 });
            if let (true, Shape::Stepped(metres), 0) = (stepped, shape, number) {
                let level = level + random.between(-metres, metres) / width;
                block.border.steps.push((from.rear, level));
            }
            let slant = if stepped || lot + 1 == count { 0.0 } else { random.between(-14.0, 14.0) / length };
            let row = &block.rows[number];
            let side = |u: f64| Side { front: u, rear: u + slant };
            let (mut low, mut high) = (from.front.max(from.rear - slant), 1.0);
            for _ in 0..60 {
                let middle = (low + high) / 2.0;
                let reached = area(&block.land(row, from, side(middle))) > target;
                if reached { high = middle } else { low = middle }
            }
            block.rows[number].sides.push(side((low + high) / 2.0));
            block.rows[number].lots.push(index);
        }
        if stepped && number == 0 {
            let end = block.rows[0].sides.last().map_or(0.0, |side| side.rear);
            block.border.steps.push((end, level));
        }
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::quad::at;

    #[test]
    fn lots_have_their_areas_and_fill_the_block_with_the_rest() {
        let quad = Quad([at(0., 0.), at(800., 40.), at(830., 290.), at(-20., 260.)]);
        for shape in [Shape::Slanted, Shape::Stepped(6.0)] {
            let rows = [vec![(0, 9000.), (1, 20000.), (2, 4000.)], vec![(3, 15000.), (4, 30000.)]];
            let block = lay_out(quad, 0.45, rows, shape, &mut Random::new(3));
            let lots = [(0, 0, 9000.), (0, 1, 20000.), (0, 2, 4000.), (1, 0, 15000.), (1, 1, 30000.)];
            let mut sum = 0.0;
            for (row, lot, target) in lots {
                let found = area(&block.lot(row, lot));
                assert!((found - target).abs() < 1e-6, "{found} for {target}");
                sum += found;
            }
            let rest: f64 = (0..2).flat_map(|row| block.rest(row, 3)).map(|ring| area(&ring)).sum();
            assert!((sum + rest - quad.area()).abs() < 1e-6);
        }
    }
}
