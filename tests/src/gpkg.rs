//! GeoPackages for cases: small ones made from words, bad ones made on purpose, and a look into
//! those that Tuban wrote.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use geo::{Geometry, Rect, coord};
use geozero::wkb::{WkbDialect, WkbWriter};
use geozero::{CoordDimensions, GeozeroGeometry};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

/// A table to be written: polygons with attributes.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The id of its reference system, in `gpkg_spatial_ref_sys` or not.
    pub srs_id: i64,
    /// Columns: name and declared type.
    pub columns: Vec<(String, String)>,
    /// Rows: a square (or nothing) and a value a column.
    pub rows: Vec<(Option<Rect<f64>>, Vec<Value>)>,
}

impl Table {
    /// An empty table in longitude and latitude.
    pub fn new(name: &str, columns: &[(&str, &str)]) -> Self {
        let columns = columns.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned()));
        Self { name: name.to_owned(), srs_id: 4326, columns: columns.collect(), rows: Vec::new() }
    }

    /// The same with another reference system.
    pub fn srs(mut self, srs_id: i64) -> Self {
        self.srs_id = srs_id;
        self
    }

    /// With a square at the `place`-th place of a row of squares; 0.001 degrees, side by side.
    pub fn square(self, place: usize, values: impl IntoIterator<Item = Value>) -> Self {
        let west = 116.0 + place as f64 * 0.001;
        let square = Rect::new(coord! { x: west, y: 43.9 }, coord! { x: west + 0.001, y: 43.901 });
        self.row(Some(square), values)
    }

    /// With a row.
    pub fn row(mut self, square: Option<Rect<f64>>, values: impl IntoIterator<Item = Value>) -> Self {
        self.rows.push((square, values.into_iter().collect()));
        self
    }
}

/// Text as a value.
pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// Writes a GeoPackage with these feature tables.
pub fn write(file: &Path, tables: &[Table]) -> PathBuf {
    let connection = Connection::open(file).expect("a folder that can be written to");
    connection.execute_batch(CORE).expect("the core tables");
    for table in tables {
        add(&connection, table).expect("a table that SQLite takes");
    }
    connection.close().expect("nothing is in the way");
    file.to_owned()
}

/// The core tables of OGC 12-128r19 with the systems that the cases use.
const CORE: &str = "
PRAGMA application_id = 0x47504B47;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT '2024-01-01T00:00:00.000Z',
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL);
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian', -1, 'NONE', -1, 'undefined', NULL),
  ('Undefined geographic', 0, 'NONE', 0, 'undefined', NULL),
  ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563]],
    PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]]', NULL),
  ('A grid of our own', 990001, 'NONE', 990001, 'undefined', NULL);
";

fn add(connection: &Connection, table: &Table) -> rusqlite::Result<()> {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let columns: String = table.columns.iter().map(|(name, kind)| format!(", {} {kind}", quoted(name))).collect();
    let name = quoted(&table.name);
    connection.execute_batch(&format!("CREATE TABLE {name} (fid INTEGER PRIMARY KEY, geom BLOB{columns})"))?;
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?1, 'features', ?1, ?2)",
        (&table.name, table.srs_id),
    )?;
    connection.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POLYGON', ?, 0, 0)",
        (&table.name, table.srs_id),
    )?;
    let marks = vec!["?"; table.columns.len() + 1].join(", ");
    let mut insert = connection.prepare(&format!("INSERT INTO {name} VALUES (NULL, {marks})"))?;
    for (square, values) in &table.rows {
        let blob = square.map_or(Value::Null, |square| Value::Blob(blob(square, table.srs_id)));
        insert.execute(params_from_iter(std::iter::once(&blob).chain(values)))?;
    }
    Ok(())
}

fn blob(square: Rect<f64>, srs_id: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let srs_id = i32::try_from(srs_id).expect("ids of reference systems are small");
    let mut writer = WkbWriter::with_opts(
        &mut bytes,
        WkbDialect::Geopackage,
        CoordDimensions::xy(),
        Some(srs_id),
        vec![square.min().x, square.max().x, square.min().y, square.max().y],
    );
    Geometry::Polygon(square.to_polygon()).process_geom(&mut writer).expect("memory takes it");
    bytes
}

/// A feature of a findings GeoPackage.
#[derive(Clone, Debug)]
pub struct Row {
    /// The column `id`, which is the feature id in tiles.
    pub id: u64,
    /// Its other columns; nulls are left out.
    pub values: BTreeMap<String, serde_json::Value>,
    /// Its geometry.
    pub geometry: Geometry<f64>,
}

/// The rows of a table that Tuban wrote.
pub fn rows(file: &Path, table: &str) -> Vec<Row> {
    read(file, table).unwrap_or_else(|error| panic!("{}, table {table}: {error}", file.display()))
}

fn read(file: &Path, table: &str) -> rusqlite::Result<Vec<Row>> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut select = connection.prepare(&format!("SELECT * FROM \"{table}\""))?;
    let columns: Vec<String> = select.column_names().map(str::to_owned).collect();
    let rows = select.query_map([], |row| {
        let mut found = Row { id: 0, values: BTreeMap::new(), geometry: Geometry::Point((0.0, 0.0).into()) };
        for (place, column) in columns.iter().enumerate() {
            let value = match (column.as_str(), row.get::<_, Value>(place)?) {
                ("fid", _) | (_, Value::Null) => continue,
                ("id", Value::Integer(id)) => {
                    found.id = u64::try_from(id).expect("ids are not negative");
                    continue;
                }
                ("geom", Value::Blob(blob)) => {
                    found.geometry = geometry(&blob);
                    continue;
                }
                (_, Value::Integer(number)) => number.into(),
                (_, Value::Real(number)) => number.into(),
                (_, Value::Text(text)) => text.into(),
                (_, Value::Blob(_)) => panic!("no attribute is a blob"),
            };
            found.values.insert(column.clone(), value);
        }
        Ok(found)
    })?;
    rows.collect()
}

fn geometry(blob: &[u8]) -> Geometry<f64> {
    let mut writer = geozero::geo_types::GeoWriter::new();
    geozero::wkb::process_gpkg_geom(&mut &*blob, &mut writer).expect("a geometry blob");
    writer.take_geometry().expect("a geometry")
}

/// Deletes the rows that have this text in any column, in every GeoPackage of a folder; tells how
/// many went.
pub fn delete_where_any_column_is(folder: &Path, text: &str) -> usize {
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "gpkg"));
    files.map(|file| delete(&file, text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))).sum()
}

fn delete(file: &Path, text: &str) -> rusqlite::Result<usize> {
    let connection = Connection::open(file)?;
    let columns =
        "SELECT table_name, name FROM gpkg_geometry_columns, pragma_table_info(table_name) WHERE type = 'TEXT'";
    let columns: Vec<(String, String)> =
        connection.prepare(columns)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut gone = 0;
    for (table, column) in columns {
        gone += connection.execute(&format!("DELETE FROM \"{table}\" WHERE \"{column}\" = ?"), [text])?;
    }
    Ok(gone)
}
