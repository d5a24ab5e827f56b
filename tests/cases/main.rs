//! What Tuban promises, asked of the built binary. A line a room:
#![allow(clippy::panic, reason = "a case fails by panicking")]

mod cells;
mod city; // the demo city that the others share

mod api;
mod archives;
mod bad_input;
mod browser;
mod cli;
mod demo;
mod embed;
mod engines;
mod findings;
mod fixtures;
mod hygiene;
mod incremental;
mod live;
mod map_is_table;
mod operation;
mod paper;
mod quality;
mod real_cities;
mod resume;
mod rules;
mod settings;
mod squares;
mod styles;
mod tiles;
mod tls;
mod totals;
mod workbook;
