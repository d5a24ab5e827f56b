//! The code lists: what the short codes in tiles and tables are called.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use layers::codes::lists;
use serde_json::json;

use super::respond::Answer;
use crate::error::ApiError;
use crate::state::AppState;

/// `GET /codes`
pub(super) async fn codes(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    Answer::json(state.generation().id()).value(&request, &json!({ "lists": lists::ALL }))
}
