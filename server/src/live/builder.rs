//! Builds beside the server, each in a process of its own: it may take what memory it needs and gives
//! all of it back, runs at low priority, and takes nothing with it if it dies.

use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use serde::{Deserialize, Serialize};

/// The command of the binary that builds for a server; see [`crate::cli`].
pub(crate) const COMMAND: &str = "build-for-server";

/// What such a build ends with, on standard output.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Report {
    /// The id of the generation.
    Built(String),
    /// None, because a source changed while it was read.
    Changed,
    /// Why there is none.
    Failed {
        /// In one line.
        reason: String,
        /// The exit code that such a failure has on the command line.
        exit: u8,
    },
}

/// What to build, as the server was told to serve it.
#[derive(Clone, Debug)]
pub struct Order {
    /// As given on the command line.
    pub paths: Vec<PathBuf>,
    /// The folder of generations.
    pub generations: PathBuf,
    /// Generations to leave there.
    pub keep: usize,
    /// Whether builds read copies of the sources.
    pub snapshots: bool,
    /// Variables beside those of the server.
    pub environment: Vec<(String, String)>,
}

/// Whether somebody waits for a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Haste {
    /// The server has nothing to show yet.
    Awaited,
    /// The server answers requests meanwhile.
    Beside,
}

/// A build under way.
#[derive(Debug)]
pub(super) struct Build {
    child: Child,
    said: Option<ChildStdout>,
    /// Open as long as the server lives: its end is the end of the build.
    _lifeline: Option<ChildStdin>,
}

impl Build {
    /// Begins to build.
    pub(super) fn begin(order: &Order, haste: Haste) -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(COMMAND)
            .args((haste == Haste::Awaited).then_some("--awaited"))
            .args(order.snapshots.then_some("--snapshots"))
            .arg("--generations")
            .arg(&order.generations)
            .arg("--keep")
            .arg(order.keep.to_string())
            .args(&order.paths)
            .envs(order.environment.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (said, lifeline) = (child.stdout.take(), child.stdin.take());
        Ok(Self { child, said, _lifeline: lifeline })
    }

    /// What came of it; `None` while it is under way.
    pub(super) fn poll(&mut self) -> Option<Report> {
        match self.child.try_wait() {
            Ok(None) => None,
            Ok(Some(status)) => Some(self.report(status)),
            Err(error) => Some(failed(format!("the build cannot be waited for: {error}"))),
        }
    }

    /// Waits for what comes of it.
    pub(super) fn wait(mut self) -> Report {
        match self.child.wait() {
            Ok(status) => self.report(status),
            Err(error) => failed(format!("the build cannot be waited for: {error}")),
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
        serde_json::from_str(&text).unwrap_or_else(|_| failed(format!("the build ended with {status}")))
    }
}

/// Ends this process when the server that started it is gone. What was made until then is a draft, which
/// the next build removes.
pub(crate) fn end_with_server() {
    std::thread::spawn(|| {
        // Nothing is ever said here; the end is what is waited for.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        std::process::exit(i32::from(FAILED));
    });
}

/// The exit code of failed input and disks.
pub(super) const FAILED: u8 = 3;

/// A failure that the build could not tell of itself.
pub(super) fn failed(reason: String) -> Report {
    Report::Failed { reason, exit: FAILED }
}
