//! Why a parcel is what it is, for programs and on paper.

use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use actix_web::web::{Data, Path, Query, block};
use actix_web::{HttpRequest, HttpResponse};
use layers::dossier::store::StoreError;
use layers::findings::FindingsError;
use serde::Deserialize;

use super::openapi::{ExtractLanguage, Missing, Refused};
use super::respond::Answer;
use crate::error::ApiError;
use crate::extract::{self, Extract, Language, Surroundings};
use crate::generation::Generation;
use crate::inquiry::Inquiry;
use crate::state::AppState;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// `?lang=`
#[derive(Debug, Deserialize)]
struct Spoken {
    lang: Option<Language>,
}

/// Why a parcel is what it is, rule by rule
#[utoipa::path(
    get, path = "/parcels/{key}/explain", tag = "parcels",
    params(("key" = String, Path, description = "The key of the parcel")),
    responses((status = 200, description = "Each rule with inputs, threshold and results", body = Object), Missing)
)]
pub(super) async fn document(
    request: HttpRequest,
    key: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let (inquiry, key) = (inquiry(&generation)?, key.into_inner());
    let asked = key.clone();
    let found = block(move || inquiry.ask(&asked)).await.map_err(ApiError::internal)?.map_err(ApiError::internal)?;
    let explanation = found.ok_or(ApiError::UnknownParcel(key))?;
    let extract = Extract::new(explanation, &generation.manifest);
    Answer::json(&state, &generation).value(&request, &extract::json(&extract)).await
}

/// The same as a page to print
#[utoipa::path(
    get, path = "/parcels/{key}/explain.html", tag = "parcels",
    params(
        ("key" = String, Path, description = "The key of the parcel"),
        ("lang" = inline(Option<ExtractLanguage>), Query, description = "Chinese with English below, or one of them"),
    ),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"), Refused, Missing)
)]
pub(super) async fn page(
    request: HttpRequest,
    key: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let query = Query::<Spoken>::from_query(request.query_string());
    let query = query.map_err(|_| ApiError::BadQuery("lang can be zh, en or both".to_owned()))?;
    let language = query.into_inner().lang.unwrap_or_default();
    let (inquiry, key) = (inquiry(&generation)?, key.into_inner());
    let lookup = generation.findings().ok_or(ApiError::NotAnalysed)?.lookup();
    let asked = key.clone();
    let manifest = generation.manifest.clone();
    let draw = move || -> Result<Option<String>, Trouble> {
        let Some(explanation) = inquiry.ask(&asked)? else { return Ok(None) };
        let around: Option<Surroundings> = extract::surroundings(&lookup.open()?, &asked)?;
        let extract = Extract::new(explanation, &manifest);
        Ok(Some(extract::page(&extract, around.as_ref(), language)))
    };
    let drawn = block(draw).await.map_err(ApiError::internal)?.map_err(ApiError::internal)?;
    let page = drawn.ok_or(ApiError::UnknownParcel(key))?;
    let answer = Answer { mime: HTML, ..Answer::json(&state, &generation) };
    let mut response = answer.plain(&request, page.into()).await?;
    let policy = HeaderValue::from_static(extract::CONTENT_SECURITY_POLICY.as_str());
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// What can keep a page from being drawn.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Dossiers(#[from] StoreError),
    #[error(transparent)]
    Findings(#[from] FindingsError),
}

fn inquiry(generation: &Generation) -> Result<Inquiry, ApiError> {
    generation.findings().ok_or(ApiError::NotAnalysed)?;
    generation.inquiry().cloned().ok_or(ApiError::NoDossiers)
}
