//! What is done once for each connection.

use std::any::Any;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use prometheus::IntGauge;

use crate::http::Front;

/// An open connection, counted until it is dropped.
struct Open(IntGauge);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counts a connection and limits how long its client may take nothing of an answer.
pub(super) fn on_connect(front: &Front) -> impl Fn(&dyn Any, &mut Extensions) + Send + Sync + use<> {
    let (open, accepted) = (front.metrics.connections.clone(), front.metrics.accepted.clone());
    let timeout = front.config.timeouts.write;
    move |connection, extensions| {
        accepted.inc();
        open.inc();
        extensions.insert(Open(open.clone()));
        let tcp = connection.downcast_ref::<TcpStream>();
        let tcp = tcp.or_else(|| connection.downcast_ref::<TlsStream<TcpStream>>().map(|tls| tls.get_ref().0));
        if let Some(tcp) = tcp.filter(|_| !timeout.is_zero()) {
            limit_writing(tcp, timeout);
        }
    }
}

/// Has the kernel cut the connection where sent bytes are not acknowledged, or cannot be sent because the
/// client's window is shut, for that long (RFC 5482; tcp(7), `TCP_USER_TIMEOUT`). The HTTP library waits
/// for such a client for ever.
#[cfg(target_os = "linux")]
fn limit_writing(tcp: &TcpStream, timeout: std::time::Duration) {
    if let Err(error) = socket2::SockRef::from(tcp).set_tcp_user_timeout(Some(timeout)) {
        tracing::debug!(%error, "a slow client of this connection is not cut off");
    }
}

/// Other systems have no such limit.
#[cfg(not(target_os = "linux"))]
fn limit_writing(_tcp: &TcpStream, _timeout: std::time::Duration) {}
