//! `tuban generations` and `tuban rollback`

use std::path::PathBuf;
use std::time::SystemTime;

use clap::Args;

use super::target::{self, Folder};
use super::{CliError, answer};

/// List the generations of a project, the one published last first
#[derive(Args, Debug)]
pub(super) struct Generations {
    /// A tuban.toml or its folder [default: this folder]
    project: Option<PathBuf>,
    #[command(flatten)]
    folder: Folder,
}

/// Serve an earlier generation again, until the next build
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  tuban rollback               the one published before the current
  tuban rollback 3f9c01ab22d4  this one")]
pub(super) struct Rollback {
    /// The generation [default: the one published before the current]
    id: Option<String>,
    /// A tuban.toml or its folder [default: this folder]
    #[arg(long)]
    project: Option<PathBuf>,
    #[command(flatten)]
    folder: Folder,
}

impl Generations {
    pub(super) fn run(self) -> Result<(), CliError> {
        let store = self.folder.store(&target::project(self.project.as_deref())?);
        let held = store.held();
        let line = |entry: crate::build::store::Listed| {
            let age = SystemTime::now().duration_since(entry.published).unwrap_or_default();
            let state = match entry.current {
                true if held.is_some() => "current, rolled back to",
                true => "current",
                false => "",
            };
            format!("{}  {:>16}  {state}", entry.id, ago(age.as_secs())).trim_end().to_owned() + "\n"
        };
        let lines: String = store.list().into_iter().map(line).collect();
        answer(lines.as_bytes())
    }
}

impl Rollback {
    pub(super) fn run(self) -> Result<(), CliError> {
        let store = self.folder.store(&target::project(self.project.as_deref())?);
        let id = store.roll_back(self.id.as_deref())?;
        tracing::info!(generation = id, "rolled back; a running server serves it after a restart");
        answer(format!("{id}\n").as_bytes())
    }
}

/// An age in the largest unit that fills.
fn ago(seconds: u64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let fitting = units.into_iter().find(|(length, _)| seconds >= *length);
    let (length, unit) = fitting.unwrap_or((1, "second"));
    let number = seconds / length;
    format!("{number} {unit}{} ago", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_read_as_people_say_them() {
        assert_eq!(ago(0), "0 seconds ago");
        assert_eq!(ago(61), "1 minute ago");
        assert_eq!(ago(200_000), "2 days ago");
    }
}
