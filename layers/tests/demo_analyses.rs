//! The analyses on the demo city: what they measure is what the plan publishes.
#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::sync::LazyLock;

use layers::gpkg::GeoPackage;
use layers::project::LayerSpec;
use layers::stats::{By, Row, Rows, Table};
use layers::{Analysis, Value, analyse};

static DEMO: LazyLock<Analysis> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let city = layers::demo::write(folder.path()).expect("the demo city is written");
    let read = |spec: LayerSpec| {
        let file = GeoPackage::open(&spec.source.file).expect("a GeoPackage");
        let layer = file.read(&spec.source.table).expect("a table");
        (spec, layer)
    };
    let inputs: Vec<_> = city.layers.into_iter().map(read).collect();
    analyse(&inputs, &city.settings).expect("the demo city is sound")
});

fn table(name: &str) -> &'static Table {
    DEMO.statistics.table(name).unwrap_or_else(|| panic!("there is no table {name}"))
}

fn row<'r>(rows: &'r Rows, key: &str) -> &'r Row {
    let mut all = rows.rows.iter().chain(&rows.of_which).chain([&rows.total]);
    all.find(|row| row.key == key).unwrap_or_else(|| panic!("there is no row {key}"))
}

/// Count, hectares to 2 decimals, per cent to 2 decimals.
fn figures(row: &Row) -> (u64, String, String) {
    let percent = row.share.map(|share| format!("{:.2}", share * 100.0)).unwrap_or_default();
    (row.count.expect("a count"), format!("{:.2}", row.area_ha), percent)
}

#[test]
fn approvals_are_as_in_section_2_3_3() {
    let rows = &table("approval").rows;
    assert_eq!(figures(row(rows, "approved")), (729, "646.35".into(), "95.16".into()));
    let (_, area, share) = figures(row(rows, "missing"));
    assert_eq!((area, share), ("32.88".into(), "4.84".into()));
    let (_, area, share) = figures(row(rows, "approved_in_control_line"));
    assert_eq!((area, share), ("386.40".into(), "59.78".into()));
    let (_, area, share) = figures(row(rows, "missing_in_control_line"));
    assert_eq!((area, share), ("13.11".into(), "39.87".into()));
    assert!(rows.not_assessed.is_none());
    assert!(DEMO.statistics.table("unsupplied").is_none(), "nobody records supply");
}

#[test]
fn marginal_land_is_as_in_table_7() {
    let whole = &table("marginal").rows;
    assert_eq!(figures(&whole.total), (701, "70.89".into(), "100.00".into()));
    assert!(whole.not_assessed.is_none());
    let parks = table("marginal").by(By::Park).expect("there are parks");
    let of = |key: &str| {
        let group = parks.iter().find(|group| group.key == key).expect("the park");
        let (count, area, _) = figures(&group.rows.total);
        (count, area)
    };
    assert_eq!(of("SME"), (78, "5.48".into()));
    assert_eq!(of("WOOL"), (267, "21.85".into()));
    assert_eq!(of("none"), (356, "43.56".into()));
    // Kinds and advice divide it.
    for parts in [&whole.rows, &whole.of_which] {
        assert_eq!(parts.iter().filter_map(|row| row.count).sum::<u64>(), 701);
    }
}

/// Sum of `area_ha` over the features of a tile layer, class by class.
fn in_tiles(layer: &str, attribute: &str, class: &Value) -> f64 {
    let layer = DEMO.layer(layer).expect("the layer");
    let place = |name: &str| layer.attributes.iter().position(|known| known.name == name).expect("the attribute");
    let (area, attribute) = (place("area_ha"), place(attribute));
    let of_class = layer.features.iter().filter(|feature| feature.values[attribute] == *class);
    of_class.map(|feature| feature.values[area].as_f64().expect("an area")).sum()
}

#[test]
fn the_map_adds_up_to_the_tables() {
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
    for kind in ["enclosed", "interlocked", "corner"] {
        close(in_tiles("marginal", "kind", &kind.into()), row(&table("marginal").rows, kind).area_ha);
    }
    for (advice, key) in [("public", "public"), ("merge", "merge")] {
        close(in_tiles("marginal", "use", &advice.into()), row(&table("marginal").rows, key).area_ha);
    }
    for (approved, key) in [(true, "approved"), (false, "missing")] {
        close(in_tiles("approvals", "approved", &approved.into()), row(&table("approval").rows, key).area_ha);
    }
    let in_line = in_tiles("approvals", "in_control_line", &true.into());
    let rows = &table("approval").rows;
    let keys = ["approved_in_control_line", "missing_in_control_line"];
    close(in_line, keys.iter().map(|key| row(rows, key).area_ha).sum());
}

/// Hectares by conflict (mandatory, non-mandatory, none) and in all, of a table that goes by it.
fn by_conflict(name: &str) -> [String; 4] {
    let rows = &table(name).rows;
    assert!(rows.not_assessed.is_none(), "{name}");
    ["mandatory", "non_mandatory", "none", "total"].map(|key| figures(row(rows, key)).1)
}

