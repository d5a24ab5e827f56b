//! What is wrong with a rule file, said with line, path and what would be right.

use std::fmt;

use super::document::Document;

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but hardly as meant.
    Warning,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether it keeps the file from being used.
    pub severity: Severity,
    /// The line, from 1.
    pub line: usize,
    /// The full path of the value, places of lists from 0: `far.classes[2].is`. Empty where the
    /// text is no TOML.
    pub path: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// `far.classes[2].is: …`; the line is for those who know the file's name.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.severity == Severity::Warning {
            f.write_str("warning: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// Why a rule file cannot be used: everything that is wrong with it, in the order of its lines.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", listed(problems))]
pub struct RuleError {
    /// At least one of them is an error.
    pub problems: Vec<Problem>,
}

fn listed(problems: &[Problem]) -> String {
    let lines = problems.iter().map(|problem| format!("line {}: {problem}", problem.line));
    lines.collect::<Vec<_>>().join("\n")
}

/// Collects what is wrong while a file is checked.
pub(super) struct Problems<'d> {
    document: &'d Document<'d>,
    found: Vec<Problem>,
}

impl<'d> Problems<'d> {
    pub(super) fn of(document: &'d Document<'d>) -> Self {
        Self { document, found: Vec::new() }
    }

    /// The value at `path` cannot be used.
    pub(super) fn error(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.add(Severity::Error, path.into(), message.into());
    }

    /// The value at `path` is hardly meant.
    pub(super) fn warning(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.add(Severity::Warning, path.into(), message.into());
    }

    fn add(&mut self, severity: Severity, path: String, message: String) {
        let line = self.document.line_of(&path);
        self.found.push(Problem { severity, line, path, message });
    }

    /// Whether no error is known in a section.
    pub(super) fn is_sound(&self, section: &str) -> bool {
        let within = |path: &str| path.strip_prefix(section).is_some_and(|rest| rest.is_empty() || !is_name(rest));
        !self.found.iter().any(|problem| problem.severity == Severity::Error && within(&problem.path))
    }

    /// All of them, by line; of one line in the order in which they were found.
    pub(super) fn in_order(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|problem| problem.line);
        self.found
    }
}

/// Whether what follows the beginning of a path goes on with its first key.
fn is_name(rest: &str) -> bool {
    !rest.starts_with(['.', '['])
}
