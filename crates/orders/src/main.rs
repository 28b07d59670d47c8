//! The orders service as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    chassis::process::main(orders::SERVICE, orders::DEFAULTS, |_| None, orders::run)
}
