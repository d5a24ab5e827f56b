//! Why a GeoPackage or a table of it cannot be read.

use std::path::PathBuf;

use crate::crs::CrsError;

/// Why a GeoPackage or a table cannot be read at all. Single bad rows are no errors: they stand in
/// the [`ReadReport`](crate::ReadReport).
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file does not exist.
    #[error("{}: no such file; check the path", file.display())]
    Missing {
        /// The file.
        file: PathBuf,
    },
    /// The path is a folder or a device.
    #[error("{}: not a file; name the .gpkg itself", file.display())]
    NotAFile {
        /// The path.
        file: PathBuf,
    },
    /// The file has no bytes.
    #[error("{}: the file is empty (0 bytes); copy or export it again", file.display())]
    Empty {
        /// The file.
        file: PathBuf,
    },
    /// The file is something else than an SQLite database.
    #[error("{}: not a GeoPackage ({}); export the data as GeoPackage", file.display(), looks_like.unwrap_or("no SQLite database"))]
    NotSqlite {
        /// The file.
        file: PathBuf,
        /// What its first bytes look like.
        looks_like: Option<&'static str>,
    },
    /// The file is shorter than its own header says.
    #[error("{}: truncated: {actual} of {expected} bytes are there; copy it again", file.display())]
    Truncated {
        /// The file.
        file: PathBuf,
        /// Bytes by page size and page count of the header.
        expected: u64,
        /// Bytes on disk.
        actual: u64,
    },
    /// An SQLite database without the tables of a GeoPackage.
    #[error("{}: an SQLite database but no GeoPackage: {table} is missing", file.display())]
    NotGeoPackage {
        /// The file.
        file: PathBuf,
        /// The core table that is missing.
        table: &'static str,
    },
    /// A GeoPackage of attributes or tiles only.
    #[error("{}: no feature tables ({} attribute or tile tables); nothing in it has a geometry", file.display(), others.len())]
    NoFeatureTables {
        /// The file.
        file: PathBuf,
        /// What it has instead.
        others: Vec<String>,
    },
    /// No table of that name.
    #[error("{}: no table {table:?}{}", file.display(), suggestion(nearest.as_deref(), tables))]
    UnknownTable {
        /// The file.
        file: PathBuf,
        /// The name asked for.
        table: String,
        /// The most similar name.
        nearest: Option<String>,
        /// All feature tables.
        tables: Vec<String>,
    },
    /// A table without geometry was asked for as a feature table.
    #[error("{}: table {table:?} has no geometry; the tables with geometry are {}", file.display(), tables.join(", "))]
    NoGeometry {
        /// The file.
        file: PathBuf,
        /// The table.
        table: String,
        /// All feature tables.
        tables: Vec<String>,
    },
    /// The metadata name a geometry column that the table lacks.
    #[error("{}: table {table:?} has no column {column:?}, which gpkg_geometry_columns names", file.display())]
    MissingColumn {
        /// The file.
        file: PathBuf,
        /// The table.
        table: String,
        /// The geometry column.
        column: String,
    },
    /// The table's reference system cannot be used.
    #[error("{}: table {table:?}: {cause}", file.display())]
    Crs {
        /// The file.
        file: PathBuf,
        /// The table.
        table: String,
        /// Why not, and what to do.
        cause: CrsError,
    },
    /// Somebody writes to the file right now.
    #[error("{}: changed while it was read; try again when nobody writes to it", file.display())]
    Changed {
        /// The file.
        file: PathBuf,
    },
    /// A copy of the file does not fit.
    #[error("{}: no room for a copy of it in {}: {needed} bytes are needed, {free} are free", file.display(), folder.display())]
    NoRoom {
        /// The file.
        file: PathBuf,
        /// Where the copy was to be.
        folder: PathBuf,
        /// Bytes of the part that does not fit.
        needed: u64,
        /// Bytes that are free there.
        free: u64,
    },
    /// The operating system refused.
    #[error("{}: cannot be read", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// SQLite cannot read the file.
    #[error("{}: SQLite cannot read it{}", file.display(), place(table.as_deref(), *after_row))]
    Sqlite {
        /// The file.
        file: PathBuf,
        /// The table, if it was about one.
        table: Option<String>,
        /// The last row that could be read.
        after_row: Option<i64>,
        /// What SQLite says.
        #[source]
        cause: Box<rusqlite::Error>,
    },
}

fn suggestion(nearest: Option<&str>, tables: &[String]) -> String {
    match nearest {
        Some(nearest) => format!("; did you mean {nearest:?}?"),
        None => format!("; it has {}", tables.join(", ")),
    }
}

fn place(table: Option<&str>, after_row: Option<i64>) -> String {
    match (table, after_row) {
        (Some(table), Some(row)) => format!(": table {table:?} is damaged after row {row}; copy or export it again"),
        (Some(table), None) => format!(": table {table:?} is damaged or cannot be queried; copy or export it again"),
        (None, _) => String::new(),
    }
}
