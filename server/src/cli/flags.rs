//! Flags for the settings of the server, one for each line of their list.

use std::sync::LazyLock;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, FromArgMatches};

use crate::config::server::{Layer, SETTINGS, Setting};

/// What the flags say: keys of settings, each with what follows its flag.
#[derive(Debug)]
pub(super) struct ServerFlags(Vec<(&'static str, String)>);

impl ServerFlags {
    /// What they say, as a layer of settings.
    pub(super) fn layer(&self) -> Layer {
        Layer::of_flags(self.0.iter().map(|(key, text)| (*key, text.clone())))
    }
}

/// What the environment says.
pub(super) fn environment() -> Layer {
    Layer::of_environment(|name| std::env::var(name).ok())
}

/// The settings that are flags of `serve`; those that every command has are flags of the whole.
fn settings() -> impl Iterator<Item = (&'static Setting, &'static str)> {
    /// clap keeps names for the life of the process.
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| SETTINGS.iter().map(Setting::flag).collect());
    let of_all = ["log.format", "log.level"];
    SETTINGS.iter().zip(NAMES.iter().map(String::as_str)).filter(move |(setting, _)| !of_all.contains(&setting.key))
}

impl clap::Args for ServerFlags {
    fn augment_args(command: Command) -> Command {
        command.args(settings().map(|(setting, name)| {
            let default = if setting.default.is_empty() { "none" } else { setting.default };
            let help = format!("{} [default: {default}] [env: {}]", setting.means.replace('`', ""), setting.variable());
            let arg = Arg::new(setting.key).long(name).value_name(setting.value_name).help(help);
            // The first help has what everybody wants; all of it is in the long one.
            let everybodys = setting.key == "server.listen";
            let arg = arg.help_heading("Settings of the server").hide_short_help(!everybodys);
            if setting.is_switch() {
                arg.num_args(0..=1).require_equals(true).default_missing_value("true")
            } else {
                arg
            }
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ServerFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let said = |(setting, _): (&'static Setting, &str)| {
            let is_said = matches.value_source(setting.key) == Some(ValueSource::CommandLine);
            let text = matches.get_one::<String>(setting.key).filter(|_| is_said)?;
            Some((setting.key, text.clone()))
        };
        Ok(Self(settings().filter_map(said).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
