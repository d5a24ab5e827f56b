//! A flaw for every check: each town is good but for one thing, and that is what is told.

mod data;
mod town;

use std::path::Path;

use layers::feature::{Misplaced, Placing};
use layers::gpkg::GeoPackage;
use layers::project::{Field, LayerSpec, NoBuilding, RepeatedKeys, Role, Settings, ShareUnit, Subject};
use layers::quality::{Answer, Check, Policy, Quality, Severity, check};
use layers::{Layer, Mistyped, Recoded, Repair, Skip, SquareMetres, Value, ValueKind};
use town::{Lot, land, layer};

use ValueKind::{Real, Text};

type Inputs = Vec<(LayerSpec, Layer)>;

const PARCELS: [(&str, ValueKind); 5] = [("BSM", Text), ("DLBM", Text), ("RJL", Real), ("JZMD", Real), ("TBMJ", Real)];
const PLAN: [(&str, ValueKind); 5] =
    [("DKBH", Text), ("YDXZDM", Text), ("RJLSX", Real), ("JZMDSX", Real), ("LDLXX", Real)];

/// A patch with good figures, whose recorded area is left out.
fn patch(key: &str, place: geo::Geometry<f64>) -> Lot {
    (place, vec![key.into(), "1001".into(), 0.8.into(), 0.4.into(), Value::Null])
}

fn planned(key: &str, place: geo::Geometry<f64>) -> Lot {
    (place, vec![key.into(), "0701".into(), 2.0.into(), 0.3.into(), 0.35.into()])
}

/// Two patches side by side under one plan polygon, with nothing wrong.
fn good() -> Inputs {
    vec![
        layer(Role::Parcels, &PARCELS, vec![patch("a", land(0., 0., 1., 1.)), patch("b", land(1., 0., 1., 1.))]),
        layer(Role::Zoning, &PLAN, vec![planned("p", land(-1., -1., 9., 9.)), planned("q", land(8., -1., 1., 9.))]),
    ]
}

fn checked(inputs: &Inputs) -> Quality {
    check(inputs, &Settings::default(), &Policy::default()).expect("the configuration is right")
}

/// The checks that found something, with how often.
fn flawed(quality: &Quality) -> Vec<(&str, u64)> {
    quality.checks.iter().filter_map(|answer| Some((answer.check.as_str(), answer.count.filter(|n| *n > 0)?))).collect()
}

fn answer(quality: &Quality, check: Check) -> &Answer {
    quality.answer(check).expect("every check has an answer")
}

/// The good town with something done to it, and the one thing that is then told.
fn told(check: Check, count: u64, change: impl FnOnce(&mut Inputs)) -> Answer {
    let mut inputs = good();
    change(&mut inputs);
    let quality = checked(&inputs);
    assert_eq!(flawed(&quality), [(check.name(), count)], "{:#?}", answer(&quality, check));
    answer(&quality, check).clone()
}

fn set(inputs: &mut Inputs, layer: usize, row: usize, column: usize, value: impl Into<Value>) {
    inputs[layer].1.features[row].values[column] = value.into();
}

#[test]
fn a_good_town_has_no_flaw_and_what_has_no_input_was_not_asked() {
    let quality = checked(&good());
    assert_eq!(flawed(&quality), []);
    assert_eq!(quality.worse().count(), 0);
    assert!(quality.checks.iter().all(|answer| answer.count == Some(0)), "{quality:#?}");
    let alone = checked(&good().into_iter().take(1).collect());
    for check in [Check::Uncovered, Check::PlanOverlaps, Check::PlanLimits, Check::LayersApart] {
        assert_eq!(answer(&alone, check).count, None, "{check:?}");
    }
}

