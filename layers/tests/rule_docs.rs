//! `docs/rules` shows what the built-in rule file says: its tables and the numbers of its examples
//! are written between markers. `BLESS=1 cargo test -p layers --test rule_docs` rewrites them.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::PathBuf;

use layers::facts::{Action, Cause, ConflictState, Status, Will};
use layers::rules::RuleSet;
use layers::rules::ruleset::{DisposalRow, NumberClass, Permit, Scenario, ScenarioKind};
use layers::stats::OwnedLabel;

const OPEN: &str = "<!-- generated: ";
const END: &str = "<!-- end -->";
const PARTS: [&str; 6] =
    ["## Question", "## Formula", "## Threshold", "## Missing inputs", "## What it cannot see", "## Example"];

type Made = Option<String>;
type Generator = fn(&RuleSet) -> Made;

/// Everything that pages can ask for.
const GENERATORS: [(&str, Generator); 21] = [
    ("land_use", land_use),
    ("far.classes", |rules| classes(&rules.far.classes, "floor area ratio")),
    ("far.example", far_example),
    ("density.classes", |rules| classes(&rules.density.classes, "density")),
    ("density.example", density_example),
    ("intensity.matrix", matrix),
    ("intensity.score", score),
    ("intensity.criteria", criteria),
    ("intensity.example", intensity_example),
    ("marginal", marginal),
    ("marginal.example", marginal_example),
    ("idle", idle),
    ("idle.example", idle_example),
    ("low", low),
    ("low.example", low_example),
    ("inefficient", inefficient),
    ("disposal.rows", disposal_rows),
    ("disposal.outcomes", outcomes),
    ("disposal.example", disposal_example),
    ("scenarios", scenarios),
    ("scenarios.example", scenario_example),
];

#[test]
fn the_pages_show_the_rule_file() -> Result<(), Box<dyn Error>> {
    let rules = RuleSet::default();
    let mut used = BTreeSet::new();
    for page in pages()? {
        let text = std::fs::read_to_string(&page)?;
        let made = filled(&text, &rules, &mut used).ok_or_else(|| format!("{}: a broken marker", page.display()))?;
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&page, &made)?;
        }
        assert!(
            std::fs::read_to_string(&page)? == made,
            "{} is out of date: BLESS=1 cargo test -p layers --test rule_docs",
            page.display()
        );
    }
    let known: BTreeSet<&str> = GENERATORS.iter().map(|(name, _)| *name).collect();
    assert_eq!(used, known, "every table is on a page");
    Ok(())
}

#[test]
fn every_page_has_every_part_and_stands_in_the_index() -> Result<(), Box<dyn Error>> {
    let folder = folder();
    let index = std::fs::read_to_string(folder.join("README.md"))?;
    let pages: Vec<PathBuf> = pages()?.into_iter().filter(|page| !page.ends_with("README.md")).collect();
    assert_eq!(pages.len(), 13);
    for page in pages {
        let text = std::fs::read_to_string(&page)?;
        let name = page.file_name().unwrap_or_default().to_string_lossy().into_owned();
        assert!(index.contains(&format!("]({name})")), "the index lacks {name}");
        let places: Vec<Option<usize>> = PARTS.iter().map(|part| text.find(part)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{name}: {places:?}");
    }
    Ok(())
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/rules"))
}

fn pages() -> Result<Vec<PathBuf>, std::io::Error> {
    let mut pages: Vec<PathBuf> =
        std::fs::read_dir(folder())?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    pages.sort();
    Ok(pages)
}

/// The page with everything between its markers made anew.
fn filled(text: &str, rules: &RuleSet, used: &mut BTreeSet<&'static str>) -> Option<String> {
    let mut pieces = text.split(OPEN);
    let mut made = pieces.next()?.to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once(" -->")?;
        let (_, after) = rest.split_once(END)?;
        let (name, generator) = GENERATORS.iter().find(|(known, _)| *known == name)?;
        used.insert(name);
        made += &format!("{OPEN}{name} -->\n{}{END}{after}", generator(rules)?);
    }
    Some(made)
}

fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> Made {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut text = line(&head.map(str::to_owned));
    text += &format!("|{}\n", "---|".repeat(N));
    text.extend(rows.into_iter().map(|row| line(&row)));
    Some(text)
}

