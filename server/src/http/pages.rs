//! Pages for people.

use actix_web::web::{Bytes, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::respond::{Answer, Keep};
use crate::error::ApiError;

/// A page that needs nothing: what there is, and where.
const INDEX: &str = "<!doctype html><meta charset=utf-8><title>Tuban</title><h1>Tuban</h1>\
<ul><li><a href=catalog>catalog</a><li><a href=stats>stats</a><li><a href=codes>codes</a></ul>";

/// `GET /`
pub(super) async fn index(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let answer = Answer { mime: "text/html; charset=utf-8", keep: Keep::WhileAsking, generation: None };
    answer.plain(&request, Bytes::from_static(INDEX.as_bytes()))
}

/// `GET /_/{path}`
pub(super) async fn asset(_path: Path<String>) -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound)
}
