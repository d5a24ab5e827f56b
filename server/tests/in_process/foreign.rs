//! Tilesets that somebody else made, beside those of the project.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::{Value, json};
use server::foreign::{Foreign, ForeignSpec};
use server::state::AppState;

use crate::city::City;
use crate::http::{asked_of, get, tile_at};

/// The eight bytes that every PNG begins with (PNG, third edition, §5.2), and a few more.
pub(crate) const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\nand so on";

/// A vector tile with one empty layer of that name, which is all that anyone here looks at.
pub(crate) fn layer(name: &str) -> Vec<u8> {
    // MVT 2.1 §4.1: layer is field 3; name field 1, version field 15.
    let layer = [&[0x0a, name.len() as u8], name.as_bytes(), &[0x78, 2]].concat();
    [&[0x1a, layer.len() as u8], &layer[..]].concat()
}

/// An MBTiles file with one tile for each of these at zoom 3, row 0 from the north.
pub(crate) fn mbtiles(folder: &Path, name: &str, metadata: &[(&str, &str)], tiles: &[Vec<u8>]) -> PathBuf {
    let file = folder.join(name);
    // A test may ask for the same city again.
    let _ = fs::remove_file(&file);
    let database = Connection::open(&file).expect("a database can be made");
    let schema = "CREATE TABLE metadata (name TEXT, value TEXT);
                  CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB);
                  CREATE UNIQUE INDEX place ON tiles (zoom_level, tile_column, tile_row);";
    database.execute_batch(schema).expect("tables can be made");
    for (name, value) in metadata {
        database.execute("INSERT INTO metadata VALUES (?1, ?2)", [name, value]).expect("a row can be written");
    }
    for (x, tile) in (0i64..).zip(tiles) {
        database.execute("INSERT INTO tiles VALUES (3, ?1, 7, ?2)", (x, tile)).expect("a tile can be written");
    }
    file
}

pub(crate) fn spec(id: &str, file: PathBuf) -> ForeignSpec {
    ForeignSpec { id: id.to_owned(), file, description: None, attribution: None }
}

pub(crate) fn in_brotli(plain: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &*plain, &mut out, &Default::default()).expect("bytes can be compressed");
    out
}

/// The city with a picture, a vector tileset of many compressions, and a copy of its own base map.
pub(crate) fn state(city: &City) -> AppState {
    let generation = city.opened();
    let folder = city.folder.path();
    let photo = mbtiles(
        folder,
        "photo.mbtiles",
        &[
            ("format", "png"),
            ("name", "Photo"),
            ("attribution", "<b>Survey</b> <script>alert(1)</script>"),
            ("bounds", "-999,-99,200,nan"),
        ],
        &[PICTURE.to_vec()],
    );
    let json = r#"{"vector_layers":[{"id":"roads","fields":{"name":"String","n":1}},{"fields":{}}]}"#;
    let roads = layer("roads");
    let packed = mbtiles(
        folder,
        "packed.mbtiles",
        &[("format", "pbf"), ("json", json), ("description", "roads")],
        &[roads.clone(), zstd::bulk::compress(&roads, 3).expect("bytes can be compressed"), vec![]],
    );
    let brotli = mbtiles(
        folder,
        "brotli.mbtiles",
        &[("format", "pbf"), ("compression", "brotli"), ("json", json)],
        &[in_brotli(&roads), in_brotli(&vec![0; 64 << 20])],
    );
    let copy = folder.join("copy.pmtiles");
    let base = generation.tileset("base").expect("the city has a base map");
    let original = folder.join("generations").join(generation.id()).join(&base.entry.archive);
    fs::copy(original, &copy).expect("a file can be copied");
    let brotli_pm = folder.join("brotli.pmtiles");
    tiler::convert(&brotli, &brotli_pm, &|_, _| {}).expect("tiles can be copied");
    let specs = [spec("photo", photo), spec("packed", packed), spec("brotli", brotli_pm), spec("copy", copy)];
    AppState::new(generation).with_foreign(Foreign::open(&specs).expect("they can be opened"))
}

