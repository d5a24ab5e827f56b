//! A project: what to read and what to make of it, whether `tuban.toml` says so or a handful of
//! GeoPackages named on the command line. Here the tables and columns that the configuration names
//! are looked for in the files, before anything long begins.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use layers::gpkg::{FeatureTable, GeoPackage, ReadError, ReadOptions};
use layers::project::{AreaUnit, LayerSpec, NoBuilding, RepeatedKeys, Role, Settings, ShareUnit, Subject};
use layers::quality::Policy;
use layers::{GeometryKind, SourceTable};

use crate::assets;
use crate::config::{Basemap, Config, ConfigError, LayerConfig, SheetConfig, Tiles, server};
use crate::folders;
use crate::foreign::ForeignSpec;

/// The tileset of a configured project's plain layers.
pub const BASE: &str = "base";

/// The tileset of what the analyses found.
pub const FINDINGS: &str = "findings";

/// Names that a tileset cannot have, because another page answers there.
const RESERVED: [&str; 24] = [
    "health",
    "totals",
    "search",
    "inside",
    "ready",
    "catalog",
    "static",
    "style",
    "sprite",
    "font",
    "legend",
    "stats",
    "identify",
    "codes",
    "quality",
    "quality.json",
    "openapi.json",
    "docs",
    "embed",
    "_",
    "archive",
    "events",
    "favicon.ico",
    "robots.txt",
];

/// A project whose layers were found.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its title.
    pub title: String,
    /// What it shows.
    pub description: String,
    /// Who made the data.
    pub attribution: String,
    /// The folder of its own styles, where it may have some.
    pub styles: Option<PathBuf>,
    /// How to analyse.
    pub settings: Settings,
    /// What data are good enough to publish.
    pub quality: Policy,
    /// Its layers, in order.
    pub layers: Vec<ProjectLayer>,
    /// Its zooms.
    pub tiles: Tiles,
    /// What its printed maps say beside their data.
    pub sheet: SheetConfig,
    /// Archives of others that are served beside it.
    pub foreign: Vec<ForeignSpec>,
    /// Maps of others that the viewer can lay under its own.
    pub basemaps: Vec<Basemap>,
    /// How to serve it, as far as its configuration says.
    pub server: server::Layer,
    /// Where generations are kept unless someone says otherwise.
    pub generations: PathBuf,
    /// The files that its settings came from.
    pub settings_files: Vec<PathBuf>,
}

/// A layer whose table and columns exist.
#[derive(Clone, Debug)]
pub struct ProjectLayer {
    /// What the analyses need to know about it.
    pub spec: LayerSpec,
    /// The CRS, where the file does not say.
    pub crs: Option<u16>,
    /// The tileset that shows it, if it is shown as it stands.
    pub tileset: String,
    /// What one of its rows is, for the catalog.
    pub description: String,
    /// The kind of its geometries, as declared.
    pub geometry: GeometryKind,
}

/// Why a project cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The configuration asks for what is not there.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A file does not say where its data lie, and without a project nobody else does.
    #[error("{cause}; `tuban init {} > tuban.toml` makes a project, in which `crs = …` says it", file.display())]
    Crs {
        /// The file.
        file: PathBuf,
        /// What is not known.
        cause: Box<ReadError>,
    },
    /// A file has nothing to draw.
    #[error("{} has no table with geometry", file.display())]
    NoFeatureTable {
        /// The file.
        file: PathBuf,
    },
}

impl ProjectError {
    /// Why a file cannot be read that no project describes.
    pub(crate) fn of_file(cause: ReadError) -> Self {
        match &cause {
            ReadError::Crs { file, .. } => Self::Crs { file: file.clone(), cause: Box::new(cause) },
            _ => Self::Read(cause),
        }
    }
}

