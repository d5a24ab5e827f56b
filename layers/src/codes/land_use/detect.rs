//! Which standard a column's codes belong to, where nobody says: only if nothing else fits.
//!
//! The same code means different uses in different standards (RULES 4.2), so a system is taken only
//! where it knows the codes and the others clearly do not, or say the same.

use std::collections::BTreeMap;
use std::fmt;

use super::{CodeError, CodeSystem, UseCode};

/// A few rows may be slips, so a system fits that knows this share of them.
const FITS: f64 = 0.99;

/// A system that knows less than this share of the rows is another one.
const CLEARLY_NOT: f64 = 0.9;

/// A system that can be taken without being declared, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Detected {
    /// The system.
    pub system: CodeSystem,
    /// Why no other will do, in words.
    pub because: String,
}

/// Why no system can be taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Doubt {
    /// Several systems fit and say different things.
    SeveralFit {
        /// Names of the systems, the best first.
        systems: Vec<String>,
        /// Codes that they read differently.
        readings: Vec<Reading>,
    },
    /// No system fits.
    NoneFits {
        /// Name of each system with the share of rows that it knows.
        shares: Vec<(String, f64)>,
        /// The first codes that the best of them does not know.
        unknown: Vec<String>,
        /// The system that would fit if leading zeros were put back.
        with_zeros: Option<String>,
    },
}

/// What several systems say of one code.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The code as recorded.
    pub code: String,
    /// System and label, in Chinese and English.
    pub says: Vec<(String, String)>,
}

/// The standard that these codes, each with its number of rows, belong to beyond doubt.
///
/// `restoring_zero` as in [`CodeSystem::read_restoring_zero`].
///
/// # Errors
/// [`Doubt`] where several standards fit and differ, or none fits.
pub fn detect(codes: &BTreeMap<String, u64>, restoring_zero: bool) -> Result<Detected, Doubt> {
    let mut ranked: Vec<Fit<'_>> =
        CodeSystem::STANDARDS.into_iter().map(|system| Fit::of(system, codes, restoring_zero)).collect();
    // Stable: of systems that fit as well, the newest classification comes first.
    ranked.sort_by(|a, b| b.share.total_cmp(&a.share));
    let best = ranked.first().filter(|best| best.share >= FITS);
    let Some(best) = best else { return Err(none_fits(&ranked, codes, restoring_zero)) };
    let rivals: Vec<&Fit<'_>> = ranked.iter().filter(|fit| fit.share >= CLEARLY_NOT).collect();
    let readings = differences(&rivals, codes);
    if !readings.is_empty() {
        let systems = rivals.iter().map(|fit| fit.system.name().to_owned()).collect();
        return Err(Doubt::SeveralFit { systems, readings });
    }
    let others = ranked.iter().filter(|fit| fit.system != best.system);
    let others = others.map(|fit| {
        let same = if fit.share >= CLEARLY_NOT { ", which it reads alike" } else { "" };
        format!("{} {}{same}", fit.system.name(), percent(fit.share))
    });
    let because = format!(
        "it knows the codes of {} of the rows ({})",
        percent(best.share),
        others.collect::<Vec<_>>().join(", ")
    );
    Ok(Detected { system: best.system.clone(), because })
}

/// How one system reads the codes.
struct Fit<'c> {
    system: CodeSystem,
    /// The codes that stand in its table as they are.
    known: BTreeMap<&'c str, UseCode>,
    /// The share of rows that have them.
    share: f64,
}

impl<'c> Fit<'c> {
    fn of(system: CodeSystem, codes: &'c BTreeMap<String, u64>, restoring_zero: bool) -> Self {
        let read = |code: &str| if restoring_zero { system.read_restoring_zero(code) } else { system.read(code) };
        let exact = |code: &'c String| Some((code.as_str(), read(code).ok().filter(UseCode::is_exact)?));
        let known: BTreeMap<&str, UseCode> = codes.keys().filter_map(exact).collect();
        let rows: u64 = codes.values().sum();
        let with: u64 = codes.iter().filter(|(code, _)| known.contains_key(code.as_str())).map(|(_, rows)| rows).sum();
        // No counting of rows comes near 2^53.
        let share = if rows == 0 { 0.0 } else { with as f64 / rows as f64 };
        Self { system, known, share }
    }
}

