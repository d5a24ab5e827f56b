//! Bytes of an archive as bodies: parts of its memory map, not copies of them. A body keeps the
//! archive open, also after the generation it belongs to was replaced.

use std::ops::Range;
use std::sync::Arc;

use actix_web::web::Bytes;
use tiler::{Archive, ArchiveError, TileCoord};

/// A part of an archive.
struct Part {
    archive: Arc<Archive>,
    place: Range<usize>,
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        self.archive.bytes().get(self.place.clone()).unwrap_or_default()
    }
}

/// A tile as stored with its place in the file, or `None` where there is none.
///
/// # Errors
/// As [`Archive::tile`].
pub(crate) fn tile(archive: &Arc<Archive>, coord: TileCoord) -> Result<Option<(Bytes, Range<usize>)>, ArchiveError> {
    Ok(archive.place(coord)?.map(|place| (part(archive, place.clone()), place)))
}

/// A part of the file; nothing where it does not lie within it.
pub(crate) fn part(archive: &Arc<Archive>, place: Range<usize>) -> Bytes {
    Bytes::from_owner(Part { archive: Arc::clone(archive), place })
}
