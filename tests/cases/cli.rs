//! The command line: what it says where, and with which exit code.

use std::process::Command;

use serde_json::{Value, json};
use tests::gpkg::{self, Table, text};
use tests::{Tuban, node, tile};

use crate::city::{self, demo, folder};

#[test]
fn help_is_an_answer_and_names_every_command() {
    let home = folder("help");
    let answer = Tuban::at(&home).arg("--help").run().good();
    for command in
        ["serve", "build", "check", "stats", "explain", "tile", "init", "rules", "demo", "generations", "rollback"]
    {
        assert!(answer.text().contains(command), "no {command} in:\n{}", answer.text());
        let help = Tuban::at(&home).args([command, "--help"]).run().good();
        assert!(help.text().contains("Usage"), "{}", help.text());
        assert_eq!(help.err, "", "help is all on standard output");
    }
    let version = Tuban::at(&home).arg("--version").run().good();
    assert!(version.text().starts_with("tuban "), "{}", version.text());
}

#[test]
fn a_command_line_that_means_nothing_is_wrong_usage() {
    let home = folder("usage");
    let lines: [&[&str]; 8] = [
        &[],
        &["bild"],
        &["tile"],
        &["init"],
        &["--no-such-flag"],
        &["stats", "--format", "pdf"],
        &["tile", "a.gpkg", "-o", "b.txt"],
        &["rollback", "--project", "no-such-folder"],
    ];
    for line in lines {
        Tuban::at(&home).args(line).run().refused(2, &[]);
    }
    let project = demo().folder.clone();
    Tuban::at(&project).args(["stats", ".", "conflict"]).run().refused(2, &["conflict", "conflicts"]);
    Tuban::at(&project).args(["explain", "."]).run().refused(2, &["PARCEL_KEY"]);
    Tuban::at(&project).args(["explain", ".", "no such parcel"]).run().refused(2, &["no such parcel", "nearest"]);
    Tuban::at(&project).args(["rollback", "0123456789ab", "--project", "."]).run().refused(2, &["0123456789ab"]);
    Tuban::at(&project).args(["demo", "."]).run().refused(2, &["tuban.toml"]);
}

#[test]
fn answers_go_to_standard_output_and_everything_else_to_standard_error() {
    let folder = folder("streams");
    Tuban::at(&folder).args(["demo", "."]).run().good();
    let build = Tuban::at(&folder).args(["build", "."]).run().good();
    assert_eq!(build.text().trim(), city::current(&folder).file_name().expect("a name").to_string_lossy());
    assert!(
        build.err.contains("parcels") || build.err.contains("published"),
        "a build tells of its stages: {}",
        build.err
    );
    assert!(
        !build.err.contains('\u{1b}') && !build.err.contains('\r'),
        "no bar and no colours in a file: {}",
        build.err
    );
    let stats = Tuban::at(&folder).args(["stats", ".", "far"]).run().good();
    assert!(stats.text().contains("0.3") && stats.text().contains("679.23"), "{}", stats.text());
    let all = Tuban::at(&folder).args(["stats", "."]).run().good();
    for table in ["表1", "表2", "表3", "表4", "表5", "表6"] {
        assert!(all.text().contains(table), "no {table} in:\n{}", all.text());
    }
    // As JSON, a log line is an object.
    let json = Tuban::at(&folder).args(["--log-format", "json", "build", ".", "--rebuild"]).run().good();
    for line in json.err.lines() {
        serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    }
}

