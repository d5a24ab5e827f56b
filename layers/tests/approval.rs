//! Approvals, control line and five-year plan on shapes drawn in metres.

mod town;

use layers::project::{LayerSpec, Role, Settings};
use layers::stats::By;
use layers::{Analysis, Layer, Value, analyse};
use town::metres::{areas, blocks, patches, rect};
use town::{attribute, features, rows};

type Input = (LayerSpec, Layer);

const SHOWN: [&str; 5] = ["parcel", "approval_key", "approved", "in_control_line", "area_ha"];

fn run(others: Vec<Input>) -> Analysis {
    let land = [("P", rect(0., 0., 100., 100.)), ("Q", rect(200., 0., 100., 100.))];
    analyse(&[vec![patches(&land)], others].concat(), &Settings::default()).expect("sound")
}

/// The left half of P without a project, a quarter of it of which nobody says anything.
fn approvals() -> Input {
    let shapes = [("A1", "项目未落实", rect(-50., 0., 100., 100.)), ("A2", "", rect(50., -50., 100., 100.))];
    areas(Role::Approvals, "GYZT", &shapes)
}

fn control_line() -> Input {
    // In two parts, whose border divides nothing.
    let parts = [("K1", "", rect(-50., -50., 75., 300.)), ("K2", "", rect(25., -50., 50., 300.))];
    areas(Role::ControlLine, "MC", &parts)
}

#[test]
fn a_piece_of_an_approval_counts_once_on_both_sides_of_the_line() {
    let town = run(vec![approvals(), control_line()]);
    let pieces = [
        "P A1 true true 0.5000",
        "P A2 true true 0.1250",
        "P A2 true false 0.1250",
        "P - false true 0.1250",
        "P - false false 0.1250",
        "Q - false false 1.0000",
    ];
    assert_eq!(features(&town, "approvals", &SHOWN), pieces);
    let row = |key: &str, count, area: &str| (key.to_owned(), count, area.to_owned());
    assert_eq!(rows(&town, "approval"), [row("approved", 2, "0.75"), row("missing", 2, "1.25")]);
    let table = &town.statistics.table("approval").expect("a table").rows;
    let in_line = table.of_which.iter().map(|row| (row.count.unwrap_or(0), format!("{:.3}", row.area_ha)));
    assert_eq!(in_line.collect::<Vec<_>>(), [(2, "0.625".to_owned()), (1, "0.125".to_owned())]);
    assert!((table.of_which[0].share.expect("a share") - 0.625 / 0.75).abs() < 1e-6);
    assert_eq!(attribute(&town, "P", "approval"), "partial".into());
    assert_eq!(attribute(&town, "Q", "approval"), "missing".into());
    assert_eq!(attribute(&town, "P", "in_control_line"), true.into());
    assert_eq!(attribute(&town, "Q", "in_control_line"), false.into());
}

#[test]
fn without_a_layer_nothing_is_said() {
    let no_line = run(vec![approvals()]);
    assert_eq!(features(&no_line, "approvals", &SHOWN)[0], "P A1 true - 0.5000");
    assert!(no_line.statistics.table("approval").expect("a table").rows.of_which.is_empty());
    assert_eq!(attribute(&no_line, "P", "in_control_line"), Value::Null);
    let no_approvals = run(vec![control_line()]);
    assert!(no_approvals.statistics.table("approval").is_none());
    assert_eq!(features(&no_approvals, "approvals", &SHOWN), [""; 0]);
    assert_eq!(attribute(&no_approvals, "P", "approval"), Value::Null);
    assert_eq!(attribute(&no_approvals, "P", "in_control_line"), true.into());
}

#[test]
fn approved_land_that_was_never_supplied_has_a_scenario_of_table_9() {
    let town = run(vec![approvals()]);
    assert_eq!(features(&town, "approvals", &["approval_key", "scenario"]), ["A1 S1a", "A2 -", "- -", "- -"]);
    let table = &town.statistics.table("unsupplied").expect("a table").rows;
    assert_eq!(table.rows.iter().filter(|row| row.key.starts_with('S')).count(), 7);
    assert_eq!((table.rows[0].key.as_str(), table.rows[0].count), ("S1a", Some(1)));
    assert_eq!(table.total.count, Some(1));
    assert_eq!(table.not_assessed.as_ref().and_then(|row| row.count), Some(1), "of A2 nobody says anything");
}

#[test]
fn where_approvals_overlap_the_first_has_the_land() {
    let shapes = [("A1", "", rect(0., 0., 60., 100.)), ("A2", "", rect(40., 0., 60., 100.))];
    let town = run(vec![areas(Role::Approvals, "MC", &shapes)]);
    assert_eq!(features(&town, "approvals", &SHOWN)[..2], ["P A1 true - 0.6000", "P A2 true - 0.4000"]);
    assert!(town.notes.iter().any(|note| note.message.contains("approvals overlap") && note.rows == [1]));
}

