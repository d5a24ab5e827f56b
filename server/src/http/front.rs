//! What every request passes on its way in and out: name, limits, proxy, permission, count, log.
//!
//! One middleware instead of one for each, because a tile from memory takes a few microseconds and every
//! layer costs it an allocation. What is done stands in rooms of its own; the order stands here.

use std::cell::RefCell;
use std::future::{Ready, ready};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Instant;

use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{Error, HttpResponse, ResponseError, web};
use futures_util::future::LocalBoxFuture;
use futures_util::poll;
use tracing::Instrument;

use super::cors::{self, Permission};
use super::lag::Lag;
use super::limits::{self, Gate, Permit, Shut};
use super::rate::Rate;
use super::{proxy, request_id};
use crate::config::server::ServerConfig;
use crate::error::{ApiError, Chain};
use crate::metrics::{Encoding, Known, Metrics, NO_ROUTE, Refused};
use crate::telemetry;

/// What is asked by those who watch the server; it is answered however much there is to do, whatever host
/// they name.
const WATCHING: [&str; 3] = ["/health", "/ready", "/_/metrics"];

/// What all workers share of the server itself.
pub struct Front {
    /// How it is run.
    pub config: ServerConfig,
    /// What it counts.
    pub metrics: Arc<Metrics>,
    pub(super) gate: Arc<Gate>,
    rate: Option<Rate>,
    draining: AtomicBool,
}

impl Front {
    /// The front of a server that is run like this.
    pub fn new(config: ServerConfig) -> Self {
        Self {
            gate: Gate::new(&config.limits),
            rate: Rate::new(&config.rate),
            metrics: Arc::default(),
            draining: AtomicBool::new(false),
            config,
        }
    }

    /// From now on the server is not ready any more.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether the server is about to end.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// The right to be worked on, if the request may have it.
    async fn admit(&self, lag: Option<&Lag>, now: Instant, request: &mut ServiceRequest) -> Result<Permit, Refusal> {
        limits::check_head(&self.config.limits, request).map_err(|error| (Refused::Head, error))?;
        proxy::check_host(&self.config, request).map_err(|error| (Refused::Host, error))?;
        if let Some(rate) = &self.rate {
            let peer = request.peer_addr().map(|peer| peer.ip());
            let client = proxy::way(&self.config, peer, request.headers()).client;
            // Without a client there is only the proxy on our Unix socket, which limits for itself.
            let checked = client.map_or(Ok(()), |client| rate.check(client));
            checked.map_err(|retry| (Refused::Rate, ApiError::TooOften { retry }))?;
        }
        if lag.is_some_and(|lag| lag.is_late(now)) {
            return Err((Refused::Lag, ApiError::Busy));
        }
        self.gate.enter().await.map_err(|shut| match shut {
            Shut::Full => (Refused::Queue, ApiError::Busy),
            Shut::Waited => (Refused::QueueWait, ApiError::Busy),
        })
    }
}

/// Why a request is not let in, for the count and for the client.
type Refusal = (Refused, ApiError);

/// The middleware; the outermost, so that nothing passes it by.
pub struct Passing(web::Data<Front>);

impl Passing {
    /// The middleware of a front.
    pub fn new(front: web::Data<Front>) -> Self {
        Self(front)
    }
}

/// The middleware of one worker.
pub struct Worker<S> {
    service: Rc<S>,
    desk: Rc<Desk>,
}

/// What a worker keeps for itself.
struct Desk {
    front: Arc<Front>,
    lag: Option<Rc<Lag>>,
    known: RefCell<Known>,
}

impl<S, B> Transform<S, ServiceRequest> for Passing
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B, BoxBody>>;
    type Error = Error;
    type Transform = Worker<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let front = Arc::clone(&self.0);
        let lag = Lag::watch(front.config.limits.lag);
        let desk = Rc::new(Desk { front, lag, known: RefCell::default() });
        ready(Ok(Worker { service: Rc::new(service), desk }))
    }
}

impl<S, B> Service<ServiceRequest> for Worker<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B, BoxBody>>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    actix_web::dev::forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (service, desk) = (Rc::clone(&self.service), Rc::clone(&self.desk));
        let visit = Visit {
            began: Instant::now(),
            id: request_id::of(request.headers()),
            permission: cors::permission(&desk.front.config.cors_origins, request.headers()),
        };
        // Who does not ask for spans does not pay for them: nothing of it is made below this level.
        let span = tracing::debug_span!(
            "request",
            method = %request.method(),
            path = request.path(),
            id = visit.id.to_str().unwrap_or_default(),
            status = tracing::field::Empty,
            route = tracing::field::Empty
        );
        if !span.is_disabled() {
            telemetry::follow(&span, request.headers());
        }
        let answer = answer(service, desk, visit, request);
        if span.is_disabled() { Box::pin(answer) } else { Box::pin(answer.instrument(span)) }
    }
}

/// What is known of a request before it is let in.
struct Visit {
    began: Instant,
    id: HeaderValue,
    permission: Permission,
}

