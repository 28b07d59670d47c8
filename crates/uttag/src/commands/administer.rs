//! `uttag network`, `uttag user`, `uttag provider`: the gateway's own commands, on a folder or by the gateway's configuration.

use std::process::ExitCode;

use gateway::{Administration, DEFAULTS, Directory};
use kernel::SharedClock;
use service_kit::config;

use crate::cli::OfGateway;
use crate::directory;
use crate::folder::Folder;

/// Carries out one command on the gateway's database.
pub async fn run(
    of: &OfGateway,
    command: &Administration,
    clock: SharedClock,
) -> anyhow::Result<ExitCode> {
    command.perform(&open(of, clock).await?).await?;
    Ok(ExitCode::SUCCESS)
}

async fn open(of: &OfGateway, clock: SharedClock) -> anyhow::Result<Directory> {
    let Some(file) = &of.config else {
        return directory::open(&Folder::existing(&of.data)?, clock).await;
    };
    let config: gateway::Config = config::load(DEFAULTS, Some(file))?;
    config.check()?;
    Directory::connect(&config.database, &config.keys, clock).await
}
