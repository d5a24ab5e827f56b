//! The grid of one zoom: 4096 units a tile, one unit a pixel, centred on the grid's points.

use crate::world::{Bounds, WorldPoint};

/// Units across a tile.
pub(crate) const EXTENT: i32 = 1 << EXTENT_BITS;
pub(crate) const EXTENT_BITS: u32 = 12;

/// How far tiles reach beyond their sides, tile units: a quarter of a 256-pixel tile's 16 pixels, so
/// that outlines up to 8 pixels wide show no seam.
pub(crate) const BUFFER: i32 = 64;

/// Deepest zoom that can be tiled: its unit is four world units, its grid 2³⁰ across.
pub const DEEPEST_TILED_ZOOM: u8 = 18;

/// A point of one zoom's grid: 4096 · 2^zoom units across the world, y down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Pixel {
    pub(crate) x: i32,
    pub(crate) y: i32,
}

/// World units in a tile unit of that zoom, as a power of two.
pub(crate) fn unit_bits(zoom: u8) -> u32 {
    32 - EXTENT_BITS - u32::from(zoom)
}

/// World units in a tile unit of that zoom.
pub(crate) fn unit(zoom: u8) -> i64 {
    1 << unit_bits(zoom)
}

/// The pixel that owns a point: it owns its west and north side.
pub(crate) fn pixel(point: WorldPoint, unit_bits: u32) -> Pixel {
    let half = 1 << (unit_bits - 1);
    let round = |units: u32| ((u64::from(units) + half) >> unit_bits) as i32;
    Pixel { x: round(point.x), y: round(point.y) }
}

/// Whether an edge passes through the pixel.
///
/// A pixel owns its west and north side. Doubled coordinates let the other two sides end half a
/// world unit early, so that an edge on a common side belongs to one pixel only.
pub(crate) fn passes(a: WorldPoint, b: WorldPoint, pixel: Pixel, unit_bits: u32) -> bool {
    let half = 1i64 << (unit_bits - 1);
    let centre = |v: i32| i64::from(v) << unit_bits;
    // Relative to the pixel's centre, doubled.
    let relative = |p: WorldPoint| [2 * (i64::from(p.x) - centre(pixel.x)), 2 * (i64::from(p.y) - centre(pixel.y))];
    let (low, high) = (-2 * half, 2 * half - 1);
    let (a, b) = (relative(a), relative(b));
    if (0..2).any(|axis| a[axis].max(b[axis]) < low || a[axis].min(b[axis]) > high) {
        return false;
    }
    let d = [b[0] - a[0], b[1] - a[1]];
    let corners = [(low, low), (high, low), (high, high), (low, high)];
    let is_small = a.iter().chain(&b).all(|v| v.abs() < 1 << 30);
    let (mut left, mut right) = (true, true);
    for (x, y) in corners {
        let side = if is_small {
            (d[0] * (y - a[1]) - d[1] * (x - a[0])).signum()
        } else {
            let wide = |p: i64, q: i64| i128::from(p) * i128::from(q);
            (wide(d[0], y - a[1]) - wide(d[1], x - a[0])).signum() as i64
        };
        left &= side > 0;
        right &= side < 0;
    }
    !(left || right)
}

/// The pixels that hold a living vertex, as bits of 8 × 8 blocks in a hash table.
///
/// Most blocks hold none: a bit for each of them, in a map small enough for the cache, says so before
/// the table is asked.
pub(crate) struct HotPixels {
    /// Block and its bits; no bits where the slot is empty.
    slots: Vec<(u64, u64)>,
    shift: u32,
    used: usize,
    unit_bits: u32,
    occupied: Occupied,
}

/// Which squares of blocks hold anything.
struct Occupied {
    /// First column and row of blocks.
    west: i32,
    north: i32,
    /// Blocks along a square's side, as a power of two.
    square_bits: u32,
    columns: i32,
    rows: i32,
    bits: Vec<u64>,
}

/// Squares along the longer side of the map, at most: half a megabyte of bits.
const MOST_SQUARES: i32 = 2048;

