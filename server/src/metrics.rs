//! What the server counts about itself, for Prometheus.
//!
//! Requests are counted by the pattern of their route, never by their path: what strangers write must
//! not make new series.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use prometheus::core::Collector;
use prometheus::{
    Encoder, Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts,
    Registry, TextEncoder,
};

use crate::live::LiveStatus;
use crate::state::AppState;

/// Media type of the text format of Prometheus.
pub const MEDIA_TYPE: &str = prometheus::TEXT_FORMAT;

/// Seconds at which a request's time is told apart: a tile from memory takes far less than the first, and
/// who waits for the last has gone.
const SECONDS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Why a request was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Too many waited already.
    Queue,
    /// It waited for too long.
    QueueWait,
    /// Its worker was too far behind.
    Lag,
    /// Its client asks too often.
    Rate,
    /// Its answer took too long.
    Timeout,
    /// Its URL or its headers are too long.
    Head,
    /// Its host is not answered to.
    Host,
}

impl Refused {
    /// Every reason.
    pub const ALL: [Self; 7] =
        [Self::Queue, Self::QueueWait, Self::Lag, Self::Rate, Self::Timeout, Self::Head, Self::Host];

    /// The reason as a label.
    pub fn label(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::QueueWait => "queue_wait",
            Self::Lag => "lag",
            Self::Rate => "rate",
            Self::Timeout => "timeout",
            Self::Head => "head",
            Self::Host => "host",
        }
    }
}

/// Everything that is counted.
pub struct Metrics {
    registry: Registry,
    requests: HistogramVec,
    refused: Vec<IntCounter>,
    in_flight: IntGauge,
    waiting: IntGauge,
    /// Open connections.
    pub connections: IntGauge,
    /// Connections ever accepted.
    pub accepted: IntCounter,
    generation: GaugeVec,
    age: Gauge,
    build: Gauge,
    failed: IntGauge,
    listeners: IntGauge,
    cache_bytes: IntGauge,
    cache_entries: IntGauge,
    cache_hits: IntCounter,
    cache_misses: IntCounter,
}

/// What stands for a route that does not exist.
pub const NO_ROUTE: &str = "none";

impl Default for Metrics {
    fn default() -> Self {
        let registry = Registry::new();
        let requests = HistogramOpts::new("tuban_http_request_seconds", "Time until a request was answered")
            .buckets(SECONDS.to_vec());
        let requests = HistogramVec::new(requests, &["route", "status", "encoding"]);
        let refused = Opts::new("tuban_http_refused_total", "Requests that were not let in or not answered in time");
        let refused = added(&registry, IntCounterVec::new(refused, &["reason"]));
        let generation = Opts::new("tuban_generation_info", "1 for the generation that is served");
        let metrics = Self {
            requests: added(&registry, requests),
            // Every reason is there from the start, so that a rate of it can be asked for.
            refused: Refused::ALL.map(|reason| refused.with_label_values(&[reason.label()])).into(),
            in_flight: gauge(&registry, "tuban_http_in_flight", "Requests that are worked on"),
            waiting: gauge(&registry, "tuban_http_waiting", "Requests that wait to be worked on"),
            connections: gauge(&registry, "tuban_connections", "Open connections"),
            accepted: counter(&registry, "tuban_connections_total", "Connections accepted"),
            generation: added(&registry, GaugeVec::new(generation, &["generation"])),
            age: added(
                &registry,
                Gauge::new("tuban_generation_age_seconds", "Time since the generation was published"),
            ),
            build: added(
                &registry,
                Gauge::new("tuban_generation_build_seconds", "Time the last build took, 0 where there was none"),
            ),
            failed: gauge(&registry, "tuban_build_failed", "1 while nothing can be made of the sources as they are"),
            listeners: gauge(&registry, "tuban_event_listeners", "Clients that listen for new generations"),
            cache_bytes: gauge(&registry, "tuban_cache_bytes", "Weight of computed tiles in the cache"),
            cache_entries: gauge(&registry, "tuban_cache_entries", "Computed tiles in the cache"),
            cache_hits: counter(&registry, "tuban_cache_hits_total", "Computed tiles that were in the cache"),
            cache_misses: counter(&registry, "tuban_cache_misses_total", "Computed tiles that were not"),
            registry,
        };
        #[cfg(target_os = "linux")]
        {
            let process = prometheus::process_collector::ProcessCollector::for_self();
            metrics.registry.register(Box::new(process)).expect("no name is given twice");
        }
        metrics
    }
}

