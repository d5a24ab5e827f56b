//! The demo city: a synthetic Xilinhot whose totals follow the published plan.

use std::path::Path;

use crate::gpkg::WriteError;
use crate::project::{LayerSpec, Settings};

/// What the demo city is made of: its layers with their roles, and how to analyse them.
pub struct DemoCity {
    /// Its layers; paths are inside the folder it was written to.
    pub layers: Vec<LayerSpec>,
    /// Analysis settings.
    pub settings: Settings,
}

/// Writes the demo city's GeoPackages and its `tuban.toml` into a folder.
pub fn write(_folder: &Path) -> Result<DemoCity, WriteError> {
    unimplemented!()
}
