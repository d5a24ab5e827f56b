//! Settings of the server: which holds, where it comes from, what is said of a wrong one.

use serde_json::Value;
use tests::Tuban;

use crate::city::{demo, folder};

/// A copy of the demo's configuration with settings of the server below it.
fn project(name: &str, settings: &str) -> std::path::PathBuf {
    let folder = folder(name);
    let original = std::fs::read_to_string(demo().folder.join("tuban.toml")).expect("the demo has a configuration");
    let files = format!("file = \"{}/", demo().folder.display());
    let text = original.replace("file = \"", &files) + settings;
    std::fs::write(folder.join("tuban.toml"), text).expect("a file can be written");
    folder
}

/// Value and source of a setting.
fn setting<'d>(document: &'d Value, key: &str) -> (&'d Value, &'d str, &'d str) {
    let settings = document["settings"].as_array().expect("a list");
    let found = settings.iter().find(|setting| setting["key"] == key).unwrap_or_else(|| panic!("no {key}"));
    let text = |name: &str| found[name].as_str().unwrap_or_default();
    (&found["value"], text("source"), text("place"))
}

#[test]
fn flags_are_stronger_than_variables_and_these_than_the_file() {
    let settings = "\n[server]\nworkers = 1\nlimits.queue = 11\nlimits.in_flight = 21\n\n[log]\nlevel = \"warn\"\n";
    let folder = project("settings-precedence", settings);
    let command = || {
        let command = Tuban::at(&folder).env("TUBAN_LIMITS_QUEUE", "12").env("TUBAN_LIMITS_IN_FLIGHT", "22");
        command.env("TUBAN_RATE_BURST", "").args(["config", ".", "--limits-in-flight", "23"])
    };
    let document = command().args(["--format", "json"]).run().good().json();
    let line = |key| {
        let (value, source, place) = setting(&document, key);
        (value.clone(), source.to_owned(), place.rsplit(':').next().unwrap_or_default().to_owned())
    };
    let text = std::fs::read_to_string(folder.join("tuban.toml")).expect("it was written");
    let number = 1 + text.lines().position(|line| line == "workers = 1").expect("a line of it");
    assert_eq!(line("server.workers"), (1.into(), "file".to_owned(), number.to_string()));
    assert_eq!(line("server.limits.queue"), (12.into(), "environment".to_owned(), "TUBAN_LIMITS_QUEUE".to_owned()));
    assert_eq!(line("server.limits.in_flight"), (23.into(), "flag".to_owned(), "--limits-in-flight".to_owned()));
    assert_eq!(line("server.rate.burst"), (200.into(), "default".to_owned(), "default".to_owned()));
    assert_eq!(line("log.level").1, "file");
    assert_eq!(line("project.name").1, "file");
    let printed = command().run().good();
    let of_flight = printed.text().lines().find(|line| line.starts_with("server.limits.in_flight"));
    let words: Vec<&str> = of_flight.unwrap_or_default().split_whitespace().collect();
    assert_eq!(words, ["server.limits.in_flight", "=", "23", "#", "--limits-in-flight"]);
}

#[test]
fn what_config_prints_is_what_serve_does() {
    let folder = project("settings-used", "\n[server]\nlimits.url = \"60B\"\nlimits.headers = \"2KiB\"\n");
    let command = Tuban::at(&folder).env("TUBAN_LIMITS_URL", "40B");
    let server = command.args(["serve", ".", "--limits-headers", "1KiB"]).serve();
    assert_eq!(server.get(&format!("/{}", "a".repeat(50))).status, 414);
    assert_eq!(server.ask("GET", "/health", &[]).status, 200);
    assert_eq!(server.ask("GET", "/catalog", &[("x-large", &"a".repeat(1500))]).status, 431);
    server.stop();
}

#[test]
fn tiles_are_kept_as_long_as_their_tileset_may_be() {
    let settings =
        "\n[server.cache]\nmax_age = \"5s\"\nstale_if_error = \"0s\"\ntilesets = [\"base=1h\", \"bsae=1h\"]\n";
    let server = Tuban::at(&project("settings-cache", settings)).arg("serve").serve();
    for (tileset, expected) in [
        ("findings", "max-age=5, stale-while-revalidate=600"),
        ("base", "max-age=3600, stale-while-revalidate=600"),
        ("findings,base", "max-age=5, stale-while-revalidate=600"),
    ] {
        let answer = server.get(&format!("/{tileset}/0/0/0"));
        assert_eq!(answer.header("cache-control"), Some(expected), "{tileset}");
    }
    let log = server.log();
    let said = log.iter().find(|line| line.contains("bsae"));
    assert!(said.is_some_and(|line| line.contains("nearest=\"base\"")), "{log:?}");
    server.stop_after(&["bsae"]);
}

#[test]
fn wrong_settings_are_refused_with_their_place() {
    let folder = project("settings-wrong", "\n[server]\nlimits.queu = 1\n");
    let refused = |command: Tuban, words: &[&str]| {
        command.run().refused(2, words);
    };
    refused(
        Tuban::at(&folder).arg("config"),
        &["tuban.toml:", "server.limits.queu", "did you mean `server.limits.queue`"],
    );
    refused(Tuban::at(&folder).arg("serve"), &["server.limits.queu"]);
    let demo = || Tuban::at(&demo().folder);
    refused(demo().args(["serve", "--timeouts-head", "15"]), &["--timeouts-head", "\"15s\""]);
    refused(demo().env("TUBAN_TRUSTED_PROXIES", "proxy").arg("serve"), &["TUBAN_TRUSTED_PROXIES", "10.0.0.0/8"]);
    refused(demo().args(["serve", "--tls-key", "key.pem"]), &["server.tls.certificate", "go together"]);
    refused(demo().args(["config", "--log-format", "jsno"]), &["--log-format", "did you mean `json`"]);
    refused(demo().env("TUBAN_LOG_LEVEL", "loud").arg("config"), &["TUBAN_LOG_LEVEL", "error, warn, info"]);
}

#[test]
fn an_unknown_variable_is_a_warning_with_the_nearest() {
    let answer = Tuban::at(&demo().folder).env("TUBAN_LISTNE", "x").args(["config"]).run().good();
    for word in [" WARN ", "TUBAN_LISTNE", "nearest=\"TUBAN_LISTEN\""] {
        assert!(answer.err.contains(word), "{word}:\n{}", answer.err);
    }
    let quiet = Tuban::at(&demo().folder).args(["config"]).run().good();
    assert!(quiet.err.is_empty(), "{}", quiet.err);
}

#[test]
fn without_a_project_there_are_settings_all_the_same() {
    let answer = Tuban::at(&folder("settings-nothing")).args(["config"]).run().good();
    assert!(answer.text().lines().all(|line| line.ends_with("# default")), "{}", answer.text());
    let folder = folder("settings-nowhere");
    Tuban::at(&folder).args(["config", "nowhere"]).run().refused(2, &["nowhere"]);
}
