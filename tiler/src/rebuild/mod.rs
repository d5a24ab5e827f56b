//! Making a tileset again after some rows changed: only tiles that a change can reach are drawn, the
//! others are taken from the archive before, and the result is the same to the byte.
//!
//! - `notes`, `state`: what a run leaves for the next one, and the file that it lies in.
//! - `probe`, `diff`: a look at the rows as they are, and which of them changed.
//! - `loaded`: the rows that are read again, as records.
//! - `reach`: how far a change reaches, as tiles.
//! - `redraw`: the tiles, those from before and those drawn again.
//! - `recount`: cells that lost or gained something.
//! - `budget`: whether the same zooms show single features.
//! - `write`: archive and state.
//! - `content`, `update`: the same of layers in memory.
//! - `begin`: whether it is possible, and which rows changed.
//! - `run`: all of it in order, and when it is not worth it; `take`: what changed is taken in.

mod begin;
mod budget;
mod changes;
mod content;
mod diff;
mod loaded;
mod notes;
mod outcome;
mod probe;
mod reach;
mod recount;
mod redraw;
mod rows;
mod run;
mod state;
mod take;
mod update;
mod write;

use std::path::Path;

pub use begin::Rebuild;
pub use changes::{Changes, LayerChanges};
pub(crate) use content::ContentHasher;
pub(crate) use notes::Notes;
pub use notes::RowMark;
pub use outcome::{NotPossible, Outcome};
pub use probe::{RowProbe, RowStats};
pub use run::Fetch;
pub(crate) use state::{About, Keeper, state_of};
pub use update::{Before, Updated, update_tileset};

use crate::archive::Archive;
use crate::counts::CountsByTile;
use crate::tileset::TileError;

/// Publishes the state of an archive that has just got its name.
pub(crate) fn publish(
    keeper: Keeper,
    about: About,
    (tiles, cells): (&CountsByTile, Option<Vec<u8>>),
    archive: &Path,
) -> Result<(), TileError> {
    let unread = |error| TileError::Write { file: archive.to_owned(), cause: std::io::Error::other(error) };
    let read = Archive::open(archive).map_err(unread)?;
    let (archive_bytes, archive_hash) = state::identity(&read);
    let about = About { archive_bytes, archive_hash, ..about };
    let write = |cause| TileError::Write { file: state_of(archive), cause };
    keeper.finish(&about, tiles, cells.as_deref()).map_err(write)
}
