//! The survey as a process of its own.

use std::process::ExitCode;

use chassis::process::NoCommand;
use e2e::survey;

fn main() -> ExitCode {
    chassis::process::main::<survey::Migrator, NoCommand, _, _, _>(survey::program(), survey::run)
}
