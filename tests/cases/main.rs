//! What Tuban promises, asked of the built binary.
#![allow(clippy::panic, reason = "a case fails by panicking")]

mod city;

mod cli;
mod hygiene;
