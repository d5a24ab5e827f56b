//! `[tiles]`: which zooms are cut, and what shows where tiles would grow too large.

use std::path::PathBuf;

use tiler::{DEEPEST_TILED_ZOOM, LowZooms};

use super::file::TilesFile;
use super::{ConfigError, Source};

/// Fewest bytes that a tile can be asked to keep to; below it every zoom but the deepest is cells.
const LEAST_BYTES: u64 = 1000;
/// Most cells along the side of a tile.
const MOST_CELLS: u32 = 256;

/// The zooms of a project's tilesets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tiles {
    /// Shallowest zoom; `None` = from the data.
    pub min_zoom: Option<u8>,
    /// Deepest zoom; `None` = from the data.
    pub max_zoom: Option<u8>,
    /// What zooms show that are too shallow for single features.
    pub low_zooms: LowZooms,
}

impl TilesFile {
    pub(super) fn meant(self, source: &Source<'_>) -> Result<Tiles, ConfigError> {
        let file = || -> PathBuf { source.file.to_owned() };
        let zooms = [("tiles.min_zoom", self.min_zoom), ("tiles.max_zoom", self.max_zoom)];
        let too_deep = zooms.into_iter().find_map(|(key, zoom)| Some((key, zoom.filter(|&z| z > DEEPEST_TILED_ZOOM)?)));
        if let Some((key, zoom)) = too_deep {
            return Err(ConfigError::DeepZoom { file: file(), key, zoom });
        }
        if let (Some(min), Some(max)) = (self.min_zoom, self.max_zoom)
            && min > max
        {
            return Err(ConfigError::Zooms { file: file(), min, max });
        }
        if self.tile_bytes.is_some_and(|bytes| bytes < LEAST_BYTES) {
            return Err(ConfigError::TileBytes { file: file(), least: LEAST_BYTES });
        }
        if self.cells.is_some_and(|cells| !cells.is_power_of_two() || cells > MOST_CELLS) {
            return Err(ConfigError::Cells { file: file(), most: MOST_CELLS });
        }
        if self.keep_all && (self.tile_bytes.is_some() || self.cells.is_some()) {
            return Err(ConfigError::KeepAll { file: file() });
        }
        let mut low_zooms = if self.keep_all { LowZooms::KeepAll } else { LowZooms::default() };
        if let LowZooms::Cells { tile_bytes, cells_a_side } = &mut low_zooms {
            *tile_bytes = self.tile_bytes.unwrap_or(*tile_bytes);
            *cells_a_side = self.cells.unwrap_or(*cells_a_side);
        }
        Ok(Tiles { min_zoom: self.min_zoom, max_zoom: self.max_zoom, low_zooms })
    }
}
