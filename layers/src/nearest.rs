//! The known word that someone probably meant.

/// The candidate most like `word`, unless none is much like it. Case does not count.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    /// Below this, words share little but a letter ("use", "key").
    const ALIKE: f64 = 0.6;
    let scored = candidates.into_iter().map(|candidate| (likeness(word, candidate), candidate));
    let best = scored.fold(None, |best: Option<(f64, &str)>, next| match best {
        Some(kept) if kept.0 >= next.0 => Some(kept),
        _ => Some(next),
    });
    best.filter(|(score, _)| *score >= ALIKE).map(|(_, candidate)| candidate)
}

/// At most `most` candidates, those most like `word` first.
pub fn nearest_few<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>, most: usize) -> Vec<&'c str> {
    let mut scored: Vec<(f64, &str)> =
        candidates.into_iter().map(|candidate| (likeness(word, candidate), candidate)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.into_iter().take(most).map(|(_, candidate)| candidate).collect()
}

fn likeness(word: &str, candidate: &str) -> f64 {
    let (word, candidate) = (word.to_lowercase(), candidate.to_lowercase());
    // Jaro-Winkler knows long words by their beginning; in short ones it takes two letters that
    // changed places for another word, which the edit distance does not.
    strsim::jaro_winkler(&word, &candidate).max(strsim::normalized_damerau_levenshtein(&word, &candidate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        assert_eq!(nearest("tabel", ["id", "table", "file"]), Some("table"));
        assert_eq!(nearest("BMS", ["BSM", "DLBM"]), Some("BSM"));
        assert_eq!(nearest("dlmb", ["BSM", "DLBM", "MC"]), Some("DLBM"));
        assert_eq!(nearest("容积", ["名称", "容积率"]), Some("容积率"));
    }

    #[test]
    fn the_most_alike_come_first() {
        assert_eq!(nearest_few("TB007", ["X", "TB070", "TB0007", "TB008"], 2), ["TB0007", "TB070"]);
    }

    #[test]
    fn a_word_like_no_other_finds_none() {
        assert_eq!(nearest("xyz", ["id", "table"]), None);
    }
}
