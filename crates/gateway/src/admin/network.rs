//! `network`: the networks of an installation, and what their provisioning systems sign in with.

use anyhow::Context as _;
use chassis::say;
use clap::{Args, Subcommand};
use kernel::NetworkCode;
use secrecy::ExposeSecret as _;

use super::{entered, told};
use crate::directory::Directory;
use crate::i18n::Lang;
use crate::import_credentials;
use crate::networks::{self, Network};

/// `network`
#[derive(Debug, Subcommand)]
pub enum NetworkCommand {
    /// Enter or change a network.
    Put {
        /// Its code (`coId`).
        code: String,
        /// Its name.
        name: String,
        /// The language of visitors who have not chosen: sv or en. Not given: as it is, Swedish at first.
        #[arg(long)]
        language: Option<String>,
        /// The whole host name under which visitors meet it. Not given: as it is.
        #[arg(long)]
        host: Option<String>,
    },
    /// List the networks.
    List,
    /// Import credentials: what a network's provisioning system posts accesses with.
    #[command(subcommand)]
    Credential(ImportCredentialCommand),
}

/// Whose credential.
#[derive(Args, Debug)]
pub struct OfNetwork {
    /// The network's code.
    #[arg(long)]
    pub network: String,
}

/// `network credential`
#[derive(Debug, Subcommand)]
pub enum ImportCredentialCommand {
    /// Make one; the key is shown this once.
    Create(OfNetwork),
    /// End one, and every sign-in with it.
    Revoke {
        /// Whose.
        #[command(flatten)]
        of: OfNetwork,
        /// The API user.
        api_user: i64,
    },
    /// List them, without keys.
    List(OfNetwork),
}

pub(super) async fn carry_out(
    command: &NetworkCommand,
    directory: &Directory,
) -> anyhow::Result<()> {
    match command {
        NetworkCommand::Put {
            code,
            name,
            language,
            host,
        } => {
            let mut network = named(code, name)?;
            if let Some(known) = networks::find(directory, &network.code).await? {
                let name = network.name;
                network = Network { name, ..known };
            }
            if let Some(language) = language {
                network.language = Lang::parse(language)
                    .with_context(|| format!("{language} is no language: sv or en"))?;
            }
            if let Some(host) = host {
                network.host.clone_from(host);
            }
            networks::put(directory, &network).await.map_err(told)?;
            say!("{code} is {name}");
            let all = networks::list(directory).await?;
            if let Some(first) = networks::behind(&all, &network.code) {
                let slug = all.iter().find(|one| one.code == network.code);
                let slug = slug.map_or("", |one| one.slug.as_str());
                say!(
                    "visitors do not meet {code} yet: {} has the site. Give it --host, or a host name that begins with {slug}.",
                    first.code
                );
            }
        }
        NetworkCommand::List => {
            for network in networks::list(directory).await? {
                say!("{}  {}", network.code, network.name);
            }
        }
        NetworkCommand::Credential(command) => credential(command, directory).await?,
    }
    Ok(())
}

async fn credential(
    command: &ImportCredentialCommand,
    directory: &Directory,
) -> anyhow::Result<()> {
    let network = entered(directory, &command.of().network).await?;
    match command {
        ImportCredentialCommand::Create(_) => {
            let made = import_credentials::create(directory, &network).await?;
            say!("api_user  {}", made.api_user);
            let key = made.api_key.expose_secret();
            say!("api_key   {key}  (shown this once)");
        }
        ImportCredentialCommand::Revoke { api_user, .. } => {
            import_credentials::revoke(directory, &network, *api_user)
                .await
                .with_context(|| format!("{network} has no valid credential {api_user}"))?;
            say!("{api_user} is revoked; sign-ins with it have ended");
        }
        ImportCredentialCommand::List(_) => {
            for row in import_credentials::list(directory, &network).await? {
                let revoked = row
                    .revoked_at
                    .map_or_else(|| "valid".to_owned(), |at| format!("revoked {at}"));
                say!("{}  created {}  {revoked}", row.api_user, row.created_at);
            }
        }
    }
    Ok(())
}

impl ImportCredentialCommand {
    fn of(&self) -> &OfNetwork {
        match self {
            Self::Create(of) | Self::List(of) | Self::Revoke { of, .. } => of,
        }
    }
}

/// A network with what follows from its code: Swedish first, the host name's first label in lower case.
///
/// # Errors
/// The code is none.
pub fn named(code: &str, name: &str) -> anyhow::Result<Network> {
    Ok(Network {
        code: NetworkCode::parse(code)?,
        name: name.to_owned(),
        language: Lang::default(),
        slug: String::new(),
        host: String::new(),
        entered_at: None,
    })
}
