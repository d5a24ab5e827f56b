//! What is kept of each row for the next run: a hash of what it said, where it lies, and what its
//! records added to sums that cannot be told from that.

use crate::chains::{Chains, ShapeKind};
use crate::survey::Survey;
use crate::varint;
use crate::world::{Bounds, WorldPoint};

/// A row of a layer's source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowMark {
    /// What it is known by: unique in its layer.
    pub key: i64,
    /// A hash of everything in it.
    pub hash: u64,
}

/// Instead of a number of records: the row gave no feature.
const NO_FEATURE: u8 = u8::MAX;

/// Rows in order, and their records in order. Records of label points are left out: they stand where
/// the anchors of polygons are.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Notes {
    pub(crate) marks: Vec<RowMark>,
    /// Records of each row, or [`NO_FEATURE`].
    counts: Vec<u8>,
    pub(crate) bounds: Vec<Bounds>,
    pub(crate) anchors: Vec<WorldPoint>,
    kinds: Vec<u8>,
    /// Where the tally of each record ends in `tallies`.
    tally_ends: Vec<u32>,
    tallies: Vec<u8>,
}

/// A record as it is noted.
#[derive(Clone, Copy)]
pub(crate) struct Noted<'a> {
    pub(crate) bounds: Bounds,
    pub(crate) kind: ShapeKind,
    tally: &'a [u8],
}

fn kind_of(byte: u8) -> ShapeKind {
    match byte {
        0 => ShapeKind::Points,
        1 => ShapeKind::Lines,
        _ => ShapeKind::Polygons,
    }
}

impl Notes {
    /// Begins a row; its records follow.
    pub(crate) fn begin_row(&mut self, mark: RowMark, has_feature: bool) {
        self.marks.push(mark);
        self.counts.push(if has_feature { 0 } else { NO_FEATURE });
    }

    /// Adds a record to the row begun last.
    pub(crate) fn push(&mut self, chains: &Chains, bounds: Bounds, anchor: WorldPoint) {
        if let Some(count) = self.counts.last_mut() {
            *count += 1;
        }
        self.bounds.push(bounds);
        self.anchors.push(anchor);
        self.kinds.push(chains.kind as u8);
        Survey::tally(chains, &mut self.tallies);
        self.tally_ends.push(self.tallies.len() as u32);
    }

    pub(crate) fn rows(&self) -> usize {
        self.marks.len()
    }

    pub(crate) fn records(&self) -> usize {
        self.bounds.len()
    }

    /// Whether a row gave a feature.
    pub(crate) fn has_feature(&self, row: usize) -> bool {
        self.counts[row] != NO_FEATURE
    }

    /// The records of a row.
    pub(crate) fn count(&self, row: usize) -> usize {
        if self.has_feature(row) { usize::from(self.counts[row]) } else { 0 }
    }

    /// The first record of each row, and the number of all.
    pub(crate) fn firsts(&self) -> Vec<u32> {
        let mut first = 0;
        let mut firsts: Vec<u32> = Vec::with_capacity(self.rows() + 1);
        firsts.push(0);
        firsts.extend((0..self.rows()).map(|row| {
            first += self.count(row) as u32;
            first
        }));
        firsts
    }

