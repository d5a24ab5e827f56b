//! From sources to generations, and what is said of sources that will not do.

use std::fs;
use std::path::Path;

use layers::{Value, ValueKind};
use server::build::{BuildError, Manifest, Options, Store, build, ensure};
use server::cli::{CliError, Exit};
use server::config::Config;
use server::project::{Project, ProjectError};

use crate::city::{City, Unwatched, bow_tie, one_table, square};

fn built(city: &City) -> server::build::Built {
    build(&city.project(), &city.store(), Options::default(), &Unwatched).expect("the city can be built")
}

#[test]
fn what_did_not_change_is_not_built_again() {
    let city = City::new();
    let first = built(&city);
    assert!(!first.reused);
    assert_eq!(first.id.len(), 12);
    let again = built(&city);
    assert_eq!((again.id.as_str(), again.reused), (first.id.as_str(), true));
    assert_eq!(city.store().current(), Some(first.id));
}

#[test]
fn the_same_sources_give_the_same_bytes_anywhere() {
    let (one, other) = (City::new(), City::new());
    let id = built(&one).id;
    assert_eq!(built(&other).id, id);
    for part in
        ["manifest.json", "stats.json", "findings.gpkg", "base.gpkg", "tiles/findings.pmtiles", "tiles/base.pmtiles"]
    {
        let bytes = |city: &City| fs::read(city.store().folder(&id).join(part)).expect(part);
        assert!(bytes(&one) == bytes(&other), "{part} differs");
    }
}

#[test]
fn the_manifest_names_sources_and_layers_but_no_path() {
    let city = City::new();
    let id = built(&city).id;
    let folder = city.store().folder(&id);
    let manifest = Manifest::read(&folder).expect("the manifest is there");
    let sources: Vec<&str> = manifest.sources.iter().map(|source| source.file.as_str()).collect();
    assert_eq!(sources, ["land.gpkg", "trees.gpkg"]);
    let parcels = manifest.tilesets.iter().flat_map(|tileset| &tileset.layers).find(|layer| layer.id == "parcels");
    assert_eq!(parcels.map(|layer| layer.features), Some(3));
    let text = fs::read_to_string(folder.join("manifest.json")).expect("the manifest is there");
    assert!(!text.contains(&city.folder.path().display().to_string()));
}

#[test]
fn changed_sources_and_settings_give_another_generation() {
    let city = City::new();
    let first = built(&city).id;
    let config = fs::read_to_string(city.path("tuban.toml")).expect("the configuration is there");
    fs::write(city.path("tuban.toml"), config.replace("小城", "大城")).expect("it can be written");
    let second = built(&city).id;
    assert_ne!(first, second);
    assert_eq!(city.store().list().len(), 2);
    assert_eq!(city.store().current(), Some(second.clone()));

    assert_eq!(city.store().roll_back(None).expect("there is an older one"), first);
    let served = ensure(&city.project(), &city.store(), &Unwatched).expect("it is there");
    assert_eq!(served.id, first, "a rollback holds for the server");
    assert_eq!(built(&city).id, second, "and ends with a build");
}

#[test]
fn a_changed_mapping_of_codes_gives_another_generation() {
    let city = City::new();
    let config = fs::read_to_string(city.path("tuban.toml")).expect("the configuration is there");
    let own = config.replace("codes = \"ydyh2023\"", "codes = \"own\"") + "[codes.own]\nfile = \"own.csv\"\n";
    fs::write(city.path("tuban.toml"), own).expect("the configuration can be written");
    let id_with = |school: &str| {
        let mapping = format!("code,ydyh\n1*,1001\n07*,07\n08*,{school}\n");
        fs::write(city.path("own.csv"), mapping).expect("the mapping can be written");
        built(&city).id
    };
    let first = id_with("0804");
    assert_eq!(id_with("0804"), first);
    assert_ne!(id_with("0801"), first);
}

#[test]
fn a_generation_that_lost_a_file_is_built_again() {
    let city = City::new();
    let id = built(&city).id;
    fs::remove_file(city.store().folder(&id).join("findings.gpkg")).expect("it was there");
    let again = built(&city);
    assert_eq!((again.id.as_str(), again.reused), (id.as_str(), false));
    assert!(city.store().folder(&id).join("findings.gpkg").exists());
}

#[test]
fn a_build_that_fails_leaves_the_one_before_it() {
    let city = City::new();
    let id = built(&city).id;
    let columns = [("BSM", ValueKind::Text), ("DLBM", ValueKind::Text)];
    let row = || -> Vec<Value> { vec!["same".into(), "1001".into()] };
    one_table(city.folder.path(), "land2.gpkg", "宗地", &columns, &[(square(0, 0), row()), (square(1, 0), row())]);
    let text = "[[layers]]\nid = \"parcels\"\nrole = \"parcels\"\nfile = \"land2.gpkg\"\ncodes = \"ydyh2023\"\n";
    fs::write(city.path("tuban.toml"), text).expect("it can be written");
    let error =
        build(&city.project(), &city.store(), Options::default(), &Unwatched).expect_err("two parcels have one key");
    assert!(error.to_string().contains("same"), "{error}");
    assert_eq!(CliError::from(error).exit(), Exit::NotGoodEnough);
    assert_eq!(city.store().current(), Some(id));
    // What the failed build left is cleared away by the next.
    fs::copy(city.path("land.gpkg"), city.path("land2.gpkg")).expect("it can be copied");
    let text = text.replace("codes", "table = \"宗地\"\ncodes");
    fs::write(city.path("tuban.toml"), text).expect("it can be written");
    built(&city);
    let entries = fs::read_dir(city.store().root()).expect("the folder is there");
    let drafts = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(".tmp-"));
    assert_eq!(drafts.count(), 0);
}

