//! A rebuild from its rows to its archive.

use std::path::Path;

use layers::schema::Attribute;

use super::changes::LayerChanges;
use super::diff::{Step, diff};
use super::loaded::Loaded;
use super::notes::{Notes, RowMark};
use super::outcome::{NotPossible, Outcome, Stop};
use super::probe::{RowProbe, RowStats};
use super::reach::{DirtyTiles, reaches};
use super::redraw;
use super::rows::{MARGIN, NewRows};
use super::state::{State, identity, state_of};
use super::write::Remade;
use crate::archive::Archive;
use crate::attributes::stats::LayerStats;
use crate::boxes::Boxes;
use crate::grid::WebMercatorQuad;
use crate::intake::{Batch, Intake, LayerForm, LayerIntake};
use crate::memory::Memory;
use crate::outline::Outline;
use crate::overview::{self, Overview};
use crate::pipeline::Drawn;
use crate::quadrants::Quadrant;
use crate::store::Store;
use crate::tileset::{LowZooms, Progress, TileError, TilesetSpec, check};
use crate::tiling::{made_of, tile_layers, work};
use crate::topology::{self, Zooms, arcs_leaving, arcs_meeting, edges_meeting};
use crate::world::Bounds;

/// Rows before they have been compared.
const UNKNOWN: &str = "its rows were not compared";

