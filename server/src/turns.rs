//! Whose turn it is to compute: as many at a time as there are cores.
//!
//! More of them would only make each other late, and each takes memory. Who comes in a crowd waits its turn,
//! for a second at most. Where somebody has been waiting all of the last second, more is asked for than can be
//! made; then only as many wait as there are cores, so that those who are let in wait about as long as their
//! own work takes, and the others are told at once. That ends when so many find a free turn as would not if
//! more were asked for than can be made, or when nobody has had to wait for a second.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::error::ApiError;

/// How long a crowd is worked off, and how long anybody waits.
const CROWD: Duration = Duration::from_secs(1);

/// How many of the latest count when it is asked how many found a free turn.
const LATEST: f64 = 64.0;

/// The share of them that says that the flood is over: where *k* are asked for in the time that one takes, and
/// none can wait, about e^-k find a free turn.
const ENOUGH: f64 = 0.35;

/// The turns, shared by everyone who computes.
#[derive(Clone, Debug)]
pub(crate) struct Turns(Arc<State>);

#[derive(Debug)]
struct State {
    places: usize,
    crowd: Duration,
    wait: Duration,
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
    seen: Mutex<Crowd>,
}

/// What is known of those who came.
#[derive(Debug, Default)]
struct Crowd {
    /// Since when there was always somebody who waited.
    since: Option<Instant>,
    /// In a flood: the share of the latest who found a free turn.
    flood: Option<f64>,
    /// When somebody found none.
    last: Option<Instant>,
}

impl Crowd {
    /// Somebody comes: how long this crowd may go on before it is a flood; `None` where it is one, and more is
    /// asked for than can be made.
    fn patience(&mut self, found: bool, now: Instant, time: Duration) -> Option<Duration> {
        if let Some(share) = &mut self.flood {
            *share += (f64::from(u8::from(found)) - *share) / LATEST;
            let is_calm = self.last.is_none_or(|last| now.saturating_duration_since(last) >= time);
            if found && (*share > ENOUGH || is_calm) {
                self.flood = None;
            }
        }
        let mut left = time;
        if found {
            self.since = None;
        } else {
            self.last = Some(now);
            let since = *self.since.get_or_insert(now);
            left = time.saturating_sub(now.saturating_duration_since(since));
            if left.is_zero() && self.flood.is_none() {
                self.flood = Some(0.0);
            }
        }
        self.flood.is_none().then_some(left)
    }
}

/// The right to compute, given back when dropped.
pub(crate) type Turn = OwnedSemaphorePermit;

impl Default for Turns {
    fn default() -> Self {
        Self::of(available_parallelism().map_or(1, usize::from), CROWD, CROWD)
    }
}

impl Turns {
    fn of(places: usize, crowd: Duration, wait: Duration) -> Self {
        let free = Arc::new(Semaphore::new(places));
        let (waiting, seen) = (AtomicUsize::new(0), Mutex::default());
        Self(Arc::new(State { places, crowd, wait, free, waiting, seen }))
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`ApiError::Busy`] where there is no hope of one.
    pub(crate) async fn take(&self) -> Result<Turn, ApiError> {
        let Self(state) = self;
        let free = Arc::clone(&state.free).try_acquire_owned();
        let patience = {
            // Whoever panicked left nothing half done there.
            let mut crowd = state.seen.lock().unwrap_or_else(PoisonError::into_inner);
            crowd.patience(free.is_ok(), Instant::now(), state.crowd)
        };
        if let Ok(turn) = free {
            return Ok(turn);
        }
        let _place = Place::take(state);
        if patience.is_none() && state.waiting.load(SeqCst) > state.places {
            return Err(ApiError::Busy);
        }
        // Whoever still waits when the crowd turns out to be a flood would make others wait.
        let wait = patience.unwrap_or(state.wait).min(state.wait);
        let turn = timeout(wait, Arc::clone(&state.free).acquire_owned()).await;
        // The semaphore is never closed.
        turn.map_err(|_| ApiError::Busy)?.map_err(ApiError::internal)
    }
}

/// A place among those who wait.
struct Place<'s>(&'s State);

impl<'s> Place<'s> {
    fn take(state: &'s State) -> Self {
        state.waiting.fetch_add(1, SeqCst);
        Self(state)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::poll;
    use std::pin::pin;

    const HOUR: Duration = Duration::from_secs(3600);
    const SHORT: Duration = Duration::from_millis(1);

    #[actix_web::test]
    async fn who_comes_in_a_crowd_waits_its_turn() {
        let turns = Turns::of(1, HOUR, HOUR);
        let first = turns.take().await.expect("it is free");
        let (mut second, mut third) = (pin!(turns.take()), pin!(turns.take()));
        assert!(poll!(second.as_mut()).is_pending() && poll!(third.as_mut()).is_pending());
        drop(first);
        drop(second.await.expect("its turn"));
        drop(third.await.expect("its turn"));
        drop(turns.take().await.expect("it is free again"));
    }

    #[actix_web::test]
    async fn nobody_waits_for_ever() {
        let turns = Turns::of(1, HOUR, SHORT);
        let first = turns.take().await.expect("it is free");
        assert!(matches!(turns.take().await, Err(ApiError::Busy)));
        drop(first);
        drop(turns.take().await.expect("it is free again"));
    }

    #[actix_web::test]
    async fn where_the_crowd_does_not_end_few_wait() {
        let turns = Turns::of(1, Duration::ZERO, HOUR);
        let first = turns.take().await.expect("it is free");
        let mut second = pin!(turns.take());
        assert!(poll!(second.as_mut()).is_pending());
        assert!(matches!(turns.take().await, Err(ApiError::Busy)), "one waits already");
        drop(first);
        let second = second.await.expect("its turn");
        assert!(poll!(pin!(turns.take())).is_pending(), "nobody else waits");
        drop(second);
        drop(turns.take().await.expect("it is free again"));
        assert!(turns.0.seen.lock().is_ok_and(|crowd| crowd.since.is_none()), "the next crowd has its own time");
    }

    #[test]
    fn a_flood_is_not_over_because_somebody_was_lucky() {
        let (mut crowd, start, second) = (Crowd::default(), Instant::now(), Duration::from_secs(1));
        let at = |ms: u64| start + Duration::from_millis(ms);
        let left = |ms: u64| Some(second - Duration::from_millis(ms));
        assert!((0..1000).all(|ms| crowd.patience(false, at(ms), second) == left(ms)), "a crowd has a second");
        assert_eq!(crowd.patience(false, at(1000), second), None);
        // One in eight finds a free turn: twice as much is asked for as can be made.
        assert!((1001..5000).all(|ms| crowd.patience(ms % 8 == 0, at(ms), second).is_none()));
        // Every other one does: soon it is over.
        let over = (5000..6000).find(|ms| crowd.patience(ms % 2 == 0, at(*ms), second).is_some());
        let over = over.expect("it is over");
        assert!(over < 5200, "{over}");
        assert_eq!(crowd.patience(false, at(over + 1), second), Some(second), "the next crowd has its own second");
    }

    #[test]
    fn a_flood_of_long_ago_is_over() {
        let (mut crowd, start) = (Crowd::default(), Instant::now());
        assert_eq!(crowd.patience(false, start, Duration::ZERO), None);
        let second = Duration::from_secs(1);
        assert_eq!(crowd.patience(true, start + second / 2, second), None);
        assert!(crowd.patience(true, start + second, second).is_some());
    }
}
