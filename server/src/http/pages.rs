//! The viewer: one page and the few files that it names, all from inside the binary.

use std::borrow::Cow;

use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::http::header::HeaderValue;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::respond::Answer;
use super::security;
use crate::assets::{self, Asset};
use crate::error::ApiError;
use crate::state::AppState;

/// The viewer
#[utoipa::path(get, path = "/", tag = "viewer", responses((status = 200, description = "The page", body = String, content_type = "text/html")))]
pub(super) async fn index(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let policy = security::policy(&request, &state.basemaps, security::Framing::Own)?;
    let mut response = asset("index.html", &request, &state).await?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// `GET /main.js` and its like: each is a route of its own, so the last part of the path is its name
pub(super) async fn file(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    asset(request.path().trim_start_matches('/'), &request, &state).await
}

/// A file of the viewer; its names do not change with its content, so it is asked for each time.
async fn asset(path: &str, request: &HttpRequest, state: &AppState) -> Result<HttpResponse, ApiError> {
    let Asset { bytes, gzip, mime, sha256 } = assets::get(path).ok_or(ApiError::NotFound)?;
    let owned = |bytes: Cow<'static, [u8]>| match bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    // Half of a SHA-256 tells versions of a file apart as well as all of it.
    let hash = u128::from_be_bytes(*sha256.first_chunk().expect("a SHA-256 has 32 bytes"));
    Answer::document(state, HeaderValue::from_static(mime)).prepared(request, owned(bytes), hash, gzip.map(owned)).await
}