#[test]
fn building_again_makes_the_same_generation_and_a_rollback_brings_the_one_before() {
    let folder = folder("generations");
    let table =
        |far: &str| Table::new("parcels", &[("BSM", "TEXT"), ("RJL", "REAL")]).square(0, [text("A"), text(far)]);
    let toml = "[[layers]]\nid = \"parcels\"\nrole = \"parcels\"\nfile = \"p.gpkg\"\nsubject = \"all\"\n";
    std::fs::write(folder.join("tuban.toml"), toml).expect("a file can be written");
    let tuban = |arguments: &[&str]| Tuban::at(&folder).args(arguments).run();
    let build = |far: &str| {
        let file = folder.join("p.gpkg");
        if file.exists() {
            std::fs::remove_file(&file).expect("it can be removed");
        }
        gpkg::write(&file, &[table(far)]);
        tuban(&["build", "."]).good().text().trim().to_owned()
    };
    tuban(&["rollback", "--project", "."]).refused(3, &["p.gpkg"]);
    let first = build("0.2");
    let again = tuban(&["build", "."]).good();
    assert_eq!(again.text().trim(), first);
    tuban(&["rollback", "--project", "."]).refused(2, &[]);
    let second = build("0.9");
    assert_ne!(first, second);
    let list = tuban(&["generations", "."]).good().text().to_owned();
    let place = |id: &str| list.find(id).unwrap_or_else(|| panic!("no {id} in {list}"));
    assert!(place(&second) < place(&first), "the last one first: {list}");
    let far = || tuban(&["stats", ".", "far", "--format", "json"]).good().json();
    assert_eq!(far()["rows"][3]["count"], 1);

    assert_eq!(tuban(&["rollback", "--project", "."]).good().text().trim(), first);
    assert_eq!(far()["rows"][1]["count"], 1, "statistics are those of the generation served");
    let server = Tuban::at(&folder).args(["serve", "."]).serve();
    assert_eq!(server.json("/ready")["generation"], first);
    server.stop_after(&["rolled back"]);
    assert_eq!(tuban(&["rollback", &second, "--project", "."]).good().text().trim(), second);
    assert_eq!(tuban(&["build", "."]).good().text().trim(), second);
}

#[test]
fn a_first_configuration_builds_as_it_is_printed_and_marks_its_guesses() {
    let folder = folder("init");
    let table = Table::new("DLTB", &[("BSM", "TEXT"), ("DLBM", "TEXT"), ("ZJZMJ", "REAL"), ("ZDMJ", "REAL")])
        .square(0, [text("1"), text("100102"), 900.0.into(), 1800.0.into()])
        .square(1, [text("2"), text("1001"), 0.0.into(), 1800.0.into()])
        .square(2, [text("3"), text("0701"), 500.0.into(), 1800.0.into()]);
    gpkg::write(&folder.join("现状.gpkg"), &[table]);
    let init = Tuban::at(&folder).args(["init", "现状.gpkg"]).run().good();
    let toml = init.text();
    assert!(toml.contains("guess"), "{toml}");
    for column in ["BSM", "DLBM", "ZJZMJ", "ZDMJ"] {
        assert!(toml.contains(column), "no {column} in:\n{toml}");
    }
    toml.parse::<toml::Table>().unwrap_or_else(|error| panic!("{error}:\n{toml}"));
    std::fs::write(folder.join("tuban.toml"), toml).expect("a file can be written");
    Tuban::at(&folder).args(["build", "."]).run().good();
}

#[test]
fn a_first_configuration_of_the_demo_city_finds_what_its_makers_meant() {
    let folder = folder("init-demo");
    Tuban::at(&folder).args(["demo", "."]).run().good();
    let files: Vec<String> = std::fs::read_dir(&folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".gpkg"))
        .collect();
    let init = Tuban::at(&folder).arg("init").args(&files).run().good();
    std::fs::write(folder.join("tuban.toml"), init.text()).expect("a file can be written");
    Tuban::at(&folder).args(["build", "."]).run().good();
    let far = Tuban::at(&folder).args(["stats", ".", "far", "--format", "json"]).run().good().json();
    assert_eq!(far["total"]["count"], 571, "{}", init.text());
}

