//! The quality gate of builds: what is refused, in which words, and what is published with the rest.

use std::fs;

use layers::quality::Quality;
use layers::{Value, ValueKind};
use server::build::quality::check;
use server::build::{BuildError, Manifest, Options, Store, build};
use server::cli::{CliError, Exit};
use server::config::{Config, ConfigError};
use server::project::Project;

use crate::city::{City, Unwatched, one_table, square};

const COLUMNS: [(&str, ValueKind); 4] =
    [("BSM", ValueKind::Text), ("DLBM", ValueKind::Text), ("RJL", ValueKind::Real), ("JZMD", ValueKind::Real)];

/// Three patches, of which two have one key, densities in percent, and one overlaps another.
fn bad_land(city: &City) {
    let row = |key: &str, density: f64| -> Vec<Value> { vec![key.into(), "1001".into(), 0.8.into(), density.into()] };
    let rows = [(square(0, 0), row("甲", 40.0)), (square(1, 0), row("甲", 35.0)), (square(1, 0), row("乙", 30.0))];
    one_table(city.folder.path(), "bad.gpkg", "宗地", &COLUMNS, &rows);
}

fn project(city: &City, more: &str) -> Project {
    let text = format!(
        "[[layers]]\nid = \"parcels\"\nrole = \"parcels\"\nfile = \"bad.gpkg\"\ncodes = \"ydyh2023\"\n\
         fields = {{ density = \"JZMD\" }}\n{more}\n"
    );
    let config = Config::parse(&text, &city.path("tuban.toml")).expect(&text);
    Project::from_config(&config).expect("its tables are there")
}

#[test]
fn data_worse_than_allowed_are_refused_with_all_that_is_wrong_and_what_to_do() {
    let city = City::new();
    let served =
        build(&city.project(), &city.store(), Options::default(), &Unwatched).expect("the city can be built").id;
    bad_land(&city);
    let error =
        build(&project(&city, ""), &city.store(), Options::default(), &Unwatched).expect_err("the data are bad");
    insta::assert_snapshot!(error.to_string());
    assert_eq!(CliError::from(error).exit(), Exit::NotGoodEnough);
    assert_eq!(city.store().current(), Some(served), "the generation before it is served on");
}

#[test]
fn what_is_allowed_is_published_and_counted() {
    let city = City::new();
    bad_land(&city);
    let cured = "repeated_keys = \"merge\"\nshare_unit = \"percent\"";
    let refused = project(&city, &format!("{cured}\n[quality]\nallow = {{ duplicate_geometry = 0 }}"));
    let error = build(&refused, &city.store(), Options::default(), &Unwatched).expect_err("one polygon is there twice");
    assert!(error.to_string().contains("[quality] allow = { duplicate_geometry = 1 }"), "{error}");

    let allowed = project(&city, &format!("{cured}\n[quality]\nallow = {{ duplicate_geometry = 1 }}"));
    let built = build(&allowed, &city.store(), Options::default(), &Unwatched).expect("as much is allowed");
    let folder = city.store().folder(&built.id);
    let manifest = Manifest::read(&folder).expect("the manifest is there");
    assert_eq!(manifest.quality["duplicate_geometry"], 1);
    assert!(manifest.quality["uncovered"].is_null(), "there is no plan");
    let text = fs::read_to_string(folder.join("quality.json")).expect("it is there");
    let quality: Quality = serde_json::from_str(&text).expect("it is what the checks found");
    assert_eq!(quality, check(&allowed, &Unwatched).expect("the data can be read"), "check and build say the same");

    fs::remove_file(folder.join("quality.json")).expect("it was there");
    let again = build(&allowed, &city.store(), Options::default(), &Unwatched).expect("as much is allowed");
    assert!(!again.reused, "a generation without it is not whole");
}

#[test]
fn swapped_axes_and_wrong_zones_are_seen_in_the_files_themselves() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Degrees of EPSG:4490, latitude first; then metres of zone 39 with its number, declared without.
    let turned = |x: f64, y: f64| {
        geo::Geometry::from(
            geo::Rect::new(geo::coord! { x: x, y: y }, geo::coord! { x: x + 0.01, y: y + 0.01 }).to_polygon(),
        )
    };
    let row: Vec<Value> = vec!["a".into(), "1001".into(), Value::Null, Value::Null];
    let cases = [
        ("swapped.gpkg", turned(43.94, 116.08), 4490, "swapped_axes"),
        ("metres.gpkg", turned(4_867_567.0, 426_135.0), 4548, "swapped_axes"),
        ("zone.gpkg", turned(39_426_135.0, 4_867_567.0), 4548, "wrong_crs"),
        ("right.gpkg", turned(426_135.0, 4_867_567.0), 4548, ""),
    ];
    for (file, geometry, crs, expected) in cases {
        one_table(folder.path(), file, "t", &COLUMNS, &[(geometry, row.clone())]);
        let text = format!("[[layers]]\nid = \"a\"\nfile = \"{file}\"\ncrs = {crs}\n");
        let config = Config::parse(&text, &folder.path().join("tuban.toml")).expect(&text);
        let project = Project::from_config(&config).expect("its table is there");
        let quality = check(&project, &Unwatched).expect("the file can be read");
        let worse: Vec<&str> = quality.worse().map(|answer| answer.check.as_str()).collect();
        assert_eq!(worse.join(" "), expected, "{file}");
    }
}

#[test]
fn files_without_a_project_are_shown_whatever_is_found() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let far_away = geo::Geometry::from(
        geo::Rect::new(geo::coord! { x: 40.0, y: 20.0 }, geo::coord! { x: 41.0, y: 21.0 }).to_polygon(),
    );
    let file = one_table(folder.path(), "a.gpkg", "t", &[("a", ValueKind::Text)], &[(far_away, vec!["x".into()])]);
    let mut project = Project::from_files(&[file]).expect("it can be opened");
    project.layers[0].crs = Some(4490);
    let quality = check(&project, &Unwatched).expect("the file can be read");
    assert_eq!(quality.checks.iter().filter(|answer| answer.count > Some(0)).count(), 1);
    assert!(build(&project, &Store::at(folder.path().join("generations")), Options::default(), &Unwatched).is_ok());
}

#[test]
fn a_policy_that_cannot_be_is_refused_with_its_place() {
    let refusal = |more: &str| {
        let text = format!("[[layers]]\nid = \"a\"\nfile = \"a.gpkg\"\n[quality]\n{more}\n");
        let error: ConfigError = Config::parse(&text, "tuban.toml".as_ref()).expect_err(more);
        error.to_string()
    };
    let cases = [
        "allow = { overlap = 1 }",
        "allow = { duplicate_keys = 1 }",
        "severity = { missing_keys = \"info\" }",
        "severity = { gaps = \"fatal\" }",
        "allow = { gaps = -1 }",
        "thresholds = { far_maximum = 1 }",
        "thresholds = { far_max = -1 }",
        "allowed = {}",
    ];
    insta::assert_snapshot!(cases.map(refusal).join("\n"));
}

#[test]
fn a_generation_that_cannot_be_read_says_which_part() {
    let city = City::new();
    let id = build(&city.project(), &city.store(), Options::default(), &Unwatched).expect("the city can be built").id;
    fs::write(city.store().folder(&id).join("quality.json"), "{").expect("it can be written");
    let error = server::generation::Generation::open(&city.store(), &id).map(|_| ()).expect_err("it is broken");
    assert!(matches!(&error, BuildError::Incomplete { file, .. } if file.ends_with("quality.json")), "{error}");
}
