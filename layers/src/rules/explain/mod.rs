//! Why a patch is what it is: each rule in order, with inputs, threshold, results and a sentence.
//!
//! An explanation asks the rules again, by the same functions that made map and tables, of the same
//! inputs ([`Dossier`]). It is laid out like an extract of land restrictions (宗地体检单): questions
//! first, then every part of the patch with area and share.

mod approval;
mod density;
mod disposal;
mod far;
mod idle;
mod inefficient;
mod input;
mod intensity;
mod low;
mod marginal;
mod overview;
mod place;
mod plan;
mod quotient;
mod words;

use std::sync::LazyLock;

use serde::Serialize;
use serde_json::Value;

use crate::dossier::{Case, Dossier};
use crate::facts::Record;
use crate::round::{percent, two};
use crate::rules::RuleSet;
use crate::stats::OwnedLabel;

pub use input::{Input, SourceCell};

/// Everything that was asked of one patch.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The patch's key.
    pub key: String,
    /// What people call it; `None` where nobody recorded it.
    pub name: Option<String>,
    /// Area of record, square metres.
    pub area_m2: f64,
    /// By which rules.
    pub rules: RulesRef,
    /// The day up to which the data tell.
    pub reference_date: Option<String>,
    /// The rules in the plan's order.
    pub steps: Vec<Step>,
}

/// Which rules an explanation went by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RulesRef {
    /// Short version, as every result carries it.
    pub version: String,
    /// SHA-256 of the rule file.
    pub sha256: String,
    /// Whose rules they are.
    pub title: OwnedLabel,
}

/// One rule, asked of one patch.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The rule's name, such as `R-FAR`.
    pub rule: &'static str,
    /// Section of the plan.
    pub section: String,
    /// What was asked.
    pub question: OwnedLabel,
    /// What it was asked of.
    pub inputs: Vec<Input>,
    /// What the inputs were held against.
    pub threshold: Option<OwnedLabel>,
    /// The answers; none = not assessed.
    pub results: Vec<Finding>,
    /// The answer in a sentence, or what is missing for one.
    pub sentence: OwnedLabel,
    /// Parts of the patch that the answer is made of.
    pub parts: Vec<Part>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Name of the attribute in the tile layer `parcels` that carries it.
    pub attribute: &'static str,
    /// What people call the attribute.
    pub title: OwnedLabel,
    /// Its value there.
    pub value: Value,
    /// What people call the value.
    pub label: OwnedLabel,
}

/// A part of a patch.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// What it is.
    pub label: OwnedLabel,
    /// Whether it stands against the patch's present use.
    pub adverse: bool,
    /// Where it comes from.
    pub source: Option<SourceCell>,
    /// Key of that row, where it has one.
    pub key: Option<String>,
    /// Area of record, square metres.
    pub area_m2: f64,
    /// Part of the patch, 0..=1.
    pub share: f64,
}

/// Asks every rule of one patch.
pub fn explain(dossier: &Dossier, case: &Case, rules: &RuleSet) -> Explanation {
    let asking = Asking { dossier, case, rules };
    let steps = [
        overview::step(&asking),
        plan::change(&asking),
        plan::conflict(&asking),
        approval::step(&asking),
        far::step(&asking),
        density::step(&asking),
        intensity::step(&asking),
        marginal::step(&asking),
        place::step(&asking),
        idle::step(&asking),
        low::step(&asking),
        inefficient::step(&asking),
        disposal::step(&asking),
    ];
    Explanation {
        key: dossier.inputs.key.to_string(),
        name: dossier.inputs.name.as_deref().map(str::to_owned),
        area_m2: dossier.inputs.area.0,
        rules: RulesRef { version: rules.version(), sha256: rules.hash().to_owned(), title: rules.rules.title.clone() },
        reference_date: case.common.reference_date.map(|date| date.to_string()),
        steps: steps.into_iter().collect(),
    }
}

