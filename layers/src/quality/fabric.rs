//! Land that two rows of one layer claim, and holes that none of them does.

use std::borrow::Cow;

use geo::{BooleanOps, InteriorPoint, MultiPolygon, Orient, orient::Direction};
use rayon::prelude::*;

use super::Ledger;
use super::catalogue::Check;
use super::duplicate::vertices_of;
use super::gaps::{Gap, gaps};
use super::meet::{common_box, may_overlap};
use super::policy::Thresholds;
use super::report::Flaw;
use super::table::{Table, place, words};
use crate::intake::{Parcel, polygons_of};
use crate::measure::EqualAreaPlane;
use crate::measure::plane::plane_area;
use crate::overlay::{BoxIndex, plane_for};
use crate::project::Field;

/// One area of a layer, for messages.
struct Owner {
    row: i64,
    key: Option<String>,
}

impl Owner {
    fn zh(&self) -> String {
        self.key.as_ref().map_or_else(|| format!("第 {} 行", self.row), |key| format!("{key}（第 {} 行）", self.row))
    }
    fn en(&self) -> String {
        self.key.as_ref().map_or_else(|| format!("row {}", self.row), |key| format!("{key} (row {})", self.row))
    }
}

/// Areas of a layer in one plane.
struct Fabric {
    plane: EqualAreaPlane,
    owners: Vec<Owner>,
    areas: Vec<MultiPolygon<f64>>,
    index: BoxIndex,
}

impl Fabric {
    fn of<'a>(areas: impl Iterator<Item = (Owner, &'a MultiPolygon<f64>)>) -> Option<Self> {
        let (owners, areas): (Vec<Owner>, Vec<&MultiPolygon<f64>>) = areas.unzip();
        let plane = plane_for(areas.iter().copied())?;
        // Uniting wants exterior and interior rings to run against each other.
        let areas: Vec<_> =
            areas.par_iter().map(|area| plane.project_polygons(area).orient(Direction::Default)).collect();
        let index = BoxIndex::new(&areas);
        Some(Self { plane, owners, areas, index })
    }

    fn degrees(&self, area: &MultiPolygon<f64>) -> Option<[f64; 2]> {
        area.interior_point().map(|point| place(self.plane.unproject(point.0).into()))
    }
}

/// Overlaps of patches, and gaps between all rows of their layer: a house between two factories
/// is no gap.
pub(super) fn check_patches(table: &Table<'_>, patches: &[Parcel], thresholds: &Thresholds, ledger: &mut Ledger) {
    let owner = |patch: &Parcel| Owner {
        row: patch.inputs.row,
        key: Some(patch.inputs.key.to_string()).filter(|key| !key.is_empty()),
    };
    if let Some(fabric) = Fabric::of(patches.iter().map(|patch| (owner(patch), &patch.boundary))) {
        ledger.of(Check::Overlaps).extend(overlaps(table, &fabric, thresholds));
    }
    if let Some(fabric) = whole(table) {
        ledger.of(Check::Gaps).extend(holes(table, &fabric, thresholds));
    }
}

/// Overlaps of and gaps between plan polygons.
pub(super) fn check_plan(table: &Table<'_>, thresholds: &Thresholds, ledger: &mut Ledger) {
    if let Some(fabric) = whole(table) {
        ledger.of(Check::PlanOverlaps).extend(overlaps(table, &fabric, thresholds));
        ledger.of(Check::PlanGaps).extend(holes(table, &fabric, thresholds));
    }
}

/// Every row of a layer that has an area.
fn whole(table: &Table<'_>) -> Option<Fabric> {
    let areas: Vec<(Owner, MultiPolygon<f64>)> = table
        .layer
        .features
        .iter()
        .map(|feature| {
            let key = table.columns.text(feature, Field::Key).map(Cow::into_owned);
            (Owner { row: feature.row, key }, polygons_of(&feature.geometry))
        })
        .collect();
    Fabric::of(areas.iter().map(|(owner, area)| (Owner { row: owner.row, key: owner.key.clone() }, area)))
}

/// Pairs that have more land in common than the threshold; the same polygon twice is told elsewhere.
fn overlaps(table: &Table<'_>, fabric: &Fabric, thresholds: &Thresholds) -> Vec<Flaw> {
    let limit = thresholds.overlap_m2;
    let hashes: Vec<u128> = fabric.areas.par_iter().map(|area| vertices_of(&area.clone().into())).collect();
    let of = |first: usize| {
        let a = &fabric.areas[first];
        let later = fabric.index.near(a).into_iter().filter(move |second| *second > first);
        later
            .filter(|second| hashes[first] != hashes[*second])
            .filter_map(|second| {
                let b = &fabric.areas[second];
                let room = common_box(a, b)?;
                if room.width() * room.height() <= limit || !may_overlap(a, b) {
                    return None;
                }
                let common = a.intersection(b);
                let area = plane_area(&common).0;
                (area > limit).then(|| overlap(table, fabric, (first, second), &common, area))
            })
            .collect::<Vec<Flaw>>()
    };
    (0..fabric.areas.len()).into_par_iter().flat_map_iter(of).collect()
}

fn overlap(
    table: &Table<'_>,
    fabric: &Fabric,
    (first, second): (usize, usize),
    common: &MultiPolygon<f64>,
    area: f64,
) -> Flaw {
    let (one, other) = (&fabric.owners[first], &fabric.owners[second]);
    let message =
        words(format!("与 {} 重叠 {area:.2} m²", other.zh()), format!("overlaps {} by {area:.2} m²", other.en()));
    let (row, key) = (Some(one.row), one.key.clone());
    Flaw { row, key, at: fabric.degrees(common), amount: Some(area), ..table.whole(message) }
}

/// Small holes between the areas of a layer, each told of the first area beside it.
fn holes(table: &Table<'_>, fabric: &Fabric, thresholds: &Thresholds) -> Vec<Flaw> {
    let flaw = |hole: &Gap| {
        let near = fabric.index.near(&hole.surroundings());
        let touching = near.iter().filter(|area| hole.touches(&fabric.areas[**area]));
        let owners: Vec<&Owner> = touching.take(3).map(|area| &fabric.owners[*area]).collect();
        let zh: Vec<String> = owners.iter().map(|owner| owner.zh()).collect();
        let en: Vec<String> = owners.iter().map(|owner| owner.en()).collect();
        let message = words(
            format!("{} 之间的缝隙，{:.2} m²，宽约 {:.2} m", zh.join("、"), hole.area, hole.width),
            format!("a hole beside {}: {:.2} m², about {:.2} m wide", en.join(", "), hole.area, hole.width),
        );
        let first = owners.first();
        let (row, key) = (first.map(|owner| owner.row), first.and_then(|owner| owner.key.clone()));
        Flaw { row, key, at: fabric.degrees(&hole.land), amount: Some(hole.area), ..table.whole(message) }
    };
    gaps(&fabric.areas, thresholds).iter().map(flaw).collect()
}
