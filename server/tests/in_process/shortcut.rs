//! Plain tiles are answered before the router is asked, and nobody can tell by the answer.

use actix_service::IntoServiceFactory;
use actix_web::dev::Service;
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse};
use proptest::prelude::*;
use server::http::{CachePolicies, CachePolicy, Front, Passing, app_behind};
use server::state::AppState;

use crate::city::City;
use crate::foreign;
use crate::front::settings;
use crate::http::{asking, tile_at};

/// Requests of one round.
const REQUESTS: usize = 300;

#[derive(Clone, Debug)]
struct Sent {
    method: Method,
    tilesets: String,
    rest: String,
    headers: Vec<(&'static str, String)>,
}

impl Sent {
    /// The request below a base path, with this word for its tilesets.
    fn written(&self, base: &str, tilesets: &str) -> TestRequest {
        let url = format!("{base}/{tilesets}/{}", self.rest);
        let request = TestRequest::default().method(self.method.clone()).uri(&url);
        let peer = "192.0.2.1:4711".parse().expect("an address");
        self.headers
            .iter()
            .fold(request.peer_addr(peer), |request, (name, value)| request.append_header((*name, value.clone())))
    }

    fn plain(&self, base: &str) -> TestRequest {
        self.written(base, &self.tilesets)
    }

