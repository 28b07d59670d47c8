//! `MarketService`: what a provider's system asks, under its contract in the network of its credential.

use std::pin::Pin;
use std::sync::Arc;

use api::registry as pb;
use futures::{Stream, StreamExt as _};
use kernel::{AccessId, NetworkCode};
use pb::market_service_server::{MarketService, MarketServiceServer};
use service_kit::caller::{Caller, CallerError, caller_of};
use service_kit::error::to_status;
use tonic::{Request, Response, Status};

use super::translate;
use crate::app::{Batch, Change, Reader, Registry, RegistryError, Start, Told};
use crate::domain::market::{MarketColumn, MarketContract, MarketInterface};
use crate::domain::position::canonical;
use crate::store::access;

/// The service over its application.
#[derive(Clone, Debug)]
pub struct MarketGrpc(Arc<Registry>);

impl MarketGrpc {
    /// The service for a router.
    pub fn server(registry: Arc<Registry>) -> MarketServiceServer<Self> {
        MarketServiceServer::new(Self(registry))
    }
}

type Batches = Pin<Box<dyn Stream<Item = Result<pb::StreamAccessesResponse, Status>> + Send>>;

#[tonic::async_trait]
impl MarketService for MarketGrpc {
    type StreamAccessesStream = Batches;

    async fn get_contract(
        &self,
        request: Request<pb::GetContractRequest>,
    ) -> Result<Response<pb::GetContractResponse>, Status> {
        let reader = reader_of(caller_of(&request)?)?;
        let contract = self.0.contract_of(&reader).await.map_err(to_status)?;
        Ok(Response::new(pb::GetContractResponse {
            contract: Some(contract_out(contract)),
        }))
    }

    async fn stream_accesses(
        &self,
        request: Request<pb::StreamAccessesRequest>,
    ) -> Result<Response<Batches>, Status> {
        let reader = reader_of(caller_of(&request)?)?;
        let asked = request.into_inner();
        let interface = interface_in(asked.interface());
        let start = start_in(&asked).map_err(to_status)?;
        let batches = Arc::clone(&self.0)
            .stream_market(reader, interface, start, asked.follow)
            .await
            .map_err(to_status)?;
        let batches = batches.map(|batch| batch.map_err(to_status).and_then(batch_out));
        Ok(Response::new(Box::pin(batches)))
    }

    async fn get_market_access(
        &self,
        request: Request<pb::GetMarketAccessRequest>,
    ) -> Result<Response<pb::GetMarketAccessResponse>, Status> {
        let reader = reader_of(caller_of(&request)?)?;
        let asked = request.get_ref();
        let id = AccessId::parse(&asked.access_id)
            .map_err(|refused| to_status(RegistryError::invalid("access_id", "", refused.rule)))?;
        let (row, services, columns) = self
            .0
            .get_market_access(&reader, interface_in(asked.interface()), &id)
            .await
            .map_err(to_status)?;
        let access = access_out(row, services, &columns).map_err(to_status)?;
        Ok(Response::new(pb::GetMarketAccessResponse {
            access: Some(access),
        }))
    }
}

/// The provider and the network that the token is for. The request names neither.
fn reader_of(caller: &Caller) -> Result<Reader, Status> {
    let provider = caller.provider_id().map_err(to_status)?.clone();
    let network: NetworkCode = caller
        .network
        .clone()
        .ok_or_else(|| to_status(CallerError::NoNetwork))?;
    Ok(Reader {
        network,
        provider,
        caller_id: caller.id.clone(),
    })
}

fn interface_in(interface: pb::MarketInterface) -> MarketInterface {
    match interface {
        pb::MarketInterface::Unspecified => MarketInterface::Market,
        pb::MarketInterface::OnApi => MarketInterface::OnApi,
    }
}

fn start_in(asked: &pb::StreamAccessesRequest) -> Result<Start, RegistryError> {
    let Some(since) = &asked.modified_since else {
        return Ok(Start::Cursor(asked.cursor.clone()));
    };
    let rule = "a stream begins after a cursor or after a time, not both";
    let nanos = u32::try_from(since.nanos).unwrap_or(u32::MAX);
    chrono::DateTime::from_timestamp(since.seconds, nanos)
        .filter(|_| asked.cursor.is_empty())
        .map(Start::ModifiedSince)
        .ok_or_else(|| RegistryError::invalid("modified_since", "", rule))
}

