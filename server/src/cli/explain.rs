//! `tuban explain`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use layers::dossier::store::StoreError;

use super::target::{self, Folder};
use super::{CliError, answer};
use crate::build;
use crate::config::{FILE_NAME, nearest_few};
use crate::extract::{self, Extract, Language};
use crate::generation::Generation;
use crate::inquiry::Inquiry;
use crate::progress;

/// Say why a parcel is what it is, rule by rule; builds first if needed
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  tuban explain ZD0012                          a parcel of this folder's project
  tuban explain city ZD0012 --lang en           of another project, in English
  tuban explain ZD0012 --format json            everything, unrounded, for programs
  tuban explain ZD0012 --format html -o p.html  a page with a map, to print (宗地体检单)

Each rule says what it was asked of and in which file, table, row and column that stands, what it
was held against, what came of it and where the plan says so. An earlier generation that is served
again (`tuban rollback`) answers by its own rules.")]
pub(super) struct Explain {
    /// A tuban.toml or its folder [default: this folder], and the parcel's key
    #[arg(value_names = ["PROJECT", "PARCEL_KEY"], num_args = 1..=2, required = true)]
    what: Vec<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// In which languages; JSON always has both
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    folder: Folder,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
    Html,
}

impl Explain {
    pub(super) fn run(self) -> Result<(), CliError> {
        let (path, key) = project_and_key(&self.what);
        if path.is_none() && Path::new(key).join(FILE_NAME).exists() {
            return Err(CliError::Usage(format!(
                "name a parcel of that project as well: `tuban explain {key} PARCEL_KEY`"
            )));
        }
        let project = target::project(path)?;
        let store = self.folder.store(&project);
        let built = build::ensure(&project, &store, progress::shown().as_ref())?;
        let generation = Generation::open(&store, &built.id)?;
        let extract = extract(&generation, key)?;
        let text = match self.format {
            Format::Text => extract::text(&extract, self.lang),
            Format::Json => {
                let document = serde_json::to_string_pretty(&extract::json(&extract));
                document.expect("explanations have string keys and finite numbers") + "\n"
            }
            Format::Html => page(&extract, &generation, self.lang)?,
        };
        match self.output {
            Some(file) => std::fs::write(&file, text).map_err(|cause| CliError::Write { file, cause }),
            None => answer(text.as_bytes()),
        }
    }
}

/// One word alone is a key.
fn project_and_key(what: &[String]) -> (Option<&Path>, &str) {
    match what {
        [project, key, ..] => (Some(Path::new(project)), key),
        [key] => (None, key),
        [] => (None, ""),
    }
}

fn extract(generation: &Generation, key: &str) -> Result<Extract, CliError> {
    let inquiry = generation.inquiry().ok_or_else(|| {
        let why = if generation.statistics.is_some() {
            "this generation was built by an early version and keeps nothing to explain; `tuban build` makes one that does"
        } else {
            "no layer has the role `parcels`, so there is nothing to explain"
        };
        CliError::Usage(why.to_owned())
    })?;
    match inquiry.ask(key)? {
        Some(explanation) => Ok(Extract::new(explanation, &generation.manifest)),
        None => Err(CliError::Usage(unknown(inquiry, key)?)),
    }
}

/// What to say of a key that no parcel has: those most like it.
fn unknown(inquiry: &Inquiry, key: &str) -> Result<String, StoreError> {
    let keys = inquiry.keys()?;
    let near: Vec<String> =
        nearest_few(key, keys.iter().map(String::as_str), 3).into_iter().map(|near| format!("`{near}`")).collect();
    Ok(format!("no parcel has the key `{key}`; the nearest of {} are {}", keys.len(), near.join(", ")))
}

fn page(extract: &Extract, generation: &Generation, language: Language) -> Result<String, CliError> {
    let around = match generation.findings() {
        Some(findings) => extract::surroundings(&findings.lookup().open()?, &extract.explanation.key)?,
        None => None,
    };
    Ok(extract::page(extract, around.as_ref(), language))
}
