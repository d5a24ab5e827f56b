//! The findings GeoPackage: written with every build, read by the server for single features.
//!
//! One table per thematic layer, with the tile layer's name, the same attributes and the same
//! numbers. The feature id of tiles is the column `id`. Beside them stands how programs show them
//! ([`Dress`]).

mod dress;
mod inside;
mod search;
mod totals;

use std::collections::BTreeMap;
use std::path::Path;

use geo::Geometry;
use geozero::ToGeo;
use geozero::wkb::GpkgWkb;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use serde_json::json;

use crate::feature::{Value, ValueKind};
use crate::gpkg::{
    ColumnDescription, EnumerationValue, GEOMETRY, Row, StoredStyle, TableSpec, WriteError, Writer, quoted, rtree_name,
    uri,
};
use crate::rules::RuleSet;
use crate::schema::ThematicLayer;

pub use dress::{ColumnCodes, ColumnWords, Dress, LayerStyle, LayerWords, Provenance, words};
pub use inside::{Inside, InsideError, InsideLayer, InsidePart, MOST_FEATURES};
pub use totals::{Condition, Total, Totals, TotalsError, TotalsQuery};

/// Longitude and latitude; CGCS2000 and WGS 84 are taken as one.
const EPSG: u16 = 4326;

/// Writes one table per layer, how programs show them, and in the file's metadata by which rules
/// they were found. The file is complete, but not flushed to the disk, or the function fails.
pub fn write(file: &Path, layers: &[ThematicLayer], rules: Option<&RuleSet>, dress: &Dress) -> Result<(), WriteError> {
    let mut writer = Writer::create(file)?;
    for layer in layers {
        let stored: Vec<String> = layer.attributes.iter().map(|attribute| stored_name(&attribute.name)).collect();
        let attributes = stored.iter().zip(&layer.attributes).map(|(name, attribute)| (name.as_str(), attribute.kind));
        let columns: Vec<(&str, ValueKind)> = std::iter::once(("id", ValueKind::Int)).chain(attributes).collect();
        let words = dress.words.iter().find(|words| words.layer == layer.id);
        let spec = TableSpec {
            name: &layer.id,
            identifier: words.map_or(&layer.id, |words| &words.title.zh),
            description: &layer.description,
            geometry: layer.geometry,
            epsg: EPSG,
            columns: &columns,
        };
        let rows = layer.features.iter().map(|feature| Row {
            geometry: &feature.geometry,
            id: Some(feature.id as i64),
            values: &feature.values,
        });
        writer.rows(&spec, rows)?;
    }
    if let Some(rules) = rules {
        writer.metadata(&json!({ "rules": rules.version(), "rules_sha256": rules.hash() }).to_string())?;
    }
    write_dress(&mut writer, dress)?;
    writer.finish_unflushed()
}

/// The table of what the numbers rest on.
const PROVENANCE: &str = "provenance";

/// Layers of points that only carry the words of another layer.
const LABELS: [&str; 2] = ["labels", "park_labels"];

fn write_dress(writer: &mut Writer, dress: &Dress) -> Result<(), WriteError> {
    if !dress.words.is_empty() {
        describe(writer, &dress.words)?;
    }
    if !dress.provenance.is_empty() {
        let columns = ["topic", "topic_en", "subject", "value"].map(|name| (name, ValueKind::Text));
        let rows: Vec<[Value; 4]> = dress
            .provenance
            .iter()
            .map(|line| {
                [&line.topic.zh, &line.topic.en, &line.subject, &line.value].map(|text| Value::text(text.clone()))
            })
            .collect();
        writer.attributes_table(PROVENANCE, "数据说明", &columns, rows.iter().map(<[Value; 4]>::as_slice))?;
    }
    if !dress.styles.is_empty() {
        let stored = dress.styles.iter().map(|style| StoredStyle {
            table: &style.layer,
            name: &style.name,
            description: &style.description,
            is_default: style.is_default,
            qml: &style.qml,
        });
        writer.styles(&stored.collect::<Vec<_>>())?;
    }
    Ok(())
}

