//! What Tuban promises, asked of the built binary. A line per room:
#![allow(clippy::panic, reason = "a case fails by panicking")]

mod city;

mod api;
mod bad_input;
mod cli;
mod demo;
mod hygiene;
mod map_is_table;
