//! The gateway as a process of its own.

use std::process::ExitCode;

use gateway_migration::Migrator;

fn main() -> ExitCode {
    chassis::process::main::<Migrator, gateway::Administration, _, _, _>(
        gateway::program(),
        gateway::run,
    )
}
