//! Settings: `tuban.toml` as written ([`file`]) becomes [`Config`], settings as meant, once, at start.
//!
//! Nothing here opens a GeoPackage; whether tables and columns exist is asked by
//! [`crate::project`].

mod basemaps;
mod choice;
mod codes;
mod error;
mod file;
mod foreign;
mod keys;
mod lines;
mod quality;
pub mod server;
mod sheet;
mod text;
mod tiles;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use layers::codes::land_use::CodeSystem;
use layers::project::{AreaMethod, AreaUnit, Field, NoBuilding, RepeatedKeys, Role, Settings, ShareUnit, Subject};
use layers::quality::Policy;
use layers::rules::RuleSet;
use toml::Spanned;

pub use basemaps::Basemap;
pub use error::{ConfigError, Place};
pub use layers::nearest::{nearest, nearest_few};
pub use lines::Line;
pub use sheet::SheetConfig;
pub use text::read_text;
pub use tiles::Tiles;

use crate::foreign::ForeignSpec;
use choice::{Choice, choose};
use codes::Systems;
use file::{ConfigFile, LayerFile};

/// Name of the configuration file of a project.
pub const FILE_NAME: &str = "tuban.toml";

/// The folder of a project's own styles, unless someone says otherwise.
pub const STYLES: &str = "styles";

/// A project's settings as meant: checked, with defaults filled in and paths made absolute.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file they came from.
    pub file: PathBuf,
    /// Further files that they came from: rules, code lists.
    pub further_files: Vec<PathBuf>,
    /// The project's title.
    pub title: String,
    /// What the project shows.
    pub description: String,
    /// Who made the data.
    pub attribution: String,
    /// The folder of the project's own styles; it need not be there.
    pub styles: PathBuf,
    /// How to analyse.
    pub settings: Settings,
    /// What data are good enough to publish.
    pub quality: Policy,
    /// The layers, in the order written.
    pub layers: Vec<LayerConfig>,
    /// Its zooms.
    pub tiles: Tiles,
    /// What its printed maps say beside their data.
    pub sheet: SheetConfig,
    /// Archives of others that are served beside it.
    pub foreign: Vec<ForeignSpec>,
    /// Maps of others that the viewer can lay under its own.
    pub basemaps: Vec<Basemap>,
    /// How to serve it, as far as the file says.
    pub server: server::Layer,
    /// Every other line of the file.
    lines: Vec<Line>,
}

/// A layer as configured: its table and columns are still to be found in the file.
#[derive(Clone, Debug)]
pub struct LayerConfig {
    /// Its id.
    pub id: String,
    /// The part it plays.
    pub role: Role,
    /// The GeoPackage, absolute.
    pub file: PathBuf,
    /// The table, where named.
    pub table: Option<String>,
    /// The CRS, where the file does not say.
    pub crs: Option<u16>,
    /// The code system of its codes.
    pub codes: Option<CodeSystem>,
    /// Whether its codes lost their leading zero.
    pub leading_zero: bool,
    /// How its shares are written.
    pub share_unit: ShareUnit,
    /// The unit of its recorded areas.
    pub area_unit: AreaUnit,
    /// Which rows are industrial patches.
    pub subject: Subject,
    /// What a parcel without a building means.
    pub no_building: NoBuilding,
    /// What parcels with the same key are.
    pub repeated_keys: RepeatedKeys,
    /// Columns by meaning.
    pub fields: BTreeMap<Field, String>,
    /// Where it stands, for messages.
    pub places: Places,
}

/// Where the parts of a layer stand in the configuration file.
#[derive(Clone, Debug)]
pub struct Places {
    /// The layer's `file`.
    pub file: Place,
    /// The layer's `table`, or its `file` where there is no `table`.
    pub table: Place,
    /// Its fields.
    pub fields: BTreeMap<Field, Place>,
}

