//! Builds beside the server, each in a process of its own: it may take what memory it needs and gives
//! all of it back, runs at low priority, and takes nothing with it if it dies.

use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use serde::{Deserialize, Serialize};

/// The command of the binary that builds for a server; see [`crate::cli`].
pub(crate) const COMMAND: &str = "build-for-server";

/// What such a build ends with, on standard output.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Report {
    /// The id of the generation.
    Built(String),
    /// Why there is none.
    Failed(String),
}

/// What to build, as the server was told to serve it.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) paths: Vec<PathBuf>,
    pub(super) generations: PathBuf,
    /// Generations to leave there.
    pub(super) keep: usize,
    pub(super) environment: Vec<(String, String)>,
}

/// A build under way.
#[derive(Debug)]
pub(super) struct Build {
    child: Child,
    said: Option<ChildStdout>,
}

impl Build {
    /// Begins to build.
    pub(super) fn begin(order: &Order) -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(COMMAND)
            .arg("--generations")
            .arg(&order.generations)
            .arg("--keep")
            .arg(order.keep.to_string())
            .args(&order.paths)
            .envs(order.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let said = child.stdout.take();
        Ok(Self { child, said })
    }

    /// What came of it; `None` while it is under way.
    pub(super) fn poll(&mut self) -> Option<Report> {
        match self.child.try_wait() {
            Ok(None) => None,
            Ok(Some(status)) => Some(self.report(status)),
            Err(error) => Some(Report::Failed(format!("the build cannot be waited for: {error}"))),
        }
    }

    /// Ends it; what it had made is not seen by anyone.
    pub(super) fn stop(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn report(&mut self, status: ExitStatus) -> Report {
        /// A report is a line; a build that says more has something else to say.
        const MOST: u64 = 1 << 16;
        let mut text = String::new();
        if let Some(said) = self.said.take() {
            // What is not text is no report.
            let _ = said.take(MOST).read_to_string(&mut text);
        }
        serde_json::from_str(&text).unwrap_or_else(|_| Report::Failed(format!("the build ended with {status}")))
    }
}
