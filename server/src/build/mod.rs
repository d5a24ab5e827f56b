//! From sources to a generation: read, check, analyse, tile, verify, publish.
//!
//! Each step is one function of another crate; here they stand in order, with the folder of
//! [generations](store) around them.

mod changes;
mod dress;
mod error;
mod hashes;
mod identity;
pub mod manifest;
mod plain;
pub mod quality;
mod read;
mod snapshots;
mod sources;
pub mod store;
mod tilesets;
mod verify;

use std::panic::resume_unwind;
use std::path::Path;
use std::time::Instant;

use layers::findings::Dress;
use layers::intake::{self, UsedCodes};
use layers::project::{LayerSpec, Role};
use layers::rules::AnalyseError;
use layers::{Analysis, Layer, ThematicLayer, dossier};

pub use changes::GenerationChanges;
pub use error::{BuildError, Unread};
pub use identity::TOOL;
pub(crate) use identity::made_by;
pub use manifest::Manifest;
pub(crate) use read::told;
pub use sources::{Source, hex_digest};
pub use store::{Store, StoreError};

use crate::project::{FINDINGS, Project, ProjectLayer};
use manifest::{Part, ReportEntry, as_json};
use snapshots::Snapshots;
use sources::Sources;
use store::Lock;
use tilesets::Place;

/// File name of the statistics in a generation.
pub const STATISTICS: &str = "stats.json";

/// File name of the rules in a generation.
pub const RULES: &str = "rules.toml";

/// File name of what is known of each patch.
pub const DOSSIERS: &str = "dossiers.sqlite";

/// Someone who wants to know how far a build is.
pub trait Watch: Sync {
    /// A stage begins.
    fn stage(&self, name: &str);
    /// So many of so many tiles of a tileset are done.
    fn tiles(&self, done: u64, expected: u64);
}

/// Which generation a project has now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// Its id.
    pub id: String,
    /// Whether it was there already.
    pub reused: bool,
}

/// How a generation is built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Even if it is there already.
    pub anew: bool,
    /// Of copies of the sources as they were at one moment, so that they may be written to meanwhile.
    pub snapshots: bool,
}

/// Makes and publishes the generation of a project's present sources.
///
/// If it is there already and whole, it is published as it stands.
///
/// # Errors
/// [`BuildError`]; the generation served before is served on.
pub fn build(project: &Project, store: &Store, options: Options, watch: &dyn Watch) -> Result<Built, BuildError> {
    watch.stage("hashing sources");
    let lock = store.lock()?;
    let known = Sources::known(project, store.root()).map(|sources| identity::id_of(project, &sources.sources));
    if let Some(id) = known.filter(|id| !options.anew && is_whole(store, id)) {
        return reuse(store, id, &lock);
    }
    let started = Instant::now();
    let draft = store.draft(&lock)?;
    match fill(project, store, &draft, options, watch) {
        Ok(Built { id, reused: true }) => {
            store.discard(&draft, &lock)?;
            reuse(store, id, &lock)
        }
        Ok(built) => {
            store.keep_states(&draft, &built.id, &lock)?;
            store.settle(&draft, &built.id, &lock)?;
            store.publish(&built.id, &lock)?;
            tracing::info!(generation = built.id, ms = started.elapsed().as_millis(), "published generation");
            Ok(built)
        }
        Err(error) => {
            store.discard(&draft, &lock)?;
            Err(error)
        }
    }
}

/// Publishes a generation that is there.
fn reuse(store: &Store, id: String, lock: &Lock) -> Result<Built, BuildError> {
    store.publish(&id, lock)?;
    tracing::info!(generation = id, "nothing changed, generation is there already");
    Ok(Built { id, reused: true })
}

/// Makes the generation of the present sources in a draft, unless it is there already.
fn fill(
    project: &Project,
    store: &Store,
    draft: &Path,
    options: Options,
    watch: &dyn Watch,
) -> Result<Built, BuildError> {
    let copies = if options.snapshots { Some(Snapshots::take(&sources::files(project), draft)?) } else { None };
    let (sources, read) = match copies {
        Some(copies) => read_copies(project, store, copies, watch)?,
        None => (Sources::of(project, store.root())?, None),
    };
    let id = identity::id_of(project, &sources.sources);
    if !options.anew && is_whole(store, &id) {
        return Ok(Built { id, reused: true });
    }
    let read = match read {
        Some(read) => read,
        None => {
            watch.stage("reading layers");
            let read = read::read(project, None)?;
            sources.check_unchanged()?;
            read
        }
    };
    let before = store.current().filter(|_| !options.anew).map(|id| tilesets::Generation {
        folder: store.folder(&id),
        states: store.states(&id),
        id,
    });
    make(&Place { project, draft, before }, (&sources, read), &id, watch)?;
    Ok(Built { id, reused: false })
}

