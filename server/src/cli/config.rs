//! `tuban config`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;
use unicode_width::UnicodeWidthStr;

use super::flags::{self, ServerFlags};
use super::target::{self, Folder};
use super::{CliError, answer};
use crate::config::server::{Effective, Layer};
use crate::config::{FILE_NAME, Line};

/// Print the settings that hold, each with its source: file, environment, flag or default
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  tuban config                         of the project of this folder, or without one
  tuban config city --format json      of another, for programs
  tuban config --limits-in-flight 64   what `serve` would do with this flag
  tuban config | grep -v default       what somebody set")]
pub(super) struct Settings {
    /// A tuban.toml or its folder [default: this folder]
    project: Option<PathBuf>,
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    server: ServerFlags,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

impl Settings {
    /// The project, where one is named or is here.
    pub(super) fn project(&self) -> Option<&Path> {
        Some(self.project.as_deref().unwrap_or(Path::new(FILE_NAME)))
    }

    pub(super) fn run(self, log: Layer) -> Result<(), CliError> {
        let named = self.project.as_deref();
        let here = named.is_some() || Path::new(FILE_NAME).exists();
        let config = here.then(|| target::config(named)).transpose()?;
        let file = config.as_ref().map(|config| config.server.clone()).unwrap_or_default();
        let settings = Effective::of([file, flags::environment(), self.server.layer().and(log)])?;
        let mut lines = config.as_ref().map(|config| config.lines().to_vec()).unwrap_or_default();
        lines.extend(settings.entries().map(|(setting, value, origin)| Line {
            key: setting.key.to_owned(),
            value,
            source: origin.kind(),
            place: origin.to_string(),
        }));
        lines.push(self.folder.line());
        answer(
            match self.format {
                Format::Text => text(&lines),
                Format::Json => json(&lines),
            }
            .as_bytes(),
        )
    }
}

/// A line a setting, sources in a column.
fn text(lines: &[Line]) -> String {
    /// Beyond that a value pushes its source to the right.
    const WIDEST: usize = 56;
    let said: Vec<String> = lines.iter().map(|line| format!("{} = {}", line.key, line.value)).collect();
    let column = said.iter().map(|said| said.width()).filter(|width| *width <= WIDEST).max().unwrap_or(0);
    let line = |(line, said): (&Line, &String)| {
        let gap = column.saturating_sub(said.width()) + 2;
        format!("{said}{:gap$}# {}\n", "", line.place)
    };
    lines.iter().zip(&said).map(line).collect()
}

fn json(lines: &[Line]) -> String {
    let line =
        |line: &Line| json!({ "key": line.key, "value": line.value, "source": line.source, "place": line.place });
    format!("{:#}\n", json!({ "settings": lines.iter().map(line).collect::<Vec<_>>() }))
}
