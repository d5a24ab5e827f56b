//! `/events`: news of generations as server-sent events (HTML Standard, §9.2).
//!
//! ```text
//! event: generation
//! id: 6f84567b44fa
//! data: {"generation":"6f84567b44fa","since":"df4c160bf4e5","tilesets":{…}}
//! ```
//!
//! The first event names the generation that is served. A client that reconnects with the id of the
//! one it knows (`Last-Event-ID`) is told what it missed.

use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::error::ApiError;
use crate::live::{Event, News};
use crate::state::AppState;

/// Those who may listen at a time: each holds a connection.
const MOST_LISTENERS: usize = 1024;
/// Proxies close connections on which nothing is said for a while.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// News of generations, as they are published
#[utoipa::path(
    get, path = "/events", tag = "about",
    params(("Last-Event-ID" = Option<String>, Header, description = "The generation that the client knows")),
    responses((status = 200, description = "Events without end", body = String, content_type = "text/event-stream"))
)]
pub(super) async fn events(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    if state.events.listeners() >= MOST_LISTENERS {
        return Err(ApiError::Busy);
    }
    // Listening before looking: what is published in between is told twice rather than not at all.
    let news = state.events.listen();
    let current = state.generation();
    let known = request.headers().get("Last-Event-ID").and_then(|id| id.to_str().ok());
    let first = match known {
        Some(known) if known == current.id() => Bytes::from_static(b": nothing new\n\n"),
        Some(known) => message(&state.events.since(known, current.id())),
        None => message(&Event { generation: current.id().to_owned(), changes: None }),
    };
    let listener = Listener { first: Some(first), news, state };
    let body = stream::unfold(listener, async |mut listener| {
        let next = listener.next().await?;
        Some((Ok::<_, actix_web::Error>(next), listener))
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // nginx would hold events back until a buffer is full.
        .insert_header(("X-Accel-Buffering", "no"))
        .content_type("text/event-stream")
        .streaming(Box::pin(body)))
}

struct Listener {
    first: Option<Bytes>,
    news: Receiver<News>,
    state: Data<AppState>,
}

impl Listener {
    /// What is said next; `None` ends the connection.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        match tokio::time::timeout(HEARTBEAT, self.news.recv()).await {
            Err(_) => Some(Bytes::from_static(b": still here\n\n")),
            Ok(Ok(News::Generation(event))) => Some(message(&event)),
            Ok(Err(RecvError::Lagged(_))) => {
                let generation = self.state.generation().id().to_owned();
                Some(message(&Event { generation, changes: None }))
            }
            Ok(Ok(News::End) | Err(RecvError::Closed)) => None,
        }
    }
}

fn message(event: &Event) -> Bytes {
    let data = serde_json::to_string(event).expect("events have string keys");
    format!("event: generation\nid: {}\ndata: {data}\n\n", event.generation).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_block_of_lines() {
        let event = Event { generation: "abc".to_owned(), changes: None };
        assert_eq!(&message(&event)[..], b"event: generation\nid: abc\ndata: {\"generation\":\"abc\"}\n\n");
    }
}
