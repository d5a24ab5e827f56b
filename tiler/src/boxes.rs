//! Many boxes, to be asked whether any of them meets another.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use crate::world::Bounds;

/// Tiles of a level that a box is listed in, along one side, at most.
const MOST_ACROSS: u32 = 4;
/// Tiles that are looked up one by one; beyond them the list of the level is gone through.
const MOST_LOOKED_UP: u64 = 64;
/// The finest level.
const FINEST: u8 = 20;

/// Boxes, each listed in the few tiles that it touches of the finest level at which they are few.
#[derive(Debug, Default)]
pub(crate) struct Boxes {
    levels: BTreeMap<u8, Level>,
    /// Around all of them.
    hull: Option<Bounds>,
}

#[derive(Debug, Default)]
struct Level {
    all: Vec<Bounds>,
    tiles: HashMap<u64, Vec<u32>, BuildHasherDefault<PlaceHasher>>,
}

/// A place by column and row.
fn place(x: u32, y: u32) -> u64 {
    u64::from(x) << 32 | u64::from(y)
}

/// Hashes places by one multiplication.
#[derive(Debug, Default)]
pub(crate) struct PlaceHasher(u64);

impl Hasher for PlaceHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(u64::from(byte)));
    }

    fn write_u64(&mut self, number: u64) {
        // The golden ratio; the upper bits, which are mixed best, come to where tables look.
        self.0 = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_right(32);
    }
}

/// The tiles of a level that a box touches: columns, rows.
fn touched(bounds: Bounds, level: u8) -> [u32; 4] {
    let part = |units: u32| (u64::from(units) >> (32 - u32::from(level))) as u32;
    [part(bounds.west), part(bounds.north), part(bounds.east), part(bounds.south)]
}

impl Boxes {
    pub(crate) fn push(&mut self, bounds: Bounds) {
        let is_few = |level: &u8| {
            let [west, north, east, south] = touched(bounds, *level);
            (east - west).max(south - north) < MOST_ACROSS
        };
        let level = (0..=FINEST).rev().find(is_few).unwrap_or(0);
        let [west, north, east, south] = touched(bounds, level);
        let boxes = self.levels.entry(level).or_default();
        for y in north..=south {
            for x in west..=east {
                boxes.tiles.entry(place(x, y)).or_default().push(boxes.all.len() as u32);
            }
        }
        boxes.all.push(bounds);
        self.hull = Some(self.hull.map_or(bounds, |hull| hull.and(bounds)));
    }

    /// Whether a box meets any of them.
    pub(crate) fn meet(&self, bounds: Bounds) -> bool {
        self.any(bounds, |one| one.meets(bounds))
    }

    /// Whether any of those near a box is as asked for; those that meet it are among them.
    fn any(&self, bounds: Bounds, is_it: impl Fn(Bounds) -> bool) -> bool {
        if self.hull.is_none_or(|hull| !hull.meets(bounds)) {
            return false;
        }
        self.levels.iter().any(|(&level, boxes)| {
            let [west, north, east, south] = touched(bounds, level);
            if (u64::from(east - west) + 1) * (u64::from(south - north) + 1) > MOST_LOOKED_UP {
                return boxes.all.iter().any(|&one| is_it(one));
            }
            let mut tiles = (north..=south).flat_map(|y| (west..=east).map(move |x| place(x, y)));
            tiles.any(|tile| {
                boxes.tiles.get(&tile).is_some_and(|some| some.iter().any(|&n| is_it(boxes.all[n as usize])))
            })
        })
    }

    /// Whether a box lies wholly in one of them.
    pub(crate) fn hold(&self, bounds: Bounds) -> bool {
        self.any(bounds, |one| one.holds_all_of(bounds))
    }

    pub(crate) fn extend(&mut self, boxes: impl IntoIterator<Item = Bounds>) {
        boxes.into_iter().for_each(|bounds| self.push(bounds));
    }

    /// All of them, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Bounds> + '_ {
        self.levels.values().flat_map(|level| level.all.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::world::WorldPoint;

    fn some_box() -> impl Strategy<Value = Bounds> {
        (any::<u32>(), any::<u32>(), any::<u32>(), 0u32..32).prop_map(|(x, y, size, shift)| {
            let size = size >> shift;
            Bounds::at(WorldPoint { x, y })
                .and(Bounds::at(WorldPoint { x: x.saturating_add(size), y: y.saturating_sub(size) }))
        })
    }

    proptest! {
        #[test]
        fn they_answer_as_one_by_one(all in prop::collection::vec(some_box(), 0..40), asked in some_box()) {
            let mut boxes = Boxes::default();
            boxes.extend(all.iter().copied());
            prop_assert_eq!(boxes.meet(asked), all.iter().any(|one| one.meets(asked)));
            prop_assert_eq!(boxes.hold(asked), all.iter().any(|one| one.holds_all_of(asked)));
            prop_assert_eq!(boxes.iter().count(), all.len());
        }
    }
}
