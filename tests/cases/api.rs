//! The HTTP interface: what is answered to whom, and what strangers cannot do with it.

use serde_json::{Value, json};
use tests::http::{self, Response};
use tests::{Server, Tuban, gpkg, node, tile};

use crate::city::{demo, folder};

/// The plan's themes, each a style.
pub(crate) const STYLES: [&str; 14] = [
    "overview",
    "changes",
    "conflicts",
    "approval",
    "far",
    "density",
    "intensity",
    "zoning",
    "zones",
    "mandatory",
    "idle",
    "low",
    "marginal",
    "disposal",
];

/// A tile in the middle of the demo city.
fn middle(server: &Server, tileset: &str, zoom: u32) -> String {
    let (x, y) = tile::middle(&server.json(&format!("/{tileset}")), zoom);
    format!("/{tileset}/{zoom}/{x}/{y}")
}

#[test]
fn every_address_answers_with_its_status_and_type() {
    let server = demo().serve();
    let tile = middle(&server, "findings", 14);
    let key = any_key();
    let parcel = format!("/parcels/{}", encoded(&key));
    let addresses = [
        ("/health", 200, "application/json"),
        ("/ready", 200, "application/json"),
        ("/catalog", 200, "application/json"),
        ("/findings", 200, "application/json"),
        (tile.as_str(), 200, "application/vnd.mapbox-vector-tile"),
        ("/style/overview", 200, "application/json"),
        ("/style/far-dark.json?lang=en", 200, "application/json"),
        ("/sprite/tuban.json", 200, "application/json"),
        ("/sprite/tuban@2x.png", 200, "image/png"),
        ("/font/Nowhere/65280-65535", 200, "application/x-protobuf"),
        ("/font/Nowhere/1-256.pbf", 400, "application/problem+json"),
        ("/sprite/nothing.json", 404, "application/problem+json"),
        ("/sprite/tuban.gif", 404, "application/problem+json"),
        ("/style/nothing-dark", 404, "application/problem+json"),
        ("/style/auto", 200, "application/json"),
        ("/legend/overview", 200, "application/json"),
        ("/legend/overview.json", 200, "application/json"),
        ("/legend/overview.svg", 200, "image/svg+xml"),
        ("/stats", 200, "application/json"),
        ("/stats/far", 200, "application/json"),
        ("/stats/far.json", 200, "application/json"),
        ("/stats/far.csv", 200, "text/csv"),
        ("/stats/far.xlsx", 200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("/stats/far?by=park", 200, "application/json"),
        ("/stats/far?by=zone", 200, "application/json"),
        (parcel.as_str(), 200, "application/json"),
        ("/identify?lon=116.08&lat=43.94", 200, "application/json"),
        ("/codes", 200, "application/json"),
        ("/", 200, "text/html"),
        ("/nothing", 404, "application/problem+json"),
        ("/nothing/at/all/here/either", 404, "application/problem+json"),
        ("/nothing/14/0/0", 404, "application/problem+json"),
        ("/style/nothing", 404, "application/problem+json"),
        ("/legend/nothing", 404, "application/problem+json"),
        ("/stats/nothing", 404, "application/problem+json"),
        ("/parcels/nothing", 404, "application/problem+json"),
        ("/stats/far?by=nothing", 400, "application/problem+json"),
        ("/identify", 400, "application/problem+json"),
        ("/identify?lon=north&lat=1", 400, "application/problem+json"),
        ("/identify?lon=181&lat=1", 400, "application/problem+json"),
        ("/identify?lon=NaN&lat=1", 400, "application/problem+json"),
        ("/findings/14/0/16384", 400, "application/problem+json"),
        ("/findings/31/0/0", 400, "application/problem+json"),
        ("/findings/14/-1/0", 400, "application/problem+json"),
        ("/findings/14/1e3/0", 400, "application/problem+json"),
        ("/findings/14/99999999999999999999999/0", 400, "application/problem+json"),
        ("/findings/14/0/0", 204, ""),
        ("/findings/0/0/0", 204, ""),
    ];
    for (path, status, media_type) in addresses {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.media_type()), (status, media_type), "{path}: {}", answer.text());
        if media_type.ends_with("json") {
            answer.json();
        }
        if status >= 400 {
            let problem = answer.json();
            assert_eq!(problem["status"], status, "{path}: {problem}");
            assert!(problem["detail"].as_str().is_some_and(|text| !text.is_empty()), "{path}: {problem}");
        }
        assert_eq!(answer.header("access-control-allow-origin").is_some(), with_origin(&server, path), "{path}");
    }
    server.stop();
}

