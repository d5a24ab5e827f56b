//! Whether the server is alive, and what it serves.

use std::time::SystemTime;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use serde_json::{Value, json};

use super::front::Front;
use crate::live::LiveStatus;
use crate::state::AppState;

/// The process answers
#[utoipa::path(get, path = "/health", tag = "about", responses((status = 200, description = "It does", body = Object)))]
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

/// A generation is open, since so many seconds
#[utoipa::path(
    get, path = "/ready", tag = "about",
    responses(
        (status = 200, description = "Which one", body = Object),
        (status = 503, description = "The server is about to end", body = Object)
    )
)]
pub(super) async fn ready(state: Data<AppState>, front: Data<Front>) -> HttpResponse {
    let condition = if front.is_draining() { Condition::Draining } else { Condition::Ready };
    let (status, word) = match condition {
        Condition::Ready => (StatusCode::OK, "ready"),
        Condition::Draining => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
    };
    let generation = state.generation();
    // A clock that was set back makes an age of nothing, not an error.
    let age = SystemTime::now().duration_since(generation.published).unwrap_or_default();
    let live = live(&state.live());
    fresh(status, &json!({ "status": word, "generation": generation.id(), "age_s": age.as_secs(), "live": live }))
}

/// How keeping up with the sources is going.
fn live(status: &LiveStatus) -> Value {
    match status {
        LiveStatus::Still => json!({ "state": "still" }),
        LiveStatus::UpToDate => json!({ "state": "up_to_date" }),
        LiveStatus::Building => json!({ "state": "building" }),
        LiveStatus::Failed { reason, at } => {
            let since = SystemTime::now().duration_since(*at).unwrap_or_default();
            json!({ "state": "failed", "reason": reason, "since_s": since.as_secs() })
        }
    }
}

fn fresh(status: StatusCode, document: &Value) -> HttpResponse {
    HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(document)
}
