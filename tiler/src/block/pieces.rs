//! What each tile of a zoom shows of each feature.

use std::ops::Range;

use super::check::{Outcome, settle};
use super::clip::{Clipped, Clipper, Frame, Thinned};
use super::load::{Features, Part};
use super::route::{Route, Terrain};
use crate::chains::ShapeKind;
use crate::coord::TileCoord;
use crate::pixels::{BUFFER, EXTENT_BITS, unit_bits};
use crate::quadrants::Quadrant;

/// A feature's part in one tile.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// The tile's place on the curve.
    pub(super) tile: u64,
    /// The feature's place in the block.
    pub(super) part: u32,
    /// The buffer that holds its points.
    pub(super) buffer: u32,
    pub(super) points: Range<u32>,
    pub(super) ends: Range<u32>,
    pub(super) kind: ShapeKind,
    pub(super) state: PieceState,
}

/// What became of a piece's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PieceState {
    /// Drawn as it was cut.
    Whole,
    /// Repaired after snapping and clipping.
    Repaired,
    /// Too small: drawn as a minimum shape.
    Minimum,
}

/// Points and chain ends of many pieces; a chain's end counts from the piece's first point.
#[derive(Default)]
pub(super) struct Buffer {
    pub(super) points: Vec<[i32; 2]>,
    pub(super) ends: Vec<u32>,
    pub(super) pieces: Vec<Piece>,
}

/// Tiles that at most one feature is cut into directly; more are halved first.
const DIRECT: i32 = 4;

/// Draws features, one after the other, in the same memory.
pub(super) struct Draughtsman<'a> {
    features: &'a Features,
    terrain: Terrain<'a>,
    /// First and last column and row of the block at this zoom.
    columns: (i32, i32),
    rows: (i32, i32),
    number: u32,
    route: Route,
    clipper: Clipper,
    clipped: Clipped,
    buffer: Buffer,
}

impl<'a> Draughtsman<'a> {
    pub(super) fn new(features: &'a Features, block: Quadrant, terrain: Terrain<'a>, number: u32) -> Self {
        let deeper = terrain.zoom - block.zoom;
        let range = |n: u32| ((n << deeper) as i32, (((n + 1) << deeper) - 1) as i32);
        Self {
            features,
            columns: range(block.x),
            rows: range(block.y),
            terrain,
            number,
            route: Route::default(),
            clipper: Clipper::default(),
            clipped: Clipped::default(),
            buffer: Buffer::default(),
        }
    }

    pub(super) fn finish(self) -> Buffer {
        self.buffer
    }

    /// Draws a feature into every tile of the block that it touches.
    pub(super) fn draw(&mut self, place: u32) {
        let part = &self.features.parts[place as usize];
        let zoom = self.terrain.zoom;
        let bits = unit_bits(zoom);
        let first_piece = self.buffer.pieces.len();
        // What fits into a pixel is a minimum, without a look at its vertices.
        let fits = |low: u32, high: u32| {
            let half = 1u64 << (bits - 1);
            (u64::from(low) + half) >> bits == (u64::from(high) + half) >> bits
        };
        let is_dot = part.kind != ShapeKind::Points
            && fits(part.bounds.west, part.bounds.east)
            && fits(part.bounds.north, part.bounds.south);
        if !is_dot {
            self.route.clear();
            for chain in part.chains.clone() {
                let living = self.features.chain(chain).filter(|(_, weight)| weight.lives_at(zoom));
                let is_shell = self.features.ends[chain].is_shell;
                self.route.add(living.map(|(point, _)| point), part.kind, is_shell, &self.terrain);
            }
            self.cut(place, part);
        }
        self.draw_minimum(place, part, first_piece);
    }

    fn cut(&mut self, place: u32, part: &Part) {
        let Some(frame) = Frame::around(self.route.stops.iter().map(|stop| stop.at)) else { return };
        let (columns, rows) = (self.columns, self.rows);
        let span = |low: i32, high: i32, of: (i32, i32)| {
            (((low - BUFFER) >> EXTENT_BITS).max(of.0), ((high + BUFFER) >> EXTENT_BITS).min(of.1))
        };
        let (columns, rows) = (span(frame.west, frame.east, columns), span(frame.north, frame.south, rows));
        if columns.0 > columns.1 || rows.0 > rows.1 {
            return;
        }
        if columns.0 == columns.1 && rows.0 == rows.1 && Frame::of_tiles(columns, rows).holds(frame) {
            self.take_whole(place, part, (columns.0, rows.0));
            return;
        }
        let mut open = vec![(columns, rows, Thinned::all(&self.route))];
        while let Some((columns, rows, thinned)) = open.pop() {
            let (across, down) = (columns.1 - columns.0 + 1, rows.1 - rows.0 + 1);
            if i64::from(across) * i64::from(down) <= i64::from(DIRECT) {
                for column in columns.0..=columns.1 {
                    for row in rows.0..=rows.1 {
                        self.take(place, part, &thinned, (column, row));
                    }
                }
                continue;
            }
            let halves = if across >= down {
                let middle = columns.0 + across / 2;
                [((columns.0, middle - 1), rows), ((middle, columns.1), rows)]
            } else {
                let middle = rows.0 + down / 2;
                [(columns, (rows.0, middle - 1)), (columns, (middle, rows.1))]
            };
            for (columns, rows) in halves {
                let half = thinned.within(&self.route, Frame::of_tiles(columns, rows));
                if !half.is_empty() {
                    open.push((columns, rows, half));
                }
            }
        }
    }