/// Pages of any origin may read answers; a request that names no origin asks for no permission.
fn with_origin(server: &Server, path: &str) -> bool {
    let answer = server.ask("GET", path, &[("origin", "http://portal.example")]);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
    server.get(path).header("access-control-allow-origin").is_some()
}

fn any_key() -> String {
    let rows = gpkg::rows(&demo().generation.join("findings.gpkg"), "parcels");
    rows[0].values["key"].as_str().expect("a key is text").to_owned()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn head_is_get_without_a_body_and_nothing_that_writes_is_answered() {
    let server = demo().serve();
    for path in ["/", "/catalog", "/findings", "/stats/far", "/health", &middle(&server, "findings", 14)] {
        let (get, head) = (server.get(path), server.ask("HEAD", path, &[]));
        assert_eq!(head.status, get.status, "{path}");
        assert!(head.body.is_empty(), "{path}");
        for name in ["content-type", "etag", "cache-control", "content-length"] {
            assert_eq!(head.header(name), get.header(name), "{path} {name}");
        }
        let options = server.ask("OPTIONS", path, &[]);
        assert_eq!((options.status, options.header("allow")), (204, Some("GET, HEAD, OPTIONS")), "{path}");
        for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"] {
            let answer = server.ask(method, path, &[]);
            assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD, OPTIONS")), "{method} {path}");
        }
    }
    server.stop();
}

#[test]
fn what_a_client_has_already_is_not_sent_again() {
    let server = demo().serve();
    let tile = middle(&server, "findings", 14);
    for path in ["/catalog", "/findings", "/style/far", "/legend/far", "/stats/far", "/stats/far.csv", "/codes", &tile]
    {
        for accepted in ["identity", "gzip", "br", "zstd"] {
            let headers = [("accept-encoding", accepted)];
            let first = server.ask("GET", path, &headers);
            let tag = first.header("etag").unwrap_or_else(|| panic!("{path} has no ETag")).to_owned();
            assert!(tag.starts_with('"') && tag.ends_with('"'), "{path}: {tag} is not strong");
            assert!(first.header("vary").is_some_and(|vary| vary.eq_ignore_ascii_case("accept-encoding")), "{path}");
            assert!(first.header("cache-control").is_some(), "{path}");
            for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
                let again = server.ask("GET", path, &[headers[0], ("if-none-match", &known)]);
                assert_eq!((again.status, again.body.len()), (304, 0), "{path} {known}");
                assert_eq!(again.header("etag"), Some(tag.as_str()), "{path}");
                assert_eq!(again.header("cache-control"), first.header("cache-control"), "{path}");
            }
            let other = server.ask("GET", path, &[headers[0], ("if-none-match", "\"other\"")]);
            assert_eq!((other.status, &other.body), (200, &first.body), "{path}");
        }
        let tags = ["identity", "gzip"].map(|accepted| {
            let answer = server.ask("GET", path, &[("accept-encoding", accepted)]);
            (answer.header("content-encoding").map(str::to_owned), answer.header("etag").map(str::to_owned))
        });
        assert_eq!(tags[0].0 == tags[1].0, tags[0].1 == tags[1].1, "{path}: a representation, a tag: {tags:?}");
    }
    server.stop();
}

