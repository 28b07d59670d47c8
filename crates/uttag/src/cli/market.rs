//! Contracts of providers.

use clap::{Args, Subcommand};

use super::DataFolder;

/// `uttag contract`
#[derive(Debug, Subcommand)]
pub enum Contract {
    /// Enter a contract, or change the one of an id.
    Put(PutContract),
    /// List them; ended ones too.
    List(OfContract),
    /// What providers were given, newest first.
    Extracts(OfContract),
}

/// Whose contract.
#[derive(Args, Debug)]
pub struct OfContract {
    #[command(flatten)]
    pub data: DataFolder,
    /// The network's code; not needed when the installation has one network.
    #[arg(long, value_name = "CODE")]
    pub network: Option<String>,
    /// The provider's id.
    #[arg(long, value_name = "ID")]
    pub provider: Option<String>,
}

/// `uttag contract put`
#[derive(Args, Debug)]
pub struct PutContract {
    #[command(flatten)]
    pub of: OfContract,
    /// The contract to change; a new one when not given.
    #[arg(long, value_name = "ID", requires = "read_version")]
    pub id: Option<String>,
    /// The version of that contract which the list shows: when somebody has changed it since, nothing is changed.
    #[arg(long, value_name = "VERSION", requires = "id")]
    pub read_version: Option<String>,
    /// Columns beside the access id, by their MdB2 names: streetName,postalCode,city …
    #[arg(long, value_delimiter = ',', required = true, value_name = "NAMES")]
    pub columns: Vec<String>,
    /// Only these premises types, in ON-API's words: RESIDENTIAL_HOUSE,MDU_APARTMENT … All when not given.
    #[arg(long, value_delimiter = ',', value_name = "TYPES")]
    pub premises: Vec<String>,
    /// The provider may use ON-API, whose columns its standard sets.
    #[arg(long)]
    pub on_api: bool,
    /// First day, 2026-11-22; today when not given.
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// Last day; until it is changed when not given.
    #[arg(long, value_name = "DAY")]
    pub until: Option<String>,
}
