//! The last step of a rebuild: archive and state.

use super::changes::Changes;
use super::outcome::{Outcome, Stop};
use super::reach::DirtyTiles;
use super::redraw::{self, Merge, Tiles};
use super::rows::NewRows;
use super::run::Run;
use super::state::{About, Keeper, state_of};
use crate::archive;
use crate::coord::TileId;
use crate::counts::CountsByTile;
use crate::outline::Outline;
use crate::overview::Overview;
use crate::pipeline::Drawn;
use crate::tileset::{TileError, ZoomSummary};
use crate::tiling::made_of;

/// What was made again.
pub(super) struct Remade {
    pub(super) outline: Outline,
    pub(super) overview: Option<Overview>,
    /// All tiles of the zooms above single features.
    pub(super) low: Drawn,
    /// The tiles that may differ, of the others.
    pub(super) drawn: Tiles,
    pub(super) oversize: Vec<u64>,
    pub(super) cells: Option<Vec<u8>>,
}

impl<E: From<TileError>> Run<'_, E> {
    /// Writes what was made again among what stays; `read` is the number of rows that this took.
    pub(super) fn write(
        &mut self,
        before: About,
        dirty: &DirtyTiles,
        remade: Remade,
        (rows, read): (Vec<NewRows>, u64),
    ) -> Result<Outcome, Stop<E>> {
        let Remade { outline, overview, low, drawn, oversize, cells } = remade;
        let (min_zoom, detail_zoom) = (before.summary.min_zoom, before.summary.detail_zoom);
        let layers = &self.rebuild.intake.layers;
        let info = outline.info(self.spec, layers, overview.as_ref(), detail_zoom);
        let write = |cause| Stop::Failed(TileError::Write { file: self.file.to_owned(), cause }.into());
        let mut archive = archive::create(self.file).map_err(write)?;
        let mut changes = Changes::default();
        let mut merge = Merge { old: &self.rebuild.archive, archive: &mut *archive, changes: &mut changes };
        let Drawn { spools, mut summaries, .. } = low;
        merge.low(spools.into_iter().take(usize::from(detail_zoom - min_zoom)), detail_zoom).map_err(write)?;
        merge.details(dirty, &drawn, detail_zoom).map_err(write)?;
        let bytes = archive.finish(&info).map_err(write)?;

        let counts = redraw::counts(std::mem::take(&mut self.rebuild.state.counts), dirty, &drawn);
        add_up(&counts, min_zoom, &mut summaries);
        let summary = outline.summary(summaries, detail_zoom, bytes);
        let state_file = state_of(self.file);
        let keep = |cause| Stop::Failed(TileError::Write { file: state_file.clone(), cause }.into());
        let mut keeper = Keeper::create(&state_file).map_err(keep)?;
        for rows in &rows {
            keeper.all_rows(rows.form.number, &rows.notes).map_err(keep)?;
        }
        let made_of = made_of(self.spec, layers, self.tag);
        let about = About { made_of, summary: summary.clone(), oversize, ..before };
        super::publish(keeper, about, (&counts, cells), self.file).map_err(|error| Stop::Failed(error.into()))?;
        changes.layers = rows.into_iter().map(|rows| rows.changes).filter(|changes| changes.rows() > 0).collect();
        let (tiles, drawn) = (summary.tiles, drawn.len() as u64);
        tracing::info!(tileset = self.spec.id, tiles, drawn, rows = read, bytes, "wrote tileset again");
        Ok(Outcome::Made { changes, summary, drawn, rows: read })
    }
}

/// Adds up what the tiles show that show single features.
fn add_up(counts: &CountsByTile, min_zoom: u8, summaries: &mut [ZoomSummary]) {
    for (&id, counts) in counts {
        let place = TileId::new(id).map(|id| usize::from(id.coord().z() - min_zoom));
        if let Some(summary) = place.and_then(|place| summaries.get_mut(place)) {
            summary.add_counts(counts);
        }
    }
}
