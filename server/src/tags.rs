//! Hashes of tiles that were asked for lately, so that a tile of 70 kB is not read through for each ETag.
//!
//! A table of so many places, each for the tile that was there last: bounded, and a place is locked for
//! the time of a copy.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use xxhash_rust::xxh3::xxh3_128;

/// Places; with 48 bytes each, 1.6 MB a tileset.
const PLACES: usize = 1 << 15;

/// Hashing so much costs no more than looking it up (the short forms of XXH3).
const SHORT: usize = 240;

/// A part of a file with the hash of its bytes.
type Known = Option<(Range<usize>, u128)>;

/// Hashes of parts of one file that does not change.
pub(crate) struct Tags(Box<[Mutex<Known>]>);

impl Default for Tags {
    fn default() -> Self {
        Self((0..PLACES).map(|_| Mutex::default()).collect())
    }
}

impl Tags {
    /// The hash of these bytes, which lie at that place in the file.
    pub(crate) fn of(&self, place: Range<usize>, bytes: &[u8]) -> u128 {
        if bytes.len() <= SHORT {
            return xxh3_128(bytes);
        }
        // Tiles begin anywhere; the golden ratio spreads them (Knuth, TAOCP 3, §6.4).
        let spread = (place.start as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - PLACES.ilog2());
        let Some(slot) = self.0.get(spread as usize) else { return xxh3_128(bytes) };
        // Whoever panicked left either the old or the new entry there.
        let mut known = slot.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some((there, hash)) if *there == place => *hash,
            _ => {
                let hash = xxh3_128(bytes);
                *known = Some((place, hash));
                hash
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_that_of_the_bytes_whatever_was_asked_before() {
        let file: Vec<u8> = (0..200_000u32).flat_map(u32::to_le_bytes).collect();
        let tags = Tags::default();
        // More parts than places, some of one beginning and another end, each asked for twice.
        for turn in 0..2 {
            for number in 0..2 * PLACES {
                let from = number * 12;
                let place = from..from + SHORT + number % 3 + turn;
                let bytes = &file[place.clone()];
                assert_eq!(tags.of(place.clone(), bytes), xxh3_128(bytes));
                assert_eq!(tags.of(place, bytes), xxh3_128(bytes));
            }
        }
    }
}
