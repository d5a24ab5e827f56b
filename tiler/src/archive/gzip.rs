//! gzip in one go, in both directions, with the same bytes for the same input.

use std::cell::RefCell;

use libdeflater::{CompressionLvl, Compressor, Decompressor};

/// Level 5 of 12: three quarters of the time of level 6 for half a per cent more bytes.
const LEVEL: i32 = 5;

/// Bytes of room that a thread keeps, at most.
const MOST_ROOM: usize = 8 << 20;

/// No gzip stream can hold more than this many bytes for each of its own (deflate's limit is 1032).
const MOST_EXPANSION: usize = 1040;

thread_local! {
    /// With room for the result, which is kept from one to the next: most of it is never written.
    static COMPRESSOR: RefCell<(Compressor, Vec<u8>)> =
        RefCell::new((Compressor::new(CompressionLvl::new(LEVEL).unwrap_or_default()), Vec::new()));
}

/// Compresses; the header carries no time (MTIME 0) and no name.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    COMPRESSOR.with_borrow_mut(|(compressor, room)| {
        let bound = compressor.gzip_compress_bound(bytes.len());
        if room.len() < bound {
            room.resize(bound, 0);
        }
        let length = compressor.gzip_compress(bytes, room).expect("the bound is large enough for any input");
        let compressed = room[..length].to_vec();
        if room.len() > MOST_ROOM {
            *room = Vec::new();
        }
        compressed
    })
}

/// Why bytes cannot be decompressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GunzipError {
    /// Not gzip, cut off, or its checksum or length is wrong.
    #[error("not a gzip stream")]
    Broken,
    /// It would become longer than the caller allows.
    #[error("more than {limit} bytes when decompressed")]
    TooLong {
        /// What the caller allows.
        limit: usize,
    },
}

/// Decompresses one gzip member of at most `limit` bytes. Takes memory for the result only.
///
/// # Errors
/// [`GunzipError::TooLong`] if its trailer announces more than `limit`, [`GunzipError::Broken`]
/// otherwise.
pub fn gunzip(bytes: &[u8], limit: usize) -> Result<Vec<u8>, GunzipError> {
    // RFC 1952 §2.3.1: the last four bytes are the length, little-endian.
    let trailer = bytes.last_chunk::<4>().ok_or(GunzipError::Broken)?;
    let length = u32::from_le_bytes(*trailer) as usize;
    if length > bytes.len().saturating_mul(MOST_EXPANSION) {
        return Err(GunzipError::Broken);
    }
    if length > limit {
        return Err(GunzipError::TooLong { limit });
    }
    let mut out = vec![0; length];
    match Decompressor::new().gzip_decompress(bytes, &mut out) {
        Ok(written) if written == length => Ok(out),
        _ => Err(GunzipError::Broken),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn limits_are_kept() {
        let bomb = gzip(&vec![0; 1 << 20]);
        assert_eq!(gunzip(&bomb, 1 << 10), Err(GunzipError::TooLong { limit: 1 << 10 }));
        let mut liar = bomb.clone();
        let end = liar.len();
        liar[end - 4..].copy_from_slice(&9u32.to_le_bytes());
        assert_eq!(gunzip(&liar, 1 << 10), Err(GunzipError::Broken));
        liar[end - 4..].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(gunzip(&liar, usize::MAX), Err(GunzipError::Broken));
    }

    #[test]
    fn the_header_has_no_time() {
        assert_eq!(gzip(b"tile")[..8], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
    }

    proptest! {
        #[test]
        fn there_and_back(bytes: Vec<u8>) {
            prop_assert_eq!(gunzip(&gzip(&bytes), bytes.len()), Ok(bytes));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = gunzip(&bytes, 1 << 16);
        }
    }
}
