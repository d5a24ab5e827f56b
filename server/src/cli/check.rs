//! `tuban check`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use layers::quality::Quality;

use super::{CliError, answer, target};
use crate::report::quality as report;
use crate::{build, progress};

/// Check the data and build nothing; exit code 1 when they are worse than allowed
///
/// Asks what `build` asks before it analyses anything: reference system, geometry, keys, codes, figures,
/// overlaps, gaps and coverage. How many flaws are allowed stands in tuban.toml under [quality].
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  tuban check                               the project of this folder
  tuban check city --format html -o q.html  a page to print
  tuban check --format json | jq '.checks[] | select(.count > 0)'")]
pub(super) struct Check {
    /// A tuban.toml or its folder [default: this folder]
    project: Option<PathBuf>,
    /// How to write what is found
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
    Html,
}

impl Check {
    pub(super) fn run(self) -> Result<(), CliError> {
        let project = target::project(self.project.as_deref())?;
        let watch = progress::shown();
        let quality = build::quality::check(&project, watch.as_ref())?;
        drop(watch);
        let text = match self.format {
            Format::Text => report::text(&quality),
            Format::Json => report::json(&quality),
            Format::Html => report::html(&quality, &report::Page { title: &project.title, map: None, chinese: true }),
        };
        match self.output {
            Some(file) => std::fs::write(&file, text).map_err(|cause| CliError::Write { file, cause })?,
            None => answer(text.as_bytes())?,
        }
        verdict(&quality)
    }
}

/// Good if nothing is worse than allowed.
fn verdict(quality: &Quality) -> Result<(), CliError> {
    let worse: Vec<String> = quality
        .worse()
        .map(|answer| {
            let (count, allowed) = (answer.count.unwrap_or_default(), answer.allowed.unwrap_or_default());
            format!("{} {count} ({allowed} allowed)", answer.check)
        })
        .collect();
    if worse.is_empty() { Ok(()) } else { Err(CliError::Worse(worse.join(", "))) }
}
