//! The settings of the server: documents that cannot drift, and what is said of wrong ones.

use std::path::Path;

use server::config::server::{Effective, SETTINGS, Setting};
use server::config::{Config, ConfigError};

/// A configuration with this below its only layer.
fn parse(text: &str) -> Result<Config, ConfigError> {
    let layer = "[[layers]]\nid = \"a\"\nfile = \"a.gpkg\"\n";
    Config::parse(&format!("{layer}{text}"), Path::new("city/tuban.toml"))
}

/// One of the tables of settings in `docs/config.md`.
fn table(prefix: &str) -> String {
    let of_table = |setting: &&Setting| setting.key.rsplit_once('.').is_some_and(|(table, _)| table == prefix);
    let row = |setting: &Setting| {
        let name = setting.key.rsplit('.').next().unwrap_or_default();
        let default = if setting.default.is_empty() { "none".to_owned() } else { format!("`{}`", setting.default) };
        let (variable, flag) = (setting.variable(), setting.flag());
        format!("| `{name}` | {} | {default} | `{variable}` | `--{flag}` |\n", setting.means)
    };
    let head = "| key | means | default | variable | flag |\n|---|---|---|---|---|\n";
    head.to_owned() + &SETTINGS.iter().filter(of_table).map(row).collect::<String>()
}

#[test]
fn the_document_has_every_setting_as_the_code_has_it() {
    let document = include_str!("../../../docs/config.md");
    let tables: std::collections::BTreeSet<&str> =
        SETTINGS.iter().filter_map(|setting| setting.key.rsplit_once('.')).map(|(table, _)| table).collect();
    for prefix in tables {
        let right = format!("`[{prefix}]`\n\n{}", table(prefix));
        assert!(document.contains(&right), "docs/config.md should have:\n\n{right}");
    }
}

#[test]
fn the_example_shows_every_setting() {
    let example = include_str!("../../../config.example.toml");
    for setting in SETTINGS {
        let name = setting.key.rsplit('.').next().unwrap_or_default();
        assert!(example.contains(&format!("{name} = ")), "config.example.toml does not show {}", setting.key);
    }
}

#[test]
fn the_file_is_read_with_all_its_types() -> Result<(), ConfigError> {
    let config = parse(
        "[server]\nlisten = [\"127.0.0.1:1\", \"unix:/run/tuban.sock\"]\nworkers = 2\nstrip_base_path = false\n\
         limits.in_flight = 7\n[server.timeouts]\nhead = \"3s\"\n[log]\nformat = \"json\"\n",
    )?;
    let effective = Effective::of([config.server])?;
    let written = |key: &str| {
        let found = effective.entries().find(|(setting, _, _)| setting.key == key);
        found.map(|(_, value, origin)| format!("{value} {origin}")).unwrap_or_default()
    };
    assert_eq!(written("server.listen"), "[\"127.0.0.1:1\", \"unix:/run/tuban.sock\"] city/tuban.toml:5");
    assert_eq!(written("server.workers"), "2 city/tuban.toml:6");
    assert_eq!(written("server.strip_base_path"), "false city/tuban.toml:7");
    assert_eq!(written("server.limits.in_flight"), "7 city/tuban.toml:8");
    assert_eq!(written("server.timeouts.head"), "\"3s\" city/tuban.toml:10");
    assert_eq!(written("log.format"), "\"json\" city/tuban.toml:12");
    assert_eq!(written("server.limits.queue"), "512 default");
    Ok(())
}

#[test]
fn a_wrong_setting_is_named_with_its_place() {
    let texts = [
        "[server]\nlisen = \"127.0.0.1:1\"\n",
        "[server.limit]\nqueue = 1\n",
        "[server.limits]\nque = 1\n",
        "[server]\nlimits = 3\n",
        "[server.listen]\nport = 3\n",
        "[server]\ntimeouts.head = 15\n",
        "[server]\nlimits.url = \"8 kilos\"\n",
        "[server]\ntrusted_proxies = [\"10.0.0.0/8\", \"proxy.example\"]\n",
        "[server]\ncors_origins = [\"portal.example\"]\n",
        "[server]\npublic_url = \"map.example\"\n",
        "[server]\nforwarding = \"forwardet\"\n",
        "[log]\nformat = \"jsno\"\n",
        "[log]\nlevel = \"inof\"\n",
        "[logs]\nlevel = \"info\"\n",
    ];
    let said = texts.map(|text| match parse(text) {
        Ok(_) => panic!("this was taken:\n{text}"),
        Err(error) => error.to_string(),
    });
    insta::assert_snapshot!(said.join("\n"));
}
