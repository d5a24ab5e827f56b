//! The world grid: 2³² units a side on any quad grid, x to the east, y to the south.

/// A point of the world grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WorldPoint {
    /// Units from the west edge.
    pub x: u32,
    /// Units from the north edge.
    pub y: u32,
}

impl WorldPoint {
    /// Both coordinates in one number, which orders points as they order themselves.
    pub(crate) fn packed(self) -> u64 {
        u64::from(self.x) << 32 | u64::from(self.y)
    }
}

/// A box on the world grid, its sides included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) west: u32,
    pub(crate) north: u32,
    pub(crate) east: u32,
    pub(crate) south: u32,
}

impl Bounds {
    /// Everything.
    pub(crate) const WORLD: Self = Self { west: 0, north: 0, east: u32::MAX, south: u32::MAX };

    /// Of one point.
    pub(crate) fn at(p: WorldPoint) -> Self {
        Self { west: p.x, north: p.y, east: p.x, south: p.y }
    }

    /// Of some points; `None` without any.
    pub(crate) fn of(points: impl Iterator<Item = WorldPoint>) -> Option<Self> {
        points.map(Self::at).reduce(Self::and)
    }

    /// Of both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            north: self.north.min(other.north),
            east: self.east.max(other.east),
            south: self.south.max(other.south),
        }
    }

    /// Of an edge.
    pub(crate) fn of_edge(a: WorldPoint, b: WorldPoint) -> Self {
        Self::at(a).and(Self::at(b))
    }

    /// The tile of a zoom: the units whose points it owns.
    pub(crate) fn of_tile(zoom: u8, x: u32, y: u32) -> Self {
        let shift = 32 - u32::from(zoom);
        let low = |n: u32| (u64::from(n) << shift) as u32;
        let high = |n: u32| (((u64::from(n) + 1) << shift) - 1) as u32;
        Self { west: low(x), north: low(y), east: high(x), south: high(y) }
    }

    /// Reaching further on every side, as far as the world goes.
    pub(crate) fn grown(self, by: u32) -> Self {
        Self {
            west: self.west.saturating_sub(by),
            north: self.north.saturating_sub(by),
            east: self.east.saturating_add(by),
            south: self.south.saturating_add(by),
        }
    }

    pub(crate) fn meets(self, other: Self) -> bool {
        self.west <= other.east && other.west <= self.east && self.north <= other.south && other.north <= self.south
    }

    pub(crate) fn holds(self, p: WorldPoint) -> bool {
        self.west <= p.x && p.x <= self.east && self.north <= p.y && p.y <= self.south
    }

    pub(crate) fn holds_all_of(self, other: Self) -> bool {
        self.west <= other.west && self.north <= other.north && other.east <= self.east && other.south <= self.south
    }
}
