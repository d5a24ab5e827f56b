//! A project with rules of its own: they decide, they are named everywhere, and they are kept.

use std::fs;

use actix_web::http::header;
use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::web::Data;
use layers::rules::RuleSet;
use layers::rules::ruleset::BUILT_IN;
use serde_json::Value;
use server::build::{Manifest, Options, RULES, build};
use server::config::Config;
use server::generation::Generation;
use server::http::app;
use server::state::AppState;

use crate::city::{City, Unwatched};
use crate::http::asking;

/// The built-in rules with the break of the floor area ratio at 0.3 moved to 0.2, where the first
/// parcel of the city is.
fn moved() -> String {
    let text = BUILT_IN.replace("(0, 0.3)\", label = { zh = \"0–0.3\"", "(0, 0.2)\", label = { zh = \"0–0.2\"");
    text.replace(
        "{ is = \"[0.3, 0.6)\", label = { zh = \"0.3–0.6\"",
        "{ is = \"[0.2, 0.6)\", label = { zh = \"0.2–0.6\"",
    )
}

fn with_rules(rules: &str) -> City {
    let city = City::new();
    let config = fs::read_to_string(city.path("tuban.toml")).expect("the configuration is there");
    fs::write(city.path("tuban.toml"), format!("{config}\n[analysis]\nrules = \"rules.toml\"\n"))
        .expect("the configuration can be written");
    fs::write(city.path("rules.toml"), rules).expect("the rules can be written");
    city
}

async fn answers(generation: Generation, paths: &[&str]) -> Vec<Vec<u8>> {
    let service = init_service(asking(app(Data::new(AppState::new(generation))))).await;
    let mut bodies = Vec::new();
    for path in paths {
        let request = TestRequest::get().uri(path).insert_header((header::HOST, "map.example"));
        let response = actix_web::test::call_service(&service, request.to_request()).await;
        assert!(response.status().is_success(), "{path}: {}", response.status());
        bodies.push(read_body(response).await.to_vec());
    }
    bodies
}

fn json(body: &[u8]) -> Value {
    serde_json::from_slice(body).expect("it is JSON")
}

#[actix_web::test]
async fn another_break_changes_classes_labels_and_the_generation() {
    let rules = RuleSet::parse(&moved()).expect("the rules are sound");
    let (plain_city, own_city) = (City::new(), with_rules(&moved()));
    let (built_in, own) = (plain_city.opened(), own_city.opened());
    assert_ne!(own.id(), built_in.id());
    assert_eq!(own.rules.as_ref(), Some(&rules));

    let paths = ["/parcels/ZD%2F01", "/codes", "/legend/far", "/stats/far", "/stats/far.csv", "/catalog", "/findings"];
    let bodies = answers(own, &paths).await;
    let [card, codes, legend, stats, csv, catalog, tilejson] = &bodies[..] else { panic!("seven answers") };
    assert_eq!(json(card)["attributes"]["far_class"], 3);
    assert_eq!(json(&answers(built_in, &paths[..1]).await[0])["attributes"]["far_class"], 2);
    let codes = json(codes);
    let list = codes["lists"].as_array().and_then(|lists| lists.iter().find(|list| list["id"] == "far_class"));
    assert_eq!(list.expect("a list of classes")["codes"][1]["label"]["zh"], "0–0.2");
    assert_eq!(json(legend)["entries"][1]["label"]["zh"], "0–0.2");
    for (what, said) in [
        ("card", &json(card)["rules"]),
        ("legend", &json(legend)["rules"]),
        ("stats", &json(stats)["rules"]),
        ("catalog", &json(catalog)["rules"]),
        ("TileJSON", &json(tilejson)["rules"]),
    ] {
        assert_eq!(*said, rules.version().as_str(), "{what}");
    }
    assert!(String::from_utf8_lossy(csv).contains(&rules.version()));
}

#[test]
fn a_generation_keeps_its_rules_and_is_made_again_without_them() {
    let city = with_rules(&moved());
    let built =
        || build(&city.project(), &city.store(), Options::default(), &Unwatched).expect("the city can be built");
    let first = built();
    let folder = city.store().folder(&first.id);
    assert_eq!(fs::read_to_string(folder.join(RULES)).expect("the rules are there"), moved());
    let manifest = Manifest::read(&folder).expect("the manifest is there");
    let rules = RuleSet::parse(&moved()).expect("the rules are sound");
    assert_eq!((manifest.rules, manifest.rules_sha256), (Some(rules.version()), Some(rules.hash().to_owned())));

    assert!(built().reused);
    fs::write(folder.join(RULES), BUILT_IN).expect("somebody can write there");
    let again = built();
    assert_eq!((again.id, again.reused), (first.id, false));
}

#[test]
fn line_ends_of_a_rule_file_make_no_other_generation() {
    let windows = with_rules(&format!("\u{feff}{}", moved().replace('\n', "\r\n")));
    assert_eq!(windows.opened().id(), with_rules(&moved()).opened().id());
}

#[test]
fn a_rule_file_that_cannot_be_used_is_refused_with_every_line() {
    let broken = moved().replace("[0.2, 0.6)", "(0.2, 0.6)").replace("min_width_m", "min_witdh_m");
    let city = with_rules(&broken);
    let refusal = Config::load(&city.path("tuban.toml")).err().map(|error| error.to_string()).unwrap_or_default();
    let lines: Vec<&str> = refusal.lines().collect();
    assert_eq!(lines.len(), 3, "{refusal}");
    let place = |line: &str, text: &str| lines.iter().any(|said| said.contains(line) && said.contains(text));
    let line_of = |text: &str| broken.lines().position(|line| line.contains(text)).map_or(0, |place| place + 1);
    assert!(place(&format!("rules.toml:{}: ", line_of("(0, 0.2)")), "0.2 is in no class"), "{refusal}");
    assert!(place(&format!("rules.toml:{}: ", line_of("min_witdh_m =")), "did you mean `min_width_m`"), "{refusal}");

    fs::write(city.path("rules.toml"), b"title = \"\xce\xfd\xc1\xd6\"").expect("the rules can be written");
    let refusal = Config::load(&city.path("tuban.toml")).expect_err("it is GBK");
    assert!(format!("{:#}", anyhow::Error::from(refusal)).contains("UTF-8"));
}
