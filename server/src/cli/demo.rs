//! `tuban demo`

use std::path::PathBuf;

use clap::Args;

use super::{CliError, answer};
use crate::config::FILE_NAME;

/// Write the demo city: GeoPackages and a tuban.toml
///
/// A synthetic Xilinhot. Shapes and names are invented; the totals follow the published plan.
#[derive(Args, Debug)]
#[command(after_help = "Example:
  tuban demo city && tuban serve city")]
pub(super) struct Demo {
    /// The folder to write to; made if it is not there
    dir: PathBuf,
}

impl Demo {
    pub(super) fn run(self) -> Result<(), CliError> {
        let config = self.dir.join(FILE_NAME);
        if config.exists() {
            let there = config.display();
            return Err(CliError::Usage(format!("{there} is there already; name another folder")));
        }
        std::fs::create_dir_all(&self.dir).map_err(|cause| CliError::Write { file: self.dir.clone(), cause })?;
        layers::demo::write(&self.dir)?;
        answer(format!("{}\n", config.display()).as_bytes())
    }
}
