//! The CRM as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    chassis::process::main(crm::SERVICE, crm::DEFAULTS, |_| None, crm::run)
}
