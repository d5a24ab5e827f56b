//! What the quality gate found, in the forms people read: text for a terminal, JSON, a page.

mod html;
mod text;

use layers::quality::{Answer, Quality};

pub use html::{Page, html};
pub use text::text;

/// The content of `quality.json`.
pub fn json(quality: &Quality) -> String {
    let value = serde_json::to_value(quality).expect("what checks found has string keys and finite numbers");
    format!("{value:#}\n")
}

/// The checks that found something, the worst first.
fn found(quality: &Quality) -> Vec<&Answer> {
    let mut found: Vec<&Answer> = quality.checks.iter().filter(|answer| answer.count > Some(0)).collect();
    // Stable: of two as bad, the one that is asked first.
    found.sort_by_key(|answer| (!answer.is_worse(), std::cmp::Reverse(answer.severity)));
    found
}

/// An area or another amount as people read it.
fn amount(amount: f64) -> String {
    format!("{amount:.2}")
}
