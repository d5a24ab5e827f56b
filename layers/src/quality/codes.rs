//! Use codes: there, and of the declared system.

use super::Ledger;
use super::catalogue::Check;
use super::policy::Thresholds;
use super::table::{Table, words};
use crate::codes::land_use::CodeSystem;
use crate::intake::{LayerCodes, Notes, Parcel};
use crate::project::{Field, Subject};

/// The use codes of a parcels layer, where they decide which rows are patches.
pub(super) fn check_parcels(table: &Table<'_>, patches: &[Parcel], thresholds: &Thresholds, ledger: &mut Ledger) {
    if table.spec.subject == Subject::ByCode {
        check(table, Field::Use, thresholds, ledger);
    }
    let found = ledger.of(Check::NoPatches);
    if patches.is_empty() {
        let rows = table.layer.features.len();
        let message =
            words(format!("{rows} 行中没有工业图斑"), format!("none of its {rows} rows is an industrial patch"));
        found.add(table.whole(message));
    }
}

/// The planned use codes of a plan.
pub(super) fn check_plan(table: &Table<'_>, thresholds: &Thresholds, ledger: &mut Ledger) {
    check(table, Field::PlanCode, thresholds, ledger);
}

fn check(table: &Table<'_>, field: Field, thresholds: &Thresholds, ledger: &mut Ledger) {
    // What is remarkable about the codes the analyses say; an undeclared system they refuse.
    let mut unheard = Notes::of(&table.spec.id);
    let Ok(codes) = LayerCodes::of(table.spec, table.layer, &table.columns, field, &mut unheard) else { return };
    let system = codes.system();
    let (mut missing, mut unknown, mut known) = (Vec::new(), Vec::new(), 0_u64);
    for feature in &table.layer.features {
        let Some(code) = table.columns.text(feature, field) else {
            missing.push(table.feature(feature, words("没有用地代码", "no use code")));
            continue;
        };
        match codes.read(&code, feature.row, &mut unheard) {
            Ok(_) => known += 1,
            Err(error) => {
                let (zh, _) = system_name(system);
                let near = error.nearest().map(|(near, label)| format!("，最接近的是 {near} {}", label.zh));
                let zh = format!("代码 {code:?} 不在{zh}中{}", near.unwrap_or_default());
                unknown.push(table.feature(feature, words(zh, error.to_string())));
            }
        }
    }
    let (strange, all) = (unknown.len() as f64, (unknown.len() as u64 + known) as f64);
    let suspected = ledger.of(Check::CodeSystem);
    if strange > thresholds.unknown_share * all {
        let (zh, en) = system_name(system);
        let message = words(
            format!("{all} 个代码中有 {strange} 个不在{zh}中"),
            format!("{strange} of {all} codes are not in {en}"),
        );
        suspected.add(table.whole(message));
    }
    ledger.of(Check::UnknownCodes).extend(unknown);
    ledger.of(Check::MissingCodes).extend(missing);
}

/// The system in Chinese and English.
fn system_name(system: &CodeSystem) -> (String, String) {
    match system {
        CodeSystem::Custom(_) => ("自定编码表".to_owned(), "the project's own codes".to_owned()),
        standard => (format!("编码体系 {} ", standard.name()), format!("the code system {}", standard.name())),
    }
}
