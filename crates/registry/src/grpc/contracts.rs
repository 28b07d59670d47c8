//! `ContractService`: what providers may see of a network's accesses, and what they were given.

use std::sync::Arc;

use api::registry as pb;
use kernel::ProviderId;
use pb::contract_service_server::{ContractService, ContractServiceServer};
use service_kit::error::to_status;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::market::contract_out;
use super::{network, translate};
use crate::app::{ReadContract, Registry, RegistryError};
use crate::domain::market::{ContractText, MarketInterface};
use crate::store::market_extract;

/// The service over its application.
#[derive(Clone, Debug)]
pub struct ContractGrpc(Arc<Registry>);

impl ContractGrpc {
    /// The service for a router.
    pub fn server(registry: Arc<Registry>) -> ContractServiceServer<Self> {
        ContractServiceServer::new(Self(registry))
    }
}

#[tonic::async_trait]
impl ContractService for ContractGrpc {
    async fn put_market_contract(
        &self,
        request: Request<pb::PutMarketContractRequest>,
    ) -> Result<Response<pb::PutMarketContractResponse>, Status> {
        let network = network(&request, &request.get_ref().network)?;
        let wanted = request.into_inner().contract.unwrap_or_default();
        let read = read_in(&wanted).map_err(to_status)?;
        let text = ContractText {
            provider: wanted.provider_id,
            columns: wanted.columns,
            premises: wanted.premises_types,
            on_api: wanted.on_api,
            valid_from: wanted.valid_from,
            valid_until: wanted.valid_until,
        };
        let contract = self
            .0
            .put_market_contract(&network, read, &text)
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::PutMarketContractResponse {
            contract: Some(contract_out(contract)),
        }))
    }

    async fn list_market_contracts(
        &self,
        request: Request<pb::ListMarketContractsRequest>,
    ) -> Result<Response<pb::ListMarketContractsResponse>, Status> {
        let network = network(&request, &request.get_ref().network)?;
        let provider = provider_in(&request.get_ref().provider_id).map_err(to_status)?;
        let contracts = self
            .0
            .list_market_contracts(&network, provider.as_ref())
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::ListMarketContractsResponse {
            contracts: contracts.into_iter().map(contract_out).collect(),
        }))
    }

    async fn list_market_extracts(
        &self,
        request: Request<pb::ListMarketExtractsRequest>,
    ) -> Result<Response<pb::ListMarketExtractsResponse>, Status> {
        let network = network(&request, &request.get_ref().network)?;
        let asked = request.into_inner();
        let provider = provider_in(&asked.provider_id).map_err(to_status)?;
        let page = self
            .0
            .list_market_extracts(
                &network,
                provider.as_ref(),
                &translate::page_request(asked.page),
            )
            .await
            .map_err(to_status)?;
        Ok(Response::new(pb::ListMarketExtractsResponse {
            extracts: page.rows.into_iter().map(extract_out).collect(),
            next_page_token: page.next,
        }))
    }
}

/// The contract that is to be changed; nothing for a new one.
fn read_in(wanted: &pb::MarketContract) -> Result<Option<ReadContract>, RegistryError> {
    if wanted.contract_id.is_empty() {
        return Ok(None);
    }
    if wanted.version.is_empty() {
        let rule = "whoever changes a contract says which version was read";
        return Err(RegistryError::invalid("version", "", rule));
    }
    let id = wanted.contract_id.parse::<Uuid>();
    Ok(Some(ReadContract {
        id: id.map_err(|_| RegistryError::NoSuchContract)?,
        version: wanted.version.clone(),
    }))
}

fn provider_in(text: &str) -> Result<Option<ProviderId>, RegistryError> {
    (!text.is_empty())
        .then(|| ProviderId::parse(text))
        .transpose()
        .map_err(|refused| RegistryError::invalid("provider_id", text, refused.rule))
}

fn extract_out(row: market_extract::Model) -> pb::MarketExtract {
    let count = |count| u64::try_from(count).unwrap_or_default();
    let interface = match MarketInterface::parse(&row.interface) {
        Some(MarketInterface::OnApi) => pb::MarketInterface::OnApi,
        _ => pb::MarketInterface::Unspecified,
    };
    pb::MarketExtract {
        extract_id: row.id.to_string(),
        provider_id: row.provider_id,
        contract_id: row.contract_id.to_string(),
        caller_id: row.caller_id,
        interface: interface.into(),
        after: row.after,
        until: row.until,
        put: count(row.put),
        removed: count(row.removed),
        withheld: count(row.withheld),
        begun_at: Some(translate::timestamp(row.begun_at)),
        ended_at: row.ended_at.map(translate::timestamp),
    }
}
