//! Whose turn it is to compute: as many at a time as there are cores.
//!
//! More of them would only make each other late, and each takes memory. Who comes in a crowd waits its turn,
//! for a second at most. Where somebody has been waiting all of the last second, more is asked for than can be
//! made; then only as many wait as there are cores, so that those who are let in wait about as long as their
//! own work takes, and the others are told at once.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::error::ApiError;

/// How long a crowd is worked off, and how long anybody waits.
const CROWD: Duration = Duration::from_secs(1);

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
    /// Since when there was always somebody who waited.
    crowded: Mutex<Option<Instant>>,
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
        let (waiting, crowded) = (AtomicUsize::new(0), Mutex::default());
        Self(Arc::new(State { places, crowd, wait, free, waiting, crowded }))
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`ApiError::Busy`] where there is no hope of one.
    pub(crate) async fn take(&self) -> Result<Turn, ApiError> {
        let Self(state) = self;
        let free = Arc::clone(&state.free).try_acquire_owned();
        let since = {
            // Whoever panicked left either the old or the new moment there.
            let mut crowded = state.crowded.lock().unwrap_or_else(PoisonError::into_inner);
            match free {
                Ok(turn) => {
                    *crowded = None;
                    return Ok(turn);
                }
                Err(_) => *crowded.get_or_insert_with(Instant::now),
            }
        };
        let _place = Place::take(state);
        if since.elapsed() >= state.crowd && state.waiting.load(SeqCst) > state.places {
            return Err(ApiError::Busy);
        }
        let turn = timeout(state.wait, Arc::clone(&state.free).acquire_owned()).await;
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
        assert!(turns.0.crowded.lock().is_ok_and(|crowded| crowded.is_none()), "the next crowd has its own time");
    }
}
