//! Encryption: certificates, their renewal, and which protocol is spoken.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tests::{SHORT, Server, Tuban, within};

use crate::city::{demo, folder};

/// A certificate for `localhost` in two files.
fn write_certificate(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate can be made");
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).expect("a file can be written");
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).expect("a file can be written");
    made.cert.der().clone()
}

fn serve(folder: &Path) -> Server {
    let file = |name: &str| folder.join(name).display().to_string();
    let flags = ["--tls-certificate", &file("cert.pem"), "--tls-key", &file("key.pem")];
    Tuban::at(&demo().folder).args(["serve", "."]).args(flags).serve()
}

/// A connection that trusts nobody but `trusted` and would speak these protocols.
fn connect(
    server: &Server,
    trusted: &CertificateDer<'static>,
    protocols: &[&str],
) -> std::io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut client = client.expect("protocols that are known").with_root_certificates(roots).with_no_client_auth();
    client.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(Arc::new(client), name).expect("a client can be made");
    let socket = TcpStream::connect(&server.address)?;
    socket.set_read_timeout(Some(SHORT))?;
    let mut stream = StreamOwned::new(connection, socket);
    stream.conn.complete_io(&mut stream.sock)?;
    Ok(stream)
}

/// What is answered to one request.
fn get(stream: &mut StreamOwned<ClientConnection, TcpStream>, path: &str) -> String {
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").expect("it takes a request");
    let mut answer = Vec::new();
    // The other side may end the connection without a farewell.
    if let Err(error) = stream.read_to_end(&mut answer) {
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof, "{error}");
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn urls_in_encrypted_answers_are_https() {
    let folder = folder("tls-urls");
    let certificate = write_certificate(&folder);
    let server = serve(&folder);
    let mut stream = connect(&server, &certificate, &[]).expect("a handshake");
    let answer = get(&mut stream, "/findings");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("\"https://localhost/findings/{z}"), "{answer}");
    server.stop();
}

#[test]
fn http_2_is_spoken_with_who_speaks_it() {
    let folder = folder("tls-http2");
    let certificate = write_certificate(&folder);
    let server = serve(&folder);
    let spoken = |protocols: &[&str]| {
        let stream = connect(&server, &certificate, protocols).expect("a handshake");
        stream.conn.alpn_protocol().map(|protocol| String::from_utf8_lossy(protocol).into_owned())
    };
    assert_eq!(spoken(&["h2", "http/1.1"]).as_deref(), Some("h2"));
    assert_eq!(spoken(&["http/1.1"]).as_deref(), Some("http/1.1"));

    let mut stream = connect(&server, &certificate, &["h2"]).expect("a handshake");
    // RFC 9113 §3.4: the preface and empty settings; the server begins with settings of its own.
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00").expect("it takes them");
    let mut head = [0; 9];
    stream.read_exact(&mut head).expect("a frame");
    assert_eq!(head[3], 4, "the first frame has the settings");
    drop(stream);
    server.stop();
}

#[test]
fn a_renewed_certificate_is_shown_and_a_broken_one_is_not() {
    let folder = folder("tls-renewal");
    let first = write_certificate(&folder);
    let server = serve(&folder);
    let mut kept = connect(&server, &first, &[]).expect("a handshake");

    let second = write_certificate(&folder);
    server.signal("HUP");
    let renewed = within(SHORT, || connect(&server, &second, &[]).ok());
    let mut renewed = renewed.expect("new connections get the new certificate");
    assert!(connect(&server, &first, &[]).is_err(), "the old one is gone");
    assert!(get(&mut renewed, "/health").starts_with("HTTP/1.1 200"));
    assert!(get(&mut kept, "/health").starts_with("HTTP/1.1 200"), "connections keep what they began with");

    std::fs::write(folder.join("cert.pem"), "no certificate").expect("a file can be written");
    server.signal("HUP");
    server.wait_for("the certificate stays what it was");
    assert!(connect(&server, &second, &[]).is_ok());
    server.stop_after(&["the certificate stays what it was"]);
}

#[test]
fn files_that_will_not_do_are_named() {
    let folder = folder("tls-files");
    write_certificate(&folder);
    let other = folder.join("other");
    std::fs::create_dir(&other).expect("a folder");
    write_certificate(&other);
    std::fs::write(folder.join("empty.pem"), "").expect("a file can be written");
    let refused = |certificate: &str, key: &str, words: &[&str]| {
        let file = |name: &str| folder.join(name).display().to_string();
        let flags = ["--tls-certificate", &file(certificate), "--tls-key", &file(key), "--listen", "127.0.0.1:0"];
        Tuban::at(&demo().folder).args(["serve", "."]).args(flags).run().refused(2, words);
    };
    refused("nothing.pem", "key.pem", &["nothing.pem"]);
    refused("empty.pem", "key.pem", &["empty.pem", "no certificate"]);
    refused("cert.pem", "cert.pem", &["cert.pem", "private key"]);
    refused("cert.pem", "other/key.pem", &["other/key.pem", "does not go with"]);
}
