//! Which layers form which tileset, and the making of one: archive, look-up table, manifest entry.

use std::path::{Path, PathBuf};

use layers::findings::{self, Dress};
use layers::project::{Field, Role};
use layers::{Layer, ThematicLayer};
use tiler::{Before, Changes, TilesetSpec, Updated};

use super::manifest::{self, LayerEntry, TilesetEntry};
use super::{BuildError, Watch, identity, plain, sources};
use crate::project::{FINDINGS, Project, ProjectLayer};

/// What a tileset is called.
pub(super) struct Tileset {
    pub(super) id: String,
    pub(super) description: String,
}

/// Where a generation is made.
pub(super) struct Place<'a> {
    pub(super) project: &'a Project,
    pub(super) draft: &'a Path,
    /// The generation before, to be built upon.
    pub(super) before: Option<Generation>,
}

/// A generation that was published earlier.
pub(super) struct Generation {
    pub(super) id: String,
    pub(super) folder: PathBuf,
    pub(super) states: PathBuf,
}

impl Generation {
    /// The archive of a tileset, and its state.
    fn archive(&self, tileset: &str) -> (PathBuf, PathBuf) {
        let name = format!("{tileset}.pmtiles");
        (self.folder.join(manifest::TILES).join(&name), self.states.join(format!("{name}.state")))
    }
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
    place: &Place<'_>,
    watch: &dyn Watch,
) -> Result<Option<(TilesetEntry, Changes)>, BuildError> {
    let Place { project, draft, .. } = *place;
    if content.iter().all(|layer| layer.features.is_empty()) {
        return Ok(None);
    }
    let folder = draft.join(manifest::TILES);
    std::fs::create_dir_all(&folder).map_err(|cause| BuildError::Write { file: folder.clone(), cause })?;
    let archive = folder.join(format!("{}.pmtiles", tileset.id));
    let rules = is_found(tileset, project).then_some(&project.settings.rules);
    let lookup = draft.join(manifest::lookup(&tileset.id));
    // SQLite takes one thread; tiles take the others, and that one when it is done.
    let cut_and_hashed = || {
        let updated = cut(tileset, content, place, &archive, watch)?;
        let hash = sources::hash_file(&archive).map_err(|cause| BuildError::Write { file: archive.clone(), cause })?;
        Ok::<_, BuildError>((updated, hash))
    };
    let (cut, written) = rayon::join(cut_and_hashed, || findings::write(&lookup, content, rules, dress));
    let (Updated { summary, changes }, sha256) = cut?;
    written?;
    let layers = content.iter().filter(|layer| !layer.features.is_empty()).map(|layer| LayerEntry {
        id: layer.id.clone(),
        description: layer.description.clone(),
        geometry: layer.geometry,
        features: layer.features.len() as u64,
    });
    let mut entry = TilesetEntry::new(&tileset.id, &tileset.description, layers.collect(), &summary);
    entry.sha256 = sha256;
    Ok(Some((entry, changes)))
}

fn cut(
    tileset: &Tileset,
    content: &[ThematicLayer],
    place: &Place<'_>,
    archive: &Path,
    watch: &dyn Watch,
) -> Result<Updated, BuildError> {
    let project = place.project;
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
    let before = place.before.as_ref().map(|before| before.archive(&tileset.id));
    let before = before.as_ref().map(|(archive, state)| Before { archive, state });
    let tag = identity::made_by().into();
    let progress = |done, expected| watch.tiles(done, expected);
    Ok(tiler::update_tileset(&spec, content, before, archive, &tag, &progress)?)
}

/// Whether a tileset is what the analyses found.
fn is_found(tileset: &Tileset, project: &Project) -> bool {
    tileset.id == FINDINGS && project.is_analysed()
}
