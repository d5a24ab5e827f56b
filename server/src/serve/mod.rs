//! The running server: where it listens, how it speaks to sockets, how it ends.

mod application;
mod drain;
mod listener;
mod patience;
mod tls;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;

use actix_server::Server;
use actix_web::web::Data;

pub use listener::check;
pub use tls::{Certificates, TlsError};

use application::Application;

use crate::config::server::ListenAt;
use crate::glyphs_ahead;
use crate::http::Front;
use crate::state::AppState;

/// What the library takes.
const MOST_WORKERS: usize = 512;

/// Why a server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// What should be an address is none.
    #[error("`{address}` is no ADDRESS:PORT to listen at, such as 127.0.0.1:3000")]
    Address {
        /// What was given.
        address: String,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The address cannot be listened at.
    #[error("cannot listen at {address}; `--listen 127.0.0.1:0` takes a free port")]
    Listen {
        /// The address.
        address: String,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The Unix socket cannot be listened at.
    #[error("cannot listen at the socket {}", path.display())]
    Socket {
        /// The socket.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// Certificate or key will not do.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The server stopped by itself.
    #[error("the server stopped")]
    Served {
        /// What the system says.
        #[source]
        cause: io::Error,
    },
}

/// Answers requests until a signal ends it.
///
/// # Errors
/// [`ServeError`] where it cannot begin, or stops by itself.
pub async fn run(front: Data<Front>, state: Data<AppState>) -> Result<(), ServeError> {
    let config = &front.config;
    let certificates = Certificates::of(&config.tls)?.map(Arc::new);
    let workers = match config.workers {
        0 => available_parallelism().map_or(1, usize::from),
        workers => workers,
    };
    let mut server = Server::build()
        .disable_signals()
        .workers(workers.min(MOST_WORKERS))
        .max_concurrent_connections(config.limits.connections.div_ceil(workers))
        .shutdown_timeout(config.drain.time.as_secs_f64().ceil() as u64);
    let ending = state.clone();
    let ahead = state.clone();
    let application = Application { front: front.clone(), state, ending: server.graceful_shutdown_signal() };
    let mut sockets = Vec::new();
    for at in &config.listen {
        match at {
            #[cfg(not(unix))]
            ListenAt::Unix(path) => {
                let cause = io::ErrorKind::Unsupported.into();
                return Err(ServeError::Socket { path: path.clone(), cause });
            }
            #[cfg(unix)]
            ListenAt::Unix(path) => {
                let listener = listener::unix(path, config.socket_mode)?;
                sockets.push(listener::Socket::new(path));
                let application = application.clone();
                let name = path.display().to_string();
                server = server
                    .listen_uds(name, listener, move || application.on_unix())
                    .map_err(|cause| ServeError::Socket { path: path.clone(), cause })?;
                tracing::info!(socket = %path.display(), "listening");
            }
            ListenAt::Tcp(address) => {
                let failed = |cause| ServeError::Listen { address: address.clone(), cause };
                for listener in listener::tcp(address)? {
                    let bound = listener.local_addr().map_err(failed)?;
                    let application = application.clone();
                    server = match &certificates {
                        Some(certificates) => {
                            let tls = certificates.server()?;
                            let encrypted = move || application.on_tls(tls.clone());
                            server.listen(bound.to_string(), listener, encrypted).map_err(failed)?
                        }
                        None => {
                            server.listen(bound.to_string(), listener, move || application.on_tcp()).map_err(failed)?
                        }
                    };
                    let scheme = if certificates.is_some() { "https" } else { "http" };
                    tracing::info!(address = format!("{scheme}://{bound}"), "listening");
                }
            }
        }
    }
    let running = server.run();
    actix_web::rt::spawn(glyphs_ahead::prepare(ahead));
    actix_web::rt::spawn(drain::on_signal(front.clone(), ending, running.handle()));
    if let Some(certificates) = certificates {
        actix_web::rt::spawn(tls::renew(certificates));
    }
    running.await.map_err(|cause| ServeError::Served { cause })
}
