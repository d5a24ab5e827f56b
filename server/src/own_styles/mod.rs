//! Styles of the project's own: a folder of MapLibre styles, checked against the tiles that they draw
//! and served with addresses of this server.
//!
//! - `check`: what a style asks for against what the tilesets have.
//! - `addresses`: which addresses in a style are this server's.

mod addresses;
mod check;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use serde_json::Value;

pub(crate) use addresses::with_base;
pub use check::{Fault, Problem};
pub(crate) use check::{TileLayers, tile_layers};

use crate::foreign::Foreign;
use crate::generation::Generation;

/// A style of a file.
#[derive(Clone, Debug)]
pub struct OwnStyle {
    /// Its id in URLs: the file's name without `.json`.
    pub id: String,
    /// The style as written.
    pub style: Value,
    /// The same with the tilesets of this server as its sources, for maps that are drawn here.
    pub(crate) by_tileset: Value,
}

impl OwnStyle {
    /// What it is called: its own `name`, or its id.
    pub fn name(&self) -> &str {
        self.style.get("name").and_then(Value::as_str).filter(|name| !name.trim().is_empty()).unwrap_or(&self.id)
    }
}

/// Why a style cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum OwnStyleError {
    /// The folder or a file cannot be read.
    #[error("cannot read {}", file.display())]
    Read {
        /// The file or folder.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// The file is no JSON.
    #[error("{}:{}:{}: this is no JSON", file.display(), cause.line(), cause.column())]
    Json {
        /// The file.
        file: PathBuf,
        /// What is wrong, and where.
        #[source]
        cause: serde_json::Error,
    },
    /// The name is another style's.
    #[error("{}: a style of the project is called `{id}` already; rename the file", file.display())]
    Taken {
        /// The file.
        file: PathBuf,
        /// The id.
        id: String,
    },
    /// The style asks for what is not there.
    #[error("{}: {fault}", file.display())]
    Fault {
        /// The file.
        file: PathBuf,
        /// What, and where in the file.
        fault: Fault,
    },
}

/// What a file looked like.
type Stamp = (PathBuf, u64, Option<SystemTime>);

/// All styles of a folder.
#[derive(Debug, Default)]
pub struct OwnStyles {
    folder: Option<PathBuf>,
    served: RwLock<Arc<Vec<OwnStyle>>>,
    /// How the files looked when they were read last, and for which generation they were checked.
    read: RwLock<(Vec<Stamp>, String)>,
}

impl OwnStyles {
    /// The styles of a folder, checked against the tilesets. A folder that is not there has none.
    ///
    /// # Errors
    /// [`OwnStyleError`] of the first style that cannot be served.
    pub fn open(folder: Option<&Path>, generation: &Generation, foreign: &Foreign) -> Result<Self, OwnStyleError> {
        let Some(folder) = folder else { return Ok(Self::default()) };
        let files = files(folder)?;
        let styles = read(&files, &tile_layers(generation, foreign))?;
        Ok(Self {
            folder: Some(folder.to_owned()),
            served: RwLock::new(Arc::new(styles)),
            read: RwLock::new((files, generation.id().to_owned())),
        })
    }

    /// The styles, in the order of their ids.
    pub fn styles(&self) -> Arc<Vec<OwnStyle>> {
        Arc::clone(&self.served.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the folder again if it looks different, or if another generation is served. While a style
    /// cannot be served, those read before are.
    ///
    /// # Errors
    /// As [`OwnStyles::open`], once for every change.
    pub(crate) fn follow(&self, generation: &Generation, foreign: &Foreign) -> Result<bool, OwnStyleError> {
        let Some(folder) = &self.folder else { return Ok(false) };
        let files = files(folder)?;
        let now = (files, generation.id().to_owned());
        if *self.read.read().unwrap_or_else(PoisonError::into_inner) == now {
            return Ok(false);
        }
        let styles = read(&now.0, &tile_layers(generation, foreign));
        // A style that is wrong is told of once, not at every look.
        *self.read.write().unwrap_or_else(PoisonError::into_inner) = now;
        *self.served.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(styles?);
        Ok(true)
    }
}

/// The styles in a folder with how they look, by name; none where there is no folder.
fn files(folder: &Path) -> Result<Vec<Stamp>, OwnStyleError> {
    let failed = |cause| OwnStyleError::Read { file: folder.to_owned(), cause };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let Ok(metadata) = path.metadata() else { continue };
        if path.extension().is_some_and(|extension| extension == "json") && metadata.is_file() && !is_hidden {
            files.push((path, metadata.len(), metadata.modified().ok()));
        }
    }
    files.sort();
    Ok(files)
}

fn read(files: &[Stamp], tiles: &TileLayers) -> Result<Vec<OwnStyle>, OwnStyleError> {
    let mut styles = Vec::new();
    for (file, ..) in files {
        let bytes = fs::read(file).map_err(|cause| OwnStyleError::Read { file: file.clone(), cause })?;
        let style: Value =
            serde_json::from_slice(&bytes).map_err(|cause| OwnStyleError::Json { file: file.clone(), cause })?;
        let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (base, _) = styles::Variant::of_style(&id);
        if base == styles::AUTOMATIC || styles::themes().iter().any(|theme| theme.id == base) {
            return Err(OwnStyleError::Taken { file: file.clone(), id });
        }
        check::check(&style, tiles).map_err(|fault| OwnStyleError::Fault { file: file.clone(), fault })?;
        let by_tileset = check::by_tileset(&style, tiles);
        styles.push(OwnStyle { id, style, by_tileset });
    }
    Ok(styles)
}
