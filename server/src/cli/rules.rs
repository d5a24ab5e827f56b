//! `tuban rules`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use layers::rules::RuleSet;
use layers::rules::ruleset::{BUILT_IN, Problem, Severity};

use super::{CliError, answer};
use crate::config::read_text;

/// Check a rule file, or print the built-in one to start from
///
/// A rule file holds every threshold, matrix and decision table of the analyses. A project names its own with
/// analysis.rules = "rules.toml" in tuban.toml; without one the built-in rules (Xilinhot's plan) decide.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  tuban rules show > rules.toml        the built-in rules, to be changed
  tuban rules check rules.toml         everything that is wrong with them, each with its line
  tuban rules show --format json       the same rules for a program")]
pub(super) struct Rules {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Check(Check),
    Show(Show),
}

/// Read a rule file and say everything that is wrong with it
///
/// Classes have to hold every number once, the decision table has to decide all 216 states, codes have to be in
/// 用地用海 2023. Errors refuse the file; warnings (a row that never fires, an intensity that falls) do not.
/// Nothing is built. Exit code 0: it can be used; 2: it cannot.
#[derive(Args, Debug)]
struct Check {
    /// The rule file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Print the built-in rules
#[derive(Args, Debug)]
struct Show {
    /// How to write them; TOML has the remarks that explain them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    #[default]
    Toml,
    Json,
}

impl Rules {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self.what {
            What::Check(command) => check(&command.file),
            What::Show(command) => show(command.format),
        }
    }
}

fn check(file: &Path) -> Result<(), CliError> {
    let text = read_text(file).map_err(|cause| CliError::Unreadable { file: file.to_owned(), cause })?;
    match RuleSet::parse(&text) {
        Ok(rules) => {
            let version = rules.version();
            answer(format!("{}{}: {version} can be used\n", listed(file, rules.warnings()), file.display()).as_bytes())
        }
        Err(error) => {
            answer(listed(file, &error.problems).as_bytes())?;
            let errors = error.problems.iter().filter(|problem| problem.severity == Severity::Error).count();
            Err(CliError::Rules { file: file.to_owned(), errors })
        }
    }
}

/// A problem a line, as editors and compilers write them.
fn listed(file: &Path, problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{}:{}: {problem}\n", file.display(), problem.line)).collect()
}

fn show(format: Format) -> Result<(), CliError> {
    match format {
        Format::Toml => answer(BUILT_IN.as_bytes()),
        Format::Json => {
            let rules = serde_json::to_value(&*RuleSet::default()).expect("rules have string keys and finite numbers");
            answer(format!("{rules:#}\n").as_bytes())
        }
    }
}
