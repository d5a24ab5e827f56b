//! Inputs that are drawn or filled in otherwise than one hopes: nothing is guessed, nothing panics.
#![allow(clippy::panic, reason = "a test fails by panicking")]

mod town;

use geo::{CoordsIter, Geometry, LineString, MultiPolygon, Point, Polygon};
use layers::measure::planar_area;
use layers::project::{AreaMethod, AreaUnit, LayerSpec, RepeatedKeys, Role, Settings, ShareUnit, Subject};
use layers::stats::By;
use layers::{Analysis, Layer, Value, ValueKind, analyse};
use town::{Lot, attribute, land, layer, rows};

const KEY: (&str, ValueKind) = ("BSM", ValueKind::Text);

/// Parcels of which all are industrial, with a key and these columns.
fn parcels(columns: &[(&str, ValueKind)], lots: Vec<Lot>) -> (LayerSpec, Layer) {
    let (mut spec, layer) = layer(Role::Parcels, &[&[KEY], columns].concat(), lots);
    spec.subject = Subject::All;
    (spec, layer)
}

/// Two parcels side by side.
fn two() -> (LayerSpec, Layer) {
    parcels(&[], vec![(land(0., 0., 2., 1.), vec!["A".into()]), (land(2., 0., 2., 1.), vec!["B".into()])])
}

fn zoning(polygons: &[(Geometry<f64>, &str)]) -> (LayerSpec, Layer) {
    let lots = polygons.iter().map(|(place, code)| (place.clone(), vec![(*code).into()])).collect();
    layer(Role::Zoning, &[("YDXZDM", ValueKind::Text)], lots)
}

fn run(inputs: &[(LayerSpec, Layer)]) -> Analysis {
    analyse(inputs, &Settings::default()).expect("sound")
}

fn outline(place: &Geometry<f64>) -> Geometry<f64> {
    let Geometry::Polygon(polygon) = place else { panic!("land is a polygon") };
    Geometry::LineString(polygon.exterior().clone())
}

fn says(town: &Analysis, layer: &str, words: &str) -> bool {
    town.notes.iter().any(|note| note.layer == layer && note.message.contains(words))
}

#[test]
fn keys_that_differ_in_blanks_alone_are_one_key() {
    let lots = vec![(land(0., 0., 2., 1.), vec!["A".into()]), (land(2., 0., 2., 1.), vec!["A ".into()])];
    let (mut spec, layer) = parcels(&[], lots);
    spec.repeated_keys = RepeatedKeys::Merge;
    assert_eq!(rows(&run(&[(spec, layer)]), "overview")[0].1, 1);
}

#[test]
fn a_patch_without_an_area_is_left_out() {
    let empty = Polygon::new(LineString::new(vec![]), vec![]);
    let flat = Polygon::new(LineString::from(vec![(116.0, 43.9), (116.0, 43.9), (116.0, 43.9)]), vec![]);
    let (spec, mut layer) = two();
    layer.features[0].geometry = MultiPolygon(vec![empty.clone()]).into();
    layer.features[1].geometry = flat.into();
    assert!(analyse(&[(spec, layer)], &Settings::default()).is_err(), "no patch has an area");
    let (spec, mut layer) = two();
    layer.features[0].geometry = MultiPolygon(vec![empty]).into();
    let town = run(&[(spec, layer), zoning(&[(land(0., 0., 2., 1.), "1001")])]);
    assert_eq!(rows(&town, "overview")[0].1, 1);
    assert!(says(&town, "parcels", "without an area"));
}

#[test]
fn a_control_line_drawn_as_a_line_says_nothing_about_zones() {
    let place = land(-1., -1., 9., 9.);
    let line = layer(Role::ControlLine, &[KEY], vec![(outline(&place), vec!["x".into()])]);
    let town = run(&[two(), line]);
    assert_eq!(attribute(&town, "A", "zone"), Value::Null, "it is inside: relocation would be wrong");
    assert!(says(&town, "control_line", "no polygon"), "{:?}", town.notes);
    assert!(town.layer("control_line").is_none());
}

