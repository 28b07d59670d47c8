//! Contracts of providers at the registry, for the pages and the interface of programs (MDB-3).

use api::common::PageRequest;
use api::orders::ListProvidersRequest;
use api::registry::{
    ListMarketContractsRequest, ListMarketExtractsRequest, ListMarketExtractsResponse,
    MarketContract, PutMarketContractRequest,
};

use service_kit::error::reason_of;

use super::session::SignedIn;
use crate::services::{Failure, Part, Services, call};

/// Why a contract was not entered or changed.
#[derive(Debug)]
pub enum PutError {
    /// The network has no such provider: the registry knows contracts, not who there is.
    NoSuchProvider,
    /// A service refused, or does not answer.
    Service(Failure),
}

impl From<Failure> for PutError {
    fn from(failure: Failure) -> Self {
        Self::Service(failure)
    }
}

/// The contracts of the network, ended ones too, by provider and then by first day.
///
/// # Errors
/// The registry refuses or does not answer.
pub async fn list(
    services: &Services,
    staff: &SignedIn,
    provider: &str,
) -> Result<Vec<MarketContract>, Failure> {
    let request = ListMarketContractsRequest {
        network: staff.network.to_string(),
        provider_id: provider.to_owned(),
    };
    let answer = services
        .contracts(&staff.caller())
        .list_market_contracts(call(request))
        .await;
    let answer = answer.map_err(Part::Registry.failed())?.into_inner();
    Ok(answer.contracts)
}

/// One contract of the network.
///
/// # Errors
/// The registry refuses or does not answer.
pub async fn find(
    services: &Services,
    staff: &SignedIn,
    id: &str,
) -> Result<Option<MarketContract>, Failure> {
    let contracts = list(services, staff, "").await?;
    Ok(contracts
        .into_iter()
        .find(|contract| contract.contract_id == id))
}

/// Enters a contract, or changes the one of its id.
///
/// # Errors
/// The network has no such provider, rules are broken (the failure has the violations), somebody else was faster
/// ([`edited_meanwhile`]), or a service does not answer.
pub async fn put(
    services: &Services,
    staff: &SignedIn,
    contract: MarketContract,
) -> Result<MarketContract, PutError> {
    // A provider that has a contract has been looked for before.
    if contract.contract_id.is_empty() {
        let known = providers(services, staff).await?;
        if !known.iter().any(|one| one.id == contract.provider_id) {
            return Err(PutError::NoSuchProvider);
        }
    }
    let request = PutMarketContractRequest {
        network: staff.network.to_string(),
        contract: Some(contract),
    };
    let answer = services
        .contracts(&staff.caller())
        .put_market_contract(call(request))
        .await;
    let answer = answer.map_err(Part::Registry.failed())?.into_inner();
    Ok(answer.contract.unwrap_or_default())
}

/// Whether a contract was not changed because somebody else has changed it since it was read.
pub fn edited_meanwhile(failure: &Failure) -> bool {
    reason_of(&failure.status).as_deref() == Some("CONTRACT_EDITED")
}

/// What providers were given, newest first; of one provider only when one is named.
///
/// # Errors
/// The registry refuses or does not answer.
pub async fn extracts(
    services: &Services,
    staff: &SignedIn,
    provider: &str,
    page: PageRequest,
) -> Result<ListMarketExtractsResponse, Failure> {
    let request = ListMarketExtractsRequest {
        network: staff.network.to_string(),
        provider_id: provider.to_owned(),
        page: Some(page),
    };
    let answer = services
        .contracts(&staff.caller())
        .list_market_extracts(call(request))
        .await;
    Ok(answer.map_err(Part::Registry.failed())?.into_inner())
}

/// A provider that a contract can be made with.
#[derive(Debug)]
pub struct Partner {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// The providers of the network.
///
/// # Errors
/// Orders refuses or does not answer.
pub async fn providers(services: &Services, staff: &SignedIn) -> Result<Vec<Partner>, Failure> {
    let request = ListProvidersRequest {
        network: staff.network.to_string(),
    };
    let answer = services
        .orders(&staff.caller())
        .list_providers(call(request))
        .await;
    let providers = answer
        .map_err(Part::Orders.failed())?
        .into_inner()
        .providers;
    let partner = |provider: api::orders::Provider| Partner {
        id: provider.provider_id,
        name: provider.name,
    };
    Ok(providers.into_iter().map(partner).collect())
}