#[test]
fn a_tile_is_the_same_in_every_coding() {
    let server = demo().serve();
    let path = middle(&server, "findings", 13);
    let plain = server.get(&path);
    assert_eq!(plain.header("content-encoding"), None);
    for (accepted, coding) in [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "gzip"),
        ("*", "gzip"),
        ("br, gzip;q=0.2", "br"),
        ("br", "br"),
        ("zstd;q=0.9, br;q=0.8", "zstd"),
    ] {
        let small = server.ask("GET", &path, &[("accept-encoding", accepted)]);
        assert_eq!(small.header("content-encoding"), Some(coding), "{accepted}");
        assert!(small.body.len() < plain.body.len());
        assert_eq!(small.bytes(), plain.body, "{accepted}");
    }
    for accepted in ["identity", "gzip;q=0", "deflate", ""] {
        let answer = server.ask("GET", &path, &[("accept-encoding", accepted)]);
        assert_eq!((answer.header("content-encoding"), &answer.body), (None, &plain.body), "{accepted}");
    }
    for suffix in [".mvt", ".pbf"] {
        assert_eq!(server.get(&format!("{path}{suffix}")).body, plain.body);
    }
    server.stop();
}

#[test]
fn a_versioned_tile_may_be_kept_for_good_and_any_other_is_asked_about() {
    let server = demo().serve();
    let tilejson = server.json("/findings");
    let generation = server.json("/ready")["generation"].as_str().expect("ready names the generation").to_owned();
    let template = tilejson["tiles"][0].as_str().expect("a TileJSON has tiles");
    assert!(template.contains(&generation), "{template} is not versioned by {generation}");
    let path = middle(&server, "findings", 13);
    let forever = server.get(&format!("{path}?v={generation}"));
    assert!(forever.header("cache-control").is_some_and(|value| value.contains("immutable")));
    for other in ["", "?v=", "?v=yesterday"] {
        let answer = server.get(&format!("{path}{other}"));
        assert!(answer.header("cache-control").is_some_and(|value| !value.contains("immutable")), "{other}");
    }
    server.stop();
}

#[test]
fn hostile_addresses_get_an_answer_and_nothing_else() {
    let server = demo().serve();
    let long = format!("/{}", "a".repeat(10_000));
    let longer = format!("/findings/14/0/{}", "9".repeat(60_000));
    let commas = format!("/{}", vec!["findings"; 5_000].join(","));
    let paths: Vec<&[u8]> = vec![
        b"/../../../../etc/passwd",
        b"/_/../../../../etc/passwd",
        b"/_/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        b"/_/..%2f..%2f..%2fetc%2fpasswd",
        b"/_//etc/passwd",
        b"/_/",
        b"/%2e%2e/tuban.toml",
        b"/findings/%2e%2e/%2e%2e/tuban.toml",
        b"/findings.gpkg",
        b"/style/..%2f..%2ftuban.toml",
        b"/parcels/..%2f..%2ftuban.toml",
        b"/parcels/%00",
        b"/parcels/'%20OR%201=1%20--",
        b"/%00",
        b"/findings%00/14/0/0",
        b"/%ff%fe",
        b"/%zz",
        b"/%",
        b"/\xe5\x9c\xb0",
        b"//",
        b"///14/0/0",
        b"/findings//0/0",
        b"/findings/14/0/0/",
        b"/findings/14/0/0?\x01=\x7f",
        b"/findings/4294967296/4294967296/4294967296",
        b"/findings/18446744073709551616/0/0",
        b"/findings/-1/-1/-1",
        b"/findings/1.5/0/0",
        b"/findings/0x1/0/0",
        b"/findings/{z}/{x}/{y}",
        b"/findings,/14/0/0",
        b"/,findings",
        b"/,",
        b"/findings,findings",
        b"/findings,nothing",
        b"/stats/far?by=park&by=zone",
        b"/stats/far?by=%ff",
        b"/identify?lon=1e999&lat=0",
        b"/identify?lon=&lat=",
        b"/identify?lon=inf&lat=-inf",
        b"/legend/far.svg?lang=xx",
        b"/legend/far.svg?lang=%22%3E%3Cscript%3E",
        long.as_bytes(),
        longer.as_bytes(),
        commas.as_bytes(),
    ];
    for path in paths {
        let shown = String::from_utf8_lossy(&path[..path.len().min(80)]).into_owned();
        let answer = http::request(&server.address, "GET", path, &[]);
        let answer = answer.unwrap_or_else(|error| panic!("{shown}: no answer: {error}"));
        assert!((400..500).contains(&answer.status), "{shown}: {} {}", answer.status, answer.text());
        let text = answer.text();
        for secret in ["root:", "[[layers]]", "/generations", "SQLite", "sqlite", "panicked", "src/"] {
            assert!(!text.contains(secret), "{shown} tells {secret}: {text}");
        }
        assert!(text.len() < 70_000, "{shown}: an error of {} bytes", text.len());
    }
    assert_eq!(server.get("/health").status, 200, "and lives on");
    server.stop();
}