#[test]
fn an_empty_study_area_is_no_study_area() {
    let area = layer(Role::TransformationArea, &[KEY], vec![(land(-1., -1., 3., 3.), vec!["t".into()])]);
    let line = layer(Role::ControlLine, &[KEY], vec![(land(50., 50., 1., 1.), vec!["k".into()])]);
    let town = run(&[two(), area, line, layer(Role::Scope, &[KEY], vec![])]);
    assert_eq!(attribute(&town, "A", "zone"), "transformation".into());
    assert_eq!(attribute(&town, "B", "zone"), Value::Null, "relocation ends with the study area");
    assert!(says(&town, "scope", "no polygon"), "{:?}", town.notes);
}

#[test]
fn a_plan_without_polygons_assesses_nothing() {
    let drawn = zoning(&[(outline(&land(-1., -1., 9., 9.)), "0804")]);
    for plan in [zoning(&[]), drawn] {
        let town = run(&[two(), plan]);
        assert_eq!(attribute(&town, "A", "conflict"), Value::Null);
        assert!(town.layer("zoning").is_none());
        let changes = &town.statistics.table("changes").expect("changes").rows;
        assert_eq!((changes.total.area_ha, changes.total.share), (0.0, None));
        assert_eq!(changes.not_assessed.as_ref().map(|row| row.count), Some(Some(2)));
    }
    assert!(says(&run(&[two(), zoning(&[(outline(&land(0., 0., 1., 1.)), "0804")])]), "zoning", "without an area"));
}

#[test]
fn a_park_in_two_rows_is_one_park() {
    let named = [KEY, ("MC", ValueKind::Text)];
    let row = |x: f64| (land(x, -1., 1., 3.), vec!["SME".into(), "中小企业园".into()]);
    // Each row holds a third of A, together they hold most of it.
    let lots = vec![(land(0., 0., 3., 1.), vec!["A".into()]), (land(9., 0., 2., 1.), vec!["B".into()])];
    let town = run(&[parcels(&[], lots), layer(Role::Parks, &named, vec![row(0.), row(2.)])]);
    assert_eq!(attribute(&town, "A", "park"), "SME".into());
    let keys: Vec<String> = rows(&town, "overview").into_iter().map(|row| row.0).collect();
    assert_eq!(keys, ["all", "SME"]);
    let groups = town.statistics.table("overview").and_then(|table| table.by(By::Park)).expect("by park");
    assert_eq!(groups.iter().map(|group| group.key.as_str()).collect::<Vec<_>>(), ["SME", "none"]);
}

#[test]
fn land_planned_twice_is_new_once() {
    let place = land(6., 0., 2., 1.);
    let once = run(&[two(), zoning(&[(place.clone(), "1001")])]);
    let twice = run(&[two(), zoning(&[(place.clone(), "1001"), (land(7., 0., 1., 1.), "1001")])]);
    assert_eq!(rows(&once, "changes")[1], rows(&twice, "changes")[1]);
    // The first polygon has the land where two overlap, as it does under patches.
    let school_first = run(&[two(), zoning(&[(land(7., 0., 1., 1.), "0804"), (place, "1001")])]);
    let hectares = |town: &Analysis| town.statistics.table("changes").expect("changes").rows.rows[1].area_ha;
    assert!((hectares(&once) / hectares(&school_first) - 2.0).abs() < 1e-6);
}

#[test]
fn new_land_is_measured_by_the_area_method() {
    let settings = Settings { area_method: AreaMethod::Planar, ..Settings::default() };
    let place = land(6., 0., 2., 1.);
    let town = analyse(&[two(), zoning(&[(place.clone(), "1001")])], &settings).expect("sound");
    let Geometry::Polygon(polygon) = place else { panic!("land is a polygon") };
    let planar = planar_area(&polygon.into()).hectares();
    let new = town.statistics.table("changes").expect("changes").rows.rows[1].area_ha;
    assert!((new / planar - 1.0).abs() < 1e-8, "{new} {planar}");
}

