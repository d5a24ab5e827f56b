//! Marginal land on shapes drawn in metres: which parts are marginal, how they lie, what they are
//! good for.

mod town;

use geo::{Polygon, wkt};
use layers::project::{Role, Settings};
use layers::rules::RuleSet;
use layers::rules::ruleset::BUILT_IN;
use layers::{Analysis, analyse};
use town::features;
use town::metres::{areas, blocks, patches, rect};

type Shapes<'a> = &'a [(&'a str, Polygon<f64>)];

/// All around, for what no other block takes.
fn rest() -> (&'static str, Polygon<f64>) {
    ("100102", rect(-1000., -1000., 3000., 3000.))
}

fn town(land: Shapes<'_>, plan: Shapes<'_>) -> Analysis {
    analyse(&[patches(land), blocks(plan)], &Settings::default()).expect("sound")
}

/// Settings whose rule file has this changed.
fn with(from: &str, to: &str) -> Settings {
    assert!(BUILT_IN.contains(from), "the rules have no {from}");
    Settings { rules: RuleSet::parse(&BUILT_IN.replace(from, to)).expect("a rule file"), ..Settings::default() }
}

fn kinds(land: Shapes<'_>, plan: Shapes<'_>) -> Vec<String> {
    features(&town(land, plan), "marginal", &["kind", "area_ha"])
}

#[test]
fn land_enclosed_on_three_quarters_of_its_border_is_enclosed() {
    let land = [("A", rect(0., 0., 200., 100.))];
    // In the middle; at the edge, exactly 75 %; at the edge, less.
    assert_eq!(kinds(&land, &[("1401", rect(50., 50., 30., 20.)), rest()]), ["enclosed 0.0600"]);
    assert_eq!(kinds(&land, &[("1401", rect(50., 0., 20., 20.)), rest()]), ["enclosed 0.0400"]);
    assert_eq!(kinds(&land, &[("1401", rect(50., 0., 21., 20.)), rest()]), ["corner 0.0420"]);
}

#[test]
fn land_between_two_parts_of_industrial_land_is_interlocked() {
    let between = |width: f64| {
        let land = [("A", rect(0., 0., 200. + width, 20.))];
        kinds(&land, &[("1401", rect(100., -5., width, 30.)), rest()])
    };
    assert_eq!(between(30.), ["interlocked 0.0600"], "40 % in two stretches");
    // 40 m of 2 w + 40 m is 35 % exactly.
    assert_eq!(between(40. / 0.35 / 2. - 20.), ["interlocked 0.0743"]);
    assert_eq!(between(37.2), ["corner 0.0744"]);
}

#[test]
fn a_wedge_is_interlocked_by_its_shape() {
    let whole = wkt!(POLYGON((-50. -50., 40. -50., 40. 40., -50. 40., -50. -50.)));
    // Half of its border is shared, in one stretch; its area is 61 % of its convex hull's.
    let wedge = wkt!(POLYGON((0. 0., 40. 0., 40. 10., 10. 10., 10. 40., 0. 40., 0. 0.)));
    let patch = wkt!(POLYGON((-50. -50., 40. -50., 40. 10., 10. 10., 10. 40., -50. 40., -50. -50.)));
    assert_eq!(kinds(&[("A", patch)], &[("1401", wedge), rest()]), ["interlocked 0.0700"]);
    assert_eq!(kinds(&[("A", whole)], &[("1401", rect(0., 0., 40., 40.)), rest()]), ["corner 0.1600"]);
}

#[test]
fn a_neighbours_border_counts_though_its_vertices_differ() {
    let piece = ("1401", rect(50., 80., 20., 20.));
    // Alone 75 %, with the neighbour above all of it; the neighbour's corners are elsewhere.
    let above = ("B", wkt!(POLYGON((20. 100.03, 90. 99.98, 90. 150., 20. 150., 20. 100.03))));
    let land = [("A", rect(0., 0., 200., 100.)), above];
    assert_eq!(kinds(&land, &[("1401", rect(50., 76., 20., 24.)), rest()]), ["enclosed 0.0480"]);
    assert_eq!(kinds(&land[..1], &[("1401", rect(50., 90., 21., 10.)), rest()]), ["corner 0.0210"]);
    assert_eq!(kinds(&land, &[("1401", rect(50., 90., 21., 10.)), rest()]), ["enclosed 0.0210"]);
    assert_eq!(kinds(&land, &[piece, rest()]), ["enclosed 0.0400"]);
}

#[test]
fn what_is_not_cut_is_not_marginal_however_small() {
    let land = [("A", rect(0., 0., 30., 20.)), ("B", rect(30., 0., 300., 200.))];
    assert_eq!(kinds(&land, &[rest()]), [""; 0]);
    assert_eq!(kinds(&land, &[("1401", rect(0., 0., 30., 20.)), rest()]), [""; 0], "a block that is the patch");
}

#[test]
fn three_mu_exactly_are_not_marginal() {
    let piece = |height: f64| kinds(&[("A", rect(0., 0., 200., 100.))], &[("1401", rect(0., 0., 40., height)), rest()]);
    assert_eq!(piece(50.), [""; 0]);
    assert_eq!(piece(49.999), ["corner 0.2000"], "1999.96 m²");
}

#[test]
fn three_mu_exactly_may_be_merged() {
    let settings = with("area_below_m2 = 2000.0", "area_below_m2 = 3000.0");
    let piece = |height: f64| {
        let inputs =
            [patches(&[("A", rect(0., 0., 300., 100.))]), blocks(&[("100101", rect(0., 0., 40., height)), rest()])];
        features(&analyse(&inputs, &settings).expect("sound"), "marginal", &["use", "merge_with"])
    };
    assert_eq!(piece(50.), ["merge A"]);
    assert_eq!(piece(50.001), ["public -"]);
}

#[test]
fn a_neighbour_takes_no_more_than_a_tenth_of_its_own_area() {
    let town = |width: f64| {
        let plan = [("100101", rect(0., 0., 25., 20.)), ("100101", rect(0., 40., 25., 20.)), rest()];
        let town = town(&[("A", rect(0., 0., width, 100.))], &plan);
        features(&town, "marginal", &["area_ha", "use", "merge_with"])
    };
    // What is left of the patch is 10 000 m²: two pieces of 500 m² are 10 %.
    assert_eq!(town(110.), ["0.0500 merge A", "0.0500 merge A"]);
    assert_eq!(town(109.9), ["0.0500 merge A", "0.0500 public -"]);
}

#[test]
fn the_neighbour_with_the_longest_border_takes_it_and_the_next_where_it_is_full() {
    let piece = ("100101", rect(80., 60., 20., 40.));
    let plan = |large: f64| {
        let land = [("A", rect(0., 0., 100., 100.)), ("B", rect(100., 0., large, 100.))];
        features(
            &town(&land, &[piece.clone(), ("1401", rect(0., 0., 80., 100.)), rest()]),
            "marginal",
            &["use", "merge_with"],
        )
    };
    // A's other parts: green, which takes nothing, and the strip below it, which is marginal itself.
    assert_eq!(plan(200.), ["merge B", "merge B"]);
    assert_eq!(plan(100.), ["merge B", "public -"], "800 m² would fit, 800 and 1200 do not");
}

#[test]
fn greens_and_what_the_plan_does_not_keep_are_for_the_public() {
    let advice = |code: &'static str| {
        let land = [("A", rect(0., 0., 200., 100.))];
        features(&town(&land, &[(code, rect(0., 0., 30., 20.)), rest()]), "marginal", &["use"])
    };
    for code in ["1401", "1403", "120803", "070102", "0901"] {
        assert_eq!(advice(code), ["public"], "{code}");
    }
    assert_eq!(advice("1001"), ["merge"]);
}

#[test]
fn a_road_cuts_and_is_no_marginal_land() {
    let land = [("A", rect(0., 0., 200., 100.))];
    let planned = town(&land, &[("1207", rect(10., -5., 8., 110.)), rest()]);
    assert_eq!(features(&planned, "marginal", &["kind", "area_ha", "use"]), ["corner 0.1000 public"]);
    // The same road, drawn in a layer of roads.
    let roads = areas(Role::Roads, "MC", &[("R", "", rect(10., -5., 8., 110.))]);
    let drawn = analyse(&[patches(&land), blocks(&[rest()]), roads], &Settings::default()).expect("sound");
    assert_eq!(features(&drawn, "marginal", &["kind", "area_ha", "use"]), ["corner 0.1000 public"]);
}

#[test]
fn what_is_hard_to_use_can_be_narrow_or_without_a_road() {
    let inputs = |plan: Shapes<'_>| [patches(&[("A", rect(0., 0., 200., 100.))]), blocks(plan)];
    let (wide, narrow) = (("1401", rect(0., 0., 40., 30.)), ("1401", rect(100., 0., 60., 15.)));
    let found = |settings: &Settings, plan: Shapes<'_>| {
        let town = analyse(&inputs(plan), settings).expect("sound");
        (features(&town, "marginal", &["area_ha"]), town.notes)
    };
    let plan = [wide, narrow, rest()];
    let by_width = with("hard_to_use = [\"area\"]", "hard_to_use = [\"width\"]");
    assert_eq!(found(&by_width, &plan).0, ["0.0900"]);
    let by_road = with("hard_to_use = [\"area\"]", "hard_to_use = [\"road\"]");
    let (none, notes) = found(&by_road, &plan);
    assert_eq!(none, [""; 0]);
    assert!(notes.iter().any(|note| note.message.contains("no road is drawn as an area")), "{notes:?}");
    let [wide, narrow, rest] = plan;
    let street = ("1207", rect(-20., -20., 130., 20.));
    assert_eq!(found(&by_road, &[wide, narrow, street, rest]).0, [""; 0], "both touch the street");
    let (wide, narrow) = (("1401", rect(0., 0., 40., 30.)), ("1401", rect(120., 0., 60., 15.)));
    assert_eq!(found(&by_road, &[wide, narrow, ("1207", rect(-20., -20., 130., 20.)), self::rest()]).0, ["0.0900"]);
}

#[test]
fn land_that_the_plan_does_not_cover_is_not_assessed() {
    let town = town(&[("A", rect(0., 0., 200., 100.))], &[("100102", rect(0., 0., 190., 100.))]);
    let table = &town.statistics.table("marginal").expect("a table").rows;
    assert_eq!(table.total.count, Some(0));
    let unknown = table.not_assessed.as_ref().expect("the uncovered land");
    assert_eq!((unknown.count, format!("{:.2}", unknown.area_ha).as_str()), (Some(1), "0.10"));
}

#[test]
fn the_order_of_rows_does_not_decide() {
    let land = [("A", rect(0., 0., 110., 100.)), ("B", rect(110., 0., 200., 100.))];
    let plan = [("100101", rect(0., 0., 25., 20.)), ("100101", rect(100., 40., 25., 20.)), rest()];
    let names = ["parcel", "kind", "area_ha", "use", "merge_with"];
    let sorted = |land: Shapes<'_>| {
        let mut found = features(&town(land, &plan), "marginal", &names);
        found.sort();
        found
    };
    let turned = [land[1].clone(), land[0].clone()];
    assert_eq!(sorted(&land).len(), 3);
    assert_eq!(sorted(&land), sorted(&turned));
}
