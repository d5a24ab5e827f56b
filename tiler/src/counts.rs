//! How many features a tile shows, and in what state: what a zoom's summary adds up.

use std::collections::BTreeMap;

use crate::varint;

/// What one tile shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TileCounts {
    /// Features, pieces of cut ones among them.
    pub(crate) features: u64,
    /// Of them drawn as a minimum shape.
    pub(crate) minimum: u64,
    /// Of them repaired.
    pub(crate) repaired: u64,
}

/// Tiles by their place on the curve.
pub(crate) type CountsByTile = BTreeMap<u64, TileCounts>;

/// Tile by tile: places as differences, then the three counts, as varints.
pub(crate) fn to_bytes(tiles: &CountsByTile) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(tiles.len() * 6);
    let mut before = 0;
    for (&tile, counts) in tiles {
        [tile - before, counts.features, counts.minimum, counts.repaired]
            .into_iter()
            .for_each(|number| varint::put(&mut bytes, number));
        before = tile;
    }
    bytes
}

/// Reads what [`to_bytes`] wrote; `None` for anything else.
pub(crate) fn from_bytes(mut bytes: &[u8]) -> Option<CountsByTile> {
    let mut tiles = CountsByTile::new();
    let mut tile = 0u64;
    while !bytes.is_empty() {
        let mut number = || varint::take(&mut bytes);
        tile = tile.checked_add(number()?)?;
        let counts = TileCounts { features: number()?, minimum: number()?, repaired: number()? };
        tiles.insert(tile, counts);
    }
    Some(tiles)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn there_and_back(tiles in prop::collection::btree_map(any::<u64>(), any::<[u64; 3]>(), 0..20)) {
            let counts = |[features, minimum, repaired]: [u64; 3]| TileCounts { features, minimum, repaired };
            let tiles: CountsByTile = tiles.into_iter().map(|(tile, numbers)| (tile, counts(numbers))).collect();
            prop_assert_eq!(from_bytes(&to_bytes(&tiles)), Some(tiles));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = from_bytes(&bytes);
        }
    }
}
