//! The known word that someone probably meant.

/// The candidate most like `word`, unless none is much like it. Case does not count.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    /// Below this, words share little but a letter ("use", "key").
    const ALIKE: f64 = 0.6;
    let word = word.to_lowercase();
    // Jaro-Winkler knows long words by their beginning; in short ones it takes two letters that
    // changed places for another word, which the edit distance does not.
    let likeness = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        strsim::jaro_winkler(&word, &candidate).max(strsim::normalized_damerau_levenshtein(&word, &candidate))
    };
    let scored = candidates.into_iter().map(|candidate| (likeness(candidate), candidate));
    let best = scored.fold(None, |best: Option<(f64, &str)>, next| match best {
        Some(kept) if kept.0 >= next.0 => Some(kept),
        _ => Some(next),
    });
    best.filter(|(score, _)| *score >= ALIKE).map(|(_, candidate)| candidate)
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
    fn a_word_like_no_other_finds_none() {
        assert_eq!(nearest("xyz", ["id", "table"]), None);
    }
}
