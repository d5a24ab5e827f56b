//! Tiles as parts of the quadtree: quarters in the order of the Hilbert curve.

use crate::coord::TileCoord;
use crate::world::Bounds;

/// A tile of the quadtree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quadrant {
    pub(crate) zoom: u8,
    pub(crate) x: u32,
    pub(crate) y: u32,
}

impl Quadrant {
    pub(crate) const WORLD: Self = Self { zoom: 0, x: 0, y: 0 };

    pub(crate) fn bounds(self) -> Bounds {
        Bounds::of_tile(self.zoom, self.x, self.y)
    }

    /// Its four quarters, in the order in which the Hilbert curve visits them.
    pub(crate) fn quarters(self) -> [Self; 4] {
        let mut quarters = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(x, y)| Self {
            zoom: self.zoom + 1,
            x: 2 * self.x + x,
            y: 2 * self.y + y,
        });
        let place = |quarter: &Self| TileCoord::new(quarter.zoom, quarter.x, quarter.y).map(|tile| tile.id().value());
        quarters.sort_unstable_by_key(place);
        quarters
    }
}
