//! The checks of a rule file, section by section: what no value shows alone.

mod classes;
mod disposal;
pub(super) mod inefficient;
mod intensity;
mod land;
mod land_use;
mod scenarios;
mod words;

use serde::de::DeserializeOwned;

use super::document::Document;
use super::problem::{Problem, Problems, Severity};
use super::schema::SECTIONS;
use super::{Content, shape};

/// Reads the rules of `text`, with everything that is wrong with them or hardly meant. There are no
/// rules if one of the problems is an error.
pub(super) fn check(text: &str) -> (Option<Content>, Vec<Problem>) {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(problems) => return (None, problems),
    };
    let mut problems = Problems::of(&document);
    shape::check_table(document.root(), SECTIONS, "", &mut problems);
    let content = sections(text, &mut problems);
    let problems = problems.in_order();
    let sound = problems.iter().all(|problem| problem.severity == Severity::Warning);
    (content.filter(|_| sound), problems)
}

/// Reads every section that has the right shape and checks it; what belongs to two sections is
/// checked if both have.
fn sections(text: &str, problems: &mut Problems<'_>) -> Option<Content> {
    let table: toml::Table = match toml::from_str(text) {
        Ok(table) => table,
        Err(error) => {
            problems.error("", error.message());
            return None;
        }
    };
    let rules = section(&table, "rules", problems);
    let land_use = section(&table, "land_use", problems);
    let far = section(&table, "far", problems);
    let density = section(&table, "density", problems);
    let intensity = section(&table, "intensity", problems);
    let marginal = section(&table, "marginal", problems);
    let idle = section(&table, "idle", problems);
    let low = section(&table, "low", problems);
    let inefficient = section(&table, "inefficient", problems);
    let disposal = section(&table, "disposal", problems);
    let scenarios = section(&table, "scenarios", problems);
    let words = section(&table, "words", problems);

    land_use.iter().for_each(|land_use| land_use::check(land_use, problems));
    far.iter().for_each(|far| classes::check("far", far, problems));
    density.iter().for_each(|density| classes::check("density", density, problems));
    intensity.iter().for_each(|how| intensity::check(how, far.as_ref(), density.as_ref(), problems));
    marginal.iter().for_each(|marginal| land::check_marginal(marginal, problems));
    low.iter().for_each(|low| land::check_low(low, problems));
    inefficient.iter().for_each(|inefficient| inefficient::check(inefficient, problems));
    let sent = disposal.as_ref().and_then(|disposal| disposal::check(disposal, problems));
    if let Some(rows) = &scenarios {
        scenarios::check(rows, disposal.as_ref(), sent.as_deref(), idle.as_ref(), problems);
    }
    words.iter().for_each(|words| words::check(words, problems));
    Some(Content {
        rules: rules?,
        land_use: land_use?,
        far: far?,
        density: density?,
        intensity: intensity?,
        marginal: marginal?,
        idle: idle?,
        low: low?,
        inefficient: inefficient?,
        disposal: disposal?,
        scenarios: scenarios?,
        words: words?,
    })
}

fn section<T: DeserializeOwned>(table: &toml::Table, name: &str, problems: &mut Problems<'_>) -> Option<T> {
    if !problems.is_sound(name) {
        return None;
    }
    match table.get(name)?.clone().try_into() {
        Ok(section) => Some(section),
        Err(error) => {
            problems.error(name, error.message().replace('\n', ", "));
            None
        }
    }
}

/// `3 and 4`, `1, 3 and 13`.
fn listed(words: impl IntoIterator<Item = impl ToString>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| word.to_string()).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}
