//! The registry's words on the wire.

use api::common;
use api::registry as pb;
use kernel::{AccessState, AddressParts};

use crate::app::{PageRequest, PlaceView, RegistryError};
use crate::domain::import::{ImportMode, ImportReport, Rejection};
use crate::store::access;

pub(super) fn page_request(page: Option<common::PageRequest>) -> PageRequest {
    page.map(|page| PageRequest {
        size: page.page_size,
        token: page.page_token,
    })
    .unwrap_or_default()
}

pub(super) fn report(report: ImportReport) -> pb::ImportReport {
    let mode = match report.mode {
        ImportMode::Full => pb::ImportMode::Full,
        ImportMode::Delta => pb::ImportMode::Delta,
    };
    pb::ImportReport {
        import_id: report.id.to_string(),
        network: report.network.to_string(),
        mode: mode.into(),
        dry_run: report.dry_run,
        outcome: report.outcome.as_str().to_owned(),
        rows: report.rows,
        added: report.added,
        changed: report.changed,
        unchanged: report.unchanged,
        ended: report.ended,
        rejected: report.rejected,
        rejected_left_out: report.rejected_left_out,
        rejections: report.rejections.into_iter().map(rejection).collect(),
        charset: report.charset,
        delimiter: report.delimiter,
        unknown_columns: report.unknown_columns,
        received_at: Some(timestamp(report.received_at)),
        residents_suppressed: report.residents_suppressed,
        refusal: report.refusal,
        refusal_reason: refusal_reason(&report.refusal_reason).into(),
        refusal_arguments: report.refusal_arguments,
        remarked: report.remarked,
        remarks: report.remarks.into_iter().map(rejection).collect(),
        format: report.format,
        held_until: report.held_until.map(timestamp),
        undo_until: report.undo_until.map(timestamp),
    }
}

pub(super) fn rejection(rejection: Rejection) -> pb::RejectedRow {
    let Rejection { line, violation } = rejection;
    pb::RejectedRow {
        line,
        reason: reason(&violation.reason).into(),
        field: violation.field,
        value: violation.value,
        rule: violation.rule,
        arguments: violation.arguments,
    }
}

fn refusal_reason(code: &str) -> pb::RefusalReason {
    pb::RefusalReason::from_str_name(&format!("REFUSAL_REASON_{code}")).unwrap_or_default()
}

fn reason(code: &str) -> pb::RejectionReason {
    pb::RejectionReason::from_str_name(&format!("REJECTION_REASON_{code}")).unwrap_or_default()
}

pub(super) fn place(place: PlaceView) -> pb::Place {
    pb::Place {
        handle: place.handle,
        address: Some(address(place.address)),
        state: state(place.state).into(),
        services: place.services,
        distinguisher: place.distinguisher,
    }
}

pub(super) fn access(
    row: access::Model,
    services: Vec<String>,
) -> Result<pb::Access, RegistryError> {
    let number = |number: Option<i64>| number.and_then(|n| u32::try_from(n).ok());
    Ok(pb::Access {
        address: Some(address(
            row.address()
                .map_err(|_| RegistryError::Corrupt("address"))?
                .into(),
        )),
        state: state(row.access_state()?).into(),
        version: row.version(),
        changed_at: Some(timestamp(row.changed_at)),
        price_group: number(row.price_group),
        capacity_kbps: number(row.capacity_kbps),
        access_id: row.access_id,
        premises_type: row.premises_type,
        onapi_premises_type: row.onapi_premises_type,
        property_designation: row.property_designation,
        services,
        resident_name: String::new(),
        resident_protected: false,
        not_to_providers: false,
        property_owner: String::new(),
        legacy_access_id: row.legacy_access_id,
        distinguisher: row.distinguisher,
        outlet: row.outlet,
        population: row.population,
        national_address_uuid: row.national_address_uuid,
        area: row.area,
        medium: row.medium,
        cpe: row.cpe,
        connected_on: row.connected_on,
        sweref_type: row.sweref_type,
        sweref_north: row.sweref_north,
        sweref_east: row.sweref_east,
        latitude: row.latitude,
        longitude: row.longitude,
        technical: row.technical,
        // Whoever made it what it is: staff, or a file of this format.
        source: if row.edit_reason.is_empty() {
            row.source
        } else {
            "staff".to_owned()
        },
    })
}

pub(super) fn address(parts: AddressParts) -> common::Address {
    common::Address {
        street_name: parts.street_name,
        street_number: parts.street_number,
        street_littera: parts.street_littera,
        postal_code: parts.postal_code,
        city: parts.city,
        country_code: parts.country_code,
        apartment_number: parts.apartment_number,
    }
}

pub(super) fn state(state: AccessState) -> pb::AccessState {
    match state {
        AccessState::Planned => pb::AccessState::Planned,
        AccessState::Deploying => pb::AccessState::Deploying,
        AccessState::HomesPassed => pb::AccessState::Homespassed,
        AccessState::Connected => pb::AccessState::Connected,
        AccessState::Disconnected => pb::AccessState::Disconnected,
        AccessState::InMigration => pb::AccessState::Inmigration,
        AccessState::OutMigration => pb::AccessState::Outmigration,
    }
}

pub(super) fn timestamp(at: chrono::DateTime<chrono::Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.timestamp(),
        nanos: i32::try_from(at.timestamp_subsec_nanos()).unwrap_or(0),
    }
}
