//! Styles, sprites and glyphs as clients ask for them, and styles that a project brings along.

use serde_json::{Map, Value, json};
use tests::{LONG, Server, Tuban, node, within};

use crate::api::STYLES;
use crate::city::{self, demo, folder};

/// Every style that the catalog names, whatever its variant: id and document.
fn all(server: &Server) -> Vec<(String, Value)> {
    let catalog = server.json("/catalog");
    let styles = catalog["styles"].as_array().expect("a catalog has styles");
    let variants = styles.iter().flat_map(|style| style["variants"].as_array().expect("variants"));
    let ids = variants.map(|variant| variant["id"].as_str().expect("an id").to_owned());
    let ids = ids.chain(["auto", "auto-dark", "auto-print"].map(str::to_owned));
    ids.map(|id| (id.clone(), server.json(&format!("/style/{id}")))).collect()
}

#[test]
fn styles_satisfy_the_official_validator_and_ask_only_this_server_for_what_is_there() {
    let server = demo().serve();
    let tilejson = server.json("/findings");
    let layers: Vec<&Value> =
        tilejson["vector_layers"].as_array().expect("layers").iter().map(|layer| &layer["id"]).collect();
    let styles = all(&server);
    assert_eq!(styles.len(), 3 * (STYLES.len() + 1));
    let documents: Map<String, Value> = styles.iter().cloned().collect();
    assert_eq!(node::run("validate.mjs", ["styles"], &documents.into()), json!([]));
    for (id, document) in &styles {
        assert!(document["sources"].as_object().is_some_and(|sources| !sources.is_empty()), "{id}");
        for layer in document["layers"].as_array().expect("a style has layers") {
            if layer["source"] == "findings" {
                assert!(layers.contains(&&layer["source-layer"]), "{id}: nothing for {layer}");
            }
        }
        let text = document.to_string();
        for address in text.match_indices("http").map(|(place, _)| &text[place..]) {
            assert!(address.starts_with(&server.url("")), "{id}: {}", &address[..address.len().min(60)]);
        }
        // One tileset, many styles: whoever changes them keeps the tiles.
        assert_eq!(document["sources"], styles[0].1["sources"], "{id}");
    }
    for (name, source) in styles[0].1["sources"].as_object().into_iter().flatten() {
        let url = source["url"].as_str().unwrap_or_else(|| panic!("source {name} has no URL"));
        server.json(url.strip_prefix(&server.url("")).unwrap_or_else(|| panic!("{url} is elsewhere")));
    }
    server.stop();
}

#[test]
fn the_sprite_has_every_pattern_that_styles_draw() {
    let server = demo().serve();
    let mut patterns = Vec::new();
    for (_, style) in all(&server) {
        let layers = style["layers"].as_array().cloned().unwrap_or_default();
        patterns.extend(layers.iter().filter_map(|layer| layer["paint"]["fill-pattern"].as_str().map(str::to_owned)));
    }
    assert!(patterns.len() > 6, "{patterns:?}");
    for (sheet, scale) in [("tuban", 1), ("tuban@2x", 2)] {
        let index = server.json(&format!("/sprite/{sheet}.json"));
        let picture = server.get(&format!("/sprite/{sheet}.png")).bytes();
        // PNG (3rd ed.) §11.2.1: width and height of the header chunk.
        let number = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().expect("four bytes"));
        let (width, height) = (u64::from(number(16)), u64::from(number(20)));
        for name in &patterns {
            let place = &index[name];
            let member = |member: &str| place[member].as_u64().unwrap_or_else(|| panic!("{sheet} {name}: {place}"));
            assert_eq!(member("pixelRatio"), scale, "{name}");
            assert!(member("x") + member("width") <= width && member("y") + member("height") <= height, "{name}");
        }
    }
    server.stop();
}

#[test]
fn glyphs_are_what_maplibre_reads_and_a_range_without_any_is_empty() {
    let server = demo().serve();
    let read = |path: &str| -> Value { node::run("glyphs.mjs", [server.url(path)], &Value::Null)[0].clone() };
    let nothing = read("/font/Nowhere,Nothing/1114112-1114367.pbf");
    assert_eq!(nothing, json!({ "glyphs": [], "name": "Nowhere,Nothing", "range": "1114112-1114367" }));
    let catalog = server.json("/catalog");
    let fonts = catalog["fonts"].as_array().expect("a list");
    let Some(font) = fonts.iter().filter_map(|font| font["id"].as_str()).find(|id| id.contains("Sans")) else {
        eprintln!("no font on this machine: nothing to draw with");
        return server.stop();
    };
    let latin = read(&format!("/font/{}/0-255.pbf", font.replace(' ', "%20")));
    let glyphs = latin["glyphs"].as_array().expect("glyphs");
    let letter = glyphs.iter().find(|glyph| glyph["id"] == u32::from('H')).expect("a font without an H");
    let number = |name: &str| letter[name].as_i64().expect("a number");
    assert_eq!(number("bytes"), (number("width") + 6) * (number("height") + 6), "{letter}");
    assert!((8..24).contains(&number("width")) && (14..24).contains(&number("height")), "{letter}");
    assert!((-14..0).contains(&number("top")) && (12..24).contains(&number("advance")), "{letter}");
    let part = number("inside") as f64 / (number("width") * number("height")) as f64;
    assert!((0.2..0.7).contains(&part), "{part} of the letter is ink: {letter}");
    server.stop();
}

