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

/// Whose gateway.
#[derive(Args, Clone, Debug)]
pub struct OfGateway {
    /// Folder of the installation.
    #[arg(
        long,
        env = "UTTAG_DATA",
        default_value = "data",
        value_name = "DIR",
        global = true
    )]
    pub data: PathBuf,
    /// Instead of a folder: the configuration of a gateway that runs by itself; the environment wins over it. Beside
    /// that gateway, `gateway provider`, `gateway user` and `gateway network` are the same commands.
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
}

/// A command on the gateway's own data.
#[derive(Args, Debug)]
pub struct OnGateway<C: Subcommand> {
    #[command(flatten)]
    pub of: OfGateway,
    /// What to do.
    #[command(subcommand)]
    pub command: C,
}

/// `uttag doctor`
#[derive(Args, Debug)]
pub struct Doctor {
    #[command(flatten)]
    pub data: DataFolder,
    /// A service of a distributed installation: registry, orders, crm, rights or gateway. In its container,
    /// `SERVICE doctor` is the same.
    #[arg(long, requires = "config")]
    pub service: Option<String>,
    /// The configuration of that service; the environment wins over it.
    #[arg(long, value_name = "FILE", requires = "service")]
    pub config: Option<PathBuf>,
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
