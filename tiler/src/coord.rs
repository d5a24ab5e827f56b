//! Where a tile is: [`TileCoord`] (zoom, column, row) and [`TileId`], its place on the Hilbert curve.
//!
//! Both are checked once, on construction; conversions between them cannot fail.
//!
//! # References
//! PMTiles Version 3 Specification, §4.1: tiles of one zoom follow a Hilbert curve, zooms follow
//! each other.

/// Deepest zoom that a [`TileCoord`] can name.
pub const DEEPEST_ZOOM: u8 = 30;

/// A tile's place in a square quad grid: XYZ scheme, y down, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileCoord {
    z: u8,
    x: u32,
    y: u32,
}

impl TileCoord {
    /// `None` outside the grid (z > 30, or x or y ≥ 2^z).
    pub fn new(z: u8, x: u32, y: u32) -> Option<Self> {
        (z <= DEEPEST_ZOOM && u64::from(x.max(y)) < 1 << z).then_some(Self { z, x, y })
    }

    /// The zoom.
    pub fn z(self) -> u8 {
        self.z
    }

    /// The column, from the west.
    pub fn x(self) -> u32 {
        self.x
    }

    /// The row, from the north.
    pub fn y(self) -> u32 {
        self.y
    }

    /// The row from the south, as MBTiles (TMS) counts.
    pub fn tms_y(self) -> u32 {
        (1 << self.z) - 1 - self.y
    }

    /// The tile that covers this one, one zoom up; none above 0/0/0.
    pub fn parent(self) -> Option<Self> {
        (self.z > 0).then(|| Self { z: self.z - 1, x: self.x / 2, y: self.y / 2 })
    }

    /// Its place on the curve.
    pub fn id(self) -> TileId {
        self.into()
    }
}

impl std::fmt::Display for TileCoord {
    /// `z/x/y`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.z, self.x, self.y)
    }
}

/// A tile's place on the Hilbert curve through all zooms.
///
/// # Examples
/// ```
/// let tile = tiler::TileCoord::new(12, 3423, 1763).expect("inside the grid");
/// assert_eq!(tile.id().value(), 19_078_479); // PMTiles v3 §4.1
/// assert_eq!(tile.id().coord(), tile);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileId(u64);

impl TileId {
    /// `None` beyond the last tile of zoom 30.
    pub fn new(value: u64) -> Option<Self> {
        (value < first_id(DEEPEST_ZOOM + 1)).then_some(Self(value))
    }

    /// The number.
    pub fn value(self) -> u64 {
        self.0
    }

    /// The tile there.
    pub fn coord(self) -> TileCoord {
        self.into()
    }
}

/// Tiles at all zooms above `zoom`: (4^zoom − 1) / 3.
fn first_id(zoom: u8) -> u64 {
    ((1 << (2 * u32::from(zoom))) - 1) / 3
}

/// Turns a quadrant of side `side` so that the curve enters and leaves it at the right corners.
fn turn(side: u32, x: &mut u32, y: &mut u32, right: bool, lower: bool) {
    if !lower {
        if right {
            *x = side.wrapping_sub(1).wrapping_sub(*x);
            *y = side.wrapping_sub(1).wrapping_sub(*y);
        }
        std::mem::swap(x, y);
    }
}

impl From<TileCoord> for TileId {
    fn from(tile: TileCoord) -> Self {
        let (mut x, mut y) = (tile.x, tile.y);
        let mut place = 0u64;
        for level in (0..tile.z).rev() {
            let side = 1u32 << level;
            let (right, lower) = (x & side != 0, y & side != 0);
            // The four quadrants in curve order: 0 = upper left, 1 = lower left, 2 = lower right, 3 = upper right.
            let quadrant = (3 * u64::from(right)) ^ u64::from(lower);
            place += quadrant << (2 * u32::from(level));
            turn(side, &mut x, &mut y, right, lower);
        }
        Self(first_id(tile.z) + place)
    }
}

impl From<TileId> for TileCoord {
    fn from(id: TileId) -> Self {
        let z = (0..=DEEPEST_ZOOM).rev().find(|&z| first_id(z) <= id.0).unwrap_or(0);
        let mut place = id.0 - first_id(z);
        let (mut x, mut y) = (0u32, 0u32);
        for level in 0..z {
            let side = 1u32 << level;
            let right = place & 2 != 0;
            let lower = (place & 1 != 0) != right;
            turn(side, &mut x, &mut y, right, lower);
            x += side * u32::from(right);
            y += side * u32::from(lower);
            place >>= 2;
        }
        Self { z, x, y }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The worked table of PMTiles v3 §4.1.
    #[test]
    fn ids_are_those_of_the_specification() {
        let table = [
            ((0, 0, 0), 0),
            ((1, 0, 0), 1),
            ((1, 0, 1), 2),
            ((1, 1, 1), 3),
            ((1, 1, 0), 4),
            ((2, 0, 0), 5),
            ((12, 3423, 1763), 19_078_479),
        ];
        for ((z, x, y), id) in table {
            assert_eq!(TileCoord::new(z, x, y).expect("inside").id().value(), id, "{z}/{x}/{y}");
        }
    }

    #[test]
    fn tiles_outside_the_grid_do_not_exist() {
        assert!(TileCoord::new(0, 1, 0).is_none());
        assert!(TileCoord::new(31, 0, 0).is_none());
        assert!(TileCoord::new(3, 0, 8).is_none());
        assert!(TileId::new(u64::MAX).is_none());
        assert!(TileCoord::new(0, 0, 0).expect("inside").parent().is_none());
    }

    proptest! {
        #[test]
        fn coordinate_and_id_name_the_same_tile(z in 0u8..=DEEPEST_ZOOM, x: u32, y: u32) {
            let mask = ((1u64 << z) - 1) as u32;
            let tile = TileCoord::new(z, x & mask, y & mask).expect("inside");
            prop_assert_eq!(tile.id().coord(), tile);
            let theirs = pmtiles::TileId::from(pmtiles::TileCoord::new(z, x & mask, y & mask).expect("inside"));
            prop_assert_eq!(tile.id().value(), theirs.value());
        }

        #[test]
        fn next_on_the_curve_is_a_neighbour(z in 1u8..=DEEPEST_ZOOM, place: u64) {
            let last = first_id(z + 1) - 2;
            let id = first_id(z) + place % (last - first_id(z) + 1);
            let (a, b) = (TileId(id).coord(), TileId(id + 1).coord());
            prop_assert_eq!(a.x.abs_diff(b.x) + a.y.abs_diff(b.y), 1);
        }
    }
}