impl Occupied {
    fn new(low: (i32, i32), high: (i32, i32)) -> Self {
        let side = (high.0 - low.0).max(high.1 - low.1) + 1;
        let mut square_bits = 0;
        while side >> square_bits >= MOST_SQUARES {
            square_bits += 1;
        }
        let squares = |low: i32, high: i32| ((high - low) >> square_bits) + 1;
        let (columns, rows) = (squares(low.0, high.0), squares(low.1, high.1));
        let words = (columns as usize * rows as usize).div_ceil(64);
        Self { west: low.0, north: low.1, square_bits, columns, rows, bits: vec![0; words] }
    }

    /// The bit of a block; `None` off the map.
    fn place(&self, column: i32, row: i32) -> Option<usize> {
        let (x, y) = ((column - self.west) >> self.square_bits, (row - self.north) >> self.square_bits);
        ((0..self.columns).contains(&x) && (0..self.rows).contains(&y))
            .then(|| y as usize * self.columns as usize + x as usize)
    }

    fn insert(&mut self, column: i32, row: i32) {
        if let Some(place) = self.place(column, row) {
            self.bits[place / 64] |= 1 << (place % 64);
        }
    }

    /// Whether a block may hold something. Of what is off the map nothing is known.
    fn may_hold(&self, column: i32, row: i32) -> bool {
        self.place(column, row).is_none_or(|place| self.bits[place / 64] >> (place % 64) & 1 == 1)
    }
}

impl HotPixels {
    /// Those of some land, mostly.
    pub(crate) fn new(unit_bits: u32, land: Bounds) -> Self {
        let block = |x: u32, y: u32| {
            let pixel = pixel(WorldPoint { x, y }, unit_bits);
            (pixel.x >> 3, pixel.y >> 3)
        };
        let occupied = Occupied::new(block(land.west, land.north), block(land.east, land.south));
        Self { slots: vec![(0, 0); 64], shift: 64 - 6, used: 0, unit_bits, occupied }
    }

    pub(crate) fn insert(&mut self, pixel: Pixel) {
        if 2 * self.used > self.slots.len() {
            self.grow();
        }
        let (block, bit) = block_of(pixel);
        self.occupied.insert(pixel.x >> 3, pixel.y >> 3);
        let place = self.find(block);
        self.used += usize::from(self.slots[place].1 == 0);
        self.slots[place] = (block, self.slots[place].1 | 1 << bit);
    }

