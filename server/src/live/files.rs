//! Whether someone wrote to files, and whether they have finished.
//!
//! Files are looked at, not listened to: that works on every disk, on network shares, too, and misses
//! nothing that happened between two looks.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use crate::project::Project;

/// Size and time of change; `None` where there is no file.
type Stamp = Option<(u64, Option<SystemTime>)>;

/// What files looked like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Look(Vec<(PathBuf, Stamp)>);

impl Look {
    /// Looks at files, and at the write-ahead logs that databases keep beside them.
    pub(super) fn at(files: &[PathBuf]) -> Self {
        let beside = |file: &Path, suffix: &str| {
            // They lie beside the file that a link leads to.
            let real = if suffix.is_empty() { None } else { file.canonicalize().ok() };
            let mut name = real.as_deref().unwrap_or(file).as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        let all = files.iter().flat_map(|file| ["", "-wal", "-journal"].map(|suffix| beside(file, suffix)));
        Self(
            all.map(|file| {
                let seen = stamp(&file);
                (file, seen)
            })
            .collect(),
        )
    }

    /// The first file that looks different now, by name.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let differs = |((file, was), (_, is)): (&(PathBuf, Stamp), &(PathBuf, Stamp))| {
            (was != is).then(|| file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned())
        };
        self.0.iter().zip(&other.0).find_map(differs)
    }
}

fn stamp(file: &Path) -> Stamp {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}

/// The files that a generation is made of, as they looked before it was made.
///
/// Looked at before, not after: what changes while it is made is a change.
#[derive(Clone, Debug)]
pub struct Watched {
    pub(super) files: Vec<PathBuf>,
    pub(super) look: Look,
}

impl Watched {
    /// The files of a project as they are now.
    pub fn of(project: &Project) -> Self {
        let files = project.files();
        Self { look: Look::at(&files), files }
    }
}

/// Tells when files that changed have been left alone for a while.
#[derive(Debug)]
pub(super) struct Quiet {
    /// What the files looked like when something was made of them last.
    done: Look,
    last: Look,
    /// Since when they look as they do.
    since: Instant,
    quiet: Duration,
}

impl Quiet {
    /// Files that look like `done` need nothing.
    pub(super) fn new(done: Look, quiet: Duration, now: Instant) -> Self {
        Self { last: done.clone(), done, since: now, quiet }
    }

    /// Tells of another look. `true` if the files differ from those made last and have not changed
    /// for the time of quiet.
    pub(super) fn look(&mut self, look: Look, now: Instant) -> bool {
        if look != self.last {
            self.last = look;
            self.since = now;
        }
        self.is_disturbed() && now.duration_since(self.since) >= self.quiet
    }

    /// Whether files differ from those made last.
    pub(super) fn is_disturbed(&self) -> bool {
        self.last != self.done
    }

    /// Something is made of the files as they looked last.
    pub(super) fn taken(&mut self) {
        self.done = self.last.clone();
    }

    /// Other files are looked at from now on; nobody can say of which state of theirs something was made.
    pub(super) fn of_others(&mut self, now: Instant) {
        *self = Self::new(Look::default(), self.quiet, now);
    }

    /// The file that changed, by name.
    pub(super) fn changed(&self) -> Option<String> {
        self.done.difference(&self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(size: u64) -> Look {
        Look(vec![("a.gpkg".into(), Some((size, None)))])
    }

    #[test]
    fn files_are_taken_once_nobody_writes_to_them_any_more() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut quiet = Quiet::new(look(1), Duration::from_millis(500), start);
        assert!(!quiet.look(look(1), at(10_000)), "nothing happened");
        assert!(!quiet.is_disturbed());
        assert!(!quiet.look(look(2), at(10_100)));
        assert!(quiet.is_disturbed());
        assert!(!quiet.look(look(3), at(10_500)), "still being written");
        assert!(!quiet.look(look(3), at(10_900)));
        assert!(quiet.look(look(3), at(11_000)));
        assert_eq!(quiet.changed().as_deref(), Some("a.gpkg"));
        quiet.taken();
        assert!(!quiet.look(look(3), at(20_000)), "it is made already");
        assert!(!quiet.look(look(1), at(20_100)));
        assert!(!quiet.look(look(3), at(20_200)), "put back as it was");
        assert!(!quiet.look(look(3), at(30_000)));
        quiet.of_others(at(30_000));
        assert!(!quiet.look(look(7), at(30_100)));
        assert!(quiet.look(look(7), at(30_600)), "other files count as changed");
    }

    #[test]
    fn a_log_beside_a_file_and_a_file_that_goes_are_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.gpkg");
        std::fs::write(&file, "x").expect("written");
        let before = Look::at(std::slice::from_ref(&file));
        assert_eq!(before, Look::at(std::slice::from_ref(&file)));
        std::fs::write(folder.path().join("a.gpkg-wal"), "x").expect("written");
        let with_log = Look::at(std::slice::from_ref(&file));
        assert_eq!(before.difference(&with_log).as_deref(), Some("a.gpkg-wal"));
        std::fs::remove_file(&file).expect("removed");
        assert_eq!(with_log.difference(&Look::at(&[file])).as_deref(), Some("a.gpkg"));
    }
}
