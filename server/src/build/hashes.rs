//! Hashes of source files that were taken before, and by what one sees that they still hold.
//!
//! A gigabyte takes seconds to hash and a moment to look at. A file that has the size, times and place
//! on the disk that it had is taken to have the bytes that it had, as version control systems do.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// Where they are kept, in the folder of generations. It may go at any time.
const FILE_NAME: &str = ".hashes.json";

/// Two changes of a file within this time may bear the same time (FAT: 2 s, ext3 and HFS+: 1 s), so
/// nothing can be said of a file that was touched that shortly before it was hashed.
const COARSEST: Duration = Duration::from_secs(2);

/// How a file looks from outside; `None` where there is none.
pub(super) type Look = Option<Stamp>;

/// Size, times and number of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    bytes: u64,
    modified: SystemTime,
    /// When its bytes or its names changed (`ctime`), in seconds and nanoseconds: no program can set it
    /// back. Nothing where the system has no such time.
    changed: (i64, i64),
    /// Nothing where the system has no such number.
    inode: u64,
}

/// How a file and its write-ahead log look.
pub(super) type Looks = (Look, Look);

/// A file and its write-ahead log as they look now.
pub(super) fn looks(file: &Path, log: &Path) -> Looks {
    (look(file), look(log))
}

/// A file as it looks now.
pub(super) fn look(file: &Path) -> Look {
    fs::metadata(file).ok().and_then(|metadata| stamp(&metadata))
}

#[cfg(unix)]
fn stamp(metadata: &Metadata) -> Look {
    use std::os::unix::fs::MetadataExt;
    Some(Stamp {
        bytes: metadata.len(),
        modified: metadata.modified().ok()?,
        changed: (metadata.ctime(), metadata.ctime_nsec()),
        inode: metadata.ino(),
    })
}

#[cfg(not(unix))]
fn stamp(metadata: &Metadata) -> Look {
    Some(Stamp { bytes: metadata.len(), modified: metadata.modified().ok()?, changed: (0, 0), inode: 0 })
}

/// A file's hash with the looks of the file and of its write-ahead log when it was taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Taken {
    looks: Looks,
    sha256: String,
    bytes: u64,
}

/// The hashes that are known, by path.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Hashes(BTreeMap<PathBuf, Taken>);

impl Hashes {
    /// Those kept in a folder of generations; none if they cannot be read.
    pub(super) fn read(root: &Path) -> Self {
        let text = fs::read(root.join(FILE_NAME)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Keeps them. Who may not write there hashes again the next time.
    pub(super) fn keep(&self, root: &Path) {
        let text = serde_json::to_vec(self).expect("paths that were read from text, numbers and text");
        let next = root.join(format!("{FILE_NAME}.{}", std::process::id()));
        let kept = fs::write(&next, text).and_then(|()| fs::rename(&next, root.join(FILE_NAME)));
        if let Err(error) = kept {
            tracing::debug!(%error, "hashes of sources are not kept");
        }
    }

    /// SHA-256 and size of a file that looks as it did.
    pub(super) fn of(&self, file: &Path, looks: &Looks) -> Option<(String, u64)> {
        let taken = self.0.get(file).filter(|taken| taken.looks == *looks)?;
        Some((taken.sha256.clone(), taken.bytes))
    }

    /// Remembers a hash that was taken of a file that looked like this then, unless it had only just
    /// been written to.
    pub(super) fn add(&mut self, file: &Path, looks: &Looks, began: SystemTime, (sha256, bytes): (String, u64)) {
        let is_old = |look: &Look| look.as_ref().is_none_or(|stamp| stamp.modified + COARSEST < began);
        if is_old(&looks.0) && is_old(&looks.1) && file.to_str().is_some() {
            self.0.insert(file.to_owned(), Taken { looks: looks.clone(), sha256, bytes });
        }
    }

    /// Forgets all files but these.
    pub(super) fn retain(&mut self, files: &[PathBuf]) {
        self.0.retain(|file, _| files.contains(file));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_holds_until_the_file_or_its_log_looks_other() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (file, log) = (folder.path().join("a.gpkg"), folder.path().join("a.gpkg-wal"));
        fs::write(&file, "one").expect("written");
        let looks = (look(&file), look(&log));
        let later = SystemTime::now() + 2 * COARSEST;
        let mut hashes = Hashes::default();
        hashes.add(&file, &looks, later, ("abc".into(), 3));
        hashes.keep(folder.path());
        let hashes = Hashes::read(folder.path());
        assert_eq!(hashes.of(&file, &looks), Some(("abc".into(), 3)));

        fs::write(&log, "more").expect("written");
        assert_eq!(hashes.of(&file, &(look(&file), look(&log))), None);
        fs::remove_file(&log).expect("it is there");
        fs::write(&file, "two!").expect("written");
        assert_eq!(hashes.of(&file, &(look(&file), look(&log))), None);
    }

    #[test]
    fn nothing_is_remembered_of_a_file_just_written() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("a.gpkg");
        fs::write(&file, "one").expect("written");
        let looks = (look(&file), None);
        let mut hashes = Hashes::default();
        hashes.add(&file, &looks, SystemTime::now(), ("abc".into(), 3));
        assert_eq!(hashes.of(&file, &looks), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_of_the_same_size_and_time_put_in_its_place_is_another() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (file, other) = (folder.path().join("a.gpkg"), folder.path().join("b.gpkg"));
        fs::write(&file, "one").expect("written");
        fs::write(&other, "two").expect("written");
        let before = look(&file);
        let time = fs::metadata(&file).and_then(|metadata| metadata.modified()).expect("a time");
        fs::File::open(&other).and_then(|other| other.set_modified(time)).expect("set");
        fs::rename(&other, &file).expect("renamed");
        assert_ne!(look(&file), before);
    }
}
