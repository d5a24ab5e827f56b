//! The server in process: configuration, builds, start configurations and HTTP, without a socket.

mod build;
mod city;
mod config;
mod http;
mod init;
