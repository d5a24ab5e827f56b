//! Writing feature tables: the demo city and the findings.
//!
//! The same rows give the same bytes: there is no clock in the file, and SQLite lays out pages by
//! what is inserted in which order.

use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;

use geo::{BoundingRect, Geometry, LineString, Polygon};
use geozero::wkb::{WkbDialect, WkbWriter};
use geozero::{CoordDimensions, GeozeroGeometry};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement, params};

use super::rtree::{self, Entry};
use crate::feature::{Value, ValueKind};
use crate::schema::GeometryKind;

/// What a new feature table is.
#[derive(Clone, Debug)]
pub struct TableSpec<'a> {
    /// Table name, any script.
    pub name: &'a str,
    /// Title that programs show for it.
    pub identifier: &'a str,
    /// What it holds, in a sentence.
    pub description: &'a str,
    /// Geometry kind; polygons and lines are written as multi-geometries.
    pub geometry: GeometryKind,
    /// An EPSG code that [`crs_definitions`] knows.
    pub epsg: u16,
    /// Attribute columns: name and type.
    pub columns: &'a [(&'a str, ValueKind)],
}

/// A row of a feature table.
pub(crate) struct Row<'r> {
    /// In the table's own CRS, east or longitude first.
    pub(crate) geometry: &'r Geometry<f64>,
    /// The first column, if it is an id.
    pub(crate) id: Option<i64>,
    /// The other columns.
    pub(crate) values: &'r [Value],
}

/// Rows that are encoded at a time.
const ROWS_A_PIECE: usize = 1024;
/// Pieces of them that wait to be taken.
const PIECES_AHEAD: usize = 4;

/// Why a GeoPackage cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// SQLite refused.
    #[error("cannot write {}", file.display())]
    Sqlite {
        /// The file.
        file: PathBuf,
        /// What SQLite says.
        #[source]
        cause: rusqlite::Error,
    },
    /// The reference system is not in the registry.
    #[error("EPSG:{epsg} is not in the registry of reference systems")]
    UnknownCrs {
        /// The code.
        epsg: u16,
    },
    /// A geometry could not be encoded.
    #[error("geometry of row {row} in {table} cannot be encoded")]
    Geometry {
        /// The table.
        table: String,
        /// The row, counted from 1.
        row: i64,
        /// What the encoder says.
        #[source]
        cause: geozero::error::GeozeroError,
    },
}

/// A GeoPackage being written. Nothing but [`Writer::finish`] makes it complete.
#[derive(Debug)]
pub struct Writer {
    file: PathBuf,
    pub(super) connection: Connection,
}

/// `GPKG`, the application id of OGC 12-128r19 §1.1.1.1.1.
const APPLICATION_ID: i64 = 0x4750_4B47;
/// Version 1.3.0 as `user_version`: the newest that GDAL 3.6 reads without a warning.
const USER_VERSION: i64 = 10_300;
/// GeoPackage wants a time of change; ours must not depend on the clock.
pub(super) const LAST_CHANGE: &str = "1970-01-01T00:00:00.000Z";

/// Core tables of OGC 12-128r19, annex C.
const CORE_TABLES: &str = "
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian', -1, 'NONE', -1, 'undefined', NULL),
  ('Undefined geographic', 0, 'NONE', 0, 'undefined', NULL);";

