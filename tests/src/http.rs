//! HTTP as bytes on a socket: requests leave exactly as a test wrote them.
//!
//! A real client library would tidy `/../` and refuse control characters; what the server makes of
//! those is the question here.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use flate2::read::GzDecoder;
use serde_json::Value;

use crate::deadline::SHORT;

/// What the server answered.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names in lower case, in order.
    pub headers: Vec<(String, String)>,
    /// The body as sent, encoding and all.
    pub body: Vec<u8>,
}

/// `GET`, with nothing said about encodings.
///
/// # Errors
/// The server does not speak, or not HTTP.
pub fn get(address: &str, target: &str) -> io::Result<Response> {
    request(address, "GET", target.as_bytes(), &[])
}

/// One request on a connection of its own; `target` goes out as it is.
///
/// # Errors
/// The server does not speak, or not HTTP.
pub fn request(address: &str, method: &str, target: &[u8], headers: &[(&str, &str)]) -> io::Result<Response> {
    let mut socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(SHORT))?;
    socket.set_write_timeout(Some(SHORT))?;
    let mut request = format!("{method} ").into_bytes();
    request.extend(target);
    request.extend(b" HTTP/1.1\r\n");
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        request.extend(format!("host: {address}\r\n").as_bytes());
    }
    for (name, value) in headers {
        request.extend(format!("{name}: {value}\r\n").as_bytes());
    }
    request.extend(b"connection: close\r\n\r\n");
    // A server may refuse a long request before it has read all of it; its answer counts.
    let sent = socket.write_all(&request);
    let mut answer = Vec::new();
    let received = socket.read_to_end(&mut answer);
    if answer.is_empty() {
        sent?;
        received?;
    }
    parse(&answer, method == "HEAD").ok_or_else(|| io::Error::other("this is not HTTP"))
}

fn parse(answer: &[u8], is_head: bool) -> Option<Response> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    let headers = lines.map(header).collect::<Option<Vec<_>>>()?;
    let mut response = Response { status, headers, body: answer[end + 4..].to_vec() };
    if response.header("transfer-encoding") == Some("chunked") && !is_head {
        response.body = unchunked(&response.body)?;
    }
    Some(response)
}

/// The body without the lengths between its chunks (RFC 9112 §7.1).
fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|window| window == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&body[..end]).ok()?, 16).ok()?;
        if length == 0 {
            return Some(whole);
        }
        whole.extend(body.get(end + 2..end + 2 + length)?);
        body = body.get(end + 2 + length + 2..)?;
    }
}

impl Response {
    /// The value of a header, name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The media type without its parameters.
    pub fn media_type(&self) -> &str {
        self.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim()
    }

    /// The body with its encoding taken off.
    pub fn bytes(&self) -> Vec<u8> {
        match self.header("content-encoding") {
            None | Some("identity") => self.body.clone(),
            Some("gzip") => {
                let mut bytes = Vec::new();
                GzDecoder::new(self.body.as_slice()).read_to_end(&mut bytes).expect("a gzip body");
                bytes
            }
            Some("br") => {
                let mut bytes = Vec::new();
                brotli::BrotliDecompress(&mut self.body.as_slice(), &mut bytes).expect("a Brotli body");
                bytes
            }
            Some("zstd") => zstd::stream::decode_all(self.body.as_slice()).expect("a Zstandard body"),
            Some(other) => panic!("nobody asked for the encoding {other}"),
        }
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes()).unwrap_or_else(|error| panic!("{error}:\n{}", self.text()))
    }
}
