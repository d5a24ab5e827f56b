//! The server in process: configuration, builds, start configurations and HTTP, without a socket.

#![expect(clippy::panic, reason = "a test that fails panics")]

mod build;
mod city;
mod config;
mod contract;
mod copies;
mod explain;
mod foreign;
mod front;
mod garbage;
mod http;
mod init;
mod quality;
mod rules;
mod settings;
mod shortcut;
