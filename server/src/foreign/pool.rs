//! Connections to one MBTiles file: each serves one thread at a time.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use tiler::{ArchiveError, Mbtiles};

use super::identity;

/// Connections kept for the next who asks.
const IDLE: usize = 8;

/// Connections to one file.
#[derive(Debug)]
pub(super) struct Pool {
    file: PathBuf,
    identity: String,
    idle: Mutex<Vec<Mbtiles>>,
}

/// Why nothing can be read.
#[derive(Debug)]
pub(super) enum PoolError {
    /// The file is another one than when the server started.
    Replaced,
    /// The file cannot be read.
    Archive(ArchiveError),
}

impl Pool {
    /// A pool of connections to `file`, with the first of them.
    pub(super) fn new(file: PathBuf, identity: String, first: Mbtiles) -> Self {
        Self { file, identity, idle: Mutex::new(vec![first]) }
    }

    /// Reads by a connection of one's own. Blocks on the disk.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Mbtiles) -> Result<T, ArchiveError>) -> Result<T, PoolError> {
        // A panic while the list was held cannot have left it half changed, so poison does not matter.
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle().pop();
        let archive = match kept {
            Some(archive) => archive,
            None => self.another()?,
        };
        let answer = read(&archive).map_err(PoolError::Archive);
        let mut idle = idle();
        if idle.len() < IDLE {
            idle.push(archive);
        }
        answer
    }

    /// One more connection, to the same content as the others.
    fn another(&self) -> Result<Mbtiles, PoolError> {
        let archive = Mbtiles::open(&self.file).map_err(PoolError::Archive)?;
        match identity(&self.file) {
            Ok(identity) if identity == self.identity => Ok(archive),
            _ => Err(PoolError::Replaced),
        }
    }
}
