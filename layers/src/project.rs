//! What a project says about its layers, as meant: which table plays which role, which column
//! means what, and in which units and codes. The configuration file itself is read elsewhere.

mod field;

pub use field::Field;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::codes::land_use::CodeSystem;
use crate::feature::SourceTable;
use crate::rules::RuleSet;

/// The part a layer plays in the analyses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Current land-use patches or registered parcels: the subject of every analysis.
    Parcels,
    /// Polygons of the detailed plan with a planned use.
    Zoning,
    /// Pieces of land with an approval.
    Approvals,
    /// Land inside the industrial control line.
    ControlLine,
    /// Industrial parks.
    Parks,
    /// The five-year renewal plan.
    Renewal,
    /// Land reserved for industrial transformation.
    TransformationArea,
    /// Roads.
    Roads,
    /// The study area.
    Scope,
    /// Buildings, from which floor area and footprint of a parcel can be summed.
    Buildings,
    /// Tiled and shown, nothing more.
    Plain,
}

impl Role {
    /// Every role, in the order in which documents list them.
    pub const ALL: [Role; 11] = [
        Role::Parcels,
        Role::Zoning,
        Role::Approvals,
        Role::ControlLine,
        Role::Parks,
        Role::Renewal,
        Role::TransformationArea,
        Role::Roads,
        Role::Scope,
        Role::Buildings,
        Role::Plain,
    ];

    /// The role as written in `tuban.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Role::Parcels => "parcels",
            Role::Zoning => "zoning",
            Role::Approvals => "approvals",
            Role::ControlLine => "control_line",
            Role::Parks => "parks",
            Role::Renewal => "renewal",
            Role::TransformationArea => "transformation_area",
            Role::Roads => "roads",
            Role::Scope => "scope",
            Role::Buildings => "buildings",
            Role::Plain => "plain",
        }
    }
}

/// How a share such as density is written in a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareUnit {
    /// 0.35 means 35 %.
    #[default]
    Fraction,
    /// 35 means 35 %.
    Percent,
}

/// The unit of recorded areas in a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaUnit {
    /// Square metres.
    #[default]
    M2,
    /// Hectares.
    Ha,
    /// Mu (亩), 1/15 ha.
    Mu,
    /// International square feet, 0.09290304 m².
    Sqft,
}

impl AreaUnit {
    /// Square metres in one unit.
    pub fn square_metres(self) -> f64 {
        match self {
            Self::M2 => 1.0,
            Self::Ha => 10_000.0,
            Self::Mu => 10_000.0 / 15.0,
            Self::Sqft => 0.3048 * 0.3048,
        }
    }
}

/// Which rows of a parcels layer are industrial patches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Those whose use code belongs to the industrial group.
    #[default]
    ByCode,
    /// All of them: the layer holds nothing else.
    All,
}

/// What a parcel without any building record means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoBuilding {
    /// Nobody surveyed it: not assessed (RULES 1.0).
    #[default]
    Unknown,
    /// The survey is complete and found none: zero.
    Zero,
}

/// What parcels with the same key are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepeatedKeys {
    /// A mistake in the data, which ends the build: nobody could tell them apart.
    #[default]
    Refuse,
    /// Parts of one parcel, each in a row of its own: they become one parcel of several parts.
    Merge,
}

/// One layer of a project.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerSpec {
    /// Its name in the project; a plain layer's tile layer has it too.
    pub id: String,
    /// The part it plays.
    pub role: Role,
    /// Where it is read from.
    pub source: SourceTable,
    /// Columns by meaning. A field that is missing here may be found by its standard name.
    pub fields: BTreeMap<Field, String>,
    /// The code system of its use codes; `None` where the layer has none, or none is declared.
    pub codes: Option<CodeSystem>,
    /// Whether its codes were stored as numbers and lost their leading zero (`701` is `0701`).
    pub leading_zero: bool,
    /// How its shares are written.
    pub share_unit: ShareUnit,
    /// The unit of its recorded areas.
    pub area_unit: AreaUnit,
    /// Which of its rows are industrial patches (parcels only).
    pub subject: Subject,
    /// What a parcel without a building means (buildings only).
    pub no_building: NoBuilding,
    /// What parcels with the same key are (parcels only).
    pub repeated_keys: RepeatedKeys,
}

impl LayerSpec {
    /// A layer whose columns have standard names and of which nothing special is said.
    pub fn new(role: Role, source: SourceTable) -> Self {
        Self {
            id: role.name().into(),
            role,
            source,
            fields: BTreeMap::new(),
            codes: None,
            leading_zero: false,
            share_unit: ShareUnit::Fraction,
            area_unit: AreaUnit::default(),
            subject: Subject::ByCode,
            no_building: NoBuilding::Unknown,
            repeated_keys: RepeatedKeys::Refuse,
        }
    }
}

/// How the area of record of a parcel is found (RULES 6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaMethod {
    /// On the ellipsoid, by the survey's closed formula.
    #[default]
    Ellipsoidal,
    /// In the plane of the parcel's own 3-degree Gauss-Krüger zone.
    Planar,
    /// The area that the layer records (`area`), where it does; else ellipsoidal.
    Field,
}

/// What the analyses need to know beyond the layers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Settings {
    /// How areas of record are found.
    pub area_method: AreaMethod,
    /// Keys of the parks that, with the control line, form the agglomeration zone (plan 3.3).
    pub agglomeration_parks: Vec<String>,
    /// The day on which the data were closed; idle time is counted up to it.
    pub reference_date: Option<Date>,
    /// The rules.
    pub rules: RuleSet,
}
