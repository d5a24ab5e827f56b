//! The values of many features, each once, ready to stand in tiles.
//!
//! A hash table with open addressing over bytes that lie one behind the other, as they go into tiles.
//! A feature is looked up once for all the tiles it comes to stand in; what is left of its attributes
//! then are numbers.

use xxhash_rust::xxh3::xxh3_64;

use crate::{attributes, varint};

/// Slots of an empty table; always a power of two.
const FEWEST_SLOTS: usize = 256;

/// Tag of `Layer.values`: field 4, length-delimited.
const VALUES: u8 = 4 << 3 | 2;

/// A column of a feature and its value there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(super) column: u32,
    /// Place in [`Values`].
    pub(super) value: u32,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Values {
    /// Members `Layer.values`: tag, length, body, one after the other.
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// The upper half of a hash, and the place of the entry in `entries` plus one; 0 = free.
    slots: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u64,
    /// Where its member ends in `Values::bytes`.
    end: usize,
}

impl Values {
    /// Appends the columns and values of a feature, whose attributes are those of
    /// [`attributes::encode_attributes`].
    pub(crate) fn add(&mut self, attributes: &[u8], tags: &mut Vec<Tag>) {
        let tag = |(column, value)| Tag { column: column as u32, value: self.place(value) };
        tags.extend(attributes::values(attributes).map(tag));
    }

    /// A value as it stands in a tile: tag, length, body.
    pub(super) fn member(&self, place: u32) -> &[u8] {
        let place = place as usize;
        let start = place.checked_sub(1).map_or(0, |before| self.entries[before].end);
        &self.bytes[start..self.entries[place].end]
    }

    /// The place of a value, which it gets now if it is new.
    #[inline]
    fn place(&mut self, value: &[u8]) -> u32 {
        if self.slots.is_empty() {
            self.slots.resize(FEWEST_SLOTS, 0);
        }
        let hash = xxh3_64(value);
        let (upper, mask) = (hash >> 32, self.slots.len() - 1);
        let mut slot = hash as usize & mask;
        loop {
            match self.slots[slot] {
                0 => break,
                taken if taken >> 32 == upper => {
                    let place = taken as u32 - 1;
                    let member = self.member(place);
                    let head = 1 + varint::length(value.len() as u64);
                    if member.len() == head + value.len() && &member[head..] == value {
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
        self.bytes.extend_from_slice(value);
        self.entries.push(Entry { hash, end: self.bytes.len() });
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
    fn many_values_are_found_again() {
        let mut values = Values::default();
        for number in 0..10_000 {
            assert_eq!(u64::from(values.place(&body(number))), number);
        }
        assert!((0..10_000).all(|number| u64::from(values.place(&body(number))) == number));
        assert_eq!(values.member(9_999), [&[VALUES, body(9_999).len() as u8][..], &body(9_999)].concat());
    }

    proptest! {
        #[test]
        fn equal_values_have_one_place_in_order_of_appearance(
            tiles in prop::collection::vec(prop::collection::vec("[a-z]{0,2}|[a-b]{0,40}", 0..700), 1..4),
        ) {
            for texts in tiles {
                let mut values = Values::default();
                let mut seen: HashMap<String, u32> = HashMap::new();
                for text in texts {
                    let value = tile::Value { string_value: Some(text.clone()), ..Default::default() };
                    let next = seen.len() as u32;
                    let expected = *seen.entry(text).or_insert(next);
                    prop_assert_eq!(values.place(&value.encode_to_vec()), expected);
                }
                let members: Vec<u8> = (0..seen.len() as u32).flat_map(|place| values.member(place).to_vec()).collect();
                let layer = tile::Layer::decode(members.as_slice()).expect("a layer of values only");
                let listed: Vec<_> = layer.values.iter().map(|value| value.string_value.clone().expect("text")).collect();
                let mut expected: Vec<_> = seen.into_iter().collect();
                expected.sort_by_key(|(_, place)| *place);
                prop_assert!(listed.iter().eq(expected.iter().map(|(text, _)| text)));
            }
        }
    }
}
