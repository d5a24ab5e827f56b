//! Plan polygons over a block of lots, and the strips that they cut off.
//!
//! ```text
//!   ┌───────────┬─────┐  F  strip along a street: the plan's shops, verges, light industry
//!   │ F F F F F │  B  │  B  the body of the plan block
//!   ├───────────┘     │  M  strip on both sides of the border between the rows; where the rows
//!   │ B ┌─────────────│     have different fates each has its own (R)
//!   ├───┴──┐ M M M M  │
//!   ...                  Lots under F or M are cut: the parts below 2000 m² are 边角地.
//! ```

use super::lots::{LotBlock, Row, Side};
use super::quad::{Ring, area, distance};

/// How deep, in `v`, and along how many lots a row's strips run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Strips {
    pub(super) front: Strip,
    pub(super) rear: Strip,
}

/// One strip, from the start of its row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Strip {
    /// How many lots it crosses wholly.
    pub(super) lots: usize,
    /// How much of the next lot's width it crosses, 0..1.
    pub(super) extra: f64,
    /// Its depth in `v`.
    pub(super) depth: f64,
}

impl Strip {
    /// How many lots it cuts.
    pub(super) fn cuts(&self) -> usize {
        self.lots + usize::from(self.extra > 0.0)
    }

    /// Where it ends.
    pub(super) fn end(&self, row: &Row) -> Side {
        let from = row.sides[self.lots];
        match row.sides.get(self.lots + 1) {
            Some(to) if self.extra > 0.0 => from.towards(*to, self.extra),
            _ => from,
        }
    }

    /// The sides of the piece that it cuts off a lot.
    fn piece(&self, row: &Row, lot: usize) -> (Side, Side) {
        (row.sides[lot], if lot < self.lots { row.sides[lot + 1] } else { self.end(row) })
    }
}

/// Which part of the plan a plot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Body,
    Front,
    Rear,
}

impl LotBlock {
    fn front_line(&self, row: &Row, strip: Strip) -> f64 {
        row.front + row.inwards() * strip.depth
    }

    fn rear_line(&self, row: &Row, strip: Strip) -> f64 {
        self.border.level - row.inwards() * strip.depth
    }

    /// The parts of lots under a row's front strip.
    pub(super) fn front_pieces(&self, row: usize, strip: Strip) -> impl Iterator<Item = Ring> + '_ {
        let row = &self.rows[row];
        let line = self.front_line(row, strip);
        (0..strip.cuts()).map(move |lot| {
            let (a, b) = strip.piece(row, lot);
            let corner = |side, v| self.on_side(row, side, v);
            vec![corner(a, row.front), corner(b, row.front), corner(b, line), corner(a, line)]
        })
    }

    /// The parts of lots under a row's rear strip.
    pub(super) fn rear_pieces(&self, row: usize, strip: Strip) -> impl Iterator<Item = Ring> + '_ {
        let row = &self.rows[row];
        let line = self.rear_line(row, strip);
        (0..strip.cuts()).map(move |lot| {
            let (a, b) = strip.piece(row, lot);
            let mut ring = vec![self.on_side(row, a, line), self.on_side(row, b, line)];
            ring.extend(self.border_path(b, a));
            ring
        })
    }

    /// From the row's first side along the street to its last lot, leaving out the front strip.
    fn street_edge(&self, row: &Row, strip: Strip) -> Ring {
        let (first, last) = (row.sides[0], row.sides[row.lots.len()]);
        if strip.cuts() == 0 {
            return vec![self.on_side(row, first, row.front), self.on_side(row, last, row.front)];
        }
        let line = self.front_line(row, strip);
        let end = strip.end(row);
        let mut edge = vec![self.on_side(row, first, line), self.on_side(row, end, line)];
        if strip.lots < row.lots.len() {
            edge.extend([self.on_side(row, end, row.front), self.on_side(row, last, row.front)]);
        }
        edge
    }

    /// From the border at the end of the rear strip along the strip to the row's first side.
    fn rear_edge(&self, row: &Row, strip: Strip) -> Ring {
        if strip.cuts() == 0 {
            return Vec::new();
        }
        let line = self.rear_line(row, strip);
        vec![self.on_side(row, strip.end(row), line), self.on_side(row, row.sides[0], line)]
    }

    fn front_plot(&self, row: &Row, strip: Strip) -> Ring {
        let (first, end) = (row.sides[0], strip.end(row));
        let line = self.front_line(row, strip);
        vec![
            self.on_side(row, first, row.front),
            self.on_side(row, end, row.front),
            self.on_side(row, end, line),
            self.on_side(row, first, line),
        ]
    }

    /// The plots of one row that shares nothing with the other.
    pub(super) fn row_plots(&self, row: usize, strips: Strips) -> Vec<(Part, Ring)> {
        let row = &self.rows[row];
        let last: Side = row.sides[row.lots.len()];
        let mut body = self.street_edge(row, strips.front);
        body.extend(self.border_path(last, strips.rear.end(row)));
        body.extend(self.rear_edge(row, strips.rear));
        let mut plots = vec![(Part::Body, tidy(body))];
        if strips.front.cuts() > 0 {
            plots.push((Part::Front, self.front_plot(row, strips.front)));
        }
        if strips.rear.cuts() > 0 {
            let mut rear = self.rear_edge(row, strips.rear);
            rear.extend(self.border_path(row.sides[0], strips.rear.end(row)));
            plots.push((Part::Rear, tidy(rear)));
        }
        plots
    }

    /// The plots of two rows of one fate: one body around one middle strip.
    pub(super) fn joined_plots(&self, strips: [Strips; 2]) -> Vec<(Part, Ring)> {
        let [one, two] = &self.rows;
        let mut body = self.street_edge(one, strips[0].front);
        body.extend(self.border_path(one.sides[one.lots.len()], two.sides[two.lots.len()]));
        body.extend(self.street_edge(two, strips[1].front).into_iter().rev());
        let mut inner = self.rear_edge(two, strips[1].rear);
        inner.reverse();
        inner.extend(self.border_path(strips[1].rear.end(two), strips[0].rear.end(one)));
        inner.extend(self.rear_edge(one, strips[0].rear));
        let has_middle = strips.iter().any(|s| s.rear.cuts() > 0);
        if has_middle {
            body.extend(inner.iter().copied());
        }
        let mut plots = vec![(Part::Body, tidy(body))];
        for (row, strips) in self.rows.iter().zip(strips) {
            if strips.front.cuts() > 0 {
                plots.push((Part::Front, self.front_plot(row, strips.front)));
            }
        }
        if has_middle {
            plots.push((Part::Rear, tidy(inner)));
        }
        plots
    }
}

/// A ring without points that repeat and without spikes that run out and back.
pub(super) fn tidy(ring: Ring) -> Ring {
    let mut points: Ring = Vec::with_capacity(ring.len());
    for point in ring {
        if points.last().is_none_or(|last| distance(*last, point) > 1e-6) {
            points.push(point);
        }
    }
    while points.len() > 1 && distance(points[0], points[points.len() - 1]) <= 1e-6 {
        points.pop();
    }
    let spike = |i: usize, points: &Ring| {
        let n = points.len();
        let (a, b, c) = (points[(i + n - 1) % n], points[i], points[(i + 1) % n]);
        let (ab, cb) = (a - b, c - b);
        area(&[a, b, c]) < 1e-6 && ab.x * cb.x + ab.y * cb.y > 0.0
    };
    while let Some(i) = (0..points.len()).find(|&i| points.len() > 3 && spike(i, &points)) {
        points.remove(i);
    }
    points
}
