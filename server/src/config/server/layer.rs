//! Settings from several sources: file, environment, flags. The later is the stronger, and each value
//! keeps the name of where it came from.

use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::settings::{SETTINGS, Setting, below, named};
use super::{ServerConfig, settings};
use crate::config::server::written::Written;
use crate::config::{ConfigError, Place, Source, nearest};
use crate::telemetry::Filter;

/// Where a value came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    #[default]
    Default,
    /// A line of a configuration file.
    File(Place),
    /// An environment variable.
    Environment(String),
    /// A flag of the command line, with its dashes.
    Flag(String),
}

impl Origin {
    /// What kind of source it is, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::File(_) => "file",
            Self::Environment(_) => "environment",
            Self::Flag(_) => "flag",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(place) => write!(f, "{}:{}", place.file.display(), place.line),
            Self::Environment(variable) => f.write_str(variable),
            Self::Flag(flag) => f.write_str(flag),
        }
    }
}

/// What one source says: numbers of settings with what is written for them.
#[derive(Clone, Debug, Default)]
pub struct Layer(Vec<(usize, String, Origin)>);

/// The settings that hold, each with its source.
#[derive(Clone, Debug)]
pub struct Effective {
    /// The settings.
    pub config: ServerConfig,
    origins: Vec<Origin>,
}

impl Layer {
    /// What the environment says. An empty variable says nothing; `RUST_LOG` is a name for
    /// `TUBAN_LOG_LEVEL` that other programs share.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let said = |name: &str| variable(name).filter(|text| !text.is_empty()).map(|text| (text, name.to_owned()));
        let value = |(number, setting): (usize, &Setting)| {
            // A word for another program may be none for us.
            let ours = |(text, _): &(String, String)| setting.key == "log.level" && Filter::read(text).is_ok();
            let shared = || said("RUST_LOG").filter(ours);
            let (text, name) = said(&setting.variable()).or_else(shared)?;
            Some((number, text, Origin::Environment(name)))
        };
        Self(SETTINGS.iter().enumerate().filter_map(value).collect())
    }

    /// What flags say: keys of settings, each with what follows its flag.
    pub fn of_flags<'a>(flags: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let value = |(key, text): (&str, String)| {
            let number = named(key)?;
            Some((number, text, Origin::Flag(format!("--{}", SETTINGS[number].flag()))))
        };
        Self(flags.into_iter().filter_map(value).collect())
    }

    /// Adds what another source of the same strength says.
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Checks every value for itself; what does not go together may be set right by a stronger layer.
    ///
    /// # Errors
    /// [`ConfigError::Setting`] for a value that is none.
    pub fn check(&self) -> Result<(), ConfigError> {
        Effective::put([self.clone()]).map(drop)
    }

    /// Only what it says of the log.
    pub fn of_log(mut self) -> Self {
        self.0.retain(|(number, _, _)| SETTINGS[*number].key.starts_with("log."));
        self
    }
}

impl Default for Effective {
    fn default() -> Self {
        let mut config = ServerConfig::blank();
        for setting in SETTINGS {
            (setting.set)(&mut config, setting.default).expect("a test reads every default");
        }
        Self { config, origins: vec![Origin::Default; SETTINGS.len()] }
    }
}

impl Effective {
    /// Puts layers over the defaults, the strongest last.
    ///
    /// # Errors
    /// [`ConfigError::Setting`] for a value that is none, also where a stronger layer overrules it;
    /// [`ConfigError::Contradiction`] for values that do not go together.
    pub fn of(layers: impl IntoIterator<Item = Layer>) -> Result<Self, ConfigError> {
        let effective = Self::put(layers)?;
        match effective.config.contradiction() {
            Some(problem) => Err(ConfigError::Contradiction { problem }),
            None => Ok(effective),
        }
    }

    fn put(layers: impl IntoIterator<Item = Layer>) -> Result<Self, ConfigError> {
        let mut effective = Self::default();
        for (number, text, origin) in layers.into_iter().flat_map(|layer| layer.0) {
            let set = settings::SETTINGS[number].set;
            set(&mut effective.config, &text)
                .map_err(|problem| ConfigError::Setting { at: place_of(&origin), problem })?;
            effective.origins[number] = origin;
        }
        Ok(effective)
    }

    /// Every setting with its value and its source, in the order of documents.
    pub fn entries(&self) -> impl Iterator<Item = (&'static Setting, toml::Value, &Origin)> {
        SETTINGS.iter().zip(&self.origins).map(|(setting, origin)| (setting, (setting.get)(&self.config), origin))
    }
}

/// How a message names the place of a value.
fn place_of(origin: &Origin) -> String {
    match origin {
        Origin::File(place) => place.to_string(),
        other => format!("{other}: "),
    }
}

/// Variables that begin like ours and mean nothing, each with the nearest that does.
pub fn unknown_variables(names: impl IntoIterator<Item = String>) -> Vec<(String, Option<String>)> {
    const PREFIX: &str = "TUBAN_";
    let known: Vec<String> = SETTINGS.iter().map(Setting::variable).chain(["TUBAN_GENERATIONS".to_owned()]).collect();
    // The beginning that all have in common says nothing of how near they are.
    let ends = || known.iter().filter_map(|known| known.strip_prefix(PREFIX));
    let near = |end: &str| nearest(end, ends()).map(|end| format!("{PREFIX}{end}"));
    let unknown = |name: String| {
        let end = name.strip_prefix(PREFIX)?;
        let near = near(end);
        (!known.contains(&name)).then_some((name, near))
    };
    names.into_iter().filter_map(unknown).collect()
}

