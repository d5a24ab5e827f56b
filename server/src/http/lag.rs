//! How far a worker is behind with what has already arrived, and how many requests it takes on then.
//!
//! A tile from memory is answered in one go, so however many ask, only one request of a worker is worked on
//! at a time, and a limit to those sees nothing: what waits lies unread in sockets. A task that does
//! nothing but wait for its turn between the connections has to wait as long as they do. It is woken
//! at most once a millisecond, and only where requests come, so an idle server sleeps.
//!
//! A crowd that comes at once is answered, if it takes no longer than is allowed. Where a shorter wait does
//! not go away, more comes than can be answered, and waiting only makes everybody late; then so many requests
//! of a turn are let in that the turn stays short. Both times are those of CoDel (RFC 8289, §4.2 to 4.4), which
//! tells good queues from bad ones in the same way.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// How often it is worth looking.
const PAUSE: Duration = Duration::from_millis(1);

/// Fewer requests in one turn are no crowd: then the worker was kept by something else, and refusing
/// would not help.
const CROWD: u32 = 16;

/// For how long a worker may be behind before that is no crowd any more.
const STANDING: Duration = Duration::from_millis(100);

/// What a turn may take then, as a part of what a single one may: 5 ms where that is a quarter of a second.
const SHORT: u32 = 50;

/// What a worker knows of its own lateness.
pub(super) struct Lag {
    allowed: Duration,
    looked: Cell<Instant>,
    /// When its last turn came.
    turned: Cell<Instant>,
    waiting: Cell<bool>,
    /// Requests that came since it looked.
    requests: Cell<u32>,
    /// Of these, the ones that were let in.
    taken: Cell<u32>,
    /// How many a turn may have; `None`: as many as come.
    most: Cell<Option<u32>>,
    /// Since when each turn took too long.
    behind: Cell<Option<Instant>>,
    /// When somebody was refused last.
    refused: Cell<Instant>,
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
            turned: Cell::new(Instant::now()),
            waiting: Cell::new(false),
            requests: Cell::new(0),
            taken: Cell::new(0),
            most: Cell::new(None),
            behind: Cell::new(None),
            refused: Cell::new(Instant::now()),
            wake: Notify::new(),
        });
        actix_web::rt::spawn(look(Rc::clone(&lag)));
        Some(lag)
    }

    /// Whether a request that comes now should be refused.
    pub(super) fn is_late(&self, now: Instant) -> bool {
        self.requests.set(self.requests.get().saturating_add(1));
        if !self.waiting.get() && now.saturating_duration_since(self.looked.get()) >= PAUSE {
            if now.saturating_duration_since(self.turned.get()) > STANDING {
                // What was true before a pause says nothing of now.
                self.most.set(None);
                self.behind.set(None);
            }
            self.waiting.set(true);
            self.looked.set(now);
            self.requests.set(0);
            self.taken.set(0);
            self.wake.notify_one();
        }
        if self.most.get().is_some_and(|most| self.taken.get() >= most) {
            self.refused.set(now);
            return true;
        }
        self.taken.set(self.taken.get().saturating_add(1));
        false
    }

    /// Its turn has come.
    fn turn(&self, now: Instant) {
        self.waiting.set(false);
        self.turned.set(now);
        let (waited, short) = (now.saturating_duration_since(self.looked.get()), self.allowed / SHORT);
        if waited <= short || self.requests.get() < CROWD {
            self.behind.set(None);
            // Carefully up to where nobody has to be refused.
            let is_over = now.saturating_duration_since(self.refused.get()) > STANDING;
            self.most.set(self.most.get().filter(|_| !is_over).map(|most| most.saturating_add(1 + most / 8)));
            return;
        }
        let behind = self.behind.get().unwrap_or(now);
        self.behind.set(Some(behind));
        let is_standing = now.saturating_duration_since(behind) >= STANDING;
        if is_standing || waited > self.allowed || self.most.get().is_some() {
            // So many would have been done in time.
            let fitting = f64::from(self.taken.get()) * short.as_secs_f64() / waited.as_secs_f64();
            self.most.set(Some((fitting as u32).max(1)));
            self.refused.set(now);
        }
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

    const MS: Duration = Duration::from_millis(1);

    fn lag() -> Rc<Lag> {
        Lag::watch(250 * MS).expect("there is a limit")
    }

    /// Turns of so many requests that take so long each, one after the other; how many each refused.
    fn turns(
        lag: &Lag,
        from: Instant,
        requests: u32,
        took: impl Fn(u32) -> Duration,
        turns: usize,
    ) -> (Instant, Vec<u32>) {
        let (mut now, mut all) = (from, Vec::new());
        for _ in 0..turns {
            now += PAUSE;
            let refused: u32 = (0..requests).map(|_| u32::from(lag.is_late(now))).sum();
            now += took(requests - refused);
            lag.turn(now);
            all.push(refused);
        }
        (now, all)
    }

    #[actix_web::test]
    async fn a_crowd_is_answered_and_one_that_takes_too_long_is_the_last() {
        let start = Instant::now() + PAUSE;
        for (took, refused) in [(249, [0, 0]), (251, [0, 99])] {
            let (_, told) = turns(&lag(), start, 100, |_| took * MS, 2);
            assert_eq!(told, refused, "{took} ms");
        }
    }

    #[actix_web::test]
    async fn who_comes_all_the_time_in_too_great_number_is_let_in_as_turns_stay_short() {
        let (lag, start) = (lag(), Instant::now() + PAUSE);
        // An answer takes 100 µs and a refusal 10 µs; 100 of them come in a turn.
        let took = |taken: u32| taken * MS / 10 + (100 - taken) * MS / 100;
        let (now, told) = turns(&lag, start, 100, took, 100);
        let crowd = told.iter().position(|refused| *refused > 0).expect("some are refused");
        assert!((8..=12).contains(&crowd), "a tenth of a second is no reason: {told:?}");
        for refused in &told[crowd + 10..] {
            assert!((40..70).contains(refused), "all of {told:?}");
        }
        // Fewer come: soon all of them are let in, and after a while nothing is counted any more.
        let (_, told) = turns(&lag, now, 40, |taken| taken * MS / 10, 60);
        assert!(told[20..].iter().all(|refused| *refused == 0), "{told:?}");
        assert_eq!(lag.most.get(), None);
    }

    #[actix_web::test]
    async fn a_worker_that_something_else_kept_is_not_late() {
        let (_, told) = turns(&lag(), Instant::now() + PAUSE, 3, |_| 5000 * MS, 10);
        assert_eq!(told, [0; 10]);
    }

    #[actix_web::test]
    async fn lateness_of_long_ago_is_forgotten() {
        let lag = lag();
        let (now, told) = turns(&lag, Instant::now() + PAUSE, 100, |_| 300 * MS, 2);
        assert!(told[1] > 0);
        assert_eq!(turns(&lag, now + 2 * STANDING, 100, |_| MS, 1).1, [0]);
    }

    #[actix_web::test]
    async fn the_watcher_takes_its_turn() {
        let lag = lag();
        lag.is_late(Instant::now() + PAUSE);
        while lag.waiting.get() {
            tokio::task::yield_now().await;
        }
        assert!(Lag::watch(Duration::ZERO).is_none());
    }
}
