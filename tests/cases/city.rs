//! The demo city, made and built once for all cases.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;
use tests::{Server, Tuban};

/// A folder for the runs of these cases, inside the target folder; emptied at the start.
pub(crate) fn scratch() -> &'static Path {
    static SCRATCH: OnceLock<PathBuf> = OnceLock::new();
    SCRATCH.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cases");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).expect("what an earlier run left can be removed");
        }
        std::fs::create_dir_all(&folder).expect("the target folder can be written to");
        folder
    })
}

/// A new, empty folder that a case has to itself.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = scratch().join(name);
    std::fs::create_dir(&folder).unwrap_or_else(|error| panic!("{name} is a folder of one case: {error}"));
    folder
}

/// The demo city with its generation.
pub(crate) struct City {
    /// Its folder, with `tuban.toml`.
    pub(crate) folder: PathBuf,
    /// The folder of the generation that is served.
    pub(crate) generation: PathBuf,
}

/// The demo city. Cases read it and leave it as it is.
pub(crate) fn demo() -> &'static City {
    static CITY: OnceLock<City> = OnceLock::new();
    CITY.get_or_init(|| build(&folder("demo-city")))
}

/// Makes and builds a demo city in an empty folder.
pub(crate) fn build(folder: &Path) -> City {
    Tuban::at(folder).args(["demo", "."]).run().good();
    Tuban::at(folder).args(["build", "."]).run().good();
    City { folder: folder.to_owned(), generation: current(folder) }
}

/// The folder of the generation that a project serves.
pub(crate) fn current(project: &Path) -> PathBuf {
    let generations = project.join("generations");
    let current = std::fs::read_to_string(generations.join("current")).expect("a build names the current generation");
    generations.join(current.trim())
}

impl City {
    /// A server of it.
    pub(crate) fn serve(&self) -> Server {
        Tuban::at(&self.folder).args(["serve", "."]).serve()
    }

    /// One of its tables as the command line prints it.
    pub(crate) fn table(&self, name: &str) -> Value {
        Tuban::at(&self.folder).args(["stats", ".", name, "--format", "json"]).run().good().json()
    }
}