/// Tables of the metadata extension (OGC 12-128r19, annex F.8).
const METADATA_TABLES: &str = "
CREATE TABLE gpkg_metadata (
  id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset',
  md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (
  reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
  timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  md_file_id INTEGER NOT NULL, md_parent_id INTEGER,
  CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
INSERT INTO gpkg_extensions VALUES
  ('gpkg_metadata', NULL, 'gpkg_metadata', 'http://www.geopackage.org/spec121/#extension_metadata', 'read-write'),
  ('gpkg_metadata_reference', NULL, 'gpkg_metadata', 'http://www.geopackage.org/spec121/#extension_metadata', 'read-write');";
/// Our metadata are of no metadata standard: JSON is all that can be said of them.
const JSON_URI: &str = "https://www.rfc-editor.org/rfc/rfc8259";

impl Writer {
    /// Starts a new file; one that is there already is replaced.
    pub fn create(file: &Path) -> Result<Self, WriteError> {
        let open = || {
            if file.exists() {
                std::fs::remove_file(file).map_err(|_| rusqlite::Error::InvalidPath(file.to_owned()))?;
            }
            let connection = Connection::open(file)?;
            connection
                .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 16384;")?;
            connection.pragma_update(None, "application_id", APPLICATION_ID)?;
            connection.pragma_update(None, "user_version", USER_VERSION)?;
            connection.execute_batch(CORE_TABLES)?;
            add_srs(&connection, 4326)?;
            connection.execute_batch("BEGIN")?;
            Ok(connection)
        };
        let connection = open().map_err(|cause| WriteError::Sqlite { file: file.to_owned(), cause })?;
        Ok(Self { file: file.to_owned(), connection })
    }

    /// Adds a feature table with its rows and an R-tree.
    ///
    /// Each row is a geometry in the table's own CRS (east or longitude first) and one value per
    /// column. Row ids count from 1 in the order given.
    pub fn table<'r>(
        &mut self,
        spec: &TableSpec<'_>,
        rows: impl IntoIterator<Item = (&'r Geometry<f64>, &'r [Value])>,
    ) -> Result<(), WriteError> {
        self.rows(spec, rows.into_iter().map(|(geometry, values)| Row { geometry, id: None, values }))
    }

    /// The same of rows that may have an id, the first column then.
    pub(crate) fn rows<'r>(
        &mut self,
        spec: &TableSpec<'_>,
        rows: impl IntoIterator<Item = Row<'r>>,
    ) -> Result<(), WriteError> {
        if crs_definitions::from_code(spec.epsg).is_none() {
            return Err(WriteError::UnknownCrs { epsg: spec.epsg });
        }
        let fail = |cause| WriteError::Sqlite { file: self.file.clone(), cause };
        self.declare(spec).map_err(fail)?;

        let table = quoted(spec.name);
        let names: String = spec.columns.iter().map(|(name, _)| format!(", {}", quoted(name))).collect();
        let marks = ", ?".repeat(spec.columns.len());
        let insert = format!("INSERT INTO {table} (geom{names}) VALUES (?{marks})");
        let mut insert = self.connection.prepare(&insert).map_err(fail)?;
        let rows: Vec<Row<'r>> = rows.into_iter().collect();
        let mut entries = Vec::with_capacity(rows.len());
        let mut bounds: Option<geo::Rect<f64>> = None;
        // SQLite takes rows one by one; meanwhile the next ones are encoded.
        std::thread::scope(|scope| {
            let (send, encoded) = sync_channel(PIECES_AHEAD);
            let rows = &rows;
            scope.spawn(move || {
                let pieces = rows.chunks(ROWS_A_PIECE);
                let encode = |piece: &[Row<'_>]| piece.iter().map(|row| encoded_row(row, spec)).collect::<Vec<_>>();
                // After an error nobody listens any more.
                let _ = pieces.map(encode).try_for_each(|piece| send.send(piece));
            });
            for (number, (row, encoded)) in (1i64..).zip(rows.iter().zip(encoded.into_iter().flatten())) {
                let (blob, rect) = encoded.map_err(|cause| WriteError::Geometry {
                    table: spec.name.to_owned(),
                    row: number,
                    cause,
                })?;
                bind(&mut insert, &blob, row).and_then(|()| insert.raw_execute()).map_err(fail)?;
                if let Some(rect) = rect {
                    let (min, max) = (rect.min(), rect.max());
                    entries.push(Entry { id: number, sides: [min.x, max.x, min.y, max.y] });
                    bounds = Some(bounds.map_or(rect, |all| merged(all, rect)));
                }
            }
            Ok(())
        })?;
        drop(insert);
        rtree::fill(&self.connection, &rtree_name(spec.name, GEOMETRY), entries).map_err(fail)?;
        if let Some(all) = bounds {
            let (min, max) = (all.min(), all.max());
            let update = "UPDATE gpkg_contents SET min_x=?, min_y=?, max_x=?, max_y=? WHERE table_name=?";
            self.connection.execute(update, params![min.x, min.y, max.x, max.y, spec.name]).map_err(fail)?;
        }
        self.connection.execute_batch(&rtree_triggers(spec.name)).map_err(fail)
    }

    /// Adds a table without geometry.
    pub fn attributes_table<'r>(
        &mut self,
        name: &str,
        identifier: &str,
        columns: &[(&str, ValueKind)],
        rows: impl IntoIterator<Item = &'r [Value]>,
    ) -> Result<(), WriteError> {
        let fail = |cause| WriteError::Sqlite { file: self.file.clone(), cause };
        let create =
            format!("CREATE TABLE {} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL{})", quoted(name), typed(columns));
        self.connection.execute_batch(&create).map_err(fail)?;
        let contents = "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)
                        VALUES (?, 'attributes', ?, '', ?, 0)";
        self.connection.execute(contents, params![name, identifier, LAST_CHANGE]).map_err(fail)?;
        let names: Vec<String> = columns.iter().map(|(name, _)| quoted(name)).collect();
        let marks = vec!["?"; columns.len()].join(", ");
        let insert = format!("INSERT INTO {} ({}) VALUES ({marks})", quoted(name), names.join(", "));
        let mut insert = self.connection.prepare(&insert).map_err(fail)?;
        for values in rows {
            insert.execute(rusqlite::params_from_iter(values)).map_err(fail)?;
        }
        Ok(())
    }

    /// Says what the whole file is, as JSON (OGC 12-128r19, annex F.8).
    pub fn metadata(&mut self, json: &str) -> Result<(), WriteError> {
        let fail = |cause| WriteError::Sqlite { file: self.file.clone(), cause };
        self.connection.execute_batch(METADATA_TABLES).map_err(fail)?;
        self.connection
            .execute("INSERT INTO gpkg_metadata VALUES (1, 'dataset', ?, 'application/json', ?)", [JSON_URI, json])
            .map_err(fail)?;
        let reference = "INSERT INTO gpkg_metadata_reference VALUES ('geopackage', NULL, NULL, NULL, ?, 1, NULL)";
        self.connection.execute(reference, [LAST_CHANGE]).map_err(fail)?;
        Ok(())
    }

    pub(super) fn failed(&self, cause: rusqlite::Error) -> WriteError {
        WriteError::Sqlite { file: self.file.clone(), cause }
    }

    /// Completes the file and flushes it to the disk.
    pub fn finish(self) -> Result<(), WriteError> {
        let file = self.file.clone();
        self.finish_unflushed()?;
        let sync = std::fs::File::open(&file).and_then(|file| file.sync_all());
        sync.map_err(|_| WriteError::Sqlite { cause: rusqlite::Error::InvalidPath(file.clone()), file })
    }

    /// Completes the file; somebody else sees that the disk has it.
    pub(crate) fn finish_unflushed(self) -> Result<(), WriteError> {
        let fail = |cause| WriteError::Sqlite { file: self.file.clone(), cause };
        self.connection.execute_batch("COMMIT").map_err(fail)?;
        self.connection.close().map_err(|(_, cause)| fail(cause))
    }

    fn declare(&self, spec: &TableSpec<'_>) -> rusqlite::Result<()> {
        add_srs(&self.connection, spec.epsg)?;
        let kind = geometry_type(spec.geometry);
        let (table, rtree) = (quoted(spec.name), quoted(&rtree_name(spec.name, GEOMETRY)));
        self.connection.execute_batch(&format!(
            "CREATE TABLE {table} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {kind}{});
             CREATE VIRTUAL TABLE {rtree} USING rtree(id, minx, maxx, miny, maxy);",
            typed(spec.columns)
        ))?;
        self.connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)
             VALUES (?, 'features', ?, ?, ?, ?)",
            params![spec.name, spec.identifier, spec.description, LAST_CHANGE, spec.epsg],
        )?;
        self.connection.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
            params![spec.name, kind, spec.epsg],
        )?;
        self.connection.execute(
            "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index',
             'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
            params![spec.name],
        )?;
        Ok(())
    }
}