#[test]
fn one_file_becomes_one_archive() {
    let folder = folder("tile");
    let table = |name: &str| Table::new(name, &[("n", "INTEGER")]).square(0, [1.into()]).square(1, [2.into()]);
    gpkg::write(&folder.join("in.gpkg"), &[table("一层"), table("two")]);
    let tile = |arguments: &[&str]| {
        let command = Tuban::at(&folder).args(["tile", "in.gpkg", "-o"]).args(arguments).run().good();
        assert!(!command.err.contains("WARN"), "{}", command.err);
    };
    tile(&["all.pmtiles", "--min-zoom", "11", "--max-zoom", "14"]);
    // An archive says what it is called, so the other one has the same name.
    std::fs::create_dir(folder.join("again")).expect("a folder can be made");
    tile(&["again/all.pmtiles", "--min-zoom", "11", "--max-zoom", "14", "--threads", "1"]);
    tile(&["two.pmtiles", "--layer", "two", "--min-zoom", "11", "--max-zoom", "14"]);
    let read = |name: &str| std::fs::read(folder.join(name)).expect("an archive");
    assert!(read("all.pmtiles") == read("again/all.pmtiles"));
    let (zooms, layers) = archive(&folder.join("all.pmtiles"));
    assert_eq!((zooms, layers), ((11, 14), vec!["一层".to_owned(), "two".to_owned()]));
    assert_eq!(archive(&folder.join("two.pmtiles")).1, ["two"]);
    let wrong = Tuban::at(&folder).args(["tile", "in.gpkg", "-o", "x.pmtiles", "--layer", "tow"]).run();
    assert!(wrong.code != Some(0) && wrong.err.contains("two"), "{}", wrong.err);
    assert!(!folder.join("x.pmtiles").exists());
}

#[test]
fn only_what_changed_is_made_again() {
    let folder = folder("incremental");
    let squares = (0..400usize).fold(Table::new("parcels", &[("n", "INTEGER")]), |table, place| {
        table.square(place, [(place as i64 % 7).into()])
    });
    let file = gpkg::write(&folder.join("in.gpkg"), &[squares]);
    let zooms = ["--keep-all", "--min-zoom", "14", "--max-zoom", "16"];
    let run = |arguments: &[&str]| Tuban::at(&folder).args(["tile", "in.gpkg"]).args(arguments).run();
    let again = || {
        run(&[&["-o", "kept.pmtiles", "--incremental"], &zooms[..]].concat()).good();
        run(&[&["-o", "whole.pmtiles"], &zooms[..]].concat()).good();
        let read = |name: &str| std::fs::read(folder.join(name)).expect("a file");
        assert!(read("kept.pmtiles") == read("whole.pmtiles"));
        serde_json::from_slice::<Value>(&read("kept.pmtiles.changes.json")).expect("JSON")
    };
    assert_eq!(again()["everything"], "there is no kept.pmtiles");
    assert_eq!(again(), json!({ "tiles": {}, "layers": [] }));
    let edit = rusqlite::Connection::open(&file).expect("opens");
    edit.execute_batch("UPDATE parcels SET n = 70 WHERE fid = 5; DELETE FROM parcels WHERE fid = 90;").expect("edited");
    edit.execute_batch("INSERT INTO parcels SELECT 1000, geom, 8 FROM parcels WHERE fid = 300;").expect("edited");
    edit.close().expect("closed");
    let changes = again();
    let layer = json!({ "layer": "parcels", "added": [1000], "changed": [5], "removed": [90] });
    assert_eq!(changes["layers"], json!([layer]));
    for zoom in ["14", "15", "16"] {
        let tiles = changes["tiles"][zoom].as_array().expect("a list").len();
        assert!((2..20).contains(&tiles), "zoom {zoom}: {changes}");
    }
    std::fs::write(folder.join("kept.pmtiles.state"), b"tubanST2 and nothing else").expect("written");
    assert_eq!(again()["everything"], "kept.pmtiles.state is damaged");
    run(&["-o", "kept.mbtiles", "--incremental"]).refused(2, &["--incremental"]);
}

