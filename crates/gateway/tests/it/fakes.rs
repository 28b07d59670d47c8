//! Stand-ins for the four services: real gRPC, real checking of tokens and of the permission matrix, canned answers.

mod contracts;
mod crm;
pub mod forms;
pub mod market;
mod orders;
pub mod protected;
pub mod provider_orders;
mod provisioning;
mod pulls;
pub mod registry;
mod rights;
pub mod systems;
pub mod technical;
pub mod webhooks;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use api::crm::crm_service_server::CrmServiceServer;
use api::orders::PlaceOrderRequest;
use api::orders::orders_service_server::OrdersServiceServer;
use api::orders::provider_service_server::ProviderServiceServer;
use api::orders::provider_system_service_server::ProviderSystemServiceServer;
use api::orders::webhook_service_server::WebhookServiceServer;
use api::registry::contract_service_server::ContractServiceServer;
use api::registry::market_service_server::MarketServiceServer;
use api::registry::protected_resident_service_server::ProtectedResidentServiceServer;
use api::registry::provisioning_service_server::ProvisioningServiceServer;
use api::registry::pull_service_server::PullServiceServer;
use api::registry::registry_service_server::RegistryServiceServer;
use api::rights::rights_service_server::RightsServiceServer;
use gateway::services::Part;
use service_kit::caller::Caller;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

/// What the stand-ins share and have seen.
#[derive(Clone, Default)]
pub struct Fakes(Arc<Mutex<Seen>>);

#[derive(Default)]
pub struct Seen {
    /// Who called what, last.
    pub callers: HashMap<&'static str, Caller>,
    /// By command id, as a service does.
    pub orders: HashMap<String, PlaceOrderRequest>,
    /// How the customer has ended the order.
    pub ended: Option<api::orders::EndOrderRequest>,
    /// What reports and logs were asked for, last.
    pub report: Option<api::orders::ReportOrdersRequest>,
    pub neutrality: Option<api::orders::ReportNeutralityRequest>,
    pub logged: Vec<api::orders::ListNetworkLogRequest>,
    /// How staff have ended it.
    pub moved: Option<api::orders::MoveOrderRequest>,
    pub peeks: u32,
    pub confirmed: bool,
    pub file: Vec<u8>,
    pub edited: Option<api::registry::Access>,
    /// Whether the last edit took the mark of protected data away.
    pub lifted: bool,
    pub contact: Option<api::crm::CreateContactRequest>,
    pub purpose: String,
    pub opened: Option<api::rights::OpenRequestRequest>,
    pub decided: String,
    pub approved: bool,
    /// As the registry keeps them; by id.
    pub contracts: BTreeMap<String, api::registry::MarketContract>,
    /// With the network of each.
    pub disclosures: Vec<(String, api::registry::Disclosure)>,
    /// The nightly file; none is fetched at first.
    pub pull: Option<api::registry::Pull>,
    /// For each that was begun, whether a known file was to be imported again.
    pub pulled_again: Vec<bool>,
    pub offering: Option<api::orders::Offering>,
    pub asked_offers: Option<api::orders::ListOffersRequest>,
    pub forms: forms::Forms,
    pub market: market::Market,
    pub provisioning: provisioning::Provisioning,
    pub provider_orders: provider_orders::ProviderOrders,
    pub technical: technical::Technical,
    pub webhooks: webhooks::Webhooks,
    pub systems: systems::Systems,
    stoppers: HashMap<&'static str, CancellationToken>,
}

impl Fakes {
    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap()
    }

    pub fn routes(&self, part: Part) -> Routes {
        match part {
            Part::Registry => Routes::new(RegistryServiceServer::new(self.clone()))
                .add_service(ContractServiceServer::new(self.clone()))
                .add_service(ProtectedResidentServiceServer::new(self.clone()))
                .add_service(PullServiceServer::new(self.clone()))
                .add_service(MarketServiceServer::new(self.clone()))
                .add_service(ProvisioningServiceServer::new(self.clone())),
            Part::Orders => Routes::new(OrdersServiceServer::new(self.clone()))
                .add_service(ProviderServiceServer::new(self.clone()))
                .add_service(WebhookServiceServer::new(self.clone()))
                .add_service(ProviderSystemServiceServer::new(self.clone())),
            Part::Crm => Routes::new(CrmServiceServer::new(self.clone())),
            Part::Rights => Routes::new(RightsServiceServer::new(self.clone())),
            Part::Gateway => unreachable!("the gateway is not behind itself"),
        }
    }

    pub fn stop_by(&self, part: Part, all: &CancellationToken) {
        self.seen().stoppers.insert(part.name(), all.child_token());
    }

    pub fn stopper(&self, part: Part) -> CancellationToken {
        self.seen().stoppers[part.name()].clone()
    }

    /// Takes a service away.
    pub async fn stop(&self, part: Part) {
        self.stopper(part).cancel();
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }

    fn note<T>(&self, method: &'static str, request: &tonic::Request<T>) {
        let caller = service_kit::caller::caller_of(request).unwrap().clone();
        self.seen().callers.insert(method, caller);
    }
}