fn describe(writer: &mut Writer, words: &[LayerWords]) -> Result<(), WriteError> {
    let stored: Vec<(&LayerWords, &ColumnWords, String)> = words
        .iter()
        .flat_map(|layer| layer.columns.iter().map(move |column| (layer, column, stored_name(&column.name))))
        .collect();
    let columns: Vec<ColumnDescription<'_>> = stored
        .iter()
        .map(|(layer, column, name)| ColumnDescription {
            table: &layer.layer,
            column: name,
            title: &column.title.zh,
            description: &column.description,
            enumeration: column.codes.as_ref().map(|codes| codes.list.as_str()),
        })
        .collect();
    let lists: BTreeMap<&str, &ColumnCodes> = stored
        .iter()
        .filter_map(|(_, column, _)| column.codes.as_ref())
        .map(|codes| (codes.list.as_str(), codes))
        .collect();
    let mut values = Vec::new();
    for (enumeration, list) in lists {
        for (value, meaning) in &list.codes {
            values.push(EnumerationValue { enumeration, value, meaning: &meaning.zh });
        }
    }
    writer.describe(&columns, &values)
}

/// A findings GeoPackage, opened for look-ups. Cheap to open; use one per thread of work.
#[derive(Debug)]
pub struct Findings {
    connection: Connection,
    tables: Vec<Table>,
}

#[derive(Debug)]
struct Table {
    name: String,
    /// Attribute columns with their declared type.
    columns: Vec<(String, ValueKind)>,
}

/// One feature with its attributes by name; nulls are left out.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its tile layer.
    pub layer: String,
    /// Its feature id, as in tiles.
    pub id: u64,
    /// Its attributes in schema order.
    pub attributes: Vec<(String, Value)>,
    /// Its geometry in lon/lat.
    pub geometry: Geometry<f64>,
}

/// Why findings cannot be looked up.
#[derive(Debug, thiserror::Error)]
pub enum FindingsError {
    /// SQLite refused.
    #[error("cannot read the findings")]
    Sqlite(#[from] rusqlite::Error),
    /// A geometry that we wrote is not one.
    #[error("the findings hold a broken geometry in {table} row {row}")]
    Geometry {
        /// The table.
        table: String,
        /// The row.
        row: i64,
    },
}

impl Findings {
    /// Opens the file read-only. It must not change while it is open: generations never do.
    pub fn open(file: &Path) -> Result<Self, FindingsError> {
        let uri = uri(file, "mode=ro&immutable=1");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(uri, flags)?;
        let names: Vec<String> = connection
            .prepare("SELECT table_name FROM gpkg_contents WHERE data_type = 'features' ORDER BY rowid")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut tables = Vec::with_capacity(names.len());
        for name in names {
            let mut info = connection.prepare("SELECT name, type FROM pragma_table_info(?)")?;
            let declared = info.query_map([&name], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
            let columns = declared.collect::<Result<Vec<_>, _>>()?;
            // fid, geom and id come first, in every table that `write` makes.
            let columns = columns.into_iter().skip(3).map(|(name, declared)| (name, kind(&declared))).collect();
            tables.push(Table { name, columns });
        }
        Ok(Self { connection, tables })
    }

    /// The parcel with that key.
    pub fn parcel(&self, key: &str) -> Result<Option<Found>, FindingsError> {
        let Some(table) = self.table("parcels") else { return Ok(None) };
        Ok(self.select(table, "\"key\" = ?1", &[&key], 1)?.pop())
    }

    /// The pieces (`conflicts`) of one parcel, in order.
    pub fn pieces(&self, key: &str) -> Result<Vec<Found>, FindingsError> {
        self.pieces_in("conflicts", key)
    }

    /// The pieces of one parcel in a layer of pieces, in order; none where there is no such layer.
    pub fn pieces_in(&self, layer: &str, key: &str) -> Result<Vec<Found>, FindingsError> {
        let Some(table) = self.table(layer) else { return Ok(Vec::new()) };
        if !table.columns.iter().any(|(name, _)| name == "parcel") {
            return Ok(Vec::new());
        }
        self.select(table, "parcel = ?1", &[&key], i64::MAX)
    }

    /// Features of a layer whose box touches `[west, south, east, north]`, in order.
    pub fn within(&self, layer: &str, [west, south, east, north]: [f64; 4]) -> Result<Vec<Found>, FindingsError> {
        let Some(table) = self.table(layer) else { return Ok(Vec::new()) };
        let near = in_box(layer);
        self.select(table, &near, params![west, east, south, north], i64::MAX)
    }

    /// Gives `take` the features of a layer whose box touches `[west, south, east, north]` one by one, in
    /// order: id, geometry in lon/lat, and these attributes in that order, null where there is none.
    pub fn each_within(
        &self,
        layer: &str,
        [west, south, east, north]: [f64; 4],
        attributes: &[&str],
        mut take: impl FnMut(u64, Geometry<f64>, Vec<Value>),
    ) -> Result<(), FindingsError> {
        let Some(table) = self.table(layer) else { return Ok(()) };
        let column = |name: &&str| table.columns.iter().find(|(column, _)| shown_name(column) == *name);
        let columns: Vec<Option<&(String, ValueKind)>> = attributes.iter().map(column).collect();
        let named = |column: &Option<&(String, ValueKind)>| match column {
            Some((name, _)) => format!(", {}", quoted(name)),
            None => ", NULL".to_owned(),
        };
        let selected: String = columns.iter().map(named).collect();
        let sql =
            format!("SELECT fid, geom, id{selected} FROM {} WHERE {} ORDER BY fid", quoted(&table.name), in_box(layer));
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![west, east, south, north])?;
        while let Some(row) = rows.next()? {
            let geometry = geometry(row, &table.name)?;
            let mut values = Vec::with_capacity(columns.len());
            for (place, column) in columns.iter().enumerate() {
                let kind = column.map_or(ValueKind::Text, |(_, kind)| *kind);
                values.push(value(row.get_ref(place + 3)?, kind));
            }
            take(row.get::<_, i64>(2)? as u64, geometry, values);
        }
        Ok(())
    }

