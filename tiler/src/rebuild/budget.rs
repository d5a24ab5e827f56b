//! Whether single features are still shown from the same zoom on.

use super::outcome::{NotPossible, Stop};
use super::reach::DirtyTiles;
use super::redraw::{Sizes, Tiles};
use super::run::Run;
use crate::coord::TileId;
use crate::quadrants::Quadrant;
use crate::tileset::{LowZooms, TileError, TilesetSummary};

impl<E: From<TileError>> Run<'_, E> {
    /// The tile to be drawn to see whether the zoom above the details would still exceed the budget:
    /// none if a tile that did so is not touched, or none is known.
    pub(super) fn witness(&self, dirty: &DirtyTiles) -> Option<Quadrant> {
        let all = || self.rebuild.state.about.oversize.iter().filter_map(|&id| quadrant(id));
        if all().all(|tile| dirty.holds(tile)) { all().next() } else { None }
    }

    pub(super) fn clean_oversize(&self, dirty: &DirtyTiles) -> Vec<u64> {
        let all = self.rebuild.state.about.oversize.iter().copied();
        all.filter(|&id| quadrant(id).is_some_and(|tile| !dirty.holds(tile))).collect()
    }

    pub(super) fn oversize_still(&self, drawn: &Tiles) -> Vec<u64> {
        let LowZooms::Cells { tile_bytes, .. } = self.spec.low_zooms else { return Vec::new() };
        drawn.iter().filter(|(_, tile)| tile.bytes.len() as u64 > tile_bytes).map(|(id, _)| *id).collect()
    }

    /// Whether a full run would show single features from the same zoom on.
    pub(super) fn check_budget(&self, dirty: &DirtyTiles, drawn: &Tiles, oversize: &[u64]) -> Result<(), Stop<E>> {
        let LowZooms::Cells { tile_bytes, .. } = self.spec.low_zooms else { return Ok(()) };
        let TilesetSummary { min_zoom, detail_zoom, max_zoom, .. } = self.rebuild.state.about.summary;
        let sizes = Sizes::of(&self.rebuild.archive, dirty, drawn, detail_zoom);
        let sizes = sizes.map_err(|error| NotPossible::because(error.to_string()))?;
        let fits = |zoom| !sizes.make_hopeless(zoom, tile_bytes) && !sizes.exceed(zoom, tile_bytes);
        let still_over =
            detail_zoom == min_zoom || !oversize.is_empty() || sizes.make_hopeless(detail_zoom - 1, tile_bytes);
        if still_over && (detail_zoom..max_zoom).all(fits) {
            return Ok(());
        }
        Err(NotPossible::because("single features may be shown from another zoom on").into())
    }
}

fn quadrant(id: u64) -> Option<Quadrant> {
    let tile = TileId::new(id)?.coord();
    Some(Quadrant { zoom: tile.z(), x: tile.x(), y: tile.y() })
}
