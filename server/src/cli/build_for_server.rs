//! `tuban build-for-server`: what a server starts when its sources changed.

use std::path::PathBuf;

use clap::Args;

use super::target::{self, Folder};
use super::{CliError, answer};
use crate::build::BuildError;
use crate::live::builder::{Report, end_with_server};
use crate::{build, progress};

/// How much nicer than the server such a build is to others (`nice(2)`).
const NICE: i32 = 10;

/// Build a generation at low priority and report in JSON
#[derive(Args, Debug)]
pub(super) struct BuildForServer {
    /// What the server was told to serve
    paths: Vec<PathBuf>,
    /// Generations to leave, the latest; those of a rollback stay
    #[arg(long)]
    keep: usize,
    /// Somebody waits for it: at the priority of the server
    #[arg(long)]
    awaited: bool,
    /// Of copies of the sources as they are now
    #[arg(long)]
    snapshots: bool,
    #[command(flatten)]
    folder: Folder,
}

impl BuildForServer {
    pub(super) fn run(self) -> Result<(), CliError> {
        end_with_server();
        #[cfg(unix)]
        if !self.awaited
            && let Err(error) = rustix::process::nice(NICE)
        {
            tracing::debug!(%error, "the build runs at the priority of the server");
        }
        let report = match self.build() {
            Ok(id) => Report::Built(id),
            // Somebody waits for the first build and has to be told; later ones are simply done again.
            Err(CliError::Build(BuildError::Changed { .. })) if !self.awaited => Report::Changed,
            Err(error) => {
                let exit = error.exit() as u8;
                Report::Failed { reason: format!("{:#}", anyhow::Error::from(error)), exit }
            }
        };
        let text = serde_json::to_vec(&report).expect("a report has no other keys than strings");
        answer(&text)
    }

    fn build(&self) -> Result<String, CliError> {
        let project = target::anything(&self.paths)?;
        let store = self.folder.store(&project);
        let options = build::Options { snapshots: self.snapshots, ..build::Options::default() };
        let id = build::build(&project, &store, options, progress::shown().as_ref())?.id;
        // The generation is there whatever becomes of the old ones.
        if let Err(error) = store.prune(self.keep) {
            tracing::warn!(error = %format!("{:#}", anyhow::Error::from(error)), "old generations stay");
        }
        Ok(id)
    }
}
