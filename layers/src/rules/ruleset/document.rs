//! A rule file as text and as a tree that knows where everything stands.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use super::problem::{Problem, Severity};

/// A rule file that is TOML.
pub(super) struct Document<'t> {
    text: &'t str,
    root: Spanned<DeTable<'t>>,
}

impl<'t> Document<'t> {
    /// Reads `text`; refuses it with every place at which it is no TOML.
    pub(super) fn parse(text: &'t str) -> Result<Self, Vec<Problem>> {
        let (root, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok(Self { text, root });
        }
        let problem = |error: &Error| Problem {
            severity: Severity::Error,
            line: line(text, error.span().map_or(0, |span| span.start)),
            path: String::new(),
            message: error.message().replace('\n', ", "),
        };
        Err(errors.iter().map(problem).collect())
    }

    pub(super) fn root(&self) -> &DeTable<'t> {
        self.root.get_ref()
    }

    /// The line of the value at a path such as `far.classes[2].is`, or of the last part of the path
    /// that is there.
    pub(super) fn line_of(&self, path: &str) -> usize {
        let mut offset = 0;
        let mut table = Some(self.root());
        for part in path.split('.') {
            let (name, places) = part.split_once('[').map_or((part, ""), |(name, places)| (name, places));
            let entry = table.and_then(|table| table.iter().find(|(key, _)| key.get_ref() == name));
            let Some((key, value)) = entry else { break };
            offset = key.span().start;
            let mut value: &DeValue<'_> = value.get_ref();
            for place in places.split(['[', ']']).filter_map(|place| place.parse::<usize>().ok()) {
                let Some(item) = value.get(place) else { break };
                offset = item.span().start;
                value = item.get_ref();
            }
            table = value.as_table();
        }
        line(self.text, offset)
    }
}

fn line(text: &str, offset: usize) -> usize {
    1 + text.get(..offset).unwrap_or(text).matches('\n').count()
}

/// The text without a byte order mark and with plain line ends: what an editor or a checkout does
/// to a file makes no other rules of it.
pub(super) fn normalised(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\r') { text.replace("\r\n", "\n").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_line() {
        let text = "[a]\nb = [\n  { c = 1 },\n  { c = [1,\n 2] },\n]\n[[d.e]]\nf = 1\n\n[[d.e]]\nf = 2\n";
        let document = Document::parse(text).unwrap_or_else(|_| unreachable!("it is TOML"));
        let lines = ["a", "a.b", "a.b[1]", "a.b[1].c[1]", "d.e[1]", "d.e[1].f", "a.x.y", "z"];
        assert_eq!(lines.map(|path| document.line_of(path)), [1, 2, 4, 5, 10, 11, 1, 1]);
    }

    #[test]
    fn every_place_that_is_no_toml_is_named() {
        let problems = Document::parse("a = \nb = 1\nc = 'x\n").err().unwrap_or_default();
        assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [1, 3]);
    }
}
