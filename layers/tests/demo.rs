//! The demo city against the published plan, measured from its GeoPackages alone: SQL, geometry
//! and ellipsoid, without the reader and the analyses that the product uses.
#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use geo::{
    Area, BooleanOps, BoundingRect, Contains, Coord, CoordsIter, Geometry, InteriorPoint, Intersects, LinesIter,
    MapCoords, MultiPolygon, Validation,
};
use geozero::ToGeo;
use geozero::wkb::GpkgWkb;
use layers::measure::EqualAreaPlane;
use proj4rs::Proj;
use rusqlite::Connection;
use rusqlite::types::Value;

/// A row: its polygons in an equal-area plane, and its columns by name.
struct Row {
    shape: MultiPolygon<f64>,
    values: BTreeMap<String, Value>,
}

impl Row {
    fn hectares(&self) -> f64 {
        hectares(&self.shape)
    }
    fn text(&self, column: &str) -> &str {
        match &self.values[column] {
            Value::Text(text) => text,
            _ => "",
        }
    }
    fn number(&self, column: &str) -> Option<f64> {
        match self.values[column] {
            Value::Integer(number) => Some(number as f64),
            Value::Real(number) => Some(number),
            _ => None,
        }
    }
}

struct Demo {
    _folder: tempfile::TempDir,
    industrial: Vec<Row>,
    other: Vec<Row>,
    zoning: Vec<Row>,
    approvals: Vec<Row>,
    parks: Vec<Row>,
    line: Vec<Row>,
    scope: Vec<Row>,
    /// Parts of each industrial patch, by index into `zoning`.
    parts: Vec<Vec<(usize, MultiPolygon<f64>)>>,
}

static DEMO: LazyLock<Demo> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    layers::demo::write(folder.path()).expect("the demo city is written");
    let read = |file: &str, table: &str| read(&folder.path().join(file), table);
    let (industrial, other): (Vec<Row>, Vec<Row>) =
        read("xilinhot-demo.gpkg", "现状图斑").into_iter().partition(|row| row.text("DLBM").starts_with("1001"));
    let zoning = read("plan.gpkg", "控规地块");
    let parts = industrial.iter().map(|patch| overlay(patch, &zoning)).collect();
    Demo {
        parts,
        approvals: read("approvals.gpkg", "审批信息"),
        parks: read("plan.gpkg", "园区"),
        line: read("plan.gpkg", "工业用地控制线"),
        scope: read("plan.gpkg", "规划范围"),
        zoning,
        other,
        industrial,
        _folder: folder,
    }
});

fn read(file: &Path, table: &str) -> Vec<Row> {
    let geographic = Proj::from_proj_string(crs_definitions::from_code(4490).expect("known").proj4).expect("valid");
    let projected = Proj::from_proj_string(crs_definitions::from_code(4548).expect("known").proj4).expect("valid");
    let plane = EqualAreaPlane::around(Coord { x: 116.08, y: 43.94 });
    let to_plane = |point: Coord<f64>| {
        let mut point = (point.x, point.y, 0.0);
        proj4rs::transform::transform(&projected, &geographic, &mut point).expect("inside the zone");
        plane.project(Coord { x: point.0.to_degrees(), y: point.1.to_degrees() })
    };
    let connection = Connection::open(file).expect("opens");
    let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\"")).expect("table");
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let rows = statement.query_map([], |row| {
        let mut values = BTreeMap::new();
        let mut shape = MultiPolygon::new(vec![]);
        for (i, name) in names.iter().enumerate() {
            match row.get::<_, Value>(i)? {
                Value::Blob(blob) => {
                    let geometry = GpkgWkb(blob).to_geo().expect("a GeoPackage blob");
                    let Geometry::MultiPolygon(polygons) = geometry else { panic!("a multipolygon") };
                    shape = polygons.map_coords(to_plane);
                }
                value => drop(values.insert(name.clone(), value)),
            }
        }
        Ok(Row { shape, values })
    });
    rows.expect("rows").map(|row| row.expect("a row")).collect()
}

fn hectares(shape: &MultiPolygon<f64>) -> f64 {
    shape.unsigned_area() / 10_000.0
}