#[test]
fn the_place_the_row_and_the_key_are_told() {
    let flaw = told(Check::NegativeValues, 1, |town| set(town, 0, 1, 4, -5.0)).flaws.remove(0);
    assert_eq!((flaw.layer.as_str(), flaw.table.as_str()), ("parcels", "parcels"));
    assert_eq!((flaw.row, flaw.key.as_deref(), flaw.severity), (Some(2), Some("b"), Severity::Warning));
    let [lon, lat] = flaw.at.expect("it lies somewhere");
    assert!((lon - 116.0015).abs() < 1e-6 && (lat - 43.9005).abs() < 1e-6, "{lon} {lat}");
    assert_eq!(flaw.message.en, "column TBMJ (area) is -5");
}

#[test]
fn geometry_that_was_left_out_or_repaired_is_told() {
    let skip = |town: &mut Inputs| town[0].1.report.skipped.push(Skip { row: 9, reason: "geometry is NULL".into() });
    assert_eq!(told(Check::UnreadableGeometry, 1, skip).flaws[0].row, Some(9));
    let (area_before, area_after) = (SquareMetres(90.0), SquareMetres(100.5));
    let repair = |town: &mut Inputs| {
        town[0].1.report.repaired.push(Repair {
            row: 2,
            reason: "ring 0 crosses itself".into(),
            area_before,
            area_after,
        });
    };
    let repaired = told(Check::InvalidGeometry, 1, repair);
    assert_eq!((repaired.flaws[0].amount, repaired.flaws[0].key.as_deref()), (Some(10.5), Some("b")));
    told(Check::NoArea, 1, |town| {
        let mut tree = town[1].1.features[0].clone();
        (tree.row, tree.values[0]) = (3, "tree".into());
        tree.geometry = geo::Geometry::Point(geo::point! { x: 116.003, y: 43.903 });
        town[1].1.features.push(tree);
    });
}

#[test]
fn keys_are_all_listed_and_cannot_be_allowed() {
    let repeated = told(Check::DuplicateKeys, 1, |town| set(town, 0, 1, 0, "a"));
    assert!(repeated.is_worse() && !repeated.can_be_allowed());
    assert_eq!(
        (repeated.flaws[0].row, repeated.flaws[0].message.en.as_str()),
        (Some(2), "key \"a\" in column BSM is that of row 1")
    );
    let missing = told(Check::MissingKeys, 2, |town| {
        set(town, 0, 0, 0, Value::Null);
        set(town, 0, 1, 0, " ");
    });
    assert!(missing.is_worse());
    let mut merged = good();
    merged[0].0.repeated_keys = RepeatedKeys::Merge;
    set(&mut merged, 0, 1, 0, "a");
    assert_eq!(answer(&checked(&merged), Check::DuplicateKeys).count, None, "they are parts of one parcel");
    told(Check::DuplicatePlanKeys, 1, |town| set(town, 1, 1, 0, "p"));
}

#[test]
fn duplicate_keys_name_columns_that_could_be_keys() {
    let mut town = good();
    town[0].0.fields.insert(Field::Key, "DLBM".into());
    let hint = &answer(&checked(&town), Check::DuplicateKeys).hint.en.clone();
    assert!(hint.ends_with("(unique here: BSM)"), "{hint}");
}

#[test]
fn codes_that_are_missing_or_unknown_are_told() {
    let unknown = told(Check::UnknownCodes, 1, |town| set(town, 1, 1, 1, "9801"));
    assert!(!unknown.is_worse());
    let said = &unknown.flaws[0].message.en;
    assert!(said.starts_with("code \"9801\" is not in the code system ydyh2023; the nearest is 0801 "), "{said}");
    told(Check::MissingCodes, 1, |town| set(town, 1, 1, 1, Value::Null));
}

#[test]
fn a_layer_of_unknown_codes_has_another_system() {
    let mut town = good();
    (0..2).for_each(|row| set(&mut town, 1, row, 1, "R2"));
    let quality = checked(&town);
    assert_eq!(flawed(&quality), [("code_system", 1), ("unknown_codes", 2)]);
    assert_eq!(
        answer(&quality, Check::CodeSystem).flaws[0].message.en,
        "2 of 2 codes are not in the code system ydyh2023"
    );
}

