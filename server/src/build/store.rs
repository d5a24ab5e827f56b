//! The folder of generations: one is served, others wait, none is ever seen half-written.
//!
//! A build fills a draft (`.tmp-next`), flushes it and renames it; only then does `current` name
//! it, by a rename as well. Whatever stops the process between two of these steps leaves the
//! generation before it in place. Drafts that were left behind go at the next build.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::manifest;

/// Names the generation that is served.
const CURRENT: &str = "current";
/// Names the generation that someone switched to by hand; until the next build it stays.
const HELD: &str = "held";
/// Locked while a build or a switch runs.
const LOCK: &str = ".lock";
/// How drafts begin.
const DRAFT: &str = ".tmp-";
/// What the next build needs to know of the archives of the last one.
const STATES: &str = ".states";

/// The folder of generations of one project.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

/// The right to change a store. Other processes wait for it.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// A generation in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// When it was published last.
    pub published: SystemTime,
    /// Whether it is served.
    pub current: bool,
}

/// Why a store cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be written to.
    #[error("cannot write generations to {}; `--generations DIR` takes another folder", folder.display())]
    NotWritable {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// A step failed.
    #[error("cannot write {}", file.display())]
    Write {
        /// The file or folder.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// There is no such generation.
    #[error("no generation `{id}` in {}; there are {}", folder.display(), if known.is_empty() { "none".to_owned() } else { known.join(", ") })]
    Unknown {
        /// What was asked for.
        id: String,
        /// The store.
        folder: PathBuf,
        /// What it has.
        known: Vec<String>,
    },
    /// There is nothing to go back to.
    #[error("no generation in {} is older than the one served", folder.display())]
    NoOlder {
        /// The store.
        folder: PathBuf,
    },
}

impl Store {
    /// The store in a folder, which need not exist yet.
    pub fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of one generation.
    pub fn folder(&self, id: &str) -> PathBuf {
        self.root.join(id)
    }

    /// The generation that is served, if there is one.
    pub fn current(&self) -> Option<String> {
        self.named_by(CURRENT)
    }

    /// The generation that was switched to by hand and is still served.
    pub fn held(&self) -> Option<String> {
        self.named_by(HELD).filter(|held| self.current().as_ref() == Some(held))
    }

    /// Whether the generation is there with its manifest.
    pub fn has(&self, id: &str) -> bool {
        self.folder(id).join(manifest::FILE_NAME).is_file()
    }

    /// Every generation, the one published last first.
    pub fn list(&self) -> Vec<Listed> {
        let current = self.current();
        let entries = fs::read_dir(&self.root).into_iter().flatten().flatten();
        let listed = entries.filter_map(|entry| {
            let id = entry.file_name().into_string().ok()?;
            let published = entry.metadata().ok()?.modified().ok()?;
            let current = current.as_ref() == Some(&id);
            (!id.starts_with('.') && self.has(&id)).then_some(Listed { id, published, current })
        });
        let mut listed: Vec<Listed> = listed.collect();
        listed.sort_by(|a, b| b.published.cmp(&a.published).then_with(|| a.id.cmp(&b.id)));
        listed
    }

    /// Removes generations but for the latest; the one that is served stays, and so does one before it.
    ///
    /// # Errors
    /// [`StoreError::Write`] where one cannot be removed.
    pub fn prune(&self, keep: usize) -> Result<(), StoreError> {
        let lock = self.lock()?;
        let old = self.list().into_iter().skip(keep.max(2)).filter(|entry| !entry.current);
        for Listed { id, .. } in old {
            // Under the name of a draft it is not seen half removed, and what is left of it goes with the drafts.
            let aside = self.root.join(format!("{DRAFT}{id}-old"));
            let folder = self.folder(&id);
            let removed = fs::rename(&folder, &aside).and_then(|()| fs::remove_dir_all(&aside));
            removed.map_err(|cause| StoreError::Write { file: folder, cause })?;
            tracing::info!(generation = id, "removed an old generation");
        }
        drop(lock);
        Ok(())
    }

    /// Waits for the right to change the store, and makes its folder.
    ///
    /// # Errors
    /// [`StoreError::NotWritable`] where the folder or the lock cannot be made.
    pub fn lock(&self) -> Result<Lock, StoreError> {
        let open = || {
            fs::create_dir_all(&self.root)?;
            let file = File::create(self.root.join(LOCK))?;
            if let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
                tracing::info!(folder = %self.root.display(), "waiting for another build");
                file.lock()?;
            }
            Ok(Lock { _file: file })
        };
        open().map_err(|cause| StoreError::NotWritable { folder: self.root.clone(), cause })
    }

    /// Removes the drafts of builds that were cut short.
    ///
    /// # Errors
    /// [`StoreError::Write`] where one cannot be removed.
    pub fn sweep(&self, _lock: &Lock) -> Result<(), StoreError> {
        for entry in fs::read_dir(&self.root).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(DRAFT) {
                let stale = entry.path();
                tracing::info!(draft = %entry.file_name().display(), "removing what an interrupted build left");
                fs::remove_dir_all(&stale).map_err(|cause| StoreError::Write { file: stale, cause })?;
            }
        }
        Ok(())
    }

    /// The same, unless a build is under way or the folder is not ours to change.
    pub fn sweep_if_idle(&self) {
        let Ok(file) = File::options().write(true).open(self.root.join(LOCK)) else { return };
        if file.try_lock().is_ok()
            && let Err(error) = self.sweep(&Lock { _file: file })
        {
            tracing::warn!(error = %crate::error::Chain(&error), "what an interrupted build left stays");
        }
    }

    /// An empty folder to build in. Drafts of builds that were cut short go.
    pub(super) fn draft(&self, lock: &Lock) -> Result<PathBuf, StoreError> {
        self.sweep(lock)?;
        let draft = self.root.join(format!("{DRAFT}next"));
        fs::create_dir(&draft).map_err(|cause| StoreError::Write { file: draft.clone(), cause })?;
        Ok(draft)
    }

    /// Removes a draft that came to nothing.
    pub(super) fn discard(&self, draft: &Path, _lock: &Lock) -> Result<(), StoreError> {
        fs::remove_dir_all(draft).map_err(|cause| StoreError::Write { file: draft.to_owned(), cause })
    }

    /// Where the states of a generation's archives lie, if it was built last.
    pub(super) fn states(&self, id: &str) -> PathBuf {
        self.root.join(STATES).join(id)
    }

    /// Takes the states of archives out of a draft, and forgets those of earlier builds.
    pub(super) fn keep_states(&self, draft: &Path, id: &str, _lock: &Lock) -> Result<(), StoreError> {
        let (all, kept) = (self.root.join(STATES), self.states(id));
        let failed = |cause| StoreError::Write { file: kept.clone(), cause };
        match fs::remove_dir_all(&all) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(failed(cause)),
            _ => fs::create_dir_all(&kept).map_err(failed)?,
        }
        for entry in fs::read_dir(draft.join(manifest::TILES)).into_iter().flatten().flatten() {
            let is_state = entry.path().extension().is_some_and(|extension| extension == "state");
            if is_state {
                fs::rename(entry.path(), kept.join(entry.file_name())).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// Flushes a draft to the disk and gives it its name. It is not served yet.
    pub(super) fn settle(&self, draft: &Path, id: &str, _lock: &Lock) -> Result<(), StoreError> {
        flush_tree(draft)?;
        let folder = self.folder(id);
        let failed = |cause| StoreError::Write { file: folder.clone(), cause };
        if folder.exists() {
            // Built anew on request: the old one steps aside as a draft and goes with the drafts.
            let aside = self.root.join(format!("{DRAFT}{id}-old"));
            fs::rename(&folder, &aside).map_err(failed)?;
            fs::rename(draft, &folder).map_err(failed)?;
            fs::remove_dir_all(&aside).map_err(failed)?;
        } else {
            fs::rename(draft, &folder).map_err(failed)?;
        }
        flush(&self.root)
    }

    /// Serves a generation that is there from now on, until the next build.
    pub(super) fn publish(&self, id: &str, _lock: &Lock) -> Result<(), StoreError> {
        // The time of publication is the folder's own; manifests have no clock in them.
        let folder = self.folder(id);
        let touched = File::open(&folder).and_then(|file| file.set_modified(SystemTime::now()));
        touched.map_err(|cause| StoreError::Write { file: folder, cause })?;
        self.name(CURRENT, id)?;
        match fs::remove_file(self.root.join(HELD)) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => {
                Err(StoreError::Write { file: self.root.join(HELD), cause })
            }
            _ => Ok(()),
        }
    }

    /// Serves an earlier generation: the one named, or the one published before the current.
    /// It stays until the next `tuban build`.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] or [`StoreError::NoOlder`] where there is none.
    pub fn roll_back(&self, id: Option<&str>) -> Result<String, StoreError> {
        let listed = self.list();
        let target = match id {
            Some(id) => listed.iter().find(|entry| entry.id == id).ok_or_else(|| StoreError::Unknown {
                id: id.to_owned(),
                folder: self.root.clone(),
                known: listed.iter().map(|entry| entry.id.clone()).collect(),
            })?,
            None => {
                let place = listed.iter().position(|entry| entry.current);
                let older = place.and_then(|place| listed.get(place + 1));
                older.ok_or_else(|| StoreError::NoOlder { folder: self.root.clone() })?
            }
        };
        let _lock = self.lock()?;
        // First the hold: a reader between the two steps sees it as not valid yet.
        self.name(HELD, &target.id)?;
        self.name(CURRENT, &target.id)?;
        Ok(target.id.clone())
    }

    fn named_by(&self, pointer: &str) -> Option<String> {
        let id = fs::read_to_string(self.root.join(pointer)).ok()?;
        let id = id.trim().to_owned();
        (!id.is_empty() && !id.contains(['/', '\\', '.']) && self.has(&id)).then_some(id)
    }

    /// Writes a pointer so that a reader sees the old id or the new one, never a part.
    fn name(&self, pointer: &str, id: &str) -> Result<(), StoreError> {
        let file = self.root.join(pointer);
        let next = self.root.join(format!(".{pointer}.next"));
        let write = || {
            let mut handle = File::create(&next)?;
            writeln!(handle, "{id}")?;
            handle.sync_all()?;
            fs::rename(&next, &file)
        };
        write().map_err(|cause| StoreError::Write { file: file.clone(), cause })?;
        flush(&self.root)
    }
}

