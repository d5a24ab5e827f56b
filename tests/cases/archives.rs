//! Archives over HTTP: whole, in ranges, and read by the library that browsers use.

use std::fs;

use serde_json::{Value, json};
use tests::{Tuban, gpkg, node};

use crate::city::{demo, folder};

#[test]
fn the_library_of_pmtiles_reads_the_archive_over_http() {
    let server = demo().serve();
    let arguments = [server.url("/archive/findings.pmtiles"), server.url("/findings"), "14".to_owned()];
    let read = node::run("archive.mjs", arguments, &Value::Null);
    assert_eq!(read["different"], json!([]), "{read}");
    assert!(read["tiles"].as_u64().is_some_and(|tiles| tiles > 30), "{read}");
    let tilejson = server.json("/findings");
    assert_eq!(read["header"]["specVersion"], 3);
    assert_eq!(read["header"]["minZoom"], tilejson["minzoom"]);
    assert_eq!(read["metadata"]["vector_layers"], tilejson["vector_layers"]);
    server.stop();
}

#[test]
fn an_archive_is_the_file_byte_by_byte() {
    let server = demo().serve();
    let file = fs::read(demo().generation.join("tiles/findings.pmtiles")).expect("a generation has its archives");
    let whole = server.get("/archive/findings.pmtiles");
    assert!(whole.body == file, "the whole of it is the file");
    assert_eq!(whole.media_type(), "application/vnd.pmtiles");
    let etag = whole.header("etag").expect("it has a tag");
    for (from, to) in [(0, 126), (127, 16_383), (65_535, 200_000), (file.len() - 1, file.len() - 1)] {
        let range = format!("bytes={from}-{to}");
        let part = server.ask("GET", "/archive/findings.pmtiles", &[("range", &range), ("if-range", etag)]);
        assert_eq!((part.status, part.header("etag")), (206, Some(etag)), "{range}");
        assert_eq!(part.header("content-range"), Some(format!("bytes {from}-{to}/{}", file.len()).as_str()));
        assert!(part.body == file[from..=to], "{range}");
    }
    let head = server.ask("HEAD", "/archive/findings.pmtiles", &[]);
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some(file.len().to_string().as_str()));
    let beyond = server.ask("GET", "/archive/findings.pmtiles", &[("range", &format!("bytes={}-", file.len()))]);
    assert_eq!((beyond.status, beyond.json()["code"].as_str()), (416, Some("range_not_satisfiable")));
    server.stop();
}

#[test]
fn archives_of_others_are_served_beside_the_project() {
    let home = folder("foreign");
    let table = gpkg::Table::new("houses", &[("n", "INTEGER")]).square(0, [1.into()]).square(1, [2.into()]);
    let file = gpkg::write(&home.join("houses.gpkg"), &[table]);
    for name in ["theirs.pmtiles", "theirs.mbtiles"] {
        Tuban::at(&home).arg("tile").arg(&file).args(["-o", name, "--max-zoom", "14"]).run().good();
    }
    let config = "[[layers]]\nid = \"own\"\nfile = \"houses.gpkg\"\n\
                  [foreign.pm]\nfile = \"theirs.pmtiles\"\n[foreign.mb]\nfile = \"theirs.mbtiles\"\n\
                  attribution = \"<a href='https://example.org'>them</a><script>\"\n";
    fs::write(home.join("tuban.toml"), config).expect("a file can be written");
    let server = Tuban::at(&home).arg("serve").serve();
    let ids: Vec<Value> =
        server.json("/catalog")["foreign"].as_array().into_iter().flatten().map(|item| item["id"].clone()).collect();
    assert_eq!(ids, ["mb", "pm"]);
    for id in ["pm", "mb", "base,pm", "pm,base"] {
        let tilejson = server.json(&format!("/{id}"));
        assert_eq!(node::run("validate.mjs", ["tilejson"], &tilejson), json!([]), "{tilejson}");
    }
    assert!(!server.json("/mb")["attribution"].to_string().contains("script"));
    assert_eq!(server.get("/pm,mb").status, 400, "both have the layer `houses`");
    let arguments = [server.url("/archive/pm.pmtiles"), server.url("/mb"), "14".to_owned()];
    let read = node::run("archive.mjs", arguments, &Value::Null);
    assert_eq!(read["different"], json!([]), "one container holds what the other does: {read}");
    assert!(read["tiles"].as_u64().is_some_and(|tiles| tiles > 2), "{read}");
    server.stop();

    fs::write(home.join("theirs.mbtiles"), "no database").expect("a file can be written");
    Tuban::at(&home).arg("serve").run().refused(3, &["theirs.mbtiles", "neither PMTiles nor MBTiles"]);
}
