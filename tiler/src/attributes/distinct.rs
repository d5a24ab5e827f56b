//! The least of many values, and how many different ones there are: exact up to a bound, and of
//! bounded memory beyond it.
//!
//! What is kept is the least [`MOST`] different values. The least of a union are among the least of its
//! parts, so parts may be added in any order and on any thread.

use std::borrow::Borrow;
use std::collections::BTreeSet;

/// Different values that are told apart; a column with more counts as having so many.
///
/// # References
/// mapbox-geostats, "Limitations": no more than 1000 unique values are counted.
pub(super) const MOST: usize = 1000;

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Distinct<T: Ord>(BTreeSet<T>);

impl<T: Ord> Default for Distinct<T> {
    fn default() -> Self {
        Self(BTreeSet::new())
    }
}

impl<T: Ord> Distinct<T> {
    /// Adds a value; `own` makes it ours if it is to be kept.
    pub(super) fn add<Q: Ord + ?Sized>(&mut self, value: &Q, own: impl FnOnce() -> T)
    where
        T: Borrow<Q>,
    {
        if self.0.len() >= MOST && self.0.last().is_some_and(|last| value >= last.borrow()) {
            return;
        }
        if !self.0.contains(value) {
            self.0.insert(own());
            if self.0.len() > MOST {
                self.0.pop_last();
            }
        }
    }

    /// Adds what another has seen.
    pub(super) fn merge(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
        while self.0.len() > MOST {
            self.0.pop_last();
        }
    }

    /// Different values, at most [`MOST`].
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// The least values, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }
}
