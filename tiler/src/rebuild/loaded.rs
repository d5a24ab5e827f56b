//! The rows that are read again: the changed ones and those around them.

use std::collections::HashSet;
use std::io;

use crate::intake::Batch;
use crate::record::Reader;
use crate::store::Store;
use crate::world::Bounds;

/// Records in memory, in the order in which a full run has them.
#[derive(Default)]
pub(super) struct Loaded {
    records: Vec<LoadedRecord>,
    have: HashSet<(u16, u32)>,
    bytes: usize,
}

struct LoadedRecord {
    /// Layer and row that it comes from.
    from: (u16, u32),
    bytes: Box<[u8]>,
    bounds: Bounds,
}

impl Loaded {
    /// Those of some rows that are not there yet, ascending.
    pub(super) fn missing(&self, layer: u16, rows: &[u32]) -> Vec<u32> {
        let mut missing: Vec<u32> = rows.iter().copied().filter(|row| !self.have.contains(&(layer, *row))).collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    /// Bytes of the records.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Rows read so far.
    pub(super) fn rows(&self) -> usize {
        self.have.len()
    }

    /// Adds the records of batches that together are these rows of a layer.
    pub(super) fn add(&mut self, layer: u16, rows: &[u32], batches: &[Batch]) {
        let mut first = 0;
        for batch in batches {
            self.bytes += batch.records().map(|record| record.bytes.len()).sum::<usize>();
            self.records.extend(batch.records().map(|record| LoadedRecord {
                from: (layer, rows[first + record.row]),
                bytes: record.bytes.into(),
                bounds: record.bounds,
            }));
            first += batch.notes().rows();
        }
        self.have.extend(rows.iter().map(|&row| (layer, row)));
        // Stable: the records of a row stay in their order.
        self.records.sort_by_key(|record| record.from);
    }

    /// The records as a store, and the numbers of each tile layer.
    pub(super) fn store(&self, layers: usize, is_wanted: impl Fn(u16) -> bool) -> io::Result<(Store, Vec<Vec<u32>>)> {
        let mut store = Store::new(usize::MAX);
        let mut numbers = vec![Vec::new(); layers];
        for record in &self.records {
            let layer = Reader::new(&record.bytes).head().layer;
            if is_wanted(layer) {
                numbers[usize::from(layer)].push(store.len() as u32);
                store.push(&record.bytes, record.bounds)?;
            }
        }
        Ok((store, numbers))
    }
}
