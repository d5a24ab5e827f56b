//! An archive about to be made again: whether that can be, and which rows changed.

use std::path::Path;

use layers::schema::Attribute;

use super::diff::{Step, diff};
use super::notes::{Notes, RowMark};
use super::outcome::{NotPossible, Outcome, Stop};
use super::probe::{RowProbe, RowStats};
use super::run::{Fetch, Run};
use super::state::{State, identity, state_of};
use crate::archive::Archive;
use crate::attributes::stats::LayerStats;
use crate::intake::{Intake, LayerForm};
use crate::memory::Memory;
use crate::tileset::{Progress, TileError, TilesetSpec};
use crate::tiling::made_of;

/// Rows before they have been compared.
pub(super) const UNKNOWN: &str = "its rows were not compared";

/// An archive about to be made again from changed rows.
///
/// Layers are begun as for [`Tiling`](crate::Tiling), then the marks of all rows are given, then
/// [`Rebuild::write`] asks for the rows that it needs.
pub struct Rebuild {
    pub(super) archive: Archive,
    pub(super) state: State,
    pub(super) intake: Intake,
    pub(super) memory: Memory,
    pub(super) rows: Vec<LayerRows>,
}

/// The rows of a layer, before and now.
pub(super) struct LayerRows {
    pub(super) form: LayerForm,
    pub(super) old: Notes,
    /// Whether the old ones ascend by key.
    ascend: bool,
    pub(super) marks: Option<Vec<RowMark>>,
    pub(super) stats: RowStats,
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
