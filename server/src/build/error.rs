//! Why a build ends without a generation.

use std::path::PathBuf;
use std::{fmt, io};

use layers::feature::Skip;
use layers::findings::FindingsError;
use layers::gpkg::{ReadError, WriteError};
use layers::rules::AnalyseError;
use layers::rules::ruleset::RuleError;
use layers::{ReadReport, SourceTable};
use tiler::{ArchiveError, TileError};

use super::StoreError;
use super::quality::Refusal;

/// A table that gave no feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Unread {
    /// Where it stands.
    pub source: SourceTable,
    /// How many rows it has.
    pub rows: u64,
    /// The first of them that was left out, and why.
    pub first: Option<Skip>,
}

impl Unread {
    /// What became of a table, if no feature came of it.
    pub(crate) fn of(source: &SourceTable, report: &ReadReport) -> Option<Self> {
        (report.read == 0).then(|| Self {
            source: source.clone(),
            rows: report.rows,
            first: report.skipped.first().cloned(),
        })
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SourceTable { file, table } = &self.source;
        write!(f, "{}: table {table:?}", file.display())?;
        match &self.first {
            Some(Skip { row, reason }) => {
                write!(f, ": none of its {} rows can be used, first row {row}: {reason}", self.rows)
            }
            None => write!(f, " has no rows; export it again with its data"),
        }
    }
}

/// Why a build ends without a generation. The one before it is served on.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A source cannot be read to the end.
    #[error("cannot read {}", file.display())]
    Source {
        /// The source.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// A layer cannot be read.
    #[error("layer {layer}")]
    Read {
        /// The layer.
        layer: String,
        /// Why.
        #[source]
        cause: ReadError,
    },
    /// A source was written to while it was read.
    #[error("{} changed while it was read; run again when nobody writes to it", file.display())]
    Changed {
        /// The source.
        file: PathBuf,
    },
    /// The copy of a source that a build reads does not fit.
    #[error("make room, or have sources read where they lie: `snapshots = false` in [server.watch]")]
    NoRoom {
        /// Which, and how much is free.
        #[source]
        cause: ReadError,
    },
    /// A source cannot be copied.
    #[error("cannot copy a source before it is read")]
    Copy {
        /// Which, and why.
        #[source]
        cause: ReadError,
    },
    /// The analyses cannot run on these data.
    #[error(transparent)]
    Analyse(#[from] AnalyseError),
    /// The data have more flaws than the project allows.
    #[error(transparent)]
    NotGoodEnough(#[from] Refusal),
    /// There is nothing to draw.
    #[error("there is no feature to draw{}", first.as_ref().map(|first| format!("; {first}")).unwrap_or_default())]
    Nothing {
        /// The first table that gave none.
        first: Option<Unread>,
    },
    /// There is no parcel to analyse.
    #[error("layer {layer} has no parcel; {table}")]
    NoParcels {
        /// The layer.
        layer: String,
        /// Its table.
        table: Unread,
    },
    /// A tileset cannot be made.
    #[error(transparent)]
    Tile(#[from] TileError),
    /// The findings cannot be written.
    #[error(transparent)]
    Findings(#[from] WriteError),
    /// The generations folder refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A part of the generation cannot be written.
    #[error("cannot write {}", file.display())]
    Write {
        /// The part.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// A generation lacks its manifest or statistics.
    #[error("generation is incomplete at {}", file.display())]
    Incomplete {
        /// The part.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// An archive does not read back.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// Dossiers cannot be written or read.
    #[error(transparent)]
    Dossiers(#[from] layers::dossier::store::StoreError),
    /// Findings do not read back.
    #[error("cannot read back {}", file.display())]
    Lookup {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: FindingsError,
    },
    /// The rules of a generation are not those it was made by.
    #[error("{} is not the rule file that the manifest names", file.display())]
    ChangedRules {
        /// The file.
        file: PathBuf,
    },
    /// The rules of a generation are none to this version.
    #[error("cannot use the rules in {}", file.display())]
    Rules {
        /// The file.
        file: PathBuf,
        /// What is wrong with them.
        #[source]
        cause: RuleError,
    },
    /// What was written is not what was meant.
    #[error("tileset {tileset} does not read back as written: {what}")]
    Verify {
        /// The tileset.
        tileset: String,
        /// What differs.
        what: &'static str,
    },
    /// The same of another file.
    #[error("{} does not read back as written: {what}", file.display())]
    Part {
        /// The file.
        file: PathBuf,
        /// What differs.
        what: &'static str,
    },
}