    /// The whole route lies in one tile.
    fn take_whole(&mut self, place: u32, part: &Part, tile: (i32, i32)) {
        if part.kind != ShapeKind::Polygons {
            let all = Thinned::all(&self.route);
            self.take(place, part, &all, tile);
            return;
        }
        let clipped = &mut self.clipped;
        clipped.points.clear();
        clipped.ends.clear();
        let (west, north) = (tile.0 << EXTENT_BITS, tile.1 << EXTENT_BITS);
        let mut start = 0;
        let mut has_shell = true;
        for chain in &self.route.ends {
            let stops = &self.route.stops[start..chain.end as usize];
            start = chain.end as usize;
            let from = clipped.points.len();
            if chain.is_shell || has_shell {
                clipped.points.extend(stops.iter().map(|stop| [stop.at.x - west, stop.at.y - north]));
            }
            let has_area = clipped.points.len() > from + 2 && super::clip::doubled_area(&clipped.points[from..]) != 0;
            if has_area {
                let end = clipped.points.len() as u32;
                clipped.ends.push(crate::chains::ChainEnd { end, is_shell: chain.is_shell });
            } else {
                clipped.points.truncate(from);
            }
            if chain.is_shell {
                has_shell = has_area;
            }
        }
        self.settle(place, part, tile, PieceState::Whole);
    }

    fn take(&mut self, place: u32, part: &Part, thinned: &Thinned, tile: (i32, i32)) {
        self.clipper.clip(&self.route, thinned, part.kind, tile, self.terrain.zoom, &mut self.clipped);
        self.settle(place, part, tile, PieceState::Whole);
    }

    /// Checks what was cut and keeps it.
    fn settle(&mut self, place: u32, part: &Part, tile: (i32, i32), mut state: PieceState) {
        if part.kind == ShapeKind::Polygons {
            match settle(&mut self.clipped) {
                Outcome::Valid => {}
                Outcome::Repaired => state = PieceState::Repaired,
                Outcome::Nothing => return,
            }
        }
        if self.clipped.points.is_empty() {
            return;
        }
        let buffer = &mut self.buffer;
        let (points, ends) = (buffer.points.len() as u32, buffer.ends.len() as u32);
        buffer.points.extend_from_slice(&self.clipped.points);
        buffer.ends.extend(self.clipped.ends.iter().map(|chain| chain.end));
        let (points, ends) = (points..buffer.points.len() as u32, ends..buffer.ends.len() as u32);
        let Some(tile) = TileCoord::new(self.terrain.zoom, tile.0 as u32, tile.1 as u32) else { return };
        let piece =
            Piece { tile: tile.id().value(), part: place, buffer: self.number, points, ends, kind: part.kind, state };
        buffer.pieces.push(piece);
    }

    /// The tile that holds the anchor shows the feature as small as can be where it shows nothing else.
    fn draw_minimum(&mut self, place: u32, part: &Part, first_piece: usize) {
        let zoom = self.terrain.zoom;
        let tile_bits = 32 - u32::from(zoom);
        let tile = |v: u32| (u64::from(v) >> tile_bits) as i32;
        let (column, row) = (tile(part.anchor.x), tile(part.anchor.y));
        let is_here = |n: i32, range: (i32, i32)| range.0 <= n && n <= range.1;
        if part.kind == ShapeKind::Points || !is_here(column, self.columns) || !is_here(row, self.rows) {
            return;
        }
        let Some(coord) = TileCoord::new(zoom, column as u32, row as u32) else { return };
        let id = coord.id().value();
        if self.buffer.pieces[first_piece..].iter().any(|piece| piece.tile == id) {
            return;
        }
        let local = |v: u32, tile: i32| ((v >> unit_bits(zoom)) as i32) - (tile << EXTENT_BITS);
        let (x, y) = (local(part.anchor.x, column), local(part.anchor.y, row));
        self.clipped.points.clear();
        self.clipped.ends.clear();
        if part.kind == ShapeKind::Polygons {
            self.clipped.points.extend([[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1]]);
        } else {
            self.clipped.points.extend([[x, y], [x + 1, y]]);
        }
        let end = self.clipped.points.len() as u32;
        self.clipped.ends.push(crate::chains::ChainEnd { end, is_shell: part.kind == ShapeKind::Polygons });
        self.settle(place, part, (column, row), PieceState::Minimum);
    }
}
