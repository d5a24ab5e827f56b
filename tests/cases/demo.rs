//! The demo city: the same bytes every time, readable by others, and with every published figure of
//! the plan that does not contradict itself (锡林浩特市工业用地整治专项规划, 2024–2035).

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tests::Tuban;

use crate::city::{demo, folder};

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let files = entries.filter(|path| path.is_file());
    let name = |path: &Path| path.file_name().expect("a file has a name").to_string_lossy().into_owned();
    files.map(|path| (name(&path), std::fs::read(&path).expect("a file"))).collect()
}

fn geopackages(folder: &Path) -> Vec<std::path::PathBuf> {
    let names = files(folder).into_keys().filter(|name| name.ends_with(".gpkg"));
    names.map(|name| folder.join(name)).collect()
}

#[test]
fn the_demo_city_is_the_same_bytes_every_time() {
    let folder = folder("demo-bytes");
    for name in ["一", "two"] {
        Tuban::at(&folder).args(["demo", name]).run().good();
    }
    let (one, two) = (files(&folder.join("一")), files(&folder.join("two")));
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(two[name] == *bytes, "{name} differs between two runs");
    }
    assert!(one.contains_key("tuban.toml"), "{:?}", one.keys());
    let size: usize = one.values().map(Vec::len).sum();
    assert!(size < 8_000_000, "the demo city takes {size} bytes");
}

#[test]
fn gdal_reads_every_layer_of_the_demo_city() {
    let files = geopackages(&demo().folder);
    assert!(!files.is_empty());
    for file in files {
        let output = Command::new("ogrinfo").args(["-ro", "-al", "-so"]).arg(&file).output().expect("ogrinfo runs");
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && err.trim().is_empty(), "{}:\n{out}{err}", file.display());
        assert!(out.contains("Layer name:"), "{}:\n{out}", file.display());
        assert!(out.contains("4548"), "the demo city is drawn in EPSG:4548: {}:\n{out}", file.display());
        assert!(!out.contains("Feature Count: 0"), "{} has an empty layer:\n{out}", file.display());
    }
}

#[test]
fn the_demo_city_says_that_it_is_invented() {
    let text = std::fs::read_to_string(demo().folder.join("tuban.toml")).expect("the demo city has a configuration");
    assert!(text.contains("虚构") || text.to_lowercase().contains("invented"), "{text}");
}

/// A figure of the plan: table, row (by key, or by the label of parks), patches, hectares, place.
type Figure = (&'static str, &'static str, Option<u64>, f64, &'static str);

/// What the plan publishes and does not contradict. `None`: the plan gives no count.
///
/// One published area is off by the plan's own rounding and stands here as it closes: 一般 is 171.15
/// in 表6, whose areas sum to 679.22, while 表4 and 表5 sum to 679.23.
const FIGURES: &[Figure] = &[
    ("overview", "all", Some(571), 679.23, "表1"),
    ("overview", "中小企业园", Some(85), 47.13, "表1"),
    ("overview", "建材绒毛园", Some(162), 191.63, "表1"),
    ("changes", "out", None, 294.25, "表2"),
    ("changes", "new", None, 225.04, "表2"),
    ("changes", "keep", None, 384.98, "表2"),
    ("changes", "out_granted", None, 278.77, "2.3.2"),
    ("conflicts", "education", Some(18), 39.70, "表3"),
    ("conflicts", "road", Some(15), 11.10, "表3"),
    ("conflicts", "residential", Some(114), 122.85, "表3"),
    ("conflicts", "commercial", Some(93), 39.53, "表3"),
    ("conflicts", "other", Some(102), 81.08, "表3"),
    ("conflicts", "total", Some(342), 294.25, "表2"),
    ("conflicts", "mandatory", None, 116.51, "4.4.1"),
    ("approval", "approved", Some(729), 646.35, "2.3.3"),
    ("approval", "missing", None, 32.88, "2.3.3"),
    ("approval", "approved_in_control_line", None, 386.40, "2.3.3"),
    ("approval", "missing_in_control_line", None, 13.11, "2.3.3"),
    ("marginal", "total", Some(701), 70.89, "表7"),
    ("far", "1", Some(29), 23.63, "表4"),
    ("far", "2", Some(168), 411.11, "表4"),
    ("far", "3", Some(210), 172.98, "表4"),
    ("far", "4", Some(131), 52.35, "表4"),
    ("far", "5", Some(33), 19.16, "表4"),
    ("far", "total", Some(571), 679.23, "表4"),
    ("density", "1", Some(26), 21.41, "表5"),
    ("density", "2", Some(104), 333.15, "表5"),
    ("density", "3", Some(181), 194.89, "表5"),
    ("density", "4", Some(131), 88.87, "表5"),
    ("density", "5", Some(129), 40.91, "表5"),
    ("density", "total", Some(571), 679.23, "表5"),
    ("intensity", "1", Some(29), 23.63, "表6"),
    ("intensity", "2", Some(172), 419.25, "表6"),
    ("intensity", "3", Some(214), 171.16, "表6"),
    ("intensity", "4", Some(129), 57.87, "表6"),
    ("intensity", "5", Some(27), 7.32, "表6"),
    ("intensity", "total", Some(571), 679.23, "表6"),
    ("zones", "total", Some(571), 679.23, "表1"),
    ("idle", "mandatory", None, 5.09, "4.4.2"),
    ("idle", "non_mandatory", None, 7.80, "4.4.2"),
    ("idle", "none", None, 19.98, "4.4.2"),
    ("idle", "total", None, 32.87, "4.4.2"),
    ("low", "mandatory", None, 85.41, "4.4.3"),
    ("low", "non_mandatory", None, 155.55, "4.4.3"),
    ("low", "none", None, 200.50, "4.4.3"),
    ("low", "total", None, 441.46, "4.4.3"),
    ("disposal", "SWAP", None, 116.51, "4.4.1"),
    ("disposal", "total", Some(571), 679.23, "表1"),
];

/// The row of a table with that key, or that Chinese name.
pub(crate) fn row<'a>(table: &'a Value, name: &str) -> Option<&'a Value> {
    let list = |member: &str| table[member].as_array().into_iter().flatten();
    let rows = || list("rows").chain(list("of_which")).chain([&table["total"]]);
    let labelled = |row: &&Value| row["label"]["zh"].as_str().is_some_and(|label| label.contains(name));
    rows().find(|row| row["key"] == name).or_else(|| rows().find(labelled))
}

