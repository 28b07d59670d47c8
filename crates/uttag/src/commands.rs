//! One file per command.

mod administer;
mod backup;
mod certificate;
mod contract;
mod dead_letters;
mod dev_certs;
mod doctor;
mod enrol;
mod import;
mod operator;
mod serve;

use std::process::ExitCode;
use std::sync::Arc;

use gateway::Administration;
use kernel::{SharedClock, SystemClock};
use service_kit::config::{ConfigError, EX_CONFIG};

use crate::cli::{Cli, Command};

/// Carries out what was asked for.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let clock: SharedClock = Arc::new(SystemClock);
    match cli.command {
        Command::Serve(arguments) => serve::serve(arguments, clock).await,
        Command::Demo(arguments) => crate::demo::run(arguments, clock).await,
        Command::Import(command) => import::run(command, clock).await,
        Command::Contract(command) => contract::run(command, clock).await,
        Command::Certificate(command) => certificate::run(&command, clock.as_ref()),
        Command::DeadLetters(command) => dead_letters::run(command).await,
        Command::Provider(on) => {
            administer::run(&on.of, &Administration::Provider(on.command), clock).await
        }
        Command::User(on) => {
            administer::run(&on.of, &Administration::User(on.command), clock).await
        }
        Command::Network(on) => {
            administer::run(&on.of, &Administration::Network(on.command), clock).await
        }
        Command::Backup(command) => backup::run(command, clock).await,
        Command::Enrol(arguments) => enrol::enrol(&arguments, clock.as_ref()),
        Command::DevCerts(arguments) => dev_certs::create(&arguments, clock.as_ref()),
        Command::Doctor(arguments) => doctor::run(&arguments).await,
    }
}

/// 64 for a configuration that must not be run with, 1 for everything else.
pub fn exit_code(error: &anyhow::Error) -> ExitCode {
    let config = error
        .chain()
        .any(<dyn std::error::Error + 'static>::is::<ConfigError>);
    if config {
        ExitCode::from(EX_CONFIG)
    } else {
        ExitCode::FAILURE
    }
}
