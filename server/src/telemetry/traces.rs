//! Logs, and spans of requests for an OpenTelemetry collector.
//!
//! The collector is where `OTEL_EXPORTER_OTLP_ENDPOINT` says, which has to be plain HTTP such as that of an
//! agent on the same machine; without it nothing is sent. `OTEL_SERVICE_NAME` and the other variables of the
//! OpenTelemetry specification are read by its library. A request that brings `traceparent` (W3C Trace
//! Context) goes on with the trace it names.

use std::io::{self, IsTerminal};
use std::sync::OnceLock;

use actix_web::http::header::HeaderMap;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::filter::FilterExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::{Lines, LogFormat};

/// Says where the collector is.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// What still has spans to send.
static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// Sends log lines to standard error, and spans to the collector.
pub(super) fn install(format: LogFormat, filter: EnvFilter) {
    let lines = tracing_subscriber::fmt::layer().with_writer(Lines);
    let lines = match format {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let (spans, refused) = match spans() {
        Ok(spans) => (spans, None),
        Err(error) => (None, Some(error)),
    };
    // A second subscriber in one process (tests) is no reason to stop.
    let _ = tracing_subscriber::registry().with(lines.with_filter(filter)).with(spans).try_init();
    if let Some(error) = refused {
        tracing::warn!(%error, "spans are not sent");
    }
}

/// The spans of requests on their way to the collector; `None` where there is none.
fn spans<S>() -> Result<Option<impl Layer<S>>, opentelemetry_otlp::ExporterBuildError>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    if std::env::var_os(ENDPOINT).is_none_or(|endpoint| endpoint.is_empty()) {
        return Ok(None);
    }
    let exporter = SpanExporter::builder().with_http().build()?;
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).build();
    let tracer = PROVIDER.get_or_init(|| provider).tracer("tuban");
    // Requests, and no log lines but errors: what libraries tell of themselves is no part of a trace.
    let ours = EnvFilter::new("off,server=debug").or(tracing_subscriber::filter::LevelFilter::ERROR);
    Ok(Some(tracing_opentelemetry::layer().with_tracer(tracer).with_filter(ours)))
}

/// Goes on with the trace that a request names.
pub(crate) fn follow(span: &Span, headers: &HeaderMap) {
    if headers.contains_key("traceparent") {
        let parent = TraceContextPropagator::new().extract(&Headers(headers));
        // A span that nobody records has no parent.
        let _ = span.set_parent(parent);
    }
}

/// Sends what waits to be sent.
pub(crate) fn finish() {
    if let Some(provider) = PROVIDER.get()
        && let Err(error) = provider.shutdown()
    {
        tracing::warn!(%error, "the last spans were not sent");
    }
}

/// Headers as the library reads them.
struct Headers<'h>(&'h HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|name| name.as_str()).collect()
    }
}