#[test]
fn a_layer_without_industry_has_no_patches() {
    let mut town = good();
    (0..2).for_each(|row| set(&mut town, 0, row, 1, "0701"));
    let quality = checked(&town);
    assert_eq!(flawed(&quality), [("no_patches", 1)]);
    assert!(answer(&quality, Check::NoPatches).is_worse());
}

#[test]
fn percent_and_fraction_are_told_apart() {
    let percent = |town: &mut Inputs| (0..2).for_each(|row| set(town, 0, row, 3, 35.0));
    let mut town = good();
    percent(&mut town);
    let quality = checked(&town);
    let unit = answer(&quality, Check::ShareUnit);
    assert!(unit.is_worse());
    assert!(unit.flaws[0].message.en.contains("JZMD (density): its 2 values above zero lie between 35 and 35"));
    // The other way round: 0.4 and 0.35 where percent is declared.
    let mut town = good();
    town[1].0.share_unit = ShareUnit::Percent;
    assert_eq!(answer(&checked(&town), Check::ShareUnit).count, Some(2), "density_max and green_min");
    let mut town = good();
    percent(&mut town);
    (0..2).for_each(|row| set(&mut town, 0, row, 2, 0.9));
    town[0].0.share_unit = ShareUnit::Percent;
    assert_eq!(flawed(&checked(&town)), []);
}

#[test]
fn text_among_numbers_and_text_of_another_encoding_are_told_and_counted() {
    let value = Mistyped { row: 2, column: "RJL".into(), text: "约0.4".into() };
    let mistyped = told(Check::MistypedValues, 120, |town| {
        town[0].1.report.mistyped.push(value);
        town[0].1.report.mistyped_total = 120;
    });
    assert_eq!((mistyped.flaws.len(), mistyped.flaws[0].key.as_deref()), (1, Some("b")));
    told(Check::MistypedValues, 1, |town| set(town, 0, 0, 4, "about 800"));
    told(Check::RecodedText, 1, |town| {
        town[0].1.report.recoded.push(Recoded { row: 1, column: "MC".into(), text: "工厂".into() });
        town[0].1.report.recoded_total = 1;
    });
}

#[test]
fn figures_that_cannot_be_are_told() {
    assert_eq!(told(Check::FarRange, 1, |town| set(town, 0, 0, 2, 20.5)).flaws[0].amount, Some(20.5));
    let dense = told(Check::DensityRange, 1, |town| {
        set(town, 0, 0, 2, 3.0);
        set(town, 0, 0, 3, 1.2);
    });
    assert!((dense.flaws[0].amount.unwrap_or_default() - 120.0).abs() < 1e-9);
    told(Check::PlanLimits, 1, |town| set(town, 1, 0, 4, 1.4));
    told(Check::PlanLimits, 1, |town| set(town, 1, 1, 2, 35.0));
}

#[test]
fn figures_that_cannot_both_be_are_told() {
    let below = told(Check::FarBelowDensity, 1, |town| set(town, 0, 0, 2, 0.3));
    assert!((below.flaws[0].amount.unwrap_or_default() - 0.1).abs() < 1e-12);
    told(Check::FarWithoutFootprint, 1, |town| set(town, 0, 0, 3, 0.0));
    let bare = told(Check::FootprintWithoutFar, 1, |town| set(town, 0, 0, 2, 0.0));
    assert_eq!(bare.severity, Severity::Info);
    let mut single_storey = good();
    set(&mut single_storey, 0, 0, 2, 0.4);
    assert_eq!(flawed(&checked(&single_storey)), [], "a storey is its footprint");
}

/// Square metres of the unit lot in the town's first row.
const LOT: f64 = 8922.0;

#[test]
fn recorded_areas_are_compared_with_the_geometry() {
    let half = told(Check::AreaMismatch, 1, |town| set(town, 0, 0, 4, LOT / 2.0));
    assert!((half.flaws[0].amount.unwrap_or_default() + LOT / 2.0).abs() < 30.0, "{half:?}");
    let mut near = good();
    set(&mut near, 0, 0, 4, LOT * 1.005);
    assert_eq!(flawed(&checked(&near)), []);
}

