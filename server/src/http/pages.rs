//! The viewer: one page and the few files that it names, all from inside the binary.

use std::borrow::Cow;

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};

use super::coding::Coding;
use super::respond::{Answer, Keep, tagged};
use crate::assets::{self, Asset};
use crate::error::ApiError;

/// `GET /`
pub(super) async fn index(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    asset("index.html", &request)
}

/// `GET /main.js` and its like: each is a route of its own, so the last part of the path is its name
pub(super) async fn file(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    asset(request.path().trim_start_matches('/'), &request)
}

/// A file of the viewer; its names do not change with its content, so it is asked for each time.
fn asset(path: &str, request: &HttpRequest) -> Result<HttpResponse, ApiError> {
    let Asset { bytes, gzip, mime, sha256 } = assets::get(path).ok_or(ApiError::NotFound)?;
    let (bytes, coding) = match (Coding::negotiated(request.headers())?, gzip) {
        (Coding::Gzip, Some(gzip)) => (gzip, Coding::Gzip),
        _ => (bytes, Coding::Identity),
    };
    let bytes = match bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    // Half of a SHA-256 tells versions of a file apart as well as all of it.
    let hash = sha256.first_chunk::<16>().expect("a SHA-256 has 32 bytes");
    let answer = Answer { mime, keep: Keep::WhileAsking, generation: None };
    Ok(answer.coded(request, bytes, tagged(u128::from_be_bytes(*hash), coding), coding))
}