#[test]
fn idle_land_is_as_in_section_4_4_2() {
    assert_eq!(by_conflict("idle"), ["5.09", "7.80", "19.98", "32.87"]);
    let parks = table("idle").by(By::Park).expect("there are parks");
    let (count, _, _) = figures(&parks.last().expect("elsewhere").rows.total);
    assert_eq!(count, 15, "idle land lies outside the parks");
}

#[test]
fn low_intensity_land_is_as_in_section_4_4_3() {
    assert_eq!(by_conflict("low"), ["85.41", "155.55", "200.50", "441.46"]);
    let rows = &table("low").rows;
    // The first criterion finds 442.88 ha; one patch of 1.42 ha is spared by hand.
    assert_eq!(figures(row(rows, "intensity")), (200, "441.46".into(), "100.00".into()));
    assert_eq!(figures(row(rows, "policy")).0, 0);
    let reasons: Vec<u64> = rows.of_which.iter().filter_map(|row| row.count).collect();
    assert!(reasons[1..4].iter().all(|count| (1..200).contains(count)), "others hold too: {reasons:?}");
    let by_conflict = table("low").by(By::Conflict).expect("there is a plan");
    let (_, area, _) = figures(&by_conflict[2].rows.total);
    assert_eq!((by_conflict[2].key.as_str(), area), ("mandatory", "85.41".into()));
}

#[test]
fn every_patch_has_advice_and_permits_follow_it() {
    let disposal = &table("disposal").rows;
    assert_eq!(figures(&disposal.total), (571, "679.23".into(), "100.00".into()));
    assert!(disposal.not_assessed.is_none());
    assert_eq!(figures(row(disposal, "SWAP")).1, "116.51", "mandatory conflicts (4.4.1)");
    for name in ["permit_new", "permit_ext"] {
        let permits = &table(name).rows;
        assert_eq!(figures(&permits.total), (571, "679.23".into(), "100.00".into()));
        let refused = ["SWAP", "KEEP", "FORCE_OUT"].iter().map(|code| row(disposal, code).area_ha).sum::<f64>();
        assert!((row(permits, "deny").area_ha - refused).abs() < 1e-9, "{name}");
        assert!((row(permits, "file").area_ha - row(disposal, "FILE").area_ha).abs() < 1e-9, "{name}");
    }
    let inefficient = &table("inefficient").rows;
    assert_eq!(figures(row(inefficient, "plan")).1, "116.51", "to be relocated by plan");
    assert_eq!(figures(row(inefficient, "far")).1, "434.74", "below 0.3: classes 1 and 2 of table 4");
    assert_eq!(row(inefficient, "industry").count, Some(0), "the plan lists no industry");
}

#[test]
fn maps_of_idle_low_and_disposal_add_up_to_their_tables() {
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
    for name in ["idle", "low"] {
        close(in_tiles("parcels", name, &true.into()), table(name).rows.total.area_ha);
        close(in_tiles("labels", name, &true.into()), table(name).rows.total.area_ha);
    }
    for (attribute, name) in [("disposal", "disposal"), ("permit_new", "permit_new"), ("permit_ext", "permit_ext")] {
        for row in table(name).rows.rows.iter().filter(|row| row.key != "none") {
            close(in_tiles("parcels", attribute, &row.key.as_str().into()), row.area_ha);
        }
    }
    let bit = |attribute: &str, bit: i64| -> f64 {
        (0..256).filter(|bits| bits & bit != 0).map(|bits| in_tiles("parcels", attribute, &Value::Int(bits))).sum()
    };
    for (place, row) in table("low").rows.of_which.iter().enumerate() {
        close(bit("low_reasons", 1 << place), row.area_ha);
    }
    for (place, row) in table("inefficient").rows.rows[1..].iter().enumerate() {
        close(bit("inefficient", 1 << place), row.area_ha);
    }
}

#[test]
fn tables_of_patches_are_broken_down_by_conflict() {
    for name in ["far", "density", "intensity", "low", "disposal", "permit_new", "zones", "approval", "marginal"] {
        let groups = table(name).by(By::Conflict).unwrap_or_else(|| panic!("{name} by conflict"));
        let keys: Vec<&str> = groups.iter().map(|group| group.key.as_str()).collect();
        assert_eq!(keys, ["none", "non_mandatory", "mandatory"], "{name}");
        let sum: f64 = groups.iter().map(|group| group.rows.total.area_ha).sum();
        assert!((sum - table(name).rows.total.area_ha).abs() < 1e-9, "{name}");
    }
    assert!(table("conflicts").by(By::Conflict).is_none());
}

#[test]
fn cutting_loses_no_land() {
    let conservation = DEMO.statistics.conservation;
    assert_eq!((conservation.patches, conservation.over_tolerance), (571, 0), "{conservation:?}");
    assert!(conservation.largest_residual_m2 <= 0.02, "{conservation:?}");
}
