//! Inputs that are drawn or filled in otherwise than one hopes: nothing is guessed, nothing panics.

mod town;

use geo::{Geometry, LineString, MultiPolygon, Point, Polygon};
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
