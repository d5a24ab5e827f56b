//! The quality gate from outside: what `tuban check` says, its exit codes, and that `tuban build`
//! refuses what it calls worse than allowed.

use std::fs;

use serde_json::{Value, json};
use tests::Tuban;
use tests::gpkg::{self, Table, text};

use crate::city::{demo, folder};

/// The checks of a report that found something.
fn found(report: &Value) -> Vec<&Value> {
    let checks = report["checks"].as_array().expect("a list of checks");
    checks.iter().filter(|check| check["count"].as_u64() > Some(0)).collect()
}

#[test]
fn the_demo_city_has_no_error_and_its_generation_says_so_too() {
    let city = demo();
    let report = Tuban::at(&city.folder).args(["check", ".", "--format", "json"]).run().good().json();
    let errors: Vec<&Value> = found(&report).into_iter().filter(|check| check["severity"] == "error").collect();
    assert_eq!(errors, Vec::<&Value>::new());
    let published = fs::read(city.generation.join("quality.json")).expect("a generation says what was found");
    assert_eq!(serde_json::from_slice::<Value>(&published).expect("JSON"), report);
    let server = Tuban::at(&city.folder).args(["serve", "."]).serve();
    assert_eq!(server.json("/quality.json"), report);
    server.stop();
}

#[test]
fn bad_data_are_listed_and_not_published_until_they_are_allowed() {
    let home = folder("quality");
    let table = Table::new("parcels", &[("BSM", "TEXT"), ("DLBM", "TEXT"), ("JZMD", "REAL")])
        .square(0, [text("<b>A1"), text("1001"), rusqlite::types::Value::Real(35.0)])
        .square(1, [text("A2"), text("1001"), rusqlite::types::Value::Real(40.0)]);
    gpkg::write(&home.join("parcels.gpkg"), &[table]);
    let config = "[[layers]]\nid = \"parcels\"\nrole = \"parcels\"\nfile = \"parcels.gpkg\"\ncodes = \"ydyh2023\"\n";
    fs::write(home.join("tuban.toml"), config).expect("a file can be written");

    let checked = Tuban::at(&home).args(["check"]).run();
    assert_eq!(checked.code, Some(1), "{}", checked.err);
    for words in ["share_unit", "density_range", "JZMD", "worse than allowed: share_unit"] {
        assert!(checked.text().contains(words), "no {words} in:\n{}", checked.text());
    }
    assert!(checked.err.contains("worse than allowed: share_unit 1 (0 allowed)"), "{}", checked.err);
    assert!(!home.join("generations").exists(), "a check builds nothing");
    Tuban::at(&home).args(["build"]).run().refused(1, &["share_unit: 1 found, 0 allowed", "JZMD", "to make it pass"]);

    let page = Tuban::at(&home).args(["check", "--format", "html", "-o", "q.html"]).run();
    assert_eq!((page.code, page.text()), (Some(1), ""));
    let html = fs::read_to_string(home.join("q.html")).expect("the page was written");
    assert!(html.contains("&lt;b&gt;A1") && !html.contains("<b>"), "{html}");

    fs::write(home.join("tuban.toml"), format!("{config}[quality]\nallow = {{ share_unit = 1 }}\n")).expect("a file");
    Tuban::at(&home).args(["check"]).run().good();
    Tuban::at(&home).args(["build"]).run().good();
    let server = Tuban::at(&home).args(["serve", "."]).serve();
    assert_eq!(found(&server.json("/quality.json"))[0]["allowed"], json!(1));
    server.stop();
}

#[test]
fn what_cannot_be_checked_has_the_exit_code_of_its_kind() {
    let home = folder("quality-exits");
    Tuban::at(&home).args(["check", "."]).run().refused(2, &["tuban.toml"]);
    let config = "[[layers]]\nid = \"a\"\nfile = \"a.gpkg\"\n";
    fs::write(home.join("tuban.toml"), config).expect("a file can be written");
    Tuban::at(&home).args(["check", "."]).run().refused(3, &["a.gpkg"]);
    fs::write(home.join("tuban.toml"), format!("{config}[quality]\nallow = {{ overlap = 1 }}\n")).expect("a file");
    Tuban::at(&home).args(["check", "."]).run().refused(2, &["quality.allow.overlap", "quality.allow.overlaps"]);
}