impl Config {
    /// Reads the configuration file at `path`, which may be the folder it lies in.
    ///
    /// # Errors
    /// [`ConfigError`] with file and line of what cannot be taken as it stands.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let file = if path.is_dir() { path.join(FILE_NAME) } else { path.to_owned() };
        let text = std::fs::read_to_string(&file).map_err(|cause| ConfigError::Read { file: file.clone(), cause })?;
        Self::parse(&text, &file)
    }

    /// Takes `text` as the content of `file`; layer paths are relative to its folder.
    ///
    /// # Errors
    /// See [`Config::load`].
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        let source = Source { text, file };
        let document = toml::de::DeTable::parse(text).map_err(|error| source.syntax(&error))?;
        keys::check(document.get_ref(), &source)?;
        let written: ConfigFile = toml::from_str(text).map_err(|error| {
            let path = error.span().map(|span| keys::path_at(document.get_ref(), span.start));
            source.syntax(&error).at_path(path.unwrap_or_default())
        })?;
        let server = server::of_document(document.get_ref(), &source)?;
        // A wrong value is better met by `tuban check` than by the server at night.
        server.check()?;
        Ok(Config { lines: lines::of(document.get_ref(), &source), ..written.meant(server, &source)? })
    }

    /// Every line of the file outside `[server]` and `[log]`, which are settings like any other's.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// What the file at `path`, or `tuban.toml` in that folder, says of the log: needed before anything
    /// else of it, and for that reason without a word about what is wrong with it.
    pub fn log(path: &Path) -> server::Layer {
        let file = if path.is_dir() { path.join(FILE_NAME) } else { path.to_owned() };
        let Ok(text) = std::fs::read_to_string(&file) else { return server::Layer::default() };
        let source = Source { text: &text, file: &file };
        let document = toml::de::DeTable::parse(&text).ok();
        let layer = document.and_then(|document| server::of_document(document.get_ref(), &source).ok());
        layer.map(server::Layer::of_log).unwrap_or_default()
    }
}

/// The text under examination, for places in messages.
#[derive(Clone, Copy)]
struct Source<'a> {
    text: &'a str,
    file: &'a Path,
}

impl Source<'_> {
    fn place(&self, offset: usize, path: impl Into<String>) -> Place {
        let before = self.text.get(..offset).unwrap_or(self.text);
        Place { file: self.file.to_owned(), line: 1 + before.matches('\n').count(), path: path.into() }
    }

    fn syntax(&self, error: &toml::de::Error) -> ConfigError {
        let at = self.place(error.span().map_or(0, |span| span.start), "");
        ConfigError::Syntax { at, problem: error.message().replace('\n', ", ") }
    }
}

impl ConfigFile {
    fn meant(self, server: server::Layer, source: &Source<'_>) -> Result<Config, ConfigError> {
        let folder = source.file.parent().unwrap_or(Path::new(""));
        let lists = self.codes.values().filter_map(|codes| codes.file.as_ref());
        let further_files = lists.chain(&self.analysis.rules).map(|file| folder.join(file.get_ref())).collect();
        let codes = Systems::of(self.codes, folder, source)?;
        let mut layers: Vec<LayerConfig> = Vec::new();
        for (number, layer) in self.layers.into_iter().enumerate() {
            let layer = layer.meant(number, folder, &codes, source)?;
            // SQLite does not tell `A` from `a` in table names, and layers become tables.
            if let Some(other) = layers.iter().find(|other| other.id.eq_ignore_ascii_case(&layer.id)) {
                return Err(ConfigError::RepeatedLayer { at: layer.places.file.clone(), id: other.id.clone() });
            }
            layers.push(layer);
        }
        if layers.is_empty() {
            return Err(ConfigError::NoLayers { file: source.file.to_owned() });
        }
        let title = self.project.name.unwrap_or_else(|| folder_name(folder));
        let area_method = choose(self.analysis.area_method, "analysis.area_method", source)?;
        let tiles = self.tiles.meant(source)?;
        let sheet = self.sheet.meant(source)?;
        Ok(Config {
            file: source.file.to_owned(),
            further_files,
            title,
            description: self.project.description.unwrap_or_default(),
            attribution: self.project.attribution.unwrap_or_default(),
            styles: folder.join(self.project.styles.as_deref().unwrap_or(STYLES)),
            settings: Settings {
                area_method: area_method.unwrap_or_default(),
                agglomeration_parks: self.analysis.agglomeration_parks,
                reference_date: self.analysis.reference_date.map(|date| day(&date, source)).transpose()?,
                rules: self
                    .analysis
                    .rules
                    .map_or_else(|| Ok(RuleSet::default()), |file| rules(&file, folder, source))?,
            },
            quality: self.quality.meant(source)?,
            layers,
            tiles,
            sheet,
            foreign: foreign::meant(self.foreign, folder, source)?,
            basemaps: basemaps::meant(self.basemap, source)?,
            server,
            lines: Vec::new(),
        })
    }
}