    pub(crate) fn record(&self, record: usize) -> Noted<'_> {
        let start = record.checked_sub(1).map_or(0, |before| self.tally_ends[before] as usize);
        Noted {
            bounds: self.bounds[record],
            kind: kind_of(self.kinds[record]),
            tally: &self.tallies[start..self.tally_ends[record] as usize],
        }
    }

    /// Appends rows of another, with their records, which begin at `first`.
    pub(crate) fn append(&mut self, other: &Self, rows: std::ops::Range<usize>, first: usize) {
        let records: usize = rows.clone().map(|row| other.count(row)).sum();
        self.marks.extend_from_slice(&other.marks[rows.clone()]);
        self.counts.extend_from_slice(&other.counts[rows]);
        let last = first + records;
        self.bounds.extend_from_slice(&other.bounds[first..last]);
        self.anchors.extend_from_slice(&other.anchors[first..last]);
        self.kinds.extend_from_slice(&other.kinds[first..last]);
        let tally_start = first.checked_sub(1).map_or(0, |before| other.tally_ends[before]);
        let shift = (self.tallies.len() as u32).wrapping_sub(tally_start);
        self.tally_ends.extend(other.tally_ends[first..last].iter().map(|end| end.wrapping_add(shift)));
        let tally_end = last.checked_sub(1).map_or(0, |last| other.tally_ends[last]).max(tally_start);
        self.tallies.extend_from_slice(&other.tallies[tally_start as usize..tally_end as usize]);
    }

    /// Appends all of another.
    pub(crate) fn append_all(&mut self, other: &Self) {
        self.append(other, 0..other.rows(), 0);
    }

    /// What all records are together.
    pub(crate) fn survey(&self) -> Survey {
        let mut survey = Survey::default();
        for record in 0..self.records() {
            let noted = self.record(record);
            survey.add_tallied(noted.kind, noted.bounds, noted.tally);
        }
        survey
    }

    /// Where the polygons are that get a label.
    pub(crate) fn labels(&self) -> impl Iterator<Item = WorldPoint> + '_ {
        self.anchors.iter().zip(&self.kinds).filter(|(_, kind)| **kind == ShapeKind::Polygons as u8).map(|(at, _)| *at)
    }

    /// Which kinds of geometry there are.
    pub(crate) fn kinds(&self) -> [bool; 3] {
        [0, 1, 2].map(|kind| self.kinds.contains(&kind))
    }

    pub(crate) fn to_bytes(&self, out: &mut Vec<u8>) {
        varint::put(out, self.rows() as u64);
        varint::put(out, self.records() as u64);
        varint::put(out, self.tallies.len() as u64);
        self.marks.iter().for_each(|mark| out.extend(mark.key.to_le_bytes()));
        self.marks.iter().for_each(|mark| out.extend(mark.hash.to_le_bytes()));
        out.extend(&self.counts);
        for bounds in &self.bounds {
            [bounds.west, bounds.north, bounds.east, bounds.south]
                .iter()
                .for_each(|side| out.extend(side.to_le_bytes()));
        }
        self.anchors.iter().for_each(|anchor| {
            out.extend(anchor.x.to_le_bytes());
            out.extend(anchor.y.to_le_bytes());
        });
        out.extend(&self.kinds);
        self.tally_ends.iter().for_each(|end| out.extend(end.to_le_bytes()));
        out.extend(&self.tallies);
    }

    /// Reads what [`Notes::to_bytes`] wrote; `None` for anything else.
    pub(crate) fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let mut number = || varint::take(&mut bytes).and_then(|number| usize::try_from(number).ok());
        let (rows, records, tallies) = (number()?, number()?, number()?);
        let mut column = |items: usize, width: usize| {
            let (column, rest) = bytes.split_at_checked(items.checked_mul(width)?)?;
            bytes = rest;
            Some(column)
        };
        let keys = column(rows, 8)?.chunks_exact(8);
        let hashes = column(rows, 8)?.chunks_exact(8);
        let wide = |bytes: &[u8]| u64::from_le_bytes(bytes.first_chunk().copied().unwrap_or_default());
        let narrow = |bytes: &[u8]| u32::from_le_bytes(bytes.first_chunk().copied().unwrap_or_default());
        let marks = keys.zip(hashes).map(|(key, hash)| RowMark { key: wide(key) as i64, hash: wide(hash) }).collect();
        let counts = column(rows, 1)?.to_vec();
        let bounds = column(records, 16)?.chunks_exact(16).map(|side| Bounds {
            west: narrow(side),
            north: narrow(&side[4..]),
            east: narrow(&side[8..]),
            south: narrow(&side[12..]),
        });
        let bounds = bounds.collect();
        let anchors = column(records, 8)?.chunks_exact(8);
        let anchors = anchors.map(|point| WorldPoint { x: narrow(point), y: narrow(&point[4..]) }).collect();
        let kinds = column(records, 1)?.to_vec();
        let tally_ends: Vec<u32> = column(records, 4)?.chunks_exact(4).map(narrow).collect();
        let tallies = column(tallies, 1)?.to_vec();
        let notes = Self { marks, counts, bounds, anchors, kinds, tally_ends, tallies };
        notes.is_sound().then_some(notes)
    }

    /// Whether all parts fit together.
    fn is_sound(&self) -> bool {
        let records: usize = (0..self.rows()).map(|row| self.count(row)).sum();
        let last = self.tally_ends.last().map_or(0, |&end| end as usize);
        records == self.records() && self.tally_ends.is_sorted() && last == self.tallies.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chains::ChainEnd;

    /// Key, hash, and the points of each record.
    type Row = (i64, u64, Vec<Vec<(u32, u32)>>);

    fn notes(rows: &[Row]) -> Notes {
        let mut notes = Notes::default();
        for (key, hash, records) in rows {
            notes.begin_row(RowMark { key: *key, hash: *hash }, hash % 3 > 0);
            for points in records.iter().filter(|_| hash % 3 > 0) {
                let points: Vec<WorldPoint> = points.iter().map(|&(x, y)| WorldPoint { x, y }).collect();
                let ends = vec![ChainEnd { end: points.len() as u32, is_shell: true }];
                let kind = kind_of((hash % 4) as u8);
                let chains = Chains { kind, points, ends };
                let bounds = chains.bounds().expect("points");
                notes.push(&chains, bounds, chains.points[0]);
            }
        }
        notes
    }

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let points = prop::collection::vec(any::<(u32, u32)>(), 1..6);
        prop::collection::vec((any::<i64>(), any::<u64>(), prop::collection::vec(points, 0..3)), 0..12)
    }

    proptest! {
        #[test]
        fn there_and_back(rows in rows(), cut: prop::sample::Index) {
            let whole = notes(&rows);
            let mut bytes = Vec::new();
            whole.to_bytes(&mut bytes);
            let read = Notes::from_bytes(&bytes);
            prop_assert_eq!(read.as_ref(), Some(&whole));
            let mut survey = Survey::default();
            for (record, bounds) in (0..whole.records()).map(|record| (whole.record(record), whole.bounds[record])) {
                prop_assert_eq!(record.bounds, bounds);
                survey.add_tallied(record.kind, bounds, record.tally);
            }
            prop_assert_eq!(whole.survey(), survey);
            // In two parts it is the same.
            let cut = cut.index(rows.len() + 1);
            let mut parts = Notes::default();
            parts.append(&whole, 0..cut, 0);
            parts.append(&whole, cut..rows.len(), whole.firsts()[cut] as usize);
            prop_assert_eq!(parts, whole);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = Notes::from_bytes(&bytes);
        }
    }
}
