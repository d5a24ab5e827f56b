//! A rebuild from its rows to its archive.

use std::path::Path;

use super::begin::Rebuild;
use super::diff::Step;
use super::loaded::Loaded;
use super::outcome::{NotPossible, Outcome, Stop};
use super::reach::{DirtyTiles, reaches};
use super::redraw;
use super::rows::{MARGIN, NewRows};
use super::write::Remade;
use crate::boxes::Boxes;
use crate::grid::WebMercatorQuad;
use crate::intake::{Batch, LayerForm};
use crate::outline::Outline;
use crate::overview::{self, Overview};
use crate::pipeline::Drawn;
use crate::quadrants::Quadrant;
use crate::store::Store;
use crate::tileset::{LowZooms, Progress, TileError, TilesetSpec, check};
use crate::tiling::{tile_layers, work};
use crate::topology::{self, Zooms, arcs_leaving, arcs_meeting, edges_meeting};
use crate::world::Bounds;

/// Reads rows of a layer by their keys: batches made by [`LayerForm::batch_of_rows`] that together are
/// these rows in this order.
pub type Fetch<'a, E> = &'a (dyn Fn(&LayerForm, &[i64]) -> Result<Vec<Batch>, E> + 'a);

fn failed<E: From<TileError>>(error: TileError) -> Stop<E> {
    Stop::Failed(error.into())
}

/// A rebuild under way.
pub(super) struct Run<'a, E> {
    pub(super) rebuild: Rebuild,
    pub(super) spec: &'a TilesetSpec<'a>,
    pub(super) tag: &'a serde_json::Value,
    /// The archive to be written.
    pub(super) file: &'a Path,
    pub(super) fetch: Fetch<'a, E>,
    pub(super) progress: Progress<'a>,
}

