//! The map in pages of other origins, and what the viewer's own page may ask for.

use std::net::TcpListener;
use std::path::Path;

use rusqlite::Connection;
use serde_json::{Value, json};
use tests::{Server, Tuban, node, repository};

use crate::city::{build, demo, folder};

/// A port that nobody listens at.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}

fn embedding(origins: &str) -> Server {
    let listen = ["serve", ".", "--embed-origins", origins];
    Tuban::at(&demo().folder).args(listen).serve()
}

fn nothing(seen: &Value, names: &[&str]) {
    for name in names {
        assert_eq!(seen[name], Value::Array(Vec::new()), "{name}: {seen:#}");
    }
}

#[test]
fn portals_that_are_named_embed_the_map_and_speak_with_it() {
    let (port, other) = (free_port(), free_port());
    let server = embedding(&format!("http://127.0.0.1:{port}"));
    let output = repository().join("tests/output/embed");
    let size = "1280x800".to_owned();
    let arguments = [server.url("/"), port.to_string(), other.to_string(), size].map(Into::into);
    let arguments: Vec<std::ffi::OsString> = arguments.into_iter().chain([output.into_os_string()]).collect();
    let seen = node::run("embed.mjs", arguments, &Value::Null);
    nothing(&seen, &["console", "failed", "elsewhere"]);

    // The element shows what its attributes say, at first and later.
    let first = &seen["first"];
    assert_eq!((&first["style"], &first["language"]), (&"far".into(), &"en".into()));
    assert_eq!(first["filter"], json!([["parcels.far_class", ["1", "2"]]]));
    assert_eq!(first["view"], json!({ "zoom": 13, "lat": 43.935, "lon": 116.115 }));
    assert_eq!(seen["classes"], json!([1, 2]), "only what the filter chooses is drawn");
    assert!(seen["legend"].as_u64() >= Some(5) && seen["switcher"] == false, "{seen:#}");
    assert_eq!((&seen["second"]["style"], &seen["second"]["filter"]), (&"conflicts".into(), &json!([])));

    // It tells what is selected, and listens to the page around it alone.
    assert_eq!(seen["selected"].as_array().and_then(|keys| keys.last()), Some(&seen["spot"]["key"]), "{seen:#}");
    assert!(seen["places"].as_u64() >= Some(2), "{seen:#}");
    assert_eq!(seen["afterBystander"], "conflicts", "another frame has no say");

    // A plain frame does the same by messages; the viewer itself shows in none.
    let plain = &seen["plain"];
    assert_eq!((&plain["place"]["style"], &plain["panel"]), (&"zones".into(), &false.into()));
    assert_eq!((&plain["after"]["style"], &plain["after"]["language"]), (&"density".into(), &"en".into()));
    let own = server.url("");
    let heard = plain["heard"].as_array().expect("messages");
    assert!(heard.contains(&json!([own.trim_end_matches('/'), "tuban:ready"])), "{heard:?}");
    let refused = plain["refused"].as_array().expect("lines");
    let framed =
        refused.iter().filter(|line| line.as_str().is_some_and(|line| line.contains("frame-ancestors 'self'")));
    assert_eq!((framed.count(), refused.len()), (1, 1), "{refused:?}");

    // A portal that nobody named sees and hears nothing.
    let stranger = &seen["stranger"];
    assert_eq!((&stranger["heard"], &stranger["drawn"]), (&json!([]), &false.into()), "{stranger}");
    assert_eq!(stranger["blocked"].as_array().map(Vec::len), Some(2), "{stranger}");
    server.stop();
}

#[test]
fn every_example_for_portals_draws_the_map_from_another_origin() {
    let server = embedding("*");
    let document = repository().join("docs/embedding.md");
    let output = repository().join("tests/output/examples");
    let arguments = [server.url("/").into(), document.into_os_string(), output.into_os_string()];
    let seen = node::run("examples.mjs", arguments, &Value::Null);
    let examples = seen.as_object().expect("examples by name");
    let names = ["iframe", "messages", "element", "maplibre", "openlayers", "leaflet", "deckgl"];
    assert_eq!(examples.keys().collect::<std::collections::BTreeSet<_>>(), names.map(str::to_owned).iter().collect());
    for (name, example) in examples {
        for silence in ["console", "failed", "elsewhere"] {
            assert_eq!(example[silence], json!([]), "{name} {silence}: {example:#}");
        }
        assert!(example["tiles"].as_u64() >= Some(2), "{name}: {} tiles", example["tiles"]);
        assert!(example["colours"].as_u64() >= Some(8), "{name}: {} colours", example["colours"]);
    }
    server.stop();
}

/// A picture of one blue pixel: red 40, green 90, blue 220.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\
    \0\0\0\x0cIDATx\x9cc\xd0\x88\xba\x03\0\x02\x0c\x01_V\xb3<8\0\0\0\0IEND\xaeB`\x82";

/// An archive of images with one tile: the world.
fn images(file: &Path) {
    let archive = Connection::open(file).expect("a database can be made");
    let tables = "CREATE TABLE metadata (name TEXT, value TEXT);
                  CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB);
                  INSERT INTO metadata VALUES ('name', 'photo'), ('format', 'png'), ('minzoom', '0'), ('maxzoom', '0'),
                                              ('bounds', '-180,-85,180,85');";
    archive.execute_batch(tables).expect("tables can be made");
    archive.execute("INSERT INTO tiles VALUES (0, 0, 0, ?1)", [PIXEL]).expect("a tile can be written");
}

#[test]
fn base_maps_come_from_the_hosts_of_the_configuration_and_nothing_else_does() {
    let (port, other) = (free_port(), free_port());
    let city = build(&folder("basemap-city"));
    let file = city.folder.join("tuban.toml");
    let text = std::fs::read_to_string(&file).expect("the demo city has a configuration");
    let basemap = format!(
        "\n[basemap.photo]\nurl = \"http://127.0.0.1:{port}/{{z}}/{{x}}/{{y}}.png\"\nlabel = \"影像\"\nattribution = \"Photographer\"\n"
    );
    images(&city.folder.join("world.mbtiles"));
    let foreign = "\n[foreign.world]\nfile = \"world.mbtiles\"\ndescription = \"航片\"\n";
    std::fs::write(&file, text + &basemap + foreign).expect("it can be changed");
    let server = city.serve();
    let output = repository().join("tests/output/basemap");
    let arguments = [server.url("/"), port.to_string(), other.to_string()].map(Into::into);
    let arguments: Vec<std::ffi::OsString> = arguments.into_iter().chain([output.into_os_string()]).collect();
    let seen = node::run("basemap.mjs", arguments, &Value::Null);
    nothing(&seen, &["quiet", "askedElsewhere"]);
    assert_eq!(seen["before"], 0, "nobody is asked before somebody chooses");
    assert!(seen["after"].as_u64() > Some(0) && seen["green"].as_u64() > Some(1000), "{seen:#}");
    assert_eq!(seen["base"], "photo");
    assert_eq!(seen["own"]["base"], "world", "images on this server can lie below, too");
    assert!(seen["own"]["blue"].as_u64() > Some(1000), "{}", seen["own"]);
    assert!(seen["note"].as_str().is_some_and(|note| note.contains("Photographer")), "{}", seen["note"]);
    let stopped = json!({ "stopped": ["connect-src", "frame-src", "img-src", "script-src-elem", "style-src-elem"], "intruder": false });
    assert_eq!(seen["stopped"], stopped);
    server.stop();
}
