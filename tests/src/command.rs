//! Running `tuban` to its end.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use serde_json::Value;

use crate::deadline::{LONG, within};
use crate::server::Server;
use crate::tuban;

/// A command line of `tuban` with a home, a cache and a working folder of its own.
#[derive(Debug)]
pub struct Tuban {
    command: Command,
}

impl Tuban {
    /// `tuban`, with `home` as its home and working folder.
    pub fn at(home: &Path) -> Self {
        let mut command = Command::new(tuban());
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("TUBAN_") || name == "RUST_LOG" {
                command.env_remove(&*name);
            }
        }
        command.env("HOME", home).env("XDG_CACHE_HOME", home.join("cache")).current_dir(home).stdin(Stdio::null());
        Self { command }
    }

    /// Adds an argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Adds arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets a variable of its environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it to its end.
    pub fn run(mut self) -> Answer {
        let line = format!("{:?}", self.command);
        let child = self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the binary can be run");
        let out = collect(child.stdout.take());
        let err = collect(child.stderr.take());
        let code = end(&mut child, &line).code();
        let text = |bytes: JoinHandle<Vec<u8>>| bytes.join().expect("reading a pipe does not panic");
        let err = String::from_utf8_lossy(&text(err)).into_owned();
        assert!(!err.contains("panicked at"), "{line} panicked:\n{err}");
        Answer { line, code, out: text(out), err }
    }

    /// Runs it until it logs a line with `word`, then kills it as a power cut would.
    pub fn kill_at(mut self, word: &str) {
        let line = format!("{:?}", self.command);
        let child = self.command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the binary can be run");
        let log = BufReader::new(child.stderr.take().expect("the pipe was asked for"));
        let said = log.lines().map_while(Result::ok).any(|line| line.contains(word));
        child.kill().expect("a child can be killed");
        child.wait().expect("a child can be waited for");
        assert!(said, "{line} never said {word:?}");
    }

    /// Runs it until something is so, then kills it as a power cut would; false if it ended before.
    pub fn kill_when(mut self, is_so: impl Fn() -> bool) -> bool {
        let line = format!("{:?}", self.command);
        let child = self.command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut child = child.expect("the binary can be run");
        let was_so = within(LONG, || match child.try_wait().expect("a child can be waited for") {
            Some(_) => Some(false),
            None => is_so().then_some(true),
        });
        child.kill().expect("a child can be killed");
        child.wait().expect("a child can be waited for");
        was_so.unwrap_or_else(|| panic!("{line} did not end within {LONG:?}"))
    }

    /// Starts it as a server on a free port and waits until it is ready.
    pub fn serve(self) -> Server {
        self.serve_at("127.0.0.1:0")
    }

    /// Starts it as a server at these addresses, of which one is `127.0.0.1:0`.
    pub fn serve_at(self, listen: &str) -> Server {
        Server::start(self.args(["--listen", listen]).command)
    }
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    let mut pipe = pipe.expect("the pipe was asked for");
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("a pipe can be read");
        bytes
    })
}

fn end(child: &mut Child, line: &str) -> std::process::ExitStatus {
    let ended = within(LONG, || child.try_wait().expect("a child can be waited for"));
    ended.unwrap_or_else(|| {
        child.kill().expect("a child can be killed");
        panic!("{line} did not end within {LONG:?}");
    })
}

/// What a command line said.
#[derive(Debug)]
pub struct Answer {
    /// The command line.
    pub line: String,
    /// Its exit code.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub out: Vec<u8>,
    /// What it wrote to standard error.
    pub err: String,
}

impl Answer {
    /// Standard output as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.out).expect("output is UTF-8")
    }

    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.out).unwrap_or_else(|error| panic!("{}: {error}:\n{}", self.line, self.text()))
    }

    /// It did what it was asked to.
    pub fn good(self) -> Self {
        assert_eq!(self.code, Some(0), "{}:\n{}", self.line, self.err);
        self
    }

    /// It refused with this exit code, in words that name all of `words`, and answered nothing.
    ///
    /// Returns the message.
    pub fn refused(self, code: i32, words: &[&str]) -> String {
        assert_eq!(self.code, Some(code), "{}:\n{}", self.line, self.err);
        assert!(!self.err.trim().is_empty(), "{} said nothing", self.line);
        for word in words {
            assert!(self.err.contains(word), "{} does not say {word:?}:\n{}", self.line, self.err);
        }
        assert!(self.out.is_empty(), "{} refused and yet answered:\n{}", self.line, self.text());
        self.err
    }
}
