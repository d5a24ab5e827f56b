//! The analyses on a town small enough to check by hand.

mod town;

use layers::codes::land_use::CodeSystem;
use layers::intake::used_codes;
use layers::project::{Field, LayerSpec, NoBuilding, RepeatedKeys, Role, Settings, Subject};
use layers::rules::AnalyseError;
use layers::stats::By;
use layers::{Analysis, Layer, Value, ValueKind, analyse};
use town::{Lot, attribute, land, layer, rows};

const PARCEL_COLUMNS: [(&str, ValueKind); 6] = [
    ("BSM", ValueKind::Text),
    ("DLBM", ValueKind::Text),
    ("ZJZMJ", ValueKind::Real),
    ("ZDMJ", ValueKind::Real),
    ("JZMD", ValueKind::Real),
    ("SFCR", ValueKind::Text),
];

fn parcel(place: geo::Geometry<f64>, key: &str, code: &str, far: Option<f64>, density: Option<f64>) -> Lot {
    let values =
        vec![key.into(), code.into(), far.map(|far| far * 1000.0).into(), 1000.0.into(), density.into(), "是".into()];
    (place, values)
}

fn plan(place: geo::Geometry<f64>, code: &str, own_flag: Option<&str>) -> Lot {
    (place, vec![code.into(), own_flag.into()])
}

fn parcels() -> (LayerSpec, Layer) {
    layer(
        Role::Parcels,
        &PARCEL_COLUMNS,
        vec![
            parcel(land(0., 0., 2., 1.), "A", "100102", Some(0.5), Some(0.1)),
            parcel(land(2., 0., 2., 1.), "B", "1001", Some(0.0), Some(0.0)),
            parcel(land(4., 0., 2., 1.), "C", "1001", None, Some(0.5)),
            parcel(land(6., 0., 2., 1.), "house", "0701", Some(2.0), Some(0.3)),
        ],
    )
}

fn zoning(rows: Vec<Lot>) -> (LayerSpec, Layer) {
    layer(Role::Zoning, &[("YDXZDM", ValueKind::Text), ("SFQZXNR", ValueKind::Text)], rows)
}

fn small_town() -> Analysis {
    let plan = zoning(vec![
        plan(land(-1., -1., 2., 3.), "100102", None), // half of A stays
        plan(land(1., -1., 1., 3.), "0804", None),    // half of A becomes a school
        plan(land(2., -1., 2., 3.), "070102", None),  // B becomes housing
        plan(land(4., -1., 2., 3.), "1001", None),    // C stays
        plan(land(6., -1., 2., 3.), "1001", None),    // new industry
    ]);
    analyse(&[parcels(), plan], &Settings::default()).expect("the town is sound")
}

#[test]
fn a_patch_half_under_a_school_is_a_mandatory_conflict_of_half_its_area() {
    let town = small_town();
    assert_eq!(attribute(&town, "A", "conflict"), "mandatory".into());
    assert_eq!(attribute(&town, "A", "conflict_type"), "education".into());
    let (whole, half) = (attribute(&town, "A", "area_ha").as_f64(), attribute(&town, "A", "conflict_ha").as_f64());
    assert!((whole.expect("area") / half.expect("conflict area") - 2.0).abs() < 1e-6);
    assert_eq!(attribute(&town, "B", "conflict"), "non_mandatory".into());
    assert_eq!(attribute(&town, "C", "conflict"), "none".into());
}

#[test]
fn out_and_keep_make_the_land_of_now_and_new_is_what_was_not_industrial() {
    let town = small_town();
    assert_eq!(
        rows(&town, "changes"),
        [("out".into(), 1, "2.68".into()), ("new".into(), 3, "13.39".into()), ("keep".into(), 2, "2.68".into())]
            .map(|(key, count, area): (String, u64, String)| (key, count, area))
    );
    let table = town.statistics.table("changes").expect("changes");
    let overview = town.statistics.table("overview").expect("overview");
    assert!((table.rows.total.area_ha - overview.rows.total.area_ha).abs() < 1e-9);
    assert_eq!(table.rows.of_which[0].key, "out_granted");
    assert_eq!(table.rows.of_which[0].share, Some(1.0));
}

#[test]
fn what_is_not_recorded_is_not_assessed_and_never_zero() {
    let town = small_town();
    assert_eq!(attribute(&town, "C", "far"), Value::Null);
    assert_eq!(attribute(&town, "C", "intensity"), Value::Null);
    assert_eq!(attribute(&town, "B", "far_class"), 1i64.into());
    let far = &town.statistics.table("far").expect("far").rows;
    assert_eq!(far.total.count, Some(2));
    assert_eq!(far.not_assessed.as_ref().and_then(|row| row.count), Some(1));
}

