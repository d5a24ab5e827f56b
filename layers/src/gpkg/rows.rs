//! From stored rows to features: decode, reproject, repair, report.

use geo::{Coord, CoordsIter, Geometry};
use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::FeatureTable;
use super::blob;
use super::column::{ColumnReader, Read};
use super::fingerprint::{Hasher, RowFingerprint};
use super::walk::Visit;
use crate::crs::ToLonLat;
use crate::feature::{Feature, Misplaced, Mistyped, Placing, ReadReport, Recoded, Repair, Skip, Value};
use crate::valid::{Made, is_valid, make_valid};

/// Reprojection changes areas by less than this when it only rounds.
const ROUNDING_M2: f64 = 0.01;

/// Some consecutive rows of a table.
#[derive(Debug, Default)]
pub struct Batch {
    /// Those that could be read, in row order.
    pub features: Vec<Feature>,
    /// What is stored in each row, also in those that gave no feature, in row order.
    pub fingerprints: Vec<RowFingerprint>,
}

/// Makes features of rows.
pub(super) struct Decoder<'a> {
    table: &'a FeatureTable,
    crs: &'a ToLonLat,
    readers: Vec<ColumnReader>,
    hasher: Hasher,
    pub(super) batch: Batch,
    pub(super) report: ReadReport,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(table: &'a FeatureTable, crs: &'a ToLonLat) -> Self {
        let readers = table.columns.iter().map(|column| ColumnReader::new(column.kind)).collect();
        let (hasher, batch, report) = (Hasher::default(), Batch::default(), ReadReport::default());
        Self { table, crs, readers, hasher, batch, report }
    }

    /// The geometry of a row in lon/lat, valid; or why there is none.
    fn geometry(&mut self, row: i64, stored: ValueRef<'_>) -> Result<Geometry<f64>, String> {
        let blob = match stored {
            ValueRef::Null => return Err("geometry is NULL".into()),
            ValueRef::Blob(blob) => blob,
            other => return Err(format!("geometry is of type {}, not a blob", other.data_type())),
        };
        let mut geometry = blob::decode(blob).map_err(|error| error.to_string())?;
        let stored = geometry.coords_iter().next();
        let reprojected = self.crs.geometry(&mut geometry).map_err(|error| error.to_string());
        if let Some(stored) = stored {
            let there = if reprojected.is_ok() { geometry.coords_iter().next() } else { self.crs.point(stored).ok() };
            self.place(row, stored, there);
        }
        reprojected?;
        match make_valid(geometry) {
            Made::Valid(geometry) => Ok(geometry),
            Made::Repaired { geometry, reason, before, after } => {
                // What was valid in its own plane only suffered from rounding: a vertex that lay a
                // nanometre beside an edge came to lie on it. That is ours to mend, not to report.
                let drawn = blob::decode(blob).is_ok_and(|drawn| !is_valid(drawn));
                if !drawn && (after.0 - before.0).abs() < ROUNDING_M2 {
                    tracing::debug!(table = self.table.name, row, reason, "mended after reprojection");
                    return Ok(geometry);
                }
                self.report.repaired.push(Repair { row, reason, area_before: before, area_after: after });
                Ok(geometry)
            }
            Made::Nothing { reason } => Err(format!("nothing is left after repair: {reason}")),
        }
    }

    /// Counts a row that begins outside the area of use.
    fn place(&mut self, row: i64, stored: Coord<f64>, lon_lat: Option<Coord<f64>>) {
        let inside = |there: Coord<f64>| Placing::holds(self.crs.area_of_use(), there.x, there.y);
        if lon_lat.is_some_and(inside) {
            return;
        }
        let placing = &mut self.report.placing;
        placing.outside += 1;
        let turned = self.crs.point(Coord { x: stored.y, y: stored.x });
        placing.swapped += u64::from(turned.is_ok_and(inside));
        if placing.listed.len() < ReadReport::LISTED {
            let lon_lat = lon_lat.map(|there| [there.x, there.y]);
            placing.listed.push(Misplaced { row, stored: [stored.x, stored.y], lon_lat });
        }
    }

    fn value(&mut self, row: i64, place: usize, stored: ValueRef<'_>) -> Value {
        let column = || self.table.columns[place].name.clone();
        match self.readers[place].read(stored) {
            Read::Fits(value) => value,
            Read::Mistyped(text) => {
                self.report.mistyped(|| Mistyped { row, column: column(), text });
                Value::Null
            }
            Read::Recoded(value) => {
                self.report.recoded(|| Recoded { row, column: column(), text: value.to_string() });
                value
            }
        }
    }
}

impl Visit for Decoder<'_> {
    fn row(&mut self, key: i64, row: &Row<'_>) -> rusqlite::Result<usize> {
        self.report.rows += 1;
        self.hasher.clear();
        let stored = row.get_ref(1)?;
        self.hasher.push(stored);
        let mut values = Vec::with_capacity(self.readers.len());
        let geometry = self.geometry(key, stored);
        for place in 0..self.readers.len() {
            let stored = row.get_ref(place + 2)?;
            self.hasher.push(stored);
            if geometry.is_ok() {
                values.push(self.value(key, place, stored));
            }
        }
        match geometry {
            Ok(geometry) => {
                self.batch.features.push(Feature { row: key, geometry, values });
                self.report.read += 1;
            }
            Err(reason) => self.report.skipped.push(Skip { row: key, reason }),
        }
        self.batch.fingerprints.push(RowFingerprint { row: key, hash: self.hasher.hash() });
        Ok(self.hasher.bytes())
    }
}
