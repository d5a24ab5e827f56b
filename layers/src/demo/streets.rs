//! Streets and the blocks between them.
//!
//! A district is one quad between avenues. Streets split it again and again, each from side to
//! side and seldom quite square, until the blocks have the size the district is known for. What
//! lies between the block lines is street.

use geo::Coord;

use super::quad::{Quad, lerp};
use super::random::Random;

/// Half the width of an avenue, metres.
pub(super) const AVENUE: f64 = 22.0;

/// The middle line of a street.
#[derive(Clone, Debug)]
pub(super) struct Street {
    pub(super) line: Vec<Coord<f64>>,
    /// Metres from the middle to the block line.
    pub(super) half_width: f64,
}

/// Which kind of town a block is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum District {
    OldTown,
    NewTown,
    NewNorth,
    East,
    Fringe,
}

/// Land between streets.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) quad: Quad,
    pub(super) district: District,
}

/// How a district is split.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grain {
    pub(super) district: District,
    /// Square metres of a usual block.
    pub(super) block: f64,
    /// How far the ends of the first street of a district may lie apart, as part of the side.
    pub(super) diagonal: f64,
}

/// A quad between street middle lines, with half the width of the street on each of its sides
/// (v = 0, u = 1, v = 1, u = 0).
#[derive(Clone, Copy)]
struct Site {
    quad: Quad,
    streets: [f64; 4],
}

impl Site {
    fn along_its_length(self) -> Self {
        let quad = self.quad.along_its_length();
        if quad.0[0] == self.quad.0[0] {
            return self;
        }
        let [s, e, n, w] = self.streets;
        Self { quad, streets: [e, n, w, s] }
    }

    fn split(self, at: (f64, f64), half_width: f64) -> (Self, Self, Street) {
        let [a, b, c, d] = self.quad.0;
        let (front, rear) = (lerp(a, b, at.0), lerp(d, c, at.1));
        let [south, east, north, west] = self.streets;
        let left = Self { quad: Quad([a, front, rear, d]), streets: [south, half_width, north, west] };
        let right = Self { quad: Quad([front, b, c, rear]), streets: [south, east, north, half_width] };
        (left, right, Street { line: vec![front, rear], half_width })
    }
}

/// Splits a district between avenues into blocks.
pub(super) fn split(
    district: Quad,
    sides: [f64; 4],
    grain: Grain,
    random: &mut Random,
    blocks: &mut Vec<Block>,
    streets: &mut Vec<Street>,
) {
    let mut open = vec![(Site { quad: district, streets: sides }, 0)];
    while let Some((site, level)) = open.pop() {
        let site = site.along_its_length();
        let (length, width) = site.quad.size();
        if site.quad.area() < grain.block * random.between(1.0, 1.7) || length < 150.0 || width < 110.0 {
            blocks.push(Block { quad: site.quad.inset(site.streets).along_its_length(), district: grain.district });
            continue;
        }
        let middle = random.between(0.4, 0.6);
        let slant = if level == 0 { grain.diagonal } else { random.between(-0.05, 0.05) };
        let half_width = [15.0, 11.0, 8.0, 7.0][level.min(3)];
        let (left, right, street) = site.split((middle - slant, middle + slant), half_width);
        streets.push(street);
        open.push((right, level + 1));
        open.push((left, level + 1));
    }
}
