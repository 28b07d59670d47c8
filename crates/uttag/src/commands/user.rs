//! `uttag user`: staff who sign in.

use std::process::ExitCode;

use anyhow::Context as _;
use gateway::Directory;
use gateway::users::{self, FirstSignIn, NewUser, Role};
use kernel::{NetworkCode, SharedClock};

use crate::cli::User;
use crate::directory;
use crate::folder::Folder;

/// Carries out one command on the gateway's database.
pub async fn run(command: User, clock: SharedClock) -> anyhow::Result<ExitCode> {
    match command {
        User::Create {
            data,
            network,
            name,
            email,
            roles,
        } => {
            let directory = directory::open(&Folder::existing(&data.path)?, clock).await?;
            let roles = roles
                .iter()
                .map(|role| parse(role))
                .collect::<anyhow::Result<Vec<_>>>()?;
            let new = NewUser {
                network: NetworkCode::parse(&network)?,
                name,
                email,
                roles,
            };
            let created = users::create(&directory, &new, FirstSignIn::Invitation, None).await?;
            let token = created
                .invitation
                .context("an invited user has an invitation")?;
            println!("/sv/staff/invitation/{token}");
        }
        User::List { data, network } => {
            let directory = directory::open(&Folder::existing(&data.path)?, clock).await?;
            for user in users::list(&directory, &NetworkCode::parse(&network)?, None).await? {
                let roles: Vec<_> = user.roles.iter().map(|role| role.name()).collect();
                println!(
                    "{}  {}  {}  {}",
                    user.id,
                    user.state,
                    user.email,
                    roles.join(",")
                );
            }
        }
        User::Disable {
            data,
            network,
            email,
        } => {
            let directory = directory::open(&Folder::existing(&data.path)?, clock).await?;
            disable(&directory, &NetworkCode::parse(&network)?, &email).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn disable(directory: &Directory, network: &NetworkCode, email: &str) -> anyhow::Result<()> {
    let all = users::list(directory, network, None).await?;
    let user = all
        .iter()
        .find(|user| user.email.eq_ignore_ascii_case(email))
        .context("nobody signs in to this network with that address")?;
    users::disable(directory, network, user.id, None).await?;
    println!("disabled, and every session ended");
    Ok(())
}

fn parse(role: &str) -> anyhow::Result<Role> {
    let names: Vec<_> = Role::ALL.iter().map(|role| role.name()).collect();
    Role::parse(role)
        .with_context(|| format!("there is no role {role}; there are {}", names.join(", ")))
}
