//! How much is worked on at a time, how much waits for that, and for how long.
//!
//! A request takes one atomic operation to come in and one or two to leave; only those that have to wait
//! meet a lock. First come, first served.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use actix_http::RequestHead;
use tokio::sync::Notify;

use crate::config::server::Limits;
use crate::error::ApiError;

/// A door that lets in only so many.
#[derive(Debug)]
pub struct Gate {
    most: usize,
    queue: usize,
    wait: Duration,
    running: AtomicUsize,
    waiting: AtomicUsize,
    left: Notify,
}

/// The right to be worked on, given back when dropped.
#[derive(Debug)]
pub struct Permit(Arc<Gate>);

/// Why somebody was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shut {
    /// Too many wait already.
    Full,
    /// It took too long.
    Waited,
}

impl Gate {
    /// A gate with these limits.
    pub fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            most: limits.in_flight,
            queue: limits.queue,
            wait: limits.queue_wait,
            running: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            left: Notify::new(),
        })
    }

    /// Requests that are worked on.
    pub fn running(&self) -> usize {
        self.running.load(SeqCst)
    }

    /// Requests that wait.
    pub fn waiting(&self) -> usize {
        self.waiting.load(SeqCst)
    }

    /// Lets the caller in if there is room and nobody waits.
    pub fn enter_at_once(self: &Arc<Self>) -> Option<Permit> {
        if self.waiting.load(SeqCst) == 0 { self.take() } else { None }
    }

    /// Lets the caller in, at once if there is room and nobody waits, else in its turn.
    ///
    /// # Errors
    /// [`Shut`] where too many wait, or for too long.
    pub async fn enter(self: &Arc<Self>) -> Result<Permit, Shut> {
        if let Some(permit) = self.enter_at_once() {
            return Ok(permit);
        }
        let _place = Place::take(self).ok_or(Shut::Full)?;
        let turn = async {
            loop {
                // Ready to be told before looking: who leaves in between is not missed.
                let mut told = std::pin::pin!(self.left.notified());
                told.as_mut().enable();
                if let Some(permit) = self.take() {
                    return permit;
                }
                told.await;
            }
        };
        tokio::time::timeout(self.wait, turn).await.map_err(|_| Shut::Waited)
    }

    fn take(self: &Arc<Self>) -> Option<Permit> {
        let room = |running| (running < self.most).then_some(running + 1);
        self.running.fetch_update(SeqCst, SeqCst, room).ok().map(|_| Permit(Arc::clone(self)))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, SeqCst);
        if self.0.waiting.load(SeqCst) > 0 {
            self.0.left.notify_one();
        }
    }
}

/// A place in the queue.
struct Place<'g>(&'g Gate);

impl<'g> Place<'g> {
    fn take(gate: &'g Gate) -> Option<Self> {
        let room = |waiting| (waiting < gate.queue).then_some(waiting + 1);
        gate.waiting.fetch_update(SeqCst, SeqCst, room).ok().map(|_| Self(gate))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, SeqCst);
    }
}

/// Refuses a request whose head is too large to be one of ours.
///
/// # Errors
/// [`ApiError::UrlTooLong`], [`ApiError::HeadersTooLarge`].
pub(super) fn check_head(limits: &Limits, head: &RequestHead) -> Result<(), ApiError> {
    /// `: ` and the end of the line.
    const AROUND: usize = 4;
    let url = head.uri.path_and_query().map_or(0, |url| url.as_str().len());
    if url > limits.url.0 {
        return Err(ApiError::UrlTooLong(limits.url.0));
    }
    let sizes = head.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + AROUND);
    if sizes.sum::<usize>() > limits.headers.0 {
        return Err(ApiError::HeadersTooLarge(limits.headers.0));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use futures_util::poll;
    use std::pin::pin;

    fn gate(in_flight: usize, queue: usize, queue_wait: Duration) -> Arc<Gate> {
        Gate::new(&Limits { in_flight, queue, queue_wait, ..Limits::default() })
    }

    #[actix_web::test]
    async fn who_finds_no_room_waits_and_the_next_is_refused() {
        let gate = gate(1, 1, Duration::from_secs(600));
        let first = gate.enter().await.expect("there is room");
        let mut second = pin!(gate.enter());
        assert!(poll!(second.as_mut()).is_pending());
        assert_eq!((gate.running(), gate.waiting()), (1, 1));
        assert_eq!(gate.enter().await.err(), Some(Shut::Full));
        drop(first);
        let second = second.await.expect("the first has left");
        assert_eq!((gate.running(), gate.waiting()), (1, 0));
        drop(second);
        assert_eq!(gate.running(), 0);
    }

    #[actix_web::test]
    async fn nobody_overtakes_who_waits() {
        let gate = gate(1, 2, Duration::from_secs(600));
        let first = gate.enter().await.expect("there is room");
        let (mut second, mut third) = (pin!(gate.enter()), pin!(gate.enter()));
        assert!(poll!(second.as_mut()).is_pending() && poll!(third.as_mut()).is_pending());
        drop(first);
        assert!(poll!(third.as_mut()).is_pending());
        drop(second.await.expect("the first has left"));
        third.await.expect("the second has left");
    }

    #[actix_web::test]
    async fn waiting_ends_and_leaves_nothing_behind() {
        let gate = gate(1, 1, Duration::from_millis(1));
        let first = gate.enter().await.expect("there is room");
        assert_eq!(gate.enter().await.err(), Some(Shut::Waited));
        {
            let mut gone = pin!(gate.enter());
            assert!(poll!(gone.as_mut()).is_pending());
        }
        assert_eq!(gate.waiting(), 0);
        drop(first);
        gate.enter().await.expect("there is room again");
    }

    #[actix_web::test]
    async fn all_of_a_crowd_come_in() {
        let gate = gate(3, 1000, Duration::from_secs(600));
        let through = async || {
            let permit = gate.enter().await;
            assert!(gate.running() <= 3);
            tokio::task::yield_now().await;
            permit.is_ok()
        };
        assert!(join_all((0..1000).map(|_| through())).await.into_iter().all(|ok| ok));
        assert_eq!((gate.running(), gate.waiting()), (0, 0));
    }
}
