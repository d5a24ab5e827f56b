//! What a GeoPackage says about itself beside its rows: columns and codes in words (the schema
//! extension, OGC 12-128r18 annex F.9) and the styles that QGIS keeps in a file (`layer_styles`).

use rusqlite::params;

use super::write::{LAST_CHANGE, WriteError, Writer};

/// What a column is called.
#[derive(Clone, Copy, Debug)]
pub struct ColumnDescription<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// What people call it; in its table no other column is called so.
    pub title: &'a str,
    /// What it says.
    pub description: &'a str,
    /// Name of the enumeration that its values are from.
    pub enumeration: Option<&'a str>,
}

/// One value of an enumeration.
#[derive(Clone, Copy, Debug)]
pub struct EnumerationValue<'a> {
    /// The enumeration.
    pub enumeration: &'a str,
    /// The value as it is stored.
    pub value: &'a str,
    /// What it means.
    pub meaning: &'a str,
}

/// A style of a feature table as QGIS stores it.
#[derive(Clone, Copy, Debug)]
pub struct StoredStyle<'a> {
    /// The table it draws.
    pub table: &'a str,
    /// Its name.
    pub name: &'a str,
    /// What it shows.
    pub description: &'a str,
    /// Whether QGIS takes it of its own accord.
    pub is_default: bool,
    /// The style (QML).
    pub qml: &'a str,
}

/// Annex F.9, tables 39–43.
const SCHEMA_TABLES: &str = "
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
  constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
  max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
INSERT INTO gpkg_extensions VALUES
  ('gpkg_data_columns', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec121/#extension_schema', 'read-write'),
  ('gpkg_data_column_constraints', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec121/#extension_schema',
   'read-write');";

/// The table as QGIS 3 makes it (`QgsOgrProviderMetadata::saveStyle`); its time of change has no clock here.
const STYLE_TABLE: &str = "
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME);";

impl Writer {
    /// Says what columns and codes are called. Once a file.
    pub fn describe(
        &mut self,
        columns: &[ColumnDescription<'_>],
        values: &[EnumerationValue<'_>],
    ) -> Result<(), WriteError> {
        let write = || {
            self.connection.execute_batch(SCHEMA_TABLES)?;
            let mut insert =
                self.connection.prepare("INSERT INTO gpkg_data_columns VALUES (?1, ?2, ?3, ?3, ?4, NULL, ?5)")?;
            for column in columns {
                let ColumnDescription { table, column, title, description, enumeration } = column;
                insert.execute(params![table, column, title, description, enumeration])?;
            }
            let mut insert = self
                .connection
                .prepare("INSERT INTO gpkg_data_column_constraints VALUES (?, 'enum', ?, NULL, NULL, NULL, NULL, ?)")?;
            for EnumerationValue { enumeration, value, meaning } in values {
                insert.execute(params![enumeration, value, meaning])?;
            }
            Ok(())
        };
        write().map_err(|cause| self.failed(cause))
    }

    /// Adds styles. Once a file.
    pub fn styles(&mut self, styles: &[StoredStyle<'_>]) -> Result<(), WriteError> {
        let write = || {
            self.connection.execute_batch(STYLE_TABLE)?;
            self.connection.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)
                 VALUES ('layer_styles', 'attributes', 'layer_styles', 'styles of QGIS', ?, 0)",
                [LAST_CHANGE],
            )?;
            let mut insert = self.connection.prepare(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,
                   styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)
                 VALUES ('', '', ?, 'geom', ?, ?, '', ?, ?, '', NULL, ?)",
            )?;
            for StoredStyle { table, name, description, is_default, qml } in styles {
                insert.execute(params![table, name, qml, is_default, description, LAST_CHANGE])?;
            }
            Ok(())
        };
        write().map_err(|cause| self.failed(cause))
    }
}
