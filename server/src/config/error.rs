//! What can be wrong with a configuration, said with file, line and what would be right.

use std::fmt;
use std::path::{Path, PathBuf};

use layers::codes::land_use::MappingError;
use layers::crs::CrsError;
use layers::rules::ruleset::{RuleError, Severity};
use tiler::DEEPEST_TILED_ZOOM;

use super::nearest;

/// A place in a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The full path of the key, such as `layers[0].fields.use`; empty where no key is concerned.
    pub path: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file.display(), self.line)?;
        if self.path.is_empty() { Ok(()) } else { write!(f, "{}: ", self.path) }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}; `tuban init FILE.gpkg > tuban.toml` writes a first one", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// It is not TOML, or a value has the wrong type.
    #[error("{at}{problem}")]
    Syntax {
        /// Where.
        at: Place,
        /// What the parser says.
        problem: String,
    },
    /// The plane of printed maps is none that can be used.
    #[error("{at}no plane for a grid")]
    SheetCrs {
        /// Where.
        at: Place,
        /// What is the matter with it.
        #[source]
        cause: CrsError,
    },
    /// A key that means nothing.
    #[error("{at}unknown key{}", suggestion(nearest.as_deref(), known))]
    UnknownKey {
        /// Where, with the key's path.
        at: Place,
        /// The full path of the known key most like it.
        nearest: Option<String>,
        /// The keys that may stand there.
        known: Vec<String>,
    },
    /// A value that is not in the list.
    #[error("{at}unknown value `{value}`; allowed: {}{}", allowed.join(", "), said(nearest.as_deref()))]
    UnknownValue {
        /// Where.
        at: Place,
        /// What is written.
        value: String,
        /// The allowed value most like it.
        nearest: Option<String>,
        /// What may stand there.
        allowed: Vec<String>,
    },
    /// A setting of the server that is none of its values.
    #[error("{at}{problem}")]
    Setting {
        /// Where it is set: file, line and key, or variable, or flag, with `: ` behind it.
        at: String,
        /// What is wrong.
        problem: String,
    },
    /// Settings of the server that do not go together.
    #[error("{problem}")]
    Contradiction {
        /// Which.
        problem: &'static str,
    },
    /// No day.
    #[error("{at}{text:?} is no day; write it as \"2024-12-31\"")]
    NoDate {
        /// Where.
        at: Place,
        /// What is written.
        text: String,
    },
    /// The rule file cannot be read.
    #[error("{at}cannot read {}", file.display())]
    NoRules {
        /// Where it is named.
        at: Place,
        /// The rule file.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// The rule file cannot be used.
    #[error("cannot use the rules of {}{}", file.display(), of_rules(file, cause))]
    Rules {
        /// The rule file.
        file: PathBuf,
        /// What is wrong.
        cause: RuleError,
    },
    /// A key that must be there and is not.
    #[error("{}: {path} is missing", file.display())]
    MissingKey {
        /// The file.
        file: PathBuf,
        /// The key's full path.
        path: String,
    },
    /// A layer id that cannot be part of a URL list.
    #[error("{at}layer id `{id}` must not be empty or have `/` or `,` in it")]
    LayerId {
        /// Where.
        at: Place,
        /// The id.
        id: String,
    },
    /// Two layers with one id.
    #[error("{at}another layer has the id `{id}` already; upper and lower case do not count")]
    RepeatedLayer {
        /// The second layer.
        at: Place,
        /// The id.
        id: String,
    },
    /// A foreign tileset whose id means something else in URLs, or cannot stand there.
    #[error(
        "{at}a foreign tileset cannot be called `{id}`: that is another tileset or page, or not fit for a list in a URL"
    )]
    ForeignId {
        /// Where its file is named.
        at: Place,
        /// The id.
        id: String,
    },
    /// A base map without an address of tiles.
    #[error("{at}`{url}` is no address of tiles, such as `https://map.example/{{z}}/{{x}}/{{y}}.png`")]
    BasemapUrl {
        /// Where it stands.
        at: Place,
        /// As written.
        url: String,
    },
    /// A code system given both as a file and as lists.
    #[error("{at}a file and lists of codes exclude each other; keep one of them")]
    CodesTwice {
        /// Where the file is named.
        at: Place,
    },
    /// The file of a code system cannot be read.
    #[error("{at}cannot read {}", file.display())]
    Mapping {
        /// Where it is named.
        at: Place,
        /// The file.
        file: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// The file of a code system has an error in it.
    #[error("{}:{}: {}", file.display(), error.line, error.problem)]
    MappingLine {
        /// The file.
        file: PathBuf,
        /// Its line, and what is wrong there.
        error: MappingError,
    },
    /// A leading zero for codes that have none.
    #[error("{at}only codes of ydyh2023 and gbt21010 can lose a leading zero")]
    LeadingZero {
        /// Where.
        at: Place,
    },
    /// A check without which the analyses cannot do.
    #[error("{at}no flaw of `{check}` can be allowed, because nothing can be analysed then; {remedy}")]
    NeverAllowed {
        /// Where.
        at: Place,
        /// The check.
        check: &'static str,
        /// What to do instead.
        remedy: String,
    },
    /// A threshold that is no amount.
    #[error("{at}a threshold must be a number that is not below zero, and this is {value}")]
    Threshold {
        /// Where.
        at: Place,
        /// What is written.
        value: f64,
    },
    /// There is nothing to read.
    #[error("{}: no [[layers]]; add one for each table to show", file.display())]
    NoLayers {
        /// The file.
        file: PathBuf,
    },
    /// The zooms are the wrong way round.
    #[error("{}: tiles.min_zoom {min} is above tiles.max_zoom {max}", file.display())]
    Zooms {
        /// The file.
        file: PathBuf,
        /// The shallowest.
        min: u8,
        /// The deepest.
        max: u8,
    },
    /// A zoom that nothing is cut for.
    #[error("{}: {key} {zoom} is deeper than {DEEPEST_TILED_ZOOM}, the last zoom that is cut; maps stretch its tiles further", file.display())]
    DeepZoom {
        /// The file.
        file: PathBuf,
        /// `tiles.min_zoom` or `tiles.max_zoom`.
        key: &'static str,
        /// The zoom.
        zoom: u8,
    },
    /// Tiles so small that nothing is left to draw.
    #[error("{}: tiles.tile_bytes must be at least {least}", file.display())]
    TileBytes {
        /// The file.
        file: PathBuf,
        /// The least that can be asked for.
        least: u64,
    },
    /// Two policies at once.
    #[error("{}: tiles.keep_all draws everything at every zoom, so tiles.tile_bytes and tiles.cells have no part in it", file.display())]
    KeepAll {
        /// The file.
        file: PathBuf,
    },
    /// Cells that do not divide a tile.
    #[error("{}: tiles.cells must be a power of two up to {most}", file.display())]
    Cells {
        /// The file.
        file: PathBuf,
        /// The most along a side.
        most: u32,
    },
    /// The file has no such table.
    #[error("{at}{} has no feature table `{table}`{}", gpkg.display(), suggestion(nearest(table, tables.iter().map(String::as_str)), tables))]
    Table {
        /// Where the table is asked for.
        at: Place,
        /// The GeoPackage.
        gpkg: PathBuf,
        /// What was asked for.
        table: String,
        /// What it has.
        tables: Vec<String>,
    },
    /// The file has several tables and none is named.
    #[error("{at}{} has {} feature tables, name one with `table`: {}", gpkg.display(), tables.len(), tables.join(", "))]
    WhichTable {
        /// Where the file is named.
        at: Place,
        /// The GeoPackage.
        gpkg: PathBuf,
        /// What it has.
        tables: Vec<String>,
    },
    /// The table has no such column.
    #[error("{at}table `{table}` in {} has no column `{column}`{}", gpkg.display(), suggestion(nearest(column, columns.iter().map(String::as_str)), columns))]
    Column {
        /// Where the column is asked for.
        at: Place,
        /// The GeoPackage.
        gpkg: PathBuf,
        /// The table.
        table: String,
        /// What was asked for.
        column: String,
        /// What it has.
        columns: Vec<String>,
    },
}