/// The codes that these systems read as different uses.
fn differences(rivals: &[&Fit<'_>], codes: &BTreeMap<String, u64>) -> Vec<Reading> {
    let meaning = |code: &UseCode| code.parts.iter().map(|part| part.ydyh.clone()).collect::<Vec<_>>();
    let reading = |code: &String| {
        let read: Vec<(&Fit<'_>, &UseCode)> =
            rivals.iter().filter_map(|fit| Some((*fit, fit.known.get(code.as_str())?))).collect();
        let (_, first) = read.first()?;
        let differ = read.iter().any(|(_, other)| meaning(other) != meaning(first));
        let says = |(fit, code): &(&Fit<'_>, &UseCode)| {
            let label = code.label();
            (fit.system.name().to_owned(), format!("{} ({})", label.zh, label.en))
        };
        differ.then(|| Reading { code: code.clone(), says: read.iter().map(says).collect() })
    };
    codes.keys().filter_map(reading).collect()
}

fn none_fits(ranked: &[Fit<'_>], codes: &BTreeMap<String, u64>, restoring_zero: bool) -> Doubt {
    let best = ranked.first();
    let unknown = codes.keys().filter(|code| best.is_some_and(|best| !best.known.contains_key(code.as_str())));
    let with_zeros = CodeSystem::STANDARDS.into_iter().filter(|_| !restoring_zero).find(|system| {
        let lost = codes.keys().any(|code| matches!(system.read(code), Err(CodeError::LostZero { .. })));
        lost && Fit::of(system.clone(), codes, true).share >= FITS
    });
    Doubt::NoneFits {
        shares: ranked.iter().map(|fit| (fit.system.name().to_owned(), fit.share)).collect(),
        unknown: unknown.cloned().collect(),
        with_zeros: with_zeros.map(|system| system.name().to_owned()),
    }
}

/// A share in whole percent; never 100 where anything is missing, nor 0 where anything is there.
fn percent(share: f64) -> String {
    let rounded = (share * 100.0).round();
    let honest = if share < 1.0 && share > 0.0 { rounded.clamp(1.0, 99.0) } else { rounded };
    format!("{honest} %")
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// As many codes as a message names.
        const SHOWN: usize = 5;
        let rest = |count: usize| if count > SHOWN { format!(", and {} more", count - SHOWN) } else { String::new() };
        match self {
            Self::SeveralFit { systems, readings } => {
                let say = |reading: &Reading| {
                    let says = reading.says.iter().map(|(system, label)| format!("{label} in {system}"));
                    format!("{} is {}", reading.code, says.collect::<Vec<_>>().join(" and "))
                };
                let shown: Vec<String> = readings.iter().take(SHOWN).map(say).collect();
                let declare: Vec<String> = systems.iter().map(|system| format!("codes = {system:?}")).collect();
                let more = rest(readings.len());
                write!(
                    f,
                    "its codes fit {}, which differ: {}{more}; set {}",
                    systems.join(" and "),
                    shown.join("; "),
                    declare.join(" or ")
                )
            }
            Self::NoneFits { shares, unknown, with_zeros } => {
                let known: Vec<String> = shares
                    .iter()
                    .map(|(system, share)| format!("{system} knows {} of its rows", percent(*share)))
                    .collect();
                let shown: Vec<String> = unknown.iter().take(SHOWN).map(|code| format!("{code:?}")).collect();
                let best = shares.first().map_or("", |(system, _)| system);
                write!(f, "its codes are those of no known system: {}", known.join(", "))?;
                if !shown.is_empty() {
                    write!(f, "; not in {best}: {}{}", shown.join(", "), rest(unknown.len()))?;
                }
                match with_zeros {
                    Some(system) => write!(f, "; with leading zeros put back they are those of {system}: set codes = {system:?} and leading_zero = true"),
                    None => f.write_str("; set codes = \"ydyh2023\", \"gbt21010\", \"gb50137\" or the name of a [codes.NAME] table of your own"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(codes: &[(&str, u64)]) -> Result<Detected, Doubt> {
        detect(&codes.iter().map(|(code, rows)| ((*code).to_owned(), *rows)).collect(), false)
    }

    #[test]
    fn codes_of_one_standard_alone_are_taken_with_the_reason() {
        let survey =
            detected(&[("0101", 40), ("0305", 20), ("0601", 20), ("08H2", 10), ("1104A", 10)]).expect("GB/T 21010");
        assert_eq!(survey.system, CodeSystem::Gbt21010);
        assert_eq!(survey.because, "it knows the codes of 100 % of the rows (ydyh2023 60 %, gb50137 0 %)");
        assert_eq!(detected(&[("M1", 5), ("R2+B1", 9)]).expect("GB 50137").system, CodeSystem::Gb50137);
        assert_eq!(detected(&[("100101", 5), ("0701", 9), ("1401", 9)]).expect("2023").system, CodeSystem::YdyhV2023);
    }

    #[test]
    fn a_slip_in_a_hundred_rows_does_not_hide_the_standard() {
        assert_eq!(detected(&[("M1", 99), ("?", 1)]).expect("GB 50137").system, CodeSystem::Gb50137);
        assert!(detected(&[("M1", 98), ("?", 2)]).is_err());
    }

    #[test]
    fn codes_that_several_standards_read_alike_are_no_doubt() {
        let alike = detected(&[("0101", 5), ("0701", 9)]).expect("paddy and housing in both");
        assert_eq!(alike.system, CodeSystem::YdyhV2023);
        assert!(alike.because.contains("gbt21010 100 %, which it reads alike"), "{}", alike.because);
    }

    #[test]
    fn what_is_doubtful_is_said_with_each_reading() {
        let doubts = [
            detected(&[("1001", 5), ("0804", 3), ("0701", 9)]),
            detected(&[("0801", 1), ("0802", 1), ("0803", 1), ("0804", 1), ("0805", 1), ("0806", 1), ("0807", 1)]),
            detected(&[("400", 5), ("101", 3), ("0701", 9), ("x", 1), ("y", 1), ("z", 1), ("w", 1)]),
            detected(&[("701", 5), ("100101", 3)]),
            detected(&[]),
        ];
        let said: Vec<String> = doubts.into_iter().map(|doubt| doubt.expect_err("a doubt").to_string()).collect();
        insta::assert_snapshot!(said.join("\n"));
    }
}
