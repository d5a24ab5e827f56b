//! What every request passes on its way in and out: name, limits, proxy, permission, count, log.
//!
//! One service around the application instead of a middleware for each, because a tile from memory takes a
//! few microseconds and every layer costs it an allocation. A plain tile is answered here: the router with its
//! patterns is only for what needs it. What is done stands in rooms of its own; the order stands here.

use std::cell::RefCell;
use std::future::{Ready, ready};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Instant;

use actix_http::{Request, RequestHead, Response};
use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{AppConfig, Service, ServiceFactory, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::{Error, HttpResponse, ResponseError, web};
use futures_util::future::{Either, LocalBoxFuture};
use futures_util::poll;
use tracing::{Instrument, Span};

use super::cors::{self, Permission};
use super::lag::{Held, Lag};
use super::limits::{self, Gate, Permit, Shut};
use super::rate::Rate;
use super::{proxy, request_id, tiles};
use crate::config::server::ServerConfig;
use crate::error::{ApiError, Chain};
use crate::metrics::{Encoding, Known, Metrics, NO_ROUTE, Refused};
use crate::state::AppState;
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

    /// Whether the request may be worked on as far as itself, its client and the worker go.
    fn check(&self, lag: Option<&Lag>, now: Instant, head: &RequestHead) -> Result<(), Refusal> {
        limits::check_head(&self.config.limits, head).map_err(|error| (Refused::Head, error))?;
        proxy::check_host(&self.config, head).map_err(|error| (Refused::Host, error))?;
        if let Some(rate) = &self.rate {
            let client = proxy::way(&self.config, peer(head), head.headers()).client;
            // Without a client there is only the proxy on our Unix socket, which limits for itself.
            let checked = client.map_or(Ok(()), |client| rate.check(client));
            checked.map_err(|retry| (Refused::Rate, ApiError::TooOften { retry }))?;
        }
        if lag.is_some_and(|lag| lag.is_late(now)) {
            return Err((Refused::Lag, ApiError::Busy));
        }
        Ok(())
    }
}

/// Why a request is not let in, for the count and for the client.
type Refusal = (Refused, ApiError);

/// The application with everything that requests pass before it; the outermost, so that nothing passes it by.
pub struct Passing<A> {
    front: web::Data<Front>,
    state: web::Data<AppState>,
    application: A,
}

impl<A> Passing<A> {
    /// What leads to an application.
    pub fn to(application: A, front: web::Data<Front>, state: web::Data<AppState>) -> Self {
        Self { front, state, application }
    }
}

/// The same of one worker.
pub struct Worker<S> {
    application: Rc<S>,
    desk: Rc<Desk>,
}

/// What a worker keeps for itself.
struct Desk {
    front: Arc<Front>,
    state: Arc<AppState>,
    lag: Option<Rc<Lag>>,
    known: RefCell<Known>,
}

impl<A, B> ServiceFactory<Request> for Passing<A>
where
    A: ServiceFactory<Request, Config = AppConfig, Response = ServiceResponse<B>, Error = Error, InitError = ()>,
    A::Service: 'static,
    A::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = Response<EitherBody<B>>;
    type Error = Error;
    type Config = AppConfig;
    type Service = Worker<A::Service>;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Self::Service, ()>>;

    fn new_service(&self, config: AppConfig) -> Self::Future {
        let (front, state) = (Arc::clone(&self.front), Arc::clone(&self.state));
        let application = self.application.new_service(config);
        Box::pin(async move {
            let lag = Lag::watch(front.config.limits.lag);
            let desk = Rc::new(Desk { front, state, lag, known: RefCell::default() });
            Ok(Worker { application: Rc::new(application.await?), desk })
        })
    }
}

/// What is known of a request before it is let in.
struct Visit {
    began: Instant,
    id: HeaderValue,
    permission: Permission,
    span: Span,
}

impl Visit {
    fn of(front: &Front, head: &RequestHead) -> Self {
        let id = request_id::of(head.headers());
        // Who does not ask for spans does not pay for them: nothing of it is made below this level.
        let span = tracing::debug_span!(
            "request",
            method = %head.method,
            path = head.uri.path(),
            id = id.to_str().unwrap_or_default(),
            status = tracing::field::Empty,
            route = tracing::field::Empty
        );
        if !span.is_disabled() {
            telemetry::follow(&span, head.headers());
        }
        let permission = cors::permission(&front.config.cors_origins, head.headers());
        Self { began: Instant::now(), id, permission, span }
    }
}

