//! `tuban init`

use std::path::PathBuf;

use clap::Args;

use super::{CliError, answer};
use crate::init;

/// Print a first tuban.toml for GeoPackages, with every guess marked
///
/// Roles, keys, code systems, units and columns are guessed from names (Chinese standards, pinyin,
/// English) and from the values themselves.
#[derive(Args, Debug)]
#[command(after_help = "Example:
  tuban init parcels.gpkg plan.gpkg > tuban.toml && tuban serve")]
pub(super) struct Init {
    /// The GeoPackages, as tuban.toml shall name them
    #[arg(required = true, value_name = "FILE.gpkg")]
    files: Vec<PathBuf>,
}

impl Init {
    pub(super) fn run(self) -> Result<(), CliError> {
        answer(init::configuration(&self.files)?.as_bytes())
    }
}
