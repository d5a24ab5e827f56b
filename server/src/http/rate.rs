//! How often one client may ask.
//!
//! Clients are told apart by a hash with a secret of this process, in a table of fixed size: memory is
//! bounded whoever asks, nobody can choose whose rate to share, and a check is one atomic operation.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed, StateStore};
use governor::{Quota, RateLimiter};

use crate::config::server;

/// The rates of all clients.
pub(super) struct Rate {
    limiter: RateLimiter<IpAddr, Slots, DefaultClock, NoOpMiddleware>,
    clock: DefaultClock,
}

/// A state for each client, or for several.
struct Slots {
    states: Box<[InMemoryState]>,
    secret: RandomState,
}

impl StateStore for Slots {
    type Key = IpAddr;

    fn measure_and_replace<T, F, E>(&self, client: &IpAddr, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let hash = self.secret.hash_one(network(*client));
        // The table has at least one place and at most as many as memory has bytes.
        let place = (hash % self.states.len() as u64) as usize;
        self.states[place].measure_and_replace(&NotKeyed::NonKey, decide)
    }
}

/// What counts as one client: an IPv4 address, or the 64 bits of IPv6 that one customer is given.
fn network(client: IpAddr) -> u64 {
    match client {
        IpAddr::V4(address) => u64::from(address.to_bits()),
        IpAddr::V6(address) => (address.to_bits() >> 64) as u64,
    }
}

impl Rate {
    /// The rates; `None` where clients may ask as often as they like.
    pub(super) fn new(config: &server::Rate) -> Option<Self> {
        let number = |number: usize| NonZeroU32::new(u32::try_from(number).unwrap_or(u32::MAX));
        let quota = Quota::per_second(number(config.per_second)?).allow_burst(number(config.burst)?);
        let states = (0..config.clients.max(1)).map(|_| InMemoryState::default()).collect();
        let slots = Slots { states, secret: RandomState::new() };
        let clock = DefaultClock::default();
        Some(Self { limiter: RateLimiter::new(quota, slots, clock.clone()), clock })
    }

    /// Counts a request.
    ///
    /// # Errors
    /// How long the client has to wait before its next.
    pub(super) fn check(&self, client: IpAddr) -> Result<(), Duration> {
        self.limiter.check_key(&client).map_err(|not_yet| not_yet.wait_time_from(self.clock.now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(per_second: usize, burst: usize) -> Rate {
        Rate::new(&server::Rate { per_second, burst, clients: 65_536 }).expect("there is a rate")
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn one_client_is_stopped_and_the_others_are_not() {
        let rate = rate(1, 3);
        let asked: Vec<bool> = (0..5).map(|_| rate.check(ip("192.0.2.1")).is_ok()).collect();
        assert_eq!(asked, [true, true, true, false, false]);
        let wait = rate.check(ip("192.0.2.1")).expect_err("it asked too often");
        assert!(wait <= Duration::from_secs(1), "{wait:?}");
        // One of many addresses may share its place by chance; that all of them do is no chance.
        assert!((2..200).any(|last| rate.check(ip(&format!("192.0.2.{last}"))).is_ok()));
    }

    #[test]
    fn a_customers_ipv6_network_is_one_client() {
        let rate = rate(1, 2);
        let asked: Vec<bool> = (0..4).map(|host| rate.check(ip(&format!("2001:db8::{host:x}"))).is_ok()).collect();
        assert_eq!(asked, [true, true, false, false]);
    }

    #[test]
    fn no_rate_is_no_limit() {
        assert!(Rate::new(&server::Rate { per_second: 0, burst: 1, clients: 1 }).is_none());
    }
}
