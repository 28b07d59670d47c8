//! The CRM's own settings.

use std::collections::BTreeMap;
use std::time::Duration;

use kernel::NetworkCode;
use serde::Deserialize;
use service_kit::config::ServiceConfig;

/// The defaults, which are also the documentation.
pub const DEFAULTS: &str = include_str!("../crm.toml");

/// The CRM's configuration.
pub type Config = ServiceConfig<Settings>;

/// The section `[settings]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The controller of each network as people know it: `HAM = "Hammarby Stadsnät"`. One that is not here is what
    /// the gateway calls the network.
    pub controllers: BTreeMap<NetworkCode, String>,
    /// How often reminders and removals that are due are looked for.
    pub sweep_ms: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            controllers: BTreeMap::new(),
            sweep_ms: 60_000,
        }
    }
}

impl Settings {
    /// See [`Settings::sweep_ms`].
    pub fn sweep_interval(&self) -> Duration {
        Duration::from_millis(self.sweep_ms.max(10))
    }
}
