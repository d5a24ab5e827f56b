//! What is said of a rule file with a mistake in it: small edits of the built-in file.

use std::fmt::Write;

use layers::rules::RuleSet;
use layers::rules::ruleset::{BUILT_IN, Problem, Severity};

/// What an edit is about, what is replaced, and by what.
type Edit = (&'static str, &'static str, &'static str);

fn problems(text: &str) -> Vec<Problem> {
    match RuleSet::parse(text) {
        Ok(rules) => rules.warnings().to_vec(),
        Err(error) => error.problems,
    }
}

/// Each edit with everything that is said of it.
fn said(edits: &[Edit]) -> String {
    let mut text = String::new();
    for (what, from, to) in edits {
        assert_eq!(BUILT_IN.matches(from).count(), 1, "{from}");
        let problems = problems(&BUILT_IN.replace(from, to));
        assert!(!problems.is_empty(), "nothing is said of: {what}");
        writeln!(text, "# {what}").expect("memory takes text");
        for problem in problems {
            writeln!(text, "{}: {problem}", problem.line).expect("memory takes text");
        }
    }
    text
}

#[test]
fn the_built_in_file_is_sound() {
    assert_eq!(problems(BUILT_IN), []);
}

#[test]
fn row_0_is_what_is_decided_by_hand() {
    let problems = problems(&BUILT_IN.replace("{ row = 12,", "{ row = 0,"));
    assert!(problems.iter().any(|problem| problem.path == "disposal.rows[11].row"), "{problems:?}");
}

#[test]
fn keys_and_types() {
    let text = said(&[
        ("a misspelt key", "min_width_m = 20.0", "min_witdh_m = 20.0"),
        ("a misspelt section", "[idle]", "[idel]"),
        ("a key too many", "id = \"xilinhot\"", "id = \"xilinhot\"\ncolour = \"red\""),
        ("a key too few", "interlocked_stretches = 2\n", ""),
        ("a text for a number", "min_width_m = 20.0", "min_width_m = \"20 m\""),
        ("a number for a list", "industrial = [\"1001\"]", "industrial = 1001"),
        ("a share in percent", "enclosed_share = 0.75", "enclosed_share = 75"),
        ("a negative length", "min_width_m = 20.0", "min_width_m = -20.0"),
        ("an infinite area", "area_below_m2 = 2000.0", "area_below_m2 = inf"),
        ("half a year", "suspended_years = 1", "suspended_years = 0.5"),
        ("no interval", "{ is = \"[0.3, 0.6)\"", "{ is = \"0.3-0.6\""),
        ("no part of a whole", "developed_below = \"1/3\"", "developed_below = \"1 of 3\""),
        ("a third as a number above one", "invested_below = 0.25", "invested_below = 25"),
        ("an unknown method", "method = \"matrix\"", "method = \"matirx\""),
        ("an unknown criterion", "criteria = [\"intensity\", ", "criteria = [\"intensty\", "),
        ("a criterion twice", "criteria = [\"intensity\", ", "criteria = [\"tax\", "),
        ("an empty label", "{ zh = \"差\", en = \"Poor\" }", "{ zh = \"差\", en = \"\" }"),
        ("a label in one language", "{ zh = \"差\", en = \"Poor\" }", "{ zh = \"差\" }"),
        ("a version with a blank", "version = \"2024.2\"", "version = \"2024 draft\""),
        ("no TOML in two places", "[low]\n", "[low\n"),
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn intervals() {
    let text = said(&[
        ("a hole at one number", "{ is = \"[0.6, 1.0)\"", "{ is = \"(0.6, 1.0)\""),
        ("a hole", "{ is = \"[0.3, 0.6)\"", "{ is = \"[0.3, 0.5)\""),
        ("an overlap", "{ is = \"[0.6, 1.0)\"", "{ is = \"[0.55, 1.0)\""),
        ("a number in two classes", "{ is = \"(0, 0.3)\"", "{ is = \"[0, 0.3)\""),
        (
            "zero in no class",
            "{ is = \"[0, 0]\", label = { zh = \"0\", en = \"0\" } },\n  { is = \"(0, 0.3)\"",
            "{ is = \"(0, 0.1)\", label = { zh = \"0\", en = \"0\" } },\n  { is = \"[0.1, 0.3)\"",
        ),
        ("an end to high ratios", "{ is = \"[1.0, inf)\"", "{ is = \"[1.0, 4.0]\""),
        (
            "the wrong way round",
            "{ is = \"[0.3, 0.6)\", label = { zh = \"0.3–0.6\", en = \"0.3–0.6\" } },\n  { is = \"[0.6, 1.0)\"",
            "{ is = \"[0.6, 1.0)\", label = { zh = \"0.3–0.6\", en = \"0.3–0.6\" } },\n  { is = \"[0.3, 0.6)\"",
        ),
        (
            "below zero",
            "{ is = \"[0, 0]\", label = { zh = \"0\", en = \"0\" } },\n  { is = \"(0, 0.2)\"",
            "{ is = \"[-1, 0]\", label = { zh = \"0\", en = \"0\" } },\n  { is = \"(0, 0.2)\"",
        ),
        (
            "six classes",
            "{ is = \"[1.0, inf)\"",
            "{ is = \"[1.0, 2.0)\", label = { zh = \"1–2\", en = \"1–2\" } },\n  { is = \"[2.0, inf)\"",
        ),
        ("a hole in the score", "\"[60, 75)\"", "\"[60, 70)\""),
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn intensity() {
    let text = said(&[
        ("a row too few", "  [1, 2, 2, 2, 2],\n", ""),
        ("a column too few", "[1, 2, 2, 2, 2]", "[1, 2, 2, 2]"),
        ("a class too high", "[4, 4, 4, 4, 5]", "[4, 4, 4, 4, 6]"),
        ("four classes of intensity", "  { zh = \"好\", en = \"Good\" },\n", ""),
        ("a fall", "[3, 3, 3, 4, 4]", "[3, 3, 2, 4, 4]"),
        ("weights of 1.1", "weight = 0.5, ideal = 1.0", "weight = 0.6, ideal = 1.0"),
        ("an ideal of zero", "ideal = 1.0 }", "ideal = 0.0 }"),
        ("a score class too few", "\"[75, 90)\", \"[90, inf)\"]", "\"[75, inf)\"]"),
        ("a criterion that asks nothing", "{ class = 3, far = \"[0.3, 0.6)\" }", "{ class = 3 }"),
        ("a criterion behind another", "{ class = 4, far = \"[0.6, 1.0)\" }", "{ class = 4, far = \"[0.4, 0.5)\" }"),
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn land() {
    let text = said(&[
        ("an unknown code", "road = [\"1207\"]", "road = [\"1270\"]"),
        ("a code of another system", "industrial = [\"1001\"]", "industrial = [\"M1\"]"),
        ("half a code", "residential = [\"07\"]", "residential = [\"7\"]"),
        ("a code in two groups", "commercial = [\"09\"]", "commercial = [\"09\", \"0804\"]"),
        ("a code twice", "commercial = [\"09\"]", "commercial = [\"09\", \"09\"]"),
        ("nothing is industrial", "industrial = [\"1001\"]", "industrial = []"),
        ("nothing is interlocked", "interlocked_share = 0.35", "interlocked_share = 0.8"),
        ("parts that are not marginal", "merge_area_up_to_m2 = 2000.0", "merge_area_up_to_m2 = 3000.0"),
        ("nothing makes a part hard to use", "hard_to_use = [\"area\"]", "hard_to_use = []"),
        (
            "nothing is low",
            "criteria = [\"intensity\", \"contract\", \"tax\", \"production\", \"policy\"]",
            "criteria = []",
        ),
        (
            "a category too few",
            "  { code = \"rating\", label = { zh = \"评价不达标\", en = \"Failed the annual rating\" } },\n",
            "",
        ),
        ("a category twice", "code = \"rating\"", "code = \"far\""),
        (
            "another order",
            "{ code = \"bankrupt\", label = { zh = \"进入破产程序\", en = \"In bankruptcy\" } },\n  { code = \"legacy\"",
            "{ code = \"legacy\", label = { zh = \"进入破产程序\", en = \"In bankruptcy\" } },\n  { code = \"bankrupt\"",
        ),
        ("an unknown category", "code = \"rating\"", "code = \"ratings\""),
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn decisions() {
    let text = said(&[
        (
            "a row too few",
            "  { row = 13, status = [\"normal\"], conflict = [\"none\"], new",
            "  { row = 13, status = [\"normal\"], conflict = [\"none\"], action = [\"planned\"], new",
        ),
        (
            "states left open here and there",
            "{ row = 6, status = [\"low\"], conflict = [\"non_mandatory\", \"none\"]",
            "{ row = 6, status = [\"low\"], conflict = [\"non_mandatory\"]",
        ),
        (
            "a row that never fires",
            "{ row = 3, status = [\"idle\"], conflict = [\"none\"], will",
            "{ row = 3, status = [\"idle\"], conflict = [\"mandatory\"], will",
        ),
        ("one row number twice", "{ row = 12,", "{ row = 11,"),
        ("an unknown outcome", "outcome = \"UPGRADE\", section", "outcome = \"UPGRAED\", section"),
        ("an unknown answer", "will = [\"exit\"], outcome = \"RECOVER\"", "will = [\"exits\"], outcome = \"RECOVER\""),
        ("an empty condition", "action = [\"unknown\"], new", "action = [], new"),
        ("an unknown permit", "new = \"file\"", "new = \"filing\""),
        ("an outcome that no row leads to", "code = \"UPGRADE\"", "code = \"IMPROVE\""),
        ("an outcome twice", "code = \"KEEP\"", "code = \"FILE\""),
        ("no outcome for what is decided by hand", "code = \"FORCE_OUT\"", "code = \"FORCED\""),
        ("a mode too high", "code = \"FORCE_OUT\"\nmode = 6", "code = \"FORCE_OUT\"\nmode = 7"),
        ("land that is not idle sent to the scenarios", "{ row = 4, status = [\"idle\"],", "{ row = 4,"),
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn scenarios_and_words() {
    let text = said(&[
        ("a year too few", "years = \"[1, 2)\"", "years = \"(1, 2)\""),
        ("years left open", "years = \"[2, inf)\"", "years = \"[3, inf)\""),
        (
            "a cause without a scenario",
            "{ code = \"I3\", kind = \"idle\", cause = [\"other\"]",
            "{ code = \"I3\", kind = \"idle\", cause = [\"enterprise\"]",
        ),
        (
            "a case without a scenario",
            "{ code = \"I1a\", kind = \"idle\", cause = [\"government\"]",
            "{ code = \"I1a\", kind = \"idle\", cause = [\"government\"], paid = true",
        ),
        (
            "land that never comes here",
            "{ code = \"I3\", kind = \"idle\", cause = [\"other\"]",
            "{ code = \"I4\", kind = \"idle\", conflict = [\"mandatory\"], label = { zh = \"强条\", en = \"M\" }, advice = { zh = \"\", en = \"\" } },\n  { code = \"I3\", kind = \"idle\", cause = [\"other\"]",
        ),
        ("a scenario twice", "code = \"S1b\"", "code = \"S1a\""),
        ("a scenario called like an outcome", "code = \"S3\"", "code = \"SWAP\""),
        ("a reason without a scenario", "reason = [\"plan_changed\"]", "reason = [\"ready\"]"),
        ("a condition of the other kind", "reason = [\"no_project\"]", "reason = [\"no_project\"], paid = true"),
        ("a reason of idle land", "cause = [\"other\"], label", "cause = [\"other\"], reason = [\"ready\"], label"),
        (
            "supplied land that was never supplied",
            "reason = [\"plan_changed\"]",
            "reason = [\"plan_changed\", \"supplied\"]",
        ),
        ("an unknown answer", "stopped = [\"停产\"", "stoped = [\"停产\""),
        ("an answer without words", "failed = [\"整改不达标\", \"不达标\", \"failed\"]", "failed = []"),
        ("a word of two answers", "building = [\"在建\"", "building = [\"在建\", \"停产\""),
        ("a word twice", "exit = [\"退出\", \"无力\", \"exit\"]", "exit = [\"退出\", \"exit\", \"E xit\"]"),
        ("an empty word", "exit = [\"退出\"", "exit = [\"\""),
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn every_mistake_is_named_at_once() {
    let text = BUILT_IN
        .replace("road = [\"1207\"]", "road = [\"1270\"]")
        .replace("{ is = \"[0.6, 1.0)\"", "{ is = \"(0.6, 1.0)\"")
        .replace("min_width_m", "min_witdh_m")
        .replace("{ row = 12,", "{ row = 11,")
        .replace("years = \"[1, 2)\"", "years = \"[1, 1]\"");
    let paths: Vec<String> = problems(&text).into_iter().map(|problem| problem.path).collect();
    let expected = ["land_use.road[0]", "far.classes[2].is", "marginal.min_witdh_m", "disposal.rows[11].row"];
    assert_eq!(paths, expected, "whole years have no hole between 1 and 2");
}

#[test]
fn warnings_do_not_refuse() {
    let rules = RuleSet::parse(&BUILT_IN.replace("[3, 3, 3, 4, 4]", "[3, 3, 2, 4, 4]")).expect("a warning alone");
    assert!(rules.warnings().iter().all(|problem| problem.severity == Severity::Warning));
    assert_eq!(rules.warnings().len(), 2, "{:?}", rules.warnings());
}

#[test]
fn line_ends_and_a_byte_order_mark_make_no_other_rules() {
    let windows = format!("\u{feff}{}", BUILT_IN.replace('\n', "\r\n"));
    let rules = RuleSet::parse(&windows).expect("the same rules");
    assert_eq!(rules, RuleSet::default());
    assert_eq!(rules.text(), BUILT_IN);
}
