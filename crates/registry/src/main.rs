//! The registry as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    chassis::process::main(
        registry::SERVICE,
        registry::DEFAULTS,
        |_| None,
        registry::run,
    )
}