impl Project {
    /// Finds the tables and columns of a configuration.
    ///
    /// # Errors
    /// [`ProjectError::Config`] names what is missing and the nearest there is.
    pub fn from_config(config: &Config) -> Result<Self, ProjectError> {
        let mut files: BTreeMap<&Path, GeoPackage> = BTreeMap::new();
        let mut layers = Vec::new();
        for layer in &config.layers {
            if !files.contains_key(layer.file.as_path()) {
                files.insert(&layer.file, GeoPackage::open(&layer.file)?);
            }
            let Some(file) = files.get(layer.file.as_path()) else { continue };
            let layer = found(layer, file.tables())?;
            file.crs(&layer.spec.source.table, &ReadOptions { declared_epsg: layer.crs })?;
            layers.push(layer);
        }
        let folder = config.file.parent().unwrap_or(Path::new(""));
        Ok(Self {
            title: config.title.clone(),
            description: config.description.clone(),
            attribution: config.attribution.clone(),
            styles: Some(config.styles.clone()),
            settings: config.settings.clone(),
            quality: config.quality.clone(),
            layers,
            tiles: config.tiles,
            sheet: config.sheet.clone(),
            foreign: config.foreign.clone(),
            basemaps: config.basemaps.clone(),
            server: config.server.clone(),
            generations: folder.join("generations"),
            settings_files: [&config.file].into_iter().chain(&config.further_files).cloned().collect(),
        })
    }

    /// Takes GeoPackages as they come: a tileset a file, a tile layer a table.
    ///
    /// # Errors
    /// [`ProjectError::Read`] or [`ProjectError::NoFeatureTable`].
    pub fn from_files(files: &[PathBuf]) -> Result<Self, ProjectError> {
        let mut layers = Vec::new();
        let mut taken = HashSet::new();
        let mut names = Vec::new();
        for file in files {
            let gpkg = GeoPackage::open(file)?;
            let tables = readable(&gpkg).map_err(ProjectError::of_file)?;
            if tables.is_empty() {
                return Err(ProjectError::NoFeatureTable { file: file.clone() });
            }
            let name = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
            let tileset = tileset_id(&name, &mut taken);
            layers.extend(tables.into_iter().map(|table| plain_layer(file, table, &tileset)));
            names.push(name);
        }
        Ok(Self {
            title: names.join(", "),
            description: String::new(),
            attribution: String::new(),
            styles: None,
            settings: Settings::default(),
            // Files as they come are shown as they are: there is no configuration to allow anything in.
            quality: Policy { only_report: true, ..Policy::default() },
            layers,
            tiles: Tiles::default(),
            sheet: SheetConfig::default(),
            foreign: Vec::new(),
            basemaps: Vec::new(),
            server: server::Layer::default(),
            generations: folders::for_files(files).join("generations"),
            settings_files: Vec::new(),
        })
    }

    /// The files that a generation is made of: settings, then sources.
    pub fn files(&self) -> Vec<PathBuf> {
        let sources = self.layers.iter().map(|layer| &layer.spec.source.file);
        let mut files: Vec<PathBuf> = self.settings_files.iter().chain(sources).cloned().collect();
        let mut seen = HashSet::new();
        files.retain(|file| seen.insert(file.clone()));
        files
    }

    /// Whether there is something to analyse.
    pub fn is_analysed(&self) -> bool {
        self.layers.iter().any(|layer| layer.spec.role == Role::Parcels)
    }
}

/// The tables that can be put on a map. A table whose reference system nobody knows does not keep
/// the others of its file from being shown; a file with no other is refused for it.
fn readable(file: &GeoPackage) -> Result<Vec<&FeatureTable>, ReadError> {
    let mut refused = None;
    let mut tables = Vec::new();
    for table in file.tables() {
        match file.crs(&table.name, &ReadOptions::default()) {
            Ok(_) => tables.push(table),
            Err(error) => {
                tracing::warn!(table = table.name, reason = %error, "table is left out");
                refused = Some(error);
            }
        }
    }
    match refused {
        Some(error) if tables.is_empty() => Err(error),
        _ => Ok(tables),
    }
}

