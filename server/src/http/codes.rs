//! What codes are called: the short ones in tiles and tables, and the land-use codes of the data.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use layers::codes::land_use::CodeSystem;
use serde_json::json;

use super::respond::Answer;
use crate::error::ApiError;
use crate::state::AppState;

/// `GET /codes`: the lists of the tile schema, and the land-use codes that occur in each layer
pub(super) async fn codes(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let systems: Vec<&str> = STANDARDS.iter().map(CodeSystem::name).collect();
    let document = json!({ "lists": generation.codes, "land_use": generation.manifest.codes, "systems": systems });
    Answer::json(&state, generation.id()).value(&request, &document).await
}

/// `GET /codes/{system}`: every code of a standard
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
    Answer::json(&state, generation.id()).value(&request, &document).await
}

const STANDARDS: [CodeSystem; 3] = CodeSystem::STANDARDS;