#[test]
fn a_patch_counts_in_each_part_that_it_has_a_piece_of() {
    // Research land and a cultural site: both are other uses, only the second is mandatory.
    let plan = zoning(&[(land(0., -1., 1., 3.), "0802"), (land(1., -1., 1., 3.), "0803")]);
    let table = run(&[two(), plan]);
    let conflicts = &table.statistics.table("conflicts").expect("conflicts").rows;
    let counts: Vec<(&str, Option<u64>)> = conflicts.of_which.iter().map(|row| (row.key.as_str(), row.count)).collect();
    assert_eq!(counts, [("mandatory", Some(1)), ("non_mandatory", Some(1))]);
    assert_eq!(conflicts.total.count, Some(1));
}

#[test]
fn a_ratio_of_areas_in_mu_falls_on_the_break_it_is_on() {
    let columns = [("ZJZMJ", ValueKind::Real), ("ZDMJ", ValueKind::Real)];
    let (mut spec, layer) = parcels(&columns, vec![(land(0., 0., 2., 1.), vec!["A".into(), 3.3.into(), 11.0.into()])]);
    spec.area_unit = AreaUnit::Mu;
    let town = run(&[(spec, layer)]);
    assert_eq!(attribute(&town, "A", "far"), 0.3.into());
    assert_eq!(attribute(&town, "A", "far_class"), 3i64.into());
}

#[test]
fn percentages_become_the_nearest_fractions() {
    let lots = (1..=100).map(|i| (land(f64::from(i), 0., 1., 1.), vec![i.to_string().into(), f64::from(i).into()]));
    let (mut spec, layer) = parcels(&[("JZMD", ValueKind::Real)], lots.collect());
    spec.share_unit = ShareUnit::Percent;
    let town = run(&[(spec, layer)]);
    for i in 1..=100 {
        assert_eq!(
            attribute(&town, &i.to_string(), "density"),
            format!("0.{i:02}").replace("0.100", "1").parse::<f64>().expect("a number").into()
        );
    }
}

#[test]
fn a_density_above_one_is_pointed_out() {
    let lots = vec![(land(0., 0., 2., 1.), vec!["A".into(), 35.0.into()])];
    let town = run(&[parcels(&[("JZMD", ValueKind::Real)], lots)]);
    assert!(says(&town, "parcels", "share_unit"), "{:?}", town.notes);
}

#[test]
fn parcels_that_do_not_say_whether_they_are_granted_are_pointed_out() {
    let lots = vec![
        (land(0., 0., 2., 1.), vec!["A".into(), "是".into()]),
        (land(2., 0., 2., 1.), vec!["B".into(), Value::Null]),
    ];
    let town = run(&[parcels(&[("SFCR", ValueKind::Text)], lots)]);
    assert!(says(&town, "parcels", "granted"), "{:?}", town.notes);
    assert!(!says(&run(&[two()]), "parcels", "granted"), "where nobody records it, nothing is said");
}

#[test]
fn a_building_drawn_as_a_point_leaves_the_footprint_unknown() {
    let point = Geometry::Point(Point::new(116.001, 43.9005));
    let columns = [("ZDDM", ValueKind::Text), ("ZCS", ValueKind::Int)];
    let houses = layer(Role::Buildings, &columns, vec![(point.clone(), vec!["A".into(), 3i64.into()])]);
    let town = run(&[two(), houses]);
    assert_eq!((attribute(&town, "A", "far"), attribute(&town, "A", "density")), (Value::Null, Value::Null));
    assert!(says(&town, "buildings", "footprint"), "{:?}", town.notes);
    // What is recorded counts, wherever the point lies.
    let columns = [("ZZDMJ", ValueKind::Real), ("SCJZMJ", ValueKind::Real)];
    let houses = layer(Role::Buildings, &columns, vec![(point, vec![500.0.into(), Value::Null])]);
    let town = run(&[two(), houses]);
    assert!(attribute(&town, "A", "density").as_f64().is_some_and(|density| density > 0.0));
    assert_eq!(attribute(&town, "A", "far"), Value::Null);
}

