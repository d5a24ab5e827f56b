//! The languages that maps and legends speak.

use ::layers::codes::Label;
use ::layers::stats::OwnedLabel;

/// The language of a picture's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Chinese (simplified).
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// The language with that code, `zh` or `en`.
    pub fn of(code: &str) -> Option<Self> {
        match code {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// What it calls something.
    pub(crate) fn pick(self, label: &OwnedLabel) -> &str {
        match self {
            Self::Zh => &label.zh,
            Self::En => &label.en,
        }
    }

    /// What it calls a class.
    pub(crate) fn word(self, label: &Label) -> &str {
        match self {
            Self::Zh => &label.zh,
            Self::En => &label.en,
        }
    }

    /// How an area is written: two decimals and the unit.
    pub(crate) fn hectares(self, area_ha: f64) -> String {
        match self {
            Self::Zh => format!("{area_ha:.2} 公顷"),
            Self::En => format!("{area_ha:.2} ha"),
        }
    }
}
