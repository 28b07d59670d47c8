//! The CRM as a process of its own.

use std::process::ExitCode;

use chassis::process::NoCommand;
use crm_migration::Migrator;

fn main() -> ExitCode {
    chassis::process::main::<Migrator, NoCommand, _, _, _>(crm::program(), crm::run)
}