#[test]
fn overlaps_are_measured_and_located() {
    let found = told(Check::Overlaps, 1, |town| {
        town[0] =
            layer(Role::Parcels, &PARCELS, vec![patch("a", land(0., 0., 1., 1.)), patch("b", land(0.9, 0., 1., 1.))]);
    });
    let flaw = &found.flaws[0];
    assert!((flaw.amount.unwrap_or_default() - LOT / 10.0).abs() < 10.0, "{flaw:?}");
    assert!(flaw.message.en.starts_with("overlaps b (row 2) by 89"), "{}", flaw.message.en);
    let [lon, _] = flaw.at.expect("a place");
    assert!((lon - 116.00095).abs() < 1e-6);
    assert_eq!(found.total, flaw.amount);
    told(Check::PlanOverlaps, 1, |town| {
        town[1].1.features[1].geometry = land(7.9, -1., 1., 9.);
    });
}

#[test]
fn land_that_two_layers_share_or_that_is_no_patch_does_not_overlap() {
    let mut town = good();
    let mut house = patch("house", land(0.5, 0.5, 1., 1.));
    house.1[1] = "0701".into();
    town[0] = layer(Role::Parcels, &PARCELS, vec![patch("a", land(0., 0., 1., 1.)), house]);
    assert_eq!(flawed(&checked(&town)), []);
}

#[test]
fn small_holes_are_gaps_and_large_ones_are_not() {
    // A ring of four lots around a hole of so many thousandths of a degree.
    let around = |hole: f64| {
        let lots = [
            patch("s", land(0., 0., 2. + hole, 1.)),
            patch("n", land(0., 1. + hole, 2. + hole, 1.)),
            patch("w", land(0., 1., 1., hole)),
            patch("e", land(1. + hole, 1., 1., hole)),
        ];
        layer(Role::Parcels, &PARCELS, lots.into())
    };
    let found = told(Check::Gaps, 1, |town| town[0] = around(0.1));
    let flaw = &found.flaws[0];
    assert!((flaw.amount.unwrap_or_default() - LOT / 100.0).abs() < 1.0, "{flaw:?}");
    assert!(flaw.message.en.starts_with("a hole beside s (row 1), n (row 2), w (row 3): 89."), "{}", flaw.message.en);
    let mut yard = good();
    yard[0] = around(0.5);
    assert_eq!(flawed(&checked(&yard)), []);
    told(Check::PlanGaps, 1, |town| {
        let mut lots = around(0.1).1.features;
        for (lot, key) in lots.iter_mut().zip(["1", "2", "3", "4"]) {
            lot.values = planned(key, land(0., 0., 1., 1.)).1;
        }
        town[1].1.features = lots;
        town[0] =
            layer(Role::Parcels, &PARCELS, vec![patch("a", land(0., 0., 1., 1.)), patch("b", land(1., 0., 1., 1.))]);
    });
}

#[test]
fn the_same_polygon_twice_is_a_duplicate_wherever_it_begins() {
    let found = told(Check::DuplicateGeometry, 1, |town| {
        let mut again = town[1].1.features[1].clone();
        (again.row, again.values[0]) = (3, "r".into());
        if let geo::Geometry::Polygon(polygon) = &mut again.geometry {
            polygon.exterior_mut(|ring| {
                ring.0.pop();
                ring.0.rotate_left(2);
            });
        }
        town[1].1.features.push(again);
    });
    assert_eq!(found.flaws[0].message.en, "the same polygon as row 2");
}

#[test]
fn land_without_a_plan_is_measured() {
    let found = told(Check::Uncovered, 1, |town| town[1].1.features[0].geometry = land(0., 0., 1.5, 1.));
    let flaw = &found.flaws[0];
    assert_eq!(flaw.key.as_deref(), Some("b"));
    assert!((flaw.amount.unwrap_or_default() - LOT / 2.0).abs() < 30.0, "{flaw:?}");
    let [lon, _] = flaw.at.expect("a place");
    assert!((lon - 116.00175).abs() < 1e-6);
}

