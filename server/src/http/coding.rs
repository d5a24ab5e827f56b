//! Content coding: what a client accepts (RFC 9110 §12.5.3), and gzip in both directions.

use actix_web::http::header::{ACCEPT_ENCODING, HeaderMap};
use libdeflater::{CompressionLvl, Compressor, DecompressionError, Decompressor};

use crate::error::ApiError;

/// How the bytes of a response are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// As they are.
    Identity,
    /// RFC 1952.
    Gzip,
}

impl Coding {
    /// The coding to answer with: gzip wherever the client says it takes it and does not prefer
    /// the plain bytes.
    pub(super) fn negotiated(headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut accepted = headers.get_all(ACCEPT_ENCODING).map(|value| value.to_str().unwrap_or_default()).peekable();
        if accepted.peek().is_none() {
            return Ok(Self::Identity);
        }
        let (mut gzip, mut identity, mut any) = (None, None, None);
        for item in accepted.flat_map(|value| value.split(',')) {
            let (name, quality) = weighed(item);
            match name.to_ascii_lowercase().as_str() {
                "gzip" | "x-gzip" => gzip = Some(quality),
                "identity" => identity = Some(quality),
                "*" => any = Some(quality),
                _ => {}
            }
        }
        let gzip = gzip.or(any).unwrap_or(0.0);
        // Plain bytes are acceptable unless excluded, by name or by `*;q=0`.
        let plain_acceptable = identity.or(any).is_none_or(|quality| quality > 0.0);
        let plain_preferred = identity.is_some_and(|quality| quality > gzip);
        match (gzip > 0.0, plain_acceptable) {
            (true, true) if plain_preferred => Ok(Self::Identity),
            (true, _) => Ok(Self::Gzip),
            (false, true) => Ok(Self::Identity),
            (false, false) => Err(ApiError::NotAcceptable),
        }
    }
}

/// A coding and its weight, 1 where none is given.
fn weighed(item: &str) -> (&str, f32) {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
    (name, weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0)))
}

/// Why a stored tile cannot be decompressed.
#[derive(Debug, thiserror::Error)]
pub(super) enum GunzipError {
    /// It says it is larger than any tile of ours.
    #[error("a tile claims to have {0} bytes")]
    TooLarge(usize),
    /// It is not gzip.
    #[error("a tile is not gzip")]
    Broken(#[from] DecompressionError),
}

/// The bytes that `stored` holds compressed.
pub(super) fn gunzip(stored: &[u8]) -> Result<Vec<u8>, GunzipError> {
    /// Far above any tile, far below what hurts.
    const LARGEST: usize = 256 << 20;
    // RFC 1952 §2.3.1: the last four bytes are the size of the original.
    let size = stored.last_chunk::<4>().map_or(0, |size| u32::from_le_bytes(*size) as usize);
    if size > LARGEST {
        return Err(GunzipError::TooLarge(size));
    }
    let mut plain = vec![0; size];
    let written = Decompressor::new().gzip_decompress(stored, &mut plain)?;
    plain.truncate(written);
    Ok(plain)
}

/// `plain` compressed, at the level at which more effort buys little.
pub(super) fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(CompressionLvl::default());
    let mut compressed = vec![0; compressor.gzip_compress_bound(plain.len())];
    let written = compressor.gzip_compress(plain, &mut compressed).expect("the bound is an upper bound");
    compressed.truncate(written);
    compressed
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn negotiated(accepted: &str) -> Result<Coding, ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_str(accepted).expect("a header value"));
        Coding::negotiated(&headers)
    }

    #[test]
    fn gzip_is_used_where_it_is_accepted() {
        for accepted in ["gzip", "br, gzip;q=0.5", "*", "deflate, GZIP", "gzip;q=0.1, identity;q=0.1"] {
            assert!(matches!(negotiated(accepted), Ok(Coding::Gzip)), "{accepted}");
        }
        for accepted in ["", "br", "gzip;q=0", "gzip;q=0.5, identity", "*;q=0.5, identity;q=1, gzip;q=0"] {
            assert!(matches!(negotiated(accepted), Ok(Coding::Identity)), "{accepted}");
        }
        for accepted in ["br, *;q=0", "identity;q=0", "gzip;q=0, *;q=0"] {
            assert!(matches!(negotiated(accepted), Err(ApiError::NotAcceptable)), "{accepted}");
        }
        assert!(matches!(Coding::negotiated(&HeaderMap::new()), Ok(Coding::Identity)));
    }

    #[test]
    fn gzip_and_back_is_the_same() -> Result<(), GunzipError> {
        for plain in [&b""[..], b"tile", &[7; 100_000]] {
            assert_eq!(gunzip(&gzip(plain))?, plain);
        }
        Ok(())
    }

    #[test]
    fn what_is_not_gzip_is_refused() {
        assert!(gunzip(b"").is_err());
        assert!(gunzip(b"not gzip").is_err());
        assert!(matches!(gunzip(&[0xff; 64]), Err(GunzipError::TooLarge(_))));
    }
}
