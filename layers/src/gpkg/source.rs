//! Opening the file without changing a byte of it, or of what lies beside it.
//!
//! A file at rest is opened `immutable`: SQLite then takes no locks and makes no `-wal`, `-shm` or
//! `-journal`. A file with a write-ahead log or a hot journal beside it is not at rest: its latest
//! state is in both. Then both are copied to a private folder, and SQLite makes one file of the copy.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::ReadError;
use super::copy::{State, copy_named, fold, is_at_rest, state};

/// A GeoPackage on disk, ready to be connected to any number of times.
#[derive(Debug)]
pub(super) struct Source {
    file: PathBuf,
    /// Where its bytes lie: there, unless somebody made a copy of it.
    place: PathBuf,
    /// Length and time of change when it was opened.
    state: State,
    /// The folder of a copy, if one was needed; deleted with this.
    snapshot: Option<tempfile::TempDir>,
}

/// The first bytes of every SQLite 3 database (SQLite file format, §1.3.1).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// Length of the database header.
const HEADER: usize = 100;
/// The name of the copy.
const COPY: &str = "snapshot.gpkg";

impl Source {
    /// Checks the file and makes a snapshot if somebody writes to it.
    ///
    /// # Errors
    /// [`ReadError`], one for each way in which a path can fail to be a whole SQLite database.
    pub(super) fn new(file: &Path) -> Result<Self, ReadError> {
        Self::lying_at(file, file)
    }

    /// The same of a file whose bytes lie elsewhere.
    ///
    /// # Errors
    /// As [`Source::new`], and they name the file.
    pub(super) fn lying_at(file: &Path, place: &Path) -> Result<Self, ReadError> {
        let io = |cause| ReadError::Io { file: file.to_owned(), cause };
        let metadata = match place.metadata() {
            Ok(metadata) => metadata,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
                return Err(ReadError::Missing { file: file.to_owned() });
            }
            Err(cause) => return Err(io(cause)),
        };
        if !metadata.is_file() {
            return Err(ReadError::NotAFile { file: file.to_owned() });
        }
        // SQLite looks for the log beside the file that a link leads to.
        let real = place.canonicalize().map_err(io)?;
        let rests = is_at_rest(&real);
        check_header(file, &real, &metadata, !rests)?;
        if rests {
            return Ok(Self { file: file.to_owned(), place: real, state: state(&metadata), snapshot: None });
        }
        let folder = tempfile::Builder::new().prefix("tuban-").tempdir().map_err(io)?;
        let place = folder.path().join(COPY);
        copy_named(file, &real, &place)?;
        fold(file, &place)?;
        Ok(Self { file: file.to_owned(), place, state: state(&metadata), snapshot: Some(folder) })
    }

    /// The file as it was named.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// A new connection for one thread.
    ///
    /// # Errors
    /// [`ReadError::Sqlite`] if SQLite refuses.
    pub(super) fn connect(&self) -> Result<Connection, ReadError> {
        let open = || {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(uri(&self.place, "mode=ro&immutable=1"), flags)?;
            // The schema comes from strangers too: its views may call no function with side effects.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
            connection.execute_batch("PRAGMA query_only = ON; PRAGMA cell_size_check = ON;")?;
            Ok(connection)
        };
        open().map_err(|cause| self.fail(None, cause))
    }

    /// Whether the file is still what it was when it was opened.
    ///
    /// # Errors
    /// [`ReadError::Changed`] if it is not: what was read may be half old and half new.
    pub(super) fn still_the_same(&self) -> Result<(), ReadError> {
        if self.snapshot.is_some() {
            return Ok(());
        }
        let now = self.place.metadata().map(|metadata| state(&metadata));
        if now.is_ok_and(|now| now == self.state) {
            Ok(())
        } else {
            Err(ReadError::Changed { file: self.file.clone() })
        }
    }

    /// An SQLite error with its place.
    pub(super) fn fail(&self, table: Option<&str>, cause: rusqlite::Error) -> ReadError {
        ReadError::Sqlite {
            file: self.file.clone(),
            table: table.map(str::to_owned),
            after_row: None,
            cause: Box::new(cause),
        }
    }
}

/// Judges the first hundred bytes (SQLite file format, §1.3).
fn check_header(file: &Path, place: &Path, metadata: &Metadata, has_log: bool) -> Result<(), ReadError> {
    if metadata.len() == 0 {
        return Err(ReadError::Empty { file: file.to_owned() });
    }
    let mut header = Vec::with_capacity(HEADER);
    let read = File::open(place).and_then(|open| open.take(HEADER as u64).read_to_end(&mut header));
    read.map_err(|cause| ReadError::Io { file: file.to_owned(), cause })?;
    let common = header.len().min(MAGIC.len());
    if header[..common] != MAGIC[..common] {
        return Err(ReadError::NotSqlite { file: file.to_owned(), looks_like: looks_like(&header) });
    }
    let truncated = |expected| ReadError::Truncated { file: file.to_owned(), expected, actual: metadata.len() };
    if header.len() < HEADER {
        return Err(truncated(HEADER as u64));
    }
    let be = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    // 1 stands for 65 536, which does not fit.
    let page_size = match u64::from(be(16) >> 16) {
        1 => 65_536,
        size => size,
    };
    // The page count is only valid if the version-valid-for number equals the change counter; and
    // with a log the file may rightly be shorter than the database.
    let expected = page_size * u64::from(be(28));
    if !has_log && be(24) == be(92) && expected > metadata.len() {
        return Err(truncated(expected));
    }
    Ok(())
}

fn looks_like(header: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 6] = [
        (b"PK\x03\x04", "it looks like a ZIP archive: unpack it"),
        (b"\x00\x00\x27\x0a", "it looks like a shapefile"),
        (b"{", "it looks like JSON"),
        (b"<", "it looks like XML or HTML"),
        (b"\x1f\x8b", "it looks gzipped: unpack it"),
        (b"version https://git-lfs", "it is a Git LFS pointer: fetch the file itself"),
    ];
    known.iter().find(|(magic, _)| header.starts_with(magic)).map(|&(_, what)| what)
}

/// An SQLite URI for any path (SQLite, "Uniform Resource Identifiers", §3.1).
pub fn uri(path: &Path, query: &str) -> String {
    let mut out = String::from("file:");
    let text = path.to_string_lossy().replace('\\', "/");
    // A Windows drive letter needs a slash before it.
    if text.as_bytes().get(1) == Some(&b':') {
        out.push('/');
    }
    for &byte in bytes_of(path, &text) {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' | b':' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out + "?" + query
}

/// The bytes of a path: as they are on Unix, where they need not be UTF-8.
#[cfg(unix)]
fn bytes_of<'a>(path: &'a Path, _text: &'a str) -> &'a [u8] {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str())
}

#[cfg(not(unix))]
fn bytes_of<'a>(_path: &'a Path, text: &'a str) -> &'a [u8] {
    text.as_bytes()
}
