//! One access: put right by staff, and what it looked like on a day.

use api::registry as pb;
use chrono::NaiveDate;
use kernel::{AccessId, OnApiPremisesType};
use service_kit::caller::caller_of;
use service_kit::error::to_status;
use tonic::{Request, Response, Status};

use super::{network, translate};
use crate::app::{EditAccess, Registry, RegistryError};
use crate::domain::access::AccessFacts;
use crate::domain::address_file::{Field, Judge, RowVerdict, read_form};
use crate::store::access;
use crate::store::resident::Marks;

pub(super) async fn edit_access(
    registry: &Registry,
    request: Request<pb::EditAccessRequest>,
) -> Result<Response<pb::EditAccessResponse>, Status> {
    let network = network(&request, &request.get_ref().network)?;
    let by = caller_of(&request)?.actor().1.to_owned();
    let asked = request.into_inner();
    let wanted = asked.access.ok_or_else(|| {
        to_status(RegistryError::invalid(
            "access",
            "",
            "the access is missing",
        ))
    })?;
    let id = access_id(&wanted.access_id)?;
    let before = registry
        .access_to_edit(&network, &id)
        .await
        .map_err(to_status)?;
    let command = EditAccess {
        facts: facts(&registry.judge(&network), wanted, &before).map_err(to_status)?,
        network,
        by,
        version: asked.version,
        reason: asked.reason,
        marks: Marks {
            protected: asked.resident_protected,
            not_to_providers: asked.not_to_providers,
        },
    };
    let (row, services) = registry.edit_access(command).await.map_err(to_status)?;
    let access = translate::access(row, services).map_err(to_status)?;
    Ok(Response::new(pb::EditAccessResponse {
        access: Some(access),
    }))
}

pub(super) async fn get_access_on(
    registry: &Registry,
    request: Request<pb::GetAccessOnRequest>,
) -> Result<Response<pb::GetAccessOnResponse>, Status> {
    let asked = request.get_ref();
    let network = network(&request, &asked.network)?;
    let id = access_id(&asked.access_id)?;
    let day = NaiveDate::parse_from_str(&asked.day, "%Y-%m-%d").map_err(|_| {
        let rule = "a day is written 2026-11-22";
        to_status(RegistryError::invalid("day", &asked.day, rule))
    })?;
    let (version, services) = registry
        .access_on(&network, &id, day)
        .await
        .map_err(to_status)?;
    let access = translate::access(version.access, services).map_err(to_status)?;
    Ok(Response::new(pb::GetAccessOnResponse {
        access: Some(access),
        valid_from: Some(translate::timestamp(version.valid_from)),
        valid_to: version.valid_to.map(translate::timestamp),
    }))
}

fn access_id(text: &str) -> Result<AccessId, Status> {
    AccessId::parse(text)
        .map_err(|refused| to_status(RegistryError::invalid("access_id", "", refused.rule)))
}

/// What was typed, held against the rules of a file's row; services and technical columns stay as they are.
fn facts(
    judge: &Judge,
    wanted: pb::Access,
    before: &access::Model,
) -> Result<AccessFacts, RegistryError> {
    let before = before.facts()?;
    let on_api = wanted.onapi_premises_type.clone();
    let mut facts = match read_form(fields(wanted), judge) {
        RowVerdict::Accepted(row) => row.facts,
        RowVerdict::Rejected { violations, .. } => return Err(RegistryError::Invalid(violations)),
    };
    if !on_api.is_empty() {
        facts.premises.on_api = OnApiPremisesType::parse(&on_api).map_err(|refused| {
            RegistryError::invalid("onapiPremisesType", &on_api, refused.rule)
        })?;
    }
    facts.services = before.services;
    facts.technical = before.technical;
    Ok(facts)
}

fn fields(access: pb::Access) -> Vec<(Field, String)> {
    let state = access.state().as_str_name().replace("ACCESS_STATE_", "");
    let address = access.address.unwrap_or_default();
    let number = |number: Option<u32>| number.map(|n| n.to_string()).unwrap_or_default();
    vec![
        (Field::AccessId, access.access_id),
        (Field::LegacyAccessId, access.legacy_access_id),
        (Field::StreetName, address.street_name),
        (Field::StreetNumber, address.street_number),
        (Field::StreetLittera, address.street_littera),
        (Field::PostalCode, address.postal_code),
        (Field::City, address.city),
        (Field::CountryCode, address.country_code),
        (Field::MduApartmentNumber, address.apartment_number),
        (Field::MduDistinguisher, access.distinguisher),
        (Field::PremisesType, access.premises_type),
        (Field::PropertyUnitDesignation, access.property_designation),
        (Field::AccessState, state),
        (Field::SwerefType, access.sweref_type),
        (Field::SwerefNorth, access.sweref_north),
        (Field::SwerefEast, access.sweref_east),
        (Field::Latitude, access.latitude),
        (Field::Longitude, access.longitude),
        (Field::Outlet, access.outlet),
        (Field::Population, access.population),
        (Field::PriceGroup, number(access.price_group)),
        (Field::NationalAddressUuid, access.national_address_uuid),
        (Field::Area, access.area),
        (Field::Medium, access.medium),
        (Field::Capacity, number(access.capacity_kbps)),
        (Field::Cpe, access.cpe),
        (Field::ConnectionDate, access.connected_on),
    ]
}
