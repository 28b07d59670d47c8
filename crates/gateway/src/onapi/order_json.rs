//! Technical orders as JSON (on-api.md §1.3, `/orders/`), written without null.

use api::orders::{
    TechnicalCharacteristics, TechnicalEquipment, TechnicalOperation, TechnicalOrder,
    TechnicalOrderInput, TechnicalOrderState,
};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::since::time_of;
use super::versions::Version;

/// An order. The superset of what the field table and the examples call mandatory (§1.5, 16).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    #[serde(skip_serializing_if = "String::is_empty")]
    order_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    path: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    access_id: String,
    service: String,
    operation: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_date_time: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    sp_reference: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    sp_subscription_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    subscription_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    external_note: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    characteristics: Option<Characteristics>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forced_takeover: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    equipment: Vec<Equipment>,
    state: &'static str,
    /// Mandatory, and may be empty.
    message: String,
}

/// What the service is like; also of a subscription.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Characteristics {
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed_ip: Option<bool>,
    /// As all examples have it, not `ipAddresses` (§1.5, 3).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ip_address: Vec<String>,
    #[serde(rename = "SLA", skip_serializing_if = "String::is_empty")]
    sla: String,
}

/// A device; also of a subscription.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Equipment {
    #[serde(skip_serializing_if = "String::is_empty")]
    vendor_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    mac_address: String,
}

impl Order {
    /// In this version.
    pub fn of(order: TechnicalOrder, version: &Version) -> Self {
        let state = state_word(order.state());
        let path = path_of(&order.order_id, version);
        let asked = order.asked.unwrap_or_default();
        let activates = asked.operation() == TechnicalOperation::Activate;
        Self {
            order_id: order.order_id,
            path,
            operation: operation_word(asked.operation()),
            access_id: asked.access_id,
            service: asked.service,
            requested_date_time: time_of(asked.requested_at.as_ref()).map(date_time),
            sp_reference: asked.sp_reference,
            sp_subscription_id: asked.sp_subscription_id,
            subscription_id: asked.subscription_id,
            external_note: asked.external_note,
            characteristics: asked.characteristics.map(Characteristics::from),
            forced_takeover: activates.then_some(asked.forced_takeover),
            equipment: asked.equipment.into_iter().map(Equipment::from).collect(),
            state,
            message: order.message,
        }
    }

    /// Of what is so already there is no order, and no path.
    pub fn done_before(asked: TechnicalOrderInput) -> Self {
        Self {
            order_id: String::new(),
            path: String::new(),
            operation: operation_word(asked.operation()),
            access_id: asked.access_id,
            service: asked.service,
            requested_date_time: None,
            sp_reference: String::new(),
            sp_subscription_id: String::new(),
            subscription_id: String::new(),
            external_note: String::new(),
            characteristics: None,
            forced_takeover: None,
            equipment: Vec::new(),
            state: state_word(TechnicalOrderState::DoneSuccess),
            message: String::new(),
        }
    }
}

impl From<TechnicalCharacteristics> for Characteristics {
    fn from(of: TechnicalCharacteristics) -> Self {
        Self {
            fixed_ip: of.fixed_ip,
            ip_address: of.ip_addresses,
            sla: of.sla,
        }
    }
}

impl From<TechnicalEquipment> for Equipment {
    fn from(device: TechnicalEquipment) -> Self {
        Self {
            vendor_id: device.vendor_id,
            mac_address: device.mac_address,
        }
    }
}

/// The path of an order.
pub fn path_of(order_id: &str, version: &Version) -> String {
    version.path(&format!("orders/{order_id}"))
}

/// ON-API's `dateTime`: UTC, at most four decimals.
pub fn date_time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// ON-API's word for a state.
pub fn state_word(state: TechnicalOrderState) -> &'static str {
    match state {
        TechnicalOrderState::Unspecified | TechnicalOrderState::Received => "RECEIVED",
        TechnicalOrderState::InProgress => "IN_PROGRESS",
        TechnicalOrderState::DoneSuccess => "DONE_SUCCESS",
        TechnicalOrderState::DoneFailed => "DONE_FAILED",
    }
}

/// The state that a word means; the specification shows it in quotes.
pub fn state_of(word: &str) -> Option<TechnicalOrderState> {
    let word = word.trim_matches('"');
    let all = [
        TechnicalOrderState::Received,
        TechnicalOrderState::InProgress,
        TechnicalOrderState::DoneSuccess,
        TechnicalOrderState::DoneFailed,
    ];
    all.into_iter().find(|state| state_word(*state) == word)
}

/// ON-API's word for an operation.
pub fn operation_word(operation: TechnicalOperation) -> &'static str {
    let name = operation.as_str_name();
    name.strip_prefix("TECHNICAL_OPERATION_").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::{TechnicalOrderState, state_of};

    #[test]
    fn a_state_is_known_with_and_without_quotes() {
        assert_eq!(
            state_of("\"RECEIVED\""),
            Some(TechnicalOrderState::Received)
        );
        assert_eq!(
            state_of("DONE_FAILED"),
            Some(TechnicalOrderState::DoneFailed)
        );
        assert_eq!(state_of("CANCELLED"), None);
    }
}
