//! The demo city: a synthetic Xilinhot whose totals follow the published plan.
//!
//! Shapes and names are invented. What is not invented are the sums: every total that the plan
//! publishes without contradicting itself is met by the land itself, so that the analyses, which
//! know none of these numbers, find them again by measuring.
//!
//! The way of the land: targets → `patches` (which, how large) → `layout` and `streets` (blocks)
//! → `place` and `lots` (rows of lots, areas solved) → `marginal` and `zoning` (plan polygons)
//! → `weld` (shared borders) → `ground` (bent and put on the ellipsoid) → `tables`.

mod approvals;
mod attributes;
mod city;
mod config;
mod context;
mod ground;
mod layout;
mod lots;
mod marginal;
mod names;
mod patches;
mod place;
mod plots;
mod quad;
mod random;
mod river;
mod streets;
mod tables;
mod targets;
mod weld;
mod zoning;

use std::path::{Path, PathBuf};

use crate::gpkg::WriteError;
use crate::project::{LayerSpec, Settings};

/// What the demo city is made of: its layers with their roles, and how to analyse them.
pub struct DemoCity {
    /// Its layers; paths are inside the folder it was written to.
    pub layers: Vec<LayerSpec>,
    /// Analysis settings.
    pub settings: Settings,
}

/// Why the demo city cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A GeoPackage cannot be written.
    #[error(transparent)]
    GeoPackage(#[from] WriteError),
    /// The folder or the project file cannot be written.
    #[error("cannot write {}", file.display())]
    File {
        /// The folder or file.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
}

/// The seed of the city that everyone gets.
const SEED: u64 = 0x7475_6261_6e00_0001;

/// Writes the demo city's GeoPackages and its `tuban.toml` into a folder, which is made if need be.
///
/// The same bytes every time: nothing in them depends on the machine, the clock or the folder.
///
/// # Errors
/// [`DemoError`] if the folder cannot be written to.
pub fn write(folder: &Path) -> Result<DemoCity, DemoError> {
    let failed = |file: &Path, cause| DemoError::File { file: file.to_owned(), cause };
    std::fs::create_dir_all(folder).map_err(|cause| failed(folder, cause))?;
    let city = city::draw(SEED);
    tables::Tables::new(&city)?.write(folder)?;
    let project = folder.join(config::FILE);
    std::fs::write(&project, config::text()).map_err(|cause| failed(&project, cause))?;
    Ok(DemoCity { layers: config::layers(folder), settings: config::settings() })
}
