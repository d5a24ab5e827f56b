//! Geometry as commands and steps.
//!
//! # References
//! Mapbox Vector Tile Specification 2.1, §4.3.

/// What the chains of a shape are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ShapeKind {
    /// One chain holds all points.
    Points,
    /// Each chain is a line of two points or more.
    Lines,
    /// Each chain is a ring of three points or more.
    Polygons,
}

impl ShapeKind {
    /// The number of its `GeomType` (§4.3.4).
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Points => 1,
            Self::Lines => 2,
            Self::Polygons => 3,
        }
    }
}

/// One feature's part in a tile, tile units, y down.
///
/// Rings are open (the first point is not repeated); a shell has a positive area and its holes, with a
/// negative one, follow it. No point of a chain equals the one before. All that is for the rooms
/// before this one to see to: what is here is written as it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TileShape<'a> {
    /// What the chains are.
    pub(crate) kind: ShapeKind,
    /// The points of all chains, `[x, y]`.
    pub(crate) points: &'a [[i32; 2]],
    /// Where each chain ends in `points`.
    pub(crate) ends: &'a [u32],
}

impl<'a> TileShape<'a> {
    /// The chains, none of them empty.
    fn chains(&self) -> impl Iterator<Item = &'a [[i32; 2]]> {
        let (points, mut start) = (self.points, 0);
        let chain = move |&end: &u32| {
            let chain = points.get(start..end as usize).unwrap_or_default();
            start = end as usize;
            chain
        };
        self.ends.iter().map(chain).filter(|chain| !chain.is_empty())
    }
}

const MOVE_TO: u32 = 1;
const LINE_TO: u32 = 2;
const CLOSE_PATH: u32 = 7;

/// Most bytes of one number: a varint of 32 bits.
const LONGEST: usize = 5;

/// Writes numbers into bytes that are there already, so that nothing grows number by number.
struct Pen<'a> {
    bytes: &'a mut [u8],
    at: usize,
    cursor: [i32; 2],
}

impl Pen<'_> {
    #[inline]
    fn number(&mut self, mut number: u32) {
        if number < 1 << 14 {
            // Most steps take one byte or two. Which of them a branch would guess wrongly half the time.
            let is_long = number >= 1 << 7;
            let both = [(number & 0x7f) as u8 | u8::from(is_long) << 7, (number >> 7) as u8];
            self.bytes[self.at..self.at + 2].copy_from_slice(&both);
            self.at += 1 + usize::from(is_long);
            return;
        }
        while number >= 0x80 {
            self.bytes[self.at] = number as u8 | 0x80;
            self.at += 1;
            number >>= 7;
        }
        self.bytes[self.at] = number as u8;
        self.at += 1;
    }

    fn command(&mut self, command: u32, count: usize) {
        debug_assert!(count < 1 << 29, "a command counts to 2²⁹ − 1");
        self.number(command | (count as u32) << 3);
    }

    #[inline]
    fn steps(&mut self, points: &[[i32; 2]]) {
        for point in points {
            let zigzag = |step: i32| ((step << 1) ^ (step >> 31)) as u32;
            self.number(zigzag(point[0].wrapping_sub(self.cursor[0])));
            self.number(zigzag(point[1].wrapping_sub(self.cursor[1])));
            self.cursor = *point;
        }
    }
}

/// Writes a shape's geometry to the front of `scratch`, which grows to what is needed and never
/// shrinks, and returns its length in bytes.
pub(super) fn put(shape: &TileShape<'_>, scratch: &mut Vec<u8>) -> usize {
    // Two numbers a point, three commands a chain; the last write may touch one byte more.
    let most = LONGEST * (2 * shape.points.len() + 3 * shape.ends.len()) + 1;
    if scratch.len() < most {
        scratch.resize(most, 0);
    }
    let mut pen = Pen { bytes: scratch, at: 0, cursor: [0, 0] };
    for chain in shape.chains() {
        if shape.kind == ShapeKind::Points {
            pen.command(MOVE_TO, chain.len());
            pen.steps(chain);
            continue;
        }
        debug_assert!(chain.len() > usize::from(shape.kind.code()) - 1, "{:?} of {} points", shape.kind, chain.len());
        // Also where the cursor stands there already: a part begins with a MoveTo.
        let (first, others) = chain.split_at(1);
        pen.command(MOVE_TO, 1);
        pen.steps(first);
        pen.command(LINE_TO, others.len());
        pen.steps(others);
        if shape.kind == ShapeKind::Polygons {
            pen.command(CLOSE_PATH, 1);
        }
    }
    pen.at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(kind: ShapeKind, chains: &[&[[i32; 2]]]) -> Vec<u32> {
        let mut end = 0;
        let end_of = |chain: &&[[i32; 2]]| {
            end += chain.len() as u32;
            end
        };
        let ends: Vec<u32> = chains.iter().map(end_of).collect();
        let mut scratch = Vec::new();
        let length = put(&TileShape { kind, points: &chains.concat(), ends: &ends }, &mut scratch);
        let mut bytes = &scratch[..length];
        std::iter::from_fn(|| crate::varint::take(&mut bytes)).map(|number| number as u32).collect()
    }

    /// The examples of §4.3.5.
    #[test]
    fn geometry_is_written_as_in_the_specification() {
        assert_eq!(commands(ShapeKind::Points, &[&[[25, 17]]]), [9, 50, 34]);
        assert_eq!(commands(ShapeKind::Points, &[&[[5, 7], [3, 2]]]), [17, 10, 14, 3, 9]);
        assert_eq!(commands(ShapeKind::Lines, &[&[[2, 2], [2, 10], [10, 10]]]), [9, 4, 4, 18, 0, 16, 16, 0]);
        assert_eq!(
            commands(ShapeKind::Lines, &[&[[2, 2], [2, 10], [10, 10]], &[[1, 1], [3, 5]]]),
            [9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8]
        );
        assert_eq!(commands(ShapeKind::Polygons, &[&[[3, 6], [8, 12], [20, 34]]]), [9, 6, 12, 18, 10, 12, 24, 44, 15]);
        let shell = [[0, 0], [10, 0], [10, 10], [0, 10]];
        let other = [[11, 11], [20, 11], [20, 20], [11, 20]];
        let hole = [[13, 13], [13, 17], [17, 17], [17, 13]];
        assert_eq!(
            commands(ShapeKind::Polygons, &[&shell, &other, &hole]),
            [
                9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15, 9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15, 9, 4, 13, 26, 0, 8, 8, 0,
                0, 7, 15
            ]
        );
    }

    #[test]
    fn a_ring_that_begins_where_the_cursor_stands_has_its_own_move_to() {
        let (one, two) = ([[0, 0], [9, 0], [9, 9]], [[9, 9], [20, 9], [20, 20]]);
        let written = commands(ShapeKind::Polygons, &[&one, &two]);
        assert_eq!(written[9..12], [9, 0, 0]);
    }

    #[test]
    fn steps_of_any_length_are_written() {
        let far = [[i32::MAX, i32::MIN], [63, -64], [64, -65], [8255, -8256]];
        let steps = |from: [i32; 2], to: [i32; 2]| {
            [0, 1].map(|axis| crate::varint::zigzag(i64::from(to[axis].wrapping_sub(from[axis]))) as u32)
        };
        let mut expected = vec![33];
        far.iter().fold([0, 0], |from, &to| {
            expected.extend(steps(from, to));
            to
        });
        assert_eq!(commands(ShapeKind::Points, &[&far]), expected);
    }
}
