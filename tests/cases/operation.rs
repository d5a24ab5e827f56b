//! The server in operation: how it ends, whom it cuts off, what it says to those who watch it.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::Duration;

use serde_json::Value;
use tests::{SHORT, Server, Tuban, http, within};

use crate::city::{City, demo, folder};

/// A server of the demo city with flags.
fn serve(city: &City, flags: &[&str]) -> Server {
    Tuban::at(&city.folder).args(["serve", "."]).args(flags).serve()
}

/// A connection on which many answers wait that nobody reads.
///
/// MapLibre's worker is large, and so many of them fit in no buffer on the way.
fn unread(server: &Server) -> TcpStream {
    let mut socket = TcpStream::connect(&server.address).expect("the server listens");
    socket.set_read_timeout(Some(SHORT)).expect("a timeout that can be");
    for _ in 0..SCRIPTS {
        write!(socket, "GET /maplibre-gl-worker.js HTTP/1.1\r\nhost: {}\r\n\r\n", server.address)
            .expect("it takes requests");
    }
    // The first bytes have come, so the first is being answered.
    let mut first = [0; 1];
    assert_eq!(socket.peek(&mut first).ok(), Some(1));
    socket
}

/// Twenty megabytes of answers.
const SCRIPTS: usize = 40;

/// The number of a metric.
fn metric(server: &Server, name: &str) -> Option<f64> {
    let text = server.get("/_/metrics").text();
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} ")).map(str::to_owned));
    line.and_then(|number| number.parse().ok())
}

/// The answers in `bytes`, each with its length from its head; `None` where the last is cut off.
fn answers(mut bytes: &[u8]) -> Option<usize> {
    let mut whole = 0;
    while !bytes.is_empty() {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        let head = std::str::from_utf8(&bytes[..end]).ok()?.to_ascii_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse::<usize>().ok()?;
        bytes = bytes.get(end + length..)?;
        whole += 1;
    }
    Some(whole)
}

#[test]
fn what_is_being_answered_at_the_end_is_answered_whole() {
    let mut server = serve(demo(), &["--drain-time", "10m"]);
    let mut socket = unread(&server);
    server.signal("TERM");
    server.wait_for("requests in flight are answered first");
    let deaf = within(SHORT, || TcpStream::connect(&server.address).is_err().then_some(()));
    assert!(deaf.is_some(), "it listens although it is about to end");
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).expect("the answers end with the connection");
    let whole = answers(&bytes);
    assert!(whole.is_some_and(|whole| (1..=SCRIPTS).contains(&whole)), "{whole:?} of {} bytes", bytes.len());
    assert_eq!(within(SHORT, || server.ended()), Some(0), "it has nothing more to do");
}

#[test]
fn a_server_that_ends_is_not_ready_and_still_answers_for_a_while() {
    let server = serve(demo(), &["--drain-delay", "10m"]);
    server.signal("TERM");
    let draining = within(SHORT, || Some(server.get("/ready")).filter(|ready| ready.status == 503));
    let draining = draining.expect("it is not ready any more");
    assert_eq!(draining.json()["status"], "draining");
    let catalog = server.get("/catalog");
    assert_eq!((catalog.status, catalog.header("connection")), (200, Some("close")));
    // A second signal is impatience.
    server.stop_after(&["stopping at once"]);
}

#[test]
fn who_never_ends_its_request_is_cut_off() {
    let server = serve(demo(), &["--timeouts-head", "1s"]);
    let mut socket = TcpStream::connect(&server.address).expect("the server listens");
    socket.set_read_timeout(Some(SHORT)).expect("a timeout that can be");
    socket.write_all(b"GET /catalog HTTP/1.1\r\nhost: map.exa").expect("it takes the beginning");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("the server ends it");
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    server.stop();
}

