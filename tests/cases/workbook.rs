//! The workbook that people print: laid out like the plan's tables, read back by another library.

use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx, open_workbook_from_rs};
use tests::Tuban;

use crate::city::demo;

type Book = Xlsx<Cursor<Vec<u8>>>;

fn workbook(bytes: Vec<u8>) -> Book {
    open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook")
}

fn stats(arguments: &[&str]) -> Vec<u8> {
    let run = Tuban::at(&demo().folder).args(["stats", "."]).args(arguments).args(["--format", "xlsx"]).run();
    run.good().out
}

fn sheet(book: &mut Book, name: &str) -> Range<Data> {
    book.worksheet_range(name).unwrap_or_else(|error| panic!("sheet {name}: {error}"))
}

/// The cells of the first row with this text in its second column.
fn row<'a>(sheet: &'a Range<Data>, label: &str) -> &'a [Data] {
    let row = sheet.rows().find(|row| row[1] == Data::String(label.to_owned()));
    row.unwrap_or_else(|| panic!("no row {label} in {sheet:?}"))
}

/// A published row: sheet, label, and its three numbers in the plan's order of columns.
type Printed = (&'static str, &'static str, [f64; 3]);

/// 表2 has no 宗 in the plan; shares are of the table's total and two of them are printed (43 %, 94.74 %).
const PRINTED: &[Printed] = &[
    ("表1 现状工业用地", "全部", [679.23, 100.0, 571.0]),
    ("表1 现状工业用地", "建材绒毛园", [191.63, 28.21, 162.0]),
    ("表2 规划前后对比", "现状工业变其他", [294.25, 43.32, 342.0]),
    ("表2 规划前后对比", "其中：变其他用地中已出让", [278.77, 94.74, 325.0]),
    ("表3 冲突类型", "教育用地", [39.70, 13.49, 18.0]),
    ("表3 冲突类型", "其中：强制性内容冲突", [116.51, 39.60, 113.0]),
    ("表4 容积率", "0–0.3", [168.0, 411.11, 60.53]),
    ("表4 容积率", "合计", [571.0, 679.23, 100.0]),
    ("表5 建筑密度", "60%以上", [129.0, 40.91, 6.02]),
    ("表6 综合开发强度", "较差", [172.0, 419.25, 61.72]),
    ("表7 边角地", "全部", [70.89, 100.0, 701.0]),
];

#[test]
fn the_workbook_has_the_plans_tables_as_the_plan_prints_them() {
    let mut book = workbook(stats(&[]));
    let names = book.sheet_names();
    let numbered: Vec<&str> = names.iter().map(String::as_str).filter(|name| name.starts_with('表')).collect();
    let plan =
        ["表1 现状工业用地", "表2 规划前后对比", "表3 冲突类型", "表4 容积率", "表5 建筑密度", "表6 综合开发强度"];
    assert_eq!(&numbered[..6], plan);
    assert_eq!(names[..numbered.len()], numbered, "the plan's tables come first");
    assert_eq!(names.last().map(String::as_str), Some("数据说明"));
    for (name, label, numbers) in PRINTED {
        let sheet = sheet(&mut book, name);
        let found: Vec<Option<f64>> = row(&sheet, label)[3..6].iter().map(|cell| cell.get_float_like()).collect();
        assert_eq!(found, numbers.map(Some), "{name} {label}");
    }
    let far = sheet(&mut book, "表4 容积率");
    assert_eq!(far.get((0, 0)), Some(&Data::String("表4 现状工业用地容积率统计表".to_owned())));
    let heads = ["序号", "容积率", "英文", "斑块数（宗）", "用地面积（公顷）", "占比（%）"];
    for (column, head) in heads.into_iter().enumerate() {
        assert_eq!(far.get((2, column)), Some(&Data::String(head.to_owned())));
    }
}

/// A number, however the library calls its kind.
trait FloatLike {
    fn get_float_like(&self) -> Option<f64>;
}

impl FloatLike for Data {
    fn get_float_like(&self) -> Option<f64> {
        match self {
            Data::Float(number) => Some(*number),
            Data::Int(number) => Some(*number as f64),
            _ => None,
        }
    }
}

#[test]
fn every_row_of_every_table_is_on_its_sheet_whole_and_broken_down() {
    let mut book = workbook(stats(&[]));
    let tables = Tuban::at(&demo().folder).args(["stats", ".", "--format", "json"]).run().good().json();
    let tables = tables.as_array().expect("every table");
    let sheets: Vec<Range<Data>> = book.worksheets().into_iter().map(|(_, sheet)| sheet).collect();
    let mut compared = 0;
    for table in tables {
        let title = table["title"]["en"].clone();
        let has_title = |sheet: &&Range<Data>| sheet.get((1, 0)).is_some_and(|cell| title == cell.to_string());
        let sheet = sheets.iter().find(has_title).unwrap_or_else(|| panic!("no sheet for {title}"));
        let name = table["table"].as_str().expect("a name");
        let by_park = Tuban::at(&demo().folder).args(["stats", ".", name, "--by", "park", "--format", "json"]).run();
        let groups = by_park.good().json()["groups"].as_array().cloned().unwrap_or_default();
        assert!(groups.len() >= 2, "{name}: two parks");
        // Groups in which nothing is are left out.
        let groups = groups.iter().filter(|group| group["total"]["area_ha"] != 0.0);
        for row in groups.chain([table]).flat_map(|rows| rows["rows"].as_array().into_iter().flatten()) {
            let label = row["label"]["zh"].as_str().expect("a Chinese label");
            let hectares = row["area_ha"].as_f64().map(|hectares| (hectares * 100.0).round() / 100.0);
            let is_it = |cells: &&[Data]| {
                let numbers: Vec<f64> = cells[3..6].iter().filter_map(FloatLike::get_float_like).collect();
                let count = row["count"].as_f64();
                cells[1] == Data::String(label.to_owned())
                    && hectares.is_some_and(|hectares| numbers.contains(&hectares))
                    && count.is_none_or(|count| numbers.contains(&count))
            };
            assert!(sheet.rows().find(is_it).is_some(), "{name}: no row like {row}");
            compared += 1;
        }
    }
    assert!(compared > 100, "only {compared} rows were compared");
}

#[test]
fn the_last_sheet_says_what_the_numbers_rest_on() {
    let mut book = workbook(stats(&["conflicts"]));
    assert_eq!(book.sheet_names(), ["表3 冲突类型", "数据说明"]);
    let about = sheet(&mut book, "数据说明");
    let text: String = about.cells().map(|(_, _, cell)| format!("{cell}\n")).collect();
    let manifest = std::fs::read(demo().generation.join("manifest.json")).expect("a generation has a manifest");
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).expect("a manifest is JSON");
    for member in ["id", "title", "tool", "rules", "reference_date"] {
        let said = manifest[member].as_str().unwrap_or_else(|| panic!("the manifest has {member}"));
        assert!(text.contains(said), "{member} {said} is not in\n{text}");
    }
    for source in manifest["sources"].as_array().into_iter().flatten() {
        let hash = source["sha256"].as_str().expect("a source has a hash");
        assert!(text.contains(hash), "{source} is not in\n{text}");
    }
    assert!(text.contains("现状图斑") && text.contains("R-PLAN") && text.contains("ellipsoidal"), "{text}");
}

#[test]
fn one_generation_makes_the_same_workbook_every_time() {
    let server = demo().serve();
    let (first, second) = (server.get("/stats.xlsx").bytes(), server.get("/stats.xlsx").bytes());
    assert!(first == second);
    assert!(first == stats(&[]), "the command line and the server make the same workbook");
    server.stop();
}
