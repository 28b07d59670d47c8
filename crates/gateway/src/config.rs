//! The gateway's own section of the configuration.

use std::net::{IpAddr, SocketAddr};

use chassis::process::Program;
use serde::Deserialize;
use service_kit::config::ServiceConfig;

/// The whole configuration.
pub type Config = ServiceConfig<Settings>;

/// What applies where nothing is configured; also the documentation of the keys.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// The gateway as a program.
pub fn program() -> Program<Settings> {
    Program {
        http: |settings| Some(settings.http),
        ..Program::new("gateway", DEFAULTS)
    }
}

/// `[settings]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where browsers and partners come.
    pub http: SocketAddr,
    /// How they see us: "https://guide.example.se". With https, cookies are `Secure` and HSTS is sent.
    pub public_url: String,
    /// Proxies whose `X-Forwarded-For` and `traceparent` are believed; everybody else is who they connect as.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether the first administrator is made by the set-up page; not where users are made by command.
    pub set_up: bool,
    /// How often one address may do what costs or can be guessed.
    pub rate: Rates,
}

/// Requests per minute and address; the burst is a third of it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// Searches; typing sends one every 300 ms at most.
    pub search_per_minute: u32,
    /// Orders.
    pub order_per_minute: u32,
    /// Sign-ins, invitations, codes, provider tokens.
    pub sign_in_per_minute: u32,
    /// Requests over ON-API; a provider's system that looks up one access after the other sends several a second.
    pub on_api_per_minute: u32,
    /// Calls of the legacy APIs; a provisioning system that posts one access after the other sends many.
    pub legacy_per_minute: u32,
}

impl Settings {
    /// Whether browsers reach us by TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, DEFAULTS};
    use service_kit::config::load_with;

    #[test]
    fn the_defaults_are_a_whole_configuration_and_the_environment_wins() {
        let key = (
            "UTTAG__SETTINGS__PUBLIC_URL".to_owned(),
            "https://guide.example.se".to_owned(),
        );
        let config: Config = load_with(DEFAULTS, None, [key]).unwrap();
        assert!(config.settings.is_https());
        assert_eq!(config.peers.len(), 3);
        let unknown = ("UTTAG__SETTINGS__NO_SUCH".to_owned(), "x".to_owned());
        assert!(load_with::<Config>(DEFAULTS, None, [unknown]).is_err());
    }
}
