//! `tuban tile --incremental`

use std::path::{Path, PathBuf};

use layers::Value;
use layers::gpkg::{LookAtRows, RowFingerprint};
use tiler::{Changes, LayerForm, Outcome, Rebuild, RowProbe, TileError, TilesetSpec};

use super::super::CliError;
use super::source::{TileSource, mark};
use crate::build::Watch;
use crate::project::ProjectError;

/// Makes an archive again; or says why everything has to be made.
pub(super) fn make(
    source: &TileSource<'_>,
    spec: &TilesetSpec<'_>,
    output: &Path,
    watch: &dyn Watch,
) -> Result<Result<Changes, String>, CliError> {
    let tag = source.tag();
    let begun = Rebuild::open(output, spec.memory).and_then(|mut rebuild| {
        let begin = |table: &&layers::gpkg::FeatureTable| {
            source.begin(table, |id, description, attributes, labels| {
                rebuild.begin_layer(id, description, attributes, labels)
            })
        };
        let forms: Vec<LayerForm> = source.tables.iter().map(begin).collect();
        rebuild.check(spec, &tag)?;
        Ok((rebuild, forms))
    });
    let (mut rebuild, forms) = match begun {
        Ok(begun) => begun,
        Err(reason) => return Ok(Err(reason.to_string())),
    };
    let mut fingerprints = Vec::new();
    for (table, form) in source.tables.iter().zip(&forms) {
        let Some(found) = look(source, &table.name, &mut rebuild, form)? else {
            return Ok(Err(NOT_BEGUN.to_owned()));
        };
        fingerprints.push(found);
    }
    watch.stage("cutting tiles");
    let fetch = |form: &LayerForm, keys: &[i64]| {
        let place = forms.iter().position(|known| known.number() == form.number()).unwrap_or_default();
        let all: &[RowFingerprint] = &fingerprints[place];
        let found = keys.iter().filter_map(|key| all.binary_search_by_key(key, |row| row.row).ok());
        let wanted: Vec<RowFingerprint> = found.map(|place| all[place]).collect();
        source.fetch(source.tables[place], form, &wanted)
    };
    match rebuild.write(spec, &tag, output, &fetch, &|done, expected| watch.tiles(done, expected))? {
        Outcome::Unchanged { .. } => {
            tracing::info!(file = %output.display(), "nothing changed");
            Ok(Ok(Changes::default()))
        }
        Outcome::Made { changes, summary, drawn, rows } => {
            let (file, tiles, bytes) = (output.display(), summary.tiles, summary.bytes);
            tracing::info!(%file, tiles, drawn, rows_read = rows, bytes, "wrote what changed");
            Ok(Ok(changes))
        }
        Outcome::NotPossible(reason) => Ok(Err(reason.to_string())),
    }
}

/// A form of another rebuild has no rows here.
const NOT_BEGUN: &str = "its layers were not begun";

/// Looks at all rows of a table and tells the rebuild of them.
fn look(
    source: &TileSource<'_>,
    table: &str,
    rebuild: &mut Rebuild,
    form: &LayerForm,
) -> Result<Option<Vec<RowFingerprint>>, CliError> {
    let Some(probe) = rebuild.probe(form) else { return Ok(None) };
    let mut stats = probe.into_stats();
    let start = || Look(rebuild.probe(form));
    let (fingerprints, looks) = source.file.look(table, start).map_err(ProjectError::of_file)?;
    looks.into_iter().filter_map(|look| look.0).for_each(|probe| stats.merge(probe.into_stats()));
    rebuild.set_rows(form, fingerprints.iter().copied().map(mark).collect(), stats);
    Ok(Some(fingerprints))
}

struct Look<'a>(Option<RowProbe<'a>>);

impl LookAtRows for Look<'_> {
    fn row(&mut self, fingerprint: RowFingerprint) -> bool {
        self.0.as_mut().is_some_and(|probe| probe.row(mark(fingerprint)))
    }

    fn value(&mut self, column: usize, value: &Value) {
        if let Some(probe) = &mut self.0 {
            probe.value(column, value);
        }
    }
}

/// Writes beside the archive what changed.
pub(super) fn tell(archive: &Path, changes: &Changes) -> Result<(), CliError> {
    let mut name = archive.as_os_str().to_owned();
    name.push(".changes.json");
    let file = PathBuf::from(name);
    let text = serde_json::to_vec_pretty(changes).expect("changes have string keys");
    std::fs::write(&file, text).map_err(|cause| TileError::Write { file, cause }.into())
}