#[test]
fn the_host_of_answers_is_a_host() {
    let server = demo().serve();
    let ask = |host: &str| server.ask("GET", "/findings", &[("host", host)]);
    let tiles = |answer: &Response| answer.json()["tiles"][0].as_str().unwrap_or_default().to_owned();
    assert!(tiles(&ask("maps.example:8080")).starts_with("http://maps.example:8080/findings/"));
    for bad in ["<script>", "a b", "evil.example/path?", "\"quoted\""] {
        assert_eq!(ask(bad).status, 400, "{bad}");
    }
    server.stop();
}

#[test]
fn the_catalog_leads_to_everything_there_is() {
    let server = demo().serve();
    let catalog = server.json("/catalog");
    let path = |url: &Value| {
        let url = url.as_str().unwrap_or_else(|| panic!("no URL in {catalog}")).to_owned();
        url.strip_prefix(&server.url("")).unwrap_or_else(|| panic!("{url} is not absolute")).to_owned()
    };
    assert_eq!(catalog["generation"], server.json("/ready")["generation"]);
    let list = |name: &str| catalog[name].as_array().unwrap_or_else(|| panic!("no {name} in {catalog}"));
    for name in ["sprites", "fonts", "statistics"] {
        list(name);
    }
    for tileset in list("tilesets") {
        let tilejson = server.json(&path(&tileset["url"]));
        assert_eq!(tilejson["name"], tileset["id"]);
        let complaints = node::run("validate.mjs", ["tilejson"], &tilejson);
        assert_eq!(complaints, json!([]), "{tilejson}");
    }
    let styles: Vec<&str> = list("styles").iter().filter_map(|style| style["id"].as_str()).collect();
    assert_eq!(styles, STYLES);
    for table in list("statistics") {
        let found = server.json(&path(&table["url"]));
        assert_eq!(found["table"], table["id"]);
        for by in table["by"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let broken_down = server.json(&format!("{}?by={by}", path(&table["url"])));
            assert!(broken_down["groups"].as_array().is_some_and(|groups| groups.len() > 1), "{broken_down}");
        }
    }
    server.stop();
}

