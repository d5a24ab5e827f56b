//! Dossiers on disk: an SQLite file, a row a patch, looked up by key.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::{Case, Dossier};
use crate::gpkg::uri;

/// Why dossiers cannot be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error("cannot use {}", file.display())]
    Sqlite {
        /// The file.
        file: PathBuf,
        /// What SQLite says.
        #[source]
        cause: rusqlite::Error,
    },
    /// A dossier is not as this version writes it.
    #[error("{}: the dossier of {key:?} cannot be read; build the generation anew", file.display())]
    Foreign {
        /// The file.
        file: PathBuf,
        /// The key.
        key: String,
        /// What is wrong.
        #[source]
        cause: serde_json::Error,
    },
}

/// Writes all dossiers of a build. The same dossiers give the same bytes.
///
/// # Errors
/// [`StoreError::Sqlite`] if the disk refuses.
pub fn write(file: &Path, case: &Case, dossiers: impl Iterator<Item = Dossier>) -> Result<(), StoreError> {
    let fail = |cause| StoreError::Sqlite { file: file.to_owned(), cause };
    let fill = || -> rusqlite::Result<()> {
        let connection = Connection::open(file)?;
        connection.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 4096; BEGIN;
             CREATE TABLE common (facts TEXT NOT NULL);
             CREATE TABLE dossiers (key TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID;",
        )?;
        connection.execute("INSERT INTO common VALUES (?)", [text(case)])?;
        let mut insert = connection.prepare("INSERT INTO dossiers VALUES (?, ?)")?;
        for dossier in dossiers {
            insert.execute(params![dossier.inputs.key, text(&dossier)])?;
        }
        drop(insert);
        connection.execute_batch("COMMIT")?;
        connection.close().map_err(|(_, cause)| cause)
    };
    fill().map_err(fail)?;
    let sync = std::fs::File::open(file).and_then(|file| file.sync_all());
    sync.map_err(|_| fail(rusqlite::Error::InvalidPath(file.to_owned())))
}

fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("our own types have string keys and finite numbers")
}

/// Dossiers, opened for look-ups. Cheap to open; use one per thread of work.
#[derive(Debug)]
pub struct Dossiers {
    file: PathBuf,
    connection: Connection,
}

impl Dossiers {
    /// Opens the file read-only; it must not change while it is open.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`] if it cannot be opened.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(uri(file, "mode=ro&immutable=1"), flags)
            .map_err(|cause| StoreError::Sqlite { file: file.to_owned(), cause })?;
        Ok(Self { file: file.to_owned(), connection })
    }

    /// What all patches have in common.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub fn case(&self) -> Result<Case, StoreError> {
        let text: String =
            self.connection.query_row("SELECT facts FROM common", [], |row| row.get(0)).map_err(|c| self.fail(c))?;
        serde_json::from_str(&text).map_err(|cause| self.foreign("common", cause))
    }

    /// The dossier of one patch.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub fn dossier(&self, key: &str) -> Result<Option<Dossier>, StoreError> {
        let find = "SELECT facts FROM dossiers WHERE key = ?";
        let text: Option<String> =
            self.connection.query_row(find, [key], |row| row.get(0)).optional().map_err(|cause| self.fail(cause))?;
        text.map(|text| serde_json::from_str(&text).map_err(|cause| self.foreign(key, cause))).transpose()
    }

    /// Every key, in order of their bytes.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`] if they cannot be read.
    pub fn keys(&self) -> Result<Vec<String>, StoreError> {
        let all = || -> rusqlite::Result<Vec<String>> {
            self.connection.prepare("SELECT key FROM dossiers ORDER BY key")?.query_map([], |row| row.get(0))?.collect()
        };
        all().map_err(|cause| self.fail(cause))
    }

    fn fail(&self, cause: rusqlite::Error) -> StoreError {
        StoreError::Sqlite { file: self.file.clone(), cause }
    }

    fn foreign(&self, key: &str, cause: serde_json::Error) -> StoreError {
        StoreError::Foreign { file: self.file.clone(), key: key.to_owned(), cause }
    }
}
