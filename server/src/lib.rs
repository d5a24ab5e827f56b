//! The server of Tuban as a library: command line, configuration, builds, HTTP.
