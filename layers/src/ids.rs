//! Feature ids that stay the same between builds.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The largest whole number that JavaScript holds exactly: ids go no higher.
pub const MAX_ID: u64 = (1 << 53) - 1;

/// Gives ids to the features of one layer: unique in it, and decided by their keys alone as long
/// as no two keys collide.
#[derive(Debug, Default)]
pub struct IdSource {
    taken: HashSet<u64>,
}

impl IdSource {
    /// The id of a key: the key itself if it is a plain whole number (no sign, no leading zero) of
    /// at most 2⁵³ − 1, else a 53-bit hash of it; the next hash where an earlier key has that id.
    ///
    /// # Examples
    /// ```
    /// let mut ids = layers::ids::IdSource::default();
    /// assert_eq!(ids.id("152502"), 152_502);
    /// assert_ne!(ids.id("152502"), 152_502); // taken
    /// ```
    pub fn id(&mut self, key: &str) -> u64 {
        let plain = !key.starts_with('0') && key.bytes().all(|byte| byte.is_ascii_digit());
        let number = key.parse::<u64>().ok().filter(|id| plain && *id <= MAX_ID);
        let hashes = (0..).map(|seed| xxh3_64_with_seed(key.as_bytes(), seed) >> 11);
        let candidates = number.into_iter().chain(hashes);
        let id = candidates.filter(|id| *id > 0).find(|id| !self.taken.contains(id));
        let id = id.expect("there are more ids than features");
        self.taken.insert(id);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_small_and_do_not_depend_on_other_keys() {
        let keys: Vec<String> = (0..10_000).map(|i| format!("ZD-{i}")).collect();
        let mut forward = IdSource::default();
        let ids: Vec<u64> = keys.iter().map(|key| forward.id(key)).collect();
        let mut backward = IdSource::default();
        let mut reversed: Vec<u64> = keys.iter().rev().map(|key| backward.id(key)).collect();
        reversed.reverse();
        assert_eq!(ids, reversed);
        assert!(ids.iter().all(|id| *id <= MAX_ID));
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    }

    #[test]
    fn a_leading_zero_is_part_of_the_key() {
        let mut ids = IdSource::default();
        assert_ne!(ids.id("007"), 7);
        assert_eq!(ids.id("7"), 7);
    }
}
