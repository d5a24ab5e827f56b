//! Reads the layers of a project, all at once.

use std::time::Instant;

use layers::Layer;
use layers::gpkg::{GeoPackage, ReadOptions};
use rayon::prelude::*;

use super::BuildError;
use crate::project::{Project, ProjectLayer};

/// The layers of a project in its order, each with what reading it met.
pub(super) fn read(project: &Project) -> Result<Vec<(ProjectLayer, Layer)>, BuildError> {
    project.layers.par_iter().map(|layer| Ok((layer.clone(), read_layer(layer)?))).collect()
}

fn read_layer(layer: &ProjectLayer) -> Result<Layer, BuildError> {
    let started = Instant::now();
    let source = &layer.spec.source;
    let options = ReadOptions { declared_epsg: layer.crs };
    let failed = |cause| BuildError::Read { layer: layer.spec.id.clone(), cause };
    let read =
        GeoPackage::open(&source.file).and_then(|file| file.read_with(&source.table, &options)).map_err(failed)?;
    let report = &read.report;
    tracing::info!(
        layer = layer.spec.id,
        table = source.table,
        rows = report.rows,
        repaired = report.repaired.len(),
        skipped = report.skipped.len(),
        mistyped = report.mistyped_total,
        ms = started.elapsed().as_millis(),
        "read layer"
    );
    for repair in &report.repaired {
        tracing::debug!(layer = layer.spec.id, row = repair.row, reason = repair.reason, "repaired geometry");
    }
    for skip in &report.skipped {
        tracing::debug!(layer = layer.spec.id, row = skip.row, reason = skip.reason, "skipped row");
    }
    if let Some(first) = report.skipped.first() {
        tracing::info!(
            layer = layer.spec.id,
            table = source.table,
            skipped = report.skipped.len(),
            first_row = first.row,
            reason = first.reason,
            "rows were left out; the manifest lists them"
        );
    }
    if let Some(first) = report.mistyped.first() {
        tracing::info!(
            layer = layer.spec.id,
            table = source.table,
            values = report.mistyped_total,
            first_row = first.row,
            column = first.column,
            "values that do not fit their column count as not recorded; the manifest lists them"
        );
    }
    Ok(read)
}
