//! The values of a layer in one tile, each once, in the order in which they were first seen.
//!
//! A hash table with open addressing over bytes that lie one behind the other, as they go into the
//! tile. Cleared and filled again for every tile without giving its memory back; a small tile after a
//! large one uses a small part of the table.

use xxhash_rust::xxh3::xxh3_64;

use crate::varint;

/// Slots of an empty dictionary; always a power of two.
const FEWEST_SLOTS: usize = 256;

/// Tag of `Layer.values`: field 4, length-delimited.
const VALUES: u8 = 4 << 3 | 2;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    /// `Layer.values` as they stand in the tile: tag, length, body, one after the other.
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// The upper half of a hash, and the place of the entry in `entries` plus one; 0 = free.
    slots: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u64,
    /// Where its body begins in `Dictionary::bytes`.
    start: usize,
}

impl Dictionary {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.entries.clear();
        self.slots.clear();
        self.slots.resize(FEWEST_SLOTS, 0);
    }

    /// `Layer.values`, ready for the tile.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The place of a value, which it gets now if it is new. The dictionary has been cleared before.
    #[inline]
    pub(super) fn place(&mut self, value: &[u8]) -> u32 {
        let hash = hash(value);
        let (upper, mask) = (hash >> 32, self.slots.len() - 1);
        let mut slot = hash as usize & mask;
        loop {
            match self.slots[slot] {
                0 => break,
                taken if taken >> 32 == upper => {
                    let place = taken as u32 - 1;
                    let start = self.entries[place as usize].start;
                    // A body tells where it ends (its tag, then a number or a length), so none is the
                    // beginning of another and lengths need not be compared.
                    if self.bytes.get(start..start + value.len()) == Some(value) {
                        return place;
                    }
                }
                _ => {}
            }
            slot = (slot + 1) & mask;
        }
        let place = self.entries.len() as u32;
        self.slots[slot] = upper << 32 | u64::from(place + 1);
        self.bytes.push(VALUES);
        varint::put(&mut self.bytes, value.len() as u64);
        self.entries.push(Entry { hash, start: self.bytes.len() });
        self.bytes.extend_from_slice(value);
        if self.entries.len() * 2 > self.slots.len() {
            self.grow();
        }
        place
    }

    #[cold]
    fn grow(&mut self) {
        let slots = self.slots.len() * 2;
        self.slots.clear();
        self.slots.resize(slots, 0);
        for (entry, number) in self.entries.iter().zip(1u64..) {
            let mut slot = entry.hash as usize & (slots - 1);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (slots - 1);
            }
            self.slots[slot] = entry.hash >> 32 << 32 | number;
        }
    }
}

/// A hash of a value's body.
#[inline]
fn hash(value: &[u8]) -> u64 {
    xxh3_64(value)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use geozero::mvt::{Message, tile};
    use proptest::prelude::*;

    use super::*;

    fn body(number: u64) -> Vec<u8> {
        let mut body = vec![6 << 3];
        varint::put(&mut body, number);
        body
    }

    #[test]
    fn a_large_tile_leaves_a_small_table_behind() {
        let mut dictionary = Dictionary::default();
        dictionary.clear();
        for number in 0..10_000 {
            assert_eq!(u64::from(dictionary.place(&body(number))), number);
        }
        assert!((0..10_000).all(|number| u64::from(dictionary.place(&body(number))) == number));
        dictionary.clear();
        assert_eq!((dictionary.slots.len(), dictionary.bytes()), (FEWEST_SLOTS, &[][..]));
        assert_eq!(dictionary.place(&body(9_999)), 0);
    }

    proptest! {
        #[test]
        fn equal_values_have_one_place_in_order_of_appearance(
            tiles in prop::collection::vec(prop::collection::vec("[a-z]{0,2}|[a-b]{0,40}", 0..700), 1..4),
        ) {
            let mut dictionary = Dictionary::default();
            for texts in tiles {
                dictionary.clear();
                let mut seen: HashMap<String, u32> = HashMap::new();
                for text in texts {
                    let value = tile::Value { string_value: Some(text.clone()), ..Default::default() };
                    let next = seen.len() as u32;
                    let expected = *seen.entry(text).or_insert(next);
                    prop_assert_eq!(dictionary.place(&value.encode_to_vec()), expected);
                }
                let layer = tile::Layer::decode(dictionary.bytes()).expect("a layer of values only");
                let listed: Vec<_> = layer.values.iter().map(|value| value.string_value.clone().expect("text")).collect();
                let mut expected: Vec<_> = seen.into_iter().collect();
                expected.sort_by_key(|(_, place)| *place);
                prop_assert!(listed.iter().eq(expected.iter().map(|(text, _)| text)));
            }
        }
    }
}
