//! How far a worker is behind with what has already arrived, and how many requests it takes on then.
//!
//! A tile from memory is answered in one go, so however many ask, only one request of a worker is worked on
//! at a time, and a limit to those sees nothing: what waits lies unread in sockets. A task that does
//! nothing but wait for its turn between the connections has to wait as long as they do. It is woken
//! at most once a millisecond, and only where requests come, so an idle server sleeps.
//!
//! A crowd that comes at once is answered, if it takes no longer than is allowed. Where a shorter wait does
//! not go away, more comes than can be answered, and waiting only makes everybody late; then so many requests
//! of a turn are let in that the turn stays very short. Both times are those of CoDel (RFC 8289, §4.2 to 4.4),
//! which tells good queues from bad ones in the same way.
//!
//! Reading a request and telling that it is refused costs half of what an answer costs, and whoever is told
//! at once asks again at once: a server that is asked often enough would do nothing but refuse. So refusals
//! wait in a line that moves at a steady pace, which takes no work and next to no memory.

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

/// What a turn may take for so long, as a part of what a single one may: 5 ms where that is a quarter of a second.
const SHORT: u32 = 50;

/// What a turn should take once some are refused, in the same way: 1 ms.
const SHORTEST: u32 = 250;

/// How often it is tried whether all of a turn could be let in: clients that wait for each other's answers
/// keep a worker busy without end, and yet none of them has to wait for long.
const TRIAL: Duration = Duration::from_secs(5);

/// How long a refusal waits for each one before it: a tenth of a worker's time goes into them.
const PACE: Duration = Duration::from_micros(100);

/// Refusals that wait at most; the next ones are told at once.
const MOST_HELD: u32 = 10_000;

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
    /// Whether this turn has as many as come all the same, and when one was the last.
    trial: Cell<bool>,
    tried: Cell<Instant>,
    /// Refusals that wait.
    held: Cell<u32>,
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
            trial: Cell::new(false),
            tried: Cell::new(Instant::now()),
            held: Cell::new(0),
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
            if self.most.get().is_some() && now.saturating_duration_since(self.tried.get()) >= TRIAL {
                self.trial.set(true);
                self.tried.set(now);
            }
            self.wake.notify_one();
        }
        if !self.trial.get() && self.most.get().is_some_and(|most| self.taken.get() >= most) {
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
        let waited = now.saturating_duration_since(self.looked.get());
        let (short, shortest) = (self.allowed / SHORT, self.allowed / SHORTEST);
        let is_crowd = self.requests.get() >= CROWD;
        let Some(most) = self.most.get() else {
            if waited <= short || !is_crowd {
                self.behind.set(None);
                return;
            }
            let behind = self.behind.get().unwrap_or(now);
            self.behind.set(Some(behind));
            if now.saturating_duration_since(behind) >= STANDING || waited > self.allowed {
                self.tried.set(now);
                self.limit(waited, shortest, now);
            }
            return;
        };
        if self.trial.take() {
            if waited <= short {
                self.most.set(None);
                self.behind.set(None);
            }
        } else if waited <= shortest || !is_crowd {
            // Carefully up to where nobody has to be refused.
            let is_over = now.saturating_duration_since(self.refused.get()) > STANDING;
            self.most.set(Some(most).filter(|_| !is_over).map(|most| most.saturating_add(1 + most / 8)));
        } else {
            self.limit(waited, shortest, now);
        }
    }

    /// Lets as many in from now on as would have been done in time.
    fn limit(&self, waited: Duration, time: Duration, now: Instant) {
        let fitting = f64::from(self.taken.get()) * time.as_secs_f64() / waited.as_secs_f64();
        self.most.set(Some((fitting as u32).max(1)));
        self.refused.set(now);
    }

    /// Has a refusal wait for those before it; `None` where too many do.
    pub(super) fn hold(self: &Rc<Self>) -> Option<Held> {
        let ahead = self.held.get();
        (ahead < MOST_HELD).then(|| {
            self.held.set(ahead + 1);
            Held { lag: Rc::clone(self), wait: PACE * ahead }
        })
    }
}

/// A refusal that waits; not any more when dropped.
pub(super) struct Held {
    lag: Rc<Lag>,
    wait: Duration,
}

impl Held {
    /// Waits until it may be told.
    pub(super) async fn turn(self) {
        tokio::time::sleep(self.wait).await;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.lag.held.set(self.lag.held.get() - 1);
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
        // An answer takes 100 µs; 100 of them come in a turn.
        let (now, told) = turns(&lag, start, 100, |taken| taken * MS / 10, 200);
        let crowd = told.iter().position(|refused| *refused > 0).expect("some are refused");
        assert!((8..=12).contains(&crowd), "a tenth of a second is no reason: {told:?}");
        for refused in &told[crowd + 10..] {
            assert!((85..=95).contains(refused), "all of {told:?}");
        }
        // Fewer come: soon all of them are let in, and after a while nothing is counted any more.
        let (_, told) = turns(&lag, now, 20, |taken| taken * MS / 25, 100);
        assert!(told[40..].iter().all(|refused| *refused == 0), "{told:?}");
        assert_eq!(lag.most.get(), None);
    }

    #[actix_web::test]
    async fn so_many_as_keep_it_busy_are_let_in_again_after_a_flood() {
        let (lag, start) = (lag(), Instant::now() + PAUSE);
        let (now, told) = turns(&lag, start, 100, |taken| taken * MS / 10, 200);
        assert!(told[199] > 0);
        let (_, told) = turns(&lag, now, 40, |taken| taken * MS / 10, 5000);
        assert!(told[100] > 0 && told[4000..].iter().all(|refused| *refused == 0), "{told:?}");
    }

    #[actix_web::test]
    async fn a_flood_that_goes_on_is_told_by_one_turn() {
        let (lag, start) = (lag(), Instant::now() + PAUSE);
        let (_, told) = turns(&lag, start, 100, |taken| taken * MS / 10, 8000);
        let (first, trials) = (told.iter().take_while(|refused| **refused == 0).count(), 3);
        assert_eq!(told[first..].iter().filter(|refused| **refused == 0).count(), trials, "{told:?}");
    }

    #[actix_web::test]
    async fn refusals_wait_for_those_before_them() {
        let lag = lag();
        let held: Vec<Held> = (0..3).filter_map(|_| lag.hold()).collect();
        assert_eq!(held.iter().map(|held| held.wait).collect::<Vec<_>>(), [Duration::ZERO, PACE, 2 * PACE]);
        drop(held);
        let all: Vec<Held> = (0..MOST_HELD).filter_map(|_| lag.hold()).collect();
        assert_eq!((all.len(), lag.hold().is_none()), (MOST_HELD as usize, true));
        drop(all);
        lag.hold().expect("there is room again").turn().await;
        assert_eq!(lag.held.get(), 0);
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
