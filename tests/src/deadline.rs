//! Waiting for something to become true, with an end.

use std::time::{Duration, Instant};

/// For what takes moments: a server that stops, a page that answers.
pub const SHORT: Duration = Duration::from_secs(60);

/// For what may take minutes on a busy machine: a city that is built.
pub const LONG: Duration = Duration::from_secs(540);

/// Asks again and again until there is an answer; `None` when the time is over.
pub fn within<T>(time: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + time;
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if Instant::now() > end {
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