#[test]
fn the_map_adds_up_to_the_tables() {
    let town = small_town();
    let sum = |layer: &str, class: &str, code: &str| -> f64 {
        let Some(layer) = town.layer(layer) else { return 0.0 };
        let place =
            |name: &str| layer.attributes.iter().position(|attribute| attribute.name == name).expect("attribute");
        let (class, area) = (place(class), place("area_ha"));
        let of_class = layer.features.iter().filter(|feature| feature.values[class].to_string() == code);
        of_class.filter_map(|feature| feature.values[area].as_f64()).sum()
    };
    let themes = [
        ("changes", "changes", "change"),
        ("conflicts", "conflicts", "type"),
        ("conformity", "parcels", "conflict"),
        ("far", "parcels", "far_class"),
        ("density", "parcels", "density_class"),
        ("intensity", "parcels", "intensity"),
    ];
    for (table, layer, class) in themes {
        for row in &town.statistics.table(table).expect("table").rows.rows {
            assert!((sum(layer, class, &row.key) - row.area_ha).abs() < 1e-9, "{table} {}", row.key);
        }
    }
}

#[test]
fn a_polygons_own_flag_beats_the_code_table() {
    let plan = zoning(vec![
        plan(land(-1., -1., 3., 3.), "0804", Some("否")),
        plan(land(2., -1., 2., 3.), "0702", Some("是")),
        plan(land(4., -1., 2., 3.), "9999", None),
    ]);
    let town = analyse(&[parcels(), plan], &Settings::default()).expect("sound");
    assert_eq!(attribute(&town, "A", "conflict"), "non_mandatory".into());
    assert_eq!(attribute(&town, "B", "conflict"), "mandatory".into());
    assert_eq!(attribute(&town, "C", "conflict"), Value::Null, "an unknown code is not assessed");
    assert!(town.notes.iter().any(|note| note.message.contains("\"9999\"") && note.rows == [3]), "{:?}", town.notes);
}

#[test]
fn parks_and_zones_break_tables_down_and_the_groups_add_up() {
    let named = [("BSM", ValueKind::Text), ("MC", ValueKind::Text)];
    let parks = layer(Role::Parks, &named, vec![(land(-1., -1., 3.5, 3.), vec!["SME".into(), "中小企业园".into()])]);
    let scope = layer(Role::Scope, &named, vec![(land(-5., -5., 20., 20.), vec!["city".into(), "中心城区".into()])]);
    let settings = Settings { agglomeration_parks: vec!["SME".into()], ..Settings::default() };
    let town = analyse(&[parcels(), parks, scope], &settings).expect("sound");
    assert_eq!(attribute(&town, "A", "park"), "SME".into());
    assert_eq!(attribute(&town, "A", "zone"), "agglomeration".into());
    assert_eq!(attribute(&town, "C", "zone"), Value::Null, "it may lie inside a control line");
    assert_eq!(rows(&town, "overview").len(), 2);
    for by in [By::Park, By::Zone, By::Scope] {
        let table = town.statistics.table("density").expect("density");
        let groups = table.by(by).expect("a breakdown");
        let sum: f64 = groups.iter().map(|group| group.rows.total.area_ha).sum();
        assert!((sum - table.rows.total.area_ha).abs() < 1e-9, "{by:?}");
    }
}

#[test]
fn the_result_does_not_depend_on_the_number_of_threads() {
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    let (one, four) = (pool(1).install(small_town), pool(4).install(small_town));
    assert_eq!(one.statistics, four.statistics);
    for (a, b) in one.layers().zip(four.layers()) {
        assert_eq!(a.features, b.features, "{}", a.id);
    }
}

#[test]
fn keys_must_be_there_and_differ() {
    let (spec, mut layer) = parcels();
    layer.features[2].values[0] = "A".into();
    let error = analyse(&[(spec.clone(), layer.clone())], &Settings::default()).expect_err("A twice");
    let message = error.to_string();
    assert!(message.contains("BSM") && message.contains("\"A\" in rows 1, 3"), "{message}");
    layer.features[2].values[0] = Value::Null;
    let message = analyse(&[(spec, layer)], &Settings::default()).expect_err("no key").to_string();
    assert!(message.contains("without a key, first in row 3"), "{message}");
}

#[test]
fn rows_with_one_key_can_be_parts_of_one_parcel() {
    let (mut spec, mut layer) = parcels();
    layer.features[1].values[0] = "A".into();
    spec.repeated_keys = RepeatedKeys::Merge;
    let town = analyse(&[(spec, layer)], &Settings::default()).expect("sound");
    let overview = town.statistics.table("overview").expect("overview");
    assert_eq!(overview.rows.total.count, Some(2), "A in two parts, and C");
    assert!((attribute(&town, "A", "area_ha").as_f64().expect("an area") - 3.5708).abs() < 1e-3);
    assert_eq!(attribute(&town, "A", "far"), Value::Null, "its parts differ");
}

