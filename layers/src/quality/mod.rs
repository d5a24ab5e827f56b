//! The quality gate: what is wrong with the data, all of it in one run, with place and remedy.
//!
//! [`check`] asks every question of [`Check::ALL`] whose inputs are there and never ends at bad data.
//! Its [`Quality`] is `quality.json`; a [`Policy`] says when data are too bad to publish. One kind of
//! question a file. Repairs are not made here: reading makes them ([`crate::valid`]), and reports them.

mod about;
mod catalogue;
mod codes;
mod coverage;
mod duplicate;
mod fabric;
mod gaps;
mod geometry;
mod keys;
mod meet;
mod place;
mod policy;
mod ranges;
mod report;
mod table;
mod values;

use std::collections::BTreeMap;

pub use catalogue::{About, Check, Severity};
pub use policy::{Policy, ThresholdInfo, Thresholds};
pub use report::{Answer, Flaw, Quality};

use report::{Found, answer};
use table::Table;

use crate::feature::Layer;
use crate::intake::{self, Parcel};
use crate::project::{LayerSpec, Role, Settings};
use crate::rules::AnalyseError;

/// Asks every question whose inputs are there.
///
/// # Errors
/// Only what is wrong with the configuration: a role given twice, a column that is not there, a
/// field without a column, use codes without a declared system. Bad data are never an error.
pub fn check(inputs: &[(LayerSpec, Layer)], settings: &Settings, policy: &Policy) -> Result<Quality, AnalyseError> {
    refuse_double_roles(inputs)?;
    let tables: Vec<Table<'_>> = inputs.iter().map(|(spec, layer)| Table::of(spec, layer)).collect::<Result<_, _>>()?;
    let mut ledger = Ledger::default();
    for table in &tables {
        geometry::check(table, &mut ledger);
        values::check(table, &mut ledger);
        place::check(table, &policy.thresholds, &mut ledger);
    }
    let with_role = |role: Role| tables.iter().find(|table| table.spec.role == role);
    if let Some(parcels) = with_role(Role::Parcels) {
        place::check_together(parcels, &tables, &mut ledger);
        let buildings = with_role(Role::Buildings).map(|table| (table.spec, table.layer));
        let groups = settings.rules.land_use.groups();
        let patches = intake::patches(parcels.spec, parcels.layer, buildings, settings)?;
        if let Some(zoning) = with_role(Role::Zoning) {
            // The analyses would refuse it in the same words.
            intake::plan_polygons(zoning.spec, zoning.layer, &groups)?;
        }
        keys::check(parcels, &groups, &mut ledger)?;
        check_analysed(parcels, with_role(Role::Zoning), &patches, policy, &mut ledger);
    }
    let answers = Check::ALL.into_iter().map(|check| answer(check, ledger.found.remove(&check), policy));
    Ok(Quality { checks: answers.collect() })
}

/// The questions asked of patches and the plan over them.
fn check_analysed(
    parcels: &Table<'_>,
    zoning: Option<&Table<'_>>,
    patches: &[Parcel],
    policy: &Policy,
    ledger: &mut Ledger,
) {
    let thresholds = &policy.thresholds;
    codes::check_parcels(parcels, patches, thresholds, ledger);
    ranges::check_patches(parcels, patches, thresholds, ledger);
    ranges::check_areas(parcels, thresholds, ledger);
    duplicate::check(parcels, ledger);
    fabric::check_patches(parcels, patches, thresholds, ledger);
    if let Some(zoning) = zoning {
        keys::check_plan(zoning, ledger);
        codes::check_plan(zoning, thresholds, ledger);
        ranges::check_limits(zoning, thresholds, ledger);
        ranges::check_areas(zoning, thresholds, ledger);
        duplicate::check(zoning, ledger);
        fabric::check_plan(zoning, thresholds, ledger);
        coverage::check(parcels, patches, zoning, thresholds, ledger);
    }
}

/// Roads and plain layers may be many; of every other role there is one layer.
fn refuse_double_roles(inputs: &[(LayerSpec, Layer)]) -> Result<(), AnalyseError> {
    if !inputs.iter().any(|(spec, _)| spec.role == Role::Parcels) {
        return Ok(());
    }
    let mut taken: BTreeMap<Role, &str> = BTreeMap::new();
    for (spec, _) in inputs.iter().filter(|(spec, _)| !matches!(spec.role, Role::Plain | Role::Roads)) {
        if let Some(first) = taken.insert(spec.role, &spec.id) {
            let (first, second) = (first.to_owned(), spec.id.clone());
            return Err(AnalyseError::RoleTwice { role: spec.role.name(), first, second });
        }
    }
    Ok(())
}

/// What was found, by check; a check that is not in it had nothing to check.
#[derive(Debug, Default)]
struct Ledger {
    found: BTreeMap<Check, Found>,
}

impl Ledger {
    /// The flaws of a check; with this it counts as asked.
    fn of(&mut self, check: Check) -> &mut Found {
        self.found.entry(check).or_default()
    }
}