#[test]
fn a_word_that_the_rules_do_not_list_is_noted() {
    let strange = [("A1", "不详", rect(0., 0., 100., 100.))];
    let town = run(vec![areas(Role::Approvals, "GYZT", &strange)]);
    let noted = |note: &layers::rules::Note| note.message.contains("\"不详\"") && note.rows == [1];
    assert!(town.notes.iter().any(noted), "{:?}", town.notes);
    assert!(town.statistics.table("unsupplied").is_none());
}

#[test]
fn the_five_year_plan_acts_where_it_says_so() {
    let renewal = [("1", "列入计划", rect(90., 90., 50., 50.)), ("2", "未列入计划", rect(200., 0., 100., 100.))];
    let town = run(vec![areas(Role::Renewal, "JHZT", &renewal)]);
    assert_eq!(attribute(&town, "P", "action"), "planned".into(), "a corner of it");
    assert_eq!(attribute(&town, "Q", "action"), "not_planned".into());
    assert_eq!(attribute(&run(vec![]), "P", "action"), Value::Null);
    let unsaid = run(vec![areas(Role::Renewal, "BZ", &renewal[1..])]);
    assert_eq!(attribute(&unsaid, "Q", "action"), "planned".into(), "no column says otherwise");
    assert_eq!(attribute(&unsaid, "P", "action"), "not_planned".into());
}

#[test]
fn the_conflicting_share_of_a_patch_is_published() {
    let town = run(vec![blocks(&[("0701", rect(0., 0., 25., 100.)), ("1001", rect(-100., -100., 900., 900.))])]);
    let percent = attribute(&town, "P", "conflict_pct").as_f64().expect("a share");
    assert!((percent - 25.0).abs() < 1e-4, "{percent}");
    assert_eq!(attribute(&town, "Q", "conflict_pct").as_f64(), Some(0.0));
}

#[test]
fn a_park_cannot_be_called_as_a_row_of_tables() {
    let parks = [("none", "A", rect(0., 0., 100., 100.)), ("none_", "B", rect(200., 0., 10., 10.))];
    let town = run(vec![areas(Role::Parks, "MC", &parks)]);
    assert_eq!(attribute(&town, "P", "park"), "none__".into());
    let groups = town.statistics.table("far").expect("a table").by(By::Park).expect("there are parks");
    let keys: Vec<&str> = groups.iter().map(|group| group.key.as_str()).collect();
    assert_eq!(keys, ["none__", "none_", "none"]);
}

#[test]
fn tables_tell_no_park_from_no_knowledge_of_parks() {
    let elsewhere = [("S", "Far away", rect(900., 0., 100., 100.))];
    let parks = run(vec![areas(Role::Parks, "MC", &elsewhere)]);
    let groups = parks.statistics.table("far").expect("a table").by(By::Park).expect("there are parks");
    assert_eq!(groups.last().map(|group| group.key.as_str()), Some("none"));
    assert!(run(vec![]).statistics.table("far").expect("a table").by(By::Park).is_none());
}

#[test]
fn zones_that_a_missing_input_may_change_are_a_group_of_their_own() {
    let line = [("K", "", rect(0., 0., 100., 100.))];
    let town = run(vec![areas(Role::ControlLine, "MC", &line)]);
    assert_eq!(attribute(&town, "P", "zone"), "agglomeration".into());
    assert_eq!(attribute(&town, "Q", "zone"), Value::Null);
    let groups = town.statistics.table("overview").expect("a table").by(By::Zone).expect("a zone is known");
    let counts: Vec<_> = groups.iter().map(|group| (group.key.as_str(), group.rows.total.count.unwrap_or(0))).collect();
    assert_eq!(
        counts,
        [("agglomeration", 1), ("transformation", 0), ("relocation", 0), ("none", 0), ("not_assessed", 1)]
    );
}

#[test]
fn slivers_are_noted_with_the_rows_of_the_parcels() {
    let plan = blocks(&[("0701", rect(0., 0., 0.1, 100.)), ("1001", rect(-100., -100., 900., 900.))]);
    let town = run(vec![plan]);
    let note = town.notes.iter().find(|note| note.message.contains("slivers")).expect("a note");
    assert_eq!((note.layer.as_str(), note.rows.as_slice()), ("parcels", &[1][..]));
    assert_eq!(town.conservation.patches, 2);
    assert_eq!(town.conservation.over_tolerance, 0);
}