fn both(label: &OwnedLabel) -> String {
    if label.zh == label.en { label.zh.clone() } else { format!("{} {}", label.zh, label.en) }
}

fn codes(codes: &[String]) -> String {
    if codes.is_empty() { "none".to_owned() } else { codes.join(", ") }
}

fn land_use(rules: &RuleSet) -> Made {
    let lists = &rules.land_use;
    let groups = [
        ("industrial 工业", &lists.industrial),
        ("education 教育", &lists.education),
        ("road 道路", &lists.road),
        ("residential 居住", &lists.residential),
        ("commercial 商业", &lists.commercial),
        ("*mandatory content 强制性内容*", &lists.mandatory),
    ];
    table(["group", "用地用海 2023 codes that begin with"], groups.map(|(name, list)| [name.to_owned(), codes(list)]))
}

fn classes(classes: &[NumberClass], what: &str) -> Made {
    let rows = classes.iter().enumerate();
    let row =
        |(place, class): (usize, &NumberClass)| [(place + 1).to_string(), class.is.to_string(), both(&class.label)];
    table(["class", what, "label"], rows.map(row))
}

/// Legal floor area over site area, metres squared, and the class of the quotient.
fn far_example(rules: &RuleSet) -> Made {
    let patches = [("A", 0.0, 12_000.0), ("B", 3_599.0, 12_000.0), ("C", 3_600.0, 12_000.0), ("D", 14_400.0, 12_000.0)];
    let rows = patches.map(|(patch, floor, site)| {
        let far: f64 = floor / site;
        let class = rules.far.class_of(far).unwrap_or_default();
        [patch.to_owned(), floor.to_string(), site.to_string(), format!("{far:.4}"), class.to_string()]
    });
    table(["patch", "legal floor area m²", "site area m²", "floor area ratio", "class"], rows)
}

fn density_example(rules: &RuleSet) -> Made {
    let patches = [("A", 0.0, 10_000.0), ("B", 1_999.0, 10_000.0), ("C", 2_000.0, 10_000.0), ("D", 7_500.0, 10_000.0)];
    let rows = patches.map(|(patch, footprint, land)| {
        let density: f64 = footprint / land;
        let class = rules.density.class_of(density).unwrap_or_default();
        [
            patch.to_owned(),
            footprint.to_string(),
            land.to_string(),
            format!("{:.2} %", density * 100.0),
            class.to_string(),
        ]
    });
    table(["patch", "footprint m²", "construction land m²", "density", "class"], rows)
}

fn matrix(rules: &RuleSet) -> Made {
    let rows = &rules.intensity.matrix.rows;
    let head: Vec<String> = rules.density.classes.iter().map(|class| format!("density {}", class.is)).collect();
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(std::iter::once(String::new()).chain(head.iter().cloned()).collect());
    text += &format!("|{}\n", "---|".repeat(head.len() + 1));
    for (class, row) in rules.far.classes.iter().zip(rows) {
        let cells = row.iter().map(|class| both_of_class(rules, *class));
        text += &line(std::iter::once(format!("**ratio {}**", class.is)).chain(cells).collect());
    }
    Some(text)
}

fn both_of_class(rules: &RuleSet, class: u8) -> String {
    let label = rules.intensity.classes.get(usize::from(class) - 1);
    format!("{class} {}", label.map_or("", |label| label.zh.as_str()))
}

fn score(rules: &RuleSet) -> Made {
    let score = &rules.intensity.score;
    let parts = [("floor area ratio", score.far), ("density", score.density)];
    let mut text = table(
        ["part", "weight", "ideal"],
        parts.map(|(name, part)| [name.to_owned(), part.weight.to_string(), part.ideal.to_string()]),
    )?;
    text.push('\n');
    let classes = score.classes.iter().enumerate();
    text +=
        &table(["score", "class"], classes.map(|(place, is)| [is.to_string(), both_of_class(rules, place as u8 + 1)]))?;
    Some(text)
}

