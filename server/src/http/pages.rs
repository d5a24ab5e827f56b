//! The viewer: one page at `/`, its scripts and styles below `/_/`.

use actix_web::web::{Bytes, Path};
use actix_web::{HttpRequest, HttpResponse};
use std::borrow::Cow;

use super::coding::Coding;
use super::respond::{Answer, Keep};
use crate::assets;
use crate::error::ApiError;

/// `GET /`
pub(super) async fn index(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    file(&request, "index.html")
}

/// `GET /_/{path}`
pub(super) async fn asset(request: HttpRequest, path: Path<String>) -> Result<HttpResponse, ApiError> {
    file(&request, &path)
}

fn file(request: &HttpRequest, path: &str) -> Result<HttpResponse, ApiError> {
    let asset = assets::get(path).ok_or(ApiError::NotFound)?;
    let gzip = asset.gzip.filter(|_| matches!(Coding::negotiated(request.headers()), Ok(Coding::Gzip)));
    let (coding, bytes) = gzip.map_or((Coding::Identity, asset.bytes), |twin| (Coding::Gzip, twin));
    let hash: String = asset.sha256.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let etag = format!("\"{hash}-{}\"", if coding == Coding::Gzip { "gzip" } else { "identity" });
    let bytes = match bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    let answer = Answer { mime: asset.mime, keep: Keep::WhileAsking, generation: None };
    Ok(answer.coded(request, bytes, etag, coding))
}