impl ConfigError {
    /// The same refusal with the path of the key it is about.
    pub(super) fn at_path(mut self, path: String) -> Self {
        if let Self::Syntax { at, .. } = &mut self {
            at.path = path;
        }
        self
    }

    /// The same refusal with more values allowed than the list has.
    pub(super) fn with_allowed(mut self, more: &[&str]) -> Self {
        if let Self::UnknownValue { allowed, nearest: near, value, .. } = &mut self {
            allowed.extend(more.iter().map(|&name| name.to_owned()));
            *near = nearest(value, allowed.iter().map(String::as_str)).map(str::to_owned);
        }
        self
    }
}

/// Every error of a rule file on a line of its own; what is only a warning is logged when it can be used.
fn of_rules(file: &Path, error: &RuleError) -> String {
    let errors = error.problems.iter().filter(|problem| problem.severity == Severity::Error);
    errors.map(|problem| format!("\n{}:{}: {problem}", file.display(), problem.line)).collect()
}

fn said(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"))
}

/// The nearest word where there is one, else the words there are.
fn suggestion(nearest: Option<&str>, known: &[String]) -> String {
    match nearest {
        Some(nearest) => format!("; did you mean `{nearest}`?"),
        None if known.is_empty() => String::new(),
        None => format!("; it may be one of {}", known.join(", ")),
    }
}
