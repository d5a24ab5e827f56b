//! Absolute URLs in answers, from the request that asks.

use actix_web::HttpRequest;
use actix_web::web::Data;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::front::Front;
use super::proxy;
use crate::error::ApiError;

/// What need not be encoded in a path segment (RFC 3986 §2.3, unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `scheme://host[:port][/path]` as the client knows this server: configured, or from the `Host` header, or
/// from what a trusted proxy says.
pub(super) fn base(request: &HttpRequest) -> Result<String, ApiError> {
    let front = request.app_data::<Data<Front>>().expect("the application has a front");
    proxy::public_base(&front.config, request)
}

/// One path segment, encoded.
pub(super) fn segment(text: &str) -> String {
    percent_encode(text.as_bytes(), SEGMENT).to_string()
}

/// The TileJSON URL of a tileset.
pub(super) fn tileset(base: &str, id: &str) -> String {
    format!("{base}/{}", segment(id))
}
