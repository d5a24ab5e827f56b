//! The words of sources: each means one answer.

use super::super::{Vocabulary, Words};
use crate::rules::ruleset::problem::Problems;

/// Checks every vocabulary.
pub(super) fn check(words: &Words, problems: &mut Problems<'_>) {
    let vocabularies = [
        ("will", &words.will),
        ("cause", &words.cause),
        ("production", &words.production),
        ("conditions", &words.conditions),
        ("action", &words.action),
        ("supply", &words.supply),
    ];
    for (name, vocabulary) in vocabularies {
        check_vocabulary(name, vocabulary, problems);
    }
}

fn check_vocabulary(name: &str, vocabulary: &Vocabulary, problems: &mut Problems<'_>) {
    let mut seen: Vec<(String, &str)> = Vec::new();
    for (answer, words) in vocabulary {
        let path = format!("words.{name}.{answer}");
        if words.is_empty() {
            problems.warning(path.clone(), "is empty, so this answer is never read");
        }
        for (place, word) in words.iter().enumerate() {
            let here = format!("{path}[{place}]");
            let plain = plain(word);
            match seen.iter().find(|(known, _)| *known == plain) {
                Some((_, other)) if other == answer => {
                    problems.error(here, format!("{word:?} stands twice in the list; blanks and case do not count"));
                }
                Some((_, other)) => problems.error(here, format!("{word:?} means `{other}` already")),
                None => seen.push((plain, answer)),
            }
        }
    }
}

/// A word as it is compared: without blanks and ASCII case.
fn plain(word: &str) -> String {
    word.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect()
}