    fn find(&self, block: u64) -> usize {
        let mut place = (block.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize;
        while self.slots[place].1 != 0 && self.slots[place].0 != block {
            place = (place + 1) & (self.slots.len() - 1);
        }
        place
    }

    fn grow(&mut self) {
        let old = std::mem::take(&mut self.slots);
        self.slots = vec![(0, 0); 2 * old.len()];
        self.shift -= 1;
        for (block, bits) in old.into_iter().filter(|slot| slot.1 != 0) {
            let place = self.find(block);
            self.slots[place] = (block, bits);
        }
    }

    /// Visits the hot pixels that an edge passes through inside some bounds, without those of its ends.
    pub(crate) fn along(&self, a: WorldPoint, b: WorldPoint, bounds: Bounds, mut visit: impl FnMut(Pixel)) {
        let (start, end) = (pixel(a, self.unit_bits), pixel(b, self.unit_bits));
        let (upper, lower) = if a.y <= b.y { (a, b) } else { (b, a) };
        let inside = |p: Pixel| (p.x >> 3, p.y >> 3);
        let low = inside(pixel(WorldPoint { x: bounds.west, y: bounds.north }, self.unit_bits));
        let high = inside(pixel(WorldPoint { x: bounds.east, y: bounds.south }, self.unit_bits));
        let (least, most) = ((start.x.min(end.x), start.y.min(end.y)), (start.x.max(end.x), start.y.max(end.y)));
        let ((west, top), (east, bottom)) = ((least.0 >> 3, least.1 >> 3), (most.0 >> 3, most.1 >> 3));
        let is_short = bottom - top < 2 || east - west < 2;
        for row in top.max(low.1)..=bottom.min(high.1) {
            let (mut from, mut to) = (west, east);
            if !is_short {
                (from, to) = self.stretch(upper, lower, row);
                (from, to) = (from.max(west), to.min(east));
            }
            // Of a block, the part between the edge's ends.
            let (first_row, last_row) = ((least.1 - (row << 3)).max(0), (most.1 - (row << 3)).min(7));
            let rows = (u64::MAX << (8 * first_row)) & (u64::MAX >> (56 - 8 * last_row));
            for column in from.max(low.0)..=to.min(high.0) {
                if !self.occupied.may_hold(column, row) {
                    continue;
                }
                let (first, last) = ((least.0 - (column << 3)).max(0), (most.0 - (column << 3)).min(7));
                let columns = (0xff << first) & (0xff >> (7 - last)) & 0xff;
                let between = rows & 0x0101_0101_0101_0101u64.wrapping_mul(columns);
                let mut bits = self.slots[self.find(pack(column, row))].1 & between;
                while bits != 0 {
                    let bit = bits.trailing_zeros() as i32;
                    bits &= bits - 1;
                    let hot = Pixel { x: (column << 3) | (bit & 7), y: (row << 3) | (bit >> 3) };
                    if hot != start && hot != end && passes(a, b, hot, self.unit_bits) {
                        visit(hot);
                    }
                }
            }
        }
    }

    /// First and last block column that an edge can reach in a row of blocks, rounded outwards.
    fn stretch(&self, upper: WorldPoint, lower: WorldPoint, row: i32) -> (i32, i32) {
        let unit = (1u64 << self.unit_bits) as f64;
        let height = f64::from(lower.y) - f64::from(upper.y);
        let slope = (f64::from(lower.x) - f64::from(upper.x)) / height;
        let at = |y: f64| f64::from(upper.x) + slope * (y - f64::from(upper.y)).clamp(0.0, height);
        let (top, bottom) = (at((f64::from(row) * 8.0 - 1.0) * unit), at((f64::from(row) * 8.0 + 9.0) * unit));
        let column = |x: f64| (x / unit / 8.0).floor() as i32;
        (column(top.min(bottom) - unit), column(top.max(bottom) + unit))
    }
}

fn block_of(pixel: Pixel) -> (u64, u32) {
    (pack(pixel.x >> 3, pixel.y >> 3), ((pixel.y & 7) << 3 | (pixel.x & 7)) as u32)
}

fn pack(column: i32, row: i32) -> u64 {
    u64::from(column as u32) << 32 | u64::from(row as u32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn hot_pixels_along_an_edge_are_those_it_passes(
            hot in prop::collection::btree_set((0i32..40, 0i32..40), 0..120),
            a in (0u32..40 << 8, 0u32..40 << 8),
            b in (0u32..40 << 8, 0u32..40 << 8),
            land in prop::sample::select(vec![(0, 40), (12, 30), (0, 1 << 24)]),
        ) {
            let corner = |n: u32| n.saturating_mul(256).min(u32::MAX - 256);
            let land = Bounds { west: corner(land.0), north: corner(land.0), east: corner(land.1), south: corner(land.1) };
            let (a, b) = (WorldPoint { x: a.0, y: a.1 }, WorldPoint { x: b.0, y: b.1 });
            let mut pixels = HotPixels::new(8, land);
            hot.iter().for_each(|&(x, y)| pixels.insert(Pixel { x, y }));
            let mut found = Vec::new();
            pixels.along(a, b, Bounds::WORLD, |p| found.push((p.x, p.y)));
            found.sort_unstable();
            let ends = [pixel(a, 8), pixel(b, 8)];
            let expected: Vec<(i32, i32)> = hot
                .into_iter()
                .filter(|&(x, y)| !ends.contains(&Pixel { x, y }) && passes(a, b, Pixel { x, y }, 8))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_pixel_owns_its_west_and_north_side() {
        let at = |x: u32, y: u32| WorldPoint { x, y };
        assert!(passes(at(128, 0), at(128, 512), Pixel { x: 1, y: 1 }, 8));
        assert!(!passes(at(128, 0), at(128, 512), Pixel { x: 0, y: 1 }, 8));
        assert_eq!(pixel(at(128, 127), 8), Pixel { x: 1, y: 0 });
    }
}