/// A configured layer with its table and columns as the file spells them.
fn found(layer: &LayerConfig, tables: &[FeatureTable]) -> Result<ProjectLayer, ConfigError> {
    let names = || tables.iter().map(|table| table.name.clone()).collect::<Vec<_>>();
    let table = match (&layer.table, tables) {
        (None, [only]) => only,
        (None, _) => {
            let at = layer.places.file.clone();
            return Err(ConfigError::WhichTable { at, gpkg: layer.file.clone(), tables: names() });
        }
        (Some(name), _) => tables.iter().find(|table| table.name == *name).ok_or_else(|| ConfigError::Table {
            at: layer.places.table.clone(),
            gpkg: layer.file.clone(),
            table: name.clone(),
            tables: names(),
        })?,
    };
    for (field, column) in &layer.fields {
        if !table.columns.iter().any(|known| known.name.eq_ignore_ascii_case(column)) {
            return Err(ConfigError::Column {
                at: layer.places.fields.get(field).unwrap_or(&layer.places.table).clone(),
                gpkg: layer.file.clone(),
                table: table.name.clone(),
                column: column.clone(),
                columns: table.columns.iter().map(|column| column.name.clone()).collect(),
            });
        }
    }
    Ok(ProjectLayer {
        spec: LayerSpec {
            id: layer.id.clone(),
            role: layer.role,
            source: SourceTable { file: layer.file.clone(), table: table.name.clone() },
            fields: layer.fields.clone(),
            codes: layer.codes.clone(),
            leading_zero: layer.leading_zero,
            share_unit: layer.share_unit,
            area_unit: layer.area_unit,
            subject: layer.subject,
            no_building: layer.no_building,
            repeated_keys: layer.repeated_keys,
        },
        crs: layer.crs,
        tileset: BASE.to_owned(),
        description: described(table),
        geometry: table.geometry,
    })
}

fn plain_layer(file: &Path, table: &FeatureTable, tileset: &str) -> ProjectLayer {
    ProjectLayer {
        spec: LayerSpec {
            id: table.name.clone(),
            role: Role::Plain,
            source: SourceTable { file: file.to_owned(), table: table.name.clone() },
            fields: BTreeMap::new(),
            codes: None,
            leading_zero: false,
            share_unit: ShareUnit::default(),
            area_unit: AreaUnit::default(),
            subject: Subject::default(),
            no_building: NoBuilding::default(),
            repeated_keys: RepeatedKeys::default(),
        },
        crs: None,
        tileset: tileset.to_owned(),
        description: described(table),
        geometry: table.geometry,
    }
}

/// The table's title, or its name.
fn described(table: &FeatureTable) -> String {
    table.identifier.clone().unwrap_or_else(|| table.name.clone())
}

/// Whether another page answers at that name.
fn is_page(name: &str) -> bool {
    RESERVED.contains(&name) || assets::get(name).is_some()
}

/// Whether a tileset of a configured project or another page answers at that name.
pub(crate) fn is_taken(name: &str) -> bool {
    [BASE, FINDINGS].contains(&name) || is_page(name)
}

/// A tileset id from a file's name: usable in a URL list, not taken yet.
fn tileset_id(name: &str, taken: &mut HashSet<String>) -> String {
    /// With its suffixes the id is a file name, which is at most 255 bytes, four a character.
    const LONGEST: usize = 48;
    let clean = |c: char| if c.is_control() || "/\\,?#%".contains(c) { '-' } else { c };
    let base: String = name.trim_start_matches('.').chars().take(LONGEST).map(clean).collect();
    let base = if base.trim().is_empty() { "tiles".to_owned() } else { base };
    let free = |id: &String, taken: &HashSet<String>| !is_page(id) && !taken.contains(id);
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    let id = std::iter::once(base.clone()).chain(numbered).find(|id| free(id, taken));
    let id = id.expect("one of endlessly many numbers is free");
    taken.insert(id.clone());
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tileset_ids_are_unique_and_leave_other_pages_alone() {
        let mut taken = HashSet::new();
        let ids: Vec<_> =
            ["宗地", "宗地", "catalog", "a,b", "..", ""].iter().map(|name| tileset_id(name, &mut taken)).collect();
        assert_eq!(ids, ["宗地", "宗地-2", "catalog-2", "a-b", "tiles", "tiles-2"]);
    }
}
