//! Opening the file without changing a byte of it, or of what lies beside it.
//!
//! A file at rest is opened `immutable`: SQLite then takes no locks and makes no `-wal`, `-shm` or
//! `-journal`. A file with a write-ahead log or a hot journal beside it is not at rest: its latest
//! state is in both. Then both are copied to a private folder, and SQLite may recover the copy.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::ReadError;

/// A GeoPackage on disk, ready to be connected to any number of times.
#[derive(Debug)]
pub(super) struct Source {
    file: PathBuf,
    /// Length and time of change when it was opened.
    state: State,
    /// The private copy, if one was needed; deleted with this.
    snapshot: Option<Snapshot>,
}

#[derive(Debug)]
struct Snapshot {
    folder: tempfile::TempDir,
}

type State = (u64, Option<SystemTime>);

/// The first bytes of every SQLite 3 database (SQLite file format, §1.3.1).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// Length of the database header.
const HEADER: usize = 100;
/// A copy of a file that keeps changing is tried this often.
const SNAPSHOT_TRIES: usize = 5;
/// The name of the copy; `-wal` and `-journal` are appended to it as SQLite expects.
const COPY: &str = "snapshot.gpkg";

impl Source {
    /// Checks the file and makes a snapshot if somebody writes to it.
    ///
    /// # Errors
    /// [`ReadError`], one for each way in which a path can fail to be a whole SQLite database.
    pub(super) fn new(file: &Path) -> Result<Self, ReadError> {
        let io = |cause| ReadError::Io { file: file.to_owned(), cause };
        let metadata = match file.metadata() {
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
        let real = file.canonicalize().map_err(io)?;
        let snapshot = if is_at_rest(&real) { None } else { Some(Snapshot::take(&real, file)?) };
        check_header(file, &metadata, snapshot.is_some())?;
        Ok(Self { file: file.to_owned(), state: state(&metadata), snapshot })
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
            let shared = OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = match &self.snapshot {
                // The copy may be recovered, so it is opened for writing; then nobody writes.
                Some(snapshot) => {
                    let copy = snapshot.folder.path().join(COPY);
                    Connection::open_with_flags(uri(&copy, "mode=rw"), shared | OpenFlags::SQLITE_OPEN_READ_WRITE)?
                }
                None => {
                    let real = self.file.canonicalize().unwrap_or_else(|_| self.file.clone());
                    let read_only = shared | OpenFlags::SQLITE_OPEN_READ_ONLY;
                    Connection::open_with_flags(uri(&real, "mode=ro&immutable=1"), read_only)?
                }
            };
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
        let now = self.file.metadata().map(|metadata| state(&metadata));
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

impl Snapshot {
    /// Copies the database and its log, and again if they changed meanwhile.
    fn take(real: &Path, named: &Path) -> Result<Self, ReadError> {
        let io = |cause| ReadError::Io { file: named.to_owned(), cause };
        let folder = tempfile::Builder::new().prefix("tuban-").tempdir().map_err(io)?;
        for attempt in 0..SNAPSHOT_TRIES {
            std::thread::sleep(Duration::from_millis(50 * attempt as u64));
            let before = states(real);
            for suffix in ["", "-wal", "-journal"] {
                let copy = beside(&folder.path().join(COPY), suffix);
                match std::fs::copy(beside(real, suffix), &copy) {
                    Ok(_) => {}
                    // A log that went away was written back; the next attempt sees that.
                    Err(cause) if !suffix.is_empty() && cause.kind() == std::io::ErrorKind::NotFound => {
                        let _ = std::fs::remove_file(&copy);
                    }
                    Err(cause) => return Err(io(cause)),
                }
            }
            if states(real) == before {
                return Ok(Self { folder });
            }
        }
        Err(ReadError::Changed { file: named.to_owned() })
    }
}

fn state(metadata: &Metadata) -> State {
    (metadata.len(), metadata.modified().ok())
}

fn states(real: &Path) -> [Option<State>; 3] {
    ["", "-wal", "-journal"].map(|suffix| beside(real, suffix).metadata().ok().map(|metadata| state(&metadata)))
}

/// Whether neither a log nor a journal with content lies beside the file.
fn is_at_rest(real: &Path) -> bool {
    ["-wal", "-journal"]
        .iter()
        .all(|suffix| beside(real, suffix).metadata().map_or(true, |metadata| metadata.len() == 0))
}

/// The path with a suffix on its file name.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Judges the first hundred bytes (SQLite file format, §1.3).
fn check_header(file: &Path, metadata: &Metadata, has_log: bool) -> Result<(), ReadError> {
    if metadata.len() == 0 {
        return Err(ReadError::Empty { file: file.to_owned() });
    }
    let mut header = Vec::with_capacity(HEADER);
    let read = File::open(file).and_then(|open| open.take(HEADER as u64).read_to_end(&mut header));
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