    /// The same URL with its first letter percent-encoded, which only the router reads.
    fn encoded(&self, base: &str) -> TestRequest {
        let (first, rest) = self.tilesets.split_at(1);
        self.written(base, &format!("%{:02x}{rest}", first.as_bytes()[0]))
    }
}

/// Mostly tiles that there are, asked for in every way that makes a difference.
fn sent(generation: &str) -> impl Strategy<Value = Sent> + use<> {
    let pick = |all: &[&str]| prop::sample::select(all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
    let tilesets = pick(&["findings", "findings", "base", "packed", "base,findings", "nothing", "static"]);
    let tile = prop_oneof![
        6 => prop::sample::select((0..=16).map(tile_at).collect::<Vec<_>>()),
        1 => pick(&["14/0/0", "31/0/0", "1/2/0", "01/0/0", "1/a/0", "0/0", "0/0/0/0", "0/0/0/"]),
    ];
    let suffix = prop_oneof![4 => Just(String::new()), 1 => pick(&[".mvt", ".pbf", ".png", "."])];
    let (current, other) = (format!("?v={generation}"), format!("?w=1&v={generation}"));
    let query = prop_oneof![3 => Just(String::new()), 1 => pick(&["?", "?v=old", "?v", &current, &other])];
    let method = prop_oneof![6 => Just("GET"), 2 => Just("HEAD"), 1 => Just("OPTIONS"), 1 => Just("POST")];
    let header = prop_oneof![
        4 => pick(&["gzip", "gzip, br", "br", "identity", "gzip;q=0.5, *;q=0", "*;q=0", "", "x-gzip"]).prop_map(|v| ("accept-encoding", v)),
        2 => pick(&["*", "\"other\"", "W/\"a\", *"]).prop_map(|value| ("if-none-match", value)),
        1 => pick(&["https://portal.example", "https://evil.example"]).prop_map(|value| ("origin", value)),
        1 => Just(("access-control-request-method", "GET".to_owned())),
        1 => pick(&["a-name", "two words"]).prop_map(|value| ("x-request-id", value)),
        1 => Just(("x-large", "y".repeat(3000))),
        1 => Just(("range", "bytes=0-9".to_owned())),
    ];
    let host = pick(&["map.example", "map.example", "map.example", "evil.example", "no host"]);
    (method, tilesets, tile, suffix, query, prop::collection::vec(header, 0..4), host).prop_map(
        |(method, tilesets, tile, suffix, query, mut headers, host)| {
            headers.push(("host", host));
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            Sent { method, tilesets, rest: format!("{tile}{suffix}{query}"), headers }
        },
    )
}

/// An answer as far as two requests for the same may be told the same.
#[derive(Debug, PartialEq)]
struct Told {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What a server that is run like this tells these requests, one after the other.
async fn told(
    state: &Data<AppState>,
    values: &[(&'static str, &str)],
    requests: Vec<TestRequest>,
) -> (Vec<Told>, Data<Front>) {
    let front = Data::new(Front::new(settings(values)));
    let service = init_service(asking(app_behind(front.clone(), state.clone()))).await;
    let mut all = Vec::new();
    for request in requests {
        let response = service.call(request.to_request()).await.expect("every problem is an answer");
        let mut headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("?").to_owned()))
            // Made anew for every request that brings none.
            .filter(|(name, value)| name != "x-request-id" || value == "a-name")
            .collect();
        headers.sort();
        let status = response.status().as_u16();
        all.push(Told { status, headers, body: read_body(response).await.to_vec() });
    }
    (all, front)
}

/// How often what was answered, by labels.
fn counted(front: &Front, state: &AppState) -> Vec<String> {
    let text = String::from_utf8(front.metrics.text(state, 0, 0)).expect("metrics are text");
    let counts = text.lines().filter(|line| line.starts_with("tuban_http_request_seconds_count"));
    counts.map(str::to_owned).collect()
}

#[test]
fn a_tile_is_the_same_by_both_ways() {
    let city = City::new();
    let short = CachePolicy { max_age_s: 5, stale_while_revalidate_s: 0, stale_if_error_s: 7 };
    let tilesets = [("base".to_owned(), short)].into();
    let state = foreign::state(&city).with_policies(CachePolicies { tilesets, ..CachePolicies::default() });
    let (state, id) = (Data::new(state), city.opened().id().to_owned());
    let fronts: [&[(&'static str, &str)]; 3] = [
        &[],
        &[("server.cors_origins", "https://portal.example"), ("server.allowed_hosts", "map.example")],
        &[("server.limits.headers", "1KiB"), ("server.base_path", "/planning")],
    ];
    let config = ProptestConfig { cases: 1, ..ProptestConfig::default() };
    proptest!(config, |(sent in prop::collection::vec(sent(&id), REQUESTS))| {
        for values in fronts {
            let base = values.iter().find(|(key, _)| *key == "server.base_path").map_or("", |(_, base)| base);
            actix_web::rt::System::new().block_on(async {
                let (plain, front) = told(&state, values, sent.iter().map(|sent| sent.plain(base)).collect()).await;
                let (encoded, router) = told(&state, values, sent.iter().map(|sent| sent.encoded(base)).collect()).await;
                for ((sent, plain), encoded) in sent.iter().zip(&plain).zip(&encoded) {
                    prop_assert_eq!(plain, encoded, "{:?} at {:?}", sent, values);
                }
                prop_assert_eq!(counted(&front, &state), counted(&router, &state), "counts at {:?}", values);
                Ok(())
            })?;
        }
    });
}

#[actix_web::test]
async fn plain_tiles_do_not_reach_the_router() {
    let city = City::new();
    let tile = format!("findings/{}", tile_at(14));
    let state = Data::new(foreign::state(&city));
    let application = App::new().default_service(web::to(HttpResponse::ImATeapot));
    let front = Data::new(Front::new(settings(&[])));
    let service = init_service(asking(Passing::to(application.into_factory(), front, state))).await;
    let gzip = ("accept-encoding", "gzip");
    let known = ("if-none-match", "*");
    for (method, path, header, status) in [
        (Method::GET, tile.as_str(), gzip, 200),
        (Method::HEAD, &format!("{tile}.mvt"), gzip, 200),
        (Method::GET, &tile, known, 304),
        (Method::GET, "findings/14/0/0", gzip, 204),
        // The rest is the router's.
        (Method::GET, &tile, ("accept-encoding", "br"), 418),
        (Method::GET, &tile, ("accept-encoding", "*;q=0"), 418),
        (Method::GET, &format!("base,{tile}"), gzip, 418),
        (Method::GET, &format!("packed/{}", tile_at(14)), gzip, 418),
        (Method::GET, "nothing/0/0/0", gzip, 418),
        (Method::GET, "findings/31/0/0", gzip, 418),
        (Method::OPTIONS, &tile, gzip, 418),
    ] {
        let request = TestRequest::default().method(method.clone()).uri(&format!("/{path}")).insert_header(header);
        let response = service.call(request.to_request()).await.expect("an answer");
        assert_eq!(response.status().as_u16(), status, "{method} {path} {header:?}");
    }
}
