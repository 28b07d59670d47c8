//! The orders service as a process of its own.

use std::process::ExitCode;

use chassis::process::NoCommand;
use orders_migration::Migrator;

fn main() -> ExitCode {
    chassis::process::main::<Migrator, NoCommand, _, _, _>(orders::program(), orders::run)
}