impl<E: From<TileError>> Run<'_, E> {
    pub(super) fn make(mut self, steps: Vec<Vec<Step>>) -> Result<Outcome, Stop<E>> {
        let mut loaded = Loaded::default();
        let layers = std::mem::take(&mut self.rebuild.rows).into_iter().zip(steps);
        let rows =
            layers.map(|(rows, steps)| self.take_in(rows, &steps, &mut loaded)).collect::<Result<Vec<_>, Stop<E>>>()?;
        check(self.spec, &self.rebuild.intake.layers).map_err(failed)?;
        let places = self.places(&rows);
        let layers = &self.rebuild.intake.layers;
        let outline = Outline::of(&WebMercatorQuad, self.spec, layers, places.iter().copied()).map_err(failed)?;
        let about = self.rebuild.state.about.clone();
        let before = &about.summary;
        if outline.zooms != (before.min_zoom, before.max_zoom) {
            let (min, max) = outline.zooms;
            return Err(NotPossible::because(format!("the zooms are now {min} to {max}")).into());
        }
        let has_cells = before.detail_zoom > before.min_zoom;
        let counted = overview::counted(layers);
        if has_cells && about.counted != Some(counted as u16) {
            return Err(NotPossible::because("cells count another layer now").into());
        }

        // How far changes reach.
        let zooms = Zooms::of(before.min_zoom..=before.max_zoom);
        let mut dirt = Boxes::default();
        for rows in &rows {
            self.spread(rows, &zooms, &mut loaded, &mut dirt)?;
        }
        let shallowest = before.detail_zoom - u8::from(has_cells);
        let too_many = || NotPossible::because("changes reach too far");
        let dirty = DirtyTiles::of(&dirt, shallowest..=before.max_zoom).ok_or_else(too_many)?;
        let witness = self.witness(&dirty);
        let mut tiles: Vec<Quadrant> = dirty.at(before.detail_zoom).collect();
        tiles.extend(witness);
        let reach = reaches(tiles.into_iter());
        let all: usize = rows.iter().map(|rows| rows.notes.rows()).sum();
        let needed: Vec<Vec<u32>> = rows.iter().map(|rows| rows.meeting(&reach)).collect();
        let most = || NotPossible::because("changes reach most of it");
        if needed.iter().map(Vec::len).sum::<usize>() * 2 > all {
            return Err(most().into());
        }
        for (rows, needed) in rows.iter().zip(&needed) {
            self.load(rows, needed, &mut loaded)?;
        }
        // What weighs on the arcs that lead out of there.
        for rows in &rows {
            let (store, numbers) = loaded.store(layers.len(), |layer| layer == rows.form.number)?;
            let leaving = arcs_leaving(&store, &numbers[usize::from(rows.form.number)], &zooms, &reach)?;
            let mut around = Boxes::default();
            around.extend(leaving.into_iter().map(|arc| arc.grown(MARGIN)));
            self.load(rows, &rows.meeting(&around), &mut loaded)?;
        }

        let (weighed, tile_layers) = (self.weighed(&loaded, &zooms, |_| true)?, tile_layers(layers));
        let drawing = work(&weighed, &tile_layers, self.spec, outline.zooms, self.rebuild.memory, self.progress);
        let mut tiles: Vec<Quadrant> = (before.detail_zoom..=before.max_zoom).flat_map(|zoom| dirty.at(zoom)).collect();
        tiles.sort_unstable_by_key(|tile| (tile.zoom, tile.x, tile.y));
        let drawn = redraw::draw(&drawing, &tiles)?;
        let oversize = match witness {
            Some(tile) => self.oversize_still(&redraw::draw(&drawing, &[tile])?),
            None => self.clean_oversize(&dirty),
        };
        self.check_budget(&dirty, &drawn, &oversize)?;

        let mut low = Drawn::nothing(before.min_zoom..=before.max_zoom, before.detail_zoom)?;
        let mut cells = None;
        let overview = match (self.spec.low_zooms, has_cells) {
            (LowZooms::Cells { cells_a_side, .. }, true) => {
                let source = self.count(counted, &rows, &mut loaded, cells_a_side)?;
                cells = source.to_bytes();
                let stays = overview::stays(layers);
                for rows in &rows {
                    let own = [Some(rows.form.number), rows.form.labels];
                    if own.into_iter().flatten().any(|layer| stays[usize::from(layer)]) {
                        self.load(rows, &rows.all(), &mut loaded)?;
                    }
                }
                let frames = self.weighed(&loaded, &zooms, |layer| stays[usize::from(layer)])?;
                let framing = work(&frames, &tile_layers, self.spec, outline.zooms, self.rebuild.memory, self.progress);
                let numbers: Vec<u32> = (0..frames.len() as u32).collect();
                Some(Overview::draw(&framing, &numbers, source, stays, &mut low)?)
            }
            _ => None,
        };

        let remade = Remade { outline, overview, low, drawn, oversize, cells };
        self.write(about, &dirty, remade, (rows, loaded.rows() as u64))
    }

    /// Where all records lie.
    fn places(&self, rows: &[NewRows]) -> Vec<Bounds> {
        let mut places = Vec::new();
        for rows in rows {
            places.extend(&rows.notes.bounds);
            if rows.form.labels.is_some() {
                places.extend(rows.notes.labels().map(Bounds::at));
            }
        }
        places
    }

    /// Adds the boxes in which something may differ because rows of a layer changed.
    fn spread(&self, rows: &NewRows, zooms: &Zooms, loaded: &mut Loaded, dirt: &mut Boxes) -> Result<(), Stop<E>> {
        let layer = rows.form.number;
        let layers = self.rebuild.intake.layers.len();
        self.load(rows, &rows.meeting(&rows.touched), loaded)?;
        let (store, numbers) = loaded.store(layers, |other| other == layer)?;
        let edges = edges_meeting(&store, &numbers[usize::from(layer)], zooms, &rows.touched)?;
        let mut along = Boxes::default();
        along.extend(edges);
        self.load(rows, &rows.meeting(&along), loaded)?;
        let (store, numbers) = loaded.store(layers, |other| other == layer)?;
        let arcs = arcs_meeting(&store, &numbers[usize::from(layer)], zooms, &rows.touched)?;
        dirt.extend(arcs.into_iter().map(|arc| arc.grown(MARGIN)));
        dirt.extend(rows.touched.iter());
        Ok(())
    }

    /// The records read so far with their weights, those of some layers.
    fn weighed(&self, loaded: &Loaded, zooms: &Zooms, is_wanted: impl Fn(u16) -> bool) -> Result<Store, Stop<E>> {
        let (raw, numbers) = loaded.store(self.rebuild.intake.layers.len(), is_wanted)?;
        let mut weighed = Store::new(self.rebuild.memory.records);
        for numbers in &numbers {
            topology::weigh(&raw, numbers, zooms, &mut weighed)?;
        }
        Ok(weighed)
    }
}
