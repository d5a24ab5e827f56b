//! Whether the server is alive, and what it serves.

use std::time::SystemTime;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use serde_json::{Value, json};

use super::front::Front;
use crate::state::AppState;

/// `GET /health`: the process answers.
pub(super) async fn health() -> HttpResponse {
    fresh(StatusCode::OK, &json!({ "status": "ok" }))
}

/// Whether the server should be sent requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    /// It serves.
    Ready,
    /// It was told to end and answers what is on its way.
    Draining,
}

/// `GET /ready`: a generation is open, since so many seconds; 503 once the server is about to end.
pub(super) async fn ready(state: Data<AppState>, front: Data<Front>) -> HttpResponse {
    let condition = if front.is_draining() { Condition::Draining } else { Condition::Ready };
    let (status, word) = match condition {
        Condition::Ready => (StatusCode::OK, "ready"),
        Condition::Draining => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
    };
    let generation = state.generation();
    // A clock that was set back makes an age of nothing, not an error.
    let age = SystemTime::now().duration_since(generation.published).unwrap_or_default();
    fresh(status, &json!({ "status": word, "generation": generation.id(), "age_s": age.as_secs() }))
}

fn fresh(status: StatusCode, document: &Value) -> HttpResponse {
    HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(document)
}
