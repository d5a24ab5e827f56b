//! What is known about a patch: the inputs of every rule, as recorded and measured.
//!
//! Nothing here is an answer. A field that is `None` is not recorded, and a rule that needs it does
//! not answer.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::project::Field;
use crate::units::SquareMetres;

macro_rules! answers {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// Every answer, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The answer's code in rule files, tiles and tables.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The answer of a code.
            pub fn of_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|answer| answer.code() == code)
            }
        }
    };
}

answers! {
    /// How a patch is used; idle wins over low (RULES 1.14).
    Status {
        /// 闲置.
        Idle = "idle",
        /// 低强度.
        Low = "low",
        /// Neither.
        Normal = "normal",
    }
}
answers! {
    /// How a patch stands to the detailed plan.
    ConflictState {
        /// The plan keeps it industrial.
        None = "none",
        /// The plan wants adjustable content.
        NonMandatory = "non_mandatory",
        /// The plan wants mandatory content (强条) on at least a part of it.
        Mandatory = "mandatory",
    }
}
answers! {
    /// What the enterprise wants (企业意愿).
    Will {
        /// To stay and to renew.
        Renew = "renew",
        /// Nothing.
        None = "none",
        /// To leave, or unable to stay.
        Exit = "exit",
        /// Nobody knows.
        Unknown = "unknown",
    }
}
answers! {
    /// Whether the five-year plan (五年行动计划) acts here.
    Action {
        /// It does.
        Planned = "planned",
        /// It does not.
        NotPlanned = "not_planned",
        /// Nobody knows.
        Unknown = "unknown",
    }
}
answers! {
    /// Why land is idle (plan 4.2.1, table 9).
    Cause {
        /// The government's doing.
        Government = "government",
        /// The enterprise's doing.
        Enterprise = "enterprise",
        /// Court seizure and the like.
        Other = "other",
    }
}
answers! {
    /// State of production.
    Production {
        /// It runs, under whatever hand.
        Running = "running",
        /// It stopped.
        Stopped = "stopped",
        /// The plant is being built.
        Building = "building",
        /// Nothing was ever built.
        Unbuilt = "unbuilt",
    }
}
answers! {
    /// Production conditions: safety, environment, fire, energy.
    Conditions {
        /// Met.
        Met = "met",
        /// Being mended.
        Mending = "mending",
        /// Not met after mending.
        Failed = "failed",
    }
}
answers! {
    /// Whether approved land was supplied, and if not, why (plan 4.2.1, table 9).
    Supply {
        /// It was.
        Supplied = "supplied",
        /// No project.
        NoProject = "no_project",
        /// Acquisition or infrastructure is missing.
        NotReady = "not_ready",
        /// Ready, but nobody came.
        Ready = "ready",
        /// Roads, parks, pipes paid for by the government.
        PublicWorks = "public_works",
        /// Green belts and corners that nobody can use.
        GreenBelt = "green_belt",
        /// Used before it was supplied.
        UsedFirst = "used_first",
        /// Plan or policy changed, the land is as it was.
        PlanChanged = "plan_changed",
    }
}

/// What the sources record about one patch, and its measures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inputs {
    /// The cadastre's own key.
    pub key: Arc<str>,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Arc<str>>,
    /// The row it came from.
    pub row: i64,
    /// Area of record, by the build's area method.
    pub area: SquareMetres,
    /// Whether the area is what the layer records.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub area_recorded: bool,
    /// Use code as recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_code: Option<Arc<str>>,
    /// Site area, which floor area is set against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_area: Option<SquareMetres>,
    /// Legal floor area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor_area: Option<SquareMetres>,
    /// Planned construction land, which footprint is set against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build_land: Option<SquareMetres>,
    /// Building footprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footprint: Option<SquareMetres>,
    /// Floor area ratio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub far: Option<f64>,
    /// Building density, a fraction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub density: Option<f64>,
    /// Whether the land is granted (已出让).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<bool>,
    /// What its buildings have together, where ratio or density come from them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built: Option<Built>,
    /// What contract, tax office and survey say; most layers record none of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Box<Record>>,
}

/// What the buildings of a patch have together; `None` if one of them does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Built {
    /// How many there are.
    pub count: usize,
    /// Floor area.
    pub floor: Option<SquareMetres>,
    /// Footprint.
    pub footprint: Option<SquareMetres>,
}

/// What contract, tax office and survey say of a patch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Floor area ratio agreed in the contract, lower limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed_far: Option<f64>,
    /// Agreed start of construction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed_start: Option<Date>,
    /// Agreed completion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed_finish: Option<Date>,
    /// Whether construction started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<bool>,
    /// Actual start of construction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual_start: Option<Date>,
    /// Whether construction is suspended: the column of the day is filled in, legibly or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended: Option<bool>,
    /// Day since which construction is suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended_since: Option<Date>,
    /// Area due to be developed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_area: Option<SquareMetres>,
    /// Area developed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub developed_area: Option<SquareMetres>,
    /// Total investment, any unit of money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub investment: Option<f64>,
    /// Investment made, the same unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invested: Option<f64>,
    /// Why it is idle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Whether the price of the land is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid: Option<bool>,
    /// Tax per mu of the year before last, 10 000 yuan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_before: Option<f64>,
    /// Tax per mu of the last year, 10 000 yuan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_last: Option<f64>,
    /// Tax on production of the last year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub production_tax: Option<f64>,
    /// Whether the enterprise is above scale (规上).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above_scale: Option<bool>,
    /// State of production.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub production: Option<Production>,
    /// Years without production.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_years: Option<i64>,
    /// Found low by hand, or found not to be; stronger than every criterion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low_by_hand: Option<bool>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low_reason: Option<Arc<str>>,
    /// What the enterprise wants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub will: Option<Will>,
    /// Whether its proposal conforms to the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conforms: Option<bool>,
    /// End of the land-use right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term_end: Option<Date>,
    /// Use on the certificate, as recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_use: Option<Arc<str>>,
    /// Industry code (GB/T 4754).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub industry: Option<Arc<str>>,
    /// Annual rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<Arc<str>>,
    /// Whether it is in bankruptcy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bankrupt: Option<bool>,
    /// Production conditions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Conditions>,
    /// Whether it is left over from history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legacy: Option<bool>,
    /// Forced clearance, decided by hand (row M of RULES 1.14).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force_out: Option<bool>,
}

/// What all patches have in common: the day to which the data tell, the city's means, and what the
/// layer records at all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Common {
    /// The day on which the data were closed; idle time is counted up to it.
    pub reference_date: Option<Date>,
    /// Mean tax per mu of all patches on record, 10 000 yuan.
    pub tax_mean: Option<f64>,
    /// The same of above-scale enterprises.
    pub tax_mean_above_scale: Option<f64>,
    /// The fields of [`Record`] for which the layer has a column: what is missing there is not asked,
    /// what is empty in one row is not known of that patch.
    #[serde(default)]
    pub recorded: BTreeSet<Field>,
}