    /// Features whose area holds a point, or whose line or point is within `tolerance` degrees of
    /// it; the layer drawn on top first, at most `limit`. Labels repeat their parcels and parks and are left out.
    pub fn at(&self, lon: f64, lat: f64, tolerance: f64, limit: usize) -> Result<Vec<Found>, FindingsError> {
        use geo::{Distance, Euclidean, Intersects, Point};
        let point = Point::new(lon, lat);
        let box_around = params![lon - tolerance, lon + tolerance, lat - tolerance, lat + tolerance];
        let mut all = Vec::new();
        for table in self.tables.iter().rev().filter(|table| !LABELS.contains(&table.name.as_str())) {
            let candidates = self.select(table, &in_box(&table.name), box_around, i64::MAX)?;
            let hit = |found: &Found| match &found.geometry {
                Geometry::Polygon(polygon) => polygon.intersects(&point),
                Geometry::MultiPolygon(polygons) => polygons.intersects(&point),
                other => Euclidean.distance(other, &Geometry::Point(point)) <= tolerance,
            };
            all.extend(candidates.into_iter().filter(hit));
            if all.len() >= limit {
                all.truncate(limit);
                break;
            }
        }
        Ok(all)
    }

    /// How many features each layer has, bottom layer first.
    pub fn counts(&self) -> Result<Vec<(String, u64)>, FindingsError> {
        let count = |table: &Table| {
            let sql = format!("SELECT count(*) FROM {}", quoted(&table.name));
            Ok((table.name.clone(), self.connection.query_row(&sql, [], |row| row.get::<_, i64>(0))? as u64))
        };
        self.tables.iter().map(count).collect()
    }

    fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    fn select(
        &self,
        table: &Table,
        condition: &str,
        parameters: &[&dyn rusqlite::ToSql],
        limit: i64,
    ) -> Result<Vec<Found>, FindingsError> {
        let columns: String = table.columns.iter().map(|(name, _)| format!(", {}", quoted(name))).collect();
        let sql = format!(
            "SELECT fid, geom, id{columns} FROM {} WHERE {condition} ORDER BY fid LIMIT {limit}",
            quoted(&table.name)
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(parameters)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let geometry = geometry(row, &table.name)?;
            let mut attributes = Vec::new();
            for (place, (name, kind)) in table.columns.iter().enumerate() {
                let value = value(row.get_ref(place + 3)?, *kind);
                if !value.is_null() {
                    attributes.push((shown_name(name).to_owned(), value));
                }
            }
            found.push(Found { layer: table.name.clone(), id: row.get::<_, i64>(2)? as u64, attributes, geometry });
        }
        Ok(found)
    }

    /// Whether the file is sound, by SQLite's own check.
    pub fn verify(&self) -> Result<bool, FindingsError> {
        // All of the file is read, once: by the memory map it need not be copied.
        self.connection.pragma_update(None, "mmap_size", i64::MAX)?;
        let answer: Option<String> =
            self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).optional()?;
        Ok(answer.as_deref() == Some("ok"))
    }
}

/// The geometry of a row that begins with its fid and its geometry.
fn geometry(row: &rusqlite::Row<'_>, table: &str) -> Result<Geometry<f64>, FindingsError> {
    let fid: i64 = row.get(0)?;
    let blob = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
    GpkgWkb(blob).to_geo().map_err(|_| FindingsError::Geometry { table: table.to_owned(), row: fid })
}

/// The condition that a feature's box touches ?1 (west), ?2 (east), ?3 (south), ?4 (north).
fn in_box(table: &str) -> String {
    let rtree = quoted(&rtree_name(table, GEOMETRY));
    format!("fid IN (SELECT id FROM {rtree} AS r WHERE {})", in_box_columns("r", 1))
}

/// The same of the columns of its index; the parameters are numbered from `first`.
fn in_box_columns(index: &str, first: usize) -> String {
    let [west, east, south, north] = [0, 1, 2, 3].map(|step| first + step);
    format!(
        "{index}.maxx >= ?{west} AND {index}.minx <= ?{east} AND {index}.maxy >= ?{south} AND {index}.miny <= ?{north}"
    )
}

/// Columns that every table has; an attribute cannot have such a name in the file.
const OWN_COLUMNS: [&str; 3] = ["fid", "geom", "id"];

fn is_own(name: &str) -> bool {
    OWN_COLUMNS.iter().any(|own| own.eq_ignore_ascii_case(name.trim_end_matches('_')))
}

/// The column of an attribute: `id` becomes `id_`, `id_` becomes `id__`, others keep their name.
fn stored_name(attribute: &str) -> String {
    if is_own(attribute) { format!("{attribute}_") } else { attribute.to_owned() }
}

/// The attribute of a column: [`stored_name`] undone.
fn shown_name(column: &str) -> &str {
    if is_own(column) { column.strip_suffix('_').unwrap_or(column) } else { column }
}

fn kind(declared: &str) -> ValueKind {
    match declared {
        "BOOLEAN" => ValueKind::Bool,
        "INTEGER" => ValueKind::Int,
        "REAL" => ValueKind::Real,
        _ => ValueKind::Text,
    }
}

fn value(stored: ValueRef<'_>, kind: ValueKind) -> Value {
    match (stored, kind) {
        (ValueRef::Integer(number), ValueKind::Bool) => Value::Bool(number != 0),
        (ValueRef::Integer(number), ValueKind::Real) => Value::Real(number as f64),
        (ValueRef::Integer(number), _) => Value::Int(number),
        (ValueRef::Real(number), _) => Value::Real(number),
        (ValueRef::Text(text), _) => Value::text(String::from_utf8_lossy(text).into_owned()),
        (ValueRef::Null | ValueRef::Blob(_), _) => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_with_the_names_of_our_own_columns_come_back_as_they_were() {
        for name in ["id", "ID", "id_", "fid", "geom__", "name", "_id", "key_"] {
            let stored = stored_name(name);
            assert!(!OWN_COLUMNS.iter().any(|own| own.eq_ignore_ascii_case(&stored)), "{name}");
            assert_eq!(shown_name(&stored), name);
        }
    }
}
