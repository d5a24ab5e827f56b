//! Explanations: that they say what the map says, and that what they say can be trusted on a page.

use std::fs;
use std::path::Path;

use layers::dossier::store::{self, Dossiers};
use layers::gpkg::GeoPackage;
use layers::project::{LayerSpec, Settings};
use layers::rules::RuleSet;
use layers::rules::explain::{Explanation, explain};
use layers::rules::ruleset::BUILT_IN;
use layers::{Analysis, Layer, Value, ValueKind, analyse};
use server::build::{Options, build};
use server::config::Config;
use server::extract::{CONTENT_SECURITY_POLICY, Extract, Language, page, surroundings, text};
use server::generation::Generation;
use server::project::Project;

use crate::city::{City, Unwatched, one_table, square};
use crate::http::{asked, get};

/// The analyses of the project in a folder, without tiles.
fn analysed(folder: &Path) -> (Analysis, Settings) {
    let project = Project::from_config(&Config::load(folder).expect("a configuration")).expect("a project");
    let read = |spec: &LayerSpec| -> Layer {
        GeoPackage::open(&spec.source.file).and_then(|file| file.read(&spec.source.table)).expect("a sound table")
    };
    let inputs: Vec<(LayerSpec, Layer)> =
        project.layers.iter().map(|layer| (layer.spec.clone(), read(&layer.spec))).collect();
    (analyse(&inputs, &project.settings).expect("sound layers"), project.settings)
}

fn as_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Int(number) => (*number).into(),
        Value::Real(number) => (*number).into(),
        Value::Text(text) => (**text).into(),
    }
}

/// Every patch, from its dossier on disk, says what the thematic layer says of it.
fn explanations_are_the_map(folder: &Path) -> usize {
    let (analysis, settings) = analysed(folder);
    let kept = tempfile::tempdir().expect("a temporary folder");
    let file = kept.path().join("dossiers.sqlite");
    store::write(&file, &analysis.case, analysis.dossiers()).expect("dossiers can be kept");
    let dossiers = Dossiers::open(&file).expect("what was kept can be opened");
    let case = dossiers.case().expect("the case reads back");
    assert_eq!(case, analysis.case);
    let parcels = analysis.layer("parcels").expect("there are parcels");
    for (feature, expected) in parcels.features.iter().zip(analysis.dossiers()) {
        let key = feature.values[0].to_string();
        let dossier = dossiers.dossier(&key).expect("it reads back").expect("every parcel has a dossier");
        assert_eq!(dossier, expected, "{key}: to the last bit");
        let explanation = explain(&dossier, &case, &settings.rules);
        for (attribute, value) in parcels.attributes.iter().zip(&feature.values).skip(2) {
            let found = explanation.findings().filter(|finding| finding.attribute == attribute.name);
            let found: Vec<&serde_json::Value> = found.map(|finding| &finding.value).collect();
            let value = as_json(value);
            let on_the_map: Vec<&serde_json::Value> =
                Some(&value).filter(|value| !value.is_null()).into_iter().collect();
            assert_eq!(found, on_the_map, "{key}: {}", attribute.name);
        }
        let known = |name: &str| parcels.attributes.iter().any(|attribute| attribute.name == name);
        assert!(explanation.findings().all(|finding| known(finding.attribute)), "{key}");
        parts_add_up(&explanation);
        sentences_are_sentences(&explanation);
    }
    parcels.features.len()
}

/// The parts of a whole are the whole.
fn parts_add_up(explanation: &Explanation) {
    for step in explanation.steps.iter().filter(|step| ["R-PLAN", "R-APPROVAL"].contains(&step.rule)) {
        if step.parts.is_empty() {
            continue;
        }
        let area: f64 = step.parts.iter().map(|part| part.area_m2).sum();
        let share: f64 = step.parts.iter().map(|part| part.share).sum();
        let allowed = 0.01 + 1e-9 * explanation.area_m2;
        assert!((area - explanation.area_m2).abs() <= allowed, "{}: {} {area}", explanation.key, step.rule);
        assert!((share - 1.0).abs() < 1e-6, "{}: {} {share}", explanation.key, step.rule);
    }
}

/// Both languages say something, and nothing was left open in it.
fn sentences_are_sentences(explanation: &Explanation) {
    for step in &explanation.steps {
        let labels = [&step.question, &step.sentence].into_iter().chain(&step.threshold);
        let labels =
            labels.chain(step.inputs.iter().flat_map(|input| std::iter::once(&input.label).chain(&input.said)));
        let labels = labels.chain(step.results.iter().flat_map(|finding| [&finding.title, &finding.label]));
        for label in labels.chain(step.parts.iter().map(|part| &part.label)) {
            for words in [&label.zh, &label.en] {
                let open = ["{", "}", "Some(", "None)", "NaN"].iter().any(|sign| words.contains(sign));
                assert!(!words.trim().is_empty() && !open, "{} {}: {words:?}", explanation.key, step.rule);
            }
        }
        assert!(step.sentence.zh.ends_with('。') && step.sentence.en.ends_with('.'), "{:?}", step.sentence);
        assert!(!step.section.is_empty());
        let results_need_values = step.results.is_empty() || step.inputs.iter().any(|input| !input.value.is_null());
        assert!(results_need_values, "{} {}: {:?}", explanation.key, step.rule, step.inputs);
    }
}