/// What layers hold, and with which remarks.
type Read = Vec<(ProjectLayer, Layer)>;

/// Hashes and reads copies, which go with it.
fn read_copies(
    project: &Project,
    store: &Store,
    copies: Snapshots,
    watch: &dyn Watch,
) -> Result<(Sources, Option<Read>), BuildError> {
    let hashed = || Sources::of_copies(project, store.root(), &copies);
    // The hash of a copy is that of its log as well.
    let early = if copies.have_logs() { Some(hashed()?) } else { None };
    copies.fold()?;
    watch.stage("reading layers");
    std::thread::scope(|scope| {
        let hashing = scope.spawn(|| early.map_or_else(hashed, Ok));
        let read = read::read(project, Some(&copies));
        let sources = hashing.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        Ok((sources, Some(read?)))
    })
}

/// The generation to serve: the one held by a rollback, else that of the present sources, which is
/// built if need be. A folder that cannot be written to will do if the generation is in it.
///
/// # Errors
/// See [`build`].
pub fn ensure(project: &Project, store: &Store, watch: &dyn Watch) -> Result<Built, BuildError> {
    match present(project, store)? {
        Some(id) => Ok(Built { id, reused: true }),
        None => build(project, store, Options::default(), watch),
    }
}

/// The id of the generation to serve if it is there already.
///
/// # Errors
/// [`BuildError::Source`] where a source cannot be read.
pub fn present(project: &Project, store: &Store) -> Result<Option<String>, BuildError> {
    if let Some(held) = store.held() {
        tracing::warn!(generation = held, "serving the generation that was rolled back to; `tuban build` ends this");
        return Ok(Some(held));
    }
    let Some(current) = store.current() else { return Ok(None) };
    let sources = Sources::of(project, store.root())?;
    let is_present = current == identity::id_of(project, &sources.sources) && is_whole(store, &current);
    Ok(is_present.then_some(current))
}

fn is_whole(store: &Store, id: &str) -> bool {
    let folder = store.folder(id);
    Manifest::read(&folder).is_ok_and(|manifest| verify::is_whole(&folder, &manifest))
}

/// Fills a draft with everything a generation has.
fn make(place: &Place<'_>, (sources, read): (&Sources, Read), id: &str, watch: &dyn Watch) -> Result<(), BuildError> {
    let Place { project, draft, .. } = *place;
    let unread = read.iter().find_map(|(_, data)| Unread::of(&data.source, &data.report));
    let mut manifest = Manifest {
        id: id.to_owned(),
        title: project.title.clone(),
        description: project.description.clone(),
        attribution: project.attribution.clone(),
        tool: identity::TOOL.to_owned(),
        rules: project.is_analysed().then(|| project.settings.rules.version()),
        rules_sha256: project.is_analysed().then(|| project.settings.rules.hash().to_owned()),
        reference_date: project.settings.reference_date.map(|day| day.to_string()),
        sources: sources.sources.clone(),
        reports: reports(&read),
        quality: serde_json::Value::Null,
        notes: serde_json::Value::Array(Vec::new()),
        codes: Vec::new(),
        tilesets: Vec::new(),
        parts: Vec::new(),
    };
    refuse_empty_parcels(project, &read)?;
    let (meta, mut inputs): (Vec<ProjectLayer>, Vec<(LayerSpec, Layer)>) =
        read.into_iter().map(|(layer, data)| (layer.clone(), (layer.spec, data))).unzip();
    let quality = quality::of(project, &inputs, watch)?;
    quality::gate(&quality)?;
    manifest.quality = quality::summary(&quality);
    let text = serde_json::to_vec_pretty(&quality).expect("what checks found has string keys and finite numbers");
    write(&draft.join(quality::FILE_NAME), &text)?;
    manifest.codes = used_codes(project, &inputs)?;
    let analysis = analyse(project, &mut inputs, watch)?;
    let read: Vec<(ProjectLayer, Layer)> =
        meta.into_iter().zip(inputs).map(|(layer, (_, data))| (layer, data)).collect();
    if let Some(analysis) = &analysis {
        manifest.set_notes(&analysis.notes);
        manifest.parts = keep(project, analysis, draft)?;
    }
    let analysed = analysis.is_some();
    let mut changes = GenerationChanges::since(place.before.as_ref().map(|before| before.id.as_str()));
    watch.stage("cutting tiles");
    for (tileset, layers) in tilesets::grouped(read, analysed) {
        let made = tilesets::make(&tileset, &layers, &Dress::default(), place, watch)?;
        manifest.tilesets.extend(changes.add(made));
        // Giving back a million small pieces of memory takes a while, and nobody waits for it.
        rayon::spawn(move || drop(layers));
    }
    if let Some(analysis) = analysis {
        let findings =
            tilesets::Tileset { id: FINDINGS.to_owned(), description: "findings of the analyses".to_owned() };
        let layers: Vec<ThematicLayer> = analysis.layers().collect();
        let dress = dress::of(&manifest, (&analysis, &layers), &project.settings.rules);
        // What was drawn is not needed to draw it.
        drop(analysis);
        let made = tilesets::make(&findings, &layers, &dress, place, watch)?;
        manifest.tilesets.extend(changes.add(made));
    }
    if manifest.tilesets.is_empty() {
        return Err(BuildError::Nothing { first: unread });
    }
    changes.write(draft)?;
    let text = serde_json::to_vec_pretty(&manifest).expect("a manifest has string keys and finite numbers");
    write(&draft.join(manifest::FILE_NAME), &text)?;
    watch.stage("verifying");
    std::thread::scope(|scope| {
        // The disk takes its time meanwhile.
        let flushing = scope.spawn(|| store::flush_tree(draft));
        verify::verify(draft, &manifest)?;
        Ok(flushing.join().unwrap_or_else(|panic| resume_unwind(panic))?)
    })
}

