//! The registry as a process of its own.

use std::process::ExitCode;

use chassis::process::NoCommand;
use registry_migration::Migrator;

fn main() -> ExitCode {
    chassis::process::main::<Migrator, NoCommand, _, _, _>(registry::program(), registry::run)
}
