//! The scripts of `tests/node`: other people's decoders and validators, and a browser.

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::repository;

/// Runs a script with arguments and a JSON document on its standard input; it answers with JSON.
///
/// # Panics
/// If the script fails: what it wrote to standard error is in the message.
pub fn run<A: AsRef<OsStr>>(script: &str, arguments: impl IntoIterator<Item = A>, input: &Value) -> Value {
    let folder = repository().join("tests/node");
    assert!(
        folder.join("node_modules").is_dir(),
        "the node packages of the tests are missing: run ./test, or `npm ci` in {}",
        folder.display()
    );
    let mut command = Command::new("node");
    command.arg(folder.join(script)).args(arguments).current_dir(&folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("node can be run");
    let mut pipe = child.stdin.take().expect("the pipe was asked for");
    let text = input.to_string();
    let writer = std::thread::spawn(move || pipe.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("node can be waited for");
    // A script that never reads its input closes the pipe; its own message says more.
    let _ = writer.join();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script} failed:\n{err}");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{script}: {error}:\n{}\n{err}", String::from_utf8_lossy(&output.stdout)))
}
