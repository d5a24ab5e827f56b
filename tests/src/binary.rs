//! Where the binary under test is.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::repository;

/// The binary `tuban`: the one that `TUBAN_BIN` names, else the one of this workspace, built once
/// a test run with the profile and target folder of the tests themselves.
pub fn tuban() -> &'static PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| std::env::var_os("TUBAN_BIN").map_or_else(build, PathBuf::from))
}

/// Asks cargo for the binary. `--workspace --tests` gives every dependency the same features as
/// `cargo test --workspace` did, so that nothing is compiled a second time.
fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--workspace", "--bins", "--tests", "--message-format=json-render-diagnostics"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    // …/target/debug/deps/cases-0123456789abcdef
    let this = std::env::current_exe().expect("a running test has a file");
    if let Some(target) = this.ancestors().nth(3) {
        command.arg("--target-dir").arg(target);
    }
    let output = command.current_dir(repository()).stderr(Stdio::inherit()).output().expect("cargo can be run");
    assert!(output.status.success(), "cargo build failed, see above");
    let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let mut messages = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let is_ours = |message: &Value| {
        message["reason"] == "compiler-artifact"
            && message["target"]["name"] == "tuban"
            && message["target"]["kind"][0] == "bin"
            && message["profile"]["test"] == false
    };
    let built = messages.rfind(is_ours).expect("the workspace has a binary tuban");
    PathBuf::from(built["executable"].as_str().expect("a binary has an executable"))
}
