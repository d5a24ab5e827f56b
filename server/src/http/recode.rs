//! Bytes from one content coding into another, within a limit: what comes out may be a bomb's.

use std::io::{self, Read};

use brotli::enc::BrotliEncoderParams;
use libdeflater::{CompressionLvl, Compressor};
use tiler::GunzipError;
use zstd::stream::read::Decoder;

use super::coding::Coding;

/// Effort at which more buys little, for what is made once and kept.
const BROTLI_QUALITY: i32 = 5;
/// See [`BROTLI_QUALITY`].
const ZSTD_LEVEL: i32 = 6;
/// Base-2 logarithm of the largest window that a Zstandard frame may ask for: 8 MiB, as browsers
/// allow (RFC 9659 §3).
const ZSTD_WINDOW_LOG: u32 = 23;

/// Why bytes cannot be brought into another coding.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecodeError {
    /// They are not what they should be.
    #[error("the bytes are not {}", .0.name().unwrap_or("plain"))]
    Broken(Coding),
    /// They would become longer than anything we send.
    #[error("more than {0} bytes when decompressed")]
    TooLong(usize),
    /// The compressor failed.
    #[error("cannot compress")]
    Compress(#[source] io::Error),
}

/// The bytes that `coded` stands for, at most `limit`.
pub(super) fn decoded(coded: &[u8], coding: Coding, limit: usize) -> Result<Vec<u8>, RecodeError> {
    match coding {
        Coding::Identity => Ok(coded.to_vec()),
        Coding::Gzip => tiler::gunzip(coded, limit).map_err(|error| match error {
            GunzipError::Broken => RecodeError::Broken(coding),
            GunzipError::TooLong { limit } => RecodeError::TooLong(limit),
        }),
        Coding::Brotli => read(brotli::Decompressor::new(coded, 4096), coding, limit),
        Coding::Zstd => {
            let mut decoder = Decoder::with_buffer(coded).map_err(|_| RecodeError::Broken(coding))?;
            decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(|_| RecodeError::Broken(coding))?;
            read(decoder, coding, limit)
        }
    }
}

fn read(from: impl Read, coding: Coding, limit: usize) -> Result<Vec<u8>, RecodeError> {
    let mut plain = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    from.take(most).read_to_end(&mut plain).map_err(|_| RecodeError::Broken(coding))?;
    if plain.len() > limit { Err(RecodeError::TooLong(limit)) } else { Ok(plain) }
}

/// `plain` in a coding.
pub(super) fn encoded(plain: &[u8], coding: Coding) -> Result<Vec<u8>, RecodeError> {
    match coding {
        Coding::Identity => Ok(plain.to_vec()),
        Coding::Gzip => Ok(gzip(plain)),
        Coding::Brotli => {
            let params = BrotliEncoderParams { quality: BROTLI_QUALITY, size_hint: plain.len(), ..Default::default() };
            let mut out = Vec::new();
            brotli::BrotliCompress(&mut &*plain, &mut out, &params).map_err(RecodeError::Compress)?;
            Ok(out)
        }
        Coding::Zstd => zstd::bulk::compress(plain, ZSTD_LEVEL).map_err(RecodeError::Compress),
    }
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(CompressionLvl::default());
    let mut compressed = vec![0; compressor.gzip_compress_bound(plain.len())];
    let written = compressor.gzip_compress(plain, &mut compressed).expect("the bound is an upper bound");
    compressed.truncate(written);
    compressed
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Coding; 4] = [Coding::Identity, Coding::Gzip, Coding::Brotli, Coding::Zstd];

    #[test]
    fn there_and_back_is_the_same() -> Result<(), RecodeError> {
        for coding in ALL {
            for plain in [&b""[..], b"tile", &[7; 100_000]] {
                assert_eq!(decoded(&encoded(plain, coding)?, coding, 100_000)?, plain, "{coding:?}");
            }
        }
        Ok(())
    }

    #[test]
    fn what_would_be_too_long_is_refused() -> Result<(), RecodeError> {
        for coding in [Coding::Gzip, Coding::Brotli, Coding::Zstd] {
            let bomb = encoded(&vec![0; 10 << 20], coding)?;
            assert!(bomb.len() < 20_000, "{coding:?}: {}", bomb.len());
            assert!(matches!(decoded(&bomb, coding, 1 << 20), Err(RecodeError::TooLong(_))), "{coding:?}");
        }
        Ok(())
    }

    #[test]
    fn what_is_something_else_is_refused() {
        for coding in [Coding::Gzip, Coding::Brotli, Coding::Zstd] {
            for bytes in [&b"neither of them"[..], &[0xff; 64]] {
                assert!(matches!(decoded(bytes, coding, 1 << 20), Err(RecodeError::Broken(_))), "{coding:?} {bytes:?}");
            }
        }
    }
}
