//! Figures of patches and plan that cannot be, or cannot both be (RULES 1.7, QA flags).

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Ledger;
use super::catalogue::Check;
use super::policy::Thresholds;
use super::report::Flaw;
use super::table::{Table, words};
use crate::intake::{Notes, Parcel, polygons_of};
use crate::measure::ellipsoidal_area;
use crate::project::{Field, RepeatedKeys};

/// Floor area ratios and densities that differ by less are equal: recorded areas are rounded, and an
/// outline that was drawn on another is the same but for reprojection.
const ROUNDING: f64 = 1e-3;

/// Floor area ratio and density of every patch, and how they go together.
pub(super) fn check_patches(table: &Table<'_>, patches: &[Parcel], thresholds: &Thresholds, ledger: &mut Ledger) {
    if patches.iter().any(|patch| patch.inputs.far.is_some()) {
        ledger.of(Check::FarRange);
    }
    if patches.iter().any(|patch| patch.inputs.density.is_some()) {
        ledger.of(Check::DensityRange);
    }
    for patch in patches {
        if let Some(far) = patch.inputs.far.filter(|far| *far > thresholds.far_max) {
            let message = words(format!("容积率 {far:.2}"), format!("floor area ratio {far:.2}"));
            ledger.of(Check::FarRange).add(table.patch(patch, Some(far), message));
        }
        if let Some(density) = patch.inputs.density.filter(|density| *density > 1.0 + ROUNDING) {
            let percent = density * 100.0;
            let message = words(format!("建筑密度 {percent:.1} %"), format!("density {percent:.1} %"));
            ledger.of(Check::DensityRange).add(table.patch(patch, Some(percent), message));
        }
        if let Some((far, density)) = patch.inputs.far.zip(patch.inputs.density) {
            check_together(table, patch, far, density, ledger);
        }
    }
}

/// A storey is at least its footprint: where there is one, there is the other.
fn check_together(table: &Table<'_>, patch: &Parcel, far: f64, density: f64, ledger: &mut Ledger) {
    let all = [Check::FarBelowDensity, Check::FarWithoutFootprint, Check::FootprintWithoutFar];
    all.into_iter().for_each(|check| {
        ledger.of(check);
    });
    let (check, amount) = match (far > 0.0, density > 0.0) {
        (true, true) if far < density - ROUNDING => (Check::FarBelowDensity, Some(density - far)),
        (true, false) => (Check::FarWithoutFootprint, None),
        (false, true) => (Check::FootprintWithoutFar, None),
        _ => return,
    };
    let percent = density * 100.0;
    let message = words(
        format!("容积率 {far:.3}，建筑密度 {percent:.1} %"),
        format!("floor area ratio {far:.3}, density {percent:.1} %"),
    );
    ledger.of(check).add(table.patch(patch, amount, message));
}

/// Upper limits of a plan.
pub(super) fn check_limits(table: &Table<'_>, thresholds: &Thresholds, ledger: &mut Ledger) {
    let columns = &table.columns;
    let mut notes = Notes::of(&table.spec.id);
    let limits = [(Field::FarMax, thresholds.far_max), (Field::DensityMax, 1.0), (Field::GreenMin, 1.0)];
    for (field, most) in limits {
        let Some(place) = columns.place(field) else { continue };
        let found = ledger.of(Check::PlanLimits);
        for feature in &table.layer.features {
            let limit = match field {
                Field::FarMax => columns.amount(feature, field, &mut notes),
                _ => columns.share(feature, field, &mut notes),
            };
            if let Some(limit) = limit.filter(|limit| *limit > most + ROUNDING) {
                let (column, as_read) = (columns.name(place), limit);
                let message = words(
                    format!("字段 {column} 读作 {as_read}"),
                    format!("column {column} ({}) is taken as {as_read}", field.name()),
                );
                found.add(table.feature(feature, message));
            }
        }
    }
}

/// Recorded areas against the geometry.
pub(super) fn check_areas(table: &Table<'_>, thresholds: &Thresholds, ledger: &mut Ledger) {
    if table.columns.place(Field::Area).is_none() {
        return;
    }
    let found = ledger.of(Check::AreaMismatch);
    let mut notes = Notes::of(&table.spec.id);
    // Parts of one parcel may each record the area of the whole.
    let mut rows_of: BTreeMap<String, u32> = BTreeMap::new();
    if table.spec.repeated_keys == RepeatedKeys::Merge {
        for feature in &table.layer.features {
            *rows_of.entry(table.columns.text(feature, Field::Key).unwrap_or_default().into_owned()).or_default() += 1;
        }
    }
    let is_part = |key: Option<String>| key.and_then(|key| rows_of.get(&key)).is_some_and(|rows| *rows > 1);
    for feature in &table.layer.features {
        let Some(recorded) = table.columns.area(feature, Field::Area, &mut notes) else { continue };
        if is_part(table.columns.text(feature, Field::Key).map(Cow::into_owned)) {
            continue;
        }
        let drawn = ellipsoidal_area(&polygons_of(&feature.geometry)).0;
        let difference = recorded - drawn;
        if difference.abs() > thresholds.area_tolerance_m2.max(thresholds.area_tolerance * drawn) {
            let message = words(
                format!("登记 {recorded:.2} m²，图形 {drawn:.2} m²"),
                format!("recorded {recorded:.2} m², drawn {drawn:.2} m²"),
            );
            found.add(Flaw { amount: Some(difference), ..table.feature(feature, message) });
        }
    }
}
