//! `uttag enrol`: identity and keys of a service.

use std::process::ExitCode;

use chassis::say;
use kernel::Clock;

use crate::cli::Enrol;
use crate::folder::Folder;

/// Makes what the service needs to be believed, when it is not there.
pub fn enrol(arguments: &Enrol, clock: &dyn Clock) -> anyhow::Result<ExitCode> {
    let folder = Folder::existing(&arguments.data.path)?;
    folder.enrol(&arguments.service, &folder.authority()?, clock)?;
    say!(
        "identity  {}",
        folder.identity(&arguments.service).display()
    );
    say!("anchor    {}", folder.anchor().display());
    Ok(ExitCode::SUCCESS)
}
