//! From assessed patches to the plan's tables.
//!
//! Every table is made the same way: [`Item`]s (an area with its class and place), one after the
//! other, and one function that adds them up, whole and group by group.

mod add;
mod approval;
mod development;
mod land;
mod marginal;
mod remediation;

use approval::{approval, unsupplied};
use development::{density, far, intensity};
use land::{changes, conflicts, conformity, overview, zones};
use marginal::marginal;
use remediation::{disposal, idle, inefficient, low, permits};

use geo::MultiPolygon;

use crate::codes::{CodeList, Label};
use crate::facts::ConflictState;
use crate::intake::Land;
use crate::stats::{By, OwnedLabel, Table};

use super::assess::Assessed;
use super::marginal::MarginalPiece;
use super::place::{Place, Zone};
use super::read::Read;
use super::{RuleSet, common};
use add::{GroupSums, Sums};

/// What was found, beside what was read.
pub(super) struct Found<'a> {
    pub assessed: &'a [Assessed],
    /// Hectares and place of land that becomes industrial.
    pub gained: Vec<(f64, Place)>,
    pub marginal: &'a [MarginalPiece],
    /// The zones that have land.
    pub zones: &'a [(Zone, MultiPolygon<f64>)],
}

/// Every table for which there is what it needs, in the order of the plan.
pub(super) fn all(found: &Found<'_>, read: &Read, rules: &RuleSet) -> Vec<Table> {
    let Found { assessed, gained, marginal, zones: outlines } = found;
    let (parks, scopes) = (read.parks.as_deref(), read.scopes.as_deref());
    let names = GroupNames { parks: parks.unwrap_or_default(), scopes: scopes.unwrap_or_default() };
    let mut made = vec![overview(assessed, &names)];
    if read.zoned {
        made.push(changes(assessed, gained, &names));
        made.push(conflicts(assessed, &names));
        made.push(conformity(assessed, &names));
    }
    if let Some(approvals) = &read.approvals {
        made.push(approval(assessed, &names));
        made.extend(unsupplied(assessed, approvals, &rules.scenarios, &names));
    }
    made.push(far(assessed, &names, rules));
    made.push(density(assessed, &names, rules));
    made.push(intensity(assessed, &names, rules));
    if read.zoned {
        made.push(self::marginal(assessed, marginal, &names));
    }
    if !outlines.is_empty() {
        made.push(zones(assessed, &names));
    }
    if common::tells_of_idle_land(&read.common) {
        made.push(idle(assessed, &names));
    }
    made.push(low(assessed, &names));
    made.push(inefficient(assessed, &names, rules));
    if read.zoned {
        made.push(disposal(assessed, &names, rules));
        made.extend(permits(assessed, &names));
    }
    made
}

/// Something that a table adds up.
#[derive(Clone, Copy, Debug)]
struct Item {
    /// Place of its class in the table's list; `None` = not assessed.
    class: Option<usize>,
    hectares: f64,
    /// Whether it counts, or only adds area (a second piece of the same patch).
    counts: bool,
    /// Which of the table's cross-cutting parts it belongs to, one bit each.
    parts: u8,
    /// In which of them it counts: a second piece of a patch may be its first in a part.
    counts_in: u8,
    place: Place,
    /// How the patch stands to the plan.
    conflict: Option<ConflictState>,
}

/// What kind of table it is.
struct Plan<'a> {
    table: &'static str,
    title: Label,
    counts: Label,
    rule: &'a str,
    classes: Vec<(String, OwnedLabel)>,
    /// Classes from this place on are shown but are not part of the total.
    in_total: usize,
    total: Label,
    /// Key and label of each cross-cutting part, and the class it is a share of (`None` = total).
    parts: &'a [(&'static str, Label, Option<usize>)],
    /// What it can be broken down by.
    by: &'static [By],
}

/// Where a patch lies.
const PLACES: &[By] = &[By::Park, By::Zone, By::Scope];
/// And how it stands to the plan.
const PLACES_AND_PLAN: &[By] = &[By::Park, By::Zone, By::Scope, By::Conflict];

/// Names of parks and study areas, for groups.
pub(super) struct GroupNames<'a> {
    pub parks: &'a [Land],
    pub scopes: &'a [Land],
}

impl Plan<'_> {
    fn make(&self, items: impl IntoIterator<Item = Item>, names: &GroupNames<'_>) -> Table {
        let mut whole = Sums::of(self);
        let mut groups: Vec<GroupSums> = self.by.iter().map(|by| GroupSums::of(*by, self, names)).collect();
        for item in items {
            whole.add(self, &item);
            groups.iter_mut().for_each(|group| group.add(self, &item));
        }
        Table {
            table: self.table.to_owned(),
            title: (&self.title).into(),
            counts: (&self.counts).into(),
            unit: "ha".to_owned(),
            rule: self.rule.to_owned(),
            rows: whole.rows(self),
            breakdowns: groups.into_iter().filter_map(|group| group.finish(self)).collect(),
        }
    }
}

fn coded(list: &CodeList) -> Vec<(String, OwnedLabel)> {
    list.codes.iter().map(|code| (code.code.to_string(), (&code.label).into())).collect()
}

/// Classes 1, 2, … with the names that the rules give them.
fn numbered<'l>(labels: impl Iterator<Item = &'l OwnedLabel>) -> Vec<(String, OwnedLabel)> {
    (1..).zip(labels).map(|(class, label)| (class.to_string(), label.clone())).collect()
}

const PATCHES: Label = Label::new("图斑", "patches");
const TOTAL: Label = Label::new("合计", "Total");
const NOT_ASSESSED: Label = Label::new("未评价", "Not assessed");

/// A table over whole patches by one of their classes.
fn by_class(
    patches: &[Assessed],
    names: &GroupNames<'_>,
    classes: Vec<(String, OwnedLabel)>,
    (table, title, rule): (&'static str, Label, &str),
    class: impl Fn(&Assessed) -> Option<usize>,
) -> Table {
    let items = patches.iter().map(|patch| whole(patch, class(patch)));
    let plan = Plan {
        table,
        title,
        counts: PATCHES,
        rule,
        classes,
        in_total: usize::MAX,
        total: TOTAL,
        parts: &[],
        by: PLACES_AND_PLAN,
    };
    plan.make(items, names)
}

fn whole(patch: &Assessed, class: Option<usize>) -> Item {
    Item {
        class,
        hectares: patch.parcel.inputs.area.hectares(),
        counts: true,
        parts: 0,
        counts_in: 0,
        place: patch.place,
        conflict: patch.plan.conflict,
    }
}
