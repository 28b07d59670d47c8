//! Contracts of providers, and what was given under them.

use api::registry::{
    MarketContract as PbContract, MarketExtract as PbExtract, MarketInterface as PbInterface,
};
use axum::Json;
use axum::extract::{Query, State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bearer::{Allowed, Contracts as ContractsGate, ContractsChange};
use super::convert::time;
use super::problem::Problem;
use crate::app::contracts::{self, PutError};
use crate::state::Gateway;

/// What a provider is to see of the network's accesses, and when.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WantedContract {
    /// Of the contract to change; not there for a new one.
    #[serde(default)]
    contract_id: String,
    /// `version` of the contract to change, as it was read; not there for a new one.
    #[serde(default)]
    version: String,
    provider_id: String,
    /// Columns beside the access id, by their MdB2 names: "streetName", "postalCode" …
    columns: Vec<String>,
    /// Only these premises, in ON-API's words; empty is all.
    #[serde(default)]
    premises_types: Vec<String>,
    /// The provider may use ON-API, whose columns its standard sets.
    #[serde(default)]
    on_api: bool,
    /// First day: "2026-11-22".
    valid_from: String,
    /// Last day; empty is until it is changed.
    #[serde(default)]
    valid_until: String,
}

/// What a provider may see of the network's accesses, and when.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Contract {
    contract_id: String,
    provider_id: String,
    /// Columns beside the access id, by their MdB2 names.
    columns: Vec<String>,
    /// Only these premises, in ON-API's words; empty is all.
    premises_types: Vec<String>,
    on_api: bool,
    /// First day.
    valid_from: String,
    /// Last day; empty is until it is changed.
    valid_until: String,
    changed_at: Option<DateTime<Utc>>,
    /// Changes whenever the contract does; whoever changes it sends what was read.
    version: String,
}

/// Contracts by provider, ended ones too.
#[derive(Serialize, ToSchema)]
pub struct Contracts {
    contracts: Vec<Contract>,
}

/// Whose contracts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct OfProvider {
    /// One provider's only.
    #[serde(default)]
    provider_id: String,
}

/// Whose extracts, and which page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct WantedExtracts {
    /// One provider's only.
    #[serde(default)]
    provider_id: String,
    /// Rows wanted, 1 to 200.
    #[serde(default)]
    page_size: u32,
    /// `nextPageToken` of the page before.
    #[serde(default)]
    page_token: String,
}

/// What a provider was given.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Extract {
    extract_id: String,
    provider_id: String,
    contract_id: String,
    /// The credential that asked.
    caller_id: String,
    /// "market" or "on-api".
    interface: &'static str,
    /// The cursor that it began after; empty is the beginning.
    after: String,
    /// The last cursor that was given.
    until: String,
    /// Accesses that were given.
    put: u64,
    /// Accesses that the provider was told to take away.
    removed: u64,
    /// Of those, such that a resident objects, is restricted or protected.
    withheld: u64,
    begun_at: Option<DateTime<Utc>>,
    /// None while it runs, or when it was broken off by a stop of the service.
    ended_at: Option<DateTime<Utc>>,
}

/// Extracts, newest first.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Extracts {
    extracts: Vec<Extract>,
    /// Empty on the last page.
    next_page_token: String,
}

/// The contracts of the network.
#[utoipa::path(get, path = "/api/v1/contracts", tag = "contracts", params(OfProvider), security(("session" = [])),
    responses((status = 200, body = Contracts), (status = 400, body = Problem)))]
pub async fn list(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ContractsGate>,
    Query(of): Query<OfProvider>,
) -> Result<Json<Contracts>, Problem> {
    let found = contracts::list(&gateway.services, &staff, &of.provider_id).await?;
    Ok(Json(Contracts {
        contracts: found.into_iter().map(Contract::from).collect(),
    }))
}

/// Enters a contract, or changes the one of its id, unless somebody else has done so since `version` was read. A last day of
/// today ends it.
#[utoipa::path(put, path = "/api/v1/contracts", tag = "contracts", request_body = WantedContract,
    security(("session" = [])),
    responses((status = 200, body = Contract), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn put(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ContractsChange>,
    Json(wanted): Json<WantedContract>,
) -> Result<Json<Contract>, Problem> {
    match contracts::put(&gateway.services, &staff, wanted.into()).await {
        Ok(contract) => Ok(Json(contract.into())),
        Err(PutError::NoSuchProvider) => Err(Problem::field(
            "provider_id",
            "must be a provider of the network",
        )),
        Err(PutError::Service(failure)) => Err(failure.into()),
    }
}

/// What providers were given, newest first.
#[utoipa::path(get, path = "/api/v1/extracts", tag = "contracts", params(WantedExtracts), security(("session" = [])),
    responses((status = 200, body = Extracts), (status = 400, body = Problem)))]
pub async fn extracts(
    State(gateway): State<Gateway>,
    Allowed(staff, _): Allowed<ContractsGate>,
    Query(wanted): Query<WantedExtracts>,
) -> Result<Json<Extracts>, Problem> {
    let page = super::convert::Paging {
        page_size: wanted.page_size,
        page_token: wanted.page_token,
    };
    let provider = &wanted.provider_id;
    let found = contracts::extracts(&gateway.services, &staff, provider, page.request()).await?;
    Ok(Json(Extracts {
        extracts: found.extracts.into_iter().map(Extract::from).collect(),
        next_page_token: found.next_page_token,
    }))
}

impl From<WantedContract> for PbContract {
    fn from(wanted: WantedContract) -> Self {
        Self {
            contract_id: wanted.contract_id,
            provider_id: wanted.provider_id,
            columns: wanted.columns,
            premises_types: wanted.premises_types,
            on_api: wanted.on_api,
            valid_from: wanted.valid_from,
            valid_until: wanted.valid_until,
            changed_at: None,
            version: wanted.version,
        }
    }
}

impl From<PbContract> for Contract {
    fn from(contract: PbContract) -> Self {
        Self {
            changed_at: time(contract.changed_at.as_ref()),
            contract_id: contract.contract_id,
            provider_id: contract.provider_id,
            columns: contract.columns,
            premises_types: contract.premises_types,
            on_api: contract.on_api,
            valid_from: contract.valid_from,
            valid_until: contract.valid_until,
            version: contract.version,
        }
    }
}

impl From<PbExtract> for Extract {
    fn from(extract: PbExtract) -> Self {
        Self {
            interface: match extract.interface() {
                PbInterface::Unspecified => "market",
                PbInterface::OnApi => "on-api",
            },
            begun_at: time(extract.begun_at.as_ref()),
            ended_at: time(extract.ended_at.as_ref()),
            extract_id: extract.extract_id,
            provider_id: extract.provider_id,
            contract_id: extract.contract_id,
            caller_id: extract.caller_id,
            after: extract.after,
            until: extract.until,
            put: extract.put,
            removed: extract.removed,
            withheld: extract.withheld,
        }
    }
}
