//! How far a build is: a bar on a terminal, log lines elsewhere.

use std::io::{self, IsTerminal};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::build::Watch;

/// All bars of the process, so that log lines find their place above them.
static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Runs `write` while no bar is drawn.
pub(crate) fn between_redraws<T>(write: impl FnOnce() -> T) -> T {
    BARS.suspend(write)
}

/// Shows a build to whoever looks at standard error.
pub fn shown() -> Box<dyn Watch> {
    if io::stderr().is_terminal() { Box::new(Bar::new()) } else { Box::new(Lines::default()) }
}

/// A bar that goes away when the work is done.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let style = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos}/{len} {elapsed}");
        let style = style.expect("the template is a constant that a test draws");
        let bar = BARS.add(ProgressBar::new(0).with_style(style));
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(bar)
    }
}

impl Watch for Bar {
    fn stage(&self, name: &str) {
        self.0.set_message(name.to_owned());
        self.0.set_length(0);
        self.0.set_position(0);
    }
    fn tiles(&self, done: u64, expected: u64) {
        self.0.set_length(expected);
        self.0.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// A line every few seconds, for logs.
#[derive(Default)]
struct Lines {
    last: Mutex<Option<Instant>>,
}

impl Watch for Lines {
    fn stage(&self, name: &str) {
        tracing::info!(stage = name, "building");
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
    fn tiles(&self, done: u64, expected: u64) {
        /// Often enough to see that it lives, rarely enough to keep the log short.
        const BETWEEN: Duration = Duration::from_secs(5);
        // Tilers on other threads need not wait for a log line.
        let Ok(mut last) = self.last.try_lock() else { return };
        if last.is_none_or(|last| last.elapsed() >= BETWEEN) {
            *last = Some(Instant::now());
            tracing::info!(tiles = done, expected, "cutting tiles");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_can_be_drawn() {
        let bar = Bar::new();
        bar.stage("cutting tiles");
        bar.tiles(1, 2);
    }
}
