//! `tuban build`

use std::path::PathBuf;

use clap::Args;

use super::target::{self, Folder};
use super::{CliError, answer};
use crate::{build, progress};

/// Read, check, analyse, tile, verify and publish one generation
///
/// Prints the id of the generation. The same sources, settings and version give the same id, and
/// what is there already is not built again.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  tuban build                 the project of this folder
  tuban build city --rebuild  even if nothing changed")]
pub(super) struct Build {
    /// A tuban.toml or its folder [default: this folder]
    project: Option<PathBuf>,
    /// Build even if the generation is there already
    #[arg(long)]
    rebuild: bool,
    #[command(flatten)]
    folder: Folder,
}

impl Build {
    pub(super) fn run(self) -> Result<(), CliError> {
        let project = target::project(self.project.as_deref())?;
        let store = self.folder.store(&project);
        let options = build::Options { anew: self.rebuild, ..build::Options::default() };
        let built = build::build(&project, &store, options, progress::shown().as_ref())?;
        answer(format!("{}\n", built.id).as_bytes())
    }
}
