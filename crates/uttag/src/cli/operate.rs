//! What operators do with a running or stopped installation.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::DataFolder;

/// Which service's messages.
#[derive(Args, Debug)]
pub struct OfService {
    #[command(flatten)]
    pub data: DataFolder,
    /// registry, orders, crm, rights or gateway.
    #[arg(long)]
    pub service: String,
    /// Database of the service when it is not in the data folder: postgres://… or sqlite:…
    #[arg(long, env = "UTTAG_DATABASE_URL")]
    pub database: Option<String>,
}

/// `uttag dead-letters`
#[derive(Debug, Subcommand)]
pub enum DeadLetters {
    /// List them, newest first.
    List {
        #[command(flatten)]
        of: OfService,
        /// Also those that were replayed or dropped.
        #[arg(long)]
        all: bool,
        /// Only of this event type.
        #[arg(long = "type")]
        event_type: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u64,
    },
    /// Everything known of one, but its content.
    Show {
        #[command(flatten)]
        of: OfService,
        /// Its id.
        id: uuid::Uuid,
    },
    /// Hand them to their handlers again.
    Replay(Resolve),
    /// Give them up for good.
    Drop(Resolve),
}

/// Which dead letters to settle, who does it, and why.
#[derive(Args, Debug)]
pub struct Resolve {
    #[command(flatten)]
    pub of: OfService,
    /// Their ids.
    pub ids: Vec<uuid::Uuid>,
    /// Instead of ids: every open one of this event type.
    #[arg(long = "type")]
    pub event_type: Option<String>,
    /// Who does it; recorded.
    #[arg(long)]
    pub by: String,
    /// Why; recorded.
    #[arg(long)]
    pub reason: String,
    /// Say how many it would be and change nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// `uttag provider`
#[derive(Debug, Subcommand)]
pub enum Provider {
    /// Credentials of a provider's system.
    #[command(subcommand)]
    Credential(Credential),
}

/// Whose credential.
#[derive(Args, Debug)]
pub struct OfProvider {
    #[command(flatten)]
    pub data: DataFolder,
    /// The network's code.
    #[arg(long)]
    pub network: String,
    /// The provider's id.
    #[arg(long)]
    pub provider: String,
}

/// `uttag provider credential`
#[derive(Debug, Subcommand)]
pub enum Credential {
    /// Make one; the secret is shown this once.
    Create(OfProvider),
    /// Make the next one; the one before stays valid until it is revoked.
    Rotate(OfProvider),
    /// End one.
    Revoke {
        #[command(flatten)]
        of: OfProvider,
        /// The client id.
        client_id: String,
    },
    /// List them, without secrets.
    List(OfProvider),
}

/// `uttag user`
#[derive(Debug, Subcommand)]
pub enum User {
    /// Make a user and print the path of a one-time invitation link.
    Create {
        #[command(flatten)]
        data: DataFolder,
        /// The network that the user works for.
        #[arg(long)]
        network: String,
        /// The user's name.
        #[arg(long)]
        name: String,
        /// The user's e-mail address, which is what they sign in with.
        #[arg(long)]
        email: String,
        /// admin, importer, customer_service, compliance, dpo; several with commas.
        #[arg(long, value_delimiter = ',', required = true)]
        roles: Vec<String>,
    },
    /// List the users of a network. The reading is logged.
    List {
        #[command(flatten)]
        data: DataFolder,
        /// The network.
        #[arg(long)]
        network: String,
    },
    /// End a user's access and sessions.
    Disable {
        #[command(flatten)]
        data: DataFolder,
        /// The network.
        #[arg(long)]
        network: String,
        /// What the user signs in with.
        #[arg(long)]
        email: String,
    },
}

/// `uttag network`
#[derive(Debug, Subcommand)]
pub enum Network {
    /// Enter or change a network.
    Put {
        #[command(flatten)]
        data: DataFolder,
        /// Its code (`coId`).
        code: String,
        /// Its name.
        name: String,
    },
    /// List the networks.
    List {
        #[command(flatten)]
        data: DataFolder,
    },
}

/// `uttag backup`
#[derive(Debug, Subcommand)]
pub enum Backup {
    /// Copy the databases of a running or stopped installation. Keys, ledger and secrets are never part of it.
    Create {
        #[command(flatten)]
        data: DataFolder,
        /// One service; all when not given.
        #[arg(long)]
        service: Option<String>,
        /// Folder to write to.
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
    },
    /// Put a database back. The service fences itself until it has replayed every erasure since.
    Restore {
        #[command(flatten)]
        data: DataFolder,
        /// The service.
        #[arg(long)]
        service: String,
        /// The backup: a folder made by `backup create`.
        from: PathBuf,
    },
}
