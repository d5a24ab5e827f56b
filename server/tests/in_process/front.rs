//! What every request passes: hosts, proxies, permissions, limits, names, counts.

use std::sync::Arc;

use actix_service::IntoServiceFactory;
use actix_web::dev::Service;
use actix_web::http::header::HeaderMap;
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse};
use serde_json::Value;
use server::config::server::{Effective, Layer, ServerConfig};
use server::http::{Front, Passing, app_behind};
use server::state::AppState;
use tokio::sync::Semaphore;

use crate::city::City;
use crate::http::asking;

/// Settings as flags would set them.
pub(crate) fn settings(values: &[(&'static str, &str)]) -> ServerConfig {
    let layer = Layer::of_flags(values.iter().map(|(key, text)| (*key, (*text).to_owned())));
    Effective::of([layer]).expect("settings that can be").config
}

fn front(values: &[(&'static str, &str)]) -> Data<Front> {
    Data::new(Front::new(settings(values)))
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    /// All values of a header.
    fn header(&self, name: &str) -> String {
        let values: Vec<&str> = self.headers.get_all(name).filter_map(|value| value.to_str().ok()).collect();
        values.join(" | ")
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    /// The code of a problem.
    fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

fn get(path: &str) -> TestRequest {
    TestRequest::get().uri(path).insert_header(("host", "map.example"))
}

fn from(peer: &str, request: TestRequest) -> TestRequest {
    request.peer_addr(format!("{peer}:4711").parse().expect("an address"))
}

/// What the small city's server answers behind this front.
async fn asked_of(front: &Data<Front>, requests: Vec<TestRequest>) -> Vec<Answer> {
    let city = City::new();
    let service = init_service(asking(app_behind(front.clone(), Data::new(AppState::new(city.opened()))))).await;
    let mut answers = Vec::new();
    for request in requests {
        let response = service.call(request.to_request()).await.expect("every problem is an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        answers.push(Answer { status, headers, body: read_body(response).await.to_vec() });
    }
    answers
}

async fn asked(values: &[(&'static str, &str)], requests: Vec<TestRequest>) -> Vec<Answer> {
    asked_of(&front(values), requests).await
}

/// The tile URL that TileJSON names, up to the tileset.
fn tile_url(answer: &Answer) -> String {
    let url = answer.json()["tiles"][0].as_str().unwrap_or_default().to_owned();
    url.split("/findings/").next().unwrap_or_default().to_owned()
}

#[actix_web::test]
async fn every_url_begins_with_the_public_one_whatever_a_request_says() {
    let lies = get("/planning/findings")
        .insert_header(("x-forwarded-host", "evil.example"))
        .insert_header(("forwarded", "host=evil.example"));
    let paths = [
        "/planning/catalog",
        "/planning/style/far",
        "/planning",
        "/planning?x=1",
        "/planning/",
        "/catalog",
        "/planning-2",
    ];
    let requests = paths.iter().map(|path| get(path)).chain([lies]).collect();
    let answers = asked(&[("server.public_url", "https://plan.example:8443/planning/")], requests).await;
    let [catalog, style, root, query, viewer, bare, other, tilejson] = &answers[..] else { panic!("eight answers") };
    let base = "https://plan.example:8443/planning";
    for document in [catalog, bare] {
        assert_eq!(document.json()["tilesets"][1]["url"], format!("{base}/findings"));
        assert_eq!(document.json()["styles"][0]["legend"].as_str().map(|url| url.starts_with(base)), Some(true));
    }
    assert_eq!(style.json()["sources"]["findings"]["url"], format!("{base}/findings"));
    assert_eq!(tile_url(tilejson), base);
    assert_eq!((root.status.as_u16(), root.header("location").as_str()), (308, "/planning/"), "the viewer's folder");
    assert_eq!((query.status.as_u16(), query.header("location").as_str()), (308, "/planning/?x=1"));
    assert_eq!((viewer.status.as_u16(), viewer.header("content-type").as_str()), (200, "text/html; charset=utf-8"));
    assert_eq!(other.code(), "unknown_tileset", "only whole parts of a path are taken off");
}

#[actix_web::test]
async fn a_base_path_goes_before_the_host_of_the_request() {
    let values = [("server.base_path", "/planning")];
    let answers = asked(&values, vec![get("/planning/findings"), get("/findings")]).await;
    for answer in &answers {
        assert_eq!(tile_url(answer), "http://map.example/planning");
    }
    let kept = [("server.base_path", "/planning"), ("server.strip_base_path", "false")];
    let answers = asked(&kept, vec![get("/planning/findings/0/0/0"), get("/findings")]).await;
    assert_eq!(answers[0].status, 404, "the proxy takes it off");
    assert_eq!(tile_url(&answers[1]), "http://map.example/planning");
}

#[actix_web::test]
async fn proxies_are_believed_and_strangers_are_not() {
    let said = |peer: &str| {
        from(peer, get("/findings"))
            .insert_header(("x-forwarded-for", "192.0.2.7"))
            .insert_header(("x-forwarded-host", "plan.example"))
            .insert_header(("x-forwarded-proto", "https"))
            .insert_header(("x-forwarded-prefix", "/land"))
            .insert_header(("forwarded", "for=192.0.2.8;host=other.example;proto=http"))
    };
    let requests = || vec![said("10.1.2.3"), said("192.0.2.1"), said("[::ffff:10.9.9.9]")];
    let trusted = [("server.trusted_proxies", "10.0.0.0/8, ::1")];
    let urls: Vec<String> = asked(&trusted, requests()).await.iter().map(tile_url).collect();
    assert_eq!(urls, ["https://plan.example/land", "http://map.example", "https://plan.example/land"]);
    let standard = [("server.trusted_proxies", "10.0.0.0/8"), ("server.forwarding", "forwarded")];
    let urls: Vec<String> = asked(&standard, requests()).await.iter().map(tile_url).collect();
    assert_eq!(urls, ["http://other.example", "http://map.example", "http://other.example"]);
    let urls: Vec<String> = asked(&[], requests()).await.iter().map(tile_url).collect();
    assert_eq!(urls, ["http://map.example"; 3]);
}

#[actix_web::test]
async fn what_is_no_host_gets_into_no_answer() {
    let hosts = ["evil.example/x", "a\"b", "a b", "evil.example#", "user@evil.example", "[::1", "a:b", ""];
    let requests = hosts.iter().map(|host| TestRequest::get().uri("/findings").insert_header(("host", *host)));
    let forwarded = ["\"><script>", "evil.example/path", "//evil.example"];
    let forwarded =
        forwarded.iter().map(|host| from("10.0.0.1", get("/findings")).insert_header(("x-forwarded-host", *host)));
    let twice = get("/findings").append_header(("host", "evil.example"));
    let requests: Vec<TestRequest> = requests.chain(forwarded).chain([twice]).collect();
    for (number, answer) in asked(&[("server.trusted_proxies", "10.0.0.1")], requests).await.iter().enumerate() {
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "bad_host"), "request {number}");
    }
    let prefix = from("10.0.0.1", get("/findings")).insert_header(("x-forwarded-prefix", "/a\"><script>"));
    let scheme = from("10.0.0.1", get("/findings")).insert_header(("x-forwarded-proto", "javascript"));
    for answer in asked(&[("server.trusted_proxies", "10.0.0.1")], vec![prefix, scheme]).await {
        assert_eq!(tile_url(&answer), "http://map.example");
    }
}

#[actix_web::test]
async fn only_hosts_of_the_list_are_answered_to() {
    let values = [("server.allowed_hosts", "map.example,*.plan.example"), ("server.trusted_proxies", "10.0.0.1")];
    let named = |host: &str| TestRequest::get().uri("/catalog").insert_header(("host", host.to_owned()));
    let forwarded = |host: &str| from("10.0.0.1", named("inner")).insert_header(("x-forwarded-host", host.to_owned()));
    let requests = vec![
        named("map.example"),
        named("MAP.example:8080"),
        named("a.plan.example"),
        forwarded("map.example"),
        named("evil.example"),
        named("map.example.evil"),
        forwarded("evil.example"),
        named("map example"),
        TestRequest::get().uri("/catalog"),
        named("evil.example").uri("/health"),
        named("evil.example").uri("/ready"),
    ];
    let statuses: Vec<u16> = asked(&values, requests).await.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 421, 421, 421, 400, 400, 200, 200]);
}

#[actix_web::test]
async fn any_page_may_read_unless_a_list_says_which() {
    let origin = |request: TestRequest| request.insert_header(("origin", "https://portal.example"));
    let any = asked(&[], vec![get("/catalog"), origin(get("/catalog")), get("/nothing/at/all")]).await;
    for answer in &any {
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert!(!answer.header("vary").contains("Origin"));
        assert!(answer.header("access-control-expose-headers").contains("ETag"));
    }
    let values = [("server.cors_origins", "https://portal.example,https://*.city.example")];
    let requests = vec![
        origin(get("/catalog")),
        get("/catalog").insert_header(("origin", "https://map.city.example")),
        get("/catalog").insert_header(("origin", "https://evil.example")),
        get("/catalog"),
        origin(get("/nothing")),
    ];
    let some = asked(&values, requests).await;
    let allowed: Vec<String> = some.iter().map(|answer| answer.header("access-control-allow-origin")).collect();
    let portal = "https://portal.example";
    assert_eq!(allowed, [portal, "https://map.city.example", "", "", portal]);
    for answer in &some {
        assert!(answer.header("vary").contains("Origin"), "a cache may meet any of them first");
    }
    assert!(some[0].header("vary").contains("Accept-Encoding"));
}

#[actix_web::test]
async fn browsers_are_told_what_pages_may_ask() {
    let preflight = |origin: &'static str| {
        TestRequest::default()
            .method(Method::OPTIONS)
            .uri("/findings/0/0/0")
            .insert_header(("host", "map.example"))
            .insert_header(("origin", origin))
            .insert_header(("access-control-request-method", "GET"))
            .insert_header(("access-control-request-headers", "authorization,if-none-match"))
    };
    let values = [("server.cors_origins", "https://portal.example")];
    let answers = asked(&values, vec![preflight("https://portal.example"), preflight("https://evil.example")]).await;
    let [portal, evil] = &answers[..] else { panic!("two answers") };
    assert_eq!(portal.status, 204);
    assert_eq!(portal.header("access-control-allow-origin"), "https://portal.example");
    assert_eq!(portal.header("access-control-allow-methods"), "GET, HEAD");
    assert_eq!(portal.header("access-control-allow-headers"), "authorization,if-none-match");
    assert_eq!(portal.header("access-control-max-age"), "86400");
    assert_eq!(evil.header("access-control-allow-origin"), "");
    for answer in &answers {
        for name in ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"] {
            assert!(answer.header("vary").contains(name), "{name}");
        }
    }
}

#[actix_web::test]
async fn heads_that_are_too_large_are_refused() {
    let values = [("server.limits.url", "100B"), ("server.limits.headers", "1KiB")];
    let long = format!("/catalog?{}", "x".repeat(100));
    let large = get("/catalog").insert_header(("x-large", "y".repeat(1024)));
    let answers = asked(&values, vec![get(&long), large, get("/catalog")]).await;
    let told: Vec<(u16, String)> = answers[..2].iter().map(|a| (a.status.as_u16(), a.code())).collect();
    assert_eq!(told, [(414, "url_too_long".to_owned()), (431, "headers_too_large".to_owned())]);
    assert_eq!(answers[2].status, 200);
}

#[actix_web::test]
async fn a_client_that_asks_too_often_is_told_when_to_come_back() {
    let values = [("server.rate.per_second", "1"), ("server.rate.burst", "2"), ("server.trusted_proxies", "10.0.0.1")];
    let named = |peer: &str, client: &str| {
        from(peer, get("/findings/14/0/0")).insert_header(("x-forwarded-for", client.to_owned()))
    };
    let requests = vec![
        named("192.0.2.1", "203.0.113.1").uri("/catalog"),
        named("192.0.2.1", "203.0.113.2"),
        // A stranger may call itself what it likes.
        named("192.0.2.1", "203.0.113.3"),
        named("10.0.0.1", "203.0.113.4"),
        named("10.0.0.1", "203.0.113.5"),
        named("10.0.0.1", "203.0.113.5"),
        named("10.0.0.1", "203.0.113.5"),
        named("192.0.2.1", "").uri("/health"),
    ];
    let answers = asked(&values, requests).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses, [200, 204, 429, 204, 204, 204, 429, 200]);
    assert_eq!((answers[2].code().as_str(), answers[2].header("retry-after").as_str()), ("too_often", "1"));
    assert_eq!(answers[2].header("access-control-allow-origin"), "*", "pages may read why");
}

/// A front before a handler at `/held` that answers once it is let go.
macro_rules! held {
    ($front:expr, $go:expr) => {{
        let go: Arc<Semaphore> = Arc::clone($go);
        let handler = move || {
            let go = Arc::clone(&go);
            async move {
                go.acquire().await.expect("nobody closes it").forget();
                HttpResponse::Ok().body("at last")
            }
        };
        let app = App::new().route("/held", web::get().to(handler)).route("/health", web::get().to(HttpResponse::Ok));
        let state = Data::new(AppState::new(City::new().opened()));
        init_service(asking(Passing::to(app.into_factory(), $front.clone(), state))).await
    }};
}

#[actix_web::test]
async fn beyond_its_limits_the_server_refuses_and_recovers() {
    let values = [("server.limits.in_flight", "2"), ("server.limits.queue", "1"), ("server.limits.queue_wait", "10m")];
    let (front, go) = (front(&values), Arc::new(Semaphore::new(0)));
    let service = held!(front, &go);
    let mut held: Vec<_> = (0..2).map(|_| Box::pin(service.call(get("/held").to_request()))).collect();
    held.push(Box::pin(service.call(get("/findings/14/0/0").to_request())));
    for request in &mut held {
        assert!(futures_util::poll!(request.as_mut()).is_pending());
    }
    let refused = call_service(&service, get("/findings/14/0/0").to_request()).await;
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.headers().get("retry-after").map(|value| value.as_bytes()), Some(&b"1"[..]));
    assert!(refused.headers().contains_key("x-request-id"));
    let problem: Value = serde_json::from_slice(&read_body(refused).await).expect("a problem is JSON");
    assert_eq!(problem["code"], "busy");
    assert_eq!(call_service(&service, get("/health").to_request()).await.status(), 200, "who watches is answered");
    go.add_permits(2);
    for request in held {
        assert!(request.await.expect("an answer").status().is_success());
    }
    go.add_permits(1);
    assert_eq!(call_service(&service, get("/held").to_request()).await.status(), 200);
}

#[actix_web::test]
async fn who_waits_too_long_and_who_takes_too_long_is_refused() {
    let values =
        [("server.limits.in_flight", "1"), ("server.limits.queue_wait", "1ms"), ("server.timeouts.request", "20ms")];
    let (front, go) = (front(&values), Arc::new(Semaphore::new(0)));
    let service = held!(front, &go);
    let mut first = Box::pin(service.call(get("/held").to_request()));
    assert!(futures_util::poll!(first.as_mut()).is_pending());
    assert_eq!(call_service(&service, get("/held").to_request()).await.status(), 503);
    let response = first.await.expect("an answer");
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("x-request-id") && response.headers().contains_key("retry-after"));
    go.add_permits(1);
    assert_eq!(call_service(&service, get("/held").to_request()).await.status(), 200, "its place is free again");
}

