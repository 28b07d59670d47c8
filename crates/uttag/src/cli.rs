//! What can be said on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use gateway::admin::{NetworkCommand, ProviderCommand, UserCommand};

mod market;
mod operate;

pub use market::{Contract, OfContract, PutContract};
pub use operate::{Backup, DeadLetters, Doctor, OfGateway, OfService, OnGateway, Resolve};

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
    /// Address files into a network of a running installation.
    #[command(subcommand)]
    Import(Import),
    /// What providers may see of a network's accesses, in a running installation.
    #[command(subcommand)]
    Contract(Contract),
    /// Certificates of erasure.
    #[command(subcommand)]
    Certificate(Certificate),
    /// Messages that could not be handled.
    #[command(subcommand)]
    DeadLetters(DeadLetters),
    /// Providers' systems.
    Provider(OnGateway<ProviderCommand>),
    /// Staff who sign in.
    User(OnGateway<UserCommand>),
    /// Networks of this installation.
    Network(OnGateway<NetworkCommand>),
    /// Copies of the databases.
    #[command(subcommand)]
    Backup(Backup),
    /// Make identity and keys for a service: its own, or a new holder of personal data.
    Enrol(Enrol),
    /// Make certificates, identities and secrets for trying the distributed way to run. Never for real persons.
    DevCerts(DevCerts),
    /// Say what is wrong with an embedded installation, or around a service of a distributed one.
    Doctor(Doctor),
}

/// `uttag serve`
#[derive(Args, Debug)]
pub struct Serve {
    #[command(flatten)]
    pub data: DataFolder,
    /// Where browsers and partners connect.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub http: SocketAddr,
    /// Where providers' systems connect by gRPC for their orders.
    #[arg(long, default_value = "127.0.0.1:7100")]
    pub provider: SocketAddr,
    /// Where providers' systems connect by gRPC for the accesses of their contracts.
    #[arg(long, default_value = "127.0.0.1:7101")]
    pub market: SocketAddr,
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
#[derive(Debug, Subcommand)]
pub enum Import {
    /// Import a file of accesses: MdB2, MdB1, PI-API (text) or ON-API (JSON).
    Accesses(ImportAccesses),
    /// Fetch the file from the network's own system now, and import it; or say how that went last.
    Pull(PullAccesses),
    /// Apply an import that was held.
    Apply(HeldImport),
    /// Take back the latest import that was applied, while there is time.
    Undo(HeldImport),
    /// Forget an import that was held, or interrupted while it came in.
    Drop(HeldImport),
    /// Say which imports there were, the newest first.
    List(ListImports),
}

/// `uttag import accesses`
#[derive(Args, Debug)]
pub struct ImportAccesses {
    #[command(flatten)]
    pub data: DataFolder,
    /// The address file: tab, comma, semicolon or colon, or JSON; UTF-8, Latin-1 or Windows-1252.
    pub file: PathBuf,
    /// The network's code (`coId`); not needed when the installation has one network.
    #[arg(long, value_name = "CODE")]
    pub network: Option<String>,
    #[arg(long, value_enum, default_value = "delta")]
    pub mode: Mode,
    /// Say what would happen and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Compare, and wait for `uttag import apply` or `uttag import drop`.
    #[arg(long, conflicts_with = "dry_run")]
    pub hold: bool,
    /// The file's format.
    #[arg(long, value_enum, default_value = "auto")]
    pub format: Format,
    /// So many accesses may end, even if they are more than the allowed share.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub confirm_ending: u64,
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

/// `uttag import pull`
#[derive(Args, Debug)]
pub struct PullAccesses {
    #[command(flatten)]
    pub data: DataFolder,
    /// The network's code (`coId`); not needed when the installation has one network.
    #[arg(long, value_name = "CODE")]
    pub network: Option<String>,
    /// Import the file also when it is the one that was fetched last.
    #[arg(long)]
    pub again: bool,
    /// Fetch nothing; say how it went last and when it is done next.
    #[arg(long, conflicts_with = "again")]
    pub status: bool,
}

/// `uttag import apply`, `undo`, `drop`
#[derive(Args, Debug)]
pub struct HeldImport {
    #[command(flatten)]
    pub data: DataFolder,
    /// The import, as its report names it.
    pub import_id: String,
    /// The network's code (`coId`); not needed when the installation has one network.
    #[arg(long, value_name = "CODE")]
    pub network: Option<String>,
    /// So many accesses may end, even if they are more than the allowed share.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub confirm_ending: u64,
}

/// `uttag import list`
#[derive(Args, Debug)]
pub struct ListImports {
    #[command(flatten)]
    pub data: DataFolder,
    /// The network's code (`coId`); not needed when the installation has one network.
    #[arg(long, value_name = "CODE")]
    pub network: Option<String>,
    /// So many at most.
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub limit: u32,
}

/// The formats of address files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Recognised by itself.
    Auto,
    /// The market database's second specification.
    Mdb2,
    /// Its first one, 25 columns, with or without a header.
    Mdb1,
    /// CSV Access Upload API 1.1.
    PiApi,
    /// ON-API 2.4 to 2.6, the answer of `/accesses/`.
    OnApi,
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
