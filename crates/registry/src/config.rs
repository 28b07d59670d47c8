//! The registry's own settings.

use std::collections::BTreeMap;
use std::path::PathBuf;

use kernel::NetworkCode;
use serde::Deserialize;
use service_kit::config::ServiceConfig;

/// The defaults, which are also the documentation.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// The registry's configuration.
pub type Config = ServiceConfig<Settings>;

/// The section `[settings]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Technical services that can be had at a connected access when the file does not list them.
    pub default_services: Vec<String>,
    /// The same for single networks.
    pub network_services: BTreeMap<NetworkCode, Vec<String>>,
    /// A complete import that would end a larger share of a network's accesses is refused: the file was cut short.
    pub end_percent_max: u8,
    /// Where uploaded files wait for their end, without a name; default: beside the database.
    pub staging_directory: Option<PathBuf>,
    /// How often the search indexes look for imports of other instances.
    pub follow_seconds: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            default_services: vec!["BB-100-100".to_owned(), "BB-1000-1000".to_owned()],
            network_services: BTreeMap::new(),
            end_percent_max: 20,
            staging_directory: None,
            follow_seconds: 2,
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
