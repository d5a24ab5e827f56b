//! What ends a command early, and with which exit code.

use std::io;
use std::path::PathBuf;

use layers::demo::DemoError;
use layers::findings::FindingsError;
use layers::gpkg::ReadError;
use layers::intake::IntakeError;
use layers::rules::AnalyseError;
use tiler::{ArchiveError, ConvertError, TileError};

use super::Exit;
use styles::FontError;

use crate::build::{BuildError, StoreError};
use crate::config::ConfigError;
use crate::figure::FigureError;
use crate::live::Failure;
use crate::own_styles::OwnStyleError;
use crate::project::ProjectError;
use crate::report::XlsxError;
use crate::serve::ServeError;

/// What ends a command early.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The words do not make a command.
    #[error("{0}")]
    Usage(String),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The project cannot be opened.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// A GeoPackage cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// No generation came of it.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// No generation came of it in another process, which says why.
    #[error("{}", .0.reason)]
    BuiltBeside(Failure),
    /// The data have more flaws than the project allows.
    #[error("the data are worse than allowed: {0}")]
    Worse(String),
    /// The generations folder refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing can be looked up.
    #[error(transparent)]
    Findings(#[from] FindingsError),
    /// Nothing can be explained.
    #[error(transparent)]
    Dossiers(#[from] layers::dossier::store::StoreError),
    /// No tiles came of it.
    #[error(transparent)]
    Tile(#[from] TileError),
    /// An archive of others cannot be served.
    #[error("a foreign tileset cannot be opened")]
    Foreign(#[from] ArchiveError),
    /// A style of the project's own cannot be served.
    #[error(transparent)]
    OwnStyle(#[from] OwnStyleError),
    /// A font cannot be used.
    #[error(transparent)]
    Font(#[from] FontError),
    /// No archive came of another.
    #[error(transparent)]
    Convert(#[from] ConvertError),
    /// The demo city cannot be written.
    #[error("cannot write the demo city")]
    Demo(#[from] DemoError),
    /// A workbook cannot be made.
    #[error(transparent)]
    Xlsx(#[from] XlsxError),
    /// A map cannot be drawn.
    #[error(transparent)]
    Figure(#[from] FigureError),
    /// Standard output refused.
    #[error("cannot write the answer")]
    Output {
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// A file that people write cannot be read.
    #[error("cannot read {}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// A rule file cannot be used; what is wrong with it is the command's answer.
    #[error("{} cannot be used: {errors} {}", file.display(), if *errors == 1 { "error" } else { "errors" })]
    Rules {
        /// The rule file.
        file: PathBuf,
        /// How many errors it has.
        errors: usize,
    },
    /// A file cannot be written.
    #[error("cannot write {}", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The server does not run.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

impl From<Failure> for CliError {
    fn from(failure: Failure) -> Self {
        Self::BuiltBeside(failure)
    }
}

impl CliError {
    /// The exit code that goes with it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_)
            | Self::Config(_)
            | Self::OwnStyle(_)
            | Self::Font(_)
            | Self::Project(ProjectError::Config(_))
            | Self::Rules { .. } => Exit::Usage,
            Self::Project(ProjectError::Read(error)) | Self::Read(error) => exit_of_read(error),
            Self::Build(error) => exit_of_build(error),
            Self::BuiltBeside(failure) => exit_of_number(failure.exit),
            Self::Store(StoreError::Unknown { .. } | StoreError::NoOlder { .. }) => Exit::Usage,
            Self::Tile(TileError::Empty { .. }) | Self::Worse(_) => Exit::NotGoodEnough,
            Self::Serve(ServeError::Served { .. }) => Exit::Failed,
            Self::Tile(TileError::Zooms { .. }) | Self::Serve(_) => Exit::Usage,
            _ => Exit::Failed,
        }
    }
}

fn exit_of_number(number: u8) -> Exit {
    let known = [Exit::Good, Exit::NotGoodEnough, Exit::Usage];
    known.into_iter().find(|exit| *exit as u8 == number).unwrap_or(Exit::Failed)
}

fn exit_of_read(_error: &ReadError) -> Exit {
    Exit::Failed
}

fn exit_of_build(error: &BuildError) -> Exit {
    match error {
        BuildError::NotGoodEnough(_) => Exit::NotGoodEnough,
        BuildError::Nothing { .. } | BuildError::NoParcels { .. } | BuildError::Tile(TileError::Empty { .. }) => {
            Exit::NotGoodEnough
        }
        BuildError::Analyse(AnalyseError::NoPatches { .. }) => Exit::NotGoodEnough,
        BuildError::Analyse(AnalyseError::Intake(
            IntakeError::MissingKeys { .. } | IntakeError::RepeatedKeys { .. },
        )) => Exit::NotGoodEnough,
        BuildError::Analyse(_) => Exit::Usage,
        BuildError::Read { cause, .. } => exit_of_read(cause),
        _ => Exit::Failed,
    }
}
