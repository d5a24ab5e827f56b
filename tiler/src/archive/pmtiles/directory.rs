//! Directories: which tiles lie where, column by column in varints.
//!
//! # References
//! PMTiles v3 §4.2 (entries) and §4.3 (serialisation).

use super::header::Section;
use crate::coord::TileId;
use crate::varint::{put, take};

/// Longest directory that is read, bytes when decompressed. Archives of whole continents stay below
/// a tenth of it; a hostile one is refused before it fills the memory.
pub(crate) const LONGEST: usize = 8 << 20;

/// An entry: some tiles with one content, or, with a run length of 0, a leaf directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The first tile.
    pub(crate) id: u64,
    /// How many tiles in a row have this content.
    pub(crate) run_length: u32,
    pub(crate) length: u32,
    /// From the start of the tile data or of the leaves.
    pub(crate) offset: u64,
}

impl Entry {
    pub(crate) fn is_leaf(&self) -> bool {
        self.run_length == 0
    }

    pub(crate) fn section(&self) -> Section {
        Section { offset: self.offset, length: u64::from(self.length) }
    }
}

/// Entries in ascending order of id that do not overlap.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Directory {
    pub(crate) entries: Vec<Entry>,
}

impl Directory {
    /// The entry that speaks for a tile.
    pub(crate) fn find(&self, id: u64) -> Option<&Entry> {
        let after = self.entries.partition_point(|entry| entry.id <= id);
        let entry = &self.entries[after.checked_sub(1)?];
        (entry.is_leaf() || id - entry.id < u64::from(entry.run_length)).then_some(entry)
    }

    pub(crate) fn to_bytes(entries: &[Entry]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(entries.len() * 6);
        put(&mut bytes, entries.len() as u64);
        let mut last = 0;
        for entry in entries {
            put(&mut bytes, entry.id - last);
            last = entry.id;
        }
        entries.iter().for_each(|entry| put(&mut bytes, u64::from(entry.run_length)));
        entries.iter().for_each(|entry| put(&mut bytes, u64::from(entry.length)));
        let mut end = None;
        for entry in entries {
            // 0 says "right behind the one before".
            put(&mut bytes, if end == Some(entry.offset) { 0 } else { entry.offset + 1 });
            end = Some(entry.offset + u64::from(entry.length));
        }
        bytes
    }

    /// Reads a directory and checks it against the sections that its entries point into; says what is
    /// wrong with it otherwise.
    pub(crate) fn from_bytes(mut bytes: &[u8], data: Section, leaves: Section) -> Result<Self, &'static str> {
        const CUT: &str = "has a directory that ends early";
        let bytes = &mut bytes;
        let count = take(bytes).ok_or(CUT)?;
        // Each entry needs four bytes or more, so the count cannot ask for more memory than was read.
        if count > bytes.len() as u64 / 4 {
            return Err(CUT);
        }
        let blank = Entry { id: 0, run_length: 0, length: 0, offset: 0 };
        let mut entries = vec![blank; count as usize];
        let mut id = 0u64;
        for (place, entry) in entries.iter_mut().enumerate() {
            let step = take(bytes).ok_or(CUT)?;
            if step == 0 && place > 0 {
                return Err("names a tile twice");
            }
            id = id.checked_add(step).filter(|&id| TileId::new(id).is_some()).ok_or("names a tile beyond zoom 30")?;
            entry.id = id;
        }
        for entry in &mut entries {
            entry.run_length = take(bytes).and_then(|v| v.try_into().ok()).ok_or(CUT)?;
        }
        for entry in &mut entries {
            entry.length = take(bytes).and_then(|v| v.try_into().ok()).ok_or(CUT)?;
        }
        let mut end = 0u64;
        for (place, entry) in entries.iter_mut().enumerate() {
            let offset = take(bytes).ok_or(CUT)?;
            entry.offset = if offset == 0 && place > 0 { end } else { offset.saturating_sub(1) };
            let section = if entry.is_leaf() { leaves } else { data };
            end = entry.offset.checked_add(u64::from(entry.length)).ok_or("points outside the file")?;
            if entry.length == 0 || end > section.length {
                return Err("has a directory entry that points outside its section");
            }
        }
        let overlaps = |pair: &[Entry]| pair[0].id + u64::from(pair[0].run_length) > pair[1].id;
        if entries.windows(2).any(overlaps) {
            return Err("names a tile twice");
        }
        Ok(Self { entries })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WIDE: Section = Section { offset: 0, length: u64::MAX };

    proptest! {
        #[test]
        fn there_and_back(steps in prop::collection::vec((1u64..1000, 0u32..3, 1u32..9999, 0u64..3), 0..60)) {
            let mut id = 0;
            let mut end = 0;
            let entries: Vec<Entry> = steps.iter().map(|&(step, run_length, length, gap)| {
                let entry = Entry { id: id + step, run_length, length, offset: end + gap };
                id = entry.id + u64::from(run_length);
                end = entry.offset + u64::from(length);
                entry
            }).collect();
            let read = Directory::from_bytes(&Directory::to_bytes(&entries), WIDE, WIDE).map_err(TestCaseError::fail)?;
            for entry in &entries {
                prop_assert_eq!(read.find(entry.id), Some(entry));
            }
            prop_assert_eq!(read.entries, entries);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = Directory::from_bytes(&bytes, WIDE, WIDE);
        }
    }

    #[test]
    fn a_run_ends_where_the_next_tile_begins() {
        let entry = |id, run_length, offset| Entry { id, run_length, length: 1, offset };
        let read = |entries: &[Entry]| {
            Directory::from_bytes(&Directory::to_bytes(entries), Section { offset: 0, length: 9 }, WIDE)
        };
        assert_eq!(read(&[entry(3, 4, 0), entry(5, 1, 1)]), Err("names a tile twice"));
        assert!(read(&[entry(3, 1, 9)]).is_err());
        let runs = read(&[entry(3, 4, 0), entry(9, 1, 1)]);
        let found = |id| runs.as_ref().ok().and_then(|runs| runs.find(id)).map(|entry| entry.id);
        assert_eq!([2, 3, 6, 7, 9, 10].map(found), [None, Some(3), Some(3), None, Some(9), None]);
    }
}
