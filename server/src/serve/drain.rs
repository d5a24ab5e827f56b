//! How the server ends: not ready at once, deaf a moment later, gone when its last request is answered.

use actix_web::dev::ServerHandle;
use actix_web::web::Data;

use crate::http::Front;
use crate::state::AppState;

/// Ends the server at the first signal, and at the second without waiting.
pub(super) async fn on_signal(front: Data<Front>, state: Data<AppState>, server: ServerHandle) {
    stop_signal().await;
    let drain = &front.config.drain;
    tracing::info!(delay = ?drain.delay, time = ?drain.time, "stopping, requests in flight are answered first");
    front.drain();
    let ending = async {
        tokio::time::sleep(drain.delay).await;
        // Those who listen for news would keep their connections as long as they are allowed to.
        state.events.end();
        server.stop(true).await;
    };
    tokio::select! {
        () = ending => {}
        () = stop_signal() => {
            tracing::warn!("stopping at once");
            server.stop(false).await;
        }
    }
}

/// Waits for SIGINT or SIGTERM.
#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "cannot listen for SIGTERM");
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn stop_signal() {
    let _ = tokio::signal::ctrl_c().await;
}
