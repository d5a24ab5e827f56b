//! A tileset of layers in memory, made from the one before it where that is less work.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use layers::{ThematicFeature, ThematicLayer};
use rayon::prelude::*;
use serde_json::Value as Json;

use super::begin::Rebuild;
use super::changes::Changes;
use super::content::ContentHasher;
use super::notes::RowMark;
use super::outcome::{NotPossible, Outcome};
use super::probe::RowStats;
use super::state::state_of;
use crate::attributes::stats::LayerStats;
use crate::intake::{Batch, LayerForm};
use crate::tileset::{Progress, TileError, TilesetSpec, TilesetSummary};
use crate::tiling::{FEATURES_A_BATCH, Tiling, add_in_batches};

/// An archive made earlier by [`update_tileset`], and the state that was written with it.
#[derive(Clone, Copy, Debug)]
pub struct Before<'a> {
    /// The archive.
    pub archive: &'a Path,
    /// Its state, wherever it lies now.
    pub state: &'a Path,
}

/// What was made, and what of it is new.
#[derive(Debug)]
pub struct Updated {
    /// The archive.
    pub summary: TilesetSummary,
    /// What differs from the archive before.
    pub changes: Changes,
}

/// Makes one archive of layers as [`write_tileset`](crate::write_tileset) does, to the byte, and beside it what the
/// next update needs (`NAME.state`).
///
/// Of features that are the same as in the archive before, only what lies beside a changed one is drawn
/// again. Features are known by their ids. `tag` is anything else that tiles depend on. Without such an
/// archive, or if most of it changed, all of it is made, and the changes say why.
///
/// # Errors
/// As [`write_tileset`](crate::write_tileset).
pub fn update_tileset(
    spec: &TilesetSpec<'_>,
    layers: &[ThematicLayer],
    before: Option<Before<'_>>,
    file: &Path,
    tag: &Json,
    progress: Progress<'_>,
) -> Result<Updated, TileError> {
    let reason = match before.map(|before| update(spec, layers, (before, file), tag, progress)).transpose()? {
        Some(Ok(updated)) => return Ok(updated),
        Some(Err(reason)) => reason.to_string(),
        None => "there is none before".to_owned(),
    };
    tracing::debug!(tileset = spec.id, reason, "everything is made");
    let mut tiling = Tiling::new(spec.memory);
    tiling.keep_state(file, tag.clone())?;
    for layer in layers {
        let form = tiling.begin_layer(&layer.id, &layer.description, layer.attributes.clone(), None);
        add_in_batches(&mut tiling, &layer.features, |features| form.batch_of_features(features))?;
    }
    let summary = tiling.write(spec, file, progress)?;
    Ok(Updated { summary, changes: Changes { everything: Some(reason), ..Changes::default() } })
}

/// See [`update_tileset`]; or says why everything has to be made.
fn update(
    spec: &TilesetSpec<'_>,
    layers: &[ThematicLayer],
    (before, file): (Before<'_>, &Path),
    tag: &Json,
    progress: Progress<'_>,
) -> Result<Result<Updated, NotPossible>, TileError> {
    let begun = Rebuild::open_with(before.archive, before.state, spec.memory).and_then(|mut rebuild| {
        let begin =
            |layer: &ThematicLayer| rebuild.begin_layer(&layer.id, &layer.description, layer.attributes.clone(), None);
        let forms: Vec<LayerForm> = layers.iter().map(begin).collect();
        rebuild.check(spec, tag)?;
        Ok((rebuild, forms))
    });
    let (mut rebuild, forms) = match begun {
        Ok(begun) => begun,
        Err(reason) => return Ok(Err(reason)),
    };
    let mut by_id = Vec::with_capacity(layers.len());
    for (layer, form) in layers.iter().zip(&forms) {
        let (marks, stats) = look(layer);
        by_id.push((1..).zip(&marks).map(|(row, mark)| (mark.key, row - 1)).collect::<HashMap<i64, usize>>());
        rebuild.set_rows(form, marks, RowStats::of_all(stats));
    }
    let fetch = |form: &LayerForm, keys: &[i64]| -> Result<Vec<Batch>, TileError> {
        let Some(place) = forms.iter().position(|known| known.number() == form.number()) else { return Ok(Vec::new()) };
        let feature = |key: &i64| by_id[place].get(key).map(|&row| &layers[place].features[row]);
        let wanted: Vec<&ThematicFeature> = keys.iter().filter_map(feature).collect();
        Ok(wanted
            .par_chunks(FEATURES_A_BATCH)
            .map(|features| form.batch_of_features(features.iter().copied()))
            .collect())
    };
    match rebuild.write(spec, tag, file, &fetch, progress)? {
        Outcome::Made { changes, summary, .. } => Ok(Ok(Updated { summary, changes })),
        Outcome::NotPossible(reason) => Ok(Err(reason)),
        Outcome::Unchanged { summary } => {
            for (from, to) in [(before.archive, file.to_owned()), (before.state, state_of(file))] {
                same_file(from, &to).map_err(|cause| TileError::Write { file: to, cause })?;
            }
            tracing::info!(tileset = spec.id, tiles = summary.tiles, bytes = summary.bytes, "tileset stays as it was");
            Ok(Ok(Updated { summary, changes: Changes::default() }))
        }
    }
}

/// Marks of a layer's features, and what its columns hold.
fn look(layer: &ThematicLayer) -> (Vec<RowMark>, LayerStats) {
    let looked = layer.features.par_chunks(FEATURES_A_BATCH).map(|features| {
        let (mut hasher, mut stats) = (ContentHasher::default(), LayerStats::new(&layer.attributes));
        let mark = |feature: &ThematicFeature| {
            stats.add(&feature.values);
            hasher.mark(feature)
        };
        (features.iter().map(mark).collect::<Vec<_>>(), stats)
    });
    let parts: Vec<(Vec<RowMark>, LayerStats)> = looked.collect();
    let (mut marks, mut stats) = (Vec::with_capacity(layer.features.len()), LayerStats::new(&layer.attributes));
    for (some, counted) in parts {
        marks.extend(some);
        stats.merge(counted);
    }
    (marks, stats)
}

/// Gives a file, which nobody writes to, a second name; a copy where the disk cannot do that.
fn same_file(from: &Path, to: &Path) -> io::Result<()> {
    if from == to {
        return Ok(());
    }
    match std::fs::remove_file(to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::fs::hard_link(from, to).or_else(|_| std::fs::copy(from, to).map(|_| ()))
}
