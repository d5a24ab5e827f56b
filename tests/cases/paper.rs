//! Maps without a browser: pictures over HTTP, and sheets from the command line.

use serde_json::{Value, json};
use tests::Tuban;

use crate::city::{demo, folder};

/// Width and height of a PNG (ISO/IEC 15948, §11.2.2).
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    bytes.starts_with(b"\x89PNG\r\n\x1a\n").then(|| Some((number(16)?, number(20)?)))?
}

fn styles() -> Vec<String> {
    let catalog = demo().serve().json("/catalog");
    let styles = catalog["styles"].as_array().expect("the catalog lists styles");
    styles.iter().filter_map(|style| Some(style["id"].as_str()?.to_owned())).collect()
}

#[test]
fn a_picture_is_of_the_size_that_was_asked_for_and_is_kept_by_its_tag() {
    let server = demo().serve();
    let path = "/static/intensity/116.08,43.94,12.5/640x400.png";
    let first = server.get(path);
    assert_eq!((first.status, png_size(&first.body)), (200, Some((640, 400))));
    let header = |name: &str| first.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let etag = header("etag").expect("a tag");
    assert!(header("x-tuban-generation").is_some());
    assert_eq!(server.ask("GET", path, &[("if-none-match", &etag)]).status, 304);
    assert_eq!(server.get(path).body, first.body);
    let doubled = server.get("/static/intensity/116.08,43.94,12.5/640x400@2x.png");
    assert_eq!(png_size(&doubled.body), Some((1280, 800)));
    server.stop();
}