#[test]
fn legends_say_what_the_tables_say() {
    let server = demo().serve();
    for style in STYLES {
        let legend = server.json(&format!("/legend/{style}"));
        let Some(name) = legend["table"].as_str() else {
            assert_eq!(style, "zoning", "every other map counts something");
            continue;
        };
        let table = server.json(&format!("/stats/{name}"));
        let list = |document: &Value, name: &str| document[name].as_array().cloned().unwrap_or_default();
        let entries = list(&legend, "entries");
        assert!(!entries.is_empty(), "{style}");
        let changes = server.json("/stats/changes");
        let rows: Vec<Value> =
            [list(&table, "rows"), list(&table, "of_which"), list(&changes, "rows")].into_iter().flatten().collect();
        for entry in &entries {
            let color = entry["color"].as_str().unwrap_or_default();
            assert!(color.starts_with('#') && color.len() == 7, "{style}: {entry}");
            for language in ["zh", "en"] {
                assert!(entry["label"][language].as_str().is_some_and(|text| !text.is_empty()), "{style}: {entry}");
            }
            let Some(row) = rows.iter().find(|row| row["key"] == entry["key"]) else { continue };
            let (drawn, listed) = (entry["area_ha"].as_f64(), row["area_ha"].as_f64());
            let same = drawn.zip(listed).is_some_and(|(drawn, listed)| (drawn - listed).abs() < 5.1e-5);
            assert!(same, "{style} {}: legend {drawn:?}, table {listed:?}", entry["key"]);
        }
        // Each class of the table is in the legend, whether as a colour or beside the colours.
        let shown: Vec<Value> = entries.into_iter().chain(list(&legend, "breakdown")).collect();
        let mut sum = 0.0;
        for row in list(&table, "rows") {
            let entry = shown.iter().find(|entry| entry["key"] == row["key"]);
            let entry = entry.unwrap_or_else(|| panic!("{style}: {} is not in the legend", row["key"]));
            let counted = entry["area_ha"].as_f64().unwrap_or(f64::NAN);
            // New land and parks are shown beside the total, not in it.
            let in_total = row["key"] != "new" && (style != "overview" || row["key"] == "all");
            sum += if in_total { counted } else { 0.0 };
        }
        // The first entry of the overview is the whole already.
        let total = if style == "overview" { &table["total"] } else { &legend["total"] };
        let total = total["area_ha"].as_f64().expect("a legend has a total");
        assert!((sum - total).abs() < 1e-3, "{style}: classes sum to {sum}, the total is {total}");
        let svg = server.get(&format!("/legend/{style}.svg?lang=en")).text();
        assert!(svg.starts_with("<svg") || svg.starts_with("<?xml"), "{style}: {svg}");
    }
    server.stop();
}

#[test]
fn statistics_over_http_and_on_the_command_line_are_the_same() {
    let server = demo().serve();
    for table in [
        "overview",
        "changes",
        "conflicts",
        "conformity",
        "far",
        "density",
        "intensity",
        "zones",
        "idle",
        "low",
        "disposal",
    ] {
        assert_eq!(server.json(&format!("/stats/{table}")), demo().table(table), "{table}");
    }
    server.stop();
}

#[test]
fn a_parcel_is_found_by_its_key_and_by_a_point_in_it() {
    let server = demo().serve();
    let rows = gpkg::rows(&demo().generation.join("findings.gpkg"), "parcels");
    for row in rows.iter().step_by(57) {
        let key = row.values["key"].as_str().expect("a key is text");
        let card = server.json(&format!("/parcels/{}", encoded(key)));
        assert_eq!(card["key"], key);
        for (attribute, value) in &row.values {
            let shown = &card["attributes"][attribute];
            let near = |(shown, value): (f64, f64)| (shown - value).abs() <= 1e-12 * value.abs();
            // SQLite has no booleans.
            let is_truth = shown.as_bool().is_some_and(|truth| *value == json!(i64::from(truth)));
            let same = shown == value || is_truth || shown.as_f64().zip(value.as_f64()).is_some_and(near);
            assert!(same, "{key} {attribute}: {shown}, not {value}");
        }
        let center = |place: usize| card["center"][place].as_f64().expect("a card has a centre");
        let here = server.json(&format!("/identify?lon={}&lat={}", center(0), center(1)));
        let features = here["features"].as_array().expect("a list of features");
        let parcel = features.iter().find(|found| found["layer"] == "parcels");
        let parcel = parcel.unwrap_or_else(|| panic!("{key} is not at its own centre: {here}"));
        assert_eq!((&parcel["attributes"]["key"], &parcel["id"]), (&json!(key), &json!(row.id)));
    }
    let nowhere = server.json("/identify?lon=0&lat=0");
    assert_eq!(nowhere["features"], json!([]));
    server.stop();
}

