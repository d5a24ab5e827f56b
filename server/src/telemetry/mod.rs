//! Logs: to standard error alone, as text for people or JSON for machines. With the feature `otel` spans of
//! requests go to a collector as well.

#[cfg(not(feature = "otel"))]
mod plain;
#[cfg(feature = "otel")]
mod traces;

use std::io::{self, Write};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

#[cfg(not(feature = "otel"))]
use plain::install;
#[cfg(not(feature = "otel"))]
pub(crate) use plain::{finish, follow};
#[cfg(feature = "otel")]
use traces::install;
#[cfg(feature = "otel")]
pub(crate) use traces::{finish, follow};

use crate::config::server::{Log, Word, Written, written_word};
use crate::progress;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl Word for LogFormat {
    const ALL: &'static [(&'static str, Self)] = &[("text", Self::Text), ("json", Self::Json)];
    const WORDS: &'static str = "text|json";
}
written_word!(LogFormat);

/// Which lines are logged: a level, or levels by part as `tracing_subscriber::EnvFilter` reads them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter(String);

impl Written for Filter {
    const NAME: &'static str = "LEVEL";

    fn read(text: &str) -> Result<Self, String> {
        let refused = || {
            format!("{text:?} is no level: error, warn, info, debug, trace or off, or by part \"info,server=debug\"")
        };
        // The library takes any word for the name of a part; nobody means that without a level.
        let has_level = |part: &str| {
            let level = part.rsplit('=').next().unwrap_or(part).trim().to_ascii_lowercase();
            ["off", "error", "warn", "info", "debug", "trace"].contains(&level.as_str())
        };
        if !text.split(',').filter(|part| !part.contains('[')).all(has_level) {
            return Err(refused());
        }
        EnvFilter::try_new(text).map(|_| Self(text.to_owned())).map_err(|_| refused())
    }

    fn write(&self) -> String {
        self.0.clone()
    }
}

impl Filter {
    /// The filter as the library has it.
    fn directives(&self) -> String {
        /// Bytes that are no HTTP are the client's mistake, answered with 400; the library calls each
        /// one an error of the stream. Nor are the workers of the HTTP library of interest: the last
        /// line of a start is the address.
        const QUIET: &str = "actix_server=warn,actix_http::h1::dispatcher=off";
        match self.0.as_str() {
            "error" | "warn" | "info" => format!("{},{QUIET}", self.0),
            other => other.to_owned(),
        }
    }
}

/// Starts logging.
pub fn start(log: &Log) {
    install(log.format, EnvFilter::new(log.level.directives()));
}

/// Standard error, between the redraws of a progress bar.
struct Lines;

impl<'w> MakeWriter<'w> for Lines {
    type Writer = Line;
    fn make_writer(&'w self) -> Line {
        Line
    }
}

/// One log line.
struct Line;

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        progress::between_redraws(|| io::stderr().write(bytes))
    }
    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_told_from_a_misspelt_one() {
        for good in ["info", "debug", "WARN", "server=debug,info", "off", "server::http=trace"] {
            assert!(Filter::read(good).is_ok(), "{good}");
        }
        for bad in ["", "inof", "server", "server=loud", "info,"] {
            assert!(Filter::read(bad).is_err(), "{bad}");
        }
    }
}
