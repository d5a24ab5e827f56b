//! Start configurations: what is guessed, and that it runs.

use std::path::Path;

use layers::codes::land_use::CodeSystem;
use layers::project::{AreaUnit, Field, Role, ShareUnit};
use layers::{Value, ValueKind};
use server::config::{Config, LayerConfig};
use server::init::configuration;
use server::project::Project;

use crate::city::{City, one_table, square};

/// The layers of the start configuration for one file, as read back.
fn guessed(file: &Path) -> Vec<LayerConfig> {
    let text = configuration(&[file.to_owned()]).expect("the file can be read");
    let config = Config::parse(&text, &file.with_file_name("tuban.toml")).expect(&text);
    Project::from_config(&config).expect(&text);
    config.layers
}

#[test]
fn a_city_in_the_standards_names_needs_no_correction() {
    let city = City::new();
    let layers = guessed(&city.path("land.gpkg"));
    let parcels = layers.iter().find(|layer| layer.role == Role::Parcels).expect("parcels are found");
    assert_eq!(parcels.table.as_deref(), Some("宗地"));
    assert_eq!(parcels.codes, Some(CodeSystem::YdyhV2023));
    assert_eq!(parcels.share_unit, ShareUnit::Fraction);
    let fields = [Field::Key, Field::Name, Field::Use, Field::Far, Field::Density];
    let columns: Vec<&str> = fields.iter().map(|field| parcels.fields[field].as_str()).collect();
    assert_eq!(columns, ["BSM", "MC", "DLBM", "RJL", "JZMD"]);
    let zoning = layers.iter().find(|layer| layer.role == Role::Zoning).expect("the plan is found");
    assert_eq!(zoning.fields[&Field::PlanCode], "YDXZDM");
    assert!(layers.iter().any(|layer| layer.role == Role::Parks));
}

#[test]
fn every_guess_is_marked_as_one() {
    let city = City::new();
    let text = configuration(&["land.gpkg", "trees.gpkg"].map(|file| city.path(file))).expect("both can be read");
    let folder = city.folder.path().display().to_string();
    insta::assert_snapshot!(text.replace(&folder, "DIR"));
}

#[test]
fn chinese_headings_percent_and_mu_are_recognised() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // The square measures about 0.89 ha, that is 13.4 mu.
    let row = |key: &str, code: &str| -> Vec<Value> {
        vec![key.into(), code.into(), Value::Real(0.8), Value::Real(35.0), Value::Real(13.4)]
    };
    let columns = [
        ("宗地代码", ValueKind::Text),
        ("地类编码", ValueKind::Text),
        ("容积率", ValueKind::Real),
        ("建筑密度", ValueKind::Real),
        ("宗地面积", ValueKind::Real),
    ];
    let rows = [(square(0, 0), row("a", "0601")), (square(1, 0), row("b", "0701"))];
    let file = one_table(folder.path(), "a.gpkg", "现状地块", &columns, &rows);
    let layers = guessed(&file);
    assert_eq!(layers[0].role, Role::Parcels);
    assert_eq!(layers[0].codes, Some(CodeSystem::Gbt21010), "0601 is industry in GB/T 21010 alone");
    assert_eq!(layers[0].share_unit, ShareUnit::Percent);
    assert_eq!(layers[0].area_unit, AreaUnit::Mu);
    assert_eq!(layers[0].fields[&Field::SiteArea], "宗地面积");
}

#[test]
fn codes_of_no_standard_leave_the_layer_plain_with_a_remark() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let columns = [("parcel_id", ValueKind::Int), ("use_code", ValueKind::Text)];
    let rows = [(square(0, 0), vec![Value::Int(1), "101".into()]), (square(1, 0), vec![Value::Int(2), "400".into()])];
    let file = one_table(folder.path(), "a.gpkg", "parcels", &columns, &rows);
    let layers = guessed(&file);
    assert_eq!(layers[0].role, Role::Plain);
    assert_eq!(layers[0].fields[&Field::Key], "parcel_id");
    let text = configuration(&[file]).expect("the file can be read");
    assert!(text.contains("set fields.use = \"use_code\" and codes"), "{text}");
    assert!(text.contains("its 2 codes are of no known standard: 101, 400"), "{text}");
}

#[test]
fn a_column_that_is_nearly_a_key_is_named_with_what_would_make_it_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let columns = [("kind", ValueKind::Text), ("reference", ValueKind::Text)];
    let row = |place: u32| -> Vec<Value> { vec!["a".into(), format!("R{}", place.max(1)).as_str().into()] };
    let rows: Vec<_> = (0..40_u32).map(|place| (square(place, 0), row(place))).collect();
    let file = one_table(folder.path(), "a.gpkg", "parcels", &columns, &rows);
    assert_eq!(guessed(&file)[0].role, Role::Plain);
    let text = configuration(&[file]).expect("the file can be read");
    let hint = "1 of its 40 rows repeat a value of \"reference\": if they are parts of one parcel, set \
                fields.key = \"reference\" and repeated_keys = \"merge\"";
    assert!(text.contains(hint), "{text}");
}

#[test]
fn a_column_with_repeated_values_is_no_key() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let columns = [("BSM", ValueKind::Text), ("DKBH", ValueKind::Text)];
    let row = |a: &str, b: &str| -> Vec<Value> { vec![a.into(), b.into()] };
    let rows = [(square(0, 0), row("1", "1")), (square(1, 0), row("1", "2"))];
    let file = one_table(folder.path(), "a.gpkg", "t", &columns, &rows);
    assert_eq!(guessed(&file)[0].fields[&Field::Key], "DKBH");
}

#[test]
fn codes_that_are_numbers_get_their_zero_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let columns = [("BSM", ValueKind::Text), ("DLBM", ValueKind::Int)];
    let row = |key: &str, code: i64| -> Vec<Value> { vec![key.into(), Value::Int(code)] };
    let rows = [(square(0, 0), row("a", 100101)), (square(1, 0), row("b", 70102))];
    let file = one_table(folder.path(), "a.gpkg", "parcels", &columns, &rows);
    let layers = guessed(&file);
    assert_eq!(layers[0].role, Role::Parcels);
    assert_eq!((layers[0].codes.clone(), layers[0].leading_zero), (Some(CodeSystem::YdyhV2023), true));
}

#[test]
fn a_choice_between_standards_is_told_with_both_readings() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let columns = [("BSM", ValueKind::Text), ("DLBM", ValueKind::Text)];
    let row = |key: &str, code: &str| -> Vec<Value> { vec![key.into(), code.into()] };
    let rows = [(square(0, 0), row("a", "1001")), (square(1, 0), row("b", "0701"))];
    let file = one_table(folder.path(), "a.gpkg", "parcels", &columns, &rows);
    assert_eq!(guessed(&file)[0].codes, Some(CodeSystem::YdyhV2023), "1001 is industry there");
    let text = configuration(&[file]).expect("the file can be read");
    assert!(text.contains("1001 is 工业用地 (Industry) in ydyh2023 and 铁路用地 (Railway) in gbt21010"), "{text}");
}
