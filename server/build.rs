//! Bundles the viewer into `OUT_DIR/viewer`, where `src/assets.rs` embeds it.
//!
//! The sources are copied to `OUT_DIR` first, so that npm never writes into the source tree;
//! packages are installed there again only when the lock file changes.
//! `TUBAN_VIEWER_DIST` names a ready bundle (`npm run build` elsewhere) to take instead: then no
//! Node is needed.

#![allow(clippy::print_stdout, reason = "a build script talks to cargo on standard output")]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, io};

/// The oldest Node that the bundler and its packages run on.
const OLDEST_NODE: u32 = 20;

/// What the bundle is made from, beside `src/`.
const FILES: [&str; 6] = ["package.json", "package-lock.json", ".npmrc", "tsconfig.json", "build.mjs", "index.html"];

fn main() {
    println!("cargo::rerun-if-env-changed=TUBAN_VIEWER_DIST");
    println!("cargo::rerun-if-changed=build.rs");
    let sources = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("viewer");
    let out = PathBuf::from(variable("OUT_DIR"));
    let bundle = out.join("viewer");
    println!("cargo::rerun-if-changed={}", sources.join("src").display());
    for file in FILES {
        println!("cargo::rerun-if-changed={}", sources.join(file).display());
    }
    let made = match env::var_os("TUBAN_VIEWER_DIST").filter(|ready| !ready.is_empty()) {
        Some(ready) => take_ready(Path::new(&ready), &bundle),
        None => make(&sources, &out.join("viewer-build"), &bundle),
    };
    if let Err(problem) = made {
        println!("cargo::error={problem}");
        std::process::exit(1);
    }
}

fn take_ready(ready: &Path, bundle: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-changed={}", ready.display());
    if !ready.join("index.html").is_file() {
        return Err(format!("TUBAN_VIEWER_DIST={} holds no index.html", ready.display()));
    }
    replace_folder(ready, bundle).map_err(|cause| format!("cannot copy {}: {cause}", ready.display()))
}

fn make(sources: &Path, work: &Path, bundle: &Path) -> Result<(), String> {
    check_node()?;
    let copied = replace_folder(&sources.join("src"), &work.join("src"))
        .and_then(|()| FILES.iter().try_for_each(|file| fs::copy(sources.join(file), work.join(file)).map(drop)));
    copied.map_err(|cause| format!("cannot copy the viewer's sources: {cause}"))?;
    install(work)?;
    npm(work, &[OsStr::new("run"), "build".as_ref(), "--".as_ref(), "--outdir".as_ref(), bundle.as_ref()])
}

/// `npm ci`, unless the packages of this very lock file are there already.
fn install(work: &Path) -> Result<(), String> {
    let lock = fs::read(work.join("package-lock.json")).map_err(|cause| cause.to_string())?;
    let stamp = work.join("installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    npm(work, &["ci".as_ref()])?;
    fs::write(&stamp, lock).map_err(|cause| format!("cannot write {}: {cause}", stamp.display()))
}

fn check_node() -> Result<(), String> {
    let wanted = format!("the viewer is bundled with Node.js {OLDEST_NODE} or newer (https://nodejs.org)");
    let or = "or set TUBAN_VIEWER_DIST to a ready bundle";
    let Ok(answer) = Command::new("node").arg("--version").output() else {
        return Err(format!("{wanted}, which is not on the PATH; install it, {or}"));
    };
    let version = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => Err(format!("{wanted}, but `node --version` says `{version}`; upgrade it, {or}")),
    }
}

/// Runs npm quietly; what it said is shown when it fails.
fn npm(work: &Path, arguments: &[&OsStr]) -> Result<(), String> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let shown = arguments.iter().map(|a| a.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let answer = Command::new(program)
        .args(arguments)
        .current_dir(work)
        .output()
        .map_err(|cause| format!("cannot run npm, which comes with Node.js: {cause}"))?;
    if answer.status.success() {
        return Ok(());
    }
    let said = [answer.stdout, answer.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    eprintln!("{said}");
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    let tail = lines[lines.len().saturating_sub(6)..].join(" | ");
    Err(format!("`npm {shown}` failed in {} ({}): {tail}", work.display(), answer.status))
}

/// Makes `to` an exact copy of the folder `from`.
fn replace_folder(from: &Path, to: &Path) -> io::Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            replace_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn variable(name: &str) -> String {
    env::var(name).expect("cargo sets its variables for build scripts")
}
