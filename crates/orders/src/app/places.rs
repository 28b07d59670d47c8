//! Places, as the registry resolves them for us.

use api as pb;
use kernel::{AccessId, Address, AddressParts, NetworkCode, ProviderId};
use pb::registry::registry_service_client::RegistryServiceClient;
use serde::{Deserialize, Serialize};
use service_kit::error::reason_of;
use service_kit::grpc::ClientChannel;
use tonic::Code;

use super::error::OrdersError;
use crate::domain::catalogue::Offering;

/// The registry, asked as ourselves.
#[derive(Clone, Debug)]
pub struct Places {
    registry: RegistryServiceClient<ClientChannel>,
}

/// What can be had at a place, and what its port is too slow for.
#[derive(Clone, Debug, Default)]
pub struct Deliverable {
    /// Technical services that can be had.
    pub services: Vec<String>,
    /// What the port can do at most; where it is not known nothing is held against it.
    pub capacity_kbps: Option<u32>,
    /// Technical services that a faster port would have, with the Mbit/s that they need.
    pub beyond_capacity: Vec<(String, u32)>,
    /// It can be activated directly: nothing has to be installed first.
    pub direct_activation: bool,
}

/// A place that can be ordered at, or not.
#[derive(Clone, Debug)]
pub struct Place {
    /// The access behind the handle.
    pub access: AccessId,
    /// Where it is.
    pub address: Address,
    /// Text of the network that tells flats apart where there is no number, or empty.
    pub distinguisher: String,
    /// Whether it is connected.
    pub connected: bool,
    /// What can be had.
    pub deliverable: Deliverable,
    /// As the network groups its accesses; what is sold in other groups is not sold here.
    pub price_group: Option<u32>,
}

/// An address as it lies sealed beside an order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredAddress {
    /// See [`AddressParts`].
    pub street_name: String,
    /// See [`AddressParts`].
    pub street_number: String,
    /// See [`AddressParts`].
    pub street_littera: String,
    /// See [`AddressParts`].
    pub postal_code: String,
    /// See [`AddressParts`].
    pub city: String,
    /// See [`AddressParts`].
    pub country_code: String,
    /// See [`AddressParts`].
    pub apartment_number: String,
    /// See [`Place::distinguisher`]; orders from before it was kept have none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub distinguisher: String,
}

impl Places {
    /// Asks over this channel.
    pub fn new(channel: ClientChannel) -> Self {
        Self {
            registry: RegistryServiceClient::new(channel),
        }
    }

    /// The place behind a handle.
    pub async fn resolve(&self, network: &NetworkCode, handle: &str) -> Result<Place, OrdersError> {
        let request = pb::registry::ResolvePlaceRequest {
            network: network.to_string(),
            handle: handle.to_owned(),
            ..pb::registry::ResolvePlaceRequest::default()
        };
        let answer = self.registry.clone().resolve_place(request).await;
        let mut answer = answer.map_err(refused)?.into_inner();
        let place = answer.place.take().unwrap_or_default();
        let access = AccessId::parse(&answer.access_id).map_err(|_| OrdersError::PlaceNotFound)?;
        let address = place
            .address
            .clone()
            .map(parts)
            .map(Address::parse)
            .transpose()
            .ok()
            .flatten();
        Ok(Place {
            access,
            address: address.ok_or(OrdersError::PlaceNotFound)?,
            connected: place.state() == pb::registry::AccessState::Connected,
            distinguisher: place.distinguisher,
            price_group: answer.price_group,
            deliverable: Deliverable::of(place.services, answer),
        })
    }

    /// What a provider can order at an access of its contract. Nothing where nothing is connected.
    ///
    /// # Errors
    /// The provider's contract of today does not give it the access, or the registry fails.
    pub async fn orderable(
        &self,
        network: &NetworkCode,
        provider: &ProviderId,
        access: &AccessId,
    ) -> Result<Deliverable, OrdersError> {
        let request = pb::registry::ResolvePlaceRequest {
            network: network.to_string(),
            access_id: access.to_string(),
            provider_id: provider.to_string(),
            ..pb::registry::ResolvePlaceRequest::default()
        };
        let answer = self.registry.clone().resolve_place(request).await;
        let mut answer = answer.map_err(refused_to_provider)?.into_inner();
        let place = answer.place.take().unwrap_or_default();
        Ok(match place.state() {
            pb::registry::AccessState::Connected => Deliverable::of(place.services, answer),
            _ => Deliverable::default(),
        })
    }
}