#[actix_web::test]
async fn every_answer_has_a_name() {
    let named = get("/catalog").insert_header(("x-request-id", "from-the-portal-7"));
    let hostile = get("/catalog").insert_header(("x-request-id", "two words"));
    let answers = asked(&[], vec![named, hostile, get("/nothing/at/all"), get("/health")]).await;
    assert_eq!(answers[0].header("x-request-id"), "from-the-portal-7");
    let made: std::collections::BTreeSet<String> =
        answers[1..].iter().map(|answer| answer.header("x-request-id")).collect();
    assert!(made.len() == 3 && made.iter().all(|name| name.len() == 24), "{made:?}");
}

#[actix_web::test]
async fn a_server_that_ends_is_not_ready() {
    let front = front(&[]);
    let before = asked_of(&front, vec![get("/ready"), get("/catalog")]).await;
    assert_eq!((before[0].status.as_u16(), before[0].json()["status"].as_str()), (200, Some("ready")));
    front.drain();
    let after = asked_of(&front, vec![get("/ready"), get("/health"), get("/catalog")]).await;
    assert_eq!((after[0].status.as_u16(), after[0].json()["status"].as_str()), (503, Some("draining")));
    assert_eq!((after[1].status.as_u16(), after[2].status.as_u16()), (200, 200), "what comes is still answered");
}

