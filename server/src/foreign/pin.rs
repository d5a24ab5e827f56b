//! Whether a file is still what it was when it was opened.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// An open file, and what it was like.
#[derive(Debug)]
pub(super) struct Pin {
    file: File,
    was: (u64, SystemTime),
}

impl Pin {
    pub(super) fn new(file: &Path) -> io::Result<Self> {
        let file = File::open(file)?;
        Ok(Self { was: state(&file)?, file })
    }

    /// Whether nobody wrote to it since. A file that took its name meanwhile is another one.
    pub(super) fn holds(&self) -> bool {
        state(&self.file).is_ok_and(|state| state == self.was)
    }
}

fn state(file: &File) -> io::Result<(u64, SystemTime)> {
    let metadata = file.metadata()?;
    Ok((metadata.len(), metadata.modified()?))
}
