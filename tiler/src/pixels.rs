//! The grid of one zoom: 4096 units a tile, one unit a pixel, centred on the grid's points.

use crate::near::PointGrid;
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

/// The pixels that hold a living vertex.
///
/// An edge meets few of them, however many pixels it passes: they lie in buckets as wide as the land
/// around them is empty.
pub(crate) struct HotPixels {
    /// Pixels as points: of a world of which they are the units.
    grid: PointGrid,
    unit_bits: u32,
}

impl HotPixels {
    /// Those of some living vertices.
    pub(crate) fn of(vertices: impl Iterator<Item = WorldPoint>, unit_bits: u32) -> Self {
        let mut pixels: Vec<WorldPoint> = Vec::new();
        for vertex in vertices {
            let hot = point(pixel(vertex, unit_bits));
            // Far up a parcel's vertices share a pixel.
            if pixels.last() != Some(&hot) {
                pixels.push(hot);
            }
        }
        Self { grid: PointGrid::new(pixels), unit_bits }
    }

    /// Visits the hot pixels that an edge passes through, without those of its ends.
    pub(crate) fn along(&self, a: WorldPoint, b: WorldPoint, mut visit: impl FnMut(Pixel)) {
        let (start, end) = (pixel(a, self.unit_bits), pixel(b, self.unit_bits));
        let between = Bounds::of_edge(point(start), point(end));
        // The edge runs within half a pixel of the line between its ends' pixels, and a pixel that it
        // passes has its centre within half a pixel of the edge.
        self.grid.along(point(start), point(end), 1, |at| {
            let hot = Pixel { x: at.x as i32, y: at.y as i32 };
            if hot != start && hot != end && between.holds(at) && passes(a, b, hot, self.unit_bits) {
                visit(hot);
            }
        });
    }
}

/// A pixel as a point of its grid, which has no negative coordinates.
fn point(pixel: Pixel) -> WorldPoint {
    WorldPoint { x: pixel.x as u32, y: pixel.y as u32 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn hot_pixels_along_edges_are_those_that_they_pass(
            scattered in prop::collection::vec((0u32..120, 0u32..120), 0..200),
            crowd in prop::collection::vec((40u32..60, 40u32..50), 0..2000),
            edges in prop::collection::vec(((0u32..120 << 8, 0u32..120 << 8), (-2_000i32..2_000, -2_000i32..2_000)), 1..60),
        ) {
            let hot: BTreeSet<Pixel> = scattered.iter().chain(&crowd).map(|&(x, y)| Pixel { x: x as i32, y: y as i32 }).collect();
            let vertices = scattered.iter().chain(&crowd).map(|&(x, y)| WorldPoint { x: x << 8, y: y << 8 });
            let pixels = HotPixels::of(vertices, 8);
            for ((x, y), (dx, dy)) in edges {
                let (a, b) = (WorldPoint { x, y }, WorldPoint { x: x.saturating_add_signed(dx), y: y.saturating_add_signed(dy) });
                let mut found = Vec::new();
                pixels.along(a, b, |at| found.push(at));
                found.sort_unstable();
                let ends = [pixel(a, 8), pixel(b, 8)];
                let is_passed = |at: &&Pixel| !ends.contains(at) && passes(a, b, **at, 8);
                let expected: Vec<Pixel> = hot.iter().filter(is_passed).copied().collect();
                prop_assert_eq!(found, expected);
            }
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
