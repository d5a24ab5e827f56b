//! What a project takes for good enough: thresholds, severities and how many flaws it allows.

use std::collections::BTreeMap;

use serde::Serialize;

use super::catalogue::{Check, Severity};

/// What a project takes for good enough.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Policy {
    /// When something is a flaw.
    pub thresholds: Thresholds,
    /// Severities other than the checks' own, by the name of the check.
    pub severity: BTreeMap<&'static str, Severity>,
    /// How many flaws of a check are allowed, by its name. What is not here: none of an error, any
    /// number of others.
    pub allow: BTreeMap<&'static str, u64>,
    /// Whether flaws are only reported and nothing keeps data from being published.
    pub only_report: bool,
}

impl Policy {
    /// How bad a flaw of a check is in this project.
    pub fn severity(&self, check: Check) -> Severity {
        self.severity.get(check.name()).copied().unwrap_or_else(|| check.about().severity)
    }

    /// How many flaws of a check are good enough; `None` = any number.
    pub fn allowed(&self, check: Check) -> Option<u64> {
        if self.only_report {
            return None;
        }
        let written = self.allow.get(check.name()).copied();
        written.or_else(|| (self.severity(check) == Severity::Error).then_some(0))
    }
}

/// When something is a flaw.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Thresholds {
    /// Largest believable floor area ratio.
    pub far_max: f64,
    /// A recorded area may differ from that of the geometry by this share of it …
    pub area_tolerance: f64,
    /// … or by this many square metres.
    pub area_tolerance_m2: f64,
    /// An overlap of at most this many square metres is none.
    pub overlap_m2: f64,
    /// A hole of at most this many square metres is a gap …
    pub gap_m2: f64,
    /// … and so is a larger one that is narrower than this many metres.
    pub gap_width_m: f64,
    /// A patch of which at most this share is not covered by the plan is covered.
    pub uncovered_share: f64,
    /// Where more than this share of the codes is unknown, the code system is.
    pub unknown_share: f64,
    /// Where at least this share of the rows lies outside the area of use, the reference system is wrong.
    pub outside_share: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            far_max: 20.0,
            area_tolerance: 0.01,
            area_tolerance_m2: 1.0,
            overlap_m2: 1.0,
            gap_m2: 100.0,
            gap_width_m: 1.0,
            uncovered_share: 0.01,
            unknown_share: 0.5,
            outside_share: 0.5,
        }
    }
}

/// A threshold by its name in `tuban.toml`, its unit and what it says.
pub struct ThresholdInfo {
    /// Its name.
    pub name: &'static str,
    /// Its unit; empty for pure numbers.
    pub unit: &'static str,
    /// What it says.
    pub means: &'static str,
    place: fn(&mut Thresholds) -> &mut f64,
}

impl Thresholds {
    /// Every threshold, in the order in which documents list them.
    pub const ALL: [ThresholdInfo; 9] = [
        ThresholdInfo {
            name: "far_max",
            unit: "",
            means: "largest believable floor area ratio",
            place: |all| &mut all.far_max,
        },
        ThresholdInfo {
            name: "area_tolerance",
            unit: "share",
            means: "a recorded area may differ from that of the geometry by this share of it",
            place: |all| &mut all.area_tolerance,
        },
        ThresholdInfo {
            name: "area_tolerance_m2",
            unit: "m²",
            means: "or by this much, if that is more",
            place: |all| &mut all.area_tolerance_m2,
        },
        ThresholdInfo {
            name: "overlap_m2",
            unit: "m²",
            means: "an overlap of at most this much is none",
            place: |all| &mut all.overlap_m2,
        },
        ThresholdInfo {
            name: "gap_m2",
            unit: "m²",
            means: "a hole of at most this much is a gap",
            place: |all| &mut all.gap_m2,
        },
        ThresholdInfo {
            name: "gap_width_m",
            unit: "m",
            means: "and so is a larger one that is narrower than this",
            place: |all| &mut all.gap_width_m,
        },
        ThresholdInfo {
            name: "uncovered_share",
            unit: "share",
            means: "a patch of which at most this much is without a planned use is covered",
            place: |all| &mut all.uncovered_share,
        },
        ThresholdInfo {
            name: "unknown_share",
            unit: "share",
            means: "where more than this much of a layer's codes is unknown, the code system is suspected",
            place: |all| &mut all.unknown_share,
        },
        ThresholdInfo {
            name: "outside_share",
            unit: "share",
            means: "where at least this much of a layer's rows lies outside the area of use, the reference system is suspected",
            place: |all| &mut all.outside_share,
        },
    ];

    /// Sets the threshold of that name; `false` if there is none.
    pub fn set(&mut self, name: &str, value: f64) -> bool {
        match Self::ALL.iter().find(|threshold| threshold.name == name) {
            Some(threshold) => {
                *(threshold.place)(self) = value;
                true
            }
            None => false,
        }
    }
}

impl ThresholdInfo {
    /// Its value where the project does not say otherwise.
    pub fn default_value(&self) -> f64 {
        *(self.place)(&mut Thresholds::default())
    }
}