/// Reads rows of a layer by their keys: batches made by [`LayerForm::batch_of_rows`] that together are
/// these rows in this order.
pub type Fetch<'a, E> = &'a (dyn Fn(&LayerForm, &[i64]) -> Result<Vec<Batch>, E> + 'a);

fn failed<E: From<TileError>>(error: TileError) -> Stop<E> {
    Stop::Failed(error.into())
}

/// An archive about to be made again from changed rows.
///
/// Layers are begun as for [`Tiling`](crate::Tiling), then the marks of all rows are given, then
/// [`Rebuild::write`] asks for the rows that it needs.
pub struct Rebuild {
    pub(super) archive: Archive,
    pub(super) state: State,
    pub(super) intake: Intake,
    memory: Memory,
    rows: Vec<LayerRows>,
}

/// The rows of a layer, before and now.
struct LayerRows {
    form: LayerForm,
    old: Notes,
    /// Whether the old ones ascend by key.
    ascend: bool,
    marks: Option<Vec<RowMark>>,
    stats: RowStats,
}

impl Rebuild {
    /// Opens an archive with what was kept beside it.
    ///
    /// # Errors
    /// [`NotPossible`] if there is no archive or no state, or they do not belong together.
    pub fn open(file: &Path, memory: Option<u64>) -> Result<Self, NotPossible> {
        Self::open_with(file, &state_of(file), memory)
    }

    /// The same of an archive whose state lies elsewhere.
    pub(super) fn open_with(file: &Path, state: &Path, memory: Option<u64>) -> Result<Self, NotPossible> {
        if !file.exists() {
            return Err(NotPossible::because(format!("there is no {}", file.display())));
        }
        let state = State::read(state).map_err(NotPossible::because)?;
        let archive = Archive::open(file).map_err(|error| NotPossible::because(error.to_string()))?;
        if identity(&archive) != (state.about.archive_bytes, state.about.archive_hash) {
            return Err(NotPossible::because(format!("{} is not the one its state was kept of", file.display())));
        }
        let memory = Memory::of(memory);
        let intake = Intake::new(memory.records);
        Ok(Self { archive, state, intake, memory, rows: Vec::new() })
    }

    /// Begins a layer, as [`Tiling::begin_layer`](crate::Tiling::begin_layer).
    pub fn begin_layer(
        &mut self,
        id: &str,
        description: &str,
        attributes: Vec<Attribute>,
        labels: Option<&str>,
    ) -> LayerForm {
        let form = self.intake.begin_layer(id, description, attributes, labels);
        let notes = &mut self.state.notes;
        let place = notes.iter().position(|(layer, _)| *layer == form.number);
        let old = place.map(|place| notes.swap_remove(place).1).unwrap_or_default();
        let stats = LayerStats::new(&self.intake.layers[usize::from(form.number)].columns);
        let stats = RowStats { stats, is_of_all: false };
        let ascend = old.marks.is_sorted_by_key(|mark| mark.key);
        self.rows.push(LayerRows { form: form.clone(), old, ascend, marks: None, stats });
        form
    }

    /// Whether the archive is of the same layers, options and program.
    ///
    /// # Errors
    /// [`NotPossible`] if it is not.
    pub fn check(&self, spec: &TilesetSpec<'_>, tag: &serde_json::Value) -> Result<(), NotPossible> {
        let (was, is) = (&self.state.about.made_of, made_of(spec, &self.intake.layers, tag));
        let kinds = [("program", "the program"), ("layers", "the layers or their columns"), ("options", "the options")];
        for (member, what) in kinds.into_iter().chain([("metadata", "what the tileset says of itself")]) {
            if was.get(member) != is.get(member) {
                return Err(NotPossible::because(format!("{what} changed")));
            }
        }
        Ok(())
    }

    /// To look at rows of a layer that ascend by key; none if those before did not.
    pub fn probe(&self, form: &LayerForm) -> Option<RowProbe<'_>> {
        let rows = self.rows.iter().find(|rows| rows.form.number == form.number && rows.ascend)?;
        let stats = LayerStats::new(&self.intake.layers[usize::from(form.number)].columns);
        Some(RowProbe::new(&rows.old, stats))
    }

    /// Gives the marks of all rows of a layer, and what its probes counted.
    pub fn set_rows(&mut self, form: &LayerForm, marks: Vec<RowMark>, stats: RowStats) {
        if let Some(rows) = self.rows.iter_mut().find(|rows| rows.form.number == form.number) {
            rows.marks = Some(marks);
            rows.stats = stats;
        }
    }

    /// Makes the archive again, on the current rayon pool, and its state beside it: in the place of
    /// the one before, or in another. If nothing changed, nothing is written.
    ///
    /// # Errors
    /// As [`Tiling::write`](crate::Tiling::write), or an error of `fetch`.
    pub fn write<E: From<TileError>>(
        self,
        spec: &TilesetSpec<'_>,
        tag: &serde_json::Value,
        file: &Path,
        fetch: Fetch<'_, E>,
        progress: Progress<'_>,
    ) -> Result<Outcome, E> {
        let (mut counted, mut steps) = (false, Vec::new());
        let begun = self.check(spec, tag).and_then(|()| {
            for rows in &self.rows {
                let marks = rows.marks.as_ref().ok_or_else(|| NotPossible::because(UNKNOWN))?;
                let found = diff(&rows.old, marks);
                let found = found.ok_or_else(|| NotPossible::because("a key of a row occurs twice"))?;
                counted |= found.iter().any(|step| !matches!(step, Step::Same { .. }));
                steps.push(found);
            }
            Ok(())
        });
        if let Err(reason) = begun {
            return Ok(Outcome::NotPossible(reason));
        }
        if !counted {
            return Ok(Outcome::Unchanged { summary: self.state.about.summary });
        }
        let run = Run { rebuild: self, spec, tag, file, fetch, progress };
        match run.make(steps) {
            Ok(outcome) => Ok(outcome),
            Err(Stop::NotPossible(reason)) => Ok(Outcome::NotPossible(reason)),
            Err(Stop::Failed(error)) => Err(error),
        }
    }
}

/// A rebuild under way.
pub(super) struct Run<'a, E> {
    pub(super) rebuild: Rebuild,
    pub(super) spec: &'a TilesetSpec<'a>,
    pub(super) tag: &'a serde_json::Value,
    /// The archive to be written.
    pub(super) file: &'a Path,
    fetch: Fetch<'a, E>,
    progress: Progress<'a>,
}

