//! Whether the server is alive, and what it serves.

use std::time::SystemTime;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use serde_json::{Value, json};

use crate::live::LiveStatus;
use crate::state::AppState;

/// The process answers
#[utoipa::path(get, path = "/health", tag = "about", responses((status = 200, description = "It does", body = Object)))]
pub(super) async fn health() -> HttpResponse {
    fresh(&json!({ "status": "ok" }))
}

/// A generation is open, since so many seconds
#[utoipa::path(get, path = "/ready", tag = "about", responses((status = 200, description = "Which one", body = Object)))]
pub(super) async fn ready(state: Data<AppState>) -> HttpResponse {
    let generation = state.generation();
    // A clock that was set back makes an age of nothing, not an error.
    let age = SystemTime::now().duration_since(generation.published).unwrap_or_default();
    let live = live(&state.live());
    fresh(&json!({ "status": "ready", "generation": generation.id(), "age_s": age.as_secs(), "live": live }))
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

fn fresh(status: &Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(status)
}