#[test]
fn every_patch_of_the_demo_city_is_explained_as_it_is_drawn() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    layers::demo::write(folder.path()).expect("the demo city can be written");
    assert_eq!(explanations_are_the_map(folder.path()), 571);
}

#[test]
fn every_parcel_of_cambridge_is_explained_as_it_is_drawn() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    if !root.join("../shared/data/cambridge/cambridge.gpkg").exists() {
        eprintln!("\n*** SKIPPED: the data of Cambridge are not here ***\n");
        return;
    }
    assert!(explanations_are_the_map(&root.join("examples/cambridge")) > 50);
}

/// The city with a rule changed.
fn with_rules(city: &City, text: &str) -> Project {
    let mut project = city.project();
    project.settings.rules = RuleSet::parse(text).expect("sound rules");
    project
}

#[test]
fn an_earlier_generation_is_explained_by_its_own_rules() {
    let city = City::new();
    let before = city.opened();
    let stricter = with_rules(&city, &BUILT_IN.replace("[0.3, 0.6)", "[0.3, 0.5)").replace("[0.6, 1.0)", "[0.5, 1.0)"));
    let built = build(&stricter, &city.store(), Options::default(), &Unwatched).expect("the city can be built");
    let after = Generation::open(&city.store(), &built.id).expect("it can be opened");
    let threshold = |generation: &Generation| {
        let explanation = generation.inquiry().expect("it was analysed").ask("ZD02").expect("it can be read");
        let explanation = explanation.expect("there is such a parcel");
        let step = explanation.steps.iter().find(|step| step.rule == "R-FAR").cloned().expect("it is asked");
        (step.threshold.expect("it has one").en, explanation.rules)
    };
    let (old, new) = (threshold(&before), threshold(&after));
    assert!(old.0.contains("[0.3, 0.6)") && new.0.contains("[0.3, 0.5)"), "{old:?} {new:?}");
    assert_ne!(old.1.sha256, new.1.sha256);
    assert_eq!(Some(old.1.version), before.manifest.rules);
}

#[test]
fn dossiers_that_were_changed_afterwards_are_noticed() {
    let city = City::new();
    let built = build(&city.project(), &city.store(), Options::default(), &Unwatched).expect("the city can be built");
    let file = city.store().folder(&built.id).join("dossiers.sqlite");
    fs::write(&file, "").expect("the file can be written");
    let again = build(&city.project(), &city.store(), Options::default(), &Unwatched).expect("the city can be built");
    assert!(!again.reused, "a generation without its dossiers is not whole");
    assert!(fs::metadata(&file).is_ok_and(|file| file.len() > 0));
}

#[actix_web::test]
async fn a_parcel_is_explained_over_http() {
    let answers = asked(
        City::new().opened(),
        ["ZD02/explain", "ZD%2F01/explain", "ZD04/explain", "ZD02/explain.html", "ZD02/explain.html?lang=fr"]
            .map(|path| get(&format!("/parcels/{path}")))
            .into(),
    )
    .await;
    let [document, with_slash, house, page, french] = &answers[..] else { panic!("five answers") };
    let json = document.json();
    assert_eq!(json["key"], "ZD02");
    assert_eq!(document.header("X-Tuban-Generation"), json["generation"]);
    assert_eq!(document.header("cache-control"), "max-age=0, stale-if-error=86400");
    assert!(document.header("etag").starts_with('"'));
    let step = |rule: &str| json["steps"].as_array().into_iter().flatten().find(|step| step["rule"] == rule).cloned();
    let conflict = step("R-CONFLICT").expect("conflicts are asked");
    assert_eq!(conflict["results"][0]["value"], "mandatory");
    assert_eq!(conflict["parts"][0]["source"]["table"], "控规");
    assert_eq!(conflict["parts"][0]["source"]["row"], 2);
    let far = step("R-FAR").expect("ratios are asked");
    assert_eq!(far["inputs"][2]["source"]["column"], "RJL");
    assert_eq!(far["inputs"][2]["source"]["row"], 2);
    assert_eq!(with_slash.json()["key"], "ZD/01");
    assert_eq!((house.status.as_u16(), house.json()["code"].as_str()), (404, Some("unknown_parcel")));
    assert_eq!(french.status, 400);

    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("content-security-policy"), CONTENT_SECURITY_POLICY.as_str());
    insta::assert_snapshot!(serde_json::to_string_pretty(&shape(&json)).unwrap_or_default());
}

