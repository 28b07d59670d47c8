//! The doors of a running installation, for callers whom its gateway vouches for.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use kernel::{NetworkCode, ProviderId, SharedClock, SystemClock};
use service_kit::caller::{Caller, CallerKind, TokenIssuer};
use service_kit::dev_certs;
use service_kit::grpc::{self, ClientChannel, Endpoint};
use service_kit::identity::Identity;

use crate::town::NETWORK;

const TOKEN: Duration = Duration::from_mins(14);
const GATEWAY: &str = "gateway";

/// Where to knock, and with what.
#[derive(Clone, Debug)]
pub struct Doors {
    /// The gateway's identity: it alone vouches for people.
    pub gateway: PathBuf,
    /// The folder of certificates, where there is TLS.
    pub tls: Option<PathBuf>,
    /// The services by name.
    pub services: BTreeMap<String, SocketAddr>,
    /// The orders service's door for providers.
    pub provider: SocketAddr,
}

impl Doors {
    /// Staff with these roles.
    ///
    /// # Errors
    /// There is no such service, or the gateway's identity cannot be read.
    pub fn staff(&self, service: &str, roles: &[&str]) -> anyhow::Result<ClientChannel> {
        let caller = caller(CallerKind::Staff, "tester", roles)?;
        self.vouch(service, &caller)
    }

    /// A visitor of the network's web pages.
    ///
    /// # Errors
    /// There is no such service, or the gateway's identity cannot be read.
    pub fn visitor(&self, service: &str) -> anyhow::Result<ClientChannel> {
        self.vouch(service, &caller(CallerKind::Public, "visitor", &[])?)
    }

    /// A provider's system.
    ///
    /// # Errors
    /// The gateway's identity cannot be read.
    pub fn provider(&self, provider: &str) -> anyhow::Result<ClientChannel> {
        let mut caller = caller(CallerKind::Provider, provider, &["provider"])?;
        caller.provider = Some(ProviderId::parse(provider)?);
        let mut endpoint = endpoint(self.provider, self.tls.as_deref(), GATEWAY);
        if let Some(tls) = &mut endpoint.tls {
            (tls.cert, tls.key) = (None, None);
        }
        self.with_token(&endpoint, "orders", &caller)
    }

    /// A provider's system that reads accesses, by way of the gateway.
    ///
    /// # Errors
    /// There is no registry, or the gateway's identity cannot be read.
    pub fn market(&self, provider: &str) -> anyhow::Result<ClientChannel> {
        let mut caller = caller(CallerKind::Provider, provider, &["provider"])?;
        caller.provider = Some(ProviderId::parse(provider)?);
        self.vouch("registry", &caller)
    }

    fn vouch(&self, service: &str, caller: &Caller) -> anyhow::Result<ClientChannel> {
        let at = self
            .services
            .get(service)
            .with_context(|| format!("there is no service {service}"))?;
        let endpoint = endpoint(*at, self.tls.as_deref(), GATEWAY);
        self.with_token(&endpoint, service, caller)
    }

    fn with_token(
        &self,
        endpoint: &Endpoint,
        audience: &str,
        caller: &Caller,
    ) -> anyhow::Result<ClientChannel> {
        let clock: SharedClock = Arc::new(SystemClock);
        let gateway = Arc::new(Identity::load(&self.gateway, GATEWAY)?);
        let token = TokenIssuer::new(gateway, clock).issue(caller, audience, TOKEN);
        Ok(grpc::with_token(grpc::channel(endpoint)?, token))
    }
}

/// How that client reaches a service.
pub(crate) fn endpoint(address: SocketAddr, tls: Option<&Path>, client: &str) -> Endpoint {
    match tls {
        Some(folder) => Endpoint {
            url: format!("https://{address}"),
            tls: Some(dev_certs::client_files(folder, client)),
        },
        None => Endpoint::plain(address),
    }
}

fn caller(kind: CallerKind, id: &str, roles: &[&str]) -> anyhow::Result<Caller> {
    Ok(Caller {
        kind,
        id: id.to_owned(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        network: Some(NetworkCode::parse(NETWORK)?),
        provider: None,
        purpose: None,
    })
}
