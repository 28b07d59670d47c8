//! What can be said on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Uttag: address registry, orders, contacts and data-subject rights for municipal fibre networks.
#[derive(Debug, Parser)]
#[command(name = "uttag", version, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The folder of an embedded installation.
#[derive(Args, Clone, Debug)]
pub struct DataFolder {
    /// Folder of the installation.
    #[arg(
        long = "data",
        env = "UTTAG_DATA",
        default_value = "data",
        value_name = "DIR"
    )]
    pub path: PathBuf,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run everything in this process, on SQLite.
    Serve(Serve),
    /// Play the whole chain on an invented network, and stay up to look around.
    Demo(Demo),
    /// Import an address file (MdB2) into a network of a running installation.
    Import(Import),
    /// Certificates of erasure.
    #[command(subcommand)]
    Certificate(Certificate),
    /// Messages that could not be handled.
    #[command(subcommand)]
    DeadLetters(DeadLetters),
    /// Providers' systems.
    #[command(subcommand)]
    Provider(Provider),
    /// Staff who sign in.
    #[command(subcommand)]
    User(User),
    /// Networks of this installation.
    #[command(subcommand)]
    Network(Network),
    /// Copies of the databases.
    #[command(subcommand)]
    Backup(Backup),
    /// Make identity and keys for a service: its own, or a new holder of personal data.
    Enrol(Enrol),
    /// Make certificates, identities and secrets for trying the distributed way to run. Never for real persons.
    DevCerts(DevCerts),
    /// Say what is wrong with an installation.
    Doctor(DataFolder),
}

/// `uttag serve`
#[derive(Args, Debug)]
pub struct Serve {
    #[command(flatten)]
    pub data: DataFolder,
    /// Where browsers and partners connect.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub http: SocketAddr,
    /// Where providers' systems connect by gRPC.
    #[arg(long, default_value = "127.0.0.1:7100")]
    pub provider: SocketAddr,
    /// Where /livez, /readyz and /metrics answer.
    #[arg(long, default_value = "127.0.0.1:9000")]
    pub admin: SocketAddr,
    /// SMTP server: smtp://host:port, smtps://user:password@host; without it no mail leaves, and rows wait.
    #[arg(long, env = "UTTAG_SMTP_URL")]
    pub smtp: Option<String>,
    /// Erasure needs a second person's approval.
    #[arg(long)]
    pub two_person: bool,
}

/// `uttag demo`
#[derive(Args, Debug)]
pub struct Demo {
    /// Folder to play in; a new temporary one when not given.
    #[arg(long = "data", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Where browsers connect; a free port when not given.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub http: SocketAddr,
    /// End after the story; code 0 only when every step was verified from outside.
    #[arg(long)]
    pub exit: bool,
    /// Break one step of the story, to see that it is noticed.
    #[arg(long, value_enum, hide = true)]
    pub sabotage: Option<crate::demo::Sabotage>,
}

/// How an import treats accesses that the file does not name.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Mode {
    /// The file is the whole truth.
    Full,
    /// The file adds and changes; nothing ends.
    Delta,
}

/// `uttag import`
#[derive(Args, Debug)]
pub struct Import {
    #[command(flatten)]
    pub data: DataFolder,
    /// The address file: tab, comma or semicolon; UTF-8, Latin-1 or Windows-1252.
    pub file: PathBuf,
    /// The network's code (`coId`).
    #[arg(long)]
    pub network: String,
    #[arg(long, value_enum, default_value = "delta")]
    pub mode: Mode,
    /// Say what would happen and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// "utf-8", "iso-8859-1" or "windows-1252"; recognised when not given.
    #[arg(long)]
    pub charset: Option<String>,
    /// Write the rejected rows with their reasons here, to mend and import again.
    #[arg(long, value_name = "FILE")]
    pub rejected: Option<PathBuf>,
    /// Write the report as JSON here instead of a summary to the terminal.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// `uttag certificate`
#[derive(Debug, Subcommand)]
pub enum Certificate {
    /// Check a certificate of erasure without any access to the system.
    Verify {
        /// The certificate.
        file: PathBuf,
        /// The installation's public enrolment key (anchor.pub), received by another way than the certificate.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
}

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

/// `uttag enrol`
#[derive(Args, Debug)]
pub struct Enrol {
    #[command(flatten)]
    pub data: DataFolder,
    /// Name of the service: lower case, at most 32 characters.
    pub service: String,
}

/// `uttag dev-certs`
#[derive(Args, Debug)]
pub struct DevCerts {
    /// Folder to write to.
    pub folder: PathBuf,
}