fn cents(hectares: f64) -> i64 {
    (hectares * 100.0).round() as i64
}

#[test]
fn every_published_figure_is_measured_on_the_demo_city() {
    let mut tables: BTreeMap<&str, Value> = BTreeMap::new();
    let mut wrong = Vec::new();
    for &(name, key, count, hectares, place) in FIGURES {
        let table = tables.entry(name).or_insert_with(|| demo().table(name));
        let Some(row) = row(table, key) else {
            wrong.push(format!("{place}: table {name} has no row {key}"));
            continue;
        };
        let measured = row["area_ha"].as_f64().unwrap_or(f64::NAN);
        if cents(measured) != cents(hectares) || (count.is_some() && row["count"].as_u64() != count) {
            wrong.push(format!("{place}: {name} {key}: {count:?} {hectares} ha, measured {} {measured}", row["count"]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn tables_add_up() {
    for name in ["changes", "conflicts", "conformity", "far", "density", "intensity", "zones"] {
        let table = demo().table(name);
        let rows = table["rows"].as_array().expect("a table has rows").iter();
        // New industrial land is no part of the industrial land of now.
        let rows: Vec<&Value> = rows.filter(|row| row["key"] != "new").collect();
        let area: f64 = rows.iter().filter_map(|row| row["area_ha"].as_f64()).sum();
        let count: u64 = rows.iter().filter_map(|row| row["count"].as_u64()).sum();
        let total = &table["total"];
        let whole = total["area_ha"].as_f64().expect("a total has an area");
        // Each row is rounded to 0.0001 ha.
        assert!((area - whole).abs() < 1e-4 * rows.len() as f64, "{name}: rows sum to {area}, the total is {whole}");
        assert_eq!(Some(count), total["count"].as_u64(), "{name}: {table}");
        let shares: f64 = rows.iter().filter_map(|row| row["share"].as_f64()).sum();
        assert!((shares - 1.0).abs() < 1e-3, "{name}: shares sum to {shares}");
    }
}

/// Numbers of a row as the other formats print them: count, and hectares with two decimals.
fn printed(row: &Value) -> (String, String) {
    let hectares = row["area_ha"].as_f64().expect("a row has an area");
    (row["count"].to_string(), format!("{hectares:.2}"))
}

#[test]
fn all_formats_say_the_same() {
    let stats = |format: &str| {
        let folder = &demo().folder;
        Tuban::at(folder).args(["stats", ".", "intensity", "--format", format]).run().good()
    };
    let json = stats("json").json();
    let rows = json["rows"].as_array().expect("a table has rows");
    assert_eq!(rows.len(), 5);

    let text = stats("text").text().to_owned();
    let csv = stats("csv").text().to_owned();
    for row in rows {
        let (count, hectares) = printed(row);
        let label = row["label"]["zh"].as_str().expect("a Chinese label");
        let has = |line: &str| line.contains(label) && line.contains(&count) && line.contains(&hectares);
        assert!(text.lines().any(has), "{label} {count} {hectares} is not in\n{text}");
        assert!(csv.lines().any(has), "{label} {count} {hectares} is not in\n{csv}");
    }
}

#[test]
fn a_table_by_park_keeps_the_whole() {
    let folder = &demo().folder;
    let arguments = ["stats", ".", "far", "--by", "park", "--format", "json"];
    let table = Tuban::at(folder).args(arguments).run().good().json();
    let groups = table["groups"].as_array().expect("a table by park has groups");
    let sum: f64 = groups.iter().filter_map(|group| group["total"]["area_ha"].as_f64()).sum();
    assert!((sum - 679.23).abs() < 0.01, "the parks and the rest have {sum} ha");
    let of = |park: &str| groups.iter().find(|group| group["label"]["zh"].as_str() == Some(park));
    for (park, count) in [("中小企业园", 85), ("建材绒毛园", 162)] {
        let group = groups.iter().find(|group| group["label"]["zh"].as_str().is_some_and(|name| name.contains(park)));
        let group = group.or(of(park)).unwrap_or_else(|| panic!("{park} is not among {groups:#?}"));
        assert_eq!(group["total"]["count"], count, "{park}");
    }
}
