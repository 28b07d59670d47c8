//! Who calls the registry: its clients, with tokens of the gateway.

use std::time::Duration;

use api::registry::contract_service_client::ContractServiceClient;
use api::registry::market_service_client::MarketServiceClient;
use api::registry::protected_resident_service_client::ProtectedResidentServiceClient;
use api::registry::provisioning_service_client::ProvisioningServiceClient;
use api::registry::pull_service_client::PullServiceClient;
use api::registry::registry_service_client::RegistryServiceClient;
use kernel::{NetworkCode, ProviderId};
use service_kit::caller::{Caller, CallerKind};
use service_kit::grpc::{self, ClientChannel, Endpoint};

use super::{NETWORK, World};

pub type Client = RegistryServiceClient<ClientChannel>;
pub type ContractClient = ContractServiceClient<ClientChannel>;
pub type PullClient = PullServiceClient<ClientChannel>;
pub type MarketClient = MarketServiceClient<ClientChannel>;
pub type ProtectedClient = ProtectedResidentServiceClient<ClientChannel>;
pub type ProvisioningClient = ProvisioningServiceClient<ClientChannel>;

fn channel(endpoint: &Endpoint, token: String) -> ClientChannel {
    grpc::with_token(grpc::channel(endpoint).unwrap(), token)
}

impl World {
    pub fn client(&self, token: String) -> Client {
        RegistryServiceClient::new(channel(&self.endpoint, token))
            .max_decoding_message_size(16 * 1024 * 1024)
    }

    pub fn caller(&self, kind: CallerKind, network: &str, roles: &[&str]) -> Client {
        self.client(self.token(kind, network, roles))
    }

    pub fn staff(&self, roles: &[&str]) -> Client {
        self.caller(CallerKind::Staff, NETWORK, roles)
    }

    pub fn visitor(&self) -> Client {
        self.caller(CallerKind::Public, NETWORK, &[])
    }

    /// Contracts, as staff with these roles.
    pub fn contracts(&self, roles: &[&str]) -> ContractClient {
        let token = self.token(CallerKind::Staff, NETWORK, roles);
        ContractServiceClient::new(channel(&self.endpoint, token))
    }

    /// Address files that are fetched, as staff with these roles.
    pub fn pulls(&self, roles: &[&str]) -> PullClient {
        let token = self.token(CallerKind::Staff, NETWORK, roles);
        PullServiceClient::new(channel(&self.endpoint, token))
    }

    /// Protected people, as one of those who are trusted with them.
    pub fn protected(&self, user: &str) -> ProtectedClient {
        self.protected_in(NETWORK, user)
    }

    /// The same, of another network.
    pub fn protected_in(&self, network: &str, user: &str) -> ProtectedClient {
        let token = self.token_of(user, CallerKind::Staff, network, &["protected_data"]);
        ProtectedResidentServiceClient::new(channel(&self.endpoint, token))
    }

    /// A provisioning system of a network.
    pub fn provisioning(&self, network: &str) -> ProvisioningClient {
        let token = self.token(CallerKind::Provisioning, network, &[]);
        ProvisioningServiceClient::new(channel(&self.endpoint, token))
    }

    /// A provider's system, at the door for providers.
    pub fn provider(&self, network: &str, provider: &str) -> MarketClient {
        let caller = Caller {
            provider: Some(ProviderId::parse(provider).unwrap()),
            ..caller(&format!("{provider}-1"), CallerKind::Provider, network, &[])
        };
        MarketServiceClient::new(channel(&self.market, self.issued(&caller)))
    }

    fn token(&self, kind: CallerKind, network: &str, roles: &[&str]) -> String {
        self.token_of("caller-1", kind, network, roles)
    }

    fn token_of(&self, user: &str, kind: CallerKind, network: &str, roles: &[&str]) -> String {
        self.issued(&caller(user, kind, network, roles))
    }

    fn issued(&self, caller: &Caller) -> String {
        self.gateway
            .issue(caller, "registry", Duration::from_mins(10))
    }
}

fn caller(id: &str, kind: CallerKind, network: &str, roles: &[&str]) -> Caller {
    Caller {
        kind,
        id: id.to_owned(),
        roles: roles.iter().map(ToString::to_string).collect(),
        network: Some(NetworkCode::parse(network).unwrap()),
        provider: None,
        purpose: None,
    }
}
