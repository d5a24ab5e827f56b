//! The command line: a verb each, a function each, that calls a library and prints its answer.
//!
//! Standard output is for the answer alone; logs and progress go to standard error.

mod build;
mod build_for_server;
mod check;
mod config;
mod demo;
mod error;
mod explain;
mod flags;
mod generations;
mod init;
mod map;
mod rules;
mod serve;
mod stats;
mod target;
mod tile;

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use error::CliError;

use crate::config::Config;
use crate::config::server::{Effective, Layer, unknown_variables};
use crate::telemetry;

/// Turns planning parcels into a living map: vector tiles, findings, statistics, styles.
#[derive(Debug, Parser)]
#[command(
    name = "tuban",
    version,
    about = "Turns planning parcels into a living map: vector tiles, findings, statistics, styles",
    max_term_width = 100,
    after_help = "Examples:
  tuban serve                          the built-in demo city, at http://127.0.0.1:3000
  tuban serve parcels.gpkg             any GeoPackage as it stands, no configuration
  tuban init parcels.gpkg > tuban.toml a first configuration, guesses marked as such
  tuban check                          what is wrong with its data
  tuban serve                          now the project of this folder
  tuban config                         which settings hold, and where they come from
  tuban stats conflicts --format csv   one of its tables
  tuban map intensity -o fig8.pdf      one of its maps on a sheet, to print
  tuban rules show > rules.toml        its thresholds and decision tables, to be changed

Exit codes: 0 good, 1 findings or data not good enough, 2 wrong usage or configuration,
3 input or disk failed."
)]
pub struct Cli {
    /// How log lines on standard error look [default: text] [env: TUBAN_LOG_FORMAT]
    #[arg(long, global = true, value_name = "text|json")]
    log_format: Option<String>,
    /// Which log lines there are: error, warn, info, debug or trace [default: info] [env: TUBAN_LOG_LEVEL]
    #[arg(long, global = true, value_name = "LEVEL")]
    log_level: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Build(build::Build),
    #[command(name = crate::live::builder::COMMAND, hide = true)]
    BuildForServer(build_for_server::BuildForServer),
    Check(check::Check),
    Stats(stats::Stats),
    Explain(explain::Explain),
    Map(map::Map),
    Tile(tile::Tile),
    Init(init::Init),
    Config(config::Settings),
    Rules(rules::Rules),
    Demo(demo::Demo),
    Generations(generations::Generations),
    Rollback(generations::Rollback),
}

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// As it should.
    Good = 0,
    /// Findings or data are not good enough.
    NotGoodEnough = 1,
    /// Wrong usage or configuration.
    Usage = 2,
    /// Input or disk failed.
    Failed = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl Cli {
    /// Does what the command line asks for.
    ///
    /// # Errors
    /// [`CliError`], which knows its exit code.
    pub fn run(self) -> Result<(), CliError> {
        let log = self.log();
        // Needed before anything else is read, so what is wrong with the rest of the file is said later.
        let file = self.command.project().map(Config::log).unwrap_or_default();
        telemetry::start(&Effective::of([file, flags::environment().of_log(), log.clone()])?.config.log);
        let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        for (variable, nearest) in unknown_variables(names) {
            tracing::warn!(variable, nearest, "unknown environment variable");
        }
        match self.command {
            Command::Serve(command) => command.run(log),
            Command::Build(command) => command.run(),
            Command::BuildForServer(command) => command.run(),
            Command::Check(command) => command.run(),
            Command::Stats(command) => command.run(),
            Command::Explain(command) => command.run(),
            Command::Map(command) => command.run(),
            Command::Tile(command) => command.run(),
            Command::Init(command) => command.run(),
            Command::Config(command) => command.run(log),
            Command::Rules(command) => command.run(),
            Command::Demo(command) => command.run(),
            Command::Generations(command) => command.run(),
            Command::Rollback(command) => command.run(),
        }
    }
}

impl Cli {
    /// What the flags say of the log.
    fn log(&self) -> Layer {
        let flags = [("log.format", &self.log_format), ("log.level", &self.log_level)];
        Layer::of_flags(flags.into_iter().filter_map(|(key, text)| Some((key, text.clone()?))))
    }
}

impl Command {
    /// The project whose file may say something of the log.
    fn project(&self) -> Option<&Path> {
        match self {
            Self::Serve(command) => command.project(),
            Self::Config(command) => command.project(),
            _ => None,
        }
    }
}

/// Writes a command's answer to standard output. A reader that has seen enough (`| head`) is no
/// failure.
fn answer(bytes: &[u8]) -> Result<(), CliError> {
    use std::io::{ErrorKind, Write};
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(cause) if cause.kind() != ErrorKind::BrokenPipe => Err(CliError::Output { cause }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_teaches() {
        insta::assert_snapshot!(Cli::command().term_width(100).render_long_help().to_string());
    }
}
