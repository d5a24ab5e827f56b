//! Taking in what changed in a layer, and reading rows again.

use super::begin::{LayerRows, UNKNOWN};
use super::changes::LayerChanges;
use super::diff::Step;
use super::loaded::Loaded;
use super::notes::{Notes, RowMark};
use super::outcome::{NotPossible, Stop};
use super::rows::{MARGIN, NewRows};
use super::run::Run;
use crate::attributes::stats::LayerStats;
use crate::boxes::Boxes;
use crate::intake::{Batch, LayerForm, LayerIntake};
use crate::tileset::TileError;

impl<E: From<TileError>> Run<'_, E> {
    /// Reads what changed in a layer and tells its intake what it is like now.
    pub(super) fn take_in(&mut self, rows: LayerRows, steps: &[Step], loaded: &mut Loaded) -> Result<NewRows, Stop<E>> {
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
}