/// What becomes of a request at once.
enum Received {
    /// It is answered, on this route.
    Answered(Answered),
    /// It is refused, and told so when its turn comes.
    Refused(Held, Response<BoxBody>),
    /// It is for the application.
    Admitted(Admission),
}

/// A route, and what is answered on it.
type Answered = (&'static str, Response<BoxBody>);

/// When a request is for the application.
enum Admission {
    /// As soon as there is room.
    Waiting,
    /// Now.
    Permitted(Permit),
    /// Now, whatever there is to do.
    Watching,
}

impl<S, B> Service<Request> for Worker<S>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = Response<EitherBody<B>>;
    type Error = Error;
    type Future = Either<Ready<Result<Self::Response, Error>>, LocalBoxFuture<'static, Result<Self::Response, Error>>>;

    actix_web::dev::forward_ready!(application);

    fn call(&self, mut request: Request) -> Self::Future {
        let desk = &self.desk;
        let visit = Visit::of(&desk.front, request.head());
        let received = visit.span.in_scope(|| desk.receive(&visit, &mut request));
        let admission = match received {
            Received::Answered((route, response)) => {
                let response = desk.leave(visit, request.head(), route, response);
                return Either::Left(ready(Ok(response.map_body(|_, body| EitherBody::right(body)))));
            }
            Received::Refused(held, response) => {
                let desk = Rc::clone(desk);
                return Either::Right(Box::pin(async move {
                    held.turn().await;
                    let response = desk.leave(visit, request.head(), NO_ROUTE, response);
                    Ok(response.map_body(|_, body| EitherBody::right(body)))
                }));
            }
            Received::Admitted(admission) => admission,
        };
        let span = visit.span.clone();
        let answer = Rc::clone(desk).answer(Rc::clone(&self.application), visit, admission, request);
        Either::Right(if span.is_disabled() { Box::pin(answer) } else { Box::pin(answer.instrument(span)) })
    }
}

impl Desk {
    /// Lets a request in or refuses it, and answers what can be answered at once.
    fn receive(&self, visit: &Visit, request: &mut Request) -> Received {
        let front = &self.front;
        if let Some(location) = proxy::strip_base(&front.config, request.head_mut()) {
            let mut response = HttpResponse::PermanentRedirect();
            let response = response.insert_header((header::LOCATION, location)).finish();
            return Received::Answered((NO_ROUTE, response.into()));
        }
        let head = request.head();
        if WATCHING.contains(&head.uri.path()) {
            return Received::Admitted(Admission::Watching);
        }
        if let Err(refusal) = front.check(self.lag.as_deref(), visit.began, head) {
            let held = if matches!(refusal.0, Refused::Lag) { self.lag.as_ref().and_then(Lag::hold) } else { None };
            let response = self.refused(refusal).into();
            return match held {
                Some(held) => Received::Refused(held, response),
                None => Received::Answered((NO_ROUTE, response)),
            };
        }
        let Some(permit) = front.gate.enter_at_once() else { return Received::Admitted(Admission::Waiting) };
        match self.at_once(head) {
            Some(answered) => Received::Answered(answered),
            None => Received::Admitted(Admission::Permitted(permit)),
        }
    }

    /// The answer to what needs no more than a look.
    fn at_once(&self, head: &RequestHead) -> Option<Answered> {
        if cors::is_preflight(head) {
            return Some((NO_ROUTE, cors::preflight(head).into()));
        }
        let tile = tiles::at_once(head, &self.state)?;
        Some((tiles::ROUTE, tile.into()))
    }

    /// Has the application answer, once there is room.
    async fn answer<S, B>(
        self: Rc<Self>,
        application: Rc<S>,
        visit: Visit,
        admission: Admission,
        request: Request,
    ) -> Result<Response<EitherBody<B>>, Error>
    where
        S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody + 'static,
    {
        let permit = match admission {
            Admission::Watching => Ok(None),
            Admission::Permitted(permit) => Ok(Some(permit)),
            Admission::Waiting => match self.front.gate.enter().await {
                Ok(permit) => self.at_once(request.head()).map_or(Ok(Some(permit)), Err),
                Err(shut) => {
                    let reason = if shut == Shut::Full { Refused::Queue } else { Refused::QueueWait };
                    Err((NO_ROUTE, self.refused((reason, ApiError::Busy)).into()))
                }
            },
        };
        let permit = match permit {
            Ok(permit) => permit,
            Err((route, response)) => {
                let response = self.leave(visit, request.head(), route, response);
                return Ok(response.map_body(|_, body| EitherBody::right(body)));
            }
        };
        let mut answering = pin!(application.call(request));
        // Most answers are there at once: for those no clock has to be wound up.
        let answered = match poll!(answering.as_mut()) {
            Poll::Ready(answered) => answered,
            Poll::Pending if permit.is_none() => answering.await,
            Poll::Pending => match tokio::time::timeout(self.front.config.timeouts.request, answering).await {
                Ok(answered) => answered,
                // The request went away with its answer, so this one is made without it.
                Err(_) => return Ok(self.timed_out(visit).map_body(|_, body| EitherBody::right(body))),
            },
        };
        let (request, response) = answered?.into_parts();
        if response.status().is_server_error() {
            log_failure(&visit.id, request.path(), &response);
        }
        let route = request.match_pattern();
        let response = self.leave(visit, request.head(), route.as_deref().unwrap_or(NO_ROUTE), response.into());
        Ok(response.map_body(|_, body| EitherBody::left(body)))
    }