pub(super) fn contract_out(contract: MarketContract) -> pb::MarketContract {
    let until = contract.validity.until;
    pb::MarketContract {
        version: contract.version(),
        contract_id: contract.id.to_string(),
        provider_id: contract.provider.to_string(),
        columns: contract
            .columns
            .iter()
            .map(|column| column.as_str().to_owned())
            .collect(),
        premises_types: contract.premises.iter().map(ToString::to_string).collect(),
        on_api: contract.on_api,
        valid_from: contract.validity.from.to_string(),
        valid_until: until.map(|day| day.to_string()).unwrap_or_default(),
        changed_at: Some(translate::timestamp(contract.changed_at)),
    }
}

fn batch_out(batch: Batch) -> Result<pb::StreamAccessesResponse, Status> {
    let columns = batch.columns;
    let change = |change: Change| {
        let told = match change.told {
            Told::Put(row, services) => pb::access_change::Change::Put(
                access_out(*row, services, &columns).map_err(to_status)?,
            ),
            Told::Removed(id) => pb::access_change::Change::Removed(id),
        };
        Ok::<_, Status>(pb::AccessChange {
            change: Some(told),
            at: Some(translate::timestamp(change.at)),
            appeared: change.appeared,
        })
    };
    Ok(pb::StreamAccessesResponse {
        changes: batch
            .changes
            .into_iter()
            .map(change)
            .collect::<Result<_, _>>()?,
        cursor: batch.cursor.to_string(),
        as_of: Some(translate::timestamp(batch.as_of)),
    })
}

/// The access with the columns that may be seen, and no other.
fn access_out(
    row: access::Model,
    services: Vec<String>,
    columns: &[MarketColumn],
) -> Result<pb::MarketAccess, RegistryError> {
    let number = |number: Option<i64>| number.and_then(|n| u32::try_from(n).ok());
    let state = translate::state(row.access_state()?).into();
    let at = canonical(row.coordinates());
    let mut out = pb::MarketAccess {
        access_id: row.access_id,
        ..pb::MarketAccess::default()
    };
    for column in columns {
        match column {
            MarketColumn::StreetName => out.street_name.clone_from(&row.street_name),
            MarketColumn::StreetNumber => out.street_number.clone_from(&row.street_number),
            MarketColumn::StreetLittera => out.street_littera.clone_from(&row.street_littera),
            MarketColumn::PostalCode => out.postal_code.clone_from(&row.postal_code),
            MarketColumn::City => out.city.clone_from(&row.city),
            MarketColumn::CountryCode => out.country_code.clone_from(&row.country_code),
            MarketColumn::PremisesType => {
                out.premises_type.clone_from(&row.premises_type);
                out.onapi_premises_type.clone_from(&row.onapi_premises_type);
            }
            MarketColumn::MduApartmentNumber => {
                out.apartment_number.clone_from(&row.apartment_number);
            }
            MarketColumn::MduDistinguisher => out.distinguisher.clone_from(&row.distinguisher),
            MarketColumn::PropertyUnitDesignation => {
                out.property_designation
                    .clone_from(&row.property_designation);
            }
            MarketColumn::Coordinates => {
                out.sweref_type.clone_from(&at.system);
                out.sweref_north.clone_from(&at.north);
                out.sweref_east.clone_from(&at.east);
                out.latitude.clone_from(&at.latitude);
                out.longitude.clone_from(&at.longitude);
            }
            MarketColumn::Outlet => out.outlet.clone_from(&row.outlet),
            MarketColumn::Population => out.population.clone_from(&row.population),
            MarketColumn::PriceGroup => out.price_group = number(row.price_group),
            MarketColumn::NationalAddressUuid => {
                out.national_address_uuid
                    .clone_from(&row.national_address_uuid);
            }
            MarketColumn::LegacyAccessId => out.legacy_access_id.clone_from(&row.legacy_access_id),
            MarketColumn::AccessState => out.state = state,
            MarketColumn::ConnectionDate => out.connected_on.clone_from(&row.connected_on),
            MarketColumn::Medium => out.medium.clone_from(&row.medium),
            MarketColumn::Capacity => out.capacity_kbps = number(row.capacity_kbps),
            MarketColumn::Services => out.services.clone_from(&services),
        }
    }
    Ok(out)
}