impl LayerFile {
    fn meant(
        self,
        number: usize,
        folder: &Path,
        systems: &Systems,
        source: &Source<'_>,
    ) -> Result<LayerConfig, ConfigError> {
        let path = |key: &str| format!("layers[{number}].{key}");
        let missing = |key: &str| ConfigError::MissingKey { file: source.file.to_owned(), path: path(key) };
        let id = self.id.ok_or_else(|| missing("id"))?;
        if id.get_ref().trim().is_empty() || id.get_ref().contains(['/', ',']) {
            let at = source.place(id.span().start, path("id"));
            return Err(ConfigError::LayerId { at, id: id.into_inner() });
        }
        let file = self.file.ok_or_else(|| missing("file"))?;
        let file_place = source.place(file.span().start, path("file"));
        let table_place = self.table.as_ref().map(|table| source.place(table.span().start, path("table")));
        let place_of = |field: Field, span: usize| source.place(span, path(&format!("fields.{}", field.name())));
        let written = |name: &str| Field::ALL.into_iter().find(|field| field.name() == name);
        let mut fields = BTreeMap::new();
        let mut places = BTreeMap::new();
        for (name, column) in self.fields {
            // The walk over the keys has refused every other name.
            let Some(field) = written(&name) else { continue };
            places.insert(field, place_of(field, column.span().start));
            fields.insert(field, column.into_inner());
        }
        let codes = systems.named(self.codes, &path("codes"), source)?;
        let leading_zero = self.leading_zero.as_ref().is_some_and(|written| *written.get_ref());
        if let (Some(written), Some(CodeSystem::Gb50137 | CodeSystem::Custom(_)), true) =
            (&self.leading_zero, &codes, leading_zero)
        {
            return Err(ConfigError::LeadingZero { at: source.place(written.span().start, path("leading_zero")) });
        }
        Ok(LayerConfig {
            id: id.into_inner(),
            role: choose(self.role, &path("role"), source)?.unwrap_or(Role::Plain),
            file: folder.join(file.get_ref()),
            table: self.table.map(toml::Spanned::into_inner),
            crs: self.crs,
            codes,
            leading_zero,
            share_unit: choose(self.share_unit, &path("share_unit"), source)?.unwrap_or_default(),
            area_unit: choose(self.area_unit, &path("area_unit"), source)?.unwrap_or_default(),
            subject: choose(self.subject, &path("subject"), source)?.unwrap_or_default(),
            no_building: choose(self.no_building, &path("no_building"), source)?.unwrap_or_default(),
            repeated_keys: choose(self.repeated_keys, &path("repeated_keys"), source)?.unwrap_or_default(),
            fields,
            places: Places {
                table: table_place.unwrap_or_else(|| file_place.clone()),
                file: file_place,
                fields: places,
            },
        })
    }
}

impl Choice for Role {
    fn all() -> Vec<(&'static str, Self)> {
        Role::ALL.into_iter().map(|role| (role.name(), role)).collect()
    }
}
impl Choice for AreaMethod {
    fn all() -> Vec<(&'static str, Self)> {
        vec![("ellipsoidal", Self::Ellipsoidal), ("planar", Self::Planar), ("field", Self::Field)]
    }
}
impl Choice for ShareUnit {
    fn all() -> Vec<(&'static str, Self)> {
        vec![("fraction", Self::Fraction), ("percent", Self::Percent)]
    }
}
impl Choice for AreaUnit {
    fn all() -> Vec<(&'static str, Self)> {
        vec![("m2", Self::M2), ("ha", Self::Ha), ("mu", Self::Mu), ("sqft", Self::Sqft)]
    }
}
impl Choice for Subject {
    fn all() -> Vec<(&'static str, Self)> {
        vec![("by_code", Self::ByCode), ("all", Self::All)]
    }
}
impl Choice for NoBuilding {
    fn all() -> Vec<(&'static str, Self)> {
        vec![("unknown", Self::Unknown), ("zero", Self::Zero)]
    }
}

impl Choice for RepeatedKeys {
    fn all() -> Vec<(&'static str, Self)> {
        vec![("refuse", Self::Refuse), ("merge", Self::Merge)]
    }
}

/// A day as the configuration writes it, `2024-12-31`.
fn day(written: &Spanned<String>, source: &Source<'_>) -> Result<Date, ConfigError> {
    written.get_ref().parse().map_err(|_| ConfigError::NoDate {
        at: source.place(written.span().start, "analysis.reference_date"),
        text: written.get_ref().clone(),
    })
}

/// The rules of a file beside the configuration.
fn rules(written: &Spanned<String>, folder: &Path, source: &Source<'_>) -> Result<RuleSet, ConfigError> {
    let file = folder.join(written.get_ref());
    let text = read_text(&file).map_err(|cause| ConfigError::NoRules {
        at: source.place(written.span().start, "analysis.rules"),
        file: file.clone(),
        cause,
    })?;
    match RuleSet::parse(&text) {
        Ok(rules) => {
            for warning in rules.warnings() {
                tracing::warn!(file = %file.display(), line = warning.line, path = warning.path, "{}", warning.message);
            }
            Ok(rules)
        }
        Err(cause) => Err(ConfigError::Rules { file, cause }),
    }
}

/// The folder's own name, for a project that has none.
fn folder_name(folder: &Path) -> String {
    let absolute = std::path::absolute(folder).ok();
    let name = absolute.as_deref().and_then(Path::file_name);
    name.map_or_else(|| "Tuban".to_owned(), |name| name.to_string_lossy().into_owned())
}
