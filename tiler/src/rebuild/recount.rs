//! Cells after a change: those that lost or gained an anchor are counted again from their rows.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

use super::loaded::Loaded;
use super::outcome::{NotPossible, Stop};
use super::rows::NewRows;
use super::run::Run;
use crate::boxes::PlaceHasher;
use crate::cells::CellSource;
use crate::overview;
use crate::record::Reader;
use crate::tileset::TileError;

impl<E: From<TileError>> Run<'_, E> {
    /// What the finest cells hold now.
    pub(super) fn count(
        &self,
        counted: usize,
        rows: &[NewRows],
        loaded: &mut Loaded,
        cells_a_side: u32,
    ) -> Result<CellSource, Stop<E>> {
        let layers = &self.rebuild.intake.layers;
        let detail_zoom = self.rebuild.state.about.summary.detail_zoom;
        let empty = overview::empty_source(&layers[counted], detail_zoom - 1, cells_a_side)?;
        let cells = self.rebuild.state.cells.as_deref();
        let source = cells.and_then(|cells| empty.with_bytes(cells));
        let lost = || NotPossible::because("what cells hold was not kept");
        let mut source = source.ok_or_else(lost)?;
        let rows = rows.iter().find(|rows| usize::from(rows.form.number) == counted).ok_or_else(lost)?;
        let dirty: HashSet<u64, BuildHasherDefault<PlaceHasher>> =
            rows.moved.iter().map(|&anchor| source.cell(anchor)).collect();
        let anchored = rows.with(|record| dirty.contains(&source.cell(rows.notes.anchors[record])));
        self.load(rows, &anchored, loaded)?;
        dirty.iter().for_each(|&cell| source.clear(cell));
        let (store, numbers) = loaded.store(layers.len(), |layer| usize::from(layer) == counted)?;
        for &number in &numbers[counted] {
            let record = store.get(number)?;
            let head = Reader::new(&record).head();
            if dirty.contains(&source.cell(head.anchor)) {
                overview::add(&mut source, &head);
            }
        }
        source.forget_classes();
        Ok(source)
    }
}