fn near(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> bool {
    let (a, b) = (a.bounding_rect().expect("not empty"), b.bounding_rect().expect("not empty"));
    a.intersects(&b)
}

/// Corners of `a` that lie on a border of `b` without being a corner of it.
fn unshared_corners(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> usize {
    let corners: Vec<Coord<f64>> = b.coords_iter().collect();
    let on_border = |corner: Coord<f64>| {
        b.lines_iter().any(|line| {
            let (along, to) = (line.end - line.start, corner - line.start);
            let length = along.x.hypot(along.y);
            let t = (to.x * along.x + to.y * along.y) / length;
            let off = (to.x * along.y - to.y * along.x) / length;
            off.abs() < 0.002 && (-0.002..length + 0.002).contains(&t)
        })
    };
    a.coords_iter().filter(|corner| !corners.contains(corner) && on_border(*corner)).count()
}

/// The connected parts of a patch in each plan polygon.
fn overlay(patch: &Row, zoning: &[Row]) -> Vec<(usize, MultiPolygon<f64>)> {
    let mut parts = Vec::new();
    for (i, plot) in zoning.iter().enumerate().filter(|(_, plot)| near(&plot.shape, &patch.shape)) {
        let common = plot.shape.intersection(&patch.shape);
        parts.extend(common.into_iter().filter(|part| part.unsigned_area() > 1e-3).map(|part| (i, part.into())));
    }
    parts
}

fn inside(shape: &MultiPolygon<f64>, area: &[Row]) -> f64 {
    area.iter().filter(|row| near(&row.shape, shape)).map(|row| hectares(&row.shape.intersection(shape))).sum()
}

#[track_caller]
fn close(found: f64, published: f64) {
    assert!((found - published).abs() < 0.005, "{found:.4} ha, published {published:.2}");
}

/// 表3's group of a plan code, and whether it is mandatory content by default.
fn group(code: &str) -> (&'static str, bool) {
    match code {
        _ if code.starts_with("1001") => ("industrial", false),
        _ if code.starts_with("0804") => ("education", true),
        _ if code.starts_with("1207") => ("road", true),
        _ if code.starts_with("07") => ("residential", false),
        _ if code.starts_with("09") => ("commercial", false),
        _ => {
            let mandatory = ["0803", "0805", "0806", "0807", "1208", "13", "1401", "1402"];
            ("other", mandatory.iter().any(|prefix| code.starts_with(prefix)))
        }
    }
}

impl Demo {
    fn plan_of(&self, patch: usize) -> (&'static str, bool) {
        let plot = &self.zoning[self.parts[patch][0].0];
        let (name, default) = group(plot.text("YDXZDM"));
        (name, plot.number("SFQZXNR").map_or(default, |flag| flag != 0.0))
    }
    fn conflict(&self, patch: usize) -> &'static str {
        match self.plan_of(patch) {
            ("industrial", _) => "none",
            (_, true) => "mandatory",
            (_, false) => "non_mandatory",
        }
    }
    fn park(&self, key: &str) -> &Row {
        self.parks.iter().find(|park| park.text("BSM") == key).expect("a park")
    }
    fn sum(&self, which: impl Fn(usize, &Row) -> bool) -> (usize, f64) {
        let chosen = self.industrial.iter().enumerate().filter(|(i, row)| which(*i, row));
        chosen.fold((0, 0.0), |(count, area), (_, row)| (count + 1, area + row.hectares()))
    }
}

fn ratio(row: &Row, of: &str, to: &str) -> f64 {
    row.number(of).expect("recorded") / row.number(to).expect("recorded")
}
fn class(value: f64, breaks: [f64; 3]) -> usize {
    if value == 0.0 { 1 } else { 2 + breaks.iter().filter(|limit| value >= **limit).count() }
}

#[test]
fn patches_and_parks_are_as_in_table_1() {
    let demo = &*DEMO;
    let (count, area) = demo.sum(|_, _| true);
    assert_eq!(count, 571);
    close(area, 679.23);
    for (key, patches, published) in [("SME", 85, 47.13), ("WOOL", 162, 191.63)] {
        let park = demo.park(key);
        let (count, area) = demo.sum(|_, row| park.shape.contains(&row.shape));
        assert_eq!(count, patches);
        close(area, published);
        let (partly, _) =
            demo.sum(|_, row| near(&row.shape, &park.shape) && inside(&row.shape, std::slice::from_ref(park)) > 1e-9);
        assert_eq!(partly, patches, "no patch lies across a park's border");
    }
}

#[test]
fn development_is_as_in_tables_4_to_6() {
    let demo = &*DEMO;
    let joint = [
        ((1, 1), 26, 21.41),
        ((1, 2), 3, 2.22),
        ((2, 2), 97, 322.79),
        ((2, 3), 71, 88.32),
        ((3, 2), 4, 8.14),
        ((3, 3), 102, 100.25),
        ((3, 4), 104, 64.59),
        ((4, 3), 8, 6.32),
        ((4, 4), 21, 12.44),
        ((4, 5), 102, 33.59),
        ((5, 4), 6, 11.84),
        ((5, 5), 27, 7.32),
    ];
    for (cell, patches, published) in joint {
        let (count, area) = demo.sum(|_, row| {
            let far = class(ratio(row, "ZJZMJ", "ZDMJ"), [0.3, 0.6, 1.0]);
            let density = class(ratio(row, "JZZDMJ", "JSYDMJ"), [0.2, 0.4, 0.6]);
            (far, density) == cell
        });
        assert_eq!(count, patches, "{cell:?}");
        close(area, published);
    }
}

#[test]
fn the_plan_changes_as_much_as_in_tables_2_and_3() {
    let demo = &*DEMO;
    let mut areas: BTreeMap<&str, (usize, f64)> = BTreeMap::new();
    let mut mandatory = 0.0;
    for (patch, parts) in demo.parts.iter().enumerate() {
        let (first, strict) = demo.plan_of(patch);
        let covered: f64 = parts.iter().map(|(_, part)| hectares(part)).sum();
        assert!((covered - demo.industrial[patch].hectares()).abs() < 1e-6, "patch {patch} is covered by the plan");
        for (plot, _) in parts {
            let (name, default) = group(demo.zoning[*plot].text("YDXZDM"));
            let said = demo.zoning[*plot].number("SFQZXNR").map_or(default, |flag| flag != 0.0);
            assert_eq!((name, said), (first, strict), "patch {patch} has one fate");
        }
        let entry = areas.entry(first).or_default();
        *entry = (entry.0 + 1, entry.1 + covered);
        mandatory += if strict { covered } else { 0.0 };
    }
    let published = [
        ("industrial", 229, 384.98),
        ("education", 18, 39.70),
        ("road", 15, 11.10),
        ("residential", 114, 122.85),
        ("commercial", 93, 39.53),
        ("other", 102, 81.08),
    ];
    for (name, patches, area) in published {
        assert_eq!(areas[name].0, patches, "{name}");
        close(areas[name].1, area);
    }
    close(areas.iter().filter(|(name, _)| **name != "industrial").map(|(_, (_, area))| area).sum(), 294.25);
    close(mandatory, 116.51);
    let (_, granted) = demo.sum(|i, row| demo.conflict(i) != "none" && row.number("SFCR") == Some(1.0));
    close(granted, 278.77);
    let planned: Vec<&Row> = demo.zoning.iter().filter(|row| row.text("YDXZDM").starts_with("1001")).collect();
    close(planned.iter().map(|row| row.hectares()).sum::<f64>() - areas["industrial"].1, 225.04);
    for (key, plots, published) in [("SME", 18, 60.51), ("WOOL", 28, 186.48)] {
        let park = &demo.park(key).shape;
        let inside: Vec<f64> =
            planned.iter().filter(|row| park.contains(&row.shape)).map(|row| row.hectares()).collect();
        assert_eq!(inside.len(), plots);
        close(inside.iter().sum(), published);
    }
}

#[test]
fn marginal_pieces_are_as_in_table_7() {
    let demo = &*DEMO;
    let mut found: BTreeMap<&str, (usize, f64)> = BTreeMap::new();
    for (patch, parts) in demo.industrial.iter().zip(&demo.parts).filter(|(_, parts)| parts.len() > 1) {
        let park = demo.parks.iter().find(|park| park.shape.contains(&patch.shape)).map_or("", |park| park.text("BSM"));
        for (_, part) in parts {
            let area = part.unsigned_area();
            let around: f64 = part.iter().flat_map(|p| p.exterior().lines()).map(|l| l.dx().hypot(l.dy())).sum();
            assert!(area > 50.0 && 2.0 * area / around > 3.0, "{area} m² is no sliver");
            assert!(!(1_990.0..2_010.0).contains(&area), "{area} m² is not in doubt");
            if area < 2_000.0 {
                let entry = found.entry(park).or_default();
                *entry = (entry.0 + 1, entry.1 + area / 10_000.0);
            }
        }
    }
    for (park, pieces, published) in [("SME", 78, 5.48), ("WOOL", 267, 21.85), ("", 356, 43.56)] {
        assert_eq!(found[park].0, pieces, "{park}");
        close(found[park].1, published);
    }
}

#[test]
fn approvals_cover_what_section_2_3_3_says() {
    let demo = &*DEMO;
    assert_eq!(demo.approvals.len(), 729);
    let line: MultiPolygon<f64> = demo.line.iter().flat_map(|row| row.shape.clone()).collect();
    let (mut approved, mut in_line, mut approved_in_line) = (0.0, 0.0, 0.0);
    for patch in &demo.industrial {
        let inside = near(&line, &patch.shape) && line.contains(&patch.shape);
        assert!(inside || line.intersection(&patch.shape).unsigned_area() < 1e-6, "no patch across the control line");
        let area = self::inside(&patch.shape, &demo.approvals);
        approved += area;
        in_line += if inside { patch.hectares() } else { 0.0 };
        approved_in_line += if inside { area } else { 0.0 };
    }
    close(approved, 646.35);
    close(679.23 - approved, 32.88);
    close(approved_in_line, 386.40);
    close(in_line - approved_in_line, 13.11);
}

#[test]
fn idle_and_low_land_are_as_in_sections_4_4_2_and_4_4_3() {
    let demo = &*DEMO;
    let idle = |row: &Row| {
        // Agreed start at least a year before 2024-12-31; or suspended that long, hardly built.
        let waited = row.number("SFDG") == Some(0.0) && row.text("YDKGRQ") <= "2023-12-31";
        let suspended = !row.text("ZTRQ").is_empty() && row.text("ZTRQ") <= "2023-12-31";
        let little = || ratio(row, "YKFMJ", "YDKFMJ") < 1.0 / 3.0 || ratio(row, "YTZE", "ZTZE") < 0.25;
        waited || suspended && little()
    };
    let criterion = |row: &Row| ratio(row, "JZZDMJ", "JSYDMJ") < 0.2 || ratio(row, "ZJZMJ", "ZDMJ") < 0.3;
    let low = |row: &Row| row.number("DXRD").map_or(criterion(row), |flag| flag != 0.0);
    for (conflict, idle_area, low_area) in
        [("mandatory", 5.09, 85.41), ("non_mandatory", 7.80, 155.55), ("none", 19.98, 200.50)]
    {
        close(demo.sum(|i, row| demo.conflict(i) == conflict && idle(row)).1, idle_area);
        close(demo.sum(|i, row| demo.conflict(i) == conflict && low(row)).1, low_area);
    }
    let (count, area) = demo.sum(|_, row| criterion(row));
    assert_eq!(count, 201);
    close(area, 442.88);
    close(demo.sum(|_, row| low(row)).1, 441.46);
    // The other criteria of 4.4.3 add nobody.
    let best = demo.industrial.iter().filter_map(|row| row.number("MJSS2024")).fold(0.0, f64::max);
    for row in demo.industrial.iter().filter(|row| !criterion(row)) {
        assert!(ratio(row, "ZJZMJ", "ZDMJ") >= row.number("YDRJL").expect("agreed"));
        for year in ["MJSS2023", "MJSS2024"] {
            assert!(row.number(year).expect("taxed") > best / 2.0);
        }
        assert!(row.number("TCNX") == Some(0.0) && row.number("SCSS2024") > Some(0.0));
    }
}

#[test]
fn neighbours_share_their_borders() {
    let demo = &*DEMO;
    let parcels: Vec<&MultiPolygon<f64>> = demo.industrial.iter().chain(&demo.other).map(|row| &row.shape).collect();
    let zoning: Vec<&MultiPolygon<f64>> = demo.zoning.iter().map(|row| &row.shape).collect();
    for shapes in [parcels, zoning] {
        for (i, a) in shapes.iter().enumerate() {
            assert!(a.is_valid(), "shape {i}: {:?}", a.check_validation());
            for b in shapes[i + 1..].iter().filter(|b| near(a, b)) {
                let common = a.intersection(*b).unsigned_area();
                assert!(common < 0.01, "{common} m² of shape {i} belong to another too");
                assert_eq!(unshared_corners(a, b) + unshared_corners(b, a), 0, "shape {i}");
            }
        }
    }
    assert!(demo.approvals.iter().chain(&demo.parks).chain(&demo.line).all(|row| row.shape.is_valid()));
}

#[test]
fn the_study_area_holds_the_city() {
    let demo = &*DEMO;
    assert!((demo.scope[0].hectares() / 100.0 - 62.32).abs() < 0.0005);
    for row in demo.industrial.iter().chain(&demo.other) {
        assert!(demo.scope[0].shape.contains(&row.shape.interior_point().expect("land")));
    }
    for row in demo.industrial.iter().chain(&demo.other) {
        let recorded = row.number("TBMJ").expect("recorded");
        assert!((recorded - row.shape.unsigned_area()).abs() < 0.5, "{recorded} is recorded");
    }
}

#[test]
fn the_same_bytes_come_out_every_time_and_they_are_few() {
    let folders = [tempfile::tempdir(), tempfile::tempdir()].map(|folder| folder.expect("a temporary folder"));
    let written = folders.each_ref().map(|folder| {
        let city = layers::demo::write(folder.path()).expect("the demo city is written");
        let mut files: Vec<PathBuf> = city.layers.iter().map(|layer| layer.source.file.clone()).collect();
        files.push(folder.path().join("tuban.toml"));
        files.sort();
        files.dedup();
        files.into_iter().map(|file| std::fs::read(file).expect("is there")).collect::<Vec<_>>()
    });
    assert_eq!(written[0].len(), 4);
    assert!(written[0] == written[1], "two cities differ");
    assert!(written[0].iter().map(Vec::len).sum::<usize>() < 8_000_000);
}
