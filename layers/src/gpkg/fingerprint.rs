//! Which rows changed: a hash of what is stored in each, without decoding any of it.

use rusqlite::Row;
use rusqlite::types::ValueRef;
use xxhash_rust::xxh3::xxh3_64;

use super::walk::Visit;

/// What is stored in one row, in short.
///
/// Two rows with equal geometry blobs and equal values in all attribute columns have equal hashes;
/// two that differ in a byte or in the storage class of a value have different ones, but for a
/// chance of 2⁻⁶⁴. The key and the columns' names are no part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowFingerprint {
    /// The row id in the table, as in [`Feature::row`](crate::Feature::row).
    pub row: i64,
    /// XXH3-64 of geometry and values.
    pub hash: u64,
}

/// The bytes of a row, put behind each other so that no two rows give the same.
#[derive(Default)]
pub(super) struct Hasher {
    bytes: Vec<u8>,
}

impl Hasher {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Adds a value with its storage class and, where that does not tell, its length.
    pub(super) fn push(&mut self, value: ValueRef<'_>) {
        let mut sized = |class: u8, content: &[u8]| {
            self.bytes.push(class);
            self.bytes.extend_from_slice(&(content.len() as u32).to_le_bytes());
            self.bytes.extend_from_slice(content);
        };
        match value {
            ValueRef::Text(text) => sized(3, text),
            ValueRef::Blob(blob) => sized(4, blob),
            ValueRef::Null => self.bytes.push(0),
            ValueRef::Integer(number) => self.fixed(1, number.to_le_bytes()),
            ValueRef::Real(number) => self.fixed(2, number.to_le_bytes()),
        }
    }

    fn fixed(&mut self, class: u8, [a, b, c, d, e, f, g, h]: [u8; 8]) {
        self.bytes.extend_from_slice(&[class, a, b, c, d, e, f, g, h]);
    }

    /// How many bytes were added.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn hash(&self) -> u64 {
        xxh3_64(&self.bytes)
    }
}

/// Takes the fingerprints of rows.
#[derive(Default)]
pub(super) struct Fingerprinter {
    columns: usize,
    hasher: Hasher,
    pub(super) fingerprints: Vec<RowFingerprint>,
}

impl Fingerprinter {
    /// For rows of so many columns besides key and geometry.
    pub(super) fn new(columns: usize) -> Self {
        Self { columns, ..Self::default() }
    }
}

impl Visit for Fingerprinter {
    fn row(&mut self, key: i64, row: &Row<'_>) -> rusqlite::Result<usize> {
        self.hasher.clear();
        for place in 1..self.columns + 2 {
            self.hasher.push(row.get_ref(place)?);
        }
        self.fingerprints.push(RowFingerprint { row: key, hash: self.hasher.hash() });
        Ok(self.hasher.bytes())
    }
}
