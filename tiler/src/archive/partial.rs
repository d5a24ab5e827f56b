//! A file that appears complete or not at all: written as `NAME.partial`, then synced and renamed.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The place of a file still being written. Dropped without [`PartialFile::publish`], it is removed.
pub(crate) struct PartialFile {
    target: PathBuf,
    partial: PathBuf,
    is_published: bool,
}

impl PartialFile {
    /// Takes the place, removing what an earlier run may have left there.
    pub(crate) fn new(target: &Path) -> io::Result<Self> {
        let mut partial = target.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        match fs::remove_file(&partial) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(Self { target: target.to_owned(), partial, is_published: false }),
        }
    }

    /// Where to write.
    pub(crate) fn path(&self) -> &Path {
        &self.partial
    }

    /// Makes it durable and gives it its name.
    pub(crate) fn publish(mut self, file: &File) -> io::Result<()> {
        file.sync_all()?;
        fs::rename(&self.partial, &self.target)?;
        self.is_published = true;
        // The new name lives in the folder, which has to reach the disk as well.
        let folder = self.target.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        if !self.is_published {
            // Nothing can be done about a failure here, and the next run removes it.
            let _ = fs::remove_file(&self.partial);
        }
    }
}
