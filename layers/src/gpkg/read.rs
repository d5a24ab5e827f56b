//! Reading feature tables: find, decode, reproject, repair, report.

use std::ops::RangeInclusive;
use std::path::Path;

use geo::{Coord, CoordsIter, Geometry};
use rayon::prelude::*;
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::blob;
use super::column::{ColumnReader, Read};
use super::contents::{Contents, RowKey};
use super::source::Source;
use super::write::quoted;
use super::{FeatureTable, ReadError};
use crate::crs::{CrsError, Declaration, ToLonLat};
use crate::feature::{
    Feature, Layer, Misplaced, Mistyped, Placing, ReadReport, Recoded, Repair, Skip, SourceTable, Value,
};
use crate::valid::{Made, is_valid, make_valid};

/// A GeoPackage, opened read-only: neither the file nor its folder ever changes.
#[derive(Debug)]
pub struct GeoPackage {
    source: Source,
    contents: Contents,
}

/// How a table is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The EPSG code that the user declares for the table. It overrules what the file says, which
    /// may be nothing (srs_id 0 or -1) or wrong.
    pub declared_epsg: Option<u16>,
}

/// Reprojection changes areas by less than this when it only rounds.
const ROUNDING_M2: f64 = 0.01;
/// A table of fewer rows is read in one piece.
const ROWS_WORTH_SHARING: u64 = 2_000;
/// Pieces per thread, so that a thread with heavy geometries does not hold up the others.
const PIECES_PER_THREAD: usize = 8;

impl GeoPackage {
    /// Opens a file without changing a byte of it, and reads what it says it contains.
    ///
    /// A file that somebody writes to (one with a `-wal` or `-journal` beside it) is copied to a
    /// temporary folder first and read there in its latest committed state.
    ///
    /// # Errors
    /// [`ReadError`]: the file is missing, empty, truncated, no GeoPackage, or has no features.
    pub fn open(file: &Path) -> Result<Self, ReadError> {
        let source = Source::new(file)?;
        let contents = Contents::read(&source, &source.connect()?)?;
        Ok(Self { source, contents })
    }

    /// Its feature tables and views, in the order of `gpkg_contents`.
    pub fn tables(&self) -> &[FeatureTable] {
        &self.contents.tables
    }

    /// Reads a whole table, in parallel, reprojected and repaired.
    ///
    /// # Errors
    /// As [`GeoPackage::read_with`].
    pub fn read(&self, table: &str) -> Result<Layer, ReadError> {
        self.read_with(table, &ReadOptions::default())
    }

    /// Reads a whole table with options.
    ///
    /// A row that gives no feature stands in the report with its reason; `rows == read +
    /// skipped.len()` always holds. The result does not depend on the number of threads.
    ///
    /// # Errors
    /// [`ReadError::UnknownTable`], [`ReadError::NoGeometry`], [`ReadError::Crs`] if the reference
    /// system is undefined, unknown or needs a transform, and [`ReadError::Sqlite`] if the file is
    /// damaged.
    pub fn read_with(&self, table: &str, options: &ReadOptions) -> Result<Layer, ReadError> {
        let place = self.find(table)?;
        let table = &self.contents.tables[place];
        let crs = self.crs_of(table, options)?;
        let job = Job { source: &self.source, table, crs: &crs, sql: Sql::new(table, &self.contents.keys[place]) };
        let mut pieces = job.run()?;
        self.source.still_the_same()?;

        let mut features = Vec::with_capacity(pieces.iter().map(|piece| piece.features.len()).sum());
        let placing = Placing { system: crs.name().to_owned(), area_of_use: crs.area_of_use(), ..Placing::default() };
        let mut report = ReadReport { placing, ..ReadReport::default() };
        for piece in &mut pieces {
            features.append(&mut piece.features);
            report.append(std::mem::take(&mut piece.report));
        }
        let source = SourceTable { file: self.source.file().to_owned(), table: table.name.clone() };
        Ok(Layer { source, columns: table.columns.clone(), features, report })
    }

    /// The transformation from a table's reference system to lon/lat, as [`GeoPackage::read_with`]
    /// uses it.
    ///
    /// # Errors
    /// As [`GeoPackage::read_with`].
    pub fn crs(&self, table: &str, options: &ReadOptions) -> Result<ToLonLat, ReadError> {
        self.crs_of(&self.contents.tables[self.find(table)?], options)
    }

    fn crs_of(&self, table: &FeatureTable, options: &ReadOptions) -> Result<ToLonLat, ReadError> {
        let found = match (options.declared_epsg, self.contents.systems.get(&table.srs_id)) {
            (Some(code), _) => ToLonLat::from_epsg(code),
            (None, Some(declaration)) => declaration.to_lon_lat(),
            (None, None) => Declaration { srs_id: table.srs_id, ..Declaration::default() }.to_lon_lat(),
        };
        found.map_err(|cause: CrsError| ReadError::Crs {
            file: self.source.file().to_owned(),
            table: table.name.clone(),
            cause,
        })
    }

