//! Which pages may read answers (Fetch standard, §3.2).
//!
//! Where any page may, answers say so with a wildcard and stay the same for every origin, and caches
//! simple. Where some may, the answer names the one that asked, and `Vary: Origin` goes with every
//! answer, also with those to requests that name no origin: a cache may meet such a one first.

use actix_http::RequestHead;
use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderValue};

use crate::config::server::OriginPattern;

/// What a page may read of an answer besides its body.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "ETag, Content-Encoding, Content-Length, Content-Range, Accept-Ranges, Retry-After, X-Tuban-Generation, X-Request-Id",
);

/// What a page may ask with.
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD");

/// A day: how long a browser may remember that it may ask.
const MAX_AGE: HeaderValue = HeaderValue::from_static("86400");

/// What an answer says to the page that asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Permission {
    /// Any page may read it.
    Any,
    /// The page of this origin may.
    Origin(HeaderValue),
    /// Not the page that asked, if one did.
    None,
}

/// What the request's page may do.
pub(super) fn permission(origins: &[OriginPattern], headers: &HeaderMap) -> Permission {
    if origins.iter().any(OriginPattern::is_any) {
        return Permission::Any;
    }
    let origin = headers.get(header::ORIGIN);
    let allowed =
        origin.filter(|origin| origin.to_str().is_ok_and(|origin| origins.iter().any(|known| known.matches(origin))));
    allowed.map_or(Permission::None, |origin| Permission::Origin(origin.clone()))
}

impl Permission {
    /// Says it in the headers of an answer.
    pub(super) fn say(self, headers: &mut HeaderMap) {
        if self != Self::Any {
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
        }
        let origin = match self {
            Self::Any => HeaderValue::from_static("*"),
            Self::Origin(origin) => origin,
            Self::None => return,
        };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

/// Whether a browser asks what a page may ask.
pub(super) fn is_preflight(head: &RequestHead) -> bool {
    let headers = head.headers();
    head.method == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to that; who may is said by [`Permission::say`].
pub(super) fn preflight(head: &RequestHead) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response.insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, METHODS));
    response.insert_header((header::ACCESS_CONTROL_MAX_AGE, MAX_AGE));
    response.insert_header((header::VARY, "Access-Control-Request-Method, Access-Control-Request-Headers"));
    // A wildcard would leave out `Authorization`, which gateways in front of us may want.
    if let Some(headers) = head.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        response.insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, headers.clone()));
    }
    response.finish()
}
