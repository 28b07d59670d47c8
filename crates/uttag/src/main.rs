//! `uttag`: the whole of Uttag in one binary, and the tools of its operators.
#![expect(clippy::print_stderr, reason = "a command line speaks to its terminal")]

mod cli;
mod commands;
mod demo;
mod directory;
mod embedded;
mod folder;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    service_kit::install_crypto();
    let cli = cli::Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("uttag: cannot start the runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(cli)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("uttag: {error:#}");
            commands::exit_code(&error)
        }
    }
}
