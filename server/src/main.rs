//! The binary `tuban`.

use std::process::ExitCode;

use clap::Parser;
use server::cli::{Cli, Exit};

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => Exit::Good.into(),
        Err(error) => {
            let exit = error.exit();
            // One line: what went wrong, then what caused it.
            eprintln!("tuban: {:#}", anyhow::Error::from(error));
            exit.into()
        }
    }
}