#[test]
fn a_picture_that_cannot_be_meant_is_a_problem_that_says_how() {
    let server = demo().serve();
    for (path, status, code, word) in [
        ("/static/intensity/116.08,43.94/640x400.png", 400, "bad_map", "lon"),
        ("/static/intensity/116.08,43.94,99/640x400.png", 400, "bad_map", "zoom 0 to 22"),
        ("/static/intensity/116.08,43.94,12/99999x400.png", 400, "bad_map", "2048"),
        ("/static/intensity/116.08,43.94,12/640x400.gif", 400, "bad_map", "png"),
        ("/static/intensty/116.08,43.94,12/640x400.png", 404, "unknown_style", "did you mean `intensity`"),
    ] {
        let answer = server.get(path);
        let problem: Value = serde_json::from_slice(&answer.body).expect("a problem is JSON");
        assert_eq!((answer.status, &problem["code"]), (status, &json!(code)), "{path}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(word)), "{path}: {problem}");
    }
    server.stop();
}

/// What is between the tags of an SVG, without spaces: a long line is broken into several.
fn words_of(svg: &str) -> String {
    without_spaces(&svg.split('<').filter_map(|part| part.split_once('>')).map(|(_, words)| words).collect::<String>())
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn every_map_of_the_plan_is_a_sheet() {
    let output = folder("sheets");
    for style in styles() {
        let file = output.join(format!("{style}.svg"));
        Tuban::at(&demo().folder).args(["map", &style, ".", "-o"]).arg(&file).run().good();
        let svg = std::fs::read_to_string(&file).expect("the sheet was written");
        assert!(svg.starts_with("<svg") && svg.contains("width=\"297mm\" height=\"210mm\""), "{style}");
        let said = words_of(&svg);
        for words in [
            "比例尺 1:",
            "图例",
            "坐标系：CGCS2000 / 3-degree Gauss-Kruger CM 117E (EPSG:4548)",
            "116°",
            "4868 km",
            "成果版本：",
        ] {
            assert!(said.contains(&without_spaces(words)), "{style}: the sheet does not say {words}");
        }
        // Cells are drawn from tiles only, so no sheet explains them.
        assert!(!said.contains("小比例尺") && !said.contains("每格"), "{style}: {said}");
        assert!(svg.len() < 5_000_000, "{style}: {} bytes", svg.len());
    }
}

#[test]
fn a_sheet_says_the_figures_of_its_legend() {
    let legend = demo().serve().json("/legend/intensity");
    let file = folder("sheet-figures").join("intensity.svg");
    Tuban::at(&demo().folder)
        .args(["map", "intensity", "--lang", "en", "--size", "a3", "--portrait", "-o"])
        .arg(&file)
        .run()
        .good();
    let svg = std::fs::read_to_string(&file).expect("the sheet was written");
    assert!(svg.contains("width=\"297mm\" height=\"420mm\"") && svg.contains("Development intensity"));
    for entry in legend["entries"].as_array().expect("classes").iter().filter(|entry| entry["count"] != 0) {
        let area = format!(">{:.2}<", entry["area_ha"].as_f64().expect("hectares"));
        let label = format!(">{}<", entry["label"]["en"].as_str().expect("a label"));
        assert!(svg.contains(&area) && svg.contains(&label), "{entry}");
    }
}

#[test]
fn sheets_are_written_as_pictures_and_pages_of_their_size() {
    let output = folder("sheet-forms");
    let map = |name: &str, more: &[&str]| {
        let file = output.join(name);
        Tuban::at(&demo().folder).args(["map", "far", "-o"]).arg(&file).args(more).run().good();
        std::fs::read(&file).expect("the sheet was written")
    };
    assert_eq!(png_size(&map("far.png", &["--dpi", "100"])), Some((1169, 827)));
    let pdf = map("far.pdf", &[]);
    assert!(pdf.starts_with(b"%PDF-"));
    let text = String::from_utf8_lossy(&pdf);
    assert!(text.contains("/MediaBox [0 0 841.8") && text.contains("NotoSansCJK"), "A4 in points, words as words");
    assert!(map("far.svg", &[]) == map("again.svg", &[]), "the same sheet has the same bytes");
    // svg2pdf 0.13 writes the resources of a page from a hash map (`util/resources.rs`), in any order.
    assert_eq!(pdf.len(), map("again.pdf", &[]).len(), "the same page, but for the order in dictionaries");
}

#[test]
fn a_sheet_that_cannot_be_meant_is_refused_with_what_could() {
    let refused = |arguments: &[&str], words: &[&str]| {
        Tuban::at(&demo().folder).arg("map").args(arguments).run().refused(2, words);
    };
    refused(&["intensty", "-o", "x.pdf"], &["no style `intensty`", "did you mean `intensity`?", "overview"]);
    refused(&["far", "-o", "x.jpg"], &[".pdf, .svg or .png"]);
    refused(&["far", "-o", "x.pdf", "--bounds", "3,2,1,4"], &["west lies below east"]);
}

#[test]
fn maker_and_review_number_come_from_the_configuration() {
    let city = folder("sheet-maker");
    Tuban::at(&city).args(["demo", "."]).run().good();
    let file = city.join("tuban.toml");
    let text = std::fs::read_to_string(&file).expect("the demo has a configuration");
    let sheet = "[sheet]\nmaker = \"某市自然资源局\"\nreview_number = \"蒙S（2025）001号\"\ncrs = 4527\n";
    std::fs::write(&file, text.replace("[sheet]\n", sheet)).expect("it can be written");
    Tuban::at(&city).args(["map", "overview", "-o", "sheet.svg"]).run().good();
    let svg = std::fs::read_to_string(city.join("sheet.svg")).expect("the sheet was written");
    for words in ["制图单位：某市自然资源局", "审图号：蒙S（2025）001号", "EPSG:4527", ">394"] {
        assert!(svg.contains(words), "{words}");
    }
    std::fs::write(&file, text.replace("[sheet]\n", "[sheet]\ncrs = 1\n")).expect("it can be written");
    Tuban::at(&city).args(["map", "overview", "-o", "sheet.svg"]).run().refused(2, &["sheet.crs", "EPSG:1"]);
}

#[test]
fn a_style_of_the_projects_own_is_a_picture_and_a_sheet() {
    let city = crate::city::build(&folder("own-paper"));
    let styles = city.folder.join("styles");
    std::fs::create_dir(&styles).expect("a folder");
    let style = json!({
        "version": 8,
        "name": "墙图",
        "sources": { "city": { "type": "vector", "url": "http://localhost:3000/findings" } },
        "layers": [
            { "id": "ground", "type": "background", "paint": { "background-color": "#102030" } },
            { "id": "land", "type": "fill", "source": "city", "source-layer": "parcels", "paint": { "fill-color": "#d7191c" } },
        ],
    });
    let write = |style: &Value| std::fs::write(styles.join("wall.json"), style.to_string()).expect("written");
    write(&style);
    Tuban::at(&city.folder).args(["map", "wall", "-o", "wall.svg"]).run().good();
    let svg = std::fs::read_to_string(city.folder.join("wall.svg")).expect("the sheet was written");
    let said = words_of(&svg);
    assert!(said.contains("墙图") && !said.contains("图例"), "{said}");
    assert!(svg.contains("#d7191c") && svg.contains("#102030"), "land and ground");
    let missing = ["no style `wal`", "did you mean `wall`?"];
    Tuban::at(&city.folder).args(["map", "wal", "-o", "x.svg"]).run().refused(2, &missing);

    let server = city.serve();
    let path = "/static/wall/116.08,43.94,12.5/640x400.png";
    let first = server.get(path).bytes();
    assert_eq!(png_size(&first), Some((640, 400)));
    let mut other = style.clone();
    other["layers"][1]["paint"]["fill-color"] = "#1f6fb4".into();
    write(&other);
    server.wait_for("read the project's own styles");
    assert_ne!(server.get(path).bytes(), first, "an edited style is another picture");
    server.stop();
}

#[test]
fn the_title_of_a_sheet_is_in_its_language() {
    let output = folder("sheet-titles");
    for (language, title) in
        [("zh", "锡林浩特（虚构演示） 综合开发强度图"), ("en", "Demo city, invented · Development intensity")]
    {
        let file = output.join(format!("{language}.svg"));
        Tuban::at(&demo().folder).args(["map", "intensity", "--lang", language, "-o"]).arg(&file).run().good();
        let svg = std::fs::read_to_string(&file).expect("the sheet was written");
        assert!(words_of(&svg).contains(&without_spaces(title)), "{language}");
    }
}