/// The kinds of values by name; of a list its first value.
fn shape(value: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Json::Object(members) => members.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
        Json::Array(values) => Json::Array(values.first().map(shape).into_iter().collect()),
        Json::Null => "null".into(),
        Json::Bool(_) => "truth".into(),
        Json::Number(_) => "number".into(),
        Json::String(_) => "text".into(),
    }
}

const HOSTILE_KEY: &str = "\"><script>alert(1)</script>&amp;'%2F/中文 ?#";
const HOSTILE_NAME: &str = "</style><img src=x onerror=alert(2)>\u{1b}[31m";

/// A parcel whose key and name try to be something else.
fn hostile() -> (tempfile::TempDir, Generation) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let columns = [("BSM", ValueKind::Text), ("MC", ValueKind::Text), ("DLBM", ValueKind::Text)];
    let row = |column: u32, key: &str, name: &str| (square(column, 0), vec![key.into(), name.into(), "1001".into()]);
    let rows = [row(0, HOSTILE_KEY, HOSTILE_NAME), row(1, "<b>neighbour</b>", "n")];
    one_table(folder.path(), "land.gpkg", "宗地", &columns, &rows);
    let config = "[[layers]]\nid = \"parcels\"\nrole = \"parcels\"\nfile = \"land.gpkg\"\ncodes = \"ydyh2023\"\n";
    fs::write(folder.path().join("tuban.toml"), config).expect("a configuration can be written");
    let project = Project::from_config(&Config::load(folder.path()).expect("it is right")).expect("it is there");
    let store = server::build::Store::at(folder.path().join("generations"));
    let built = build(&project, &store, Options::default(), &Unwatched).expect("it can be built");
    let generation = Generation::open(&store, &built.id).expect("it can be opened");
    (folder, generation)
}

#[actix_web::test]
async fn what_names_hold_is_text_wherever_it_is_shown() {
    let (_folder, generation) = hostile();
    let path: String = HOSTILE_KEY.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let paths = [format!("/parcels/{path}/explain"), format!("/parcels/{path}/explain.html?lang=both")];
    let answers = asked(generation, paths.iter().map(|path| get(path)).collect()).await;
    assert_eq!(answers[0].json()["key"], HOSTILE_KEY);
    let page = String::from_utf8(answers[1].body.clone()).expect("the page is UTF-8");
    for tag in ["<script", "<img", "<b>neighbour", "</style><img"] {
        assert!(!page.contains(tag), "{tag}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;"));
    assert!(page.contains("&lt;img src=x"));
}

#[test]
fn a_terminal_is_told_nothing_but_text() {
    let (_folder, generation) = hostile();
    let explanation = generation.inquiry().expect("it was analysed").ask(HOSTILE_KEY).expect("it can be read");
    let extract = Extract::new(explanation.expect("there is such a parcel"), &generation.manifest);
    let text = text(&extract, Language::Both);
    assert!(text.chars().all(|letter| letter == '\n' || !letter.is_control()));
    assert!(text.contains(HOSTILE_KEY));
}

#[test]
fn the_page_is_whole_in_itself() {
    let city = City::new();
    let generation = city.opened();
    let explanation = generation.inquiry().expect("it was analysed").ask("ZD02").expect("it can be read");
    let extract = Extract::new(explanation.expect("there is such a parcel"), &generation.manifest);
    let findings = generation.findings().expect("it was analysed").lookup().open().expect("they can be read");
    let around = surroundings(&findings, "ZD02").expect("they can be read").expect("it is there");
    for language in [Language::Zh, Language::En, Language::Both] {
        let page = page(&extract, Some(&around), language);
        let hosts = page.match_indices("http").map(|(at, _)| page[at..].chars().take(26).collect::<String>());
        let foreign: Vec<String> = hosts
            .filter(|host| !host.starts_with("http://www.w3.org/2000/svg") && !host.starts_with("http-equiv"))
            .collect();
        assert!(foreign.is_empty(), "{foreign:?}");
        for sign in ["<script", " style=", "<link", "src=", "href=", "@import", " onclick"] {
            assert!(!page.contains(sign), "{sign}");
        }
        assert!(page.contains("<svg") && page.contains("ZD02"));
        assert_eq!(page.contains("宗地体检单"), language != Language::En);
        assert_eq!(page.contains("Parcel extract"), language != Language::Zh);
        for (open, close) in [
            ("<table", "</table>"),
            ("<tr", "</tr>"),
            ("<td", "</td>"),
            ("<section", "</section>"),
            ("<path", "</path>"),
            ("<rect", "</rect>"),
        ] {
            assert_eq!(page.matches(open).count(), page.matches(close).count(), "{open}");
        }
    }
}
