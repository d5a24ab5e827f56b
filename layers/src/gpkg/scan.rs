//! Going through a table to see which rows changed, and what the others hold.

use std::sync::{Mutex, PoisonError};

use rusqlite::Row;
use rusqlite::types::ValueRef;
use xxhash_rust::xxh3::xxh3_64;

use super::ReadError;
use super::column::{ColumnReader, Read};
use super::fingerprint::{Hasher, RowFingerprint};
use super::read::GeoPackage;
use super::walk::Visit;
use crate::feature::Value;

/// Values of a column remembered as told; a power of two.
const REMEMBERED: usize = 256;

/// Looks at rows without their geometries.
pub trait LookAtRows: Send {
    /// A row; says whether its values are wanted.
    fn row(&mut self, fingerprint: RowFingerprint) -> bool;
    /// A value that a column has in a wanted row, as reading the row would give it, null left out.
    /// Every different value is told at least once, to one of those who look.
    fn value(&mut self, column: usize, value: &Value);
}

impl GeoPackage {
    /// Goes through a table: like [`GeoPackage::fingerprints`], and `start` makes some that look at
    /// the rows, each at a part of them, piece by piece, in no particular order.
    ///
    /// # Errors
    /// As [`GeoPackage::fingerprints`].
    pub fn look<L: LookAtRows>(
        &self,
        table: &str,
        start: impl Fn() -> L + Sync,
    ) -> Result<(Vec<RowFingerprint>, Vec<L>), ReadError> {
        let walk = self.walk(table)?;
        let idle: Mutex<Vec<Looker<L>>> = Mutex::default();
        // A panic while the list was held cannot have left it half changed, so poison does not matter.
        let kept = || idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = Vec::new();
        let kinds = || walk.table.columns.iter().map(|column| Column::new(ColumnReader::new(column.kind)));
        walk.run(
            || {
                let looker = kept().pop();
                looker.unwrap_or_else(|| Looker {
                    columns: kinds().collect(),
                    hasher: Hasher::default(),
                    fingerprints: Vec::new(),
                    look: start(),
                })
            },
            |mut looker| {
                let fingerprints = std::mem::take(&mut looker.fingerprints);
                kept().push(looker);
                fingerprints
            },
            |mut next| {
                all.append(&mut next);
                Ok::<_, ReadError>(())
            },
        )?;
        walk.source.still_the_same()?;
        let lookers = idle.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok((all, lookers.into_iter().map(|looker| looker.look).collect()))
    }
}

/// One who looks, and what it needs to tell values apart.
struct Looker<L> {
    columns: Vec<Column>,
    hasher: Hasher,
    fingerprints: Vec<RowFingerprint>,
    look: L,
}

struct Column {
    reader: ColumnReader,
    /// Hashes of values told lately, each at the place that it gives itself.
    told: Box<[u64; REMEMBERED]>,
}

impl Column {
    fn new(reader: ColumnReader) -> Self {
        Self { reader, told: Box::new([0; REMEMBERED]) }
    }

    /// Whether a value was not told lately; from now on it was.
    fn is_news(&mut self, stored: ValueRef<'_>) -> bool {
        let mixed = |class: u64, bits: u64| (bits ^ class).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31);
        let hash = match stored {
            ValueRef::Null => return false,
            ValueRef::Integer(number) => mixed(1 << 62, number as u64),
            ValueRef::Real(number) => mixed(1 << 61, number.to_bits()),
            ValueRef::Text(text) => xxh3_64(text),
            ValueRef::Blob(blob) => !xxh3_64(blob),
        };
        // A hash of 0 counts as never told.
        let told = &mut self.told[hash as usize % REMEMBERED];
        let is_news = *told != hash || hash == 0;
        *told = hash;
        is_news
    }
}

impl<L: LookAtRows> Visit for Looker<L> {
    fn row(&mut self, key: i64, row: &Row<'_>) -> rusqlite::Result<usize> {
        self.hasher.clear();
        for place in 1..self.columns.len() + 2 {
            self.hasher.push(row.get_ref(place)?);
        }
        let fingerprint = RowFingerprint { row: key, hash: self.hasher.hash() };
        self.fingerprints.push(fingerprint);
        if self.look.row(fingerprint) {
            for (place, column) in self.columns.iter_mut().enumerate() {
                let stored = row.get_ref(place + 2)?;
                if !column.is_news(stored) {
                    continue;
                }
                match column.reader.read(stored) {
                    Read::Fits(Value::Null) | Read::Mistyped(_) => {}
                    Read::Fits(value) | Read::Recoded(value) => self.look.value(place, &value),
                }
            }
        }
        Ok(self.hasher.bytes())
    }
}