/// Flushes a folder, what is in it, and the names of what is in it.
pub(super) fn flush_tree(folder: &Path) -> Result<(), StoreError> {
    let failed = |cause| StoreError::Write { file: folder.to_owned(), cause };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() { flush_tree(&path)? } else { flush(&path)? }
    }
    flush(folder)
}

fn flush(path: &Path) -> Result<(), StoreError> {
    // Only Unix opens a folder like a file; elsewhere the rename itself is what there is.
    if cfg!(not(unix)) && path.is_dir() {
        return Ok(());
    }
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|cause| StoreError::Write { file: path.to_owned(), cause })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::at(folder.path().join("generations"));
        (folder, store)
    }

    fn published(store: &Store, id: &str) -> Result<(), StoreError> {
        let lock = store.lock()?;
        let draft = store.draft(&lock)?;
        fs::write(draft.join(manifest::FILE_NAME), "{}").expect("a draft can be written to");
        store.settle(&draft, id, &lock)?;
        store.publish(id, &lock)?;
        // Some file systems tell times apart only so far.
        std::thread::sleep(std::time::Duration::from_millis(15));
        Ok(())
    }

    #[test]
    fn the_generation_published_last_is_served() -> Result<(), StoreError> {
        let (_folder, store) = store();
        assert_eq!(store.current(), None);
        published(&store, "aaa")?;
        published(&store, "bbb")?;
        assert_eq!(store.current().as_deref(), Some("bbb"));
        let ids: Vec<_> = store.list().into_iter().map(|entry| entry.id).collect();
        assert_eq!(ids, ["bbb", "aaa"]);
        Ok(())
    }

    #[test]
    fn a_rollback_holds_until_the_next_build() -> Result<(), StoreError> {
        let (_folder, store) = store();
        for id in ["aaa", "bbb", "ccc"] {
            published(&store, id)?;
        }
        assert_eq!(store.roll_back(None)?, "bbb");
        assert_eq!(store.roll_back(None)?, "aaa");
        assert_eq!((store.current().as_deref(), store.held().as_deref()), (Some("aaa"), Some("aaa")));
        assert!(matches!(store.roll_back(None), Err(StoreError::NoOlder { .. })));
        assert_eq!(store.roll_back(Some("ccc"))?, "ccc");
        assert!(matches!(store.roll_back(Some("ddd")), Err(StoreError::Unknown { .. })));
        published(&store, "ddd")?;
        assert_eq!((store.current().as_deref(), store.held()), (Some("ddd"), None));
        Ok(())
    }

    #[test]
    fn the_latest_generations_stay_and_the_one_that_is_served() -> Result<(), StoreError> {
        let (_folder, store) = store();
        for id in ["aaa", "bbb", "ccc", "ddd"] {
            published(&store, id)?;
        }
        store.roll_back(Some("aaa"))?;
        store.prune(0)?;
        let ids: Vec<_> = store.list().into_iter().map(|entry| entry.id).collect();
        assert_eq!(ids, ["ddd", "ccc", "aaa"]);
        assert_eq!(store.held().as_deref(), Some("aaa"));
        store.prune(5)?;
        assert_eq!(store.list().len(), 3);
        Ok(())
    }

    #[test]
    fn what_an_interrupted_build_left_is_never_served_and_goes() -> Result<(), StoreError> {
        let (_folder, store) = store();
        published(&store, "aaa")?;
        let lock = store.lock()?;
        let left = store.draft(&lock)?;
        fs::write(left.join("half"), "x").expect("a draft can be written to");
        assert_eq!(store.current().as_deref(), Some("aaa"));
        assert_eq!(store.list().len(), 1);
        store.sweep_if_idle();
        assert!(left.exists(), "a build is under way");
        drop(lock);
        store.sweep_if_idle();
        assert!(!left.exists());
        let lock = store.lock()?;
        fs::create_dir(&left).and_then(|()| fs::write(left.join("half"), "x")).expect("left once more");
        let next = store.draft(&lock)?;
        assert_eq!(fs::read_dir(next).expect("a folder").count(), 0);
        Ok(())
    }

    #[test]
    fn a_pointer_out_of_the_folder_points_nowhere() -> Result<(), StoreError> {
        let (_folder, store) = store();
        published(&store, "aaa")?;
        fs::write(store.root().join(CURRENT), "../aaa\n").expect("the pointer can be written");
        assert_eq!(store.current(), None);
        Ok(())
    }
}
