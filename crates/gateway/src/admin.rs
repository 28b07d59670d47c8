//! Commands of operators on the gateway's own data: networks, staff who sign in, credentials of providers' systems.
//!
//! `gateway network|user|provider …` runs them on the database of the gateway's configuration, `uttag network|user|provider …`
//! on the folder of an embedded installation. A gateway that is running meanwhile is not disturbed.

mod network;
mod provider;
mod user;

use std::sync::Arc;

use chassis::process::OwnCommand;
use clap::Subcommand;
use kernel::{NetworkCode, SystemClock};

pub use network::{ImportCredentialCommand, NetworkCommand, OfNetwork, named};
pub use provider::{Credential, OfProvider, ProviderCommand};
pub use user::UserCommand;

use crate::app::error::AppError;
use crate::config::{Config, Settings};
use crate::directory::Directory;
use crate::networks;

/// What an operator does.
#[derive(Debug, Subcommand)]
pub enum Administration {
    /// Providers' systems.
    #[command(subcommand)]
    Provider(ProviderCommand),
    /// Staff who sign in.
    #[command(subcommand)]
    User(UserCommand),
    /// Networks of this installation.
    #[command(subcommand)]
    Network(NetworkCommand),
}

impl Administration {
    /// Carries it out, and says on the terminal what was done.
    ///
    /// # Errors
    /// What was asked for cannot be read or is refused; the text says why.
    pub async fn perform(&self, directory: &Directory) -> anyhow::Result<()> {
        match self {
            Self::Provider(command) => provider::carry_out(command, directory).await,
            Self::User(command) => user::carry_out(command, directory).await,
            Self::Network(command) => network::carry_out(command, directory).await,
        }
    }
}

impl OwnCommand<Settings> for Administration {
    async fn carry_out(self, config: Config) -> anyhow::Result<()> {
        let clock = Arc::new(SystemClock);
        let directory = Directory::connect(&config.database, &config.keys, clock).await?;
        self.perform(&directory).await
    }
}

/// A network that has been entered: a slip of the pen makes nothing for one that nobody serves.
async fn entered(directory: &Directory, code: &str) -> anyhow::Result<NetworkCode> {
    let code = NetworkCode::parse(code)?;
    let all = networks::list(directory).await?;
    anyhow::ensure!(
        all.iter().any(|network| network.code == code),
        "there is no network {code}; `network put` enters one"
    );
    Ok(code)
}

/// Every rule that is broken, by its name.
fn told(error: AppError) -> anyhow::Error {
    let AppError::Invalid(violations) = error else {
        return error.into();
    };
    let rules = violations
        .iter()
        .map(|broken| format!("{}: {}", broken.field, broken.rule));
    anyhow::anyhow!("{}", rules.collect::<Vec<_>>().join("; "))
}
