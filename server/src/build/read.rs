//! Reads the layers of a project, all at once.

use std::time::Instant;

use geo::{BoundingRect, Geometry};
use layers::gpkg::{GeoPackage, ReadOptions};
use layers::{Layer, ReadReport};
use rayon::prelude::*;
use tiler::grid::WebMercatorQuad;

use super::BuildError;
use super::snapshots::Snapshots;
use crate::project::{Project, ProjectLayer};

/// The layers of a project in its order, each with what reading it met; from copies where there are any.
pub(super) fn read(project: &Project, copies: Option<&Snapshots>) -> Result<Vec<(ProjectLayer, Layer)>, BuildError> {
    project.layers.par_iter().map(|layer| Ok((layer.clone(), read_layer(layer, copies)?))).collect()
}

fn read_layer(layer: &ProjectLayer, copies: Option<&Snapshots>) -> Result<Layer, BuildError> {
    let started = Instant::now();
    let source = &layer.spec.source;
    let options = ReadOptions { declared_epsg: layer.crs };
    let failed = |cause| BuildError::Read { layer: layer.spec.id.clone(), cause };
    let opened = match copies.and_then(|copies| copies.of(&source.file)) {
        Some((copy, _)) => GeoPackage::open_copy(&source.file, copy),
        None => GeoPackage::open(&source.file),
    };
    let read = opened.and_then(|file| file.read_with(&source.table, &options)).map_err(failed)?;
    told(&layer.spec.id, &read.source.table, &read.report, started, "the manifest lists them");
    told_beyond(&layer.spec.id, &read);
    Ok(read)
}

/// Says in the log what reading a table met; `list` says where one finds all of it.
pub(crate) fn told(layer: &str, table: &str, report: &ReadReport, started: Instant, list: &str) {
    tracing::info!(
        layer,
        table,
        rows = report.rows,
        repaired = report.repaired.len(),
        skipped = report.skipped.len(),
        mistyped = report.mistyped_total,
        ms = started.elapsed().as_millis(),
        "read layer"
    );
    for repair in &report.repaired {
        tracing::debug!(layer, row = repair.row, reason = repair.reason, "repaired geometry");
    }
    for skip in &report.skipped {
        tracing::debug!(layer, row = skip.row, reason = skip.reason, "skipped row");
    }
    for value in &report.mistyped {
        tracing::debug!(layer, row = value.row, column = value.column, text = value.text, "value does not fit");
    }
    if let Some(first) = report.skipped.first() {
        tracing::info!(
            layer,
            table,
            skipped = report.skipped.len(),
            first_row = first.row,
            reason = first.reason,
            "rows were left out; {list}"
        );
    }
    if let Some(first) = report.mistyped.first() {
        tracing::info!(
            layer,
            table,
            values = report.mistyped_total,
            first_row = first.row,
            column = first.column,
            "values that do not fit their column count as not recorded; {list}"
        );
    }
}

/// Says in the log which rows no map shows.
fn told_beyond(layer: &str, read: &Layer) {
    let beyond = read.features.par_iter().filter(|feature| lies_beyond(&feature.geometry));
    let beyond: Vec<i64> = beyond.map(|feature| feature.row).collect();
    if let Some(first_row) = beyond.first() {
        tracing::info!(
            layer,
            table = read.source.table,
            rows = beyond.len(),
            first_row,
            "rows lie nearer to a pole than the map reaches and cannot be seen; is this the reference system of the data?"
        );
    }
}

/// Whether all of a geometry lies outside the square that Web Mercator shows.
fn lies_beyond(geometry: &Geometry<f64>) -> bool {
    let edge = WebMercatorQuad::EDGE_LATITUDE;
    geometry.bounding_rect().is_some_and(|bounds| bounds.min().y >= edge || bounds.max().y <= -edge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::point;

    #[test]
    fn the_map_ends_before_the_poles() {
        let beyond = |lat: f64| lies_beyond(&point! { x: 116.0, y: lat }.into());
        assert!(beyond(87.3) && beyond(-86.0));
        assert!(!beyond(85.0) && !beyond(0.0) && !beyond(-85.0));
    }
}
