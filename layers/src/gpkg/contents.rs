//! What a GeoPackage says it contains: feature tables, their columns, and reference systems.

use std::collections::HashMap;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use super::column::{self, Declared};
use super::source::Source;
use super::write::quoted;
use super::{FeatureTable, ReadError};
use crate::crs::Declaration;
use crate::feature::Column;
use crate::schema::GeometryKind;

/// Everything that the metadata tables say.
#[derive(Debug)]
pub(super) struct Contents {
    /// Feature tables and views, in the order of `gpkg_contents`.
    pub tables: Vec<FeatureTable>,
    /// How the rows of each are addressed.
    pub keys: Vec<RowKey>,
    /// Tables of attributes or tiles, and feature tables without a geometry column.
    pub others: Vec<String>,
    /// Reference systems by `srs_id`.
    pub systems: HashMap<i64, Declaration>,
}

/// What names a row in messages, and by which rows can be shared out among threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RowKey {
    /// An SQL expression for the rowid: rows come in its order and can be read by ranges.
    RowId(String),
    /// A column of unique whole numbers of a view, quoted.
    Column(String),
    /// Nothing: rows are counted from 1 as they come.
    Number,
}

impl Contents {
    /// Reads the metadata.
    ///
    /// # Errors
    /// [`ReadError::NotGeoPackage`], [`ReadError::NoFeatureTables`], or what SQLite says.
    pub(super) fn read(source: &Source, connection: &Connection) -> Result<Self, ReadError> {
        let fail = |cause| source.fail(None, cause);
        for table in ["gpkg_contents", "gpkg_spatial_ref_sys"] {
            if object_type(connection, table).map_err(fail)?.is_none() {
                return Err(ReadError::NotGeoPackage { file: source.file().to_owned(), table });
            }
        }
        let listed = listed(connection).map_err(fail)?;
        let declared = geometry_columns(connection).map_err(fail)?;
        let systems = systems(connection).map_err(fail)?;

        let mut contents = Self { tables: vec![], keys: vec![], others: vec![], systems };
        let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
        // A table that only gpkg_geometry_columns names comes after those that the contents list.
        let unlisted = declared.iter().filter(|geometry| !listed.iter().any(|(name, _)| same(name, &geometry.table)));
        let unlisted: Vec<_> = unlisted.map(|geometry| (geometry.table.clone(), None)).collect();
        for (name, identifier) in listed.into_iter().chain(unlisted) {
            let Some(geometry) = declared.iter().find(|geometry| same(&geometry.table, &name)) else {
                contents.others.push(name);
                continue;
            };
            let Some((name, is_view)) = object_type(connection, &name).map_err(fail)? else {
                tracing::warn!(file = %source.file().display(), table = name, "gpkg_contents lists a table that is not there");
                continue;
            };
            let of_table = |cause| source.fail(Some(&name), cause);
            let (table, key) = describe(connection, &name, is_view, identifier, geometry).map_err(of_table)?;
            contents.tables.push(table);
            contents.keys.push(key);
        }
        if contents.tables.is_empty() {
            return Err(ReadError::NoFeatureTables { file: source.file().to_owned(), others: contents.others });
        }
        Ok(contents)
    }
}

/// The name as the schema spells it, and whether it is a view.
fn object_type(connection: &Connection, name: &str) -> rusqlite::Result<Option<(String, bool)>> {
    let sql =
        "SELECT name, type = 'view' FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?1 COLLATE NOCASE";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([name])?;
    rows.next()?.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// Text of a column whatever is stored there; files stray from the declared types.
fn text(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<String>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null | ValueRef::Blob(_) => None,
        ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
    })
}

fn integer(row: &Row<'_>, column: &str) -> rusqlite::Result<i64> {
    Ok(match row.get_ref(column)? {
        ValueRef::Integer(number) => number,
        ValueRef::Real(number) => number as i64,
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0),
        _ => 0,
    })
}

/// Names and titles in `gpkg_contents`, in its order.
fn listed(connection: &Connection) -> rusqlite::Result<Vec<(String, Option<String>)>> {
    let mut statement = connection.prepare("SELECT * FROM gpkg_contents")?;
    let has_identifier = statement.column_index("identifier").is_ok();
    let mut rows = statement.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let identifier = if has_identifier { text(row, "identifier")? } else { None };
        out.extend(text(row, "table_name")?.map(|name| (name, identifier)));
    }
    Ok(out)
}

/// A row of `gpkg_geometry_columns`.
struct GeometryColumn {
    table: String,
    column: String,
    type_name: String,
    srs_id: i64,
}

fn geometry_columns(connection: &Connection) -> rusqlite::Result<Vec<GeometryColumn>> {
    if object_type(connection, "gpkg_geometry_columns")?.is_none() {
        return Ok(vec![]);
    }
    let mut statement = connection.prepare("SELECT * FROM gpkg_geometry_columns")?;
    let mut rows = statement.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        if let (Some(table), Some(column)) = (text(row, "table_name")?, text(row, "column_name")?) {
            let type_name = text(row, "geometry_type_name")?.unwrap_or_default();
            out.push(GeometryColumn { table, column, type_name, srs_id: integer(row, "srs_id")? });
        }
    }
    Ok(out)
}

