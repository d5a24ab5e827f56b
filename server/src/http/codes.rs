//! The code lists: what the short codes in tiles and tables are called.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::respond::Answer;
use crate::error::ApiError;
use crate::state::AppState;

/// `GET /codes`
pub(super) async fn codes(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    Answer::json(generation.id()).value(&request, &json!({ "lists": generation.codes }))
}