    /// Counts and answers a request that is not let in.
    fn refused(&self, (reason, error): Refusal) -> HttpResponse {
        self.front.metrics.refuse(reason);
        error.error_response()
    }

    /// Counts and logs an answer, and completes its headers.
    fn leave<B: MessageBody>(
        &self,
        visit: Visit,
        head: &RequestHead,
        route: &str,
        response: Response<B>,
    ) -> Response<B> {
        let time = visit.began.elapsed();
        let encoding = response.headers().get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes);
        let (status, encoding) = (response.status(), Encoding::of(encoding));
        self.known.borrow_mut().observe(&self.front.metrics, route, status.as_u16(), encoding, time);
        if !visit.span.is_disabled() {
            // As a signed number it stays one in OpenTelemetry, which has no others.
            visit.span.record("status", i64::from(status.as_u16())).record("route", route);
        }
        if self.front.config.log.access || tracing::enabled!(tracing::Level::DEBUG) {
            self.log(&visit, head, time.as_secs_f64() * 1000.0, &response);
        }
        self.complete(visit, response)
    }

    /// The headers that every answer has.
    fn complete<B>(&self, visit: Visit, mut response: Response<B>) -> Response<B> {
        let headers = response.headers_mut();
        headers.insert(request_id::X_REQUEST_ID, visit.id);
        visit.permission.say(headers);
        if self.front.is_draining() {
            // Kept connections end with what they are at.
            response.head_mut().set_connection_type(actix_http::ConnectionType::Close);
        }
        response
    }

    /// A line of the access log.
    fn log<B: MessageBody>(&self, visit: &Visit, head: &RequestHead, ms: f64, response: &Response<B>) {
        let client = proxy::way(&self.front.config, peer(head), head.headers()).client;
        let client = client.map_or_else(|| "unix".to_owned(), |client| client.to_string());
        let bytes = match response.body().size() {
            BodySize::Sized(bytes) => Some(bytes),
            BodySize::None | BodySize::Stream => None,
        };
        // No query: gateways put tokens there.
        let (method, path, status) = (head.method.as_str(), head.uri.path(), response.status().as_u16());
        let id = visit.id.to_str().unwrap_or_default();
        if self.front.config.log.access {
            tracing::info!(target: "access", method, path, status, ms, bytes, client, id, "answered");
        } else {
            tracing::debug!(target: "access", method, path, status, ms, bytes, client, id, "answered");
        }
    }

    /// Counts and answers a request whose answer did not come in time.
    fn timed_out(&self, visit: Visit) -> Response<BoxBody> {
        let response = self.refused((Refused::Timeout, ApiError::TimedOut));
        let (status, time) = (response.status().as_u16(), visit.began.elapsed());
        self.known.borrow_mut().observe(&self.front.metrics, NO_ROUTE, status, Encoding::of(None), time);
        let id = visit.id.to_str().unwrap_or_default();
        tracing::warn!(id, ms = time.as_secs_f64() * 1000.0, "request took too long");
        self.complete(visit, response.into())
    }
}

/// Who is at the other end of the connection.
fn peer(head: &RequestHead) -> Option<std::net::IpAddr> {
    head.peer_addr.map(|peer| peer.ip())
}

/// What went wrong inside, for the log alone.
fn log_failure<B>(id: &HeaderValue, path: &str, response: &HttpResponse<B>) {
    let Some(error) = response.error() else { return };
    let Some(ApiError::Internal(cause)) = error.as_error::<ApiError>() else { return };
    let id = id.to_str().unwrap_or_default();
    tracing::error!(id, path, cause = %Chain(cause.as_ref()), "request failed");
}
