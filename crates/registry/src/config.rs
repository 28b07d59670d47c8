//! The registry's own settings.

mod pull;

use std::collections::BTreeMap;
use std::path::PathBuf;

use kernel::NetworkCode;
use serde::Deserialize;
use service_kit::config::ServiceConfig;

pub use pull::Pull;

use crate::domain::services::NetworkServices;

/// The defaults, which are also the documentation.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// The registry's configuration.
pub type Config = ServiceConfig<Settings>;

/// The section `[settings]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Technical services that can be had at connected accesses.
    pub default_services: Vec<String>,
    /// The same for single networks.
    pub network_services: BTreeMap<NetworkCode, Vec<String>>,
    /// How fast a port must be for a technical service, in Mbit/s; one that is not here can be had over any port.
    pub service_mbps: BTreeMap<String, u32>,
    /// The same for services of single networks, before what is said for all.
    pub network_service_mbps: BTreeMap<NetworkCode, BTreeMap<String, u32>>,
    /// A complete import that would end a larger share of a network's accesses is refused: the file was cut short.
    pub end_percent_max: u8,
    /// Where uploaded files wait for their end, without a name; default: beside the database.
    pub staging_directory: Option<PathBuf>,
    /// An import whose rows come in counts as interrupted when for so long nothing was heard of the process that takes them.
    pub staging_silence_seconds: u64,
    /// A held import waits so long for a decision.
    pub held_hours: u32,
    /// A staged session of the import API is closed, and becomes a complete import, when no post has come for so long.
    pub session_quiet_minutes: u32,
    /// An applied import can be taken back for so long; what it replaced about people is kept until then.
    pub undo_hours: u32,
    /// Folders that other systems put address files into, by network.
    pub drop_folders: BTreeMap<NetworkCode, DropFolder>,
    /// How often the drop folders are looked into.
    pub drop_seconds: u64,
    /// Address files that are fetched from other systems every night, by network.
    pub pulls: BTreeMap<NetworkCode, Pull>,
    /// How often to look whether one is due.
    pub pull_seconds: u64,
    /// How often what nobody will ask for any more is taken away.
    pub sweep_seconds: u64,
    /// How often search indexes and followed feeds look for changes of other instances.
    pub follow_seconds: u64,
    /// How long a followed feed stays open before the client resumes with its cursor: shorter than the life of the token
    /// that opened it, so that a revoked credential is out within minutes.
    pub feed_open_seconds: u64,
    /// An access that ended is kept for so many days, so that it can come back, and whoever follows the feed hears of its
    /// end; then its removal is final (MDB-10) and cursors from before it expire.
    pub ended_days: u32,
    /// How often each search index is compared with the database, and built anew when it differs.
    pub check_seconds: u64,
}

impl Settings {
    /// The technical services of a network.
    pub fn services(&self, network: &NetworkCode) -> NetworkServices<'_> {
        let own = self.network_services.get(network);
        NetworkServices::new(
            own.unwrap_or(&self.default_services),
            self.network_service_mbps.get(network),
            &self.service_mbps,
        )
    }
}

/// A folder that another system puts a network's address files into.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DropFolder {
    /// Where it is; the service must be allowed to rename files in it.
    pub path: PathBuf,
    /// What becomes of accesses that a file does not name.
    pub mode: DropMode,
    /// An alarm when no file was taken in for longer; 0: never.
    #[serde(default)]
    pub expected_hours: u32,
}

/// What becomes of accesses that a dropped file does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DropMode {
    /// They end.
    Full,
    /// They stay.
    Delta,
}

impl From<DropMode> for crate::domain::import::ImportMode {
    fn from(mode: DropMode) -> Self {
        match mode {
            DropMode::Full => Self::Full,
            DropMode::Delta => Self::Delta,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            default_services: vec!["BB-100-100".to_owned(), "BB-1000-1000".to_owned()],
            network_services: BTreeMap::new(),
            service_mbps: BTreeMap::from([
                ("BB-100-100".to_owned(), 100),
                ("BB-1000-1000".to_owned(), 1_000),
            ]),
            network_service_mbps: BTreeMap::new(),
            end_percent_max: 20,
            staging_directory: None,
            staging_silence_seconds: 120,
            held_hours: 72,
            session_quiet_minutes: 20,
            undo_hours: 72,
            drop_folders: BTreeMap::new(),
            drop_seconds: 60,
            pulls: BTreeMap::new(),
            pull_seconds: 60,
            sweep_seconds: 60,
            follow_seconds: 2,
            feed_open_seconds: 240,
            ended_days: 92,
            check_seconds: 900,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_defaults_are_those_of_the_type() {
        let config: Config = service_kit::config::load_with(DEFAULTS, None, []).unwrap();
        assert_eq!(
            format!("{:?}", config.settings),
            format!("{:?}", Settings::default())
        );
    }
}