/// An SQL identifier, quoted.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The geometry column of the tables written here.
pub(crate) const GEOMETRY: &str = "geom";

/// The table of the spatial index (OGC 12-128r19, annex F.3).
pub(crate) fn rtree_name(table: &str, geometry_column: &str) -> String {
    format!("rtree_{table}_{geometry_column}")
}

fn typed(columns: &[(&str, ValueKind)]) -> String {
    let sql = |kind: ValueKind| match kind {
        ValueKind::Bool => "BOOLEAN",
        ValueKind::Int => "INTEGER",
        ValueKind::Real => "REAL",
        ValueKind::Text => "TEXT",
    };
    columns.iter().map(|(name, kind)| format!(", {} {}", quoted(name), sql(*kind))).collect()
}

fn geometry_type(kind: GeometryKind) -> &'static str {
    match kind {
        GeometryKind::Point => "POINT",
        GeometryKind::Line => "MULTILINESTRING",
        GeometryKind::Polygon => "MULTIPOLYGON",
        GeometryKind::Mixed => "GEOMETRY",
    }
}

fn merged(a: geo::Rect<f64>, b: geo::Rect<f64>) -> geo::Rect<f64> {
    geo::Rect::new(
        geo::coord! { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
        geo::coord! { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
    )
}

fn add_srs(connection: &Connection, epsg: u16) -> rusqlite::Result<()> {
    let Some(definition) = crs_definitions::from_code(epsg) else { return Ok(()) };
    let name = definition.wkt.split('"').nth(1).unwrap_or("unnamed");
    connection.execute(
        "INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?, ?, 'EPSG', ?, ?, NULL)",
        params![name, epsg, epsg, definition.wkt],
    )?;
    Ok(())
}

/// A row's geometry as a blob, and its box.
type Encoded = geozero::error::Result<(Vec<u8>, Option<geo::Rect<f64>>)>;

fn encoded_row(row: &Row<'_>, spec: &TableSpec<'_>) -> Encoded {
    let rect = row.geometry.bounding_rect();
    Ok((blob(row.geometry, rect, spec)?, rect))
}

/// Gives a row to the statement that inserts it.
fn bind(insert: &mut Statement<'_>, blob: &[u8], row: &Row<'_>) -> rusqlite::Result<()> {
    insert.raw_bind_parameter(1, blob)?;
    let values = row.id.map(Value::Int);
    for (place, value) in (2..).zip(values.iter().chain(row.values)) {
        insert.raw_bind_parameter(place, value)?;
    }
    Ok(())
}

/// A geometry as a GeoPackage blob with an envelope (§2.1.3), promoted to its multi-geometry.
fn blob(
    geometry: &Geometry<f64>,
    rect: Option<geo::Rect<f64>>,
    spec: &TableSpec<'_>,
) -> geozero::error::Result<Vec<u8>> {
    match (spec.geometry, geometry, rect) {
        (GeometryKind::Polygon, Geometry::Polygon(polygon), Some(rect)) => {
            return Ok(polygons(std::slice::from_ref(polygon), rect, spec.epsg));
        }
        (GeometryKind::Polygon, Geometry::MultiPolygon(all), Some(rect)) => {
            return Ok(polygons(&all.0, rect, spec.epsg));
        }
        _ => {}
    }
    any_blob(geometry, rect, spec)
}

/// What [`any_blob`] makes of polygons, without a copy of them.
fn polygons(polygons: &[Polygon<f64>], rect: geo::Rect<f64>, epsg: u16) -> Vec<u8> {
    const LITTLE_ENDIAN: u8 = 1;
    /// Simple Features access (OGC 06-103r4), table 7.
    const POLYGON: u32 = 3;
    const MULTI_POLYGON: u32 = 6;
    fn rings(polygon: &Polygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
        std::iter::once(polygon.exterior()).chain(polygon.interiors())
    }
    let points: usize = polygons.iter().flat_map(rings).map(|ring| ring.0.len()).sum();
    let mut bytes = Vec::with_capacity(64 + 32 * polygons.len() + 16 * points);
    let count = |bytes: &mut Vec<u8>, count: usize| bytes.extend((count as u32).to_le_bytes());
    bytes.extend(*b"GP\0\x03");
    bytes.extend(i32::from(epsg).to_le_bytes());
    for side in [rect.min().x, rect.max().x, rect.min().y, rect.max().y] {
        bytes.extend(side.to_le_bytes());
    }
    bytes.push(LITTLE_ENDIAN);
    bytes.extend(MULTI_POLYGON.to_le_bytes());
    count(&mut bytes, polygons.len());
    for polygon in polygons {
        bytes.push(LITTLE_ENDIAN);
        bytes.extend(POLYGON.to_le_bytes());
        count(&mut bytes, 1 + polygon.interiors().len());
        for ring in rings(polygon) {
            count(&mut bytes, ring.0.len());
            for at in &ring.0 {
                bytes.extend(at.x.to_le_bytes());
                bytes.extend(at.y.to_le_bytes());
            }
        }
    }
    bytes
}

fn any_blob(
    geometry: &Geometry<f64>,
    rect: Option<geo::Rect<f64>>,
    spec: &TableSpec<'_>,
) -> geozero::error::Result<Vec<u8>> {
    let geometry = match (spec.geometry, geometry.clone()) {
        (GeometryKind::Polygon, Geometry::Polygon(polygon)) => Geometry::MultiPolygon(polygon.into()),
        (GeometryKind::Line, Geometry::LineString(line)) => Geometry::MultiLineString(line.into()),
        (_, other) => other,
    };
    let envelope = match (&geometry, rect) {
        (Geometry::Point(_), _) | (_, None) => vec![],
        (_, Some(rect)) => vec![rect.min().x, rect.max().x, rect.min().y, rect.max().y],
    };
    let mut bytes = Vec::new();
    let dimensions = CoordDimensions::xy();
    let mut writer =
        WkbWriter::with_opts(&mut bytes, WkbDialect::Geopackage, dimensions, Some(spec.epsg.into()), envelope);
    geometry.process_geom(&mut writer)?;
    Ok(bytes)
}

/// Triggers that keep the R-tree true when someone edits the table (OGC 12-128r19, annex F.3).
fn rtree_triggers(table: &str) -> String {
    let (t, r) = (quoted(table), quoted(&rtree_name(table, GEOMETRY)));
    let n = |suffix: &str| quoted(&format!("rtree_{table}_geom_{suffix}"));
    let filled = "NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom)";
    let values = "NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)";
    format!(
        "CREATE TRIGGER {} AFTER INSERT ON {t} WHEN ({filled}) BEGIN INSERT OR REPLACE INTO {r} VALUES ({values}); END;
         CREATE TRIGGER {} AFTER UPDATE OF geom ON {t} WHEN OLD.fid = NEW.fid AND ({filled})
           BEGIN INSERT OR REPLACE INTO {r} VALUES ({values}); END;
         CREATE TRIGGER {} AFTER UPDATE OF geom ON {t} WHEN OLD.fid = NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))
           BEGIN DELETE FROM {r} WHERE id = OLD.fid; END;
         CREATE TRIGGER {} AFTER UPDATE ON {t} WHEN OLD.fid != NEW.fid AND ({filled})
           BEGIN DELETE FROM {r} WHERE id = OLD.fid; INSERT OR REPLACE INTO {r} VALUES ({values}); END;
         CREATE TRIGGER {} AFTER UPDATE ON {t} WHEN OLD.fid != NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))
           BEGIN DELETE FROM {r} WHERE id IN (OLD.fid, NEW.fid); END;
         CREATE TRIGGER {} AFTER DELETE ON {t} WHEN OLD.geom NOT NULL BEGIN DELETE FROM {r} WHERE id = OLD.fid; END;",
        n("insert"),
        n("update1"),
        n("update2"),
        n("update3"),
        n("update4"),
        n("delete"),
    )
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Bool(truth) => ToSqlOutput::Owned(i64::from(*truth).into()),
            Self::Int(number) => ToSqlOutput::Owned((*number).into()),
            Self::Real(number) => ToSqlOutput::Owned((*number).into()),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

