//! Where to listen.

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
#[cfg(unix)]
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use socket2::{Domain, Protocol, Socket as Socket2, Type};

use super::ServeError;
use crate::config::server::{ListenAt, Mode, ServerConfig};

/// Tries all addresses: one that is taken is better found before a long build than after it.
///
/// # Errors
/// [`ServeError`] for the first that cannot be listened at.
pub fn check(config: &ServerConfig) -> Result<(), ServeError> {
    for at in &config.listen {
        match at {
            ListenAt::Tcp(address) => {
                tcp(address)?;
            }
            #[cfg(not(unix))]
            ListenAt::Unix(_) => {}
            #[cfg(unix)]
            ListenAt::Unix(path) => {
                unix(path, config.socket_mode)?;
                drop(Socket::new(path));
            }
        }
    }
    Ok(())
}

/// Listens at every address that a name stands for and that can be had; at least at one.
pub(super) fn tcp(address: &str) -> Result<Vec<TcpListener>, ServeError> {
    let addresses = address.to_socket_addrs().map_err(|cause| refused(address, cause))?;
    let mut failed = io::ErrorKind::AddrNotAvailable.into();
    let mut listeners = Vec::new();
    for socket in addresses {
        match listen(socket) {
            Ok(listener) => listeners.push(listener),
            Err(cause) => failed = cause,
        }
    }
    if listeners.is_empty() { Err(refused(address, failed)) } else { Ok(listeners) }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    /// Connections that the kernel keeps until they are accepted; it lowers this to what it allows.
    const BACKLOG: i32 = 2048;
    let socket = Socket2::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A server that is started again does not wait for the connections of the one before it. Elsewhere the
    // same word would let another program take the address.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Why an address cannot be listened at: it is none, or it is not free.
fn refused(address: &str, cause: io::Error) -> ServeError {
    let address = address.to_owned();
    match cause.kind() {
        io::ErrorKind::InvalidInput => ServeError::Address { address, cause },
        _ => ServeError::Listen { address, cause },
    }
}

/// A socket at `path` that whom `mode` allows may use. One that nobody listens at any more is replaced.
#[cfg(unix)]
pub(super) fn unix(path: &Path, mode: Mode) -> Result<UnixListener, ServeError> {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};
    let failed = |cause| ServeError::Socket { path: path.to_owned(), cause };
    let there = std::fs::symlink_metadata(path);
    if let Ok(there) = there {
        if !there.file_type().is_socket() {
            return Err(failed(io::Error::new(io::ErrorKind::AlreadyExists, "there is a file, and it is no socket")));
        }
        if UnixStream::connect(path).is_ok() {
            return Err(failed(io::Error::new(io::ErrorKind::AddrInUse, "another process listens at it")));
        }
        std::fs::remove_file(path).map_err(failed)?;
    }
    // Nobody else may connect between the two steps: the socket appears under another name, in its folder
    // so that the last step is a rename.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let made = || {
        let listener = UnixListener::bind(&draft)?;
        std::fs::set_permissions(&draft, std::fs::Permissions::from_mode(mode.0))?;
        std::fs::rename(&draft, path)?;
        Ok(listener)
    };
    made().map_err(|cause| {
        // What is left of a failure is of no use to anybody.
        let _ = std::fs::remove_file(&draft);
        failed(cause)
    })
}

/// A socket's name, which goes when the server ends.
#[derive(Debug)]
pub(super) struct Socket(PathBuf);

impl Socket {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::debug!(%error, socket = %self.0.display(), "cannot remove the socket");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> ServerConfig {
        ServerConfig { listen: vec![ListenAt::Tcp(address.to_owned())], ..ServerConfig::default() }
    }

    #[test]
    fn what_is_no_address_is_told_from_one_that_is_taken() {
        for nonsense in ["abc", "3000", "127.0.0.1:99999", ""] {
            assert!(matches!(check(&at(nonsense)), Err(ServeError::Address { .. })), "{nonsense}");
        }
        let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = taken.local_addr().expect("a listener has an address").to_string();
        assert!(matches!(check(&at(&address)), Err(ServeError::Listen { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_socket_that_nobody_listens_at_is_replaced_and_others_are_not() -> Result<(), ServeError> {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("tuban.sock");
        let stale = unix(&path, Mode(0o660))?;
        drop(stale);
        assert!(path.exists(), "a socket outlives who listened at it");
        let listening = unix(&path, Mode(0o600))?;
        let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let refusal = unix(&path, Mode(0o660)).expect_err("it is in use");
        assert!(matches!(&refusal, ServeError::Socket { cause, .. } if cause.kind() == io::ErrorKind::AddrInUse));
        drop(listening);
        let file = folder.path().join("notes.txt");
        std::fs::write(&file, "precious").expect("a file can be written");
        assert!(unix(&file, Mode(0o660)).is_err());
        assert_eq!(std::fs::read(&file).ok().as_deref(), Some(&b"precious"[..]));
        assert_eq!(std::fs::read_dir(folder.path()).expect("it can be listed").count(), 2, "no draft is left");
        Ok(())
    }
}
