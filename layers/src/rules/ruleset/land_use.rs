//! Which 用地用海 codes belong to which group of uses, and which are mandatory content.

use serde::{Deserialize, Serialize};

use crate::codes::land_use::{UseGroup, UseGroups};

/// Code prefixes by group; what is in no list is "other" (plan 2.3.2; RULES 1.3, 1.4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandUse {
    /// Section of the plan.
    pub section: String,
    /// Industry.
    pub industrial: Vec<String>,
    /// Schools of every kind.
    pub education: Vec<String>,
    /// Urban and rural roads.
    pub road: Vec<String>,
    /// Housing.
    pub residential: Vec<String>,
    /// Commerce and services.
    pub commercial: Vec<String>,
    /// Uses that are mandatory content (强制性内容) where a plan sets them.
    pub mandatory: Vec<String>,
}

impl LandUse {
    /// The lists as the code systems take them.
    pub fn groups(&self) -> UseGroups {
        let groups = [
            (UseGroup::Industrial, &self.industrial),
            (UseGroup::Education, &self.education),
            (UseGroup::Road, &self.road),
            (UseGroup::Residential, &self.residential),
            (UseGroup::Commercial, &self.commercial),
        ];
        let groups = groups.into_iter().map(|(group, codes)| (group, codes.clone()));
        UseGroups { groups: groups.collect(), mandatory: self.mandatory.clone() }
    }
}
