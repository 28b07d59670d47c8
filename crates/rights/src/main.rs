//! The rights service as a process of its own.

use std::process::ExitCode;

use chassis::process::NoCommand;
use rights_migration::Migrator;

fn main() -> ExitCode {
    chassis::process::main::<Migrator, NoCommand, _, _, _>(rights::program(), rights::run)
}
