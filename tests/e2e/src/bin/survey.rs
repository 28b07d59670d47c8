//! The survey as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    chassis::process::main(
        e2e::survey::SERVICE,
        e2e::survey::DEFAULTS,
        e2e::survey::http,
        e2e::survey::run,
    )
}