    /// The place of a table: by its exact name, else without regard to ASCII case.
    fn find(&self, table: &str) -> Result<usize, ReadError> {
        let tables = self.tables();
        let exact = tables.iter().position(|known| known.name == table);
        if let Some(place) = exact.or_else(|| tables.iter().position(|known| known.name.eq_ignore_ascii_case(table))) {
            return Ok(place);
        }
        let (file, table) = (self.source.file().to_owned(), table.to_owned());
        let names: Vec<String> = tables.iter().map(|known| known.name.clone()).collect();
        if self.contents.others.contains(&table) {
            return Err(ReadError::NoGeometry { file, table, tables: names });
        }
        let likeness = |name: &String| strsim::jaro_winkler(&name.to_lowercase(), &table.to_lowercase());
        let best = names.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        let nearest = best.filter(|name| likeness(name) > 0.7).cloned();
        Err(ReadError::UnknownTable { file, table, nearest, tables: names })
    }
}

/// The statement that reads rows: key, geometry, then the attribute columns.
struct Sql {
    text: String,
    /// The smallest and largest key, if rows can be shared out by it.
    bounds: Option<String>,
    /// Whether keys come from the file (else rows are counted).
    has_key: bool,
}

impl Sql {
    fn new(table: &FeatureTable, key: &RowKey) -> Self {
        let columns: String = table.columns.iter().map(|column| format!(", {}", quoted(&column.name))).collect();
        let (name, geometry) = (quoted(&table.name), quoted(&table.geometry_column));
        match key {
            RowKey::RowId(rowid) => Self {
                text: format!(
                    "SELECT {rowid}, {geometry}{columns} FROM {name} WHERE {rowid} BETWEEN ?1 AND ?2 ORDER BY {rowid}"
                ),
                bounds: Some(format!("SELECT min({rowid}), max({rowid}) FROM {name}")),
                has_key: true,
            },
            RowKey::Column(fid) => Self {
                text: format!("SELECT {fid}, {geometry}{columns} FROM {name} WHERE ?1 <= ?2 ORDER BY {fid}"),
                bounds: None,
                has_key: true,
            },
            RowKey::Number => Self {
                text: format!("SELECT 0, {geometry}{columns} FROM {name} WHERE ?1 <= ?2"),
                bounds: None,
                has_key: false,
            },
        }
    }
}

/// One table being read.
struct Job<'a> {
    source: &'a Source,
    table: &'a FeatureTable,
    crs: &'a ToLonLat,
    sql: Sql,
}

/// What one range of rows gave.
#[derive(Debug, Default)]
struct Piece {
    features: Vec<Feature>,
    report: ReadReport,
}

