//! Which layers form which tileset, and the making of one: archive, look-up table, manifest entry.

use std::path::Path;

use layers::findings::{self, Dress};
use layers::project::{Field, Role};
use layers::{Layer, ThematicLayer};
use tiler::{TilesetSpec, TilesetSummary};

use super::manifest::{LayerEntry, TilesetEntry};
use super::{BuildError, Watch, identity, plain, sources};
use crate::project::{FINDINGS, Project, ProjectLayer};

/// What a tileset is called.
pub(super) struct Tileset {
    pub(super) id: String,
    pub(super) description: String,
}

/// Layers that are shown as they stand, by tileset, in the project's order.
///
/// Where the analyses ran, their own layers show what they took in; what they only measure by
/// (roads, buildings) and what they do not know is shown here.
pub(super) fn grouped(read: Vec<(ProjectLayer, Layer)>, analysed: bool) -> Vec<(Tileset, Vec<ThematicLayer>)> {
    let mut groups: Vec<(Tileset, Vec<ThematicLayer>)> = Vec::new();
    for (layer, data) in read {
        let as_it_stands = matches!(layer.spec.role, Role::Plain | Role::Roads | Role::Buildings);
        if (analysed && !as_it_stands) || data.features.is_empty() {
            continue;
        }
        let key = layer.spec.fields.get(&Field::Key).map(String::as_str);
        let tile_layer = plain::thematic(data, &layer.spec.id, &layer.description, key);
        match groups.iter_mut().find(|(tileset, _)| tileset.id == layer.tileset) {
            Some((_, group)) => group.push(tile_layer),
            None => {
                let description = if layer.spec.role == Role::Plain { "" } else { "layers as they stand" };
                let tileset = Tileset { id: layer.tileset, description: description.to_owned() };
                groups.push((tileset, vec![tile_layer]));
            }
        }
    }
    groups
}

/// Writes archive and look-up table of one tileset into a draft. `None` if it has no features.
pub(super) fn make(
    tileset: &Tileset,
    content: &[ThematicLayer],
    dress: &Dress,
    (project, draft): (&Project, &Path),
    watch: &dyn Watch,
) -> Result<Option<TilesetEntry>, BuildError> {
    if content.iter().all(|layer| layer.features.is_empty()) {
        return Ok(None);
    }
    let folder = draft.join("tiles");
    std::fs::create_dir_all(&folder).map_err(|cause| BuildError::Write { file: folder.clone(), cause })?;
    let archive = folder.join(format!("{}.pmtiles", tileset.id));
    let summary = cut(tileset, content, project, &archive, watch)?;
    let layers = content.iter().filter(|layer| !layer.features.is_empty()).map(|layer| LayerEntry {
        id: layer.id.clone(),
        description: layer.description.clone(),
        geometry: layer.geometry,
        features: layer.features.len() as u64,
    });
    let mut entry = TilesetEntry::new(&tileset.id, &tileset.description, layers.collect(), &summary);
    entry.sha256 = sources::hash_file(&archive).map_err(|cause| BuildError::Write { file: archive, cause })?;
    let rules = is_found(tileset, project).then_some(&project.settings.rules);
    findings::write(&draft.join(&entry.lookup), content, rules, dress)?;
    Ok(Some(entry))
}

fn cut(
    tileset: &Tileset,
    content: &[ThematicLayer],
    project: &Project,
    archive: &Path,
    watch: &dyn Watch,
) -> Result<TilesetSummary, BuildError> {
    let mut extra_metadata = serde_json::Map::new();
    if is_found(tileset, project) {
        extra_metadata.insert("rules".to_owned(), project.settings.rules.version().into());
    }
    let spec = TilesetSpec {
        id: &tileset.id,
        description: &tileset.description,
        attribution: &project.attribution,
        min_zoom: project.tiles.min_zoom,
        max_zoom: project.tiles.max_zoom,
        low_zooms: project.tiles.low_zooms,
        memory: None,
        generator: identity::TOOL,
        extra_metadata,
    };
    Ok(tiler::write_tileset(&spec, content, archive, &|done, expected| watch.tiles(done, expected))?)
}

/// Whether a tileset is what the analyses found.
fn is_found(tileset: &Tileset, project: &Project) -> bool {
    tileset.id == FINDINGS && project.is_analysed()
}
