//! Harness for end-to-end tests of the built binary.
