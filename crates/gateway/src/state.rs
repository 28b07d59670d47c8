//! What every handler reaches: the gateway's own data, the services, the limits.

use std::ops::Deref;
use std::sync::Arc;

use kernel::{NetworkCode, ProviderId};
use service_kit::caller::{Caller, CallerKind};
use service_kit::lifecycle::Readiness;
use service_kit::shares::Shares;

use crate::app::setup::SetupSecret;
use crate::config::Settings;
use crate::directory::Directory;
use crate::http::rate_limit::RateLimiter;
use crate::limits;
use crate::networks::{self, Network};
use crate::services::Services;

/// The gateway; clones share it.
#[derive(Clone, Debug)]
pub struct Gateway(Arc<Inner>);

/// The parts of the gateway.
#[derive(Debug)]
pub struct Inner {
    /// Its own data.
    pub directory: Directory,
    /// The services behind it.
    pub services: Services,
    /// Its configuration.
    pub settings: Settings,
    /// How often an address may come.
    pub limiter: RateLimiter,
    /// Lists that providers are reading over ON-API, each in its network.
    pub lists: Shares<(Option<NetworkCode>, Option<ProviderId>)>,
    /// Files of accesses that are being read, by the contract that they are read under: it is of one provider in one
    /// network.
    pub files: Shares<String>,
    /// The secret of the first start.
    pub setup: SetupSecret,
    /// Whether it may serve: behind the ledger it serves nobody.
    pub readiness: Readiness,
}

impl Deref for Gateway {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Gateway {
    /// From its parts.
    pub fn new(
        directory: Directory,
        services: Services,
        settings: Settings,
        readiness: Readiness,
    ) -> Self {
        let limiter = RateLimiter::new(settings.rate, directory.clock.clone());
        let setup = SetupSecret::default();
        Self(Arc::new(Inner {
            directory,
            services,
            settings,
            limiter,
            lists: Shares::of_each(limits::ON_API_LISTS).of_all(limits::ON_API_LISTS_OF_ALL),
            files: Shares::of_each(limits::MARKET_FILES).of_all(limits::MARKET_FILES_OF_ALL),
            setup,
            readiness,
        }))
    }

    /// The network that a visitor means by the host name; nothing before the first start.
    pub async fn network_of(
        &self,
        host: &str,
    ) -> Result<Option<Network>, crate::app::error::AppError> {
        let all = networks::list(&self.directory).await?;
        Ok(networks::of_host(&all, host).cloned())
    }
}

/// A visitor of a network's public pages.
pub fn visitor(network: &NetworkCode) -> Caller {
    Caller {
        kind: CallerKind::Public,
        id: "visitor".to_owned(),
        roles: Vec::new(),
        network: Some(network.clone()),
        provider: None,
        purpose: None,
    }
}