#[test]
fn invalid_geometry_is_repaired_and_reported() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let rows = [(bow_tie(), vec!["a".into()]), (square(2, 0), vec!["b".into()])];
    let file = one_table(folder.path(), "a.gpkg", "t", &[("名称", ValueKind::Text)], &rows);
    let project = Project::from_files(&[file]).expect("it can be opened");
    let store = Store::at(folder.path().join("generations"));
    let built = build(&project, &store, Options::default(), &Unwatched).expect("it can be built");
    let manifest = Manifest::read(&store.folder(&built.id)).expect("the manifest is there");
    assert_eq!(manifest.reports[0]["repaired"][0]["row"], 1);
}

/// What is said of a project, and the exit code that goes with it.
fn refusal(folder: &Path, text: &str) -> (String, Exit) {
    let config = Config::parse(text, &folder.join("tuban.toml")).expect(text);
    let error: CliError = match Project::from_config(&config) {
        Err(error) => error.into(),
        Ok(project) => {
            let store = Store::at(folder.join("generations"));
            build(&project, &store, Options::default(), &Unwatched).expect_err(text).into()
        }
    };
    let said = server::error::Chain(&error).to_string();
    (said.replace(&folder.display().to_string(), "DIR"), error.exit())
}

#[test]
fn sources_that_will_not_do_are_named_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let columns = [("BSM", ValueKind::Text), ("DLBM", ValueKind::Text)];
    let row = |key: Option<&str>, code: &str| -> Vec<Value> { vec![key.into(), code.into()] };
    let tables = [
        ("good.gpkg", vec![(square(0, 0), row(Some("a"), "1001"))]),
        ("keyless.gpkg", vec![(square(0, 0), row(Some("a"), "1001")), (square(1, 0), row(None, "1001"))]),
        ("houses.gpkg", vec![(square(0, 0), row(Some("a"), "0701"))]),
        ("empty.gpkg", vec![]),
        ("hollow.gpkg", vec![(geo::MultiPolygon::<f64>(vec![]).into(), row(Some("a"), "1001"))]),
    ];
    for (file, rows) in &tables {
        one_table(folder.path(), file, "宗地", &columns, rows);
    }
    fs::write(folder.path().join("zero.gpkg"), b"").expect("it can be written");
    fs::write(folder.path().join("text.gpkg"), "<?xml version='1.0'?>".repeat(50)).expect("it can be written");
    let good = fs::read(folder.path().join("good.gpkg")).expect("it is there");
    fs::write(folder.path().join("cut.gpkg"), &good[..good.len() / 2]).expect("it can be written");

    let parcels = |file: &str, more: &str| {
        format!("[[layers]]\nid = \"parcels\"\nrole = \"parcels\"\nfile = \"{file}\"\n{more}\n")
    };
    let codes = "codes = \"ydyh2023\"";
    let cases = [
        parcels("missing.gpkg", codes),
        parcels("zero.gpkg", codes),
        parcels("text.gpkg", codes),
        parcels("cut.gpkg", codes),
        parcels("good.gpkg", "table = \"宗第\""),
        parcels("good.gpkg", &format!("{codes}\nfields = {{ key = \"BMS\" }}")),
        parcels("good.gpkg", ""),
        parcels("good.gpkg", "codes = \"ydyh2023\"\ncrs = 1"),
        parcels("keyless.gpkg", codes),
        parcels("houses.gpkg", codes),
        parcels("empty.gpkg", codes),
        parcels("hollow.gpkg", codes),
        "[[layers]]\nid = \"a\"\nfile = \"empty.gpkg\"\n".to_owned(),
    ];
    let said: Vec<String> = cases
        .iter()
        .map(|text| {
            let (said, exit) = refusal(folder.path(), text);
            format!("{} {said}", exit as u8)
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn odd_geopackages_open_or_are_refused_with_a_reason() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/gpkg_odd"));
    // The files are not part of the project: where they are missing there is nothing to see.
    let Ok(files) = fs::read_dir(folder) else { return };
    let scratch = tempfile::tempdir().expect("a temporary folder");
    for file in files.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "gpkg")) {
        let outcome = Project::from_files(std::slice::from_ref(&file)).map_err(CliError::from).and_then(|project| {
            let store = Store::at(scratch.path().join(file.file_name().unwrap_or_default()));
            Ok(build(&project, &store, Options::default(), &Unwatched)?)
        });
        if let Err(error) = outcome {
            let said = server::error::Chain(&error).to_string();
            let named = file.file_name().unwrap_or_default().to_string_lossy();
            let is_empty = matches!(&error, CliError::Build(BuildError::Nothing { .. }));
            assert!(is_empty || said.contains(&*named), "{named} is refused without its name: {said}");
        }
    }
}

#[test]
fn a_file_without_feature_tables_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.gpkg");
    let mut writer = layers::gpkg::Writer::create(&path).expect("it can be written");
    let rows: [Vec<Value>; 1] = [vec!["x".into()]];
    let values = rows.iter().map(Vec::as_slice);
    writer.attributes_table("list", "list", &[("a", ValueKind::Text)], values).expect("it can be written");
    writer.finish().expect("it can be written");
    let error = Project::from_files(&[path]).expect_err("nothing in it can be drawn");
    assert!(matches!(error, ProjectError::Read(_) | ProjectError::NoFeatureTable { .. }), "{error}");
}
