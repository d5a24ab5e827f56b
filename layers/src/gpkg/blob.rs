//! The GeoPackage geometry blob: a header, then well-known binary (OGC 12-128r19, §2.1.3).
//!
//! ```text
//! "GP" | version | flags | srs_id (4) | envelope (0, 32, 48 or 64 bytes) | WKB …
//! flags: bit 0 byte order, bits 1–3 envelope kind, bit 4 empty, bit 5 extended, bits 6–7 reserved
//! ```

use geo::Geometry;

use super::wkb::{self, WkbError};

/// Why a geometry blob cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(super) enum BlobError {
    /// The geometry says it is empty, or has no coordinates.
    #[error("geometry is empty")]
    Empty,
    /// The blob does not start with `GP`.
    #[error("geometry is no GeoPackage blob (it starts with {0:02x?}, not with \"GP\")")]
    Magic(Vec<u8>),
    /// A version after the standard's only one.
    #[error("geometry blob of unknown version {0}")]
    Version(u8),
    /// An envelope kind that the standard keeps for later.
    #[error("geometry blob with unknown envelope kind {0}")]
    Envelope(u8),
    /// `ExtendedGeoPackageBinary`: a geometry type of somebody's own.
    #[error("geometry of the extended type {0:?} is not supported")]
    Extended(String),
    /// The blob ends inside its header.
    #[error("geometry blob ends inside its header")]
    Truncated,
    /// The well-known binary inside is no good.
    #[error(transparent)]
    Wkb(#[from] WkbError),
}

/// Bytes before the envelope: magic, version, flags, srs_id.
const FIXED_HEADER: usize = 8;

/// Decodes a blob to a 2D geometry in the table's CRS, x east; see [`wkb::decode`].
///
/// The `srs_id` in the blob is not read: that of `gpkg_geometry_columns` rules (§2.1.5.1.2), and
/// writers are known to leave 0 here.
///
/// # Errors
/// [`BlobError`]; an empty geometry is one of them, because no feature comes of it.
pub(super) fn decode(blob: &[u8]) -> Result<Geometry<f64>, BlobError> {
    if !blob.starts_with(b"GP") {
        return Err(BlobError::Magic(blob.iter().take(2).copied().collect()));
    }
    let &[_, _, version, flags, ..] = blob else { return Err(BlobError::Truncated) };
    if version != 0 {
        return Err(BlobError::Version(version));
    }
    let envelope = match (flags >> 1) & 0b111 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        reserved => return Err(BlobError::Envelope(reserved)),
    };
    let body = blob.get(FIXED_HEADER + envelope..).ok_or(BlobError::Truncated)?;
    if flags & 0b10_0000 != 0 {
        let code: Vec<u8> = body.iter().take(4).copied().collect();
        return Err(BlobError::Extended(String::from_utf8_lossy(&code).into_owned()));
    }
    if flags & 0b1_0000 != 0 {
        return Err(BlobError::Empty);
    }
    wkb::decode(body)?.ok_or(BlobError::Empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    /// A header with these flags and an envelope of that many zeros, then a little-endian point 1 2.
    fn blob(flags: u8, envelope: usize) -> Vec<u8> {
        let mut blob = b"GP\0".to_vec();
        blob.push(flags);
        blob.extend([0; 4]);
        blob.extend(vec![0; envelope]);
        blob.extend([1, 1, 0, 0, 0]);
        blob.extend(1f64.to_le_bytes());
        blob.extend(2f64.to_le_bytes());
        blob
    }

    #[test]
    fn every_envelope_kind_and_both_byte_orders_are_skipped_over() {
        for (kind, bytes) in [(0, 0), (1, 32), (2, 48), (3, 48), (4, 64)] {
            for order in [0, 1] {
                assert_eq!(decode(&blob(kind << 1 | order, bytes)), Ok(wkt!(POINT(1. 2.)).into()), "{kind} {order}");
            }
        }
        assert_eq!(decode(&blob(5 << 1, 0)), Err(BlobError::Envelope(5)));
    }

    #[test]
    fn the_empty_flag_is_believed() {
        assert_eq!(decode(&blob(0b1_0001, 0)), Err(BlobError::Empty));
    }

    #[test]
    fn extended_types_are_refused_by_name() {
        let mut extended = blob(0b10_0001, 0);
        extended.splice(8.., *b"RASTdata");
        assert_eq!(
            decode(&extended).unwrap_err().to_string(),
            "geometry of the extended type \"RAST\" is not supported"
        );
    }

    #[test]
    fn what_is_no_blob_is_refused() {
        assert_eq!(decode(b""), Err(BlobError::Magic(vec![])));
        assert_eq!(decode(b"\x01\x01\0\0\0"), Err(BlobError::Magic(vec![1, 1])));
        assert_eq!(decode(b"GP\x01\0"), Err(BlobError::Version(1)));
        assert_eq!(decode(b"GP\0"), Err(BlobError::Truncated));
        assert_eq!(decode(&blob(4 << 1 | 1, 0)), Err(BlobError::Truncated));
    }
}
