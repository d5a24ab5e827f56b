//! Where records lie between the steps: in memory, and beyond a limit in a temporary file.
//!
//! Records are added in order and never change. They lie in chunks; when the chunks in memory exceed
//! the limit, the older ones move to the file. The file has no name and goes with the process.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;

use crate::world::Bounds;

/// Bytes of a chunk, unless a single record needs more.
const CHUNK: usize = 1 << 20;

/// Records and where they are on the map.
pub(crate) struct Store {
    chunks: Vec<Chunk>,
    entries: Vec<Entry>,
    file: Option<File>,
    /// Bytes in the file.
    spilled: u64,
    /// Bytes in memory.
    resident: usize,
    /// Chunks before this one lie in the file.
    first_resident: usize,
    limit: usize,
}

enum Chunk {
    Resident(Vec<u8>),
    /// Where it begins in the file.
    Spilled(u64),
}

/// Where a record lies.
#[derive(Clone, Copy, Debug)]
struct Entry {
    chunk: u32,
    start: u32,
    length: u32,
    bounds: Bounds,
}

impl Store {
    /// An empty store that keeps about `limit` bytes of records in memory.
    pub(crate) fn new(limit: usize) -> Self {
        Self { chunks: Vec::new(), entries: Vec::new(), file: None, spilled: 0, resident: 0, first_resident: 0, limit }
    }

    /// How many records it holds.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The bounds of a record.
    pub(crate) fn bounds(&self, number: u32) -> Bounds {
        self.entries[number as usize].bounds
    }

    /// Bytes of a record.
    pub(crate) fn length(&self, number: u32) -> usize {
        self.entries[number as usize].length as usize
    }

    /// Adds a record.
    pub(crate) fn push(&mut self, record: &[u8], bounds: Bounds) -> io::Result<()> {
        let fits = matches!(self.chunks.last(), Some(Chunk::Resident(last)) if last.len() + record.len() <= CHUNK);
        if !fits {
            self.chunks.push(Chunk::Resident(Vec::with_capacity(CHUNK.max(record.len()))));
            self.spill()?;
        }
        let chunk = (self.chunks.len() - 1) as u32;
        if let Some(Chunk::Resident(last)) = self.chunks.last_mut() {
            let (start, length) = (last.len() as u32, record.len() as u32);
            self.entries.push(Entry { chunk, start, length, bounds });
            last.extend_from_slice(record);
            self.resident += record.len();
        }
        Ok(())
    }

    /// Moves the oldest full chunks to the file until the rest is within the limit.
    fn spill(&mut self) -> io::Result<()> {
        while self.resident > self.limit && self.first_resident + 1 < self.chunks.len() {
            let oldest = &mut self.chunks[self.first_resident];
            if let Chunk::Resident(bytes) = oldest {
                let file = match &mut self.file {
                    Some(file) => file,
                    none => none.insert(tempfile::tempfile()?),
                };
                file.write_all(bytes)?;
                self.resident -= bytes.len();
                let length = bytes.len() as u64;
                *oldest = Chunk::Spilled(self.spilled);
                self.spilled += length;
            }
            self.first_resident += 1;
        }
        Ok(())
    }

    /// A record's bytes.
    pub(crate) fn get(&self, number: u32) -> io::Result<Cow<'_, [u8]>> {
        let entry = self.entries[number as usize];
        let (start, length) = (entry.start as usize, entry.length as usize);
        match &self.chunks[entry.chunk as usize] {
            Chunk::Resident(bytes) => Ok(Cow::Borrowed(&bytes[start..start + length])),
            Chunk::Spilled(place) => {
                let mut record = vec![0; length];
                let file = self.file.as_ref().ok_or(io::ErrorKind::NotFound)?;
                file.read_exact_at(&mut record, place + u64::from(entry.start))?;
                Ok(Cow::Owned(record))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::world::WorldPoint;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn what_was_put_in_comes_out_whatever_fits_in_memory(
            lengths in prop::collection::vec(0usize..400_000, 1..40),
            limit in 0usize..6_000_000,
        ) {
            let bounds = Bounds::at(WorldPoint { x: 1, y: 2 });
            let mut store = Store::new(limit);
            for (number, &length) in lengths.iter().enumerate() {
                store.push(&vec![number as u8; length], bounds).expect("written");
            }
            prop_assert_eq!(store.len(), lengths.len());
            prop_assert!(store.resident <= limit + 2 * CHUNK);
            for (number, &length) in lengths.iter().enumerate() {
                prop_assert_eq!(&*store.get(number as u32).expect("read"), vec![number as u8; length]);
            }
        }
    }
}
