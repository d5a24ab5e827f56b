//! How far a change reaches: from boxes in which something differs to tiles that may differ.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use crate::block::Block;
use crate::boxes::Boxes;
use crate::pixels::{BUFFER, unit_bits};
use crate::quadrants::Quadrant;
use crate::world::Bounds;

/// Tiles of a zoom beyond which it is not worth while to tell them apart.
const MOST_TILES: u64 = 1 << 20;

/// Tiles that may differ, zoom by zoom.
pub(super) struct DirtyTiles {
    zooms: RangeInclusive<u8>,
    tiles: Vec<HashSet<(u32, u32)>>,
}

impl DirtyTiles {
    /// The tiles of some zooms that show, with their buffers, a point of a box; `None` if they are
    /// too many.
    pub(super) fn of(boxes: &Boxes, zooms: RangeInclusive<u8>) -> Option<Self> {
        let mut all = Vec::new();
        for zoom in zooms.clone() {
            let mut tiles = HashSet::new();
            let mut count = 0u64;
            for bounds in boxes.iter() {
                let [west, north, east, south] = span(bounds, zoom);
                count += u64::from(east - west + 1) * u64::from(south - north + 1);
                if count > MOST_TILES {
                    return None;
                }
                tiles.extend((north..=south).flat_map(|y| (west..=east).map(move |x| (x, y))));
            }
            all.push(tiles);
        }
        Some(Self { zooms, tiles: all })
    }

    /// Those of a zoom, in no particular order.
    pub(super) fn at(&self, zoom: u8) -> impl Iterator<Item = Quadrant> + '_ {
        let tiles = self.zooms.contains(&zoom).then(|| &self.tiles[usize::from(zoom - self.zooms.start())]);
        tiles.into_iter().flatten().map(move |&(x, y)| Quadrant { zoom, x, y })
    }

    pub(super) fn holds(&self, tile: Quadrant) -> bool {
        self.zooms.contains(&tile.zoom)
            && self.tiles[usize::from(tile.zoom - self.zooms.start())].contains(&(tile.x, tile.y))
    }
}

/// Columns and rows of the tiles whose reach meets a box.
fn span(bounds: Bounds, zoom: u8) -> [u32; 4] {
    // As `Block::reach`, the other way round.
    let grown = bounds.grown((BUFFER as u32 + 1) << unit_bits(zoom));
    let part = |units: u32| (u64::from(units) >> (32 - u32::from(zoom))) as u32;
    [part(grown.west), part(grown.north), part(grown.east), part(grown.south)]
}

/// What some tiles show, their buffers included.
pub(super) fn reaches(tiles: impl Iterator<Item = Quadrant>) -> Boxes {
    let mut boxes = Boxes::default();
    boxes.extend(tiles.map(Block::reach));
    boxes
}