fn criteria(rules: &RuleSet) -> Made {
    let criteria = &rules.intensity.criteria;
    let shown =
        |interval: Option<layers::rules::ruleset::Interval>| interval.map_or("—".to_owned(), |is| is.to_string());
    let rows = criteria.any_of.iter().map(|c| [shown(c.far), shown(c.density), both_of_class(rules, c.class)]);
    let otherwise = ["otherwise".to_owned(), String::new(), both_of_class(rules, criteria.otherwise)];
    table(["floor area ratio in", "or density in", "class"], rows.chain([otherwise]))
}

fn intensity_example(rules: &RuleSet) -> Made {
    let patches = [(0.0, 0.25), (0.2, 0.1), (0.45, 0.15), (0.45, 0.3), (1.2, 0.65)];
    let rows = patches.map(|(far, density)| {
        let place = |class: Option<u8>| usize::from(class.unwrap_or(1)) - 1;
        let (row, column) = (place(rules.far.class_of(far)), place(rules.density.class_of(density)));
        let class = rules.intensity.matrix.rows.get(row).and_then(|cells| cells.get(column)).copied().unwrap_or(1);
        let (row, column) = ((row + 1).to_string(), (column + 1).to_string());
        [far.to_string(), row, density.to_string(), column, both_of_class(rules, class)]
    });
    table(["floor area ratio", "its class", "density", "its class", "intensity"], rows)
}

fn key_values<const N: usize>(rows: [(&str, String, &str); N]) -> Made {
    table(["key", "value", "set by"], rows.map(|(key, value, by)| [format!("`{key}`"), value, by.to_owned()]))
}

fn marginal(rules: &RuleSet) -> Made {
    let m = &rules.marginal;
    let hard: Vec<String> = m.hard_to_use.iter().map(|how| format!("{how:?}").to_lowercase()).collect();
    key_values([
        ("area_below_m2", m.area_below_m2.to_string(), "plan 2.3.5: below 3 mu"),
        ("hard_to_use", hard.join(", "), "[A]"),
        ("min_width_m", m.min_width_m.to_string(), "[A]"),
        ("linear", codes(&m.linear), "[A]"),
        ("enclosed_share", m.enclosed_share.to_string(), "[A]"),
        ("interlocked_share", m.interlocked_share.to_string(), "[A]"),
        ("interlocked_stretches", m.interlocked_stretches.to_string(), "[A]"),
        ("interlocked_convexity_below", m.interlocked_convexity_below.to_string(), "[A]"),
        ("merge_area_up_to_m2", m.merge_area_up_to_m2.to_string(), "plan 4.4.4: not above 3 mu"),
        ("merge_share_up_to", m.merge_share_up_to.to_string(), "plan 4.4.4: 10 %"),
        ("public", codes(&m.public), "[A]"),
    ])
}

/// Parts by area, shared share of the perimeter, stretches, convexity.
fn marginal_example(rules: &RuleSet) -> Made {
    let m = &rules.marginal;
    let parts = [
        (1_999.99, 0.9, 1, 0.95),
        (2_000.0, 0.9, 1, 0.95),
        (800.0, 0.5, 2, 0.9),
        (800.0, 0.5, 1, 0.6),
        (800.0, 0.5, 1, 0.9),
    ];
    let rows = parts.map(|(area, shared, stretches, convexity)| {
        let wedge = stretches >= m.interlocked_stretches || convexity < m.interlocked_convexity_below;
        let kind = if area >= m.area_below_m2 {
            "not marginal"
        } else if shared >= m.enclosed_share {
            "夹心地 enclosed"
        } else if shared >= m.interlocked_share && wedge {
            "插花地 interlocked"
        } else {
            "边角地 corner"
        };
        [
            format!("{area:.2}"),
            format!("{:.0} %", shared * 100.0),
            stretches.to_string(),
            convexity.to_string(),
            kind.to_owned(),
        ]
    });
    table(["area m²", "shared border", "stretches", "convexity", "kind"], rows)
}

fn idle(rules: &RuleSet) -> Made {
    let i = &rules.idle;
    key_values([
        ("not_started_years", i.not_started_years.to_string(), "闲置土地处置办法 (2012) art. 2"),
        ("suspended_years", i.suspended_years.to_string(), "闲置土地处置办法 (2012) art. 2"),
        ("developed_below", i.developed_below.to_string(), "闲置土地处置办法 (2012) art. 2"),
        ("invested_below", i.invested_below.to_string(), "闲置土地处置办法 (2012) art. 2"),
    ])
}