/// What `[server]` and `[log]` of a document say.
///
/// # Errors
/// [`ConfigError::Setting`] for a table or a list where there should be a value.
pub(in crate::config) fn of_document(document: &DeTable<'_>, source: &Source<'_>) -> Result<Layer, ConfigError> {
    let mut layer = Layer::default();
    for root in ["server", "log"] {
        if let Some(value) = document.get(root) {
            collect(value, root, source, &mut layer)?;
        }
    }
    Ok(layer)
}

fn collect(
    value: &Spanned<DeValue<'_>>,
    path: &'static str,
    source: &Source<'_>,
    layer: &mut Layer,
) -> Result<(), ConfigError> {
    let place = source.place(value.span().start, path);
    let refused = |problem: &str| ConfigError::Setting { at: place.to_string(), problem: problem.to_owned() };
    let Some(number) = named(path) else {
        let table = value.get_ref().as_table().ok_or_else(|| refused("this is a table of settings, not a value"))?;
        for (name, path, _) in below(path) {
            if let Some(value) = table.get(name) {
                collect(value, path, source, layer)?;
            }
        }
        return Ok(());
    };
    let text = match value.get_ref() {
        DeValue::Array(items) => {
            items.iter().map(|item| plain(item.get_ref())).collect::<Option<Vec<_>>>().map(|items| items.join(","))
        }
        value => plain(value),
    };
    let text = text.ok_or_else(|| refused("this is a value, not a table"))?;
    layer.0.push((number, text, Origin::File(place)));
    Ok(())
}

/// The words of a plain value.
fn plain(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(truth) => Some(truth.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(values: &[(&'static str, &str)]) -> Layer {
        Layer::of_flags(values.iter().map(|(key, text)| (*key, (*text).to_owned())))
    }

    #[test]
    fn every_default_can_be_read_and_is_what_is_printed() {
        let effective = Effective::default();
        let again = effective.entries().map(|(setting, value, _)| {
            let text = match &value {
                toml::Value::String(text) => text.clone(),
                toml::Value::Array(items) => items.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(","),
                other => other.to_string(),
            };
            (setting.key, text)
        });
        let again = Effective::of([Layer::of_flags(again)]).expect("what is printed can be read");
        assert_eq!(again.config, effective.config);
    }

    #[test]
    fn the_last_layer_is_the_strongest() -> Result<(), ConfigError> {
        let variable = |name: &str| match name {
            "TUBAN_LISTEN" => Some("127.0.0.1:1".to_owned()),
            "TUBAN_WORKERS" => Some("3".to_owned()),
            "TUBAN_LIMITS_QUEUE" => Some(String::new()),
            "RUST_LOG" => Some("debug".to_owned()),
            _ => None,
        };
        let effective = Effective::of([Layer::of_environment(variable), flags(&[("server.listen", "127.0.0.1:2")])])?;
        let origin = |key: &str| {
            let found = effective.entries().find(|(setting, _, _)| setting.key == key);
            found.map(|(_, value, origin)| format!("{value} {origin}"))
        };
        assert_eq!(origin("server.listen").as_deref(), Some("[\"127.0.0.1:2\"] --listen"));
        assert_eq!(origin("server.workers").as_deref(), Some("3 TUBAN_WORKERS"));
        assert_eq!(origin("server.limits.queue").as_deref(), Some("512 default"));
        assert_eq!(origin("log.level").as_deref(), Some("\"debug\" RUST_LOG"));
        Ok(())
    }

    #[test]
    fn values_that_are_none_or_do_not_go_together_are_refused() {
        let said = |values: &[(&'static str, &str)]| Effective::of([flags(values)]).expect_err("refused").to_string();
        assert!(said(&[("server.timeouts.head", "15")]).starts_with("--timeouts-head: \"15\" is no length of time"));
        assert!(said(&[("server.trusted_proxies", "10.0.0.0/99")]).contains("is no network"));
        assert!(said(&[("server.forwarding", "forwardet")]).contains("did you mean `forwarded`?"));
        assert!(said(&[("server.listen", "")]).contains("server.listen names no address"));
        assert!(said(&[("server.tls.key", "key.pem")]).contains("go together"));
        assert!(said(&[("server.timeouts.head", "300ms")]).contains("at least 1s"));
        let twice = [("server.public_url", "https://a.example/x"), ("server.base_path", "/x")];
        assert!(said(&twice).contains("has a path of its own"));
    }

    #[test]
    fn variables_that_mean_nothing_are_found() {
        let names = ["TUBAN_LISTEN", "TUBAN_LISTNE", "TUBAN_GENERATIONS", "PATH", "TUBAN_QQQQQQQQ"];
        let unknown = unknown_variables(names.map(str::to_owned));
        let near = Some("TUBAN_LISTEN".to_owned());
        assert_eq!(unknown, [("TUBAN_LISTNE".to_owned(), near), ("TUBAN_QQQQQQQQ".to_owned(), None)]);
    }

    #[test]
    fn names_below_a_path_are_settings_or_tables() {
        let names = below("server");
        assert!(names.contains(&("listen", "server.listen", true)));
        assert!(names.contains(&("limits", "server.limits", false)));
        assert_eq!(below("log").len(), 3);
        assert!(below("server.listen").is_empty());
    }
}