/// A metric of the registry. Names and labels are constants, and a test makes all of them.
fn added<C: Collector + Clone + 'static>(registry: &Registry, metric: prometheus::Result<C>) -> C {
    let metric = metric.expect("names of metrics are valid");
    registry.register(Box::new(metric.clone())).expect("no name is given twice");
    metric
}

fn gauge(registry: &Registry, name: &str, help: &str) -> IntGauge {
    added(registry, IntGauge::new(name, help))
}

fn counter(registry: &Registry, name: &str, help: &str) -> IntCounter {
    added(registry, IntCounter::new(name, help))
}

impl Metrics {
    /// The times of requests of one kind.
    pub fn requests(&self, route: &str, status: u16, encoding: &str) -> Histogram {
        self.requests.with_label_values(&[route, &status.to_string(), encoding])
    }

    /// Counts a request that was not let in.
    pub fn refuse(&self, reason: Refused) {
        self.refused[reason as usize].inc();
    }

    /// Says how long the generation that is served took to build.
    pub fn built(&self, time: Duration) {
        self.build.set(time.as_secs_f64());
    }

    /// All of it as Prometheus reads it, with `running` and `waiting` requests.
    pub fn text(&self, state: &AppState, running: usize, waiting: usize) -> Vec<u8> {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.in_flight.set(number(running as u64));
        self.waiting.set(number(waiting as u64));
        let generation = state.generation();
        self.generation.reset();
        self.generation.with_label_values(&[generation.id()]).set(1.0);
        let age = SystemTime::now().duration_since(generation.published).unwrap_or_default();
        self.age.set(age.as_secs_f64());
        if let Some(time) = state.built() {
            self.built(time);
        }
        self.failed.set(i64::from(matches!(state.live(), LiveStatus::Failed { .. })));
        self.listeners.set(number(state.events.listeners() as u64));
        let cache = state.computed.figures();
        self.cache_bytes.set(number(cache.bytes));
        self.cache_entries.set(number(cache.entries));
        // The cache counts for itself; these only repeat it.
        self.cache_hits.reset();
        self.cache_hits.inc_by(cache.hits);
        self.cache_misses.reset();
        self.cache_misses.inc_by(cache.misses);
        let mut text = Vec::new();
        let written = TextEncoder::new().encode(&self.registry.gather(), &mut text);
        if let Err(error) = written {
            tracing::error!(%error, "cannot write metrics");
        }
        text
    }
}

/// The histograms that a worker has used, found without a lock.
#[derive(Default)]
pub struct Known(BTreeMap<String, Vec<(u16, Encoding, Histogram)>>);

/// How an answer is coded, as a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(&'static str);

impl Encoding {
    /// Of a `Content-Encoding` header.
    pub fn of(header: Option<&[u8]>) -> Self {
        Self(match header {
            None => "identity",
            Some(b"gzip") => "gzip",
            Some(b"br") => "br",
            Some(b"zstd") => "zstd",
            Some(_) => "other",
        })
    }
}

impl Known {
    /// Counts a request of a route.
    pub fn observe(&mut self, metrics: &Metrics, route: &str, status: u16, encoding: Encoding, time: Duration) {
        if let Some(of_route) = self.0.get(route) {
            let found = of_route.iter().find(|(s, e, _)| (*s, *e) == (status, encoding));
            if let Some((_, _, histogram)) = found {
                return histogram.observe(time.as_secs_f64());
            }
        }
        let histogram = metrics.requests(route, status, encoding.0);
        histogram.observe(time.as_secs_f64());
        self.0.entry(route.to_owned()).or_default().push((status, encoding, histogram));
    }
}
