//! What a `tuban.toml` may say, and what is said of one that is wrong.

use std::path::Path;

use layers::codes::land_use::CodeSystem;
use layers::project::{AreaMethod, Field, Role};
use server::config::server::{Effective, ListenAt};
use server::config::{Config, ConfigError};

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(text, Path::new("city/tuban.toml"))
}

/// What is said of a configuration that cannot be used.
fn refusal(text: &str) -> String {
    match parse(text) {
        Ok(_) => panic!("this was taken:\n{text}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_example_is_a_configuration_with_every_key() -> Result<(), ConfigError> {
    let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../config.example.toml"));
    let config = Config::load(file)?;
    assert_eq!(config.layers.len(), 5);
    let [parcels, zoning, ..] = &config.layers[..] else { panic!("five layers") };
    assert_eq!(parcels.role, Role::Parcels);
    assert_eq!(parcels.crs, Some(4548));
    assert_eq!(parcels.codes, Some(CodeSystem::YdyhV2023));
    assert!(
        matches!(&zoning.codes, Some(CodeSystem::Custom(codes)) if codes.name == "my_zoning" && codes.entries.len() == 8)
    );
    let named: std::collections::BTreeSet<Field> =
        config.layers.iter().flat_map(|layer| layer.fields.keys().copied()).collect();
    assert_eq!(named.len(), Field::ALL.len(), "the example shows every field: {named:?}");
    let text = std::fs::read_to_string(file).expect("the example is there");
    for role in Role::ALL {
        assert!(text.contains(role.name()), "the example names the role {}", role.name());
    }
    Ok(())
}

#[test]
fn the_examples_of_real_cities_are_configurations() -> Result<(), ConfigError> {
    for city in ["cambridge", "sanroman"] {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples")).join(city);
        assert!(!Config::load(&folder)?.layers.is_empty());
    }
    Ok(())
}

#[test]
fn what_is_left_out_has_a_default() -> Result<(), ConfigError> {
    let config = parse("[[layers]]\nid = \"a\"\nfile = \"a.gpkg\"\n")?;
    assert_eq!(config.title, "city");
    let server = Effective::of([config.server])?.config;
    assert_eq!(server.listen, [ListenAt::Tcp("127.0.0.1:3000".to_owned())]);
    assert_eq!(config.settings.area_method, AreaMethod::Ellipsoidal);
    assert_eq!(config.layers[0].role, Role::Plain);
    assert_eq!(config.layers[0].file, Path::new("city/a.gpkg"));
    Ok(())
}

/// What is said of each of these, a line each.
fn refusals(texts: &[&str]) -> String {
    texts.iter().map(|text| refusal(text) + "\n").collect()
}

/// A layer that is right but for some lines.
fn layer(lines: &str) -> String {
    format!("[[layers]]\nid = \"a\"\nfile = \"a.gpkg\"\n{lines}\n")
}

#[test]
fn an_unknown_key_is_named_by_its_full_path_and_line() {
    insta::assert_snapshot!(refusals(&[
        "[project]\nnmae = \"x\"\n",
        &layer("tabel = \"t\""),
        &(layer("") + "[[layers]]\nid = \"b\"\nfields = { kee = \"BSM\" }\n"),
        &layer("fields.kye = \"BSM\""),
        "[codes.own]\nindustry = [\"M\"]\n",
        "[tiling]\nmax = 3\n",
        "[tiles]\nqqq = 3\n",
        "[foreign.basemap]\nfiel = \"a.pmtiles\"\n",
    ]));
}

#[test]
fn a_wrong_value_is_told_what_is_allowed() {
    insta::assert_snapshot!(refusals(&[
        &layer("role = \"parcel\""),
        &layer("area_unit = \"acre\""),
        &(layer("codes = \"my_zonin\"") + "[codes.my_zoning]\nindustrial = [\"I\"]\n"),
        &layer("crs = \"EPSG:4548\""),
        &layer("fields = \"BSM\""),
        &(layer("") + "[analysis]\narea_method = \"flat\"\n"),
    ]));
}

#[test]
fn what_must_be_there_is_asked_for() {
    insta::assert_snapshot!(refusals(&[
        "",
        "[[layers]]\nfile = \"a.gpkg\"\n",
        "[[layers]]\nid = \"a\"\n",
        "[[layers]]\nid = \"a,b\"\nfile = \"a.gpkg\"\n",
        &(layer("") + "[[layers]]\nid = \"A\"\nfile = \"a.gpkg\"\n"),
        &(layer("") + "[tiles]\nmin_zoom = 14\nmax_zoom = 10\n"),
        &(layer("") + "[tiles]\nmax_zoom = 22\n"),
        &(layer("") + "[tiles]\ntile_bytes = 500\n"),
        &(layer("") + "[tiles]\ncells = 24\n"),
        &(layer("") + "[tiles]\nkeep_all = true\ncells = 16\n"),
        &(layer("") + "[foreign.basemap]\n"),
        &(layer("") + "[foreign.findings]\nfile = \"a.pmtiles\"\n"),
        &(layer("") + "[foreign.catalog]\nfile = \"a.pmtiles\"\n"),
        &(layer("") + "[foreign.\"a,b\"]\nfile = \"a.pmtiles\"\n"),
        "[project\nname = 3\n",
    ]));
}

#[test]
fn a_code_system_may_be_a_file_beside_the_configuration() -> Result<(), ConfigError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("tuban.toml");
    let text = layer("codes = \"own\"") + "[codes.own]\nfile = \"own.csv\"\n";
    let mapping = |csv: &str| std::fs::write(folder.path().join("own.csv"), csv).expect("it can be written");
    let said = |text: &str| {
        let error = Config::parse(text, &file).expect_err(text).to_string();
        error.replace(&folder.path().display().to_string(), "DIR")
    };
    let missing = said(&text);
    mapping("code,ydyh\n1,1001\n2,9\n");
    let unknown = said(&text);
    let twice = said(&(text.clone() + "industrial = [\"1\"]\n"));
    mapping("code,ydyh\n1,1001\n");
    let zero = said(&text.replace("codes = \"own\"", "codes = \"own\"\nleading_zero = true"));
    insta::assert_snapshot!([missing, unknown, twice, zero].join("\n"));
    let config = Config::parse(&text, &file)?;
    assert!(matches!(&config.layers[0].codes, Some(CodeSystem::Custom(own)) if own.entries.len() == 1));
    Ok(())
}
