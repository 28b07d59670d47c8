//! `provider credential`: what a provider's system signs in with.

use anyhow::Context as _;
use chassis::say;
use clap::{Args, Subcommand};
use kernel::{NetworkCode, ProviderId};
use secrecy::ExposeSecret as _;

use super::entered;
use crate::credentials::{self, Credential as Made};
use crate::directory::Directory;

/// `provider`
#[derive(Debug, Subcommand)]
pub enum ProviderCommand {
    /// Credentials of a provider's system.
    #[command(subcommand)]
    Credential(Credential),
}

/// Whose credential.
#[derive(Args, Debug)]
pub struct OfProvider {
    /// The network's code.
    #[arg(long)]
    pub network: String,
    /// The provider's id.
    #[arg(long)]
    pub provider: String,
}

/// `provider credential`
#[derive(Debug, Subcommand)]
pub enum Credential {
    /// Make one; the secret is shown this once.
    Create(OfProvider),
    /// Make the next one; the one before stays valid until it is revoked.
    Rotate(OfProvider),
    /// End one.
    Revoke {
        /// Whose.
        #[command(flatten)]
        of: OfProvider,
        /// The client id.
        client_id: String,
    },
    /// List them, without secrets.
    List(OfProvider),
}

pub(super) async fn carry_out(
    ProviderCommand::Credential(command): &ProviderCommand,
    directory: &Directory,
) -> anyhow::Result<()> {
    let of = command.of();
    let network = entered(directory, &of.network).await?;
    let provider = ProviderId::parse(&of.provider)?;
    match command {
        Credential::Create(_) => show(&credentials::create(directory, &network, &provider).await?),
        Credential::Rotate(_) => show(&credentials::rotate(directory, &network, &provider).await?),
        Credential::Revoke { client_id, .. } => {
            revoke(directory, &network, &provider, client_id).await?;
        }
        Credential::List(_) => list(directory, &network, &provider).await?,
    }
    Ok(())
}

impl Credential {
    fn of(&self) -> &OfProvider {
        match self {
            Self::Create(of) | Self::Rotate(of) | Self::List(of) | Self::Revoke { of, .. } => of,
        }
    }
}

fn show(made: &Made) {
    say!("client_id      {}", made.client_id);
    say!(
        "client_secret  {}  (shown this once)",
        made.secret.expose_secret()
    );
}

async fn revoke(
    directory: &Directory,
    network: &NetworkCode,
    provider: &ProviderId,
    client_id: &str,
) -> anyhow::Result<()> {
    let unknown = || format!("{provider} has no valid credential {client_id} in {network}");
    let all = credentials::list(directory, network).await?;
    let mut own = all.iter().filter(|row| row.provider == provider.as_str());
    anyhow::ensure!(own.any(|row| row.client_id == client_id), unknown());
    credentials::revoke(directory, network, client_id)
        .await
        .with_context(unknown)?;
    say!("{client_id} is revoked; tokens given for it end within minutes");
    Ok(())
}

async fn list(
    directory: &Directory,
    network: &NetworkCode,
    provider: &ProviderId,
) -> anyhow::Result<()> {
    let all = credentials::list(directory, network).await?;
    for row in all.iter().filter(|row| row.provider == provider.as_str()) {
        let revoked = row
            .revoked_at
            .map_or_else(|| "valid".to_owned(), |at| format!("revoked {at}"));
        say!("{}  created {}  {revoked}", row.client_id, row.created_at);
    }
    Ok(())
}
