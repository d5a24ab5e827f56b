//! In which languages an extract speaks.

use clap::ValueEnum;
use layers::stats::OwnedLabel;
use serde::Deserialize;

/// The languages of an extract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Chinese (simplified).
    Zh,
    /// English.
    En,
    /// Chinese with English beside or below it.
    #[default]
    Both,
}

impl Language {
    /// A label on one line.
    pub(super) fn line(self, label: &OwnedLabel) -> String {
        self.words(&label.zh, &label.en)
    }

    /// Our own words on one line.
    pub(super) fn words(self, zh: &str, en: &str) -> String {
        match self {
            Self::Zh => zh.to_owned(),
            Self::En => en.to_owned(),
            Self::Both if zh == en => zh.to_owned(),
            Self::Both => format!("{zh} {en}"),
        }
    }

    /// A sentence in each language that is spoken, in order.
    pub(super) fn sentences(self, label: &OwnedLabel) -> Vec<&str> {
        match self {
            Self::Zh => vec![&label.zh],
            Self::En => vec![&label.en],
            Self::Both if label.zh == label.en => vec![&label.zh],
            Self::Both => vec![&label.zh, &label.en],
        }
    }

    /// The language that stands first.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Zh | Self::Both => "zh",
            Self::En => "en",
        }
    }
}
