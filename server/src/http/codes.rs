//! What codes are called: the short ones in tiles and tables, and the land-use codes of the data.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use layers::codes::land_use::CodeSystem;
use serde_json::json;

use super::openapi::Missing;
use super::respond::Answer;
use crate::error::ApiError;
use crate::state::AppState;

/// What codes are called: the lists of the tile schema, and the land-use codes of each layer
#[utoipa::path(get, path = "/codes", tag = "codes", responses((status = 200, description = "The lists", body = Object)))]
pub(super) async fn codes(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let systems: Vec<&str> = STANDARDS.iter().map(CodeSystem::name).collect();
    let document = json!({ "lists": generation.codes, "land_use": generation.manifest.codes, "systems": systems });
    Answer::json(&state, &generation).value(&request, &document).await
}

/// Every code of a standard
#[utoipa::path(
    get, path = "/codes/{system}", tag = "codes",
    params(("system" = String, Path, description = "ydyh2023, gbt21010 or gb50137", example = "ydyh2023")),
    responses((status = 200, description = "The standard", body = Object), Missing)
)]
pub(super) async fn system(
    request: HttpRequest,
    name: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let known = STANDARDS.iter().find(|system| system.name() == name.as_str());
    let found = known.and_then(|system| Some((system, system.table()?)));
    let (system, table) = found.ok_or_else(|| ApiError::UnknownCodeSystem(name.into_inner()))?;
    let document = json!({ "system": system.name(), "label": system.title(), "codes": table.entries() });
    let generation = state.generation();
    Answer::json(&state, &generation).value(&request, &document).await
}

const STANDARDS: [CodeSystem; 3] = CodeSystem::STANDARDS;
