//! What a command works on: a project, GeoPackages as they come, or the demo city.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use clap::Args;

use super::CliError;
use crate::build::{Store, made_by};
use crate::config::{Config, FILE_NAME, Line};
use crate::folders;
use crate::project::Project;

/// Says where generations are kept.
const GENERATIONS: &str = "TUBAN_GENERATIONS";

/// Where generations are kept.
#[derive(Args, Debug)]
pub(super) struct Folder {
    /// Folder of the generations. Default: `generations` beside tuban.toml; a cache folder where
    /// there is no project.
    #[arg(long, value_name = "DIR", env = GENERATIONS)]
    generations: Option<PathBuf>,
}

impl Folder {
    /// The store of a project.
    pub(super) fn store(&self, project: &Project) -> Store {
        Store::at(self.generations.clone().unwrap_or_else(|| project.generations.clone()))
    }

    /// What `tuban config` prints of it.
    pub(super) fn line(&self) -> Line {
        let said = self.generations.as_ref().map(|folder| folder.display().to_string());
        let of_environment = said.is_some() && std::env::var(GENERATIONS).ok() == said;
        let (source, place) = match &said {
            None => ("default", "default"),
            Some(_) if of_environment => ("environment", GENERATIONS),
            Some(_) => ("flag", "--generations"),
        };
        let value = toml::Value::String(said.unwrap_or_else(|| "generations".to_owned()));
        Line { key: "generations".to_owned(), value, source, place: place.to_owned() }
    }
}

/// The project at `path`, a `tuban.toml` or its folder; without a path, that of this folder.
pub(super) fn project(path: Option<&Path>) -> Result<Project, CliError> {
    Ok(Project::from_config(&config(path)?)?)
}

/// Its configuration.
pub(super) fn config(path: Option<&Path>) -> Result<Config, CliError> {
    let path = path.unwrap_or(Path::new("."));
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gpkg")) {
        let file = path.display();
        return Err(CliError::Usage(format!(
            "{file} is a GeoPackage; `tuban init {file} > tuban.toml` makes a project of it"
        )));
    }
    if path.is_dir() && !path.join(FILE_NAME).exists() {
        return Err(CliError::Usage(format!(
            "no {FILE_NAME} in {}; `tuban init FILE.gpkg > tuban.toml` writes a first one, `tuban demo DIR` an example",
            path.display()
        )));
    }
    Ok(Config::load(path)?)
}

/// What to serve: a project, GeoPackages, or, where nothing is named and nothing is here, the demo.
pub(super) fn anything(paths: &[PathBuf]) -> Result<Project, CliError> {
    let is_project = |path: &PathBuf| path.is_dir() || path.extension().is_some_and(|extension| extension == "toml");
    match paths {
        [] if Path::new(FILE_NAME).exists() => project(None),
        [] => demo_city(),
        [one] if is_project(one) => project(Some(one)),
        files if files.iter().any(is_project) => {
            Err(CliError::Usage("name one project, or GeoPackages, not both".to_owned()))
        }
        files => Ok(Project::from_files(files)?),
    }
}

/// The built-in demo city, written to the cache folder once for each version of Tuban.
fn demo_city() -> Result<Project, CliError> {
    let folder = folders::demo();
    let failed = |file: &Path| {
        let file = file.to_owned();
        move |cause| CliError::Write { file, cause }
    };
    fs::create_dir_all(&folder).map_err(failed(&folder))?;
    // Whoever starts at the same time waits and finds it written.
    let lock = folder.join(".lock");
    let lock_file = File::create(&lock).map_err(failed(&lock))?;
    lock_file.lock().map_err(failed(&lock))?;
    let mark = folder.join(".made-by");
    if fs::read_to_string(&mark).ok().as_deref() != Some(&made_by()) {
        layers::demo::write(&folder)?;
        fs::write(&mark, made_by()).map_err(failed(&mark))?;
    }
    tracing::info!(folder = %folder.display(), "no project here, so this is the demo city");
    project(Some(&folder))
}