fn placing(outside: u64, swapped: u64) -> Placing {
    let row = Misplaced { row: 1, stored: [4_867_567.0, 426_135.0], lon_lat: None };
    let listed = vec![row; outside.min(3) as usize];
    Placing { system: "EPSG:4548".into(), area_of_use: Some([115.5, 16.7, 118.5, 53.56]), outside, swapped, listed }
}

#[test]
fn rows_outside_the_area_of_use_are_suspected() {
    let put = |rows: u64, found: Placing| {
        move |town: &mut Inputs| {
            (town[0].1.report.rows, town[0].1.report.placing) = (rows, found);
        }
    };
    let swapped = told(Check::SwappedAxes, 1, put(100, placing(100, 99)));
    assert!(swapped.is_worse());
    assert!(swapped.flaws[0].message.en.contains("stored as 4867567 426135"), "{:?}", swapped.flaws);
    assert!(told(Check::WrongCrs, 1, put(100, placing(80, 3))).is_worse());
    let few = told(Check::MisplacedRows, 8, put(100, placing(8, 0)));
    assert!(!few.is_worse());
    assert_eq!((few.flaws.len(), few.flaws[0].row), (3, Some(1)));
}

#[test]
fn layers_that_lie_apart_are_told_why() {
    let moved = |town: &mut Inputs, to: fn(geo::Coord<f64>) -> geo::Coord<f64>| {
        use geo::MapCoords;
        for feature in &mut town[1].1.features {
            feature.geometry = feature.geometry.map_coords(to);
        }
    };
    let found = |to: fn(geo::Coord<f64>) -> geo::Coord<f64>| {
        let mut town = good();
        moved(&mut town, to);
        let quality = checked(&town);
        let first = flawed(&quality).first().map(|(check, _)| (*check).to_owned());
        assert!(quality.worse().count() == 1);
        first.unwrap_or_default()
    };
    assert_eq!(found(|at| geo::coord! { x: at.y, y: at.x - 60.0 }), "layers_apart");
    assert_eq!(found(|at| geo::coord! { x: at.x - 3.0, y: at.y }), "wrong_crs");
    assert_eq!(found(|at| geo::coord! { x: at.x + 1.0, y: at.y }), "layers_apart");
    // Only where a latitude of 116 is not out of this world: the other way round.
    let mut town = good();
    let turn = |at: geo::Coord<f64>| geo::coord! { x: at.x - 76.0, y: at.y };
    (0..2).for_each(|place| {
        use geo::MapCoords;
        for feature in &mut town[place].1.features {
            feature.geometry = feature.geometry.map_coords(turn);
        }
    });
    moved(&mut town, |at| geo::coord! { x: at.y, y: at.x });
    assert_eq!(flawed(&checked(&town))[0].0, "swapped_axes");
}

#[test]
fn a_policy_says_what_is_good_enough() {
    let mut town = good();
    set(&mut town, 0, 0, 2, 0.3);
    let with = |policy: &Policy| {
        let quality = check(&town, &Settings::default(), policy).expect("the configuration is right");
        quality.worse().map(|answer| answer.check.clone()).collect::<Vec<_>>()
    };
    let strict = Policy { severity: [("far_below_density", Severity::Error)].into(), ..Policy::default() };
    assert_eq!(with(&Policy::default()), Vec::<String>::new());
    assert_eq!(with(&strict), ["far_below_density"]);
    assert_eq!(with(&Policy { allow: [("far_below_density", 1)].into(), ..strict.clone() }), Vec::<String>::new());
    assert_eq!(with(&Policy { allow: [("far_below_density", 0)].into(), ..Policy::default() }), ["far_below_density"]);
    assert_eq!(with(&Policy { only_report: true, ..strict }), Vec::<String>::new());
}