impl Place {
    /// The address in one line, with what tells its flats apart. No access id.
    pub fn label(&self) -> String {
        self.address.label_with(&self.distinguisher)
    }
}

impl Deliverable {
    fn of(services: Vec<String>, answer: pb::registry::ResolvePlaceResponse) -> Self {
        let beyond = answer.beyond_capacity.into_iter();
        Self {
            services,
            capacity_kbps: answer.capacity_kbps,
            beyond_capacity: beyond.map(|of| (of.service, of.needs_mbps)).collect(),
            direct_activation: answer.direct_activation,
        }
    }

    /// Whether the technical service can be had; nothing is said of the speed of what is sold over it.
    ///
    /// # Errors
    /// The port is too slow for it.
    pub fn has(&self, service: &str) -> Result<bool, OrdersError> {
        let mut beyond = self.beyond_capacity.iter();
        match (beyond.find(|(name, _)| name == service), self.capacity_kbps) {
            (Some((_, needs_mbps)), Some(capacity_kbps)) => Err(OrdersError::BeyondCapacity {
                needs_mbps: *needs_mbps,
                capacity_kbps,
            }),
            _ => Ok(self.services.iter().any(|known| known == service)),
        }
    }

    /// That the port is as fast as what is sold; in its faster direction, because a port has one figure.
    ///
    /// # Errors
    /// It is slower.
    pub fn carries(&self, offering: &Offering) -> Result<(), OrdersError> {
        match self.capacity_kbps {
            Some(capacity_kbps) if !offering.fits(capacity_kbps) => {
                Err(OrdersError::BeyondCapacity {
                    needs_mbps: offering.mbps(),
                    capacity_kbps,
                })
            }
            _ => Ok(()),
        }
    }
}

/// The registry's refusal of an access for a provider.
fn refused_to_provider(status: tonic::Status) -> OrdersError {
    match (status.code(), reason_of(&status).as_deref()) {
        (_, Some("CONTRACT_MISSING")) => OrdersError::ContractMissing,
        (_, Some("INTERFACE_NOT_AGREED")) => OrdersError::InterfaceNotAgreed,
        (Code::NotFound | Code::InvalidArgument, _) => OrdersError::AccessUnknown,
        _ => OrdersError::Registry(Box::new(status)),
    }
}

/// The registry's refusal of a handle is the caller's matter; everything else is not.
fn refused(status: tonic::Status) -> OrdersError {
    match status.code() {
        Code::NotFound | Code::InvalidArgument | Code::FailedPrecondition => {
            OrdersError::PlaceNotFound
        }
        _ => OrdersError::Registry(Box::new(status)),
    }
}

fn parts(address: pb::common::Address) -> AddressParts {
    AddressParts {
        street_name: address.street_name,
        street_number: address.street_number,
        street_littera: address.street_littera,
        postal_code: address.postal_code,
        city: address.city,
        country_code: address.country_code,
        apartment_number: address.apartment_number,
    }
}

impl From<&Address> for StoredAddress {
    fn from(address: &Address) -> Self {
        let parts = AddressParts::from(address.clone());
        Self {
            street_name: parts.street_name,
            street_number: parts.street_number,
            street_littera: parts.street_littera,
            postal_code: parts.postal_code,
            city: parts.city,
            country_code: parts.country_code,
            apartment_number: parts.apartment_number,
            distinguisher: String::new(),
        }
    }
}

impl From<&Place> for StoredAddress {
    fn from(place: &Place) -> Self {
        Self {
            distinguisher: place.distinguisher.clone(),
            ..Self::from(&place.address)
        }
    }
}
