//! What is answered over HTTP, asked in process.

use actix_http::{Request, Response};
use actix_service::{ServiceFactory, ServiceFactoryExt};
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Service, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::web::Data;
use serde_json::Value;
use server::generation::Generation;
use server::http::app;
use server::state::AppState;

use crate::city::{City, SOUTH, WEST};

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }
}

/// An application as the test library asks it, which wants a request beside every answer.
pub(crate) fn asking<A, B>(
    application: A,
) -> impl ServiceFactory<Request, Config = AppConfig, Response = ServiceResponse<B>, Error = Error, InitError = ()>
where
    A: ServiceFactory<Request, Config = AppConfig, Response = Response<B>, Error = Error, InitError = ()>,
    B: MessageBody,
{
    let beside = || TestRequest::default().to_http_request();
    application.map(move |response: Response<B>| ServiceResponse::new(beside(), response.into()))
}

/// Asks a generation several things.
pub(crate) async fn asked(generation: Generation, requests: Vec<TestRequest>) -> Vec<Answer> {
    asked_of(AppState::new(generation), requests).await
}

/// Asks a server several things.
pub(crate) async fn asked_of(state: AppState, requests: Vec<TestRequest>) -> Vec<Answer> {
    let service = init_service(asking(app(Data::new(state)))).await;
    let mut answers = Vec::new();
    for request in requests {
        let response = service.call(request.to_request()).await.expect("every problem is an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        answers.push(Answer { status, headers, body: read_body(response).await.to_vec() });
    }
    answers
}

pub(crate) fn get(path: &str) -> TestRequest {
    TestRequest::get().uri(path).insert_header((header::HOST, "map.example:8080"))
}

/// Several paths of the small city.
async fn city(paths: &[&str]) -> Vec<Answer> {
    asked(City::new().opened(), paths.iter().map(|path| get(path)).collect()).await
}

/// The tile of the city's south-west corner at a zoom (Web Mercator).
pub(crate) fn tile_at(zoom: u8) -> String {
    let side = f64::from(1u32 << zoom);
    let x = (WEST + 0.0005 + 180.0) / 360.0 * side;
    let lat = (SOUTH + 0.0005).to_radians();
    let y = (1.0 - (lat.tan() + 1.0 / lat.cos()).ln() / std::f64::consts::PI) / 2.0 * side;
    format!("{zoom}/{}/{}", x.floor(), y.floor())
}

#[actix_web::test]
async fn the_catalog_names_everything_there_is() {
    let [catalog, tilejson, style, ready] = &city(&["/catalog", "/findings", "/style/conflicts", "/ready"]).await[..]
    else {
        panic!("four answers")
    };
    let catalog = catalog.json();
    assert_eq!(catalog["title"], "小城");
    let ids: Vec<&Value> = catalog["tilesets"].as_array().into_iter().flatten().map(|t| &t["id"]).collect();
    assert_eq!(ids, ["base", "findings"]);
    assert_eq!(catalog["tilesets"][1]["url"], "http://map.example:8080/findings");
    assert!(catalog["styles"].as_array().is_some_and(|styles| styles.iter().any(|style| style["id"] == "far")));
    assert_eq!(ready.json()["generation"], catalog["generation"]);

    let tilejson = tilejson.json();
    assert_eq!(tilejson["tilejson"], "3.0.0");
    let generation = catalog["generation"].as_str().unwrap_or_default();
    assert_eq!(tilejson["tiles"][0], format!("http://map.example:8080/findings/{{z}}/{{x}}/{{y}}?v={generation}"));
    assert!(tilejson["vector_layers"].as_array().is_some_and(|layers| layers.iter().any(|l| l["id"] == "parcels")));
    assert_eq!(style.json()["sources"]["findings"]["url"], "http://map.example:8080/findings");
}

#[actix_web::test]
async fn a_tile_is_sent_as_stored_or_decompressed() {
    let path = format!("/findings/{}", tile_at(14));
    let gzip = || get(&path).insert_header((header::ACCEPT_ENCODING, "gzip"));
    let answers = asked(
        City::new().opened(),
        vec![gzip(), get(&path), get(&format!("{path}.mvt")), get(&format!("{path}.pbf")), get(&format!("{path}.png"))],
    )
    .await;
    let [stored, plain, mvt, pbf, png] = &answers[..] else { panic!("five answers") };
    assert_eq!(stored.status, 200);
    assert_eq!(stored.header("content-type"), "application/vnd.mapbox-vector-tile");
    assert_eq!(stored.header("content-encoding"), "gzip");
    assert_eq!(stored.header("vary"), "Accept-Encoding");
    assert_eq!(stored.header("access-control-allow-origin"), "*");
    assert!(stored.body.starts_with(&[0x1f, 0x8b]));
    assert_eq!(plain.header("content-encoding"), "");
    assert_eq!(gunzipped(&stored.body), plain.body);
    assert_ne!(stored.header("etag"), plain.header("etag"), "two representations, two tags");
    assert_eq!(mvt.body, plain.body);
    assert_eq!(pbf.body, plain.body);
    assert_eq!(png.status, 400);
}

#[actix_web::test]
async fn who_has_a_tile_already_is_told_so() {
    let city = City::new();
    let path = format!("/findings/{}", tile_at(14));
    let first = asked(city.opened(), vec![get(&path), get("/catalog")]).await;
    for (answer, path) in first.iter().zip([path.as_str(), "/catalog"]) {
        let tag = answer.header("etag").to_owned();
        assert!(tag.starts_with('"'), "a strong tag: {tag}");
        let known = |tag: String| get(path).insert_header((header::IF_NONE_MATCH, tag));
        let asked_again =
            vec![known(tag.clone()), known(format!("\"x\", W/{tag}")), known("*".into()), known("\"x\"".into())];
        let again = asked(city.opened(), asked_again).await;
        let statuses: Vec<u16> = again.iter().map(|answer| answer.status.as_u16()).collect();
        assert_eq!(statuses, [304, 304, 304, 200]);
        assert_eq!(again[0].header("etag"), tag);
        assert!(again[0].body.is_empty());
    }
}

#[actix_web::test]
async fn a_tile_may_be_kept_for_good_where_its_url_names_the_generation() {
    let generation = City::new().opened();
    let path = format!("/findings/{}", tile_at(14));
    let current = format!("{path}?v={}", generation.id());
    let answers = asked(generation, vec![get(&current), get(&path), get(&format!("{path}?v=0"))]).await;
    let kept: Vec<&str> = answers.iter().map(|answer| answer.header("cache-control")).collect();
    let shortly = "max-age=60, stale-while-revalidate=600, stale-if-error=86400";
    assert_eq!(kept, ["public, max-age=31536000, immutable", shortly, shortly]);
}

#[actix_web::test]
async fn what_is_not_there_has_an_answer_of_its_own() {
    let answers = city(&[
        "/findings/14/0/0",
        "/nothing",
        "/nothing/0/0/0",
        "/findings/2/4/0",
        "/findings/31/0/0",
        "/findings/a/0/0",
        "/findings/0/-1/0",
        "/findings,findings",
        "/findings,nothing/0/0/0",
        "/style/nothing",
        "/stats/nothing",
        "/stats/far?by=colour",
        "/codes/gb21010",
        "/parcels/nothing",
        "/identify",
        "/identify?lon=200&lat=0",
        "/identify?lon=nan&lat=0",
        "/a/b/c/d/e/f",
    ])
    .await;
    let said: Vec<String> = answers
        .iter()
        .map(|answer| {
            let body = if answer.body.is_empty() { Value::Null } else { answer.json() };
            format!(
                "{} {} {}",
                answer.status.as_u16(),
                body["code"].as_str().unwrap_or("-"),
                answer.header("content-type")
            )
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[actix_web::test]
async fn codes_are_listed_with_what_they_are_called() {
    let answers = city(&["/codes", "/codes/gbt21010", "/codes/ydyh2023", "/codes/gb50137"]).await;
    let codes = answers[0].json();
    assert_eq!(codes["lists"].as_array().map(Vec::len), Some(layers::codes::lists::ALL.len()));
    let used = |layer: usize| {
        let layer = &codes["land_use"][layer];
        let codes = layer["codes"].as_array().expect("a list").iter();
        let said = codes.map(|code| format!("{} {} {}", code["code"], code["label"]["zh"], code["rows"]));
        format!("{} {}: {}", layer["layer"], layer["system"], said.collect::<Vec<_>>().join(", ")).replace('"', "")
    };
    insta::assert_snapshot!(format!("{}\n{}", used(0), used(1)));
    let survey = answers[1].json();
    let rail = survey["codes"].as_array().expect("a list").iter().find(|code| code["code"] == "1001");
    let rail = rail.expect("railways");
    assert_eq!((&rail["label"]["en"], &rail["ydyh"]), (&"Railway".into(), &"1201".into()));
    let lengths: Vec<_> = answers[1..].iter().map(|answer| answer.json()["codes"].as_array().map(Vec::len)).collect();
    assert!(lengths.iter().all(|length| length.is_some_and(|length| length > 100)), "{lengths:?}");
}

#[actix_web::test]
async fn other_methods_are_refused_and_head_has_no_body_of_its_own() {
    let ask = |method: Method| TestRequest::default().method(method).uri("/catalog");
    let answers = asked(City::new().opened(), vec![ask(Method::POST), ask(Method::HEAD)]).await;
    assert_eq!((answers[0].status.as_u16(), answers[0].header("allow")), (405, "GET, HEAD, OPTIONS"));
    assert_eq!(answers[1].status, 200);
}

#[actix_web::test]
async fn any_page_may_read_the_answers() {
    let ask = get("/catalog").insert_header((header::ORIGIN, "https://portal.example"));
    let answers = asked(City::new().opened(), vec![ask]).await;
    assert_eq!(answers[0].header("access-control-allow-origin"), "*");
    assert_eq!(answers[0].header("vary"), "Accept-Encoding");
}

#[actix_web::test]
async fn several_tilesets_are_one_tile() {
    let tile = tile_at(14);
    let [alone, base, both, tilejson] = &city(&[
        &format!("/findings/{tile}"),
        &format!("/base/{tile}"),
        &format!("/base,findings/{tile}"),
        "/base,findings",
    ])
    .await[..] else {
        panic!("four answers")
    };
    assert_eq!(both.body, [base.body.as_slice(), &alone.body].concat());
    let tilejson = tilejson.json();
    assert_eq!(tilejson["name"], "base,findings");
    let tiles = tilejson["tiles"][0].as_str().unwrap_or_default();
    assert!(tiles.starts_with("http://map.example:8080/base,findings/{z}/{x}/{y}?v="), "{tiles}");
    assert!(tilejson["vector_layers"].as_array().is_some_and(|layers| layers.iter().any(|l| l["id"] == "树木")));
}

#[actix_web::test]
async fn a_parcel_says_what_was_found_about_it() {
    let answers = city(&["/parcels/ZD02", "/parcels/ZD%2F01", "/parcels/ZD03", "/parcels/ZD04"]).await;
    let [conflicting, with_slash, unassessed, house] = &answers[..] else { panic!("four answers") };
    let card = conflicting.json();
    assert_eq!(card["attributes"]["conflict"], "mandatory");
    assert_eq!(card["attributes"]["far_class"], 5);
    assert_eq!(card["pieces"][0]["type"], "education");
    assert_eq!(card["pieces"][0]["plan_code"], "0804");
    let bounds: Vec<f64> = card["bounds"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    assert!(bounds.iter().zip([WEST + 0.001, SOUTH, WEST + 0.002, SOUTH + 0.001]).all(|(a, b)| (a - b).abs() < 1e-9));

    let card = with_slash.json();
    assert_eq!(card["key"], "ZD/01");
    assert_eq!(card["pieces"], Value::Array(vec![]));
    assert_eq!(card["labels"]["park"]["zh"], "中小企业园");
    assert_eq!(unassessed.json()["attributes"].get("far_class"), None, "not assessed is absent");
    assert_eq!(house.status, 404, "a house is no industrial patch");
}

#[actix_web::test]
async fn what_lies_at_a_point_is_named_from_the_top() {
    let (lon, lat) = (WEST + 0.0015, SOUTH + 0.0005);
    let [there, nowhere] = &city(&[&format!("/identify?lon={lon}&lat={lat}"), "/identify?lon=0&lat=0"]).await[..]
    else {
        panic!("two answers")
    };
    let there = there.json();
    let layers: Vec<&str> =
        there["features"].as_array().into_iter().flatten().filter_map(|feature| feature["layer"].as_str()).collect();
    assert!(layers.contains(&"parcels") && layers.contains(&"conflicts") && layers.contains(&"树木"), "{layers:?}");
    let tree = there["features"].as_array().into_iter().flatten().find(|feature| feature["layer"] == "树木");
    assert_eq!(tree.map(|tree| &tree["attributes"]), Some(&serde_json::json!({ "id": 701, "种类": "柳" })));
    assert_eq!(nowhere.json()["features"], Value::Array(vec![]));
}

#[actix_web::test]
async fn tables_come_in_three_forms_and_by_group() {
    let answers = city(&[
        "/stats",
        "/stats/far",
        "/stats/far.csv?by=park",
        "/stats/far.xlsx",
        "/stats/far?by=park",
        "/stats.xlsx",
        "/stats.csv?by=park",
        "/stats?by=weather",
    ])
    .await;
    let [all, far, csv, xlsx, by_park, book, all_csv, by_weather] = &answers[..] else { panic!("eight answers") };
    assert!(book.body.starts_with(b"PK") && book.body.len() > xlsx.body.len());
    assert!(String::from_utf8_lossy(&all_csv.body).lines().any(|line| line.starts_with("density,SME,")));
    assert_eq!(by_weather.status, 400);
    let all = all.json();
    let names: Vec<&Value> = all["tables"].as_array().into_iter().flatten().map(|table| &table["table"]).collect();
    assert!(names.contains(&&"conflicts".into()) && names.contains(&&"overview".into()), "{names:?}");
    let far = far.json();
    assert_eq!(far["total"]["count"], 2);
    assert_eq!(far["not_assessed"]["count"], 1);
    assert!(csv.header("content-type").starts_with("text/csv"));
    assert!(csv.body.starts_with("\u{feff}table,group,".as_bytes()));
    assert!(xlsx.body.starts_with(b"PK"));
    assert_eq!(by_park.json()["by"], "park");
    assert_eq!(by_park.json()["groups"][0]["key"], "SME");
}

#[actix_web::test]
async fn files_without_a_project_are_tilesets_of_their_own() {
    let city = City::new();
    std::fs::rename(city.path("trees.gpkg"), city.path("树 木.gpkg")).expect("a file can be renamed");
    let generation = city.files_opened(&["land.gpkg", "树 木.gpkg"]);
    let answers = asked(
        generation,
        vec![
            get("/catalog"),
            get("/%E6%A0%91%20%E6%9C%A8"),
            get(&format!("/%E6%A0%91%20%E6%9C%A8/{}", tile_at(14))),
            get("/style/auto"),
            get("/legend/auto"),
            get("/stats"),
            get("/parcels/ZD02"),
            get(&format!("/identify?lon={}&lat={}", WEST + 0.0005, SOUTH + 0.0005)),
            get("/"),
        ],
    )
    .await;
    let [catalog, tilejson, tile, style, legend, stats, parcel, identified, page] = &answers[..] else {
        panic!("nine answers")
    };
    let catalog = catalog.json();
    assert_eq!(catalog["styles"][0]["id"], "auto");
    assert_eq!(catalog["tilesets"][1]["url"], "http://map.example:8080/%E6%A0%91%20%E6%9C%A8");
    assert_eq!(catalog.get("rules"), None);
    assert_eq!(tilejson.json()["vector_layers"][0]["id"], "树");
    assert_eq!(tile.status, 200);
    assert_eq!(style.status, 200);
    assert_eq!(legend.status, 200);
    assert_eq!((stats.status.as_u16(), parcel.status.as_u16()), (404, 404));
    assert_eq!(page.status, 200);
    let identified = identified.json();
    let layers: Vec<(&Value, &Value)> =
        identified["features"].as_array().into_iter().flatten().map(|f| (&f["tileset"], &f["layer"])).collect();
    assert!(layers.contains(&(&"树 木".into(), &"树".into())), "{layers:?}");
    assert!(layers.contains(&(&"land".into(), &"宗地".into())), "{layers:?}");
}

#[actix_web::test]
async fn a_host_that_is_none_does_not_get_into_answers() {
    let ask = TestRequest::get().uri("/catalog").insert_header((header::HOST, "evil\"/><script>"));
    let answers = asked(City::new().opened(), vec![ask]).await;
    assert_eq!(answers[0].status, 400);
}

pub(crate) fn gunzipped(bytes: &[u8]) -> Vec<u8> {
    tiler::gunzip(bytes, 64 << 20).expect("gzip")
}

#[actix_web::test]
async fn every_answer_is_open_to_other_origins_whoever_asked_first() {
    let tile = format!("/findings/{}?v=x", tile_at(14));
    for path in ["/findings", &tile, "/findings/14/0/0", "/nothing", "/style/conflicts"] {
        let from_a_page = get(path).insert_header((header::ORIGIN, "https://portal.example"));
        for answer in asked(City::new().opened(), vec![get(path), from_a_page]).await {
            let allowed: Vec<_> = answer.headers.get_all(header::ACCESS_CONTROL_ALLOW_ORIGIN).collect();
            assert_eq!(allowed, ["*"], "{path}");
        }
    }
}

#[actix_web::test]
async fn an_empty_tile_says_of_which_generation_it_is() {
    let [empty, ready] = &city(&["/findings/14/0/0", "/ready"]).await[..] else { panic!("two answers") };
    assert_eq!(empty.status, StatusCode::NO_CONTENT);
    assert_eq!(ready.json()["generation"], empty.header("X-Tuban-Generation"));
}

#[actix_web::test]
async fn what_is_wrong_with_the_data_is_told_as_json_and_as_a_page() {
    let answers = city(&["/quality.json", "/quality", "/quality?lang=en", "/quality?lang=xx", "/quality/"]).await;
    let document = answers[0].json();
    let checks = document["checks"].as_array().expect("a list");
    let uncovered = checks.iter().find(|check| check["check"] == "uncovered").expect("every check is there");
    assert_eq!((&uncovered["count"], &uncovered["severity"]), (&Value::from(0), &Value::from("warning")));
    assert_eq!(answers[0].header("content-type"), "application/json");
    for (page, language) in [(&answers[1], "lang=\"zh-CN\""), (&answers[2], "lang=\"en\"")] {
        let html = String::from_utf8(page.body.clone()).expect("UTF-8");
        assert!(html.starts_with(&format!("<!doctype html>\n<html {language}>")), "{html}");
        assert!(page.header("content-security-policy").starts_with("default-src 'none'; style-src"));
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(!page.header("etag").is_empty() && !page.header("x-tuban-generation").is_empty());
    }
    assert_eq!(answers[3].status, StatusCode::BAD_REQUEST);
    assert_eq!(answers[4].status, StatusCode::NOT_FOUND);
}
