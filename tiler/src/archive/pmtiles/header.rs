//! The fixed header: 127 bytes that say where everything is.
//!
//! # References
//! PMTiles v3 §3.

use crate::archive::Compression;

/// Its length in bytes.
pub(crate) const HEADER_LENGTH: usize = 127;

/// Header and root directory must lie within the first 16 KiB (§2).
pub(crate) const FIRST_READ: usize = 16_384;

const MAGIC: &[u8; 8] = b"PMTiles\x03";

/// Tile type 1: Mapbox Vector Tile.
pub(crate) const TYPE_MVT: u8 = 1;

/// A stretch of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

impl Section {
    /// Its bytes, if the file is long enough.
    pub(crate) fn of(self, file: &[u8]) -> Option<&[u8]> {
        let from = usize::try_from(self.offset).ok()?;
        file.get(from..from.checked_add(usize::try_from(self.length).ok()?)?)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Header {
    pub(crate) root: Section,
    pub(crate) metadata: Section,
    pub(crate) leaves: Section,
    pub(crate) data: Section,
    pub(crate) addressed_tiles: u64,
    pub(crate) entries: u64,
    pub(crate) contents: u64,
    pub(crate) is_clustered: bool,
    pub(crate) internal_compression: Compression,
    pub(crate) tile_compression: Compression,
    pub(crate) tile_type: u8,
    pub(crate) min_zoom: u8,
    pub(crate) max_zoom: u8,
    /// `[west, south, east, north]`, degrees.
    pub(crate) bounds: [f64; 4],
    /// `[lon, lat, zoom]`.
    pub(crate) center: [f64; 3],
}

impl Header {
    pub(crate) fn to_bytes(&self) -> [u8; HEADER_LENGTH] {
        let mut bytes = [0; HEADER_LENGTH];
        let mut at = 0;
        let mut put = |field: &[u8]| {
            bytes[at..at + field.len()].copy_from_slice(field);
            at += field.len();
        };
        put(MAGIC);
        for section in [self.root, self.metadata, self.leaves, self.data] {
            put(&section.offset.to_le_bytes());
            put(&section.length.to_le_bytes());
        }
        for count in [self.addressed_tiles, self.entries, self.contents] {
            put(&count.to_le_bytes());
        }
        put(&[u8::from(self.is_clustered), code(self.internal_compression), code(self.tile_compression)]);
        put(&[self.tile_type, self.min_zoom, self.max_zoom]);
        for degrees in self.bounds {
            put(&e7(degrees).to_le_bytes());
        }
        put(&[self.center[2] as u8]);
        put(&e7(self.center[0]).to_le_bytes());
        put(&e7(self.center[1]).to_le_bytes());
        bytes
    }

    /// Reads a header; says what is wrong with it otherwise.
    pub(crate) fn from_bytes(file: &[u8]) -> Result<Self, &'static str> {
        if !file.starts_with(&MAGIC[..7]) {
            return Err("is not a PMTiles archive");
        }
        if file.get(7) != Some(&3) {
            return Err("is PMTiles of another version than 3");
        }
        let bytes = file.first_chunk::<HEADER_LENGTH>().ok_or("ends within its header")?;
        let u64_at = |at: usize| bytes[at..].first_chunk().map_or(0, |field| u64::from_le_bytes(*field));
        let degrees_at =
            |at: usize| bytes[at..].first_chunk().map_or(0.0, |field| f64::from(i32::from_le_bytes(*field)) / 1e7);
        let section_at = |at: usize| Section { offset: u64_at(at), length: u64_at(at + 8) };
        Ok(Self {
            root: section_at(8),
            metadata: section_at(24),
            leaves: section_at(40),
            data: section_at(56),
            addressed_tiles: u64_at(72),
            entries: u64_at(80),
            contents: u64_at(88),
            is_clustered: bytes[96] == 1,
            internal_compression: compression(bytes[97]),
            tile_compression: compression(bytes[98]),
            tile_type: bytes[99],
            min_zoom: bytes[100],
            max_zoom: bytes[101],
            bounds: [102, 106, 110, 114].map(degrees_at),
            center: [degrees_at(119), degrees_at(123), f64::from(bytes[118])],
        })
    }
}

fn e7(degrees: f64) -> i32 {
    (degrees * 1e7).round() as i32
}

fn code(compression: Compression) -> u8 {
    match compression {
        Compression::Unknown => 0,
        Compression::None => 1,
        Compression::Gzip => 2,
        Compression::Brotli => 3,
        Compression::Zstd => 4,
    }
}

fn compression(code: u8) -> Compression {
    match code {
        1 => Compression::None,
        2 => Compression::Gzip,
        3 => Compression::Brotli,
        4 => Compression::Zstd,
        _ => Compression::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let section = |offset| Section { offset, length: offset + 1 };
        let header = Header {
            root: section(1),
            metadata: section(2),
            leaves: section(3),
            data: section(4),
            addressed_tiles: 5,
            entries: 6,
            contents: 7,
            is_clustered: true,
            internal_compression: Compression::Gzip,
            tile_compression: Compression::Brotli,
            tile_type: TYPE_MVT,
            min_zoom: 8,
            max_zoom: 16,
            bounds: [-180.0, -85.0511287, 179.9999999, 0.0000001],
            center: [116.08, 43.94, 11.0],
        };
        assert_eq!(Header::from_bytes(&header.to_bytes()), Ok(header));
    }
}
