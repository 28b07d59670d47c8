//! `uttag network`: the networks of an installation.

use std::process::ExitCode;

use gateway::i18n::Lang;
use gateway::networks;
use kernel::{NetworkCode, SharedClock};

use crate::cli::Network;
use crate::directory;
use crate::folder::Folder;

/// Carries out one command on the gateway's database.
pub async fn run(command: Network, clock: SharedClock) -> anyhow::Result<ExitCode> {
    match command {
        Network::Put { data, code, name } => {
            let directory = directory::open(&Folder::existing(&data.path)?, clock).await?;
            let network = named(&code, &name)?;
            networks::put(&directory, &network).await?;
            println!("{code} is {name}");
        }
        Network::List { data } => {
            let directory = directory::open(&Folder::existing(&data.path)?, clock).await?;
            for network in networks::list(&directory).await? {
                println!("{}  {}", network.code, network.name);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A network with what follows from its code: Swedish first, the host name's first label in lower case.
pub fn named(code: &str, name: &str) -> anyhow::Result<networks::Network> {
    Ok(networks::Network {
        code: NetworkCode::parse(code)?,
        name: name.to_owned(),
        language: Lang::default(),
        slug: String::new(),
        host: String::new(),
    })
}
