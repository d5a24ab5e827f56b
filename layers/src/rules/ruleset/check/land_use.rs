//! Prefixes of land-use codes: each a code of the standard, none in two groups.

use super::super::LandUse;
use crate::codes::land_use::CodeSystem;
use crate::rules::ruleset::problem::Problems;

/// Checks every list of the section.
pub(super) fn check(land_use: &LandUse, problems: &mut Problems<'_>) {
    let groups = [
        ("industrial", &land_use.industrial),
        ("education", &land_use.education),
        ("road", &land_use.road),
        ("residential", &land_use.residential),
        ("commercial", &land_use.commercial),
    ];
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for (group, codes) in groups {
        check_codes(&format!("land_use.{group}"), codes, problems);
        for (place, code) in codes.iter().enumerate() {
            if let Some((first, _)) = seen.iter().find(|(first, known)| *first != group && known == code) {
                problems.error(
                    format!("land_use.{group}[{place}]"),
                    format!("{code:?} is in {first} already; a code belongs to one group"),
                );
            }
            seen.push((group, code));
        }
    }
    check_codes("land_use.mandatory", &land_use.mandatory, problems);
}

/// Checks the list of codes at `list`.
pub(super) fn check_codes(list: &str, codes: &[String], problems: &mut Problems<'_>) {
    let Some(table) = CodeSystem::YdyhV2023.table() else { return };
    for (place, code) in codes.iter().enumerate() {
        let here = format!("{list}[{place}]");
        if table.get(code).is_none() {
            // A code that lost its leading zero is likelier than any other slip.
            let meant = table.get(&format!("0{code}")).or_else(|| table.nearest(code));
            let meant = meant.map_or_else(
                || "they have 2, 4 or 6 digits, such as 07, 1001 or 100101".to_owned(),
                |entry| format!("did you mean {:?} ({})?", entry.code, entry.label.zh),
            );
            problems.error(here, format!("{code:?} is no 用地用海 2023 code; {meant}"));
        } else if codes.iter().take(place).any(|before| before == code) {
            problems.error(here, format!("{code:?} stands twice in the list"));
        }
    }
}