impl<E: From<TileError>> Run<'_, E> {
    fn make(mut self, steps: Vec<Vec<Step>>) -> Result<Outcome, Stop<E>> {
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

    /// Reads what changed in a layer and tells its intake what it is like now.
    fn take_in(&mut self, rows: LayerRows, steps: &[Step], loaded: &mut Loaded) -> Result<NewRows, Stop<E>> {
        let LayerRows { form, old, marks, mut stats, .. } = rows;
        let marks = marks.ok_or_else(|| NotPossible::because(UNKNOWN))?;
        let id = self.rebuild.intake.layers[usize::from(form.number)].id.clone();
        let changes = LayerChanges::of(&id, steps, &old, &marks);
        let fresh: Vec<u32> = steps
            .iter()
            .filter_map(|step| match step {
                Step::Changed { new, .. } | Step::New { new } => Some(*new as u32),
                _ => None,
            })
            .collect();
        let batches = self.fetch(&form, &marks, &fresh)?;
        let mut read = Notes::default();
        for batch in &batches {
            read.append_all(batch.notes());
            if !stats.is_of_all {
                stats.stats.merge(batch.stats().clone());
            }
        }
        loaded.add(form.number, &fresh, &batches);

        let (old_firsts, read_firsts) = (old.firsts(), read.firsts());
        let (mut notes, mut touched, mut moved) = (Notes::default(), Boxes::default(), Vec::new());
        let mut touch = |of: &Notes, firsts: &[u32], row: usize| {
            let records = firsts[row] as usize..firsts[row + 1] as usize;
            touched.extend(of.bounds[records.clone()].iter().map(|bounds| bounds.grown(MARGIN)));
            moved.extend(&of.anchors[records]);
        };
        let mut next = 0;
        for step in steps {
            if let Step::Gone { old: row } | Step::Changed { old: row, .. } = step {
                touch(&old, &old_firsts, *row);
            }
            match step {
                Step::Same { old: rows, .. } => notes.append(&old, rows.clone(), old_firsts[rows.start] as usize),
                Step::Gone { .. } => {}
                Step::Changed { .. } | Step::New { .. } => {
                    touch(&read, &read_firsts, next);
                    notes.append(&read, next..next + 1, read_firsts[next] as usize);
                    next += 1;
                }
            }
        }
        self.describe(&form, &notes, stats.stats);
        let firsts = notes.firsts();
        Ok(NewRows { form, notes, firsts, touched, moved, changes })
    }

    /// Reads rows of a layer, and makes sure that they are what they were marked as.
    fn fetch(&self, form: &LayerForm, marks: &[RowMark], rows: &[u32]) -> Result<Vec<Batch>, Stop<E>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<i64> = rows.iter().map(|&row| marks[row as usize].key).collect();
        let batches = (self.fetch)(form, &keys).map_err(Stop::Failed)?;
        let read = batches.iter().flat_map(|batch| &batch.notes().marks);
        if !read.eq(rows.iter().map(|&row| &marks[row as usize])) {
            return Err(NotPossible::because("rows changed while they were read").into());
        }
        Ok(batches)
    }

    /// Reads rows that are not there yet.
    pub(super) fn load(&self, rows: &NewRows, wanted: &[u32], loaded: &mut Loaded) -> Result<(), Stop<E>> {
        let missing = loaded.missing(rows.form.number, wanted);
        let batches = self.fetch(&rows.form, &rows.notes.marks, &missing)?;
        loaded.add(rows.form.number, &missing, &batches);
        if loaded.bytes() > self.rebuild.memory.records {
            return Err(NotPossible::because("what changes reach does not fit into memory").into());
        }
        Ok(())
    }

    /// What a full run would know of a layer after taking it in.
    fn describe(&mut self, form: &LayerForm, notes: &Notes, stats: LayerStats) {
        let has_feature = |row: &usize| notes.has_feature(*row);
        let features = (0..notes.rows()).filter(has_feature).count() as u64;
        let placeless = (0..notes.rows()).filter(|row| has_feature(row) && notes.count(*row) == 0).count() as u64;
        let layers: &mut Vec<LayerIntake> = &mut self.rebuild.intake.layers;
        if let Some(labels) = form.labels {
            let layer = &mut layers[usize::from(labels)];
            layer.features = notes.labels().count() as u64;
            layer.kinds = [layer.features > 0, false, false];
            layer.stats = stats.clone();
        }
        let layer = &mut layers[usize::from(form.number)];
        (layer.features, layer.placeless) = (features, placeless);
        (layer.survey, layer.kinds, layer.stats) = (notes.survey(), notes.kinds(), stats);
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