/// Writes what the analyses leave behind beside maps: rules, tables, dossiers.
fn keep(project: &Project, analysis: &Analysis, draft: &Path) -> Result<Vec<Part>, BuildError> {
    let text = serde_json::to_vec_pretty(&analysis.statistics);
    write(&draft.join(RULES), project.settings.rules.text().as_bytes())?;
    write(&draft.join(STATISTICS), &text.expect("statistics have string keys and finite numbers"))?;
    dossier::store::write(&draft.join(DOSSIERS), &analysis.case, analysis.dossiers())?;
    [STATISTICS, DOSSIERS].into_iter().map(|name| Part::of(draft, name)).collect()
}

/// Without a parcel there is nothing to check or to analyse.
fn refuse_empty_parcels(project: &Project, read: &[(ProjectLayer, Layer)]) -> Result<(), BuildError> {
    let parcels = read.iter().find(|(layer, _)| project.is_analysed() && layer.spec.role == Role::Parcels);
    match parcels.and_then(|(layer, data)| Some((layer, Unread::of(&data.source, &data.report)?))) {
        Some((layer, table)) => Err(BuildError::NoParcels { layer: layer.spec.id.clone(), table }),
        None => Ok(()),
    }
}

/// Runs the analyses if there are parcels. They take the rows of the layers that they understand.
fn analyse(
    project: &Project,
    inputs: &mut [(LayerSpec, Layer)],
    watch: &dyn Watch,
) -> Result<Option<Analysis>, BuildError> {
    if !project.is_analysed() {
        return Ok(None);
    }
    watch.stage("analysing");
    let started = Instant::now();
    let analysis = layers::analyse_taking(inputs, &project.settings)?;
    let patches = analysis.conservation.patches;
    tracing::info!(patches, notes = analysis.notes.len(), ms = started.elapsed().as_millis(), "analysed");
    for note in &analysis.notes {
        tracing::info!(layer = note.layer, rows = ?note.rows, "{}", note.message);
    }
    Ok(Some(analysis))
}

/// The use codes that occur, where the layers are analysed or name a system.
fn used_codes(project: &Project, inputs: &[(LayerSpec, Layer)]) -> Result<Vec<UsedCodes>, BuildError> {
    let used = inputs.iter().filter(|(spec, _)| project.is_analysed() || spec.codes.is_some());
    let used = used.filter_map(|(spec, data)| intake::used_codes(spec, data).transpose());
    Ok(used.collect::<Result<_, _>>().map_err(AnalyseError::Intake)?)
}

fn reports(read: &[(ProjectLayer, Layer)]) -> serde_json::Value {
    let entry = |(layer, data): &(ProjectLayer, Layer)| {
        as_json(&ReportEntry { layer: &layer.spec.id, table: &layer.spec.source.table, report: &data.report })
    };
    read.iter().map(entry).collect()
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), BuildError> {
    std::fs::write(file, bytes).map_err(|cause| BuildError::Write { file: file.to_owned(), cause })
}
