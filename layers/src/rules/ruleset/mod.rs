//! The rule file: every threshold, matrix and decision table of the analyses, with a version.
//!
//! [`RuleSet::default`] is Xilinhot's plan (`xilinhot.toml`, built in). A project may name a file of
//! its own; [`RuleSet::parse`] takes nothing that could leave a parcel without an answer.

mod check;
mod cover;
mod decision;
mod document;
mod interval;
mod land_use;
mod problem;
mod ratio;
mod schema;
mod shape;
mod totality;

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::stats::OwnedLabel;

pub use decision::{Disposal, DisposalRow, Mode, Outcome, Permit, Scenario, ScenarioKind, Scenarios};
pub use interval::Interval;
pub use land_use::LandUse;
pub use problem::{Problem, RuleError, Severity};
pub use ratio::Ratio;

/// The built-in rules as they stand in their file.
pub const BUILT_IN: &str = include_str!("xilinhot.toml");

static DEFAULT: LazyLock<RuleSet> =
    LazyLock::new(|| RuleSet::parse(BUILT_IN).expect("the built-in rules are tested to be sound"));

/// The rules of the analyses as meant: complete and free of contradictions.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleSet {
    content: Arc<Content>,
    text: Arc<str>,
    hash: String,
    warnings: Arc<[Problem]>,
}

/// The tables of a rule file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// Which rules these are.
    pub rules: Identity,
    /// Which codes belong to which group of uses.
    pub land_use: LandUse,
    /// R-FAR: classes of the floor area ratio.
    pub far: Classes,
    /// R-DENSITY: classes of the building density.
    pub density: Classes,
    /// R-INTENSITY: the composite class.
    pub intensity: Intensity,
    /// R-MARGINAL: small parts that a plan cuts off.
    pub marginal: Marginal,
    /// R-IDLE: land that waits.
    pub idle: Idle,
    /// R-LOW: land used too little.
    pub low: Low,
    /// R-INEFFICIENT: the eight categories.
    pub inefficient: Inefficient,
    /// R-DISPOSAL: the decision table.
    pub disposal: Disposal,
    /// Table 9.
    pub scenarios: Scenarios,
    /// How sources write answers.
    pub words: Words,
}

/// Name and version of a rule file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Short name.
    pub id: String,
    /// Version, at the author's choice.
    pub version: String,
    /// Whose rules they are.
    pub title: OwnedLabel,
}

/// Classes of a number from zero upwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Classes {
    /// Section of the plan.
    pub section: String,
    /// Class 1 first; together they hold every number of `[0, inf)` once.
    pub classes: Vec<NumberClass>,
}

/// One class of a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberClass {
    /// The numbers in it.
    pub is: Interval,
    /// What people call it.
    pub label: OwnedLabel,
}

impl Classes {
    /// The class, from 1, of a number; `None` below zero.
    pub fn class_of(&self, number: f64) -> Option<u8> {
        let place = self.classes.iter().position(|class| class.is.contains(number))?;
        u8::try_from(place + 1).ok()
    }
}

/// How the composite class is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By a matrix of the two classes.
    Matrix,
    /// By a weighted score.
    Score,
    /// By the first class one of whose criteria holds.
    Criteria,
}

/// Composite development intensity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intensity {
    /// Section of the plan.
    pub section: String,
    /// How it is found.
    pub method: Method,
    /// The method's name, published with every value.
    pub name: String,
    /// What the classes are called, class 1 first.
    pub classes: Vec<OwnedLabel>,
    /// Used by [`Method::Matrix`].
    pub matrix: Matrix,
    /// Used by [`Method::Score`].
    pub score: Score,
    /// Used by [`Method::Criteria`].
    pub criteria: Criteria,
}

/// A class for each pair of classes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matrix {
    /// Row = class of the floor area ratio, column = class of the density, both from 1.
    pub rows: Vec<Vec<u8>>,
}

/// 100 × Σ weight × min(1, value / ideal).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// The floor area ratio's part.
    pub far: Weighted,
    /// The density's part.
    pub density: Weighted,
    /// Classes of the score, class 1 first.
    pub classes: Vec<Interval>,
}

/// One part of a score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weighted {
    /// Its weight; all weights together are 1.
    pub weight: f64,
    /// The value at which it is full.
    pub ideal: f64,
}

/// Any-of criteria.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criteria {
    /// The class where no criterion holds.
    pub otherwise: u8,
    /// Criteria in the order in which they are asked.
    pub any_of: Vec<Criterion>,
}

/// One criterion: it holds if one of its intervals holds the value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// The class it decides for.
    pub class: u8,
    /// Floor area ratios for which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub far: Option<Interval>,
    /// Densities for which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub density: Option<Interval>,
}

/// Why a small part is hard to use alone (难以单独出具规划条件).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HardToUse {
    /// It is small.
    Area,
    /// It is narrow.
    Width,
    /// No road touches it.
    Road,
}

/// Marginal land (边角地, 夹心地, 插花地).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marginal {
    /// Section that defines it.
    pub section: String,
    /// Prefixes of 用地用海 codes of linear projects, beside the roads of [`LandUse`].
    pub linear: Vec<String>,
    /// Strict upper bound, square metres.
    pub area_below_m2: f64,
    /// One of these has to hold.
    pub hard_to_use: Vec<HardToUse>,
    /// Metres.
    pub min_width_m: f64,
    /// Inclusive lower bound of the shared part of the perimeter, 0..=1.
    pub enclosed_share: f64,
    /// Inclusive lower bound of the shared part of the perimeter, 0..=1.
    pub interlocked_share: f64,
    /// So many separate stretches of shared border, or more.
    pub interlocked_stretches: usize,
    /// Strict upper bound of area over area of the convex hull.
    pub interlocked_convexity_below: f64,
    /// Inclusive upper bound, square metres.
    pub merge_area_up_to_m2: f64,
    /// Inclusive upper bound, part of the neighbour's area.
    pub merge_share_up_to: f64,
    /// Prefixes of 用地用海 codes of greens, squares and parking.
    pub public: Vec<String>,
    /// Section on its use.
    pub use_section: String,
}