#[test]
fn who_never_ends_a_later_request_or_a_body_is_cut_off() {
    let flags = ["--timeouts-head", "1s", "--timeouts-request", "1s", "--limits-queue-wait", "1ms"];
    let server = serve(demo(), &[&flags[..], &["--timeouts-keep-alive", "1s"]].concat());
    let health = "GET /health HTTP/1.1\r\nhost: a\r\n";
    for later in [
        format!("{health}\r\n{health}"),
        format!("{health}transfer-encoding: chunked\r\n\r\n"),
        format!("{health}transfer-encoding: chunked\r\n\r\n5\r\nab"),
        format!("{health}content-length: 100000\r\n\r\nabc"),
    ] {
        let mut socket = TcpStream::connect(&server.address).expect("the server listens");
        socket.set_read_timeout(Some(SHORT)).expect("a timeout that can be");
        socket.write_all(later.as_bytes()).expect("it takes the beginning");
        let mut answer = Vec::new();
        let end = socket.read_to_end(&mut answer);
        let is_cut = end.as_ref().map_or_else(|error| error.kind() == ErrorKind::ConnectionReset, |_| true);
        assert!(is_cut, "{later:?}: {end:?}");
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{later:?}");
    }
    server.stop();
}

#[test]
fn who_never_reads_its_answers_is_cut_off() {
    let server = serve(demo(), &["--timeouts-write", "1s"]);
    let socket = unread(&server);
    // One is this question's own.
    let cut = within(SHORT, || (metric(&server, "tuban_connections") == Some(1.0)).then_some(()));
    assert!(cut.is_some(), "the connection is kept for ever");
    drop(socket);
    server.stop();
}

