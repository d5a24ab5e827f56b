//! Requests that nobody who means well sends: whatever comes, the answer is one of ours.

use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::TestRequest;
use proptest::prelude::*;

use crate::city::City;
use crate::foreign;
use crate::http::asked_of;

/// Requests of one round: one server answers them all, so that one may hurt the next.
const REQUESTS: usize = 250;

#[derive(Clone, Debug)]
struct Sent {
    method: &'static str,
    url: String,
    headers: Vec<(&'static str, Vec<u8>)>,
}

/// A part of a path: what the server knows, numbers of every size, bytes of every kind.
fn part() -> impl Strategy<Value = String> {
    let known = [
        "findings",
        "base",
        "packed",
        "findings,base",
        "style",
        "auto",
        "legend",
        "stats",
        "far",
        "codes",
        "parcels",
        "explain",
        "identify",
        "archive",
        "catalog",
        "health",
        "ready",
        "events",
        "_",
        "metrics",
        "openapi.json",
        "docs",
        "quality",
        "..",
        ".",
        "",
    ];
    let encoded = prop::collection::vec(any::<u8>(), 0..20);
    prop_oneof![
        4 => prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        2 => (0u32..40).prop_map(|number| number.to_string()),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => "[!$&'()*+,;=:@a-zA-Z0-9._~-]{0,40}",
        1 => encoded.prop_map(|bytes| bytes.iter().map(|byte| format!("%{byte:02X}")).collect()),
    ]
}

fn url() -> impl Strategy<Value = String> {
    let suffix = prop::sample::select(vec!["", ".json", ".mvt", ".pbf", ".svg", ".pmtiles", ".csv", ".xlsx", ".png"]);
    let query = prop_oneof![
        Just(String::new()),
        "\\?[!$&'()*+,;=:@a-zA-Z0-9._~/?-]{0,60}",
        ("(v|by|lon|lat|lang|format)", "[-+.0-9eE]{0,30}")
            .prop_map(|(key, value)| format!("?{key}={value}&lat={value}")),
    ];
    (prop::collection::vec(part(), 1..7), suffix, query)
        .prop_map(|(parts, suffix, query)| format!("/{}{suffix}{query}", parts.join("/")))
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    let names = vec![
        "accept-encoding",
        "if-none-match",
        "if-range",
        "range",
        "host",
        "origin",
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-prefix",
        "x-request-id",
        "accept",
        "last-event-id",
        "access-control-request-method",
    ];
    // Bytes that HTTP lets through (RFC 9110 §5.5).
    let byte = prop_oneof![4 => 0x20u8..0x7f, 1 => 0x80u8..=0xff, 1 => Just(b'\t')];
    let text = prop_oneof![
        prop::collection::vec(byte, 0..80),
        "(bytes=)?[0-9]{0,25}-[0-9]{0,25}(,[0-9-]{0,9})?".prop_map(String::into_bytes),
        "(W/)?\"[0-9a-f]{0,40}\"(, ?\\*)?".prop_map(String::into_bytes),
        "((gzip|br|zstd|identity|\\*)(;q=[-0-9.e]{0,9})?,? ?){0,5}".prop_map(String::into_bytes),
    ];
    prop::collection::vec((prop::sample::select(names), text), 0..4)
}

fn sent() -> impl Strategy<Value = Sent> {
    let methods = vec!["GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "DELETE", "BREW"];
    (prop::sample::select(methods), url(), headers()).prop_map(|(method, url, headers)| Sent { method, url, headers })
}

/// The request; none where what was made up is no URL, which no server ever sees.
fn request(sent: &Sent) -> Option<TestRequest> {
    sent.url.parse::<actix_web::http::Uri>().ok()?;
    let method = Method::from_bytes(sent.method.as_bytes()).ok()?;
    let request = TestRequest::default().method(method).uri(&sent.url);
    Some(sent.headers.iter().fold(request, |request, (name, value)| match HeaderValue::from_bytes(value) {
        Ok(value) => request.append_header((HeaderName::from_static(name), value)),
        Err(_) => request,
    }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_asked_is_answered(all in prop::collection::vec(sent(), REQUESTS)) {
        let all: Vec<Sent> = all.into_iter().filter(|sent| request(sent).is_some() && !sent.url.starts_with("/events")).collect();
        let city = City::new();
        let folder = city.folder.path().display().to_string();
        let answers = actix_web::rt::System::new()
            .block_on(async { asked_of(foreign::state(&city), all.iter().filter_map(request).collect()).await });
        prop_assert_eq!(answers.len(), all.len());
        for (answer, sent) in answers.iter().zip(&all) {
            prop_assert!(answer.status.as_u16() < 500, "{:?}: {}", sent, answer.status);
            let body = String::from_utf8_lossy(&answer.body);
            prop_assert!(!body.contains(&folder), "{:?}: a path of the server gets out", sent);
            if answer.status.as_u16() >= 400 && sent.method != "HEAD" {
                prop_assert_eq!(answer.header("content-type"), "application/problem+json", "{:?}", sent);
                let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
                prop_assert_eq!(&problem["status"], &serde_json::json!(answer.status.as_u16()), "{:?}", sent);
            }
        }
    }
}
