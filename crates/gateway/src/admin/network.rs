//! `network`: the networks of an installation.

use chassis::say;
use clap::Subcommand;
use kernel::NetworkCode;

use super::told;
use crate::directory::Directory;
use crate::i18n::Lang;
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
    },
    /// List the networks.
    List,
}

pub(super) async fn carry_out(
    command: &NetworkCommand,
    directory: &Directory,
) -> anyhow::Result<()> {
    match command {
        NetworkCommand::Put { code, name } => {
            networks::put(directory, &named(code, name)?)
                .await
                .map_err(told)?;
            say!("{code} is {name}");
        }
        NetworkCommand::List => {
            for network in networks::list(directory).await? {
                say!("{}  {}", network.code, network.name);
            }
        }
    }
    Ok(())
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
    })
}