#[test]
fn one_connection_too_many_waits_for_another_to_end() {
    let server = Tuban::at(&demo().folder).args(["serve", ".", "--limits-connections", "1", "--workers", "1"]).serve();
    let ask = || {
        let mut socket = TcpStream::connect(&server.address).expect("the kernel takes it");
        socket.write_all(b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n").expect("it takes a request");
        socket
    };
    let first_byte = |socket: &mut TcpStream, time: Duration| {
        socket.set_read_timeout(Some(time)).expect("a timeout that can be");
        socket.read(&mut [0; 1])
    };
    let mut first = ask();
    assert_eq!(first_byte(&mut first, SHORT).ok(), Some(1));
    let mut second = ask();
    assert!(first_byte(&mut second, Duration::from_millis(300)).is_err(), "it is not accepted");
    drop(first);
    assert_eq!(first_byte(&mut second, SHORT).ok(), Some(1), "its turn has come");
    drop(second);
    server.stop();
}

#[test]
fn half_a_connection_is_enough_for_an_answer() {
    let server = serve(demo(), &[]);
    let mut socket = TcpStream::connect(&server.address).expect("the server listens");
    socket.set_read_timeout(Some(SHORT)).expect("a timeout that can be");
    socket.write_all(b"GET /health HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").expect("it takes a request");
    socket.shutdown(Shutdown::Write).expect("one half can be closed");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("the answer comes");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server.stop();
}

#[test]
fn a_unix_socket_is_made_and_replaced_and_removed() {
    let folder = folder("socket");
    let path = folder.join("tuban.sock");
    // What a server leaves that was killed.
    drop(UnixListener::bind(&path).expect("a socket can be made"));
    let listen = format!("127.0.0.1:0,unix:{}", path.display());
    let flags = ["serve", ".", "--socket-mode", "600", "--trusted-proxies", "unix"];
    let server = Tuban::at(&demo().folder).args(flags).serve_at(&listen);
    let mode = std::fs::metadata(&path).expect("the socket is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut socket = UnixStream::connect(&path).expect("somebody listens");
    socket.set_read_timeout(Some(SHORT)).expect("a timeout that can be");
    let forwarded = "x-forwarded-host: map.example\r\nx-forwarded-proto: https\r\nx-forwarded-prefix: /land\r\n";
    write!(socket, "GET /findings HTTP/1.1\r\nhost: inner\r\n{forwarded}connection: close\r\n\r\n")
        .expect("it takes it");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("the answer comes");
    assert!(answer.contains("\"https://map.example/land/findings/{z}"), "{answer}");

    // Who listens is not pushed aside.
    let second = Tuban::at(&demo().folder).args(["serve", ".", "--listen", &format!("unix:{}", path.display())]);
    second.run().refused(2, &["tuban.sock", "another process listens"]);
    UnixStream::connect(&path).expect("the first still listens");
    server.stop();
    assert!(!path.exists(), "the socket goes with the server");
    let file = folder.join("notes.txt");
    std::fs::write(&file, "precious").expect("a file can be written");
    let third = Tuban::at(&demo().folder).args(["serve", ".", "--listen", &format!("unix:{}", file.display())]);
    third.run().refused(2, &["notes.txt", "no socket"]);
    assert_eq!(std::fs::read_to_string(&file).ok().as_deref(), Some("precious"));
}

#[test]
fn hostile_heads_get_a_problem_and_nothing_of_themselves() {
    let server = serve(demo(), &["--allowed-hosts", "map.example", "--trusted-proxies", "127.0.0.1"]);
    let ask = |headers: &[(&str, &str)]| server.ask("GET", "/findings", headers);
    let evil = "evil.example";
    for headers in [
        &[("host", evil)][..],
        &[("host", "map.example"), ("x-forwarded-host", evil)],
        &[("host", "map.example, evil.example")],
        &[("host", "map.example"), ("host", evil)],
        &[("host", "map.example@evil.example")],
        &[("host", "map.example/../evil.example")],
        &[("host", "map.example\t.evil.example")],
        &[("host", "")],
    ] {
        let answer = ask(headers);
        assert!([400, 421].contains(&answer.status), "{headers:?}: {}", answer.text());
        assert!(!answer.text().contains("evil"), "{headers:?}: {}", answer.text());
    }
    // Not the family of headers that the proxies write.
    let forwarded = ask(&[("host", "map.example"), ("forwarded", "host=evil.example;proto=https")]);
    assert_eq!(forwarded.json()["tiles"][0].as_str().map(|url| url.starts_with("http://map.example/")), Some(true));
    server.stop();
}

#[test]
fn requests_have_names_in_a_log_for_machines() {
    let flags = ["--log-format", "json", "--log-access", "--log-level", "info"];
    let server = serve(demo(), &flags);
    let answer = server.ask("GET", "/catalog?token=secret", &[("x-request-id", "from-the-portal-7")]);
    assert_eq!(answer.header("x-request-id"), Some("from-the-portal-7"));
    server.wait_for("from-the-portal-7");
    let log = server.log();
    let lines: Vec<Value> = log.iter().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    let line = lines.iter().find(|line| line["id"] == "from-the-portal-7").expect("a line of the access log");
    assert_eq!((&line["method"], &line["path"], &line["status"]), (&"GET".into(), &"/catalog".into(), &200.into()));
    assert_eq!(line["client"], "127.0.0.1");
    assert!(log.iter().all(|line| !line.contains("secret")), "tokens stand in queries");
    server.stop();
}

#[test]
fn nothing_is_kept_of_clients_that_come_and_go() {
    let server = serve(demo(), &[]);
    for _ in 0..50 {
        let mut gone = TcpStream::connect(&server.address).expect("the server listens");
        gone.write_all(b"GET /main.js HTTP/1.1\r\nhost: a\r\n\r\n").expect("it takes a request");
        drop(gone);
    }
    let none = within(SHORT, || (metric(&server, "tuban_connections") == Some(1.0)).then_some(()));
    assert!(none.is_some(), "connections of clients that are gone");
    assert_eq!(metric(&server, "tuban_http_in_flight"), Some(0.0));
    assert!(metric(&server, "tuban_connections_total").is_some_and(|all| all > 50.0));
    assert_eq!(http::get(&server.address, "/health").map(|answer| answer.status).ok(), Some(200));
    server.stop();
}