#[actix_web::test]
async fn they_are_in_the_catalog_and_have_a_tilejson() {
    let state = state(&City::new());
    let identity = state.foreign.tileset("packed").map(|tileset| tileset.identity.clone()).expect("it is there");
    let requests = ["/catalog", "/packed", "/photo", "/copy", "/findings,packed"].map(get).into();
    let answers = asked_of(state, requests).await;
    let [catalog, packed, photo, copy, both] = &answers[..] else { panic!("five answers") };
    let catalog = catalog.json();
    let listed: Vec<(&Value, &Value)> =
        catalog["foreign"].as_array().into_iter().flatten().map(|t| (&t["id"], &t["media_type"])).collect();
    let mvt = json!("application/vnd.mapbox-vector-tile");
    assert_eq!(
        listed,
        [
            (&json!("photo"), &json!("image/png")),
            (&json!("packed"), &mvt),
            (&json!("brotli"), &mvt),
            (&json!("copy"), &mvt)
        ]
    );
    assert_eq!(catalog["foreign"][1]["url"], "http://map.example:8080/packed");
    let packed = packed.json();
    assert_eq!(packed["tiles"][0], format!("http://map.example:8080/packed/{{z}}/{{x}}/{{y}}?v={identity}"));
    assert_eq!(packed["vector_layers"], json!([{ "id": "roads", "fields": { "name": "String" } }]));
    assert_eq!((&packed["minzoom"], &packed["description"]), (&json!(3), &json!("roads")));
    assert_eq!(packed.get("generation"), None);
    let photo = photo.json();
    assert_eq!(photo["attribution"], "Survey alert(1)");
    assert_eq!((&photo["format"], &photo["bounds"][3]), (&json!("png"), &json!(85.05112877980659)));
    assert!(copy.json()["vector_layers"].as_array().is_some_and(|layers| layers.iter().any(|l| l["id"] == "树木")));
    let both = both.json();
    let tiles = both["tiles"][0].as_str().unwrap_or_default();
    assert!(tiles.ends_with(&format!("{}.{identity}", both["generation"].as_str().unwrap_or_default())), "{tiles}");
    let layers: Vec<&Value> = both["vector_layers"].as_array().into_iter().flatten().map(|l| &l["id"]).collect();
    assert!(layers.contains(&&json!("roads")) && layers.contains(&&json!("parcels")));
}

#[actix_web::test]
async fn tiles_of_any_compression_come_out_as_they_are_wanted() {
    let accepting = |path: &str, codings: &str| get(path).insert_header(("accept-encoding", codings.to_owned()));
    let mut requests = Vec::new();
    let paths = ["/packed/3/0/0", "/packed/3/1/0", "/brotli/3/0/0"];
    for path in paths {
        requests.extend(["identity", "gzip", "br", "zstd"].map(|codings| accepting(path, codings)));
        requests.push(accepting(path, "gzip, br, zstd"));
    }
    requests.push(accepting("/packed,copy/3/1/0", "gzip"));
    let answers = asked_of(state(&City::new()), requests).await;
    let roads = layer("roads");
    for (number, path) in paths.iter().enumerate() {
        let [plain, gzip, br, zstd, any] = &answers[number * 5..number * 5 + 5] else { panic!("five answers") };
        assert_eq!(plain.body, roads, "{path}");
        assert_eq!(crate::http::gunzipped(&gzip.body), roads, "{path}");
        assert_eq!(br.header("content-encoding"), "br", "{path}");
        let mut out = Vec::new();
        brotli::BrotliDecompress(&mut &br.body[..], &mut out).expect("Brotli");
        assert_eq!(out, roads, "{path}");
        assert_eq!(zstd::bulk::decompress(&zstd.body, 1000).expect("Zstandard"), roads, "{path}");
        assert_eq!(any.header("content-encoding"), ["gzip", "zstd", "br"][number], "{path}: as stored, else gzip");
        let mut tags: Vec<&str> = [plain, gzip, br, zstd].map(|answer| answer.header("etag")).into();
        tags.dedup();
        assert_eq!(tags.len(), 4, "{path}: {tags:?}");
    }
    assert_eq!(crate::http::gunzipped(&answers[15].body), roads, "the other tileset has nothing there");
}