#[test]
fn a_building_that_names_no_parcel_is_found_by_its_place() {
    let columns = [("ZDDM", ValueKind::Text), ("ZCS", ValueKind::Int)];
    let house = |key: Value| (land(0.5, 0.25, 1., 0.5), vec![key, 1i64.into()]);
    let town = |key: Value| run(&[two(), layer(Role::Buildings, &columns, vec![house(key)])]);
    assert!((attribute(&town(Value::Null), "A", "density").as_f64().expect("found") - 0.25).abs() < 1e-4);
    let elsewhere = town("Z".into());
    assert_eq!(attribute(&elsewhere, "A", "density"), Value::Null, "it names a parcel that is no patch");
    assert!(says(&elsewhere, "buildings", "names a parcel"), "{:?}", elsewhere.notes);
}

#[test]
fn buildings_are_set_against_the_recorded_site() {
    let columns = [("ZDMJ", ValueKind::Real)];
    let lots = vec![
        (land(0., 0., 2., 1.), vec!["A".into(), 10_000.0.into()]),
        (land(2., 0., 2., 1.), vec!["B".into(), Value::Null]),
    ];
    let columns_of_houses = [("ZZDMJ", ValueKind::Real), ("SCJZMJ", ValueKind::Real)];
    let house = |x: f64| (land(x, 0.25, 1., 0.5), vec![2_000.0.into(), 5_000.0.into()]);
    let houses = layer(Role::Buildings, &columns_of_houses, vec![house(0.5), house(2.5)]);
    let town = run(&[parcels(&columns, lots), houses]);
    assert_eq!((attribute(&town, "A", "far"), attribute(&town, "A", "density")), (0.5.into(), 0.2.into()));
    assert_eq!(attribute(&town, "B", "far"), Value::Null, "its site area is not recorded");
}

#[test]
fn merged_parts_keep_their_vertices_to_the_last_bit() {
    let place = |x: f64| land(x + 0.123_456_789, 0.333_333_333, 1.0, 1.1);
    let lots = vec![(place(0.), vec!["A".into()]), (place(1.0), vec!["A".into()]), (place(7.), vec!["A".into()])];
    let (mut spec, layer) = parcels(&[], lots.clone());
    spec.repeated_keys = RepeatedKeys::Merge;
    let town = run(&[(spec, layer)]);
    let parcels = town.layer("parcels").expect("parcels");
    let known: Vec<_> = lots.iter().flat_map(|(place, _)| place.coords_iter()).collect();
    assert!(parcels.features[0].geometry.coords_iter().all(|vertex| known.contains(&vertex)));
    let Geometry::MultiPolygon(parts) = &parcels.features[0].geometry else { panic!("an area") };
    assert_eq!(parts.0.len(), 2, "two of them share a border");
}

#[test]
fn a_collection_whose_polygons_overlap_counts_its_land_once() {
    let both = Geometry::GeometryCollection(vec![land(0., 0., 2., 1.), land(1., 0., 2., 1.)].into());
    let town = run(&[parcels(&[], vec![(both, vec!["A".into()]), (land(5., 0., 3., 1.), vec!["B".into()])])]);
    let (a, b) = (attribute(&town, "A", "area_ha").as_f64(), attribute(&town, "B", "area_ha").as_f64());
    assert!((a.expect("an area") - b.expect("an area")).abs() < 1e-4, "{a:?} {b:?}");
}