async fn answer<S, B>(
    service: Rc<S>,
    desk: Rc<Desk>,
    visit: Visit,
    mut request: ServiceRequest,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    let front = &desk.front;
    let elsewhere = proxy::strip_base(&front.config, &mut request);
    let response = if let Some(location) = elsewhere {
        let mut response = HttpResponse::PermanentRedirect();
        let response = response.insert_header((header::LOCATION, location)).finish();
        request.into_response(response).map_into_right_body()
    } else if WATCHING.contains(&request.path()) {
        service.call(request).await?.map_into_left_body()
    } else {
        match front.admit(desk.lag.as_deref(), visit.began, &mut request).await {
            Err((reason, error)) => {
                front.metrics.refuse(reason);
                request.into_response(error.error_response()).map_into_right_body()
            }
            Ok(_permit) if cors::is_preflight(&request) => {
                let response = cors::preflight(&request);
                request.into_response(response).map_into_right_body()
            }
            Ok(_permit) => {
                let mut answering = pin!(service.call(request));
                // Most answers are there at once: for those no clock has to be wound up.
                let answered = match poll!(answering.as_mut()) {
                    Poll::Ready(answered) => Ok(answered),
                    Poll::Pending => tokio::time::timeout(front.config.timeouts.request, answering).await,
                };
                match answered {
                    Ok(answered) => answered?.map_into_left_body(),
                    // The request went away with its answer, so this one is made without it.
                    Err(_) => return Err(desk.timed_out(visit).into()),
                }
            }
        }
    };
    Ok(desk.leave(visit, response))
}

impl Desk {
    /// Counts and logs an answer, and completes its headers.
    fn leave<B: MessageBody>(&self, visit: Visit, mut response: ServiceResponse<B>) -> ServiceResponse<B> {
        let time = visit.began.elapsed();
        let status = response.status();
        let pattern = response.request().match_pattern();
        let encoding = response.headers().get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes);
        let encoding = Encoding::of(encoding);
        let route = pattern.as_deref().unwrap_or(NO_ROUTE);
        self.known.borrow_mut().observe(&self.front.metrics, route, status.as_u16(), encoding, time);
        let span = tracing::Span::current();
        if !span.is_disabled() {
            span.record("status", status.as_u16()).record("route", route);
        }
        if status.is_server_error() {
            log_failure(&visit.id, &response);
        }
        if self.front.config.log.access || tracing::enabled!(tracing::Level::DEBUG) {
            self.log(&visit.id, time.as_secs_f64() * 1000.0, &response);
        }
        let headers = response.headers_mut();
        headers.insert(request_id::X_REQUEST_ID, visit.id);
        visit.permission.say(headers);
        if self.front.is_draining() {
            // Kept connections end with what they are at.
            response.response_mut().head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
        }
        response
    }

    /// A line of the access log.
    fn log<B: MessageBody>(&self, id: &HeaderValue, ms: f64, response: &ServiceResponse<B>) {
        let request = response.request();
        let peer = request.peer_addr().map(|peer| peer.ip());
        let client = proxy::way(&self.front.config, peer, request.headers()).client;
        let client = client.map_or_else(|| "unix".to_owned(), |client| client.to_string());
        let bytes = match response.response().body().size() {
            BodySize::Sized(bytes) => Some(bytes),
            BodySize::None | BodySize::Stream => None,
        };
        // No query: gateways put tokens there.
        let (method, path, status) = (request.method().as_str(), request.path(), response.status().as_u16());
        let id = id.to_str().unwrap_or_default();
        if self.front.config.log.access {
            tracing::info!(target: "access", method, path, status, ms, bytes, client, id, "answered");
        } else {
            tracing::debug!(target: "access", method, path, status, ms, bytes, client, id, "answered");
        }
    }

    /// Counts a request whose answer did not come in time.
    fn timed_out(&self, visit: Visit) -> TimedOut {
        let status = StatusCode::SERVICE_UNAVAILABLE.as_u16();
        let time = visit.began.elapsed();
        self.front.metrics.refuse(Refused::Timeout);
        self.known.borrow_mut().observe(&self.front.metrics, NO_ROUTE, status, Encoding::of(None), time);
        let id = visit.id.to_str().unwrap_or_default();
        tracing::warn!(id, ms = time.as_secs_f64() * 1000.0, "request took too long");
        TimedOut(visit)
    }
}

/// What went wrong inside, for the log alone.
fn log_failure<B>(id: &HeaderValue, response: &ServiceResponse<B>) {
    let Some(error) = response.response().error() else { return };
    let Some(ApiError::Internal(cause)) = error.as_error::<ApiError>() else { return };
    let (id, path) = (id.to_str().unwrap_or_default(), response.request().path());
    tracing::error!(id, path, cause = %Chain(cause.as_ref()), "request failed");
}

/// An answer that did not come in time.
#[derive(Debug)]
struct TimedOut(Visit);

impl std::fmt::Debug for Visit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "request {:?}", self.id)
    }
}

impl std::fmt::Display for TimedOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        ApiError::TimedOut.fmt(f)
    }
}

impl ResponseError for TimedOut {
    fn status_code(&self) -> StatusCode {
        ApiError::TimedOut.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = ApiError::TimedOut.error_response();
        let headers = response.headers_mut();
        headers.insert(request_id::X_REQUEST_ID, self.0.id.clone());
        self.0.permission.clone().say(headers);
        response
    }
}
