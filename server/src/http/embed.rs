//! The viewer for frames of other pages: the same page, which is told whom it may speak with.

use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::http::header::HeaderValue;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::openapi::Missing;
use super::respond::Answer;
use super::security;
use crate::assets;
use crate::config::server::OriginPattern;
use crate::error::ApiError;
use crate::state::AppState;

/// The viewer for a frame of another page: a map and what is asked for, see docs/embedding.md
#[utoipa::path(
    get, path = "/embed", tag = "viewer",
    params(
        ("style" = Option<String>, Query, description = "As the catalog lists them", example = "far"),
        ("view" = Option<String>, Query, description = "`zoom/lat/lon`", example = "13/43.94/116.08"),
        ("filter" = Option<String>, Query, description = "`layer.attribute:value,value;…`", example = "parcels.far_class:1,2"),
        ("parcel" = Option<String>, Query, description = "The key of a parcel to select"),
        ("lang" = Option<String>, Query, description = "`zh` or `en`"),
        ("panel" = Option<String>, Query, description = "`legend` shows the legend, `none` the map alone"),
    ),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"), Missing)
)]
pub(super) async fn page(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let policy = security::policy(&request, &state.basemaps, security::Framing::Configured)?;
    let viewer = assets::get("index.html").ok_or(ApiError::NotFound)?;
    let viewer = String::from_utf8_lossy(&viewer.bytes);
    let origins: Vec<&str> = security::embedding(&request).iter().map(OriginPattern::as_str).collect();
    // An origin has nothing in it that would mean more in an attribute.
    let page = viewer.replacen("<body ", &format!("<body data-embed=\"{}\" ", origins.join(" ")), 1);
    let mut response = Answer::document(&state, HeaderValue::from_static("text/html; charset=utf-8"))
        .plain(&request, page.into())
        .await?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}
