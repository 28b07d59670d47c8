//! How values are shown: times in Swedish local time, addresses, states. Pure.

use api::common::Address;
use api::orders::{HandoverState, OrderStatus};
use api::registry::{AccessState, Place};
use chrono::{DateTime, Utc};
use chrono_tz::Europe::Stockholm;
use prost_types::Timestamp;

use crate::domain::role::Role;
use crate::i18n::Texts;

/// A time as it is shown.
const MINUTE: &str = "%Y-%m-%d %H:%M";

/// "2026-11-22 14:05", or nothing.
pub fn time(at: Option<&Timestamp>) -> String {
    moment(at, MINUTE)
}

/// "2026-11-22 14:05".
pub fn moment_of(at: DateTime<Utc>) -> String {
    local(at, MINUTE)
}

/// "2026-11-22", or nothing.
pub fn day(at: Option<&Timestamp>) -> String {
    moment(at, "%Y-%m-%d")
}

fn moment(at: Option<&Timestamp>, format: &str) -> String {
    let time =
        at.and_then(|at| DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).ok()?));
    time.map(|time| local(time, format)).unwrap_or_default()
}

fn local(at: DateTime<Utc>, format: &str) -> String {
    at.with_timezone(&Stockholm).format(format).to_string()
}

/// The address of a place, with what tells its flats apart where there is no number.
pub fn place(place: &Place) -> String {
    address_with(place.address.as_ref(), &place.distinguisher)
}

/// An address with what tells its flats apart where there is no number: "Byvägen 1 (2 tr), 721 34 Västerås".
pub fn address_with(at: Option<&Address>, distinguisher: &str) -> String {
    if distinguisher.is_empty() {
        return address(at);
    }
    let mut at = at.cloned().unwrap_or_default();
    let text = format!(" ({distinguisher})");
    // Behind what the line has last before the postal code.
    if !at.apartment_number.is_empty() {
        at.apartment_number.push_str(&text);
    } else if !at.street_number.is_empty() {
        at.street_littera.push_str(&text);
    } else {
        at.street_name.push_str(&text);
    }
    address(Some(&at))
}

/// "Kungsgatan 10G lgh 1101, 721 34 Västerås".
pub fn address(address: Option<&Address>) -> String {
    let Some(a) = address else {
        return String::new();
    };
    let mut street = a.street_name.clone();
    if !a.street_number.is_empty() {
        street = format!("{street} {}{}", a.street_number, a.street_littera);
    }
    if !a.apartment_number.is_empty() {
        street = format!("{street} lgh {}", a.apartment_number);
    }
    format!("{street}, {} {}", postal_code(a), a.city)
}

fn postal_code(a: &Address) -> String {
    match a.postal_code.split_at_checked(3) {
        Some((head, tail)) if a.postal_code.len() == 5 && a.country_code != "FI" => {
            format!("{head} {tail}")
        }
        _ => a.postal_code.clone(),
    }
}

/// An access state in words.
pub fn access_state(state: AccessState, t: &Texts) -> &'static str {
    let c = &t.common;
    match state {
        AccessState::Planned => c.state_planned,
        AccessState::Deploying => c.state_deploying,
        AccessState::Homespassed => c.state_homespassed,
        AccessState::Connected => c.state_connected,
        AccessState::Disconnected => c.state_disconnected,
        AccessState::Inmigration | AccessState::Outmigration => c.state_migrating,
        AccessState::Unspecified => c.state_unknown,
    }
}

/// An order status in words.
pub fn order_status(status: OrderStatus, t: &Texts) -> &'static str {
    let c = &t.common;
    match status {
        OrderStatus::New => c.order_new,
        OrderStatus::Received => c.order_received,
        OrderStatus::Active => c.order_active,
        OrderStatus::Waiting => c.order_waiting,
        OrderStatus::Delivered => c.order_delivered,
        OrderStatus::Cancelled => c.order_cancelled,
        OrderStatus::Withdrawn => c.order_withdrawn,
        OrderStatus::Unspecified => c.state_unknown,
    }
}

/// A role in words.
pub fn role(role: Role, t: &Texts) -> &'static str {
    let c = &t.common;
    match role {
        Role::Admin => c.role_admin,
        Role::Importer => c.role_importer,
        Role::CustomerService => c.role_customer_service,
        Role::Compliance => c.role_compliance,
        Role::Dpo => c.role_dpo,
        Role::ProtectedData => c.role_protected_data,
    }
}

/// How far a handover to a provider's system has come.
pub fn handover_state(state: HandoverState, t: &Texts) -> &'static str {
    let s = &t.systems;
    match state {
        HandoverState::Waiting => s.waiting,
        HandoverState::Sending => s.sending,
        HandoverState::Confirmed => s.confirmed,
        HandoverState::Rejected => s.rejected,
        HandoverState::Refused => s.state_refused,
        HandoverState::Uncertain => s.uncertain,
        HandoverState::GivenUp => s.given_up,
        HandoverState::Superseded => s.superseded,
        HandoverState::Unspecified => t.webhooks.unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Timestamp, address, time};

    #[test]
    fn an_address_reads_as_on_an_envelope() {
        let a = Address {
            street_name: "Kungsgatan".into(),
            street_number: "10".into(),
            street_littera: "G".into(),
            postal_code: "72134".into(),
            city: "Västerås".into(),
            country_code: "SE".into(),
            apartment_number: "1101".into(),
        };
        assert_eq!(
            address(Some(&a)),
            "Kungsgatan 10G lgh 1101, 721 34 Västerås"
        );
    }

    #[test]
    fn times_are_swedish() {
        let at = Timestamp {
            seconds: 1_790_000_000,
            nanos: 0,
        };
        assert_eq!(time(Some(&at)), "2026-09-21 16:13");
        assert_eq!(time(None), "");
    }
}