#[test]
fn chinese_names_work_in_every_address() {
    let home = folder("中文");
    let table = gpkg::Table::new("宗地 表", &[("编号", "TEXT"), ("面积", "REAL")])
        .square(0, [gpkg::text("甲/1"), 1.5.into()])
        .square(1, [gpkg::text("乙"), 2.5.into()]);
    let file = gpkg::write(&home.join("地块.gpkg"), &[table]);
    let server = Tuban::at(&home).arg("serve").arg(&file).serve();
    let catalog = server.json("/catalog");
    assert_eq!(catalog["tilesets"][0]["id"], "地块", "{catalog}");
    let tilejson = server.json(&format!("/{}", encoded("地块")));
    assert_eq!(node::run("validate.mjs", ["tilejson"], &tilejson), json!([]), "{tilejson}");
    assert_eq!(tilejson["vector_layers"][0]["id"], "宗地 表");
    let template = tilejson["tiles"][0].as_str().expect("a TileJSON has tiles");
    assert!(template.is_ascii(), "{template} is not a URL");
    let layers = tile::decode(&server.get(&middle(&server, &encoded("地块"), 14)).bytes());
    assert_eq!((layers[0].name.as_str(), layers[0].features.len()), ("宗地 表", 2));
    let names: Vec<_> = layers[0].features.iter().filter_map(|feature| feature.text("编号")).collect();
    assert_eq!(names, ["甲/1", "乙"]);
    let style = server.json("/style/auto");
    assert_eq!(node::run("validate.mjs", ["style"], &style), json!([]), "{style}");
    for path in ["/stats", "/stats/far", "/parcels/1", "/legend/far", "/style/far"] {
        assert_eq!(server.get(path).status, 404, "nothing was analysed: {path}");
    }
    server.stop();
}

#[test]
fn tilesets_joined_by_a_comma_are_one_tileset() {
    let home = folder("joined");
    let file = |name: &str, place| {
        let table = gpkg::Table::new(&format!("{name}-rows"), &[("n", "INTEGER")]).square(place, [1.into()]);
        gpkg::write(&home.join(format!("{name}.gpkg")), &[table])
    };
    let server = Tuban::at(&home).arg("serve").arg(file("one", 0)).arg(file("two", 1)).serve();
    let tilejson = server.json("/one,two");
    assert_eq!(node::run("validate.mjs", ["tilejson"], &tilejson), json!([]), "{tilejson}");
    let names = |tilejson: &Value| -> Vec<String> {
        let layers = tilejson["vector_layers"].as_array().cloned().unwrap_or_default();
        layers.iter().filter_map(|layer| layer["id"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(names(&tilejson), ["one-rows", "two-rows"]);
    assert_eq!(names(&server.json("/two,one")), ["two-rows", "one-rows"]);
    let path = middle(&server, "one,two", 12);
    for accepted in ["identity", "gzip"] {
        let answer = server.ask("GET", &path, &[("accept-encoding", accepted)]);
        let layers: Vec<_> = tile::decode(&answer.bytes()).into_iter().map(|layer| layer.name).collect();
        assert_eq!(layers, ["one-rows", "two-rows"], "{accepted}");
    }
    let single = server.get(&path.replace("one,two", "two"));
    assert_eq!(tile::decode(&single.bytes()).len(), 1);
    assert_eq!(server.get("/one,two,three").status, 404);
    assert_eq!(server.get("/one,one").status, 400);
    assert_eq!(server.get(&path.replace("one,two", "one,three")).status, 404);
    server.stop();
}