/// Patches that were suspended long enough: developed of due hectares, invested of total.
fn idle_example(rules: &RuleSet) -> Made {
    let patches = [(1.0, 3.0, 25.0, 100.0), (0.99, 3.0, 80.0, 100.0), (2.0, 3.0, 24.0, 100.0)];
    let rows = patches.map(|(developed, due, invested, total)| {
        let little = rules.idle.developed_below.is_above(developed, due);
        let cheap = rules.idle.invested_below.is_above(invested, total);
        let answer = if little || cheap { "idle" } else { "not idle" };
        [format!("{developed} of {due} ha"), format!("{invested} of {total}"), answer.to_owned()]
    });
    table(["developed", "invested", "suspended for a year"], rows)
}

fn low(rules: &RuleSet) -> Made {
    let l = &rules.low;
    let asked: Vec<String> = l.criteria.iter().map(|criterion| format!("{criterion:?}").to_lowercase()).collect();
    key_values([
        ("criteria", asked.join(", "), "plan 4.4.3"),
        ("density_below", l.density_below.to_string(), "plan 4.4.3: 20 %"),
        ("far_below", l.far_below.to_string(), "plan 4.4.3: 0.3"),
        ("tax_below_mean", l.tax_below_mean.to_string(), "plan 4.4.3: 50 %"),
        ("stopped_years", l.stopped_years.to_string(), "plan 4.4.3"),
    ])
}

fn low_example(rules: &RuleSet) -> Made {
    let patches = [(0.5, 0.19, Some(0)), (0.3, 0.2, Some(1)), (0.29, 0.4, Some(2)), (0.5, 0.4, None)];
    let rows = patches.map(|(far, density, stopped)| {
        let built = far < rules.low.far_below || density < rules.low.density_below;
        let stands = stopped.map(|years| years >= rules.low.stopped_years);
        let reasons: Vec<&str> = [(built, "1 intensity"), (stands == Some(true), "4 production")]
            .into_iter()
            .filter_map(|(holds, reason)| holds.then_some(reason))
            .collect();
        let bits = u8::from(built) | u8::from(stands == Some(true)) << 3;
        let years = stopped.map_or("not recorded".to_owned(), |years| years.to_string());
        let reasons = if reasons.is_empty() { "—".to_owned() } else { reasons.join(", ") };
        // What is not recorded might hold; where another criterion does, that is enough.
        let known = built || stands.is_some();
        let bits = if known { bits.to_string() } else { "not assessed".to_owned() };
        [far.to_string(), density.to_string(), years, reasons, bits]
    });
    table(["floor area ratio", "density", "years stopped", "criteria that hold", "`low_reasons`"], rows)
}

fn inefficient(rules: &RuleSet) -> Made {
    let rows = rules.inefficient.classes.iter().enumerate();
    table(
        ["bit", "value", "code", "category"],
        rows.map(|(bit, class)| {
            [bit.to_string(), (1u16 << bit).to_string(), format!("`{}`", class.code), both(&class.label)]
        }),
    )
}

fn any<A: Copy>(answers: &[A], code: fn(A) -> &'static str) -> String {
    let codes: Vec<&str> = answers.iter().map(|answer| code(*answer)).collect();
    if codes.is_empty() { "any".to_owned() } else { codes.join(", ") }
}

fn flag(flag: Option<bool>) -> String {
    flag.map_or("any".to_owned(), |flag| flag.to_string())
}

fn permit(permit: Option<Permit>) -> String {
    permit.map_or("—", Permit::code).to_owned()
}

fn disposal_rows(rules: &RuleSet) -> Made {
    let row = |row: &DisposalRow| {
        [
            row.row.to_string(),
            any(&row.status, Status::code),
            any(&row.conflict, ConflictState::code),
            any(&row.will, Will::code),
            flag(row.conforms),
            any(&row.action, Action::code),
            permit(row.new),
            permit(row.extend),
            format!("`{}`", row.outcome),
            row.section.clone(),
        ]
    };
    let head =
        ["row", "status", "conflict", "will", "conforms", "five-year plan", "new", "extension", "outcome", "plan"];
    table(head, rules.disposal.rows.iter().map(row))
}

