//! The application behind a listener: bytes of a connection in, answers out.
//!
//! This is what the HTTP library's own server does, with one room more: every connection is
//! [`Patient`], which the library's connections are not.

use std::net::SocketAddr;

use actix_http::{HttpService, KeepAlive, Protocol};
use actix_server::GracefulShutdownSignal;
use actix_service::{ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_tls::accept::rustls_0_23::{Acceptor, TlsStream};
use actix_web::dev::AppConfig;
use actix_web::rt::net::TcpStream;
#[cfg(unix)]
use actix_web::rt::net::UnixStream;
use actix_web::web::Data;
use tokio::io::{AsyncRead, AsyncWrite};

use super::patience::Patient;
use super::tls::HTTP_2;
use crate::http::{self, Front};
use crate::state::AppState;

/// What every listener needs.
#[derive(Clone)]
pub(super) struct Application {
    pub(super) front: Data<Front>,
    pub(super) state: Data<AppState>,
    pub(super) ending: GracefulShutdownSignal,
}

/// A connection with what is spoken on it and who speaks.
type Spoken<T> = (Patient<T>, Protocol, Option<SocketAddr>);

impl Application {
    /// Answers on TCP.
    pub(super) fn on_tcp(
        &self,
    ) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = (), InitError = ()> + use<> {
        let front = self.front.clone();
        let accept = move |stream: TcpStream| {
            let peer = prepared(&stream);
            let accepted = (Patient::new(stream, Protocol::Http1, &front), Protocol::Http1, peer);
            async move { Ok::<_, ()>(accepted) }
        };
        fn_service(accept).and_then(self.spoken())
    }

    /// Answers on encrypted TCP.
    pub(super) fn on_tls(
        &self,
        tls: rustls::ServerConfig,
    ) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = (), InitError = ()> + use<> {
        let mut acceptor = Acceptor::new(tls);
        acceptor.set_handshake_timeout(self.front.config.timeouts.head);
        let front = self.front.clone();
        let accept = move |stream: TlsStream<TcpStream>| {
            let (tcp, session) = stream.get_ref();
            let peer = prepared(tcp);
            let protocol = if session.alpn_protocol() == Some(HTTP_2) { Protocol::Http2 } else { Protocol::Http1 };
            let accepted = (Patient::new(stream, protocol, &front), protocol, peer);
            async move { Ok::<_, ()>(accepted) }
        };
        // Who does not get through a handshake is told so by the library.
        acceptor.map_init_err(|_| ()).map_err(|_| ()).and_then(accept).and_then(self.spoken())
    }

    /// Answers on a Unix socket.
    #[cfg(unix)]
    pub(super) fn on_unix(
        &self,
    ) -> impl ServiceFactory<UnixStream, Config = (), Response = (), Error = (), InitError = ()> + use<> {
        let front = self.front.clone();
        let accept = move |stream: UnixStream| {
            let accepted = (Patient::new(stream, Protocol::Http1, &front), Protocol::Http1, None);
            async move { Ok::<_, ()>(accepted) }
        };
        fn_service(accept).and_then(self.spoken())
    }

    /// Speaks HTTP on a connection.
    fn spoken<T>(
        &self,
    ) -> impl ServiceFactory<Spoken<T>, Config = (), Response = (), Error = (), InitError = ()> + use<T>
    where
        T: AsyncRead + AsyncWrite + Unpin + 'static,
    {
        let timeouts = &self.front.config.timeouts;
        let keep_alive = if timeouts.keep_alive.is_zero() { KeepAlive::Disabled } else { timeouts.keep_alive.into() };
        let ending = self.ending.clone();
        let application = http::app_behind(self.front.clone(), self.state.clone());
        let application = application.map_err(|error: actix_web::Error| error.error_response());
        HttpService::build()
            .graceful_shutdown_signal(move || {
                let ending = ending.clone();
                async move { ending.notified().await }
            })
            .keep_alive(keep_alive)
            .client_request_timeout(timeouts.head)
            .client_disconnect_timeout(timeouts.disconnect)
            .finish(map_config(application, |()| AppConfig::default()))
            // What goes wrong on one connection is no concern of the server's.
            .map_err(|_| ())
    }
}

/// Sets a socket up, and tells who is at its other end.
fn prepared(stream: &TcpStream) -> Option<SocketAddr> {
    // Answers are written whole, so there is nothing to wait for that would fill a packet.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "packets of this connection may wait");
    }
    stream.peer_addr().ok()
}
