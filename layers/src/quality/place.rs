//! Do the data lie where their reference system says? Wrong zones and swapped axes.

use super::Ledger;
use super::catalogue::Check;
use super::policy::Thresholds;
use super::report::Flaw;
use super::table::{Table, words};
use crate::feature::{Misplaced, Placing};
use crate::project::Role;

/// Degrees by which data land elsewhere that are read in the zone next to their own, or in the one
/// after that: zones are 3 or 6 degrees wide.
const ZONES: [f64; 6] = [-3.0, 3.0, -6.0, 6.0, -12.0, 12.0];

/// Looks where the rows of one table lie.
pub(super) fn check(table: &Table<'_>, thresholds: &Thresholds, ledger: &mut Ledger) {
    let (rows, placing) = (table.layer.report.rows, &table.layer.report.placing);
    for check in [Check::SwappedAxes, Check::WrongCrs, Check::MisplacedRows] {
        ledger.of(check);
    }
    let Some(first) = placing.listed.first() else { return };
    let many = placing.outside as f64 >= thresholds.outside_share * rows as f64;
    let turned = 2 * placing.swapped >= placing.outside;
    match (many, turned) {
        (true, true) => {
            let (outside, [x, y]) = (placing.outside, first.stored);
            let message = words(
                format!("{rows} 行中有 {outside} 行在{}之外，交换坐标后在其内；首行坐标 {x} {y}", zone_zh(placing)),
                format!(
                    "{outside} of {rows} rows lie outside {}, and inside if their coordinates change places; the first is stored as {x} {y}",
                    zone_en(placing)
                ),
            );
            ledger.of(Check::SwappedAxes).add(at_row(first, table.whole(message)));
        }
        (true, false) => {
            let (outside, [x, y]) = (placing.outside, first.stored);
            let message = words(
                format!("{rows} 行中有 {outside} 行在{}之外；首行坐标 {x} {y}", zone_zh(placing)),
                format!("{outside} of {rows} rows lie outside {}; the first is stored as {x} {y}", zone_en(placing)),
            );
            ledger.of(Check::WrongCrs).add(at_row(first, table.whole(message)));
        }
        (false, _) => {
            let found = ledger.of(Check::MisplacedRows);
            found.add_uncounted(placing.outside - placing.listed.len() as u64);
            found.extend(placing.listed.iter().map(|row| {
                let [x, y] = row.stored;
                let message = words(
                    format!("在{}之外：{x} {y}", zone_zh(placing)),
                    format!("outside {}: {x} {y}", zone_en(placing)),
                );
                at_row(row, table.row(row.row, message))
            }));
        }
    }
}

fn at_row(row: &Misplaced, flaw: Flaw) -> Flaw {
    let at = row.lon_lat.map(|[lon, lat]| super::table::place(geo::Point::new(lon, lat)));
    Flaw { at, ..flaw }
}

fn zone_en(placing: &Placing) -> String {
    match placing.area_of_use {
        Some([west, south, east, north]) => {
            format!("the area of use of {} ({west} to {east} east, {south} to {north} north)", placing.system)
        }
        None => format!("what {} can describe", placing.system),
    }
}

fn zone_zh(placing: &Placing) -> String {
    match placing.area_of_use {
        Some([west, south, east, north]) => {
            format!(" {} 的使用范围（东经 {west} 至 {east}，北纬 {south} 至 {north}）", placing.system)
        }
        None => format!(" {} 可表示的范围", placing.system),
    }
}

/// Looks whether the layers that the analyses use meet the parcels, and if not, what could be why.
pub(super) fn check_together(parcels: &Table<'_>, tables: &[Table<'_>], ledger: &mut Ledger) {
    let Some(here) = parcels.extent() else { return };
    for table in tables.iter().filter(|table| !matches!(table.spec.role, Role::Plain | Role::Parcels)) {
        ledger.of(Check::LayersApart);
        let Some([west, south, east, north]) = table.extent() else { continue };
        if meet(here, [west, south, east, north]) {
            continue;
        }
        let moved = |by: &&f64| meet(here, [west + **by, south, east + **by, north]);
        let parcels = &parcels.spec.id;
        let (check, message) = if meet(here, [south, west, north, east]) {
            let en = format!("lies apart from {}, and would meet it if its axes were swapped", parcels);
            (Check::SwappedAxes, words(format!("与 {} 不相交，交换坐标轴后相交", parcels), en))
        } else if let Some(by) = ZONES.iter().find(moved) {
            let (side, en) = if *by > 0.0 { ("东", "east") } else { ("西", "west") };
            let by = by.abs();
            let message = words(
                format!("与 {} 不相交，{side}移 {by} 度后相交：二者之一带号有误", parcels),
                format!(
                    "lies apart from {}, and would meet it {by} degrees further {en}: one of the two is in another zone than declared",
                    parcels
                ),
            );
            (Check::WrongCrs, message)
        } else {
            let message = words(
                format!("位于经度 {west:.3}–{east:.3}、纬度 {south:.3}–{north:.3}，与 {} 不相交", parcels),
                format!(
                    "lies at {west:.3} to {east:.3} east, {south:.3} to {north:.3} north and does not meet {}",
                    parcels
                ),
            );
            (Check::LayersApart, message)
        };
        let at = table.layer.features.first().and_then(|feature| super::table::inside(&feature.geometry));
        ledger.of(check).add(Flaw { at, ..table.whole(message) });
    }
}

fn meet(a: [f64; 4], b: [f64; 4]) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}
