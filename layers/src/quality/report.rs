//! What the checks found: the content of `quality.json`.

use serde::{Deserialize, Serialize};

use super::catalogue::{Check, Severity};
use super::policy::Policy;
use crate::stats::OwnedLabel;

/// What the checks found, one answer a check, in the order of [`Check::ALL`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// The answers.
    pub checks: Vec<Answer>,
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The name of the check.
    pub check: String,
    /// What people call it.
    pub title: OwnedLabel,
    /// How bad a flaw is in this project.
    pub severity: Severity,
    /// How many flaws there are; `None` if there was nothing to check.
    pub count: Option<u64>,
    /// How many are good enough; `None` = any number.
    pub allowed: Option<u64>,
    /// What a flaw's amount is, where it has one.
    pub unit: Option<String>,
    /// All amounts together, where they are areas.
    pub total: Option<f64>,
    /// What to do about a flaw.
    pub hint: OwnedLabel,
    /// The first [`Quality::LISTED`] flaws: the largest where they have an amount, else by layer and row.
    pub flaws: Vec<Flaw>,
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flaw {
    /// The layer.
    pub layer: String,
    /// The name of its GeoPackage, without the folder.
    pub file: String,
    /// Its table.
    pub table: String,
    /// The row in it; `None` where the layer as a whole is concerned.
    pub row: Option<i64>,
    /// The key of the row, if it has one.
    pub key: Option<String>,
    /// A place in it: longitude and latitude in degrees, to the centimetre.
    pub at: Option<[f64; 2]>,
    /// How bad it is in the state of the check, see [`Answer::severity`].
    pub severity: Severity,
    /// How much, in the unit of the check.
    pub amount: Option<f64>,
    /// What is wrong.
    pub message: OwnedLabel,
}

impl Quality {
    /// So many flaws of a check are listed; the rest are only counted.
    pub const LISTED: usize = 1000;

    /// The checks that found more than is allowed.
    pub fn worse(&self) -> impl Iterator<Item = &Answer> {
        self.checks.iter().filter(|answer| answer.is_worse())
    }

    /// The answer to a check.
    pub fn answer(&self, check: Check) -> Option<&Answer> {
        self.checks.iter().find(|answer| answer.check == check.name())
    }
}

impl Answer {
    /// Whether more flaws were found than are allowed.
    pub fn is_worse(&self) -> bool {
        self.count.zip(self.allowed).is_some_and(|(count, allowed)| count > allowed)
    }

    /// Whether a larger number of flaws could be allowed.
    pub fn can_be_allowed(&self) -> bool {
        let check = Check::ALL.into_iter().find(|check| check.name() == self.check);
        check.is_some_and(|check| check.about().can_be_allowed)
    }
}

/// The flaws of one check as they are found.
#[derive(Debug, Default)]
pub(super) struct Found {
    flaws: Vec<Flaw>,
    /// Flaws that are known to be there but not which.
    more: u64,
    /// What to do beside the check's own hint.
    advice: Option<OwnedLabel>,
}

impl Found {
    pub(super) fn is_empty(&self) -> bool {
        self.flaws.is_empty() && self.more == 0
    }

    pub(super) fn advise(&mut self, advice: OwnedLabel) {
        self.advice = Some(advice);
    }

    pub(super) fn add(&mut self, flaw: Flaw) {
        self.flaws.push(flaw);
    }

    pub(super) fn add_uncounted(&mut self, more: u64) {
        self.more += more;
    }

    pub(super) fn extend(&mut self, flaws: impl IntoIterator<Item = Flaw>) {
        self.flaws.extend(flaws);
    }
}

/// The answer to a check; `found` is `None` if there was nothing to check.
pub(super) fn answer(check: Check, found: Option<Found>, policy: &Policy) -> Answer {
    let (about, severity) = (check.about(), policy.severity(check));
    let count = found.as_ref().map(|found| found.flaws.len() as u64 + found.more);
    let Found { mut flaws, advice, .. } = found.unwrap_or_default();
    let mut hint = OwnedLabel::from(&about.hint);
    if let Some(advice) = advice {
        hint = OwnedLabel { zh: format!("{}（{}）", hint.zh, advice.zh), en: format!("{} ({})", hint.en, advice.en) };
    }
    let areas = about.unit == Some("m²") && count.is_some();
    let total = areas.then(|| flaws.iter().filter_map(|flaw| flaw.amount).map(f64::abs).sum()).map(four_decimals);
    // Stable: where amounts are equal, layer and row decide, as found.
    let size = |flaw: &Flaw| flaw.amount.map_or(0.0, f64::abs);
    flaws.sort_by(|a, b| size(b).total_cmp(&size(a)));
    flaws.truncate(Quality::LISTED);
    for flaw in &mut flaws {
        (flaw.severity, flaw.amount) = (severity, flaw.amount.map(four_decimals));
    }
    Answer {
        check: check.name().to_owned(),
        title: (&about.title).into(),
        severity,
        count,
        allowed: policy.allowed(check),
        unit: about.unit.map(str::to_owned),
        total,
        hint,
        flaws,
    }
}

/// Nobody measures finer than a square centimetre.
fn four_decimals(amount: f64) -> f64 {
    (amount * 1e4).round() / 1e4
}
