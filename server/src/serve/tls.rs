//! Encryption: certificate and key from PEM files, read again when they change.
//!
//! Certificates last weeks, servers months. Connections keep the certificate that they began with; new ones
//! get the new one. Files that cannot be used leave the certificate before them in place.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::config::server;

/// The name of HTTP/2 in a handshake (RFC 9113 §3.2).
pub(super) const HTTP_2: &[u8] = b"h2";

/// How often files are looked at.
const PAUSE: Duration = Duration::from_secs(10);

/// Why certificate and key will not do.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or is no PEM of its kind.
    #[error("cannot read {what} from {}", file.display())]
    Pem {
        /// `certificates` or `a private key`.
        what: &'static str,
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        #[source]
        cause: pem::Error,
    },
    /// The file has no certificate.
    #[error("{} has no certificate", file.display())]
    NoCertificate {
        /// The file.
        file: PathBuf,
    },
    /// The key is of no known kind, or is not the certificate's.
    #[error("the key {} does not go with the certificate {}", key.display(), certificate.display())]
    Key {
        /// The certificate.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
        /// What is wrong.
        #[source]
        cause: rustls::Error,
    },
    /// The library refuses its own settings.
    #[error("encryption cannot be set up")]
    SetUp {
        /// What is wrong.
        #[source]
        cause: rustls::Error,
    },
}

/// A certificate with its key, and the files they come from.
#[derive(Debug)]
pub struct Certificates {
    certificate: PathBuf,
    key: PathBuf,
    provider: Arc<CryptoProvider>,
    current: Arc<Current>,
    seen: RwLock<Seen>,
}

/// What the files looked like when they were read last.
type Seen = [Option<(SystemTime, u64)>; 2];

/// The certificate of new connections.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Certificates {
    /// The certificate of a configuration; `None` where it has none.
    ///
    /// # Errors
    /// [`TlsError`] names the file that will not do.
    pub fn of(tls: &server::Tls) -> Result<Option<Self>, TlsError> {
        let (Some(certificate), Some(key)) = (tls.certificate.clone(), tls.key.clone()) else { return Ok(None) };
        let provider = Arc::new(ring::default_provider());
        let seen = RwLock::new(seen(&[&certificate, &key]));
        let current = read(&certificate, &key, &provider)?;
        let current = Arc::new(Current(RwLock::new(Arc::new(current))));
        Ok(Some(Self { certificate, key, provider, current, seen }))
    }

    /// The settings of a server that always shows the current certificate.
    ///
    /// # Errors
    /// [`TlsError::SetUp`], which no file is to blame for.
    pub fn server(&self) -> Result<rustls::ServerConfig, TlsError> {
        let builder = rustls::ServerConfig::builder_with_provider(Arc::clone(&self.provider));
        let builder = builder.with_safe_default_protocol_versions().map_err(|cause| TlsError::SetUp { cause })?;
        let mut server = builder.with_no_client_auth().with_cert_resolver(Arc::clone(&self.current) as _);
        server.alpn_protocols = vec![HTTP_2.to_vec(), b"http/1.1".to_vec()];
        Ok(server)
    }

    /// Reads both files again.
    ///
    /// # Errors
    /// [`TlsError`]; the certificate stays what it was.
    pub fn reload(&self) -> Result<(), TlsError> {
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = seen(&[&self.certificate, &self.key]);
        let new = read(&self.certificate, &self.key, &self.provider)?;
        *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
        Ok(())
    }

    /// Whether a file looks different from when it was read last.
    pub fn changed(&self) -> bool {
        *self.seen.read().unwrap_or_else(PoisonError::into_inner) != seen(&[&self.certificate, &self.key])
    }
}

fn seen(files: &[&PathBuf; 2]) -> Seen {
    files.map(|file| {
        let there = std::fs::metadata(file).ok()?;
        Some((there.modified().ok()?, there.len()))
    })
}

fn read(certificate: &PathBuf, key: &PathBuf, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let not_certificates = |cause| TlsError::Pem { what: "certificates", file: certificate.clone(), cause };
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(not_certificates)?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate { file: certificate.clone() });
    }
    let private = PrivateKeyDer::from_pem_file(key);
    let private = private.map_err(|cause| TlsError::Pem { what: "a private key", file: key.clone(), cause })?;
    let fits = provider.key_provider.load_private_key(private).and_then(|private| {
        let pair = CertifiedKey::new(chain, private);
        pair.keys_match().map(|()| pair)
    });
    fits.map_err(|cause| TlsError::Key { certificate: certificate.clone(), key: key.clone(), cause })
}

/// Reads the files again when they change, and on SIGHUP.
pub(super) async fn renew(certificates: Arc<Certificates>) {
    loop {
        let asked = tokio::select! {
            () = asked() => true,
            () = tokio::time::sleep(PAUSE) => false,
        };
        let certificates = Arc::clone(&certificates);
        let reload = move || (asked || certificates.changed()).then(|| certificates.reload());
        match actix_web::web::block(reload).await {
            Ok(Some(Ok(()))) => tracing::info!("new connections get the new certificate"),
            Ok(Some(Err(error))) => {
                tracing::warn!(error = %crate::error::Chain(&error), "the certificate stays what it was");
            }
            Ok(None) | Err(_) => {}
        }
    }
}

/// Waits for SIGHUP.
#[cfg(unix)]
async fn asked() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::hangup()) {
        Ok(mut hangup) => {
            hangup.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

/// There is no such signal.
#[cfg(not(unix))]
async fn asked() {
    std::future::pending().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn write(folder: &Path) -> Vec<u8> {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate can be made");
        std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).expect("a file can be written");
        std::fs::write(folder.join("cert.pem"), made.cert.pem()).expect("a file can be written");
        made.cert.der().to_vec()
    }

    fn shown(certificates: &Certificates) -> Vec<u8> {
        let current = certificates.current.0.read().expect("nobody panics");
        current.cert.first().map(|certificate| certificate.to_vec()).unwrap_or_default()
    }

    #[test]
    fn files_that_change_are_noticed_and_read_once() -> Result<(), TlsError> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let first = write(folder.path());
        let file = |name: &str| Some(folder.path().join(name));
        let tls = server::Tls { certificate: file("cert.pem"), key: file("key.pem") };
        let certificates = Certificates::of(&tls)?.expect("two files are named");
        assert!(!certificates.changed());
        assert_eq!(shown(&certificates), first);

        let second = write(folder.path());
        // Another size, should both have been written within one tick of the file system's clock.
        std::fs::OpenOptions::new()
            .append(true)
            .open(folder.path().join("cert.pem"))
            .and_then(|mut file| std::io::Write::write_all(&mut file, b"\n"))
            .expect("a file can be written");
        assert!(certificates.changed());
        certificates.reload()?;
        assert!(!certificates.changed());
        assert_eq!(shown(&certificates), second);

        std::fs::write(folder.path().join("cert.pem"), "").expect("a file can be written");
        assert!(certificates.changed());
        assert!(matches!(certificates.reload(), Err(TlsError::NoCertificate { .. })));
        assert_eq!(shown(&certificates), second, "it stays what it was");
        assert!(!certificates.changed(), "and is not tried again until the file changes");
        Ok(())
    }
}
