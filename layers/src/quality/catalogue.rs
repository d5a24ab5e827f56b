//! The checks: what each asks, how bad a flaw is, and what to do about it.

use serde::{Deserialize, Serialize};

use crate::codes::Label;

/// How bad a flaw is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; results are what they should be.
    Info,
    /// Dirt that the analyses survive: results are right but for the rows concerned.
    Warning,
    /// Results would be wrong. Unless more are allowed, one is enough to publish nothing.
    Error,
}

impl Severity {
    /// Every severity, the worst first.
    pub const ALL: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Info];

    /// The severity as written in `tuban.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One question asked of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// Do east and north stand in the right order?
    SwappedAxes,
    /// Is the declared reference system that of the data?
    WrongCrs,
    /// Do the layers lie where the parcels lie?
    LayersApart,
    /// Do single rows lie far from where the reference system is used?
    MisplacedRows,
    /// Has every row a geometry that can be read?
    UnreadableGeometry,
    /// Is every geometry valid?
    InvalidGeometry,
    /// Has every row of an area layer an area?
    NoArea,
    /// Is a polygon there twice?
    DuplicateGeometry,
    /// Is any row an industrial patch?
    NoPatches,
    /// Has every patch a key?
    MissingKeys,
    /// Is every patch's key its own?
    DuplicateKeys,
    /// Is every plan polygon's key its own?
    DuplicatePlanKeys,
    /// Do the codes belong to the declared system at all?
    CodeSystem,
    /// Is every code in the system?
    UnknownCodes,
    /// Has every row a code?
    MissingCodes,
    /// Are shares written in the declared unit?
    ShareUnit,
    /// Are there numbers where numbers belong?
    MistypedValues,
    /// Are amounts not below zero?
    NegativeValues,
    /// Is the floor area ratio believable?
    FarRange,
    /// Is the density at most 100 %?
    DensityRange,
    /// Are the plan's limits believable?
    PlanLimits,
    /// Is the floor area at least the footprint?
    FarBelowDensity,
    /// Has floor area a footprint?
    FarWithoutFootprint,
    /// Has a footprint floor area?
    FootprintWithoutFar,
    /// Is the recorded area that of the geometry?
    AreaMismatch,
    /// Do patches overlap?
    Overlaps,
    /// Are there small holes between parcels?
    Gaps,
    /// Do plan polygons overlap?
    PlanOverlaps,
    /// Are there small holes between plan polygons?
    PlanGaps,
    /// Does the plan cover the patches?
    Uncovered,
    /// Was text stored in another encoding than the standard wants?
    RecodedText,
}

/// What is known of a check before it is asked.
#[derive(Clone, Debug)]
pub struct About {
    /// How bad a flaw is, unless the project says otherwise.
    pub severity: Severity,
    /// Its name for people.
    pub title: Label,
    /// What it asks and when the answer is a flaw.
    pub question: &'static str,
    /// The thresholds that it goes by, as they are called in `tuban.toml`.
    pub thresholds: &'static [&'static str],
    /// What to do about a flaw.
    pub hint: Label,
    /// What a flaw's amount is, where it has one.
    pub unit: Option<&'static str>,
    /// Whether the analyses can do with a flaw. If not, nobody can allow it.
    pub can_be_allowed: bool,
}

impl Check {
    /// Every check, in the order in which reports list them.
    pub const ALL: [Check; 31] = [
        Check::SwappedAxes,
        Check::WrongCrs,
        Check::LayersApart,
        Check::MisplacedRows,
        Check::UnreadableGeometry,
        Check::InvalidGeometry,
        Check::NoArea,
        Check::DuplicateGeometry,
        Check::NoPatches,
        Check::MissingKeys,
        Check::DuplicateKeys,
        Check::DuplicatePlanKeys,
        Check::CodeSystem,
        Check::UnknownCodes,
        Check::MissingCodes,
        Check::ShareUnit,
        Check::MistypedValues,
        Check::NegativeValues,
        Check::FarRange,
        Check::DensityRange,
        Check::PlanLimits,
        Check::FarBelowDensity,
        Check::FarWithoutFootprint,
        Check::FootprintWithoutFar,
        Check::AreaMismatch,
        Check::Overlaps,
        Check::Gaps,
        Check::PlanOverlaps,
        Check::PlanGaps,
        Check::Uncovered,
        Check::RecodedText,
    ];

    /// The check as written in `tuban.toml` and in `quality.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::SwappedAxes => "swapped_axes",
            Self::WrongCrs => "wrong_crs",
            Self::LayersApart => "layers_apart",
            Self::MisplacedRows => "misplaced_rows",
            Self::UnreadableGeometry => "unreadable_geometry",
            Self::InvalidGeometry => "invalid_geometry",
            Self::NoArea => "no_area",
            Self::DuplicateGeometry => "duplicate_geometry",
            Self::NoPatches => "no_patches",
            Self::MissingKeys => "missing_keys",
            Self::DuplicateKeys => "duplicate_keys",
            Self::DuplicatePlanKeys => "duplicate_plan_keys",
            Self::CodeSystem => "code_system",
            Self::UnknownCodes => "unknown_codes",
            Self::MissingCodes => "missing_codes",
            Self::ShareUnit => "share_unit",
            Self::MistypedValues => "mistyped_values",
            Self::NegativeValues => "negative_values",
            Self::FarRange => "far_range",
            Self::DensityRange => "density_range",
            Self::PlanLimits => "plan_limits",
            Self::FarBelowDensity => "far_below_density",
            Self::FarWithoutFootprint => "far_without_footprint",
            Self::FootprintWithoutFar => "footprint_without_far",
            Self::AreaMismatch => "area_mismatch",
            Self::Overlaps => "overlaps",
            Self::Gaps => "gaps",
            Self::PlanOverlaps => "plan_overlaps",
            Self::PlanGaps => "plan_gaps",
            Self::Uncovered => "uncovered",
            Self::RecodedText => "recoded_text",
        }
    }

    /// What is known of it before it is asked.
    pub fn about(self) -> About {
        super::about::about(self)
    }
}