#[actix_web::test]
async fn requests_are_counted_by_route_and_never_by_path() {
    let front = front(&[("server.limits.url", "40B")]);
    let requests = vec![
        get("/findings/0/0/0"),
        get("/findings/1/0/0").insert_header(("accept-encoding", "gzip")),
        get("/findings/secret/0/0"),
        get("/secret/at/all/here/nothing"),
        get(&format!("/{}", "secret".repeat(20))),
        get("/catalog").insert_header(("accept-encoding", "gzip")),
        get("/_/metrics"),
        get("/_/metrics"),
    ];
    let answers = asked_of(&front, requests).await;
    let metrics = answers.last().expect("the last answer");
    assert!(metrics.header("content-type").starts_with("text/plain"), "{}", metrics.header("content-type"));
    let text = String::from_utf8(metrics.body.clone()).expect("metrics are UTF-8");
    let counted = |labels: &str| {
        let line = format!("tuban_http_request_seconds_count{{{labels}}} ");
        text.lines().find_map(|known| known.strip_prefix(&line)).map(str::to_owned)
    };
    let tile = "/{tilesets}/{z}/{x}/{y}";
    assert_eq!(
        counted(&format!("encoding=\"identity\",route=\"{tile}\",status=\"204\"")).as_deref(),
        Some("2"),
        "{text}"
    );
    assert_eq!(counted(&format!("encoding=\"identity\",route=\"{tile}\",status=\"400\"")).as_deref(), Some("1"));
    assert_eq!(counted("encoding=\"identity\",route=\"none\",status=\"404\"").as_deref(), Some("1"));
    assert_eq!(counted("encoding=\"gzip\",route=\"/catalog\",status=\"200\"").as_deref(), Some("1"));
    assert!(!text.contains("secret"), "{text}");
    for line in [
        "tuban_http_refused_total{reason=\"head\"} 1",
        "tuban_http_refused_total{reason=\"lag\"} 0",
        "tuban_http_in_flight 0",
        "tuban_connections 0",
    ] {
        assert!(text.lines().any(|known| known == line), "{line}:\n{text}");
    }
    for name in [
        "tuban_generation_info{generation=\"",
        "tuban_generation_age_seconds ",
        "tuban_generation_build_seconds ",
        "tuban_cache_bytes ",
        "tuban_cache_hits_total ",
    ] {
        assert!(text.lines().any(|known| known.starts_with(name)), "{name}:\n{text}");
    }
    let document = include_str!("../../../docs/http-api.md");
    for line in text.lines().filter_map(|line| line.strip_prefix("# HELP tuban_")) {
        let name = line.split(' ').next().unwrap_or_default();
        assert!(document.contains(&format!("`tuban_{name}`")), "docs/http-api.md does not name tuban_{name}");
    }
    if cfg!(target_os = "linux") {
        for name in ["process_resident_memory_bytes ", "process_open_fds ", "process_threads "] {
            assert!(text.lines().any(|known| known.starts_with(name)), "{name}:\n{text}");
        }
    }
}
