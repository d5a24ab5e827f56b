//! The binary `tuban`.
fn main() {}