#[test]
fn a_wrong_column_name_is_answered_with_the_nearest() {
    let (mut spec, layer) = parcels();
    spec.fields.insert(Field::Use, "DLMB".into());
    let message = analyse(&[(spec, layer)], &Settings::default()).expect_err("no such column").to_string();
    assert!(message.contains("did you mean DLBM?"), "{message}");
}

/// The town's parcels with these use codes and no declared system.
fn undeclared(codes: &[&str]) -> Result<Analysis, AnalyseError> {
    let (mut spec, mut layer) = parcels();
    spec.codes = None;
    let column = layer.column("DLBM").expect("the use column");
    for (feature, code) in layer.features.iter_mut().zip(codes) {
        feature.values[column] = (*code).into();
    }
    analyse(&[(spec, layer)], &Settings::default())
}

#[test]
fn use_codes_that_several_standards_read_differently_are_refused() {
    let message = undeclared(&["1001", "1001", "0601", "0701"]).expect_err("railways or industry").to_string();
    insta::assert_snapshot!(message);
    let message = undeclared(&["IA", "IA", "IB", "C"]).expect_err("no standard").to_string();
    insta::assert_snapshot!(message);
}

#[test]
fn use_codes_of_one_standard_alone_are_taken_with_a_remark() {
    let town = undeclared(&["100101", "100102", "1001+0902", "0701"]).expect("用地用海");
    let told = town.notes.iter().find(|note| note.message.contains("ydyh2023 is taken")).expect("a remark");
    assert!(told.message.contains("gbt21010 50 %"), "{}", told.message);
    let town = undeclared(&["M1", "M2", "M1+B2", "R2"]).expect("GB 50137");
    assert_eq!(town.statistics.table("overview").expect("overview").rows.total.count, Some(3));
}

#[test]
fn codes_that_lost_their_zero_are_read_where_the_layer_says_so() {
    let (mut spec, mut layer) = parcels();
    spec.codes = Some(CodeSystem::Gbt21010);
    let column = layer.column("DLBM").expect("the use column");
    for feature in &mut layer.features {
        feature.values[column] = Value::Int(601);
    }
    let inputs = |spec: &LayerSpec| [(spec.clone(), layer.clone())];
    let error = analyse(&inputs(&spec), &Settings::default()).expect_err("601 is no code");
    assert!(matches!(error, AnalyseError::NoPatches { rows: 4, .. }), "{error}");
    spec.leading_zero = true;
    let town = analyse(&inputs(&spec), &Settings::default()).expect("0601 is industry");
    assert_eq!(town.statistics.table("overview").expect("overview").rows.total.count, Some(4));
}

#[test]
fn the_codes_that_occur_are_listed_with_what_they_are() {
    let (spec, layer) = parcels();
    let used = used_codes(&spec, &layer).expect("a declared system").expect("a column of codes");
    assert_eq!((used.column.as_str(), used.system.as_str()), ("DLBM", "ydyh2023"));
    let first = &used.codes[0];
    assert_eq!(used.codes.iter().map(|code| code.rows).sum::<u64>(), 4);
    assert!(first.label.is_some() && first.ydyh.is_some(), "{first:?}");
}

#[test]
fn a_layer_without_industry_says_so() {
    let (spec, mut layer) = parcels();
    layer.features.truncate(4);
    layer.features.drain(..3);
    let error = analyse(&[(spec, layer)], &Settings::default()).expect_err("only a house");
    assert!(matches!(error, AnalyseError::NoPatches { rows: 1, .. }), "{error}");
}

#[test]
fn floor_area_and_footprint_come_from_buildings_where_the_parcel_has_none() {
    let columns = [("BSM", ValueKind::Text)];
    let lots = vec![(land(0., 0., 2., 1.), vec!["A".into()]), (land(2., 0., 2., 1.), vec!["B".into()])];
    let (mut spec, parcels) = layer(Role::Parcels, &columns, lots);
    spec.subject = Subject::All;
    let houses = vec![(land(0.5, 0.25, 1., 0.5), vec![3i64.into()])];
    let (mut buildings, houses) = layer(Role::Buildings, &[("ZCS", ValueKind::Int)], houses);
    let run = |buildings: &LayerSpec| {
        analyse(&[(spec.clone(), parcels.clone()), (buildings.clone(), houses.clone())], &Settings::default())
            .expect("sound")
    };
    let town = run(&buildings);
    let near = |value: Value, wanted: f64| (value.as_f64().expect("a number") - wanted).abs() < 1e-4;
    assert!(near(attribute(&town, "A", "density"), 0.25) && near(attribute(&town, "A", "far"), 0.75));
    assert_eq!(attribute(&town, "B", "density"), Value::Null, "no survey says it is empty");
    buildings.no_building = NoBuilding::Zero;
    assert!(near(attribute(&run(&buildings), "B", "density"), 0.0));
}
