//! Logs: to standard error alone, as text for people or JSON for machines; one span a request.

use std::io::{self, IsTerminal, Write};
use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use tracing::Span;
use tracing::field::Empty;
use tracing_actix_web::{RootSpanBuilder, TracingLogger};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::progress;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged where `RUST_LOG` says nothing. Bytes that are no HTTP are the client's mistake,
/// answered with 400; the library calls each one an error of the stream. Nor are the workers of the
/// HTTP library: the last line of a start is the address.
const DEFAULT_FILTER: &str = "info,actix_server=warn,actix_http::h1::dispatcher=off";

/// Starts logging. `RUST_LOG` decides what is logged, `info` and above where it says nothing.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(Lines);
    // A second subscriber in one process (tests) is no reason to stop.
    let _ = match format {
        LogFormat::Text => logs.with_ansi(io::stderr().is_terminal()).try_init(),
        LogFormat::Json => logs.json().flatten_event(true).try_init(),
    };
}

/// Standard error, between the redraws of a progress bar.
struct Lines;

impl<'w> MakeWriter<'w> for Lines {
    type Writer = Line;
    fn make_writer(&'w self) -> Line {
        Line
    }
}

/// One log line.
struct Line;

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        progress::between_redraws(|| io::stderr().write(bytes))
    }
    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// A span around every request, and a line with status and time when it is answered.
pub fn requests() -> TracingLogger<Requests> {
    TracingLogger::new()
}

/// What a request's span carries.
#[derive(Debug)]
pub struct Requests;

/// When a request came in.
struct Came(Instant);

impl RootSpanBuilder for Requests {
    fn on_request_start(request: &ServiceRequest) -> Span {
        use actix_web::HttpMessage;
        request.extensions_mut().insert(Came(Instant::now()));
        tracing::info_span!("request", method = %request.method(), path = request.path(), status = Empty, ms = Empty)
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        use actix_web::HttpMessage;
        let status = match outcome {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        span.record("status", status.as_u16());
        if let Ok(response) = outcome
            && let Some(Came(came)) = response.request().extensions().get::<Came>()
        {
            span.record("ms", came.elapsed().as_secs_f64() * 1000.0);
        }
        // A map asks for hundreds of tiles: what went well is for those who ask for it.
        span.in_scope(|| tracing::debug!("answered"));
    }
}
