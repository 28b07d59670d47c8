//! The gateway as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    chassis::process::main(
        "gateway",
        gateway::DEFAULTS,
        |settings: &gateway::Settings| Some(settings.http),
        gateway::run,
    )
}
