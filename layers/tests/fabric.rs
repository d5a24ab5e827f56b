//! What must hold for any parcel fabric under any plan: everything adds up, and order, threads and
//! area method change nothing but what they should.

mod town;

use layers::project::{AreaMethod, Role, Settings};
use layers::stats::{By, Row, Rows, Table};
use layers::{Analysis, Layer, ValueKind, analyse};
use proptest::prelude::*;
use town::{Lot, land, layer};

type Input = (layers::project::LayerSpec, Layer);

const PARCEL: [(&str, ValueKind); 6] = [
    ("BSM", ValueKind::Text),
    ("DLBM", ValueKind::Text),
    ("RJL", ValueKind::Real),
    ("JZMD", ValueKind::Real),
    ("TBMJ", ValueKind::Real),
    ("SFCR", ValueKind::Text),
];

/// Width, height, whether industrial; what is recorded: ratio, density, area, granted.
type Drawn = (f64, f64, bool, Option<f64>, Option<f64>, Option<f64>, Option<bool>);

/// A fabric of parcels of which many share borders, some are not industrial, and some have gaps in
/// what is recorded.
fn parcels() -> impl Strategy<Value = Vec<Lot>> {
    let drawn = (
        0.3..1.5f64,
        0.3..1.5f64,
        prop::bool::weighted(0.85),
        prop::option::of(0.0..1.4f64),
        prop::option::of(0.0..0.9f64),
        prop::option::of(500.0..20_000.0f64),
        prop::option::of(any::<bool>()),
    );
    prop::collection::vec(drawn, 4..14).prop_map(|drawn| drawn.into_iter().enumerate().map(lot).collect())
}

/// The lot at its place in rows of four; the first is industrial in any case.
fn lot((place, (width, height, industrial, far, density, area, granted)): (usize, Drawn)) -> Lot {
    let code = if industrial || place == 0 { "1001" } else { "0701" };
    let granted = granted.map(|granted| if granted { "是" } else { "否" });
    let values = vec![format!("P{place}").into(), code.into(), far.into(), density.into(), area.into(), granted.into()];
    (land((place % 4) as f64, (place / 4) as f64, width.min(1.0), height.min(1.0)), values)
}

/// Plan polygons that overlap each other, leave land uncovered and have codes nobody knows.
fn plan() -> impl Strategy<Value = Vec<Lot>> {
    let codes = prop::sample::select(vec!["1001", "1001", "0804", "1207", "0701", "0901", "0803", "0802", "9999"]);
    let polygon = (-1.0..4.0f64, -1.0..3.0f64, 0.1..3.0f64, 0.1..3.0f64, codes);
    prop::collection::vec(polygon.prop_map(|(x, y, w, h, code)| (land(x, y, w, h), vec![code.into()])), 0..9)
}

fn areas(columns: usize) -> impl Strategy<Value = Vec<Lot>> {
    let area = (-1.0..3.0f64, -1.0..3.0f64, 0.5..3.0f64, 0.5..3.0f64);
    prop::collection::vec(area, 1..4).prop_map(move |areas| {
        let lot = |(place, (x, y, w, h))| (land(x, y, w, h), vec![format!("L{place}").into(); columns]);
        areas.into_iter().enumerate().map(lot).collect()
    })
}

fn town_of(parcels: Vec<Lot>, plan: Vec<Lot>, parks: Vec<Lot>, line: Vec<Lot>) -> Vec<Input> {
    let key = [("BSM", ValueKind::Text)];
    let scope = vec![(land(-5., -5., 20., 20.), vec!["city".into()])];
    vec![
        layer(Role::Parcels, &PARCEL, parcels),
        layer(Role::Zoning, &[("YDXZDM", ValueKind::Text)], plan),
        layer(Role::Parks, &key, parks),
        layer(Role::ControlLine, &key, line),
        layer(Role::Scope, &key, scope),
    ]
}

fn run(inputs: &[Input], area_method: AreaMethod) -> Analysis {
    analyse(inputs, &Settings { area_method, agglomeration_parks: vec!["L0".into()], ..Settings::default() })
        .expect("sound")
}

fn table<'a>(town: &'a Analysis, name: &str) -> &'a Table {
    town.statistics.table(name).expect("the table exists")
}

fn missing(rows: &Rows) -> (u64, f64) {
    rows.not_assessed.as_ref().map_or((0, 0.0), |row| (row.count.unwrap_or(0), row.area_ha))
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs())
}

fn same(a: &Row, b: &Row) -> bool {
    (&a.key, a.count) == (&b.key, b.count) && (a.area_ha - b.area_ha).abs() < 1e-5
}

