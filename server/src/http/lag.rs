//! How far a worker is behind with what has already arrived.
//!
//! A tile from memory is answered in one go, so however many ask, only one request of a worker is worked on
//! at a time, and a limit to those sees nothing: what waits lies unread in sockets. A task that does
//! nothing but wait for its turn between the connections has to wait as long as they do. It is woken
//! at most once a millisecond, and only where requests come, so an idle server sleeps.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// How often it is worth looking.
const PAUSE: Duration = Duration::from_millis(1);

/// Fewer requests in one turn are no crowd: then the worker was kept by something else, and refusing
/// would not help.
const CROWD: u32 = 16;

/// What a worker knows of its own lateness.
pub(super) struct Lag {
    allowed: Duration,
    looked: Cell<Instant>,
    waiting: Cell<bool>,
    requests: Cell<u32>,
    late: Cell<bool>,
    wake: Notify,
}

impl Lag {
    /// Watches the worker whose thread this is; `None` where it may be as late as it likes.
    pub(super) fn watch(allowed: Duration) -> Option<Rc<Self>> {
        if allowed.is_zero() {
            return None;
        }
        let lag = Rc::new(Self {
            allowed,
            looked: Cell::new(Instant::now()),
            waiting: Cell::new(false),
            requests: Cell::new(0),
            late: Cell::new(false),
            wake: Notify::new(),
        });
        actix_web::rt::spawn(look(Rc::clone(&lag)));
        Some(lag)
    }

    /// Whether a request that comes now should be refused.
    pub(super) fn is_late(&self, now: Instant) -> bool {
        self.requests.set(self.requests.get().saturating_add(1));
        let since = now.saturating_duration_since(self.looked.get());
        if !self.waiting.get() && since >= PAUSE {
            // What was true before a pause says nothing of now.
            self.late.set(self.late.get() && since <= 2 * self.allowed);
            self.waiting.set(true);
            self.looked.set(now);
            self.requests.set(0);
            self.wake.notify_one();
        }
        self.late.get()
    }

    /// Its turn has come.
    fn turn(&self, now: Instant) {
        let waited = now.saturating_duration_since(self.looked.get());
        self.late.set(waited > self.allowed && self.requests.get() >= CROWD);
        self.waiting.set(false);
    }
}

/// Waits to be woken, which takes one turn of all connections that have something to do. Ends with the
/// worker.
async fn look(lag: Rc<Lag>) {
    loop {
        lag.wake.notified().await;
        lag.turn(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd(lag: &Lag, from: Instant, requests: u32) -> bool {
        (0..requests).fold(false, |_, _| lag.is_late(from))
    }

    #[actix_web::test]
    async fn a_crowd_that_takes_long_makes_late_and_a_short_turn_ends_it() {
        let lag = Lag::watch(Duration::from_millis(100)).expect("there is a limit");
        let start = Instant::now() + PAUSE;
        assert!(!crowd(&lag, start, CROWD + 1), "nothing is known yet");
        lag.turn(start + Duration::from_millis(101));
        assert!(lag.is_late(start + Duration::from_millis(102)));
        lag.turn(start + Duration::from_millis(103));
        assert!(!lag.is_late(start + Duration::from_millis(104)));
    }

    #[actix_web::test]
    async fn a_worker_that_something_else_kept_is_not_late() {
        let lag = Lag::watch(Duration::from_millis(100)).expect("there is a limit");
        let start = Instant::now() + PAUSE;
        crowd(&lag, start, 3);
        lag.turn(start + Duration::from_secs(5));
        assert!(!lag.is_late(start + Duration::from_secs(6)));
    }

    #[actix_web::test]
    async fn lateness_of_long_ago_is_forgotten() {
        let lag = Lag::watch(Duration::from_millis(100)).expect("there is a limit");
        let start = Instant::now() + PAUSE;
        crowd(&lag, start, CROWD + 1);
        lag.turn(start + Duration::from_millis(101));
        assert!(!lag.is_late(start + Duration::from_secs(1)));
    }

    #[actix_web::test]
    async fn the_watcher_takes_its_turn() {
        let lag = Lag::watch(Duration::from_millis(100)).expect("there is a limit");
        lag.is_late(Instant::now() + PAUSE);
        while lag.waiting.get() {
            tokio::task::yield_now().await;
        }
        assert!(Lag::watch(Duration::ZERO).is_none());
    }
}