#[test]
fn glyphs_of_the_names_on_the_map_are_there_before_anybody_asks() {
    let server = Tuban::at(&demo().folder).args(["serve", ".", "--log-level", "debug"]).serve();
    let told = within(LONG, || server.log().into_iter().find(|line| line.contains("drew glyphs ahead")));
    let told = told.unwrap_or_else(|| panic!("no glyphs were drawn:\n{}", server.log().join("\n")));
    let number = |name: &str| -> u64 {
        let figure = told.split_whitespace().find_map(|word| word.strip_prefix(name));
        figure.and_then(|figure| figure.parse().ok()).unwrap_or_else(|| panic!("no {name} in {told}"))
    };
    assert_eq!(number("ranges="), number("of="), "{told}");
    assert!(number("of=") > 20, "the names and classes of the demo have Chinese characters: {told}");
    let counted = |name: &str| -> f64 {
        let metrics = String::from_utf8(server.get("/_/metrics").bytes()).expect("metrics are text");
        let line = metrics.lines().find(|line| line.starts_with(&format!("{name} "))).expect("it is counted");
        line.rsplit(' ').next().and_then(|figure| figure.parse().ok()).expect("a number")
    };
    let style = server.json("/style/overview");
    let fonts: Vec<&str> = style["layers"]
        .as_array()
        .expect("layers")
        .iter()
        .find_map(|layer| layer["layout"]["text-font"].as_array())
        .expect("a layer of words")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let before = counted("tuban_cache_misses_total");
    let first = u32::from('园') / 256 * 256;
    let answer = server.get(&format!("/font/{}/{first}-{}.pbf", fonts.join(",").replace(' ', "%20"), first + 255));
    assert_eq!((answer.status, counted("tuban_cache_misses_total")), (200, before));
    server.stop();
}

#[test]
fn a_projects_own_styles_are_checked_served_and_followed() {
    let home = folder("own-styles");
    city::build(&home);
    let styles = home.join("styles");
    std::fs::create_dir(&styles).expect("a folder");
    let file = styles.join("wall.json");
    let write = |attribute: &str, name: &str| {
        let style = json!({
            "version": 8,
            "name": name,
            "sources": { "city": { "type": "vector", "url": "http://localhost:3000/findings" } },
            "layers": [{
                "id": "land", "type": "fill", "source": "city", "source-layer": "parcels",
                "paint": { "fill-color": ["match", ["get", attribute], 1, "#d7191c", "#cccccc"] },
            }],
        });
        std::fs::write(&file, style.to_string()).expect("written");
    };
    write("intensty", "墙图");
    let serve = || Tuban::at(&home).args(["serve", "."]);
    serve().args(["--listen", "127.0.0.1:0"]).run().refused(
        2,
        &[
            "styles/wall.json: layers[0].paint.fill-color[1][1]: there is no attribute of parcels `intensty`",
            "did you mean `intensity`?",
        ],
    );
    write("intensity", "墙图");
    let server = serve().serve();
    let catalog = server.json("/catalog");
    let own = catalog["styles"].as_array().and_then(|styles| styles.last()).expect("a style");
    assert_eq!((&own["id"], &own["label"]["zh"]), (&json!("wall"), &json!("墙图")));
    let served = server.json("/style/wall");
    assert_eq!(own["url"], server.url("/style/wall"));
    assert_eq!(served["sources"]["city"]["url"], server.url("/findings"));
    assert_eq!(served["sprite"], server.url("/sprite/tuban"));
    assert_eq!(node::run("validate.mjs", ["style"], &served), json!([]));
    write("intensity", "另一张墙图");
    server.wait_for("read the project's own styles");
    assert_eq!(server.json("/style/wall")["name"], "另一张墙图");
    write("intensty", "错的");
    server.wait_for("a style cannot be served");
    assert_eq!(server.json("/style/wall")["name"], "另一张墙图", "what was good stays");
    std::fs::remove_file(&file).expect("removed");
    server.wait_for("styles=0");
    assert_eq!(server.get("/style/wall").status, 404);
    server.stop_after(&["a style cannot be served"]);
}
