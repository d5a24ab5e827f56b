//! The running server: where it listens, how it speaks to sockets, how it ends.

mod connection;
mod drain;
mod listener;
mod tls;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;

use actix_web::HttpServer;
use actix_web::http::KeepAlive;
use actix_web::web::Data;

pub use listener::check;
pub use tls::{Certificates, TlsError};

use crate::config::server::ListenAt;
use crate::http::{self, Front};
use crate::state::AppState;

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
    let timeouts = &config.timeouts;
    let keep_alive = if timeouts.keep_alive.is_zero() { KeepAlive::Disabled } else { timeouts.keep_alive.into() };
    let application = {
        let front = front.clone();
        move || http::app_behind(front.clone(), state.clone())
    };
    let mut server = HttpServer::new(application)
        .disable_signals()
        .workers(workers)
        .max_connections(config.limits.connections.div_ceil(workers))
        .keep_alive(keep_alive)
        .client_request_timeout(timeouts.head)
        .client_disconnect_timeout(timeouts.disconnect)
        .tls_handshake_timeout(timeouts.head)
        .on_connect(connection::on_connect(&front))
        .shutdown_timeout(config.drain.time.as_secs_f64().ceil() as u64);
    let mut sockets = Vec::new();
    for at in &config.listen {
        server = match at {
            #[cfg(not(unix))]
            ListenAt::Unix(path) => {
                let cause = io::ErrorKind::Unsupported.into();
                return Err(ServeError::Socket { path: path.clone(), cause });
            }
            #[cfg(unix)]
            ListenAt::Unix(path) => {
                let listener = listener::unix(path, config.socket_mode)?;
                tracing::info!(socket = %path.display(), "listening");
                sockets.push(listener::Socket::new(path));
                server.listen_uds(listener).map_err(|cause| ServeError::Socket { path: path.clone(), cause })?
            }
            ListenAt::Tcp(address) => {
                let before = server.addrs().len();
                let bound = match &certificates {
                    Some(certificates) => server.bind_rustls_0_23(address, certificates.server()?),
                    None => server.bind(address),
                };
                let server = bound.map_err(|cause| listener::refused(address, cause))?;
                let scheme = if certificates.is_some() { "https" } else { "http" };
                for address in &server.addrs()[before..] {
                    tracing::info!(address = format!("{scheme}://{address}"), "listening");
                }
                server
            }
        };
    }
    let running = server.run();
    actix_web::rt::spawn(drain::on_signal(front.clone(), running.handle()));
    if let Some(certificates) = certificates {
        actix_web::rt::spawn(tls::renew(certificates));
    }
    running.await.map_err(|cause| ServeError::Served { cause })
}