/// What people call an attribute of the tile layer `parcels`; its own name if no rule answers it.
pub fn title(attribute: &str) -> OwnedLabel {
    words::known(attribute).map_or_else(|| label(attribute, attribute), words::Words::label)
}

impl Explanation {
    /// Every answer of every rule.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.steps.iter().flat_map(|step| &step.results)
    }

    /// What was found for one attribute of the tile layer `parcels`; `None` = not assessed.
    pub fn finding(&self, attribute: &str) -> Option<&Finding> {
        self.findings().find(|finding| finding.attribute == attribute)
    }
}

impl Finding {
    /// An answer with what its value is called.
    fn new(attribute: &'static str, value: impl Into<Value>, label: OwnedLabel) -> Self {
        Self { attribute, title: words::of(attribute).label(), value: value.into(), label }
    }

    /// A truth, with what it is called in Chinese and English when it holds and when it does not.
    fn truth(attribute: &'static str, truth: bool, holds: (&str, &str), not: (&str, &str)) -> Self {
        let (zh, en) = if truth { holds } else { not };
        Self::new(attribute, truth, label(zh, en))
    }

    /// A number of hectares.
    fn hectares(attribute: &'static str, hectares: f64) -> Self {
        let text = two(hectares);
        Self::new(attribute, hectares, label(format!("{text} 公顷"), format!("{text} ha")))
    }
}

/// One patch under question.
struct Asking<'a> {
    dossier: &'a Dossier,
    case: &'a Case,
    rules: &'a RuleSet,
}

/// What of a patch of which nothing is recorded is recorded.
static NOTHING: LazyLock<Record> = LazyLock::new(Record::default);

impl<'a> Asking<'a> {
    /// What contract, tax office and survey say.
    fn record(&self) -> &'a Record {
        self.dossier.inputs.record.as_deref().unwrap_or(&NOTHING)
    }

    /// A part's share of the patch.
    fn share(&self, area_m2: f64) -> f64 {
        let whole = self.dossier.inputs.area.0;
        if whole > 0.0 { area_m2 / whole } else { 0.0 }
    }

    /// "123.40 平方米（12.34%）"
    fn amount(&self, area_m2: f64) -> OwnedLabel {
        let (area, share) = (two(area_m2), percent(self.share(area_m2)));
        label(format!("{area} 平方米（{share}%）"), format!("{area} m² ({share} %)"))
    }
}

/// A label in both languages.
fn label(zh: impl Into<String>, en: impl Into<String>) -> OwnedLabel {
    OwnedLabel { zh: zh.into(), en: en.into() }
}

/// The names of the bits that are set; "none" if none is.
fn bits_label(bits: u8, names: &[OwnedLabel]) -> OwnedLabel {
    let set: Vec<&OwnedLabel> =
        names.iter().enumerate().filter(|(place, _)| u32::from(bits) >> place & 1 == 1).map(|(_, name)| name).collect();
    if set.is_empty() {
        return label("无", "none");
    }
    let join = |pick: &dyn Fn(&OwnedLabel) -> String, between: &str| {
        set.iter().map(|name| pick(name)).collect::<Vec<_>>().join(between)
    };
    label(join(&|name| name.zh.clone(), "、"), join(&|name| name.en.clone(), ", "))
}

/// The sentence of a rule that could not answer.
fn missing(inputs: &[Input]) -> OwnedLabel {
    let missing: Vec<&Input> = inputs.iter().filter(|input| input.value.is_null()).collect();
    let names = |name: &dyn Fn(&Input) -> String, between: &str| {
        missing.iter().map(|input| name(input)).collect::<Vec<_>>().join(between)
    };
    if missing.is_empty() {
        return label("未评价。", "Not assessed.");
    }
    label(
        format!("未评价：缺少{}。", names(&|input| input.label.zh.clone(), "、")),
        format!("Not assessed: {} not recorded.", names(&|input| input.label.en.clone(), ", ")),
    )
}
