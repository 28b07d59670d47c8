//! `user`: staff who sign in.

use anyhow::Context as _;
use chassis::say;
use clap::Subcommand;
use kernel::NetworkCode;

use super::{entered, told};
use crate::directory::Directory;
use crate::users::{self, FirstSignIn, NewUser, Role, User};

/// `user`
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make a user and print the path of a one-time invitation link.
    Create {
        /// The network that the user works for.
        #[arg(long)]
        network: String,
        /// The user's name.
        #[arg(long)]
        name: String,
        /// The user's e-mail address, which is what they sign in with.
        #[arg(long)]
        email: String,
        /// admin, importer, customer_service, compliance, dpo, protected_data; several with commas.
        #[arg(long, value_delimiter = ',', required = true)]
        roles: Vec<String>,
    },
    /// List the users of a network. The reading is logged.
    List {
        /// The network.
        #[arg(long)]
        network: String,
    },
    /// Take password and authenticator app away and print a new invitation link: for a lost telephone, or to let a
    /// disabled user in again.
    Reset(OfUser),
    /// End a user's access and sessions.
    Disable(OfUser),
}

/// Whose account.
#[derive(Debug, clap::Args)]
pub struct OfUser {
    /// The network.
    #[arg(long)]
    pub network: String,
    /// What the user signs in with.
    #[arg(long)]
    pub email: String,
}

pub(super) async fn carry_out(command: &UserCommand, directory: &Directory) -> anyhow::Result<()> {
    match command {
        UserCommand::Create {
            network,
            name,
            email,
            roles,
        } => {
            let new = NewUser {
                network: entered(directory, network).await?,
                name: name.clone(),
                email: email.clone(),
                roles: roles
                    .iter()
                    .map(|role| parse(role))
                    .collect::<Result<_, _>>()?,
            };
            let created = users::create(directory, &new, FirstSignIn::Invitation, None)
                .await
                .map_err(told)?;
            invited(created.invitation)
        }
        UserCommand::List { network } => list(directory, &NetworkCode::parse(network)?).await,
        UserCommand::Reset(of) => {
            let (network, user) = of.find(directory).await?;
            let reset = users::reset(directory, &network, user.id, None).await?;
            invited(reset.invitation)
        }
        UserCommand::Disable(of) => disable(directory, of).await,
    }
}

impl OfUser {
    async fn find(&self, directory: &Directory) -> anyhow::Result<(NetworkCode, User)> {
        let network = NetworkCode::parse(&self.network)?;
        let all = users::list(directory, &network, None).await?;
        let user = all
            .into_iter()
            .find(|user| user.email.eq_ignore_ascii_case(&self.email))
            .context("nobody signs in to this network with that address")?;
        Ok((network, user))
    }
}

fn invited(token: Option<String>) -> anyhow::Result<()> {
    let token = token.context("an invited user has an invitation")?;
    say!("/sv/staff/invitation/{token}");
    Ok(())
}

async fn list(directory: &Directory, network: &NetworkCode) -> anyhow::Result<()> {
    for user in users::list(directory, network, None).await? {
        let roles: Vec<_> = user.roles.iter().map(|role| role.name()).collect();
        say!(
            "{}  {}  {}  {}",
            user.id,
            user.state,
            user.email,
            roles.join(",")
        );
    }
    Ok(())
}

async fn disable(directory: &Directory, of: &OfUser) -> anyhow::Result<()> {
    let (network, user) = of.find(directory).await?;
    users::disable(directory, &network, user.id, None).await?;
    say!("disabled, and every session ended");
    Ok(())
}

fn parse(role: &str) -> anyhow::Result<Role> {
    let names: Vec<_> = Role::ALL.iter().map(|role| role.name()).collect();
    Role::parse(role)
        .with_context(|| format!("there is no role {role}; there are {}", names.join(", ")))
}
