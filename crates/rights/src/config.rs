//! What is set for the rights service.

use kernel::Violation;
use secrecy::SecretString;
use serde::Deserialize;
use service_kit::config::ServiceConfig;
use service_kit::database::DatabaseConfig;

/// Configuration of the service.
pub type Config = ServiceConfig<Settings>;

/// Its own section.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether an erasure takes a second person's approval.
    #[serde(default)]
    pub two_person: bool,
    /// Holders that must take part even if they have never announced themselves (decisions.md 21).
    #[serde(default = "expected_holders")]
    pub expected_holders: Vec<String>,
    /// The ledger's own store.
    pub ledger: LedgerSettings,
    /// A silent holder is asked again after so many seconds, later more rarely.
    #[serde(default = "silence_seconds")]
    pub silence_seconds: u32,
    /// How often unfinished requests are looked through for what a crash left undone.
    #[serde(default = "sweep_seconds")]
    pub sweep_seconds: u32,
}

/// The ledger's own store.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerSettings {
    /// A database that is backed up apart from every other.
    pub database: DatabaseConfig,
}

impl Settings {
    /// Settings for the standard holders, with the ledger at a place.
    #[must_use]
    pub fn with_ledger(url: impl Into<SecretString>) -> Self {
        Self {
            two_person: false,
            expected_holders: expected_holders(),
            ledger: LedgerSettings {
                database: DatabaseConfig {
                    url: url.into(),
                    max_connections: DatabaseConfig::MAX_CONNECTIONS,
                },
            },
            silence_seconds: silence_seconds(),
            sweep_seconds: sweep_seconds(),
        }
    }

    /// Everything that is wrong with the settings.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        let mut wrong = Vec::new();
        if self.silence_seconds == 0 {
            wrong.push(Violation::new(
                "settings.silence_seconds",
                "0",
                "at least 1",
            ));
        }
        if self.sweep_seconds == 0 {
            wrong.push(Violation::new("settings.sweep_seconds", "0", "at least 1"));
        }
        if !self
            .expected_holders
            .iter()
            .any(|holder| holder == crate::domain::case::SELF)
        {
            let shown = self.expected_holders.join(", ");
            wrong.push(Violation::new(
                "settings.expected_holders",
                shown,
                "must name rights itself, which holds the cases",
            ));
        }
        wrong
    }
}

fn expected_holders() -> Vec<String> {
    ["registry", "orders", "crm", "gateway", "rights"]
        .map(str::to_owned)
        .to_vec()
}

const fn silence_seconds() -> u32 {
    30
}

const fn sweep_seconds() -> u32 {
    5
}