#[actix_web::test]
async fn pictures_of_every_kind_come_as_they_are() {
    let city = City::new();
    // The first bytes of each kind: JFIF 1.02 p. 5; RFC 9649 §2.4; ISO/IEC 14496-12 §4.3 with the brand `avif`.
    let pictures: [(&str, &str, &[&str], &[u8]); 3] = [
        ("jpg", "image/jpeg", &["jpg", "jpeg"], b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 and so on"),
        ("webp", "image/webp", &["webp"], b"RIFF\x10\x00\x00\x00WEBPVP8 and so on"),
        ("avif", "image/avif", &["avif"], b"\x00\x00\x00\x20ftypavif and so on"),
    ];
    let files = pictures.map(|(format, _, _, bytes)| {
        let file = mbtiles(city.folder.path(), &format!("{format}.mbtiles"), &[("format", format)], &[bytes.to_vec()]);
        let packed = city.path(&format!("{format}.pmtiles"));
        tiler::convert(&file, &packed, &|_, _| {}).expect("tiles can be copied");
        [spec(format, file), spec(&format!("{format}-packed"), packed)]
    });
    let foreign = Foreign::open(files.as_flattened()).expect("they can be opened");
    let mut paths = Vec::new();
    for (format, _, suffixes, _) in &pictures {
        for id in [(*format).to_owned(), format!("{format}-packed")] {
            paths.push(format!("/{id}/3/0/0"));
            paths.extend(suffixes.iter().map(|suffix| format!("/{id}/3/0/0.{suffix}")));
            paths.push(format!("/{id}/3/0/0.mvt"));
        }
    }
    // Who would rather have anything else gets it as it is all the same: another coding would not make it smaller.
    let requests =
        paths.iter().map(|path| get(path).insert_header(("accept-encoding", "br, identity;q=0.1"))).collect();
    let answers = asked_of(AppState::new(city.opened()).with_foreign(foreign), requests).await;
    for (answer, path) in answers.iter().zip(&paths) {
        let (_, mime, _, bytes) =
            pictures.iter().find(|(format, ..)| path[1..].starts_with(format)).expect("one of them");
        if path.ends_with(".mvt") {
            assert_eq!(answer.status, 400, "{path}: it is no vector tile");
            continue;
        }
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, *mime), "{path}");
        assert_eq!((answer.header("content-encoding"), &answer.body[..]), ("", *bytes), "{path}");
    }
}

#[actix_web::test]
async fn a_bomb_is_an_error_and_the_server_lives_on() {
    let bomb = get("/brotli/3/1/0");
    let stored = get("/brotli/3/1/0").insert_header(("accept-encoding", "br"));
    let answers = asked_of(state(&City::new()), vec![bomb, stored, get("/brotli/3/0/0")]).await;
    assert_eq!(answers[0].status, 500);
    assert_eq!(answers[0].json()["detail"], "the server failed to answer; its log says why");
    assert_eq!(answers[1].status, 200, "as stored it hurts nobody here");
    assert_eq!(answers[2].status, 200);
}

#[actix_web::test]
async fn pictures_and_layers_of_one_name_are_not_joined() {
    let tile = tile_at(14);
    let paths = [
        "/photo,packed".to_owned(),
        "/base,copy".to_owned(),
        format!("/base,copy/{tile}"),
        format!("/packed,findings/{tile}"),
    ];
    let answers = asked_of(state(&City::new()), paths.iter().map(|path| get(path)).collect()).await;
    let said: Vec<(u16, Value)> = answers
        .iter()
        .map(|answer| {
            (
                answer.status.as_u16(),
                if answer.status.is_success() { Value::Null } else { answer.json()["code"].clone() },
            )
        })
        .collect();
    let (joinable, shared) = (json!("not_joinable"), json!("shared_layer"));
    assert_eq!(said, [(400, joinable), (400, shared.clone()), (400, shared), (200, Value::Null)]);
}

#[actix_web::test]
async fn who_writes_to_a_file_takes_it_away_until_it_is_opened_again() {
    let city = City::new();
    let state = state(&city);
    let overwritten = ["copy.pmtiles", "photo.mbtiles"];
    for name in overwritten {
        fs::write(city.path(name), "cut short").expect("a file can be written");
    }
    let renamed = city.path("packed.mbtiles");
    fs::remove_file(&renamed).expect("a file can be removed");
    fs::write(&renamed, "another file").expect("a file can be written");
    let paths = ["/copy/0/0/0", "/archive/copy.pmtiles", "/photo/3/0/0", "/packed/3/0/0", "/brotli/3/0/0"];
    let answers = asked_of(state, paths.map(get).into()).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses, [503, 503, 503, 200, 200], "what another file only took the name of is still there");
    assert_eq!((answers[0].header("retry-after"), answers[0].json()["code"].as_str()), ("1", Some("replaced")));
}

#[actix_web::test]
async fn a_file_that_changes_is_another_tileset() {
    let city = City::new();
    let tiles = |text: &str| mbtiles(city.folder.path(), text, &[("format", "pbf")], &[layer(text)]);
    let open = |file: PathBuf| Foreign::open(&[spec("a", file)]).expect("it can be opened");
    let identity = |foreign: &Foreign| foreign.tileset("a").map(|tileset| tileset.identity.clone());
    let (one, other) = (tiles("one"), tiles("two"));
    let foreign = open(one.clone());
    assert_eq!(identity(&foreign), identity(&open(one.clone())));
    assert_ne!(identity(&foreign), identity(&open(other.clone())));
    assert!(Foreign::open(&[spec("a", city.path("nothing.pmtiles"))]).is_err());
    assert!(Foreign::open(&[spec("a", city.path("land.gpkg"))]).is_err(), "a GeoPackage has no tiles");
    assert!(Foreign::open(&[spec("a", city.path("tuban.toml"))]).is_err());
}
