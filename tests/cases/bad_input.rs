//! Bad input: one clear message that says what is wrong, where and what to do, the documented exit
//! code, and nothing half-done left behind.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::types::Value::{Integer, Null, Real};
use tests::Tuban;
use tests::gpkg::{self, Table, text};

use crate::city::folder;

/// Input or disk failed.
const FAILED: i32 = 3;
/// Wrong usage or configuration.
const USAGE: i32 = 2;
/// Data not good enough.
const NOT_GOOD: i32 = 1;

/// What is found in a folder and below, but not what SQLite may leave beside an open file.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(here) = waiting.pop() {
        for entry in fs::read_dir(&here).expect("a folder") {
            let path = entry.expect("an entry").path();
            found.push(path.strip_prefix(folder).expect("it lies in the folder").to_string_lossy().into_owned());
            if path.is_dir() {
                waiting.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Every way to hand a file to Tuban is refused with the same words, and nothing comes of it.
fn refused_everywhere(file: &Path, code: i32, words: &[&str]) {
    let home = file.parent().expect("a file lies in a folder");
    let name = file.file_name().expect("a file has a name").to_string_lossy().into_owned();
    let words: Vec<&str> = words.iter().copied().chain([name.as_str()]).collect();
    let before = fs::read(file).ok();
    let serve = Tuban::at(home).arg("serve").arg(file).args(["--listen", "127.0.0.1:0"]).run().refused(code, &words);
    assert!(serve.lines().filter(|line| line.starts_with("tuban: ")).count() == 1, "one message: {serve}");
    let out = home.join("out.pmtiles");
    Tuban::at(home).arg("tile").arg(file).arg("-o").arg(&out).run().refused(code, &words);
    assert!(!out.exists(), "a tileset came of {name}");
    let drafts = files(home).into_iter().filter(|path| path.contains(".tmp") || path.contains(".partial"));
    assert_eq!(drafts.collect::<Vec<_>>(), Vec::<String>::new(), "drafts of {name} were left");
    assert_eq!(fs::read(file).ok(), before, "{name} was changed");
}

#[test]
fn files_that_are_no_geopackages_are_refused_by_name() {
    let home = folder("no-geopackages");
    refused_everywhere(&home.join("missing.gpkg"), FAILED, &["no such file"]);

    let zero = home.join("零.gpkg");
    fs::write(&zero, b"").expect("a file can be written");
    refused_everywhere(&zero, FAILED, &["empty", "0 bytes"]);

    let other = home.join("other.gpkg");
    fs::write(&other, b"PK\x03\x04 a zip archive, perhaps a renamed shapefile".repeat(100)).expect("a file");
    refused_everywhere(&other, FAILED, &["not a GeoPackage"]);

    let noise = home.join("noise.gpkg");
    fs::write(&noise, [0xa5; 8192]).expect("a file can be written");
    refused_everywhere(&noise, FAILED, &["not a GeoPackage"]);

    let database = home.join("database.gpkg");
    let connection = rusqlite::Connection::open(&database).expect("a database");
    connection.execute_batch("CREATE TABLE parcels (id INTEGER)").expect("a table");
    connection.close().expect("nothing is in the way");
    refused_everywhere(&database, FAILED, &["gpkg_"]);

    let folder = home.join("folder.gpkg");
    fs::create_dir(&folder).expect("a folder can be made");
    Tuban::at(&home).arg("tile").arg(&folder).args(["-o", "out.pmtiles"]).run().refused(FAILED, &["folder.gpkg"]);
}

#[test]
fn a_truncated_file_is_refused_wherever_it_was_cut() {
    let home = folder("truncated");
    let mut table = Table::new("parcels", &[("name", "TEXT")]);
    for place in 0..500 {
        table = table.square(place, [text(&format!("parcel {place}, with words to fill a page {}", "x".repeat(90)))]);
    }
    let whole = fs::read(gpkg::write(&home.join("whole.gpkg"), &[table])).expect("a file");
    assert!(whole.len() > 60_000);
    for kept in [50, 512, 4096, 4100, whole.len() / 2, whole.len() - 4096, whole.len() - 1] {
        let cut = home.join(format!("cut-{kept}.gpkg"));
        fs::write(&cut, &whole[..kept]).expect("a file can be written");
        refused_everywhere(&cut, FAILED, &[]);
    }
    // Pages that are all there but hold something else.
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 20_000].fill(0xff);
    let file = home.join("damaged.gpkg");
    fs::write(&file, damaged).expect("a file can be written");
    refused_everywhere(&file, FAILED, &["parcels"]);
}

#[test]
fn a_geopackage_without_anything_to_draw_is_refused() {
    let home = folder("nothing-to-draw");
    refused_everywhere(&gpkg::write(&home.join("no-tables.gpkg"), &[]), FAILED, &["no feature tables"]);

    let attributes = gpkg::write(&home.join("attributes.gpkg"), &[]);
    let connection = rusqlite::Connection::open(&attributes).expect("a database");
    let sql = "CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT);
        INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('owners', 'attributes', 'owners');";
    connection.execute_batch(sql).expect("a table without geometry");
    connection.close().expect("nothing is in the way");
    refused_everywhere(&attributes, FAILED, &["no feature tables", "geometry"]);

    let empty = gpkg::write(&home.join("empty-table.gpkg"), &[Table::new("parcels", &[("name", "TEXT")])]);
    Tuban::at(&home).arg("serve").arg(&empty).args(["--listen", "127.0.0.1:0"]).run().refused(NOT_GOOD, &[]);
    let nulls = Table::new("parcels", &[("name", "TEXT")]).row(None, [text("a")]).row(None, [text("b")]);
    let nulls = gpkg::write(&home.join("no-geometries.gpkg"), &[nulls]);
    Tuban::at(&home).arg("serve").arg(&nulls).args(["--listen", "127.0.0.1:0"]).run().refused(NOT_GOOD, &[]);
}

#[test]
fn a_reference_system_that_nobody_knows_is_named_with_file_and_table() {
    let home = folder("unknown-crs");
    for (name, srs_id) in
        [("undefined-cartesian", -1), ("undefined-geographic", 0), ("own-grid", 990_001), ("absent", 77_777)]
    {
        let table = Table::new("地块", &[("name", "TEXT")]).srs(srs_id).square(0, [text("a")]);
        let file = gpkg::write(&home.join(format!("{name}.gpkg")), &[table]);
        refused_everywhere(&file, FAILED, &["地块"]);
    }
}

/// A project whose configuration and parcels a case writes.
struct Project {
    folder: PathBuf,
}

impl Project {
    fn new(name: &str, parcels: Table) -> Self {
        let folder = folder(name);
        gpkg::write(&folder.join("parcels.gpkg"), &[parcels]);
        let project = Self { folder };
        project.configure("");
        project
    }

    fn configure(&self, more: &str) {
        self.write(&format!(
            "[project]\nname = \"A case\"\n\n[[layers]]\nid = \"parcels\"\nrole = \"parcels\"\n\
             file = \"parcels.gpkg\"\nsubject = \"all\"\n{more}\n"
        ));
    }

    fn write(&self, toml: &str) {
        fs::write(self.folder.join("tuban.toml"), toml).expect("a file can be written");
    }

    fn build(&self) -> tests::Answer {
        Tuban::at(&self.folder).args(["build", "."]).run()
    }

    /// The build is refused, and what was built before is still there and served.
    fn refused(&self, code: i32, words: &[&str]) -> String {
        let generations = self.folder.join("generations");
        // What is only remembered of sources may change.
        let kept = || -> Vec<String> {
            let all = if generations.exists() { files(&generations) } else { Vec::new() };
            all.into_iter().filter(|file| ![".lock", ".hashes.json"].contains(&file.as_str())).collect()
        };
        let before = kept();
        let message = self.build().refused(code, words);
        assert_eq!(kept(), before, "a refused build changes nothing");
        message
    }
}

fn columns() -> [(&'static str, &'static str); 3] {
    [("BSM", "TEXT"), ("RJL", "TEXT"), ("ZJZMJ", "REAL")]
}

fn good() -> Table {
    Table::new("parcels", &columns())
        .square(0, [text("A1"), text("0.5"), Real(100.0)])
        .square(1, [text("A2"), text("1.5"), Real(200.0)])
}

#[test]
fn a_key_that_means_nothing_is_named_with_its_path_and_the_nearest() {
    let project = Project::new("unknown-key", good());
    project.configure("subjet = \"all\"");
    project.refused(USAGE, &["tuban.toml", "layers[0].subjet", "layers[0].subject"]);
    project.configure("[layers.fields]\nflor_area = \"ZJZMJ\"");
    project.refused(USAGE, &["layers[0].fields.flor_area", "layers[0].fields.floor_area"]);
    project.write("[projct]\nname = \"x\"\n");
    project.refused(USAGE, &["projct", "project"]);
    project.write("[project\n");
    project.refused(USAGE, &["tuban.toml:1"]);
    project.write("");
    project.refused(USAGE, &["tuban.toml", "layers"]);
    project.write(&"[".repeat(100_000));
    project.refused(USAGE, &["tuban.toml"]);
    fs::write(project.folder.join("tuban.toml"), b"name = \"\xff\xfe\"").expect("a file can be written");
    project.refused(USAGE, &["tuban.toml"]);
    fs::remove_file(project.folder.join("tuban.toml")).expect("it was there");
    project.refused(USAGE, &["tuban.toml", "tuban init"]);
}

#[test]
fn a_value_that_means_nothing_is_named_with_what_is_allowed() {
    let project = Project::new("unknown-value", good());
    project.configure("area_unit = \"acres\"");
    project.refused(USAGE, &["layers[0].area_unit", "acres", "sqft"]);
    project.configure("codes = \"gb50317\"");
    project.refused(USAGE, &["layers[0].codes", "gb50317", "gb50137"]);
    project.configure("[tiles]\nmin_zoom = 14\nmax_zoom = 4");
    project.refused(USAGE, &["min_zoom 14", "max_zoom 4"]);
    project.configure("[tiles]\nmax_zoom = \"sixteen\"");
    project.refused(USAGE, &["tuban.toml:"]);
}

#[test]
fn a_table_or_column_that_is_not_there_is_named_with_the_nearest() {
    let project = Project::new("wrong-column", good());
    project.configure("table = \"parcel\"");
    project.refused(USAGE, &["parcels.gpkg", "`parcel`", "did you mean `parcels`"]);
    project.configure("[layers.fields]\nfloor_area = \"ZJZM\"");
    project.refused(USAGE, &["parcels.gpkg", "parcels", "`ZJZM`", "did you mean `ZJZMJ`", "fields.floor_area"]);
    project.write("[[layers]]\nid = \"a\"\nfile = \"parcel.gpkg\"\n");
    project.refused(FAILED, &["parcel.gpkg", "no such file"]);
}

#[test]
fn parcels_without_a_key_or_with_repeated_keys_are_not_good_enough() {
    let table = good().square(2, [Null, text("1"), Real(1.0)]).square(3, [text(" "), text("1"), Real(1.0)]);
    let project = Project::new("no-keys", table);
    project.refused(NOT_GOOD, &["parcels.gpkg", "parcels", "BSM", "missing_keys: 2 found", "row 3"]);

    let table = good().square(2, [text("A1"), text("1"), Real(1.0)]);
    let project = Project::new("repeated-keys", table);
    project.refused(NOT_GOOD, &["parcels.gpkg", "parcels", "BSM", "A1", "is that of row 1", "row 3", "key ="]);

    let table = Table::new("parcels", &[("label", "TEXT")]).square(0, [text("a")]);
    let project = Project::new("no-key-column", table);
    project.refused(USAGE, &["parcels.gpkg", "key", "label"]);
}

#[test]
fn text_where_numbers_belong_is_reported_with_its_rows_and_not_assessed() {
    let mut table = Table::new("parcels", &[("BSM", "TEXT"), ("RJL", "TEXT")]);
    for (place, far) in ["0.5", "1.5", "about one", "1,5", "NaN"].into_iter().enumerate() {
        table = table.square(place, [text(&format!("A{place}")), text(far)]);
    }
    let project = Project::new("text-for-numbers", table);
    project.configure("[layers.fields]\nfar = \"RJL\"");
    let build = project.build().good();
    for word in ["RJL", "3", "4", "5", "text where a number belongs"] {
        assert!(build.err.contains(word), "no {word} in:\n{}", build.err);
    }
    let far = Tuban::at(&project.folder).args(["stats", ".", "far", "--format", "json"]).run().good().json();
    assert_eq!(far["total"]["count"], 2, "two parcels have a number: {far}");
    assert_eq!(far["not_assessed"]["count"], 3, "nothing is guessed: {far}");
}

#[test]
fn rows_that_cannot_be_read_are_skipped_by_number_and_the_others_stay() {
    let home = folder("bad-rows");
    let file = gpkg::write(&home.join("rows.gpkg"), &[good()]);
    let connection = rusqlite::Connection::open(&file).expect("a database");
    let sql = "INSERT INTO parcels VALUES (10, NULL, 'null', '1', 1), (11, x'00', 'short', '1', 1),
        (12, x'4750000000000000FF', 'wkb', '1', 1), (13, 'words', 'text', '1', 1), (14, 7, 'number', '1', 1);";
    connection.execute_batch(sql).expect("SQLite takes anything");
    connection.close().expect("nothing is in the way");
    let server = Tuban::at(&home).arg("serve").arg(&file).serve();
    let catalog = server.json("/catalog");
    assert_eq!(catalog["tilesets"][0]["layers"][0]["count"], 2, "{catalog}");
    let log = server.log().join("\n");
    assert!(log.contains("skipped"), "{log}");
    server.stop_after(&["skipped"]);
}

#[test]
fn a_refused_build_leaves_the_generation_before_it_served() {
    let project = Project::new("served-on", good());
    let first = project.build().good().text().trim().to_owned();
    gpkg_replace(&project, good().square(2, [text("A1"), text("1"), Real(1.0)]));
    project.refused(NOT_GOOD, &["A1"]);
    let list = Tuban::at(&project.folder).args(["generations", "."]).run().good();
    assert!(list.text().contains(&first) && list.text().contains("current"), "{}", list.text());
    fs::write(project.folder.join("parcels.gpkg"), b"").expect("a file can be written");
    project.refused(FAILED, &["parcels.gpkg"]);
    gpkg_replace(&project, good());
    let server = Tuban::at(&project.folder).args(["serve", "."]).serve();
    assert_eq!(server.json("/ready")["generation"], first);
    server.stop();
}

#[test]
fn a_build_that_is_killed_leaves_the_generation_before_it_and_is_made_good_by_the_next() {
    let folder = folder("killed");
    let tuban = |arguments: &[&str]| Tuban::at(&folder).args(arguments);
    tuban(&["demo", "."]).run().good();
    let first = tuban(&["build", "."]).run().good().text().to_owned();
    let toml = folder.join("tuban.toml");
    let text = fs::read_to_string(&toml).expect("the demo city has a configuration");
    fs::write(&toml, text.replacen("\nname = \"", "\nname = \"另一个", 1)).expect("a file can be written");
    // Not "verifying": a quick build is published before the signal comes, and rightly so.
    for stage in ["hashing sources", "reading layers", "checking", "analysing", "cutting tiles"] {
        tuban(&["build", "."]).kill_at(stage);
        let list = tuban(&["generations", "."]).run().good();
        assert!(list.text().contains(first.trim()) && list.text().contains("current"), "{stage}: {}", list.text());
        assert_eq!(list.text().lines().count(), 1, "{stage}: half a generation is listed: {}", list.text());
    }
    let second = tuban(&["build", "."]).run().good().text().to_owned();
    assert_ne!(first, second);
    let left: Vec<String> =
        files(&folder.join("generations")).into_iter().filter(|file| file.contains(".tmp")).collect();
    assert_eq!(left, Vec::<String>::new(), "drafts of killed builds go with the next");
}

#[test]
fn two_builds_at_once_make_one_generation() {
    let folder = folder("at-once");
    Tuban::at(&folder).args(["demo", "."]).run().good();
    let build = || Tuban::at(&folder).args(["build", "."]).run().good().text().to_owned();
    let ids =
        std::thread::scope(|scope| [scope.spawn(build), scope.spawn(build)].map(|one| one.join().expect("built")));
    assert_eq!(ids[0], ids[1]);
    let list = Tuban::at(&folder).args(["generations", "."]).run().good();
    assert_eq!(list.text().lines().count(), 1, "{}", list.text());
}

fn gpkg_replace(project: &Project, parcels: Table) {
    let file = project.folder.join("parcels.gpkg");
    fs::remove_file(&file).expect("it was there");
    gpkg::write(&file, &[parcels]);
}

#[test]
fn numbers_at_the_edge_of_their_type_harm_nobody() {
    let table = Table::new("parcels", &[("BSM", "TEXT"), ("n", "INTEGER"), ("x", "REAL")])
        .square(0, [text("a"), Integer(i64::MAX), Real(f64::MAX)])
        .square(1, [text("b"), Integer(i64::MIN), Real(f64::INFINITY)])
        .square(2, [text("c"), Integer(0), Real(-0.0)])
        .square(3, [text("d'\"\u{0}\u{1f600}"), Null, Null]);
    let home = folder("edges");
    let file = gpkg::write(&home.join("edges.gpkg"), &[table]);
    let server = Tuban::at(&home).arg("serve").arg(&file).serve();
    assert_eq!(server.json("/catalog")["tilesets"][0]["layers"][0]["count"], 4);
    server.stop();
}

#[test]
fn a_folder_that_cannot_be_written_to_is_the_disks_failure() {
    let home = folder("no-disk");
    let file = gpkg::write(&home.join("a.gpkg"), &[good()]);
    // Even root cannot make a folder below a file.
    let blocked = home.join("a.gpkg/generations");
    let serve = Tuban::at(&home).arg("serve").arg(&file).args(["--listen", "127.0.0.1:0", "--generations"]);
    serve.arg(&blocked).run().refused(FAILED, &["generations"]);
    let tile = Tuban::at(&home).arg("tile").arg(&file).arg("-o").arg(home.join("a.gpkg/out.pmtiles"));
    tile.run().refused(FAILED, &["out.pmtiles"]);
    Tuban::at(&home).arg("demo").arg(home.join("a.gpkg/demo")).run().refused(FAILED, &["demo"]);
}

#[test]
fn an_address_that_is_taken_or_none_is_said_before_the_long_work() {
    let home = folder("address");
    let file = gpkg::write(&home.join("a.gpkg"), &[good()]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("it is bound").to_string();
    for listen in [address.as_str(), "127.0.0.1", "nowhere:port", "127.0.0.1:99999"] {
        let serve = Tuban::at(&home).arg("serve").arg(&file).args(["--listen", listen]);
        serve.run().refused(USAGE, &[listen]);
    }
    assert!(!files(&home).iter().any(|file| file.contains("generations")), "nothing was built: {:?}", files(&home));
}
