//! A copy of a database as it was at one moment, with the log or journal that lies beside it.
//!
//! Where the file system can, a copy shares the bytes of its file until one of the two is written to
//! (a reflink), which takes no time and no room. Elsewhere bytes are copied, if there is room for them.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::ReadError;
use super::source::uri;

/// What a database consists of: itself, rows committed to its log, pages to be put back.
const PARTS: [&str; 3] = ["", "-wal", "-journal"];
/// A copy of a file that keeps changing is tried this often.
const TRIES: u64 = 5;
/// How much longer is waited before each further try.
const PAUSE: Duration = Duration::from_millis(50);

/// Length and time of change of a file.
pub(super) type State = (u64, Option<SystemTime>);

/// Copies a database and what lies beside it to `to`, and again if they changed meanwhile.
///
/// # Errors
/// [`ReadError::Changed`] if they never rest, [`ReadError::NoRoom`] where the copy would not fit,
/// [`ReadError::Missing`] or [`ReadError::Io`].
pub fn copy(file: &Path, to: &Path) -> Result<(), ReadError> {
    // SQLite looks for the log beside the file that a link leads to.
    let real = file.canonicalize().map_err(|cause| failed(file, cause))?;
    copy_named(file, &real, to)
}

/// The same of a file that is called otherwise in errors.
pub(super) fn copy_named(file: &Path, real: &Path, to: &Path) -> Result<(), ReadError> {
    for attempt in 0..TRIES {
        std::thread::sleep(PAUSE * attempt as u32);
        let before = states(real);
        for part in PARTS {
            match copy_part(&beside(real, part), &beside(to, part)) {
                Ok(()) => {}
                // A log that went away was written back; the next attempt sees that.
                Err(Failure::Io(cause)) if !part.is_empty() && cause.kind() == ErrorKind::NotFound => {}
                Err(Failure::Io(cause)) => return Err(failed(file, cause)),
                Err(Failure::NoRoom { needed, free }) => {
                    let folder = to.parent().unwrap_or(to).to_owned();
                    return Err(ReadError::NoRoom { file: file.to_owned(), folder, needed, free });
                }
            }
        }
        if states(real) == before {
            return Ok(());
        }
    }
    Err(ReadError::Changed { file: file.to_owned() })
}

fn failed(file: &Path, cause: io::Error) -> ReadError {
    match cause.kind() {
        ErrorKind::NotFound => ReadError::Missing { file: file.to_owned() },
        _ => ReadError::Io { file: file.to_owned(), cause },
    }
}

