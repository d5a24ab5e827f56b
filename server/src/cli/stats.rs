//! `tuban stats`

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use layers::stats::{By, Statistics, Table};

use super::target::{self, Folder};
use super::{CliError, answer};
use crate::build::{self, Manifest};
use crate::config::{FILE_NAME, nearest};
use crate::generation::read_statistics;
use crate::progress;
use crate::report::{self, Provenance, Report};

/// Print the plan's tables; builds first if needed
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  tuban stats                             every table of this folder's project
  tuban stats conflicts --by park         one table, broken down
  tuban stats city far --format json      of another project
  tuban stats --format xlsx -o tables.xlsx   every table, laid out like the plan's, and where they come from

Text, CSV and workbook have hectares to two decimals, JSON to four.")]
pub(super) struct Stats {
    /// A tuban.toml or its folder [default: this folder], and the name of a table [default: all]
    #[arg(value_names = ["PROJECT", "TABLE"], num_args = 0..=2)]
    what: Vec<String>,
    /// Break the tables down
    #[arg(long, value_enum)]
    by: Option<Breakdown>,
    /// How to write them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    folder: Folder,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Breakdown {
    Park,
    Zone,
    Scope,
    Conflict,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
    Csv,
    Xlsx,
}

impl From<Breakdown> for By {
    fn from(by: Breakdown) -> Self {
        match by {
            Breakdown::Park => Self::Park,
            Breakdown::Zone => Self::Zone,
            Breakdown::Scope => Self::Scope,
            Breakdown::Conflict => Self::Conflict,
        }
    }
}

impl Stats {
    pub(super) fn run(self) -> Result<(), CliError> {
        if self.format == Format::Xlsx && self.output.is_none() && std::io::stdout().is_terminal() {
            return Err(CliError::Usage(
                "a workbook is not for a terminal; use -o FILE.xlsx or `> FILE.xlsx`".to_owned(),
            ));
        }
        let (path, table) = project_and_table(&self.what);
        let project = target::project(path)?;
        let store = self.folder.store(&project);
        let built = build::ensure(&project, &store, progress::shown().as_ref())?;
        let (manifest, statistics) = statistics(&store.folder(&built.id))?;
        let reports = reports(&statistics, table, self.by.map(By::from), &built.id)?;
        let bytes = match self.format {
            Format::Text => text(&reports).into_bytes(),
            Format::Csv => report::csv(&reports).into_bytes(),
            Format::Json => json(&reports, table.is_some()).into_bytes(),
            Format::Xlsx => report::xlsx(&reports, &Provenance::of(&manifest, &statistics))?,
        };
        match self.output {
            Some(file) => std::fs::write(&file, bytes).map_err(|cause| CliError::Write { file, cause }),
            None => answer(&bytes),
        }
    }
}

/// One word alone is a project if there is such a path, and a table otherwise.
fn project_and_table(what: &[String]) -> (Option<&Path>, Option<&str>) {
    match what {
        [] => (None, None),
        [one] if is_path(one) => (Some(Path::new(one)), None),
        [one] => (None, Some(one)),
        [project, table, ..] => (Some(Path::new(project)), Some(table)),
    }
}

/// Whether a word is no name of a table. A GeoPackage is none either, and is refused as a project.
fn is_path(word: &str) -> bool {
    let path = Path::new(word);
    word.contains(['/', '\\'])
        || path.extension().is_some_and(|extension| extension == "toml" || extension.eq_ignore_ascii_case("gpkg"))
        || path.join(FILE_NAME).exists()
}

fn statistics(folder: &Path) -> Result<(Manifest, Statistics), CliError> {
    let manifest = Manifest::read(folder)?;
    let statistics = read_statistics(folder, &manifest)?
        .ok_or_else(|| CliError::Usage("no layer has the role `parcels`, so there are no tables".to_owned()))?;
    Ok((manifest, statistics))
}

fn reports<'a>(
    statistics: &'a Statistics,
    table: Option<&str>,
    by: Option<By>,
    generation: &'a str,
) -> Result<Vec<Report<'a>>, CliError> {
    let whole = |table: &'a Table| Report::new(table, by, generation, &statistics.rules);
    let Some(name) = table else {
        return Ok(statistics.tables.iter().filter_map(whole).collect());
    };
    let known: Vec<&str> = statistics.tables.iter().map(|table| table.table.as_str()).collect();
    let table = statistics.table(name).ok_or_else(|| {
        let meant = nearest(name, known.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
        CliError::Usage(format!("no table `{name}`{}; there are {}", meant.unwrap_or_default(), known.join(", ")))
    })?;
    let report = whole(table).ok_or_else(|| {
        let known: Vec<&str> = table.breakdowns.iter().map(|breakdown| breakdown.by.name()).collect();
        CliError::Usage(format!("table `{name}` has these breakdowns: {}", known.join(", ")))
    })?;
    Ok(vec![report])
}

fn text(reports: &[Report<'_>]) -> String {
    let texts: Vec<String> = reports.iter().map(report::text).collect();
    texts.join("\n")
}

/// One table as an object, several as a list.
fn json(reports: &[Report<'_>], one: bool) -> String {
    let mut values: Vec<serde_json::Value> = reports.iter().map(report::json).collect();
    let value = if one { values.pop().unwrap_or_default() } else { serde_json::Value::Array(values) };
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_is_a_table_unless_it_looks_like_a_path() {
        let words = |words: &[&str]| -> Vec<String> { words.iter().map(|&word| word.to_owned()).collect() };
        assert_eq!(project_and_table(&words(&["conflicts"])), (None, Some("conflicts")));
        assert_eq!(project_and_table(&words(&["city/tuban.toml"])), (Some(Path::new("city/tuban.toml")), None));
        assert_eq!(project_and_table(&words(&["../city"])), (Some(Path::new("../city")), None));
        assert_eq!(project_and_table(&words(&["a.gpkg"])), (Some(Path::new("a.gpkg")), None));
        assert_eq!(project_and_table(&words(&["city", "far"])), (Some(Path::new("city")), Some("far")));
    }
}