#[test]
fn one_archive_becomes_another() {
    let folder = folder("convert");
    let table = Table::new("parcels", &[("n", "INTEGER")]).square(0, [1.into()]).square(1, [2.into()]);
    gpkg::write(&folder.join("in.gpkg"), &[table]);
    let tile = |arguments: &[&str]| Tuban::at(&folder).arg("tile").args(arguments).run();
    tile(&["in.gpkg", "-o", "a.pmtiles", "--min-zoom", "11", "--max-zoom", "14"]).good();
    tile(&["a.pmtiles", "-o", "b.mbtiles"]).good();
    tile(&["b.mbtiles", "-o", "c.pmtiles"]).good();
    tile(&["c.pmtiles", "-o", "d.pmtiles"]).good();
    assert_eq!(archive(&folder.join("c.pmtiles")), archive(&folder.join("a.pmtiles")));
    let read = |name: &str| std::fs::read(folder.join(name)).expect("an archive");
    assert!(read("d.pmtiles") == read("c.pmtiles"));
    // GDAL reads MBTiles everywhere; PMTiles are read with their own crate above.
    let told = std::process::Command::new("ogrinfo").args(["-ro", "-al", "-so"]).arg(folder.join("b.mbtiles")).output();
    let text = String::from_utf8_lossy(&told.expect("ogrinfo runs").stdout).into_owned();
    assert!(text.contains("Layer name: parcels") && text.contains("Feature Count: 2"), "{text}");

    // martin's hash of all tiles, by what Python makes of it.
    let script = "import hashlib, sqlite3, sys
c = sqlite3.connect(sys.argv[1])
h = hashlib.md5()
for *place, data in c.execute('SELECT * FROM tiles ORDER BY zoom_level, tile_column, tile_row'):
    h.update(''.join(map(str, place)).encode() + data)
assert c.execute('SELECT value FROM metadata WHERE name = \"agg_tiles_hash\"').fetchone() == (h.hexdigest().upper(),)";
    let python = std::process::Command::new("python3").args(["-c", script]).arg(folder.join("b.mbtiles")).output();
    let python = python.expect("python3 runs");
    assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));

    tile(&["a.pmtiles", "-o", "e.mbtiles", "--max-zoom", "12"]).refused(2, &["--max-zoom", "GeoPackage"]);
    std::fs::write(folder.join("broken.mbtiles"), b"SQLite format 3\0 but no more").expect("written");
    tile(&["broken.mbtiles", "-o", "f.pmtiles"]).refused(3, &["broken.mbtiles"]);
    tile(&["none.pmtiles", "-o", "f.pmtiles"]).refused(3, &["none.pmtiles"]);
    assert!(!folder.join("f.pmtiles").exists() && !folder.join("e.mbtiles").exists());
}

/// Zooms and layers of an archive, read with the pmtiles crate, with a tile decoded on the way.
fn archive(file: &std::path::Path) -> ((u8, u8), Vec<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let reader = pmtiles::AsyncPmTilesReader::new_with_path(file).await.expect("an archive");
        let header = reader.get_header();
        let metadata: Value =
            serde_json::from_str(&reader.get_metadata().await.expect("metadata")).expect("metadata are JSON");
        let layers = metadata["vector_layers"].as_array().expect("vector layers");
        let names = layers.iter().filter_map(|layer| layer["id"].as_str().map(str::to_owned)).collect();
        let (x, y) = tile::at(116.0005, 43.9005, 14);
        let place = pmtiles::TileCoord::new(14, x, y).expect("a tile of the grid");
        let bytes = reader.get_tile_decompressed(place).await.expect("a tile").expect("it is there");
        assert!(tile::decode(&bytes).iter().all(|layer| layer.features.len() == 2));
        ((header.min_zoom, header.max_zoom), names)
    })
}

#[test]
fn an_archive_for_apps_is_an_mbtiles_that_others_read() {
    let folder = folder("mbtiles");
    let table = Table::new("parcels", &[("n", "INTEGER")]).square(0, [1.into()]);
    gpkg::write(&folder.join("in.gpkg"), &[table]);
    Tuban::at(&folder).args(["tile", "in.gpkg", "-o", "out.mbtiles", "--max-zoom", "14"]).run().good();
    let output = Command::new("ogrinfo").args(["-ro", "-al", "-so"]).arg(folder.join("out.mbtiles")).output();
    let output = output.expect("ogrinfo runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("Layer name: parcels"), "{said}");
}

#[test]
fn serving_without_a_project_serves_the_demo_city() {
    let home = folder("nowhere");
    let server = Tuban::at(&home).arg("serve").serve();
    let catalog = server.json("/catalog");
    assert_eq!(server.json("/stats/overview")["total"]["count"], 571, "{catalog}");
    let complaints = node::run("validate.mjs", ["tilejson"], &server.json("/findings"));
    assert_eq!(complaints, serde_json::json!([]));
    server.stop();
}
