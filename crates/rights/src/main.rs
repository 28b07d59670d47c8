//! The rights service as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    chassis::process::main("rights", rights::DEFAULTS, |_| None, rights::run)
}