fn outcomes(rules: &RuleSet) -> Made {
    let rows = rules.disposal.outcomes.iter().map(|outcome| {
        let labels = &rules.disposal.modes.labels;
        let mode = outcome.mode.map(|mode| (mode, labels.get(usize::from(mode) - 1).map_or(String::new(), both)));
        let mode = mode.map_or("—".to_owned(), |(number, label)| format!("{number} {label}"));
        [format!("`{}`", outcome.code), both(&outcome.label), mode, outcome.advice.en.clone()]
    });
    table(["code", "label", "mode (5.2.2)", "what it means"], rows)
}

fn disposal_example(rules: &RuleSet) -> Made {
    let patches = [
        (Status::Idle, ConflictState::Mandatory, Will::Renew, true, Action::Planned),
        (Status::Low, ConflictState::NonMandatory, Will::Renew, true, Action::Planned),
        (Status::Low, ConflictState::NonMandatory, Will::Renew, false, Action::Planned),
        (Status::Normal, ConflictState::NonMandatory, Will::Unknown, false, Action::NotPlanned),
        (Status::Idle, ConflictState::None, Will::Exit, false, Action::Unknown),
    ];
    let fits =
        |row: &&DisposalRow,
         (status, conflict, will, conforms, action): (Status, ConflictState, Will, bool, Action)| {
            (row.status.is_empty() || row.status.contains(&status))
                && (row.conflict.is_empty() || row.conflict.contains(&conflict))
                && (row.will.is_empty() || row.will.contains(&will))
                && row.conforms.is_none_or(|wanted| wanted == conforms)
                && (row.action.is_empty() || row.action.contains(&action))
        };
    let mut rows = Vec::new();
    for patch in patches {
        let row = rules.disposal.rows.iter().find(|row| fits(row, patch))?;
        let (status, conflict, will, conforms, action) = patch;
        rows.push([
            status.code().to_owned(),
            conflict.code().to_owned(),
            will.code().to_owned(),
            conforms.to_string(),
            action.code().to_owned(),
            row.row.to_string(),
            format!("`{}`", row.outcome),
            format!("{} / {}", permit(row.new), permit(row.extend)),
        ]);
    }
    table(["status", "conflict", "will", "conforms", "five-year plan", "row", "outcome", "new / extension"], rows)
}

fn scenarios(rules: &RuleSet) -> Made {
    let row = |row: &Scenario| {
        let asked = [
            (!row.reason.is_empty()).then(|| any(&row.reason, |reason| reason.code())),
            (!row.cause.is_empty()).then(|| any(&row.cause, Cause::code)),
            (!row.will.is_empty()).then(|| format!("will {}", any(&row.will, Will::code))),
            (!row.conflict.is_empty()).then(|| format!("conflict {}", any(&row.conflict, ConflictState::code))),
            row.paid.map(|paid| if paid { "paid" } else { "not paid" }.to_owned()),
            row.years.map(|years| format!("years {years}")),
        ];
        let asked: Vec<String> = asked.into_iter().flatten().collect();
        let kind = if row.kind == ScenarioKind::Idle { "闲置 idle" } else { "批而未供 unsupplied" };
        [format!("`{}`", row.code), kind.to_owned(), asked.join("; "), both(&row.label), row.advice.en.clone()]
    };
    table(["code", "land", "asked", "label", "what is to be done"], rules.scenarios.rows.iter().map(row))
}

/// Land that is idle by the enterprise's doing, by years.
fn scenario_example(rules: &RuleSet) -> Made {
    let rows = [1.0, 1.9, 2.0, 7.0].map(|idle: f64| {
        let years = idle.floor();
        let fits = |row: &&Scenario| {
            row.kind == ScenarioKind::Idle
                && row.cause.contains(&Cause::Enterprise)
                && row.years.is_none_or(|interval| interval.contains(years))
        };
        let found = rules.scenarios.rows.iter().find(fits);
        let advice = found.map_or(String::new(), |row| row.advice.en.clone());
        [idle.to_string(), years.to_string(), found.map_or(String::new(), |row| format!("`{}`", row.code)), advice]
    });
    table(["idle for years", "whole years", "scenario", "what is to be done"], rows)
}