/// Idle land (闲置).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Idle {
    /// Section of the plan.
    pub section: String,
    /// Years after the agreed start, inclusive.
    pub not_started_years: i16,
    /// Years of suspension, inclusive.
    pub suspended_years: i16,
    /// Strict upper bound of developed over due area.
    pub developed_below: Ratio,
    /// Strict upper bound of invested over total.
    pub invested_below: Ratio,
}

/// A criterion of low-intensity land, in the order of its bit in `low_reasons`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LowCriterion {
    /// Density or floor area ratio.
    Intensity,
    /// Built below the contract.
    Contract,
    /// Tax per mu.
    Tax,
    /// Production stopped.
    Production,
    /// By other policy, recorded by hand.
    Policy,
}

impl LowCriterion {
    /// Every criterion, in order.
    pub const ALL: [LowCriterion; 5] = [Self::Intensity, Self::Contract, Self::Tax, Self::Production, Self::Policy];

    /// Its bit in `low_reasons`.
    pub fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Low-intensity land (低强度).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Low {
    /// Section of the plan.
    pub section: String,
    /// Criteria that are asked.
    pub criteria: Vec<LowCriterion>,
    /// Strict upper bound.
    pub density_below: f64,
    /// Strict upper bound.
    pub far_below: f64,
    /// Strict upper bound, part of the mean tax per mu.
    pub tax_below_mean: f64,
    /// The means, if they are set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_mean: Option<TaxMean>,
    /// Years without production, inclusive.
    pub stopped_years: i64,
}

/// Mean tax per mu, 10 000 yuan.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxMean {
    /// Of all industrial land.
    pub all: f64,
    /// Of above-scale enterprises.
    pub above_scale: f64,
}

/// The eight categories of inefficient land (低效工业用地).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inefficient {
    /// Section of the plan.
    pub section: String,
    /// Prefixes of industries that are not admitted.
    pub industries: Vec<String>,
    /// Strict upper bound.
    pub far_below: f64,
    /// Strict upper bound, part of the mean tax per mu.
    pub tax_below_mean: f64,
    /// Ratings that count as failed.
    pub ratings: Vec<String>,
    /// The categories in the order of their bits in `inefficient`.
    pub classes: Vec<InefficientClass>,
}

/// One category of inefficient land.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InefficientClass {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub label: OwnedLabel,
}

/// Answers as sources write them: code → words.
pub type Vocabulary = std::collections::BTreeMap<String, Vec<String>>;

/// How sources write the answers that the rules ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The enterprise's will.
    pub will: Vocabulary,
    /// Why land is idle.
    pub cause: Vocabulary,
    /// State of production.
    pub production: Vocabulary,
    /// Production conditions: safety, environment, fire, energy.
    pub conditions: Vocabulary,
    /// The five-year plan.
    pub action: Vocabulary,
    /// Supply of approved land.
    pub supply: Vocabulary,
}

impl RuleSet {
    /// Reads a rule file. A byte order mark and the kind of line ends make no difference.
    ///
    /// # Errors
    /// [`RuleError`] names everything that is wrong and where.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let text = document::normalised(text);
        let (content, problems) = check::check(&text);
        let Some(content) = content else { return Err(RuleError { problems }) };
        let digest = Sha256::digest(text.as_bytes());
        let hash = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { content: Arc::new(content), text: text.into(), hash, warnings: problems.into() })
    }

    /// The file, without a byte order mark and with plain line ends.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is hardly meant, though it can be used.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// SHA-256 of [`RuleSet::text`], hexadecimal.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Name, version and the beginning of the hash, as every result carries it:
    /// `xilinhot-2024.2+1f0c9a2b`.
    pub fn version(&self) -> String {
        format!("{}-{}+{}", self.rules.id, self.rules.version, &self.hash[..8])
    }
}

/// As identity: two rule files with one hash are one.
impl Serialize for RuleSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.hash)
    }
}

impl Default for RuleSet {
    fn default() -> Self {
        DEFAULT.clone()
    }
}

impl std::ops::Deref for RuleSet {
    type Target = Content;

    fn deref(&self) -> &Content {
        &self.content
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interval_ends_belong_to_the_upper_class() {
        let far = &RuleSet::default().far;
        let classes = [0.0, f64::MIN_POSITIVE, 0.299_999_999, 0.3, 0.6, 0.999_999, 1.0, 77.5];
        assert_eq!(classes.map(|number| far.class_of(number).unwrap_or(0)), [1, 2, 2, 3, 4, 4, 5, 5]);
        assert_eq!(far.class_of(-0.1), None);
    }

    #[test]
    fn the_version_tells_one_text_from_another() {
        let changed = RuleSet::parse(&BUILT_IN.replace("[0.3, 0.6)", "[0.30, 0.6)")).expect("the same rules");
        assert_eq!(changed.far, RuleSet::default().far);
        assert_ne!(changed.version(), RuleSet::default().version());
    }
}
