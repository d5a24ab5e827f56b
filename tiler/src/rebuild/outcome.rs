//! How a rebuild can end.

use std::io;

use super::changes::Changes;
use crate::tileset::{TileError, TilesetSummary};

/// Why a tileset has to be made as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotPossible(String);

impl NotPossible {
    pub(super) fn because(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// What a rebuild came to.
#[derive(Debug)]
pub enum Outcome {
    /// No row changed: the archive stays as it is.
    Unchanged {
        /// What it is.
        summary: TilesetSummary,
    },
    /// The archive was written anew, the bytes those of a full run.
    Made {
        /// What differs from the archive before.
        changes: Changes,
        /// What the archive is now.
        summary: TilesetSummary,
        /// Tiles drawn again.
        drawn: u64,
        /// Rows read again.
        rows: u64,
    },
    /// Nothing was written: everything has to be made again.
    NotPossible(NotPossible),
}

/// Ends a rebuild early.
pub(super) enum Stop<E> {
    Failed(E),
    NotPossible(NotPossible),
}

impl<E: From<TileError>> From<io::Error> for Stop<E> {
    fn from(error: io::Error) -> Self {
        Self::Failed(TileError::Spill(error).into())
    }
}

impl<E> From<NotPossible> for Stop<E> {
    fn from(reason: NotPossible) -> Self {
        Self::NotPossible(reason)
    }
}
