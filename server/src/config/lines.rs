//! The lines of a configuration as it is written, for `tuban config`.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Source;

/// A setting with its value and where that came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The full path of the key.
    pub key: String,
    /// Its value.
    pub value: toml::Value,
    /// `file`, `environment`, `flag` or `default`.
    pub source: &'static str,
    /// File and line, variable or flag.
    pub place: String,
}

/// Every value of a document outside `[server]` and `[log]`, in the order of the file.
pub(super) fn of(document: &DeTable<'_>, source: &Source<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for (key, value) in document.iter().filter(|(key, _)| !["server", "log"].contains(&key.get_ref().as_ref())) {
        collect(value, key.get_ref().to_string(), source, &mut lines);
    }
    lines.sort_by_key(|(offset, _)| *offset);
    lines.into_iter().map(|(_, line)| line).collect()
}

fn collect(value: &Spanned<DeValue<'_>>, key: String, source: &Source<'_>, lines: &mut Vec<(usize, Line)>) {
    match value.get_ref() {
        DeValue::Table(table) => {
            for (name, value) in table.iter() {
                collect(value, format!("{key}.{}", name.get_ref()), source, lines);
            }
        }
        DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_table()) => {
            for (number, item) in items.iter().enumerate() {
                collect(item, format!("{key}[{number}]"), source, lines);
            }
        }
        _ => {
            let span = value.span();
            // The parser has read this text as one value already.
            let written = source
                .text
                .get(span.clone())
                .and_then(|text| toml::from_str::<toml::Table>(&format!("value = {text}")).ok()?.remove("value"));
            let Some(value) = written else { return };
            let place = source.place(span.start, "");
            let place = format!("{}:{}", place.file.display(), place.line);
            lines.push((span.start, Line { key, value, source: "file", place }));
        }
    }
}
