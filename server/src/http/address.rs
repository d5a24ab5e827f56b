//! Absolute URLs in answers, from the request that asks.

use actix_web::HttpRequest;
use actix_web::http::header;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::error::ApiError;

/// What need not be encoded in a path segment (RFC 3986 §2.3, unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `scheme://host[:port]` as the client knows this server.
///
/// Only the `Host` header counts. What a proxy says of itself (`X-Forwarded-…`) can be said by
/// anyone, and would end in the answers of others.
pub(super) fn base(request: &HttpRequest) -> Result<String, ApiError> {
    let config = request.app_config();
    let host = match request.headers().get(header::HOST) {
        Some(host) => host.to_str().ok(),
        None => request.uri().authority().map(|authority| authority.as_str()).or(Some(config.host())),
    };
    let plausible = |host: &&str| {
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
    };
    let host = host.filter(plausible);
    let host = host.ok_or_else(|| ApiError::BadQuery("the Host header is not a host".to_owned()))?;
    let scheme = if config.secure() { "https" } else { "http" };
    Ok(format!("{scheme}://{host}"))
}

/// One path segment, encoded.
pub(super) fn segment(text: &str) -> String {
    percent_encode(text.as_bytes(), SEGMENT).to_string()
}

/// The TileJSON URL of a tileset.
pub(super) fn tileset(base: &str, id: &str) -> String {
    format!("{base}/{}", segment(id))
}
