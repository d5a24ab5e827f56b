//! Why a build ends without a generation.

use std::io;
use std::path::PathBuf;

use layers::findings::FindingsError;
use layers::gpkg::{ReadError, WriteError};
use layers::rules::AnalyseError;
use tiler::{ArchiveError, TileError};

use super::StoreError;

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
    /// The analyses cannot run on these data.
    #[error(transparent)]
    Analyse(#[from] AnalyseError),
    /// There is nothing to draw.
    #[error("none of the {layers} layers has a feature to draw")]
    Nothing {
        /// How many were read.
        layers: usize,
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
    /// Findings do not read back.
    #[error("cannot read back {}", file.display())]
    Lookup {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: FindingsError,
    },
    /// What was written is not what was meant.
    #[error("tileset {tileset} does not read back as written: {what}")]
    Verify {
        /// The tileset.
        tileset: String,
        /// What differs.
        what: &'static str,
    },
}