/// Has SQLite bring a copy, made of `file`, into its latest committed state, so that nothing lies
/// beside it any more.
///
/// # Errors
/// [`ReadError::Sqlite`] if it is no database, or its log does not belong to it.
pub fn fold(file: &Path, copy: &Path) -> Result<(), ReadError> {
    if is_at_rest(copy) {
        return Ok(());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let folded = Connection::open_with_flags(uri(copy, "mode=rw"), flags).and_then(|connection| {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        // Nobody needs the copy after a loss of power.
        connection.pragma_update(None, "synchronous", "OFF")?;
        // The first look puts pages of a journal back, and the end of the last connection the log into its file.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
        connection.close().map_err(|(_, cause)| cause)
    });
    let sqlite =
        |cause| ReadError::Sqlite { file: file.to_owned(), table: None, after_row: None, cause: Box::new(cause) };
    folded.map_err(sqlite)?;
    // What is left is of no transaction: a log whose rows are all of somebody else, a journal that is over.
    for part in &PARTS[1..] {
        match std::fs::remove_file(beside(copy, part)) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => {
                return Err(ReadError::Io { file: file.to_owned(), cause });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Why a part cannot be copied.
enum Failure {
    Io(io::Error),
    NoRoom { needed: u64, free: u64 },
}

impl From<io::Error> for Failure {
    fn from(cause: io::Error) -> Self {
        Self::Io(cause)
    }
}

/// Copies a part; one that is not there is not there in the copy either.
fn copy_part(from: &Path, to: &Path) -> Result<(), Failure> {
    let source = match File::open(from) {
        Ok(source) => source,
        Err(cause) => {
            if cause.kind() == ErrorKind::NotFound {
                let _ = std::fs::remove_file(to);
            }
            return Err(cause.into());
        }
    };
    let target = File::create(to)?;
    if shares(&source, &target) {
        return Ok(());
    }
    let needed = source.metadata()?.len();
    let free = room(to).filter(|free| *free < needed);
    let full = |free: u64| {
        // What cannot be used takes no room either.
        let _ = std::fs::remove_file(to);
        Failure::NoRoom { needed, free }
    };
    if let Some(free) = free {
        return Err(full(free));
    }
    match io::copy(&mut &source, &mut &target) {
        Ok(_) => Ok(()),
        Err(cause) if cause.kind() == ErrorKind::StorageFull => Err(full(0)),
        Err(cause) => Err(cause.into()),
    }
}

/// Has a file share another's bytes; `false` where that cannot be.
#[cfg(target_os = "linux")]
fn shares(source: &File, target: &File) -> bool {
    rustix::fs::ioctl_ficlone(target, source).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn shares(_source: &File, _target: &File) -> bool {
    false
}

/// Bytes that may still be written where a file lies; `None` where nobody knows.
#[cfg(unix)]
fn room(file: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(file).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn room(_file: &Path) -> Option<u64> {
    None
}

pub(super) fn state(metadata: &Metadata) -> State {
    (metadata.len(), metadata.modified().ok())
}

fn states(real: &Path) -> [Option<State>; 3] {
    PARTS.map(|part| beside(real, part).metadata().ok().map(|metadata| state(&metadata)))
}

/// Whether neither a log nor a journal with content lies beside the file.
pub fn is_at_rest(real: &Path) -> bool {
    PARTS[1..].iter().all(|part| beside(real, part).metadata().map_or(true, |metadata| metadata.len() == 0))
}

/// The path with a suffix on its file name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database with one row in it and one that is only in its log, and who writes to it.
    fn written(folder: &Path) -> (PathBuf, Connection) {
        let file = folder.join("land.gpkg");
        let writer = Connection::open(&file).expect("a database");
        writer
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (n); INSERT INTO t VALUES (1);")
            .expect("written");
        writer.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO t VALUES (2);").expect("written");
        (file, writer)
    }

    fn rows(file: &Path) -> Vec<i64> {
        let uri = uri(file, "mode=ro&immutable=1");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(uri, flags).expect("a database");
        let mut statement = connection.prepare("SELECT n FROM t ORDER BY n").expect("a table");
        statement.query_map([], |row| row.get(0)).and_then(Iterator::collect).expect("rows")
    }

    #[test]
    fn a_copy_has_what_was_committed_then_in_one_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, writer) = written(folder.path());
        let to = folder.path().join("copy");
        copy(&file, &to).expect("copied");
        writer.execute_batch("INSERT INTO t VALUES (3)").expect("written");
        assert_eq!(rows(&to), [1], "the second row is in the log");
        fold(&file, &to).expect("folded");
        assert_eq!(rows(&to), [1, 2]);
        assert!(is_at_rest(&to) && !beside(&to, "-wal").exists());
        // Over what was there before, with another log.
        copy(&file, &to).expect("copied again");
        fold(&file, &to).expect("folded");
        assert_eq!(rows(&to), [1, 2, 3]);
    }

    #[test]
    fn what_was_not_committed_is_put_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("land.gpkg");
        let writer = Connection::open(&file).expect("a database");
        // Pages go to the file before the end of the transaction where memory is short.
        writer.execute_batch("PRAGMA cache_size = 1; CREATE TABLE t (n); INSERT INTO t VALUES (1);").expect("written");
        let many = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT 20000)";
        writer
            .execute_batch(&format!("BEGIN; UPDATE t SET n = 7; INSERT INTO t {many} SELECT i FROM c;"))
            .expect("begun");
        let to = folder.path().join("copy");
        copy(&file, &to).expect("copied");
        assert!(!is_at_rest(&to), "it has a journal");
        fold(&file, &to).expect("folded");
        assert_eq!(rows(&to), [1]);
    }

    #[test]
    fn what_is_not_there_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("land.gpkg");
        let copied = copy(&file, &folder.path().join("copy"));
        assert!(matches!(copied, Err(ReadError::Missing { file: named }) if named == file));
    }
}