#[cfg(test)]
mod tests {
    use geo::{MultiPolygon, polygon};

    use super::*;

    #[test]
    fn polygons_are_the_bytes_that_the_library_makes() {
        let square = polygon![(x: 116.1, y: -3.5), (x: 117.0, y: -3.5), (x: 117.0, y: 4.25), (x: 116.1, y: -3.5)];
        let hole = LineString::from(vec![(116.5, 0.0), (116.6, 0.0), (116.6, 0.5), (116.5, 0.0)]);
        let holed = Polygon::new(square.exterior().clone(), vec![hole.clone(), hole]);
        let geometries: [Geometry<f64>; 4] = [
            square.clone().into(),
            holed.clone().into(),
            MultiPolygon(vec![holed, square]).into(),
            MultiPolygon(Vec::new()).into(),
        ];
        for epsg in [4326, 4548] {
            let columns = &[];
            let (name, identifier, description) = ("t", "t", "");
            let spec = TableSpec { name, identifier, description, geometry: GeometryKind::Polygon, epsg, columns };
            for geometry in &geometries {
                let rect = geometry.bounding_rect();
                let (ours, theirs) = (blob(geometry, rect, &spec), any_blob(geometry, rect, &spec));
                assert_eq!(ours.expect("it can be encoded"), theirs.expect("it can be encoded"), "{geometry:?}");
            }
        }
    }
}
