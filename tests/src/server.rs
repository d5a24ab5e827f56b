//! A running server.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;

use crate::deadline::{LONG, SHORT, within};
use crate::http::{self, Response};

/// `tuban serve` on a free port. Killed when dropped; [`Server::stop`] is how a case ends well.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// `127.0.0.1:PORT`, from its log.
    pub address: String,
    log: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(mut command: Command) -> Self {
        let line = format!("{command:?}");
        // Standard output is for answers alone, and a server has none: let it show in the test.
        let child = command.stdout(Stdio::inherit()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the binary can be run");
        let pipe = BufReader::new(child.stderr.take().expect("the pipe was asked for"));
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&log);
        let reader = std::thread::spawn(move || {
            for line in pipe.lines().map_while(Result::ok) {
                lines.lock().expect("no reader panics").push(plain(&line));
            }
        });
        let mut server = Self { child, address: String::new(), log, reader: Some(reader) };
        let address = within(LONG, || {
            let ended = server.child.try_wait().expect("a child can be waited for");
            assert!(ended.is_none(), "{line} ended with {ended:?}:\n{}", server.log().join("\n"));
            server.log().iter().find_map(|line| listening(line))
        });
        server.address = address.unwrap_or_else(|| panic!("{line} named no address:\n{}", server.log().join("\n")));
        if server.log().iter().any(|line| line.contains("https://127.0.0.1:")) {
            // It listens; whoever wants more has to bring a key.
            return server;
        }
        let ready = within(LONG, || http::get(&server.address, "/ready").ok().filter(|answer| answer.status == 200));
        assert!(ready.is_some(), "{line} is never ready:\n{}", server.log().join("\n"));
        server
    }

    /// What it logged so far, a line each, without colours.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().expect("no reader panics").clone()
    }

    /// Its address as a browser writes it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// `GET`, with nothing said about encodings.
    pub fn get(&self, path: &str) -> Response {
        http::get(&self.address, path).unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// A request with its own method and headers.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
        let answer = http::request(&self.address, method, path.as_bytes(), headers);
        answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// `GET` of a JSON document that must be there.
    pub fn json(&self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "GET {path}: {}", answer.text());
        answer.json()
    }

    /// Its exit code, once it has ended.
    pub fn ended(&mut self) -> Option<i32> {
        self.child.try_wait().expect("a child can be waited for").and_then(|status| status.code())
    }

    /// Sends it a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.child.id())]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the server was gone before it got its {name}");
    }

    /// Waits until its log has a line with `word`.
    pub fn wait_for(&self, word: &str) {
        let said = within(SHORT, || self.log().iter().any(|line| line.contains(word)).then_some(()));
        said.unwrap_or_else(|| panic!("the log never says {word:?}:\n{}", self.log().join("\n")));
    }

    /// Stops it as an init system does and checks that it went in peace, with nothing in its log to
    /// be sorry about.
    pub fn stop(self) {
        self.stop_after(&[]);
    }

    /// As [`Server::stop`], where warnings that contain one of these words were asked for.
    pub fn stop_after(mut self, expected: &[&str]) {
        self.signal("TERM");
        let status = within(SHORT, || self.child.try_wait().expect("a child can be waited for"));
        let status = status.unwrap_or_else(|| panic!("SIGTERM did not stop the server:\n{}", self.log().join("\n")));
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the reader does not panic");
        }
        assert_eq!(status.code(), Some(0), "the server ended badly:\n{}", self.log().join("\n"));
        let bad = |line: &&String| {
            let speaks_up = [" WARN ", " ERROR ", "panicked at"].iter().any(|word| line.contains(word));
            speaks_up && !expected.iter().any(|word| line.contains(word))
        };
        let log = self.log();
        let bad: Vec<&String> = log.iter().filter(bad).collect();
        assert!(bad.is_empty(), "the server's log is not clean: {bad:#?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing to do about a child that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `127.0.0.1:PORT` in a line of the log.
fn listening(line: &str) -> Option<String> {
    const HOST: &str = "127.0.0.1:";
    let (_, rest) = line.split_once(HOST)?;
    let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (!port.is_empty() && port != "0").then(|| format!("{HOST}{port}"))
}

/// A line without terminal colours.
fn plain(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    // Each further part begins with the rest of a colour, such as `[32m`.
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}
