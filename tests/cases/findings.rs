//! The findings GeoPackage in other people's programs: GDAL opens every layer, sums what the tables
//! say, and finds words, code names and styles where the standards put them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::city::demo;

fn findings() -> PathBuf {
    demo().generation.join("findings.gpkg")
}

fn ogrinfo(arguments: &[&str]) -> String {
    let output = Command::new("ogrinfo").arg("-ro").arg(findings()).args(arguments).output().expect("ogrinfo runs");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && err.trim().is_empty(), "{arguments:?}:\n{out}{err}");
    out.into_owned()
}

/// Rows of a query as GDAL prints them: column → text, without those that are null.
fn query(sql: &str) -> Vec<BTreeMap<String, String>> {
    let text = ogrinfo(&["-q", "-sql", sql]);
    let mut rows: Vec<BTreeMap<String, String>> = Vec::new();
    for line in text.lines() {
        if line.starts_with("OGRFeature(") {
            rows.push(BTreeMap::new());
        } else if let (Some((name, value)), Some(row)) = (line.split_once(") = "), rows.last_mut()) {
            let name = name.split(" (").next().unwrap_or_default().trim();
            if value != "(null)" {
                row.insert(name.to_owned(), value.to_owned());
            }
        }
    }
    rows
}

#[test]
fn gdal_opens_every_layer_with_its_title() {
    let text = ogrinfo(&["-al", "-so"]);
    for (layer, title) in [("parcels", "现状工业图斑"), ("conflicts", "控规冲突"), ("zoning", "控规地块")]
    {
        let (_, part) =
            text.split_once(&format!("Layer name: {layer}\n")).unwrap_or_else(|| panic!("{layer}:\n{text}"));
        let part = part.split("Layer name:").next().unwrap_or_default();
        assert!(part.contains(&format!("IDENTIFIER={title}")), "{layer}:\n{part}");
        assert!(!part.contains("Feature Count: 0"), "{layer}:\n{part}");
    }
}

/// Layer, class attribute, and the table that adds it up.
const CLASSES: [(&str, &str, &str); 8] = [
    ("parcels", "far_class", "far"),
    ("parcels", "density_class", "density"),
    ("parcels", "intensity", "intensity"),
    ("parcels", "conflict", "conformity"),
    ("parcels", "zone", "zones"),
    ("changes", "change", "changes"),
    ("conflicts", "type", "conflicts"),
    ("marginal", "kind", "marginal"),
];

#[test]
fn gdal_sums_the_hectares_of_the_tables() {
    let statistics = std::fs::read(demo().generation.join("stats.json")).expect("a generation has its statistics");
    let statistics: Value = serde_json::from_slice(&statistics).expect("statistics are JSON");
    let mut compared = 0;
    for (layer, attribute, name) in CLASSES {
        let sql = format!("SELECT \"{attribute}\" AS class, sum(area_ha) AS ha FROM \"{layer}\" GROUP BY class");
        let sums: BTreeMap<String, f64> = query(&sql)
            .into_iter()
            .filter_map(|row| Some((row.get("class")?.clone(), row["ha"].parse().expect("hectares are a number"))))
            .collect();
        let table = statistics["tables"].as_array().into_iter().flatten().find(|table| table["table"] == name);
        for row in table.unwrap_or_else(|| panic!("table {name}"))["rows"].as_array().into_iter().flatten() {
            let (key, hectares) = (row["key"].as_str().expect("a key"), row["area_ha"].as_f64().expect("hectares"));
            let summed = sums.get(key).copied().unwrap_or_default();
            // GDAL prints fifteen digits.
            assert!((summed - hectares).abs() < 1e-6, "{layer}.{attribute} {key}: {summed} by GDAL, {hectares}");
            compared += 1;
        }
    }
    assert!(compared >= 30, "only {compared} classes were compared");
}

#[test]
fn columns_and_codes_are_described_in_chinese() {
    let columns = query("SELECT table_name, column_name, title, constraint_name FROM gpkg_data_columns");
    let of = |table: &str, column: &str| {
        let found = columns.iter().find(|row| row["table_name"] == table && row["column_name"] == column);
        found.unwrap_or_else(|| panic!("{table}.{column} is not described"))
    };
    assert_eq!(of("parcels", "area_ha")["title"], "面积（公顷）");
    assert_eq!(of("parcels", "intensity")["constraint_name"], "intensity");
    let codes = query("SELECT constraint_name, value, description FROM gpkg_data_column_constraints");
    let intensity: Vec<(&str, &str)> = codes
        .iter()
        .filter(|row| row["constraint_name"] == "intensity")
        .map(|row| (row["value"].as_str(), row["description"].as_str()))
        .collect();
    assert_eq!(intensity, [("1", "差"), ("2", "较差"), ("3", "一般"), ("4", "较好"), ("5", "好")]);
    // Every code in the data is one that is described.
    for row in columns.iter().filter(|row| row.contains_key("constraint_name")) {
        let (table, column, list) = (&row["table_name"], &row["column_name"], &row["constraint_name"]);
        let known: BTreeSet<&str> =
            codes.iter().filter(|row| row["constraint_name"] == *list).map(|row| row["value"].as_str()).collect();
        for row in
            query(&format!("SELECT DISTINCT \"{column}\" AS code FROM \"{table}\" WHERE \"{column}\" IS NOT NULL"))
        {
            assert!(known.contains(row["code"].as_str()), "{table}.{column}: {} is not among {known:?}", row["code"]);
        }
    }
}

#[test]
fn every_feature_table_has_one_default_style() {
    let styles = query("SELECT f_table_name, f_geometry_column, styleName, useAsDefault FROM layer_styles");
    let tables = query("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'");
    assert!(tables.len() >= 9, "{tables:?}");
    for table in &tables {
        let own = styles.iter().filter(|style| style["f_table_name"] == table["table_name"]);
        let (own, others): (Vec<_>, Vec<_>) = own.partition(|style| style["useAsDefault"] == "1");
        assert_eq!(own.len(), 1, "{table:?}: {own:?} {others:?}");
        assert_eq!(own[0]["f_geometry_column"], "geom");
        if table["table_name"] == "parcels" {
            assert_eq!(own[0]["styleName"], "综合开发强度");
            assert!(others.len() >= 6, "{others:?}");
        }
    }
}

#[test]
fn the_file_says_where_its_numbers_come_from() {
    let lines = query("SELECT topic, subject, value FROM provenance");
    let value = |topic: &str| lines.iter().find(|line| line["topic"] == topic).map(|line| line["value"].clone());
    let id = demo().generation.file_name().map(|name| name.to_string_lossy().into_owned());
    assert_eq!(value("成果版本"), id);
    assert!(value("规则版本").is_some_and(|rules| rules.starts_with("xilinhot-")), "{lines:?}");
    assert!(lines.iter().any(|line| line["topic"] == "数据来源" && line["value"].contains("SHA-256")), "{lines:?}");
}
