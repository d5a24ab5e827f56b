//! Spans of requests arrive at an OpenTelemetry collector. Needs the feature:
//! `cargo test --workspace --features server/otel --test traces`, which `./test --all` runs.

#![cfg(all(feature = "otel", unix))]

#[path = "in_process/city.rs"]
#[expect(dead_code, reason = "the other tests need more of it")]
mod city;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use city::City;

/// Far longer than anything takes here.
const LONG: Duration = Duration::from_secs(120);

/// What a collector was sent: the request line with the headers, and the body.
type Sent = (String, Vec<u8>);

/// A collector that takes whatever comes over OTLP/HTTP; its address, and what came.
fn collector() -> (String, Receiver<Sent>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("a listener has an address").to_string();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let tell = tell.clone();
            std::thread::spawn(move || {
                let mut stream = BufReader::new(stream);
                while let Some(sent) = received(&mut stream) {
                    let _ = stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                    let _ = tell.send(sent);
                }
            });
        }
    });
    (address, told)
}

/// One request; `None` at the end of the connection.
fn received(stream: &mut BufReader<TcpStream>) -> Option<Sent> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let head = head.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((head, body))
}

/// The server of a city that sends spans to a collector, and its address.
fn served(city: &City, collector: &str) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tuban"))
        .args(["serve", ".", "--listen", "127.0.0.1:0", "--log-format", "json"])
        .current_dir(city.folder.path())
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{collector}"))
        .env("OTEL_SERVICE_NAME", "planning-map")
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary can be run");
    let lines = BufReader::new(child.stderr.take().expect("the pipe was asked for")).lines();
    let (tell, told) = channel();
    // Read to its end, so that the server never waits for us.
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if let Some((_, rest)) = line.split_once("\"address\":\"http://") {
                let _ = tell.send(rest.split('"').next().unwrap_or_default().to_owned());
            }
        }
    });
    (child, told.recv_timeout(LONG).expect("it says where it listens"))
}

/// The status of an answer to a request that goes on with a trace.
fn asked(address: &str, path: &str, parent: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(LONG)).expect("a timeout that can be");
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\ntraceparent: {parent}\r\nconnection: close\r\n\r\n")
        .expect("it takes a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it answers");
    String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap_or_default().to_owned()
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// An attribute (KeyValue: the key is field 1, the value field 2), by the bytes of its value.
fn attribute(key: &str, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x0a, key.len() as u8];
    bytes.extend(key.as_bytes());
    bytes.extend([0x12, value.len() as u8]);
    bytes.extend(value);
    bytes
}

/// An attribute that is text (AnyValue: field 1).
fn text(key: &str, value: &str) -> Vec<u8> {
    let mut bytes = vec![0x0a, value.len() as u8];
    bytes.extend(value.as_bytes());
    attribute(key, &bytes)
}

/// An attribute that is a number of two bytes (AnyValue: field 3, seven bits a byte, the lowest first).
fn number(key: &str, value: u16) -> Vec<u8> {
    attribute(key, &[0x18, (value & 0x7f) as u8 | 0x80, (value >> 7) as u8])
}

#[test]
fn a_request_is_a_span_of_the_trace_that_it_names() {
    let city = City::new();
    let (collector, told) = collector();
    let (mut server, address) = served(&city, &collector);
    // A plain tile, which is answered before the router is asked, and a document, which is not.
    let asked_for = [
        ("/findings/14/0/0", 0x11, "204", "/{tilesets}/{z}/{x}/{y}"),
        ("/catalog", 0x22, "200", "/catalog"),
        ("/nothing/at/all", 0x33, "404", "none"),
    ];
    for (path, byte, status, _) in asked_for {
        let trace = format!("{byte:02x}").repeat(16);
        assert_eq!(asked(&address, path, &format!("00-{trace}-00f067aa0ba902b7-01")), status, "{path}");
    }
    let killed = Command::new("kill").args(["-TERM", &server.id().to_string()]).status();
    assert!(killed.is_ok_and(|status| status.success()), "a signal can be sent");
    assert!(server.wait().expect("a child can be waited for").success());
    // What waited to be sent was sent before the end, so all of it is here.
    let mut all = Vec::new();
    while let Ok((head, body)) = told.recv_timeout(Duration::from_secs(1)) {
        assert!(head.starts_with("post /v1/traces "), "{head}");
        assert!(head.contains("content-type: application/x-protobuf"), "{head}");
        assert!(has(&body, b"planning-map"), "the name of the service");
        all.extend(body);
    }
    for (path, byte, status, route) in asked_for {
        // ExportTraceServiceRequest: Span.trace_id is field 1, 16 bytes; parent_span_id is field 4, 8 bytes.
        let trace: Vec<u8> = [0x0a, 16].into_iter().chain([byte; 16]).collect();
        assert!(has(&all, &trace), "{path} has no span");
        assert!(has(&all, &text("path", path)) && has(&all, &text("route", route)), "{path} on {route}");
        assert!(has(&all, &number("status", status.parse().expect("a number"))), "{path}: {status}");
    }
    let parent = [0x22, 8, 0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7];
    assert!(has(&all, &parent), "the span that the client named is the parent");
}