fn systems(connection: &Connection) -> rusqlite::Result<HashMap<i64, Declaration>> {
    let mut statement = connection.prepare("SELECT * FROM gpkg_spatial_ref_sys")?;
    let has_wkt2 = statement.column_index("definition_12_063").is_ok();
    let mut rows = statement.query([])?;
    let mut out = HashMap::new();
    while let Some(row) = rows.next()? {
        let declaration = Declaration {
            srs_id: integer(row, "srs_id")?,
            name: text(row, "srs_name")?.unwrap_or_default(),
            organization: text(row, "organization")?.unwrap_or_default(),
            organization_coordsys_id: integer(row, "organization_coordsys_id")?,
            definition: text(row, "definition")?.unwrap_or_default(),
            definition_wkt2: if has_wkt2 { text(row, "definition_12_063")? } else { None },
        };
        out.insert(declaration.srs_id, declaration);
    }
    Ok(out)
}

/// A column as SQLite describes it.
struct Described {
    name: String,
    sql_type: String,
    is_rowid: bool,
}

fn describe(
    connection: &Connection,
    name: &str,
    is_view: bool,
    identifier: Option<String>,
    geometry: &GeometryColumn,
) -> rusqlite::Result<(FeatureTable, RowKey)> {
    let all = described(connection, name)?;
    let key = row_key(connection, name, is_view, &all)?;
    let key_column = |column: &Described| match &key {
        RowKey::Column(quoted_name) => *quoted_name == quoted(&column.name),
        _ => column.is_rowid,
    };
    let is_geometry = |column: &Described| column.name.eq_ignore_ascii_case(&geometry.column);
    let geometry_column = all.iter().find(|column| is_geometry(column));
    let geometry_column = geometry_column.map_or_else(|| geometry.column.clone(), |column| column.name.clone());

    let mut columns = Vec::new();
    for column in all.iter().filter(|column| !key_column(column) && !is_geometry(column)) {
        let kind = match column::declared(&column.sql_type) {
            Declared::Kind(kind) => Some(kind),
            Declared::LeftOut => None,
            Declared::ByValues => column::kind_of_values(&storage_classes(connection, name, &column.name)?),
        };
        columns.extend(kind.map(|kind| Column { name: column.name.clone(), kind }));
    }
    let table = FeatureTable {
        name: name.to_owned(),
        identifier: identifier.filter(|title| !title.is_empty() && title != name),
        geometry_column,
        geometry: geometry_kind(&geometry.type_name),
        srs_id: geometry.srs_id,
        columns,
    };
    Ok((table, key))
}

fn described(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Described>> {
    // Hidden columns of kind 1 belong to virtual tables; generated ones (2 and 3) are read.
    let sql = "SELECT name, type, pk, hidden FROM pragma_table_xinfo(?1) WHERE hidden <> 1";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([table], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?.unwrap_or_default(), row.get::<_, i64>(2)?))
    })?;
    let rows: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
    let primary = rows.iter().filter(|(_, _, pk)| *pk > 0).count();
    Ok(rows
        .into_iter()
        .map(|(name, sql_type, pk)| {
            // Only a sole primary key declared exactly INTEGER is the rowid ("ROWIDs", sqlite.org/lang_createtable).
            let is_rowid = pk > 0 && primary == 1 && sql_type.eq_ignore_ascii_case("INTEGER");
            Described { name, sql_type, is_rowid }
        })
        .collect())
}

/// How the rows can be addressed.
fn row_key(connection: &Connection, table: &str, is_view: bool, columns: &[Described]) -> rusqlite::Result<RowKey> {
    let named = |name: &str| columns.iter().find(|column| column.name.eq_ignore_ascii_case(name));
    if is_view {
        let Some(fid) = named("fid") else { return Ok(RowKey::Number) };
        let (table, fid) = (quoted(table), quoted(&fid.name));
        let sql = format!(
            "SELECT count(*) = count(DISTINCT {fid}) AND count(*) = total(typeof({fid}) = 'integer') FROM {table}"
        );
        let is_key = connection.query_row(&sql, [], |row| row.get(0))?;
        return Ok(if is_key { RowKey::Column(fid) } else { RowKey::Number });
    }
    if let Some(alias) = columns.iter().find(|column| column.is_rowid) {
        return Ok(RowKey::RowId(quoted(&alias.name)));
    }
    // A column may take the name of the rowid, a table WITHOUT ROWID has none.
    let free = ["rowid", "_rowid_", "oid"].into_iter().find(|name| named(name).is_none());
    let usable = free.filter(|name| connection.prepare(&format!("SELECT {name} FROM {}", quoted(table))).is_ok());
    Ok(usable.map_or(RowKey::Number, |name| RowKey::RowId(name.to_owned())))
}

fn storage_classes(connection: &Connection, table: &str, column: &str) -> rusqlite::Result<Vec<String>> {
    let sql = format!("SELECT DISTINCT typeof({}) FROM {}", quoted(column), quoted(table));
    connection.prepare(&sql)?.query_map([], |row| row.get(0))?.collect()
}

/// What a declared geometry type amounts to (OGC 12-128r19, annex G).
fn geometry_kind(type_name: &str) -> GeometryKind {
    match type_name.trim().to_ascii_uppercase().as_str() {
        "POINT" | "MULTIPOINT" => GeometryKind::Point,
        "LINESTRING" | "MULTILINESTRING" | "CIRCULARSTRING" | "COMPOUNDCURVE" | "CURVE" | "MULTICURVE" => {
            GeometryKind::Line
        }
        "POLYGON" | "MULTIPOLYGON" | "CURVEPOLYGON" | "SURFACE" | "MULTISURFACE" => GeometryKind::Polygon,
        _ => GeometryKind::Mixed,
    }
}