/// Every table closes: classes make the total, groups make the whole, and with what is not assessed
/// every table of patches is the land of now.
fn closes(town: &Analysis) -> Result<(), TestCaseError> {
    let now = &table(town, "overview").rows.total;
    for table in &town.statistics.tables {
        let name = table.table.as_str();
        // Parts of the first row: they overlap.
        let of_all = name == "overview" || name == "inefficient";
        let classes = table.rows.rows.iter().enumerate().filter(|(place, _)| !of_all || *place == 0);
        let classes = classes.map(|(_, row)| row);
        let classes = classes.filter(|row| name != "changes" || row.key != "new");
        let (count, area) = classes.fold((0, 0.0), |(n, ha), row| (n + row.count.unwrap_or(0), ha + row.area_ha));
        let total = &table.rows.total;
        prop_assert!(Some(count) == total.count && near(area, total.area_ha), "{name}: {:?}", table.rows);
        let (missing_count, missing_area) = missing(&table.rows);
        let whole = total.area_ha + missing_area;
        match name {
            // Tables of a part of the land.
            "conflicts" | "marginal" | "idle" | "low" | "inefficient" => {
                prop_assert!(whole <= now.area_ha + 1e-9, "{whole} {} {missing_area}", now.area_ha)
            }
            _ => {
                prop_assert!(near(whole, now.area_ha), "{name}: {whole} of {}", now.area_ha);
                prop_assert_eq!(Some(count + missing_count), now.count, "{}", name);
            }
        }
        for by in By::ALL {
            let Some(groups) = table.by(by) else { continue };
            let rows = |rows: &Rows| -> Vec<Row> {
                rows.rows.iter().chain([&rows.total]).chain(&rows.of_which).cloned().collect()
            };
            for (place, row) in rows(&table.rows).iter().enumerate() {
                let of_groups: Vec<Row> = groups.iter().map(|group| rows(&group.rows)[place].clone()).collect();
                prop_assert!(of_groups.iter().all(|of_group| of_group.key == row.key));
                let area: f64 = of_groups.iter().map(|row| row.area_ha).sum();
                let count: u64 = of_groups.iter().filter_map(|row| row.count).sum();
                prop_assert!(near(area, row.area_ha) && Some(count) == row.count, "{name} {by:?} {}", row.key);
            }
            let (counts, areas): (Vec<u64>, Vec<f64>) = groups.iter().map(|group| missing(&group.rows)).unzip();
            prop_assert!(counts.iter().sum::<u64>() == missing_count && near(areas.iter().sum(), missing_area));
        }
    }
    let conflicts = &table(town, "conflicts").rows;
    let out = &table(town, "changes").rows.rows[0];
    prop_assert!(near(conflicts.total.area_ha, out.area_ha), "what goes out is in conflict");
    let parts: f64 = conflicts.of_which.iter().map(|row| row.area_ha).sum();
    prop_assert!(near(parts, conflicts.total.area_ha), "mandatory and not make all conflicts");
    Ok(())
}

/// For every layer with areas, the map's classes are the table's.
fn map_is_table(town: &Analysis) -> Result<(), TestCaseError> {
    let themes = [
        ("changes", "changes", "change"),
        ("conflicts", "conflicts", "type"),
        ("conformity", "parcels", "conflict"),
        ("far", "parcels", "far_class"),
        ("intensity", "parcels", "intensity"),
        ("zones", "parcels", "zone"),
        ("disposal", "parcels", "disposal"),
    ];
    for (name, layer, class) in themes {
        let layer = town.layer(layer);
        for row in &table(town, name).rows.rows {
            let sum: f64 = layer.as_ref().map_or(0.0, |layer| {
                let place = |name: &str| layer.attributes.iter().position(|known| known.name == name).expect("known");
                let (class, area) = (place(class), place("area_ha"));
                let of_class = layer.features.iter().filter(|feature| feature.values[class].to_string() == row.key);
                of_class.filter_map(|feature| feature.values[area].as_f64()).sum()
            });
            prop_assert!(near(sum, row.area_ha), "{name} {}: map {sum}, table {}", row.key, row.area_ha);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn everything_adds_up_by_every_area_method(parcels in parcels(), plan in plan(), parks in areas(1), line in areas(1)) {
        let inputs = town_of(parcels, plan, parks, line);
        for method in [AreaMethod::Ellipsoidal, AreaMethod::Planar, AreaMethod::Field] {
            let town = run(&inputs, method);
            closes(&town)?;
            map_is_table(&town)?;
        }
    }

    #[test]
    fn the_order_of_parcels_changes_no_table(parcels in parcels(), plan in plan(), parks in areas(1), line in areas(1)) {
        let town = run(&town_of(parcels.clone(), plan.clone(), parks.clone(), line.clone()), AreaMethod::Field);
        let turned: Vec<Lot> = parcels.into_iter().rev().collect();
        let other = run(&town_of(turned, plan, parks, line), AreaMethod::Field);
        for (a, b) in town.statistics.tables.iter().zip(&other.statistics.tables) {
            for (a, b) in a.rows.rows.iter().zip(&b.rows.rows) {
                prop_assert!(same(a, b), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn threads_change_no_bit(parcels in parcels(), plan in plan(), parks in areas(1), line in areas(1)) {
        let inputs = town_of(parcels, plan, parks, line);
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| run(&inputs, AreaMethod::Planar))
        };
        let (one, four) = (on(1), on(4));
        prop_assert_eq!(&one.statistics, &four.statistics);
        prop_assert!(one.layers().zip(four.layers()).all(|(a, b)| a.features == b.features));
    }
}
