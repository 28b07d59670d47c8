//! `uttag provider credential`: what a provider's system signs in with.

use std::process::ExitCode;

use gateway::credentials::{self, Credential as Made};
use kernel::{NetworkCode, ProviderId, SharedClock};
use secrecy::ExposeSecret as _;

use crate::cli::{Credential, OfProvider, Provider};
use crate::directory;
use crate::folder::Folder;

/// Carries out one command on the gateway's database.
pub async fn run(
    Provider::Credential(command): Provider,
    clock: SharedClock,
) -> anyhow::Result<ExitCode> {
    let of = match &command {
        Credential::Create(of)
        | Credential::Rotate(of)
        | Credential::List(of)
        | Credential::Revoke { of, .. } => of,
    };
    let OfProvider {
        data,
        network,
        provider,
    } = of;
    let network = NetworkCode::parse(network)?;
    let provider = ProviderId::parse(provider)?;
    let directory = directory::open(&Folder::existing(&data.path)?, clock).await?;
    match &command {
        Credential::Create(_) => show(&credentials::create(&directory, &network, &provider).await?),
        Credential::Rotate(_) => show(&credentials::rotate(&directory, &network, &provider).await?),
        Credential::Revoke { client_id, .. } => {
            credentials::revoke(&directory, &network, client_id).await?;
            println!("{client_id} is revoked; tokens given for it end within minutes");
        }
        Credential::List(_) => {
            for row in credentials::list(&directory, &network).await? {
                if row.provider == provider.as_str() {
                    let revoked = row
                        .revoked_at
                        .map_or_else(|| "valid".to_owned(), |at| format!("revoked {at}"));
                    println!("{}  created {}  {revoked}", row.client_id, row.created_at);
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(made: &Made) {
    println!("client_id      {}", made.client_id);
    println!(
        "client_secret  {}  (shown this once)",
        made.secret.expose_secret()
    );
}
