//! Answers as sources write them: 停产闲置, 列入计划, planned.

use crate::feature::Feature;
use crate::project::Field;
use crate::rules::ruleset::Vocabulary;

use super::{Columns, Notes, named};

/// The code of the answer in a field. A word that the rule file does not list is noted, with the
/// nearest that it does, and nothing.
pub(super) fn answer<'v>(
    columns: &Columns<'_>,
    feature: &Feature,
    field: Field,
    words: &'v Vocabulary,
    notes: &mut Notes,
) -> Option<&'v str> {
    let text = columns.text(feature, field)?;
    let found = words.iter().find(|(_, listed)| listed.iter().any(|word| is_same(word, &text)));
    if found.is_none() {
        let column = columns.place(field).map_or("", |place| columns.name(place));
        let near = |word: &str| strsim::jaro_winkler(&plain(word), &plain(&text));
        let nearest = words.values().flatten().max_by(|a, b| near(a).total_cmp(&near(b)));
        let nearest = nearest.map(|word| format!(" (nearest: {word:?})")).unwrap_or_default();
        let message = format!(
            "column {column} ({0}) holds {text:?}, which words.{0} of the rules does not list{nearest}",
            named(field)
        );
        notes.add(message, feature.row);
    }
    found.map(|(code, _)| code.as_str())
}

/// Whether two words are one but for blanks and ASCII case.
fn is_same(word: &str, other: &str) -> bool {
    letters(word).eq(letters(other))
}

/// The letters of a word without blanks and ASCII case.
fn letters(word: &str) -> impl Iterator<Item = char> {
    word.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase())
}

fn plain(word: &str) -> String {
    letters(word).collect()
}
