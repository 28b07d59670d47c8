//! The services behind the gateway: a channel to each, and for every call a token of minutes for whoever asks.

use std::sync::Arc;
use std::time::Duration;

use api::crm::crm_service_client::CrmServiceClient;
use api::orders::orders_service_client::OrdersServiceClient;
use api::orders::provider_service_client::ProviderServiceClient;
use api::orders::provider_system_service_client::ProviderSystemServiceClient;
use api::orders::webhook_service_client::WebhookServiceClient;
use api::registry::contract_service_client::ContractServiceClient;
use api::registry::market_service_client::MarketServiceClient;
use api::registry::protected_resident_service_client::ProtectedResidentServiceClient;
use api::registry::provisioning_service_client::ProvisioningServiceClient;
use api::registry::pull_service_client::PullServiceClient;
use api::registry::registry_service_client::RegistryServiceClient;
use api::rights::rights_service_client::RightsServiceClient;
use service_kit::caller::{Caller, TokenIssuer};
use service_kit::grpc::{self, ClientChannel};
use tonic::Request;
use tonic::transport::Channel;

use crate::limits;

/// A service behind the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Addresses.
    Registry,
    /// Orders.
    Orders,
    /// Contacts.
    Crm,
    /// Data-subject requests.
    Rights,
    /// Our own database.
    Gateway,
}

/// A call that failed, and whose it was.
#[derive(Debug)]
pub struct Failure {
    /// The service that was called.
    pub part: Part,
    /// What it said, or what the transport said for it.
    pub status: tonic::Status,
}

/// Channels to the services.
#[derive(Clone, Debug)]
pub struct Channels {
    /// To the registry.
    pub registry: Channel,
    /// To orders.
    pub orders: Channel,
    /// To the CRM.
    pub crm: Channel,
    /// To the rights service.
    pub rights: Channel,
}

/// The services, for one caller after the other.
#[derive(Clone)]
pub struct Services {
    channels: Channels,
    issuer: Arc<TokenIssuer>,
}

impl Part {
    /// The name in problem details and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Orders => "orders",
            Self::Crm => "crm",
            Self::Rights => "rights",
            Self::Gateway => "gateway",
        }
    }

    /// For `map_err`: says whose failure a status is.
    pub fn failed(self) -> impl Fn(tonic::Status) -> Failure {
        move |status| Failure { part: self, status }
    }
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services").finish_non_exhaustive()
    }
}

impl Services {
    /// Over these channels, with tokens of this issuer.
    pub fn new(channels: Channels, issuer: Arc<TokenIssuer>) -> Self {
        Self { channels, issuer }
    }

    /// The registry, as this caller.
    pub fn registry(&self, caller: &Caller) -> RegistryServiceClient<ClientChannel> {
        RegistryServiceClient::new(self.channel(&self.channels.registry, caller, Part::Registry))
    }

    /// Orders, as this caller.
    pub fn orders(&self, caller: &Caller) -> OrdersServiceClient<ClientChannel> {
        OrdersServiceClient::new(self.channel(&self.channels.orders, caller, Part::Orders))
    }

    /// A provider's own orders, as this provider's system.
    pub fn provider_orders(&self, caller: &Caller) -> ProviderServiceClient<ClientChannel> {
        ProviderServiceClient::new(self.channel(&self.channels.orders, caller, Part::Orders))
    }

    /// Endpoints of providers' systems at orders, as this caller.
    pub fn webhooks(&self, caller: &Caller) -> WebhookServiceClient<ClientChannel> {
        WebhookServiceClient::new(self.channel(&self.channels.orders, caller, Part::Orders))
    }

    /// Providers' systems that orders calls, as this caller.
    pub fn provider_systems(&self, caller: &Caller) -> ProviderSystemServiceClient<ClientChannel> {
        ProviderSystemServiceClient::new(self.channel(&self.channels.orders, caller, Part::Orders))
    }

    /// The CRM, as this caller.
    pub fn crm(&self, caller: &Caller) -> CrmServiceClient<ClientChannel> {
        CrmServiceClient::new(self.channel(&self.channels.crm, caller, Part::Crm))
    }

    /// The rights service, as this caller.
    pub fn rights(&self, caller: &Caller) -> RightsServiceClient<ClientChannel> {
        RightsServiceClient::new(self.channel(&self.channels.rights, caller, Part::Rights))
            .max_decoding_message_size(limits::DOCUMENT_BYTES)
    }

    /// The contracts of providers at the registry, as this caller.
    pub fn contracts(&self, caller: &Caller) -> ContractServiceClient<ClientChannel> {
        ContractServiceClient::new(self.channel(&self.channels.registry, caller, Part::Registry))
    }

    /// People with protected personal data at the registry, as this caller.
    pub fn protected(&self, caller: &Caller) -> ProtectedResidentServiceClient<ClientChannel> {
        ProtectedResidentServiceClient::new(self.channel(
            &self.channels.registry,
            caller,
            Part::Registry,
        ))
    }

    /// The address files that the registry fetches, as this caller.
    pub fn pulls(&self, caller: &Caller) -> PullServiceClient<ClientChannel> {
        PullServiceClient::new(self.channel(&self.channels.registry, caller, Part::Registry))
    }

    /// What the registry gives to providers, as this provider's system.
    pub fn market(&self, caller: &Caller) -> MarketServiceClient<ClientChannel> {
        MarketServiceClient::new(self.channel(&self.channels.registry, caller, Part::Registry))
    }

    /// The same with the token that the provider's system has brought; the registry says what it is good for.
    pub fn market_with(&self, token: &str) -> MarketServiceClient<ClientChannel> {
        MarketServiceClient::new(grpc::with_token(self.channels.registry.clone(), token))
    }

    /// What the registry takes from provisioning systems, as this one.
    pub fn provisioning(&self, caller: &Caller) -> ProvisioningServiceClient<ClientChannel> {
        ProvisioningServiceClient::new(self.channel(
            &self.channels.registry,
            caller,
            Part::Registry,
        ))
    }

    /// A token that a provider's system takes to a service itself.
    pub fn provider_token(&self, caller: &Caller, part: Part) -> String {
        self.issuer.issue(caller, part.name(), limits::token())
    }

    fn channel(&self, channel: &Channel, caller: &Caller, part: Part) -> ClientChannel {
        let token = self.issuer.issue(caller, part.name(), limits::token());
        grpc::with_token(channel.clone(), token)
    }
}

/// A call with the usual deadline.
pub fn call<T>(message: T) -> Request<T> {
    call_within(message, limits::CALL_MS)
}

/// A call with a deadline of its own.
pub fn call_within<T>(message: T, deadline_ms: u64) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(Duration::from_millis(deadline_ms));
    request
}
