//! Logs without a collector.

use std::io::{self, IsTerminal};

use actix_web::http::header::HeaderMap;
use tracing::Span;
use tracing_subscriber::EnvFilter;

use super::{Lines, LogFormat};

/// Sends log lines to standard error.
pub(super) fn install(format: LogFormat, filter: EnvFilter) {
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(Lines);
    // A second subscriber in one process (tests) is no reason to stop.
    let _ = match format {
        LogFormat::Text => logs.with_ansi(io::stderr().is_terminal()).try_init(),
        LogFormat::Json => logs.json().flatten_event(true).try_init(),
    };
}

/// Nobody follows a request through several programs here.
pub(crate) fn follow(_span: &Span, _headers: &HeaderMap) {}

/// Nothing waits to be sent.
pub(crate) fn finish() {}
