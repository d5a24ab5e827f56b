//! Tables of a GeoPackage as layers of a tileset.

use std::time::Instant;

use geo::Coord;
use layers::gpkg::{Batch, FeatureTable, GeoPackage, ReadOptions, RowFingerprint};
use layers::schema::Attribute;
use layers::{Feature, ReadReport, ThematicFeature};
use rayon::prelude::*;
use serde_json::json;
use tiler::{LayerForm, RowMark, Tiling};

use super::super::CliError;
use crate::build::{made_by, told};
use crate::project::ProjectError;

/// Rows that one task turns into records.
const ROWS_A_TASK: usize = 256;

/// Tables to be tiled.
pub(super) struct TileSource<'a> {
    pub(super) file: &'a GeoPackage,
    pub(super) tables: &'a [&'a FeatureTable],
    labels: bool,
}

impl<'a> TileSource<'a> {
    pub(super) fn new(file: &'a GeoPackage, tables: &'a [&'a FeatureTable], labels: bool) -> Self {
        Self { file, tables, labels }
    }

    /// Begins the layer of a table: `begin` takes its name, description, columns and labels.
    pub(super) fn begin(
        &self,
        table: &FeatureTable,
        begin: impl FnOnce(&str, &str, Vec<Attribute>, Option<&str>) -> LayerForm,
    ) -> LayerForm {
        let columns = table.columns.iter();
        let attributes = columns.map(|column| Attribute { name: column.name.clone(), kind: column.kind }).collect();
        let description = table.identifier.as_deref().unwrap_or_default();
        let is_one = self.tables.len() == 1;
        let labels = self.labels.then(|| if is_one { "labels".to_owned() } else { format!("{}_labels", table.name) });
        begin(&table.name, description, attributes, labels.as_deref())
    }

    /// Reads a table into a tiling, batch by batch; with all that an incremental run needs if it is
    /// to be kept.
    pub(super) fn read(
        &self,
        table: &FeatureTable,
        tiling: &mut Tiling,
        is_kept: bool,
    ) -> Result<ReadReport, CliError> {
        let started = Instant::now();
        let form = self.begin(table, |id, description, attributes, labels| {
            tiling.begin_layer(id, description, attributes, labels)
        });
        let make = |batch: Batch| {
            if is_kept {
                form.batch_of_rows(&rows(batch.features, &batch.fingerprints))
            } else {
                form.batch(&batch.features.into_iter().map(thematic).collect::<Vec<_>>())
            }
        };
        let take = |batch| tiling.add(batch).map_err(CliError::from);
        let report = self.file.read_batches(&table.name, &ReadOptions::default(), make, take);
        let report = report.map_err(|error| match error {
            CliError::Read(error) => ProjectError::of_file(error).into(),
            error => error,
        })?;
        told(&table.name, &table.name, &report, started, "RUST_LOG=debug lists them");
        Ok(report)
    }

    /// Reads the rows of these fingerprints again.
    pub(super) fn fetch(
        &self,
        table: &FeatureTable,
        form: &LayerForm,
        fingerprints: &[RowFingerprint],
    ) -> Result<Vec<tiler::Batch>, CliError> {
        let keys: Vec<i64> = fingerprints.iter().map(|fingerprint| fingerprint.row).collect();
        let layer = self.file.read_rows(&table.name, &ReadOptions::default(), &keys).map_err(ProjectError::of_file)?;
        let rows = rows(layer.features, fingerprints);
        Ok(rows.par_chunks(ROWS_A_TASK).map(|rows| form.batch_of_rows(rows)).collect())
    }

    /// What tiles depend on besides rows, columns and options: the program, and where the tables'
    /// reference systems put some places.
    pub(super) fn tag(&self) -> serde_json::Value {
        const PLACES: [(f64, f64); 4] =
            [(0.5, 0.5), (116.0, 40.0), (500_000.0, 4_500_000.0), (39_500_000.0, 2_500_000.0)];
        let systems = self.tables.iter().map(|table| {
            let crs = self.file.crs(&table.name, &ReadOptions::default()).ok();
            let places = crs.iter().flat_map(|crs| PLACES.map(|(x, y)| crs.point(Coord { x, y }).ok()));
            // To the last bit.
            let places = places.map(|place| place.map(|at| [at.x.to_bits(), at.y.to_bits()]));
            json!([table.srs_id, crs.as_ref().map(layers::crs::ToLonLat::name), places.collect::<Vec<_>>()])
        });
        json!({ "made_by": made_by(), "systems": systems.collect::<Vec<_>>() })
    }
}

fn thematic(feature: Feature) -> ThematicFeature {
    ThematicFeature { id: row_id(feature.row), geometry: feature.geometry, values: feature.values }
}

/// Rows with their features; both ascend.
fn rows(features: Vec<Feature>, fingerprints: &[RowFingerprint]) -> Vec<(RowMark, Option<ThematicFeature>)> {
    let mut features = features.into_iter().peekable();
    let row = |fingerprint: &RowFingerprint| {
        let feature = features.next_if(|feature| feature.row == fingerprint.row);
        (mark(*fingerprint), feature.map(thematic))
    };
    fingerprints.iter().map(row).collect()
}

/// A fingerprint as the tiler keeps it.
pub(super) fn mark(fingerprint: RowFingerprint) -> RowMark {
    RowMark { key: fingerprint.row, hash: fingerprint.hash }
}

/// The id of a row: its number, as long as tiles can carry it.
fn row_id(row: i64) -> u64 {
    layers::ids::IdSource::default().id(&row.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_numbers_where_tiles_can_carry_them() {
        assert_eq!(row_id(42), 42);
        assert!([i64::MIN, -7, 0, i64::MAX].into_iter().all(|row| (1..=layers::ids::MAX_ID).contains(&row_id(row))));
    }
}
