//! What the repository may depend on and must not give away.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tests::repository;

/// Licences under which code may become part of the binary. `OR` lets us choose, `AND` does not.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// What cargo knows of the packages that are built on this platform; those of others it need not
/// have downloaded.
fn metadata() -> Value {
    let version = Command::new("rustc").arg("-vV").output().expect("rustc can be run").stdout;
    let version = String::from_utf8(version).expect("rustc writes UTF-8");
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its platform");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", host])
        .current_dir(repository())
        .output()
        .expect("cargo can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo writes JSON")
}

/// The packages that end up in the workspace's libraries and binaries: neither what tests need nor
/// what macros and build scripts run on.
fn built_in(metadata: &Value) -> Vec<&Value> {
    let array = |value: &'_ Value| value.as_array().cloned().unwrap_or_default();
    let nodes: BTreeMap<String, Value> = array(&metadata["resolve"]["nodes"])
        .into_iter()
        .map(|node| (node["id"].as_str().unwrap_or_default().to_owned(), node))
        .collect();
    let packages = metadata["packages"].as_array().expect("metadata lists packages");
    let is_macro = |id: &str| {
        let package = packages.iter().find(|package| package["id"] == id);
        package.is_some_and(|package| array(&package["targets"]).iter().any(|t| t["kind"][0] == "proc-macro"))
    };
    let members = array(&metadata["workspace_members"]);
    let mut waiting: Vec<String> = members.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let mut found = Vec::new();
    while let Some(id) = waiting.pop() {
        if found.contains(&id) || is_macro(&id) {
            continue;
        }
        for dependency in array(&nodes[&id]["deps"]) {
            if array(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null()) {
                waiting.extend(dependency["pkg"].as_str().map(str::to_owned));
            }
        }
        found.push(id);
    }
    packages.iter().filter(|package| found.iter().any(|id| package["id"] == **id)).collect()
}

/// Whether an SPDX expression can be met with the allowed licences.
fn is_allowed(expression: &str) -> bool {
    // `(A OR B) AND C`: every part joined by AND needs one allowed alternative. The older way of
    // writing OR is a slash.
    expression
        .replace('/', " OR ")
        .split(" AND ")
        .all(|part| part.split(" OR ").any(|licence| LICENCES.contains(&licence.trim().trim_matches(['(', ')']))))
}

#[test]
fn everything_built_in_may_be_given_away() {
    let metadata = metadata();
    let refused: Vec<String> = built_in(&metadata)
        .iter()
        .filter(|package| !package["license"].as_str().is_some_and(is_allowed))
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "licences to look at: {refused:#?}");
}

#[test]
fn every_dependency_is_a_released_package() {
    let text = std::fs::read_to_string(repository().join("Cargo.lock")).expect("there is a lock file");
    let lock: toml::Table = text.parse().expect("a lock file is TOML");
    let packages = lock["package"].as_array().expect("a lock file lists packages");
    let ours = ["layers", "tiler", "styles", "maps", "server", "tests", "bench"];
    for package in packages {
        let name = package["name"].as_str().expect("a package has a name");
        match package.get("source").and_then(toml::Value::as_str) {
            None => assert!(ours.contains(&name), "{name} is a folder on somebody's machine"),
            Some(source) => {
                assert!(source.starts_with("registry+"), "{name} comes from {source}");
                assert!(package.get("checksum").is_some(), "{name} has no checksum");
            }
        }
    }
}

fn tracked_files() -> Vec<String> {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(repository()).output();
    let output = output.expect("git can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).expect("file names are UTF-8");
    names.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn json(path: &str) -> Value {
    let text = std::fs::read_to_string(repository().join(path)).expect("a tracked file is there");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn node_packages_are_pinned_by_hash_and_not_by_address() {
    let files = tracked_files();
    let manifests: Vec<&String> = files.iter().filter(|file| file.ends_with("package.json")).collect();
    assert!(!manifests.is_empty());
    for manifest in manifests {
        let lock = manifest.replace("package.json", "package-lock.json");
        assert!(files.contains(&lock), "{manifest} has no lock file beside it");
        for kind in ["dependencies", "devDependencies"] {
            for (name, version) in json(manifest)[kind].as_object().into_iter().flatten() {
                let version = version.as_str().unwrap_or_default();
                let is_exact = version.split('.').count() == 3 && version.starts_with(|c: char| c.is_ascii_digit());
                assert!(is_exact, "{manifest}: {name} is {version}, not one version");
            }
        }
        for (place, package) in json(&lock)["packages"].as_object().into_iter().flatten() {
            assert!(package["resolved"].is_null(), "{lock}: {place} names where it was downloaded");
            let is_hashed = place.is_empty() || package["integrity"].is_string() || package["inBundle"] == true;
            assert!(is_hashed, "{lock}: {place} has no hash");
        }
    }
}

#[test]
fn no_tracked_file_tells_about_the_machine_it_was_written_on() {
    // Put together here so that this file does not find itself.
    let telling = [["/ho", "me/"].concat(), ["/ro", "ot/"].concat(), ["/wo", "rk/"].concat()];
    for file in tracked_files() {
        let Ok(text) = std::fs::read_to_string(repository().join(&file)) else { continue };
        for (number, line) in text.lines().enumerate() {
            let told = telling.iter().find(|path| begins_a_path(line, path));
            assert!(told.is_none(), "{file}:{}: {line}", number + 1);
        }
    }
}

/// Whether the path stands in the line by itself, not as the middle of a longer one (`a/home/b`).
fn begins_a_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(place, _)| {
        let before = line[..place].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | '}'))
    })
}

#[test]
fn the_licence_check_reads_expressions() {
    for good in ["MIT", "MIT OR Apache-2.0", "MIT/Apache-2.0", "(MIT OR GPL-3.0) AND Unicode-3.0"] {
        assert!(is_allowed(good), "{good}");
    }
    for bad in ["GPL-3.0-only", "MIT AND LGPL-2.1", ""] {
        assert!(!is_allowed(bad), "{bad}");
    }
    assert!(Path::new(&repository()).join("Cargo.lock").is_file());
}
