//! What the checks of the sources found, as JSON and as a page.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::openapi::{PageLanguage, Refused};
use super::respond::Answer;
use crate::error::ApiError;
use crate::report::quality::{self as report, Page};
use crate::state::AppState;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// The page needs its own style and nothing else: whatever the data hold, no script runs in it.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// `?lang=`
#[derive(Debug, Deserialize)]
struct Language {
    lang: Option<String>,
}

/// What the checks of the data found
#[utoipa::path(get, path = "/quality.json", tag = "quality", responses((status = 200, description = "Each flaw", body = Object)))]
pub(super) async fn json(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    Answer::json(&state, &generation).plain(&request, report::json(&generation.quality).into()).await
}

/// The same to read and to print
#[utoipa::path(
    get, path = "/quality", tag = "quality",
    params(("lang" = inline(Option<PageLanguage>), Query, description = "Chinese unless said otherwise")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"), Refused)
)]
pub(super) async fn page(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let query = Query::<Language>::from_query(request.query_string());
    let query = query.map_err(|error| ApiError::BadQuery(format!("the query cannot be read: {error}")))?;
    let chinese = match query.lang.as_deref() {
        None | Some("zh") => true,
        Some("en") => false,
        Some(_) => return Err(ApiError::BadQuery("lang is zh or en".to_owned())),
    };
    let page = Page { title: &generation.manifest.title, map: Some("./"), chinese };
    let html = report::html(&generation.quality, &page);
    let answer = Answer { mime: HTML, ..Answer::json(&state, &generation) };
    let mut response = answer.plain(&request, html.into()).await?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}