#[test]
fn every_flaw_is_counted_and_the_largest_are_listed() {
    let rows = (0..1200).map(|i| {
        let mut lot = patch(&format!("k{i}"), land(f64::from(i), 0., 1., 1.));
        lot.1[2] = (21.0 + f64::from(i)).into();
        lot
    });
    let town = vec![layer(Role::Parcels, &PARCELS, rows.collect())];
    let quality = checked(&town);
    let far = answer(&quality, Check::FarRange);
    assert_eq!((far.count, far.flaws.len()), (Some(1200), Quality::LISTED));
    assert_eq!(far.flaws[0].key.as_deref(), Some("k1199"));
}

#[test]
fn the_order_of_threads_does_not_show() {
    let mut town = good();
    let lots = (0..300).map(|i| patch(&format!("k{i}"), land(f64::from(i) * 0.9, f64::from(i % 7) * 0.3, 1., 1.)));
    town[0] = layer(Role::Parcels, &PARCELS, lots.collect());
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    assert_eq!(alone.install(|| checked(&town)), checked(&town));
}

#[test]
fn a_configuration_that_cannot_be_is_refused() {
    let mut town = good();
    town[0].0.codes = None;
    assert!(check(&town, &Settings::default(), &Policy::default()).is_err());
    let mut town = good();
    let again = (LayerSpec { id: "again".into(), ..town[1].0.clone() }, town[1].1.clone());
    town.push(again);
    let refused = check(&town, &Settings::default(), &Policy::default()).expect_err("there are two plans");
    assert!(refused.to_string().contains("zoning and again"), "{refused}");
}

/// A layer of a real city.
fn read(file: &Path, table: &str, role: Role, fields: &[(Field, &str)]) -> (LayerSpec, Layer) {
    let data = GeoPackage::open(file).and_then(|gpkg| gpkg.read(table)).expect("it can be read");
    let fields = fields.iter().map(|(field, column)| (*field, (*column).to_owned())).collect();
    let spec = LayerSpec {
        id: role.name().into(),
        role,
        source: data.source.clone(),
        fields,
        leading_zero: false,
        codes: None,
        share_unit: ShareUnit::Fraction,
        area_unit: Default::default(),
        subject: Subject::All,
        no_building: NoBuilding::Zero,
        repeated_keys: RepeatedKeys::Refuse,
    };
    (spec, data)
}

fn count(quality: &Quality, check: Check) -> u64 {
    answer(quality, check).count.expect("its inputs are there")
}

#[test]
fn cambridges_dirt_is_what_another_engine_counted() {
    let Some(file) = data::file("cambridge/cambridge.gpkg") else { return };
    let fields = [(Field::Key, "ml"), (Field::FloorArea, "gross_area_sqft"), (Field::SiteArea, "land_area_sqft")];
    let quality = checked(&vec![read(&file, "parcels", Role::Parcels, &fields)]);
    assert_eq!(count(&quality, Check::DuplicateKeys), 80);
    assert_eq!(count(&quality, Check::MissingKeys), 1);
    assert_eq!(count(&quality, Check::InvalidGeometry), 34);
    assert_eq!(count(&quality, Check::UnreadableGeometry), 1);
    assert_eq!(count(&quality, Check::MistypedValues), 0);
    let far = answer(&quality, Check::FarRange);
    assert_eq!((far.count, far.flaws[0].message.en.as_str()), (Some(4), "floor area ratio 77.50"));
}

#[test]
fn san_romans_dirt_is_known() {
    let Some(file) = data::file("sanroman/sanroman.gpkg") else { return };
    let fields = [(Field::Key, "nationalCadastralReference"), (Field::Area, "areaValue")];
    let mut parcels = read(&file, "parcels", Role::Parcels, &fields);
    parcels.0.repeated_keys = RepeatedKeys::Merge;
    let buildings =
        read(&file, "buildings", Role::Buildings, &[(Field::Parcel, "reference"), (Field::FloorArea, "value")]);
    let quality = checked(&vec![parcels, buildings]);
    assert_eq!(quality.worse().count(), 0);
    assert_eq!(count(&quality, Check::AreaMismatch), 0);
    // A hole 0.03 m wide along a country road, and two lots that claim 2.19 m² of another's.
    assert_eq!((count(&quality, Check::Gaps), count(&quality, Check::Overlaps)), (42, 2));
}