impl Job<'_> {
    fn run(&self) -> Result<Vec<Piece>, ReadError> {
        let ranges = self.ranges()?;
        if let [only] = ranges.as_slice() {
            return Ok(vec![self.read(&self.source.connect()?, only.clone())?]);
        }
        ranges
            .into_par_iter()
            .map_init(
                || self.source.connect(),
                |connection, range| match connection {
                    Ok(connection) => self.read(connection, range),
                    Err(_) => self.read(&self.source.connect()?, range),
                },
            )
            .collect()
    }

    /// Ranges of the row key that together hold every row; one, if the rows cannot be shared out.
    fn ranges(&self) -> Result<Vec<RangeInclusive<i64>>, ReadError> {
        let all = i64::MIN..=i64::MAX;
        let Some(bounds) = self.sql.bounds.as_deref().filter(|_| self.table.rows >= ROWS_WORTH_SHARING) else {
            return Ok(vec![all]);
        };
        let connection = self.source.connect()?;
        let bounds = connection.query_row(bounds, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)));
        let (min, max) = bounds.map_err(|cause| self.source.fail(Some(&self.table.name), cause))?;
        Ok(shared_out(min, max, rayon::current_num_threads() * PIECES_PER_THREAD))
    }

    fn read(&self, connection: &Connection, range: RangeInclusive<i64>) -> Result<Piece, ReadError> {
        let mut last_row = None;
        self.read_rows(connection, range, &mut last_row).map_err(|cause| ReadError::Sqlite {
            file: self.source.file().to_owned(),
            table: Some(self.table.name.clone()),
            after_row: last_row,
            cause: Box::new(cause),
        })
    }

    fn read_rows(
        &self,
        connection: &Connection,
        range: RangeInclusive<i64>,
        last_row: &mut Option<i64>,
    ) -> rusqlite::Result<Piece> {
        let mut statement = connection.prepare(&self.sql.text)?;
        let mut readers: Vec<ColumnReader> =
            self.table.columns.iter().map(|column| ColumnReader::new(column.kind)).collect();
        let mut piece = Piece::default();
        let mut rows = statement.query([range.start(), range.end()])?;
        while let Some(stored) = rows.next()? {
            let row = if self.sql.has_key { stored.get(0)? } else { last_row.map_or(1, |last| last + 1) };
            // Keys that do not ascend come from a damaged tree, which might never end.
            if last_row.is_some_and(|last| row <= last) {
                let corrupt = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
                return Err(rusqlite::Error::SqliteFailure(corrupt, Some(format!("row {row} comes out of order"))));
            }
            *last_row = Some(row);
            piece.report.rows += 1;
            match self.geometry(row, stored.get_ref(1)?, &mut piece.report) {
                Ok(geometry) => {
                    let mut values = Vec::with_capacity(readers.len());
                    for (place, reader) in readers.iter_mut().enumerate() {
                        let read = reader.read(stored.get_ref(place + 2)?);
                        values.push(self.value(row, place, read, &mut piece.report));
                    }
                    piece.features.push(Feature { row, geometry, values });
                    piece.report.read += 1;
                }
                Err(reason) => piece.report.skipped.push(Skip { row, reason }),
            }
        }
        Ok(piece)
    }

    /// The geometry of a row in lon/lat, valid; or why there is none.
    fn geometry(&self, row: i64, stored: ValueRef<'_>, report: &mut ReadReport) -> Result<Geometry<f64>, String> {
        let blob = match stored {
            ValueRef::Null => return Err("geometry is NULL".into()),
            ValueRef::Blob(blob) => blob,
            other => return Err(format!("geometry is of type {}, not a blob", other.data_type())),
        };
        let mut geometry = blob::decode(blob).map_err(|error| error.to_string())?;
        let stored = geometry.coords_iter().next();
        let reprojected = self.crs.geometry(&mut geometry).map_err(|error| error.to_string());
        if let Some(stored) = stored {
            self.place(row, stored, &mut report.placing);
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
                report.repaired.push(Repair { row, reason, area_before: before, area_after: after });
                Ok(geometry)
            }
            Made::Nothing { reason } => Err(format!("nothing is left after repair: {reason}")),
        }
    }

    /// Counts a row that begins outside the area of use.
    fn place(&self, row: i64, stored: Coord<f64>, placing: &mut Placing) {
        let inside = |there: Coord<f64>| Placing::holds(self.crs.area_of_use(), there.x, there.y);
        let lon_lat = self.crs.point(stored).ok();
        if lon_lat.is_some_and(inside) {
            return;
        }
        placing.outside += 1;
        let turned = self.crs.point(Coord { x: stored.y, y: stored.x });
        placing.swapped += u64::from(turned.is_ok_and(inside));
        if placing.listed.len() < ReadReport::LISTED {
            let lon_lat = lon_lat.map(|there| [there.x, there.y]);
            placing.listed.push(Misplaced { row, stored: [stored.x, stored.y], lon_lat });
        }
    }

    fn value(&self, row: i64, place: usize, read: Read, report: &mut ReadReport) -> Value {
        let column = || self.table.columns[place].name.clone();
        match read {
            Read::Fits(value) => value,
            Read::Mistyped(text) => {
                report.mistyped(|| Mistyped { row, column: column(), text });
                Value::Null
            }
            Read::Recoded(value) => {
                report.recoded(|| Recoded { row, column: column(), text: value.to_string() });
                value
            }
        }
    }
}

/// Cuts `min..=max` into at most `pieces` ranges of about equal width. The first and last are open,
/// so that nothing outside the bounds is lost.
fn shared_out(min: i64, max: i64, pieces: usize) -> Vec<RangeInclusive<i64>> {
    let width = i128::from(max) - i128::from(min) + 1;
    let pieces = (pieces as i128).clamp(1, width.max(1));
    let cut = |number: i128| (i128::from(min) + width * number / pieces) as i64;
    (0..pieces)
        .map(|number| {
            let start = if number == 0 { i64::MIN } else { cut(number) };
            let end = if number == pieces - 1 { i64::MAX } else { cut(number + 1) - 1 };
            start..=end
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_cover_every_row_once() {
        for (min, max, pieces) in [(1, 10, 3), (1, 1, 8), (-5, 5, 4), (i64::MIN, i64::MAX, 7), (0, i64::MAX, 16)] {
            let ranges = shared_out(min, max, pieces);
            assert_eq!((*ranges[0].start(), *ranges[ranges.len() - 1].end()), (i64::MIN, i64::MAX));
            assert!(ranges.windows(2).all(|pair| *pair[0].end() + 1 == *pair[1].start()), "{ranges:?}");
            assert!(ranges.iter().all(|range| range.start() <= range.end()), "{ranges:?}");
        }
    }
}
