//! A provider's request for a technical order, checked as far as it can be without asking anybody (on-api.md §1.2, §1.3).

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use kernel::{AccessId, IdentityNumber, Violation};
use serde::{Deserialize, Serialize};

use super::SubscriptionId;
use super::operation::Operation;

/// Longest text, in characters (on-api.md §1.2).
pub const TEXT_MAX_CHARS: usize = 255;
/// Longest id, in characters (on-api.md §1.2).
const ID_MAX_CHARS: usize = 36;
/// Addresses of one order: a home has a handful.
const IP_ADDRESSES_MAX: usize = 16;
/// Devices of one order: an outlet has one or two.
const EQUIPMENT_MAX: usize = 16;

/// What a provider asks for, unchecked.
#[derive(Clone, Debug, Default)]
pub struct TechnicalInput {
    /// None: not named, or not known.
    pub operation: Option<Operation>,
    /// Empty: not named. So for every text.
    pub access_id: String,
    /// The service that is wanted.
    pub service: String,
    /// Of which subscription.
    pub subscription_id: String,
    /// In the provider's system.
    pub sp_reference: String,
    /// In the provider's system.
    pub sp_subscription_id: String,
    /// When it is wanted.
    pub requested_at: Option<DateTime<Utc>>,
    /// For people.
    pub external_note: String,
    /// Whether it is taken from another provider.
    pub forced_takeover: bool,
    /// See [`Characteristics`].
    pub characteristics: Option<Characteristics>,
    /// See [`Equipment`].
    pub equipment: Vec<Equipment>,
    /// The network orders it for the provider.
    pub by_network: bool,
}

/// What the service is to be like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Characteristics {
    /// Whether the address stays the same.
    pub fixed_ip: Option<bool>,
    /// IPv4 or IPv6, with or without `/len`.
    pub ip_addresses: Vec<String>,
    /// The level of service.
    pub sla: String,
}

/// A device at the outlet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Equipment {
    /// DHCP option 60.
    pub vendor_id: String,
    /// In upper case.
    pub mac_address: String,
}

/// Of what a technical order is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Of this subscription.
    Subscription(SubscriptionId),
    /// Of this service at this access.
    Place {
        /// Where.
        access: AccessId,
        /// Which.
        service: String,
    },
}

/// A request in which every field is right.
#[derive(Clone, Debug)]
pub struct TechnicalRequest {
    /// What is asked.
    pub operation: Operation,
    /// Of what. Of ACTIVATE always a place.
    pub subject: Subject,
    /// The access, where one is named beside the subscription.
    pub access: Option<AccessId>,
    /// The service, where one is named beside the subscription; of CHANGE the wanted one.
    pub service: Option<String>,
    /// See [`TechnicalInput`].
    pub sp_reference: Option<String>,
    /// See [`TechnicalInput`].
    pub sp_subscription_id: Option<String>,
    /// See [`TechnicalInput`].
    pub requested_at: Option<DateTime<Utc>>,
    /// See [`TechnicalInput`].
    pub external_note: Option<String>,
    /// See [`TechnicalInput`].
    pub forced_takeover: bool,
    /// None: nothing is said of them.
    pub characteristics: Option<Characteristics>,
    /// In upper case.
    pub equipment: Vec<Equipment>,
    /// See [`TechnicalInput`].
    pub by_network: bool,
}

impl TechnicalRequest {
    /// Checks everything and says all that is wrong at once.
    ///
    /// # Errors
    /// What is wrong, by ON-API's names.
    pub fn parse(input: TechnicalInput) -> Result<Self, Vec<Violation>> {
        let mut wrong = Vec::new();
        if input.operation.is_none() {
            wrong.push(refused("operation", "", "one of ON-API's operations"));
        }
        let access = access(&input.access_id, &mut wrong);
        let service = text("service", &input.service, &mut wrong);
        let subscription = subscription(&input.subscription_id, &mut wrong);
        let sp_reference = id("spReference", &input.sp_reference, &mut wrong);
        let sp_subscription_id = id("spSubscriptionId", &input.sp_subscription_id, &mut wrong);
        let external_note = text("externalNote", &input.external_note, &mut wrong);
        if input.forced_takeover && input.operation.is_some_and(|op| op != Operation::Activate) {
            wrong.push(refused("forcedTakeover", "true", "only with ACTIVATE"));
        }
        let characteristics = input.characteristics.map(|of| checked(of, &mut wrong));
        let equipment = devices(input.equipment, &mut wrong);
        let subject = input.operation.and_then(|operation| {
            of_what(
                operation,
                subscription,
                access.as_ref(),
                service.as_ref(),
                &mut wrong,
            )
        });
        match (input.operation, subject) {
            (Some(operation), Some(subject)) if wrong.is_empty() => Ok(Self {
                operation,
                subject,
                access,
                service,
                sp_reference,
                sp_subscription_id,
                requested_at: input.requested_at,
                external_note,
                forced_takeover: input.forced_takeover,
                characteristics,
                equipment,
                by_network: input.by_network,
            }),
            _ => Err(wrong),
        }
    }

    /// Whether it is to be carried out later than `now`.
    pub fn is_later_than(&self, now: DateTime<Utc>) -> bool {
        self.requested_at.is_some_and(|at| at > now)
    }
}

/// The mandatory members of each operation. Where a subscription is asked for, an access and a service do as well, as in
/// 2.4 (on-api.md §1.6), but for CHANGE, whose service is the wanted one.
fn of_what(
    operation: Operation,
    subscription: Option<SubscriptionId>,
    access: Option<&AccessId>,
    service: Option<&String>,
    wrong: &mut Vec<Violation>,
) -> Option<Subject> {
    let place = || {
        Some(Subject::Place {
            access: access?.clone(),
            service: service?.clone(),
        })
    };
    let required = |field| refused(field, "", "required");
    if operation == Operation::Activate {
        let missing = [
            (access.is_none(), "accessId"),
            (service.is_none(), "service"),
        ];
        wrong.extend(
            missing
                .iter()
                .filter(|(is, _)| *is)
                .map(|(_, f)| required(f)),
        );
        if subscription.is_some() {
            wrong.push(refused("subscriptionId", "", "not with ACTIVATE"));
        }
        return place();
    }
    if operation == Operation::Change && service.is_none() {
        wrong.push(required("service"));
    }
    let found = subscription.map(Subject::Subscription);
    let found = found.or_else(|| place().filter(|_| operation != Operation::Change));
    if found.is_none() {
        wrong.push(required("subscriptionId"));
    }
    found
}

fn access(value: &str, wrong: &mut Vec<Violation>) -> Option<AccessId> {
    if value.is_empty() {
        return None;
    }
    AccessId::parse(value)
        .map_err(|error| wrong.push(refused("accessId", "", error.rule)))
        .ok()
}

fn subscription(value: &str, wrong: &mut Vec<Violation>) -> Option<SubscriptionId> {
    if value.is_empty() {
        return None;
    }
    SubscriptionId::parse(value)
        .map_err(|_| wrong.push(refused("subscriptionId", "", "an id of a subscription")))
        .ok()
}

/// An id of the provider's system. The value is not repeated: it may be what it must not be.
fn id(field: &'static str, value: &str, wrong: &mut Vec<Violation>) -> Option<String> {
    if value.is_empty() {
        return None;
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    if value.len() > ID_MAX_CHARS || !value.bytes().all(allowed) {
        let rule = "1 to 36 letters, digits, hyphens or full stops";
        wrong.push(refused(field, "", rule));
    } else if contains_identity_number(value) {
        wrong.push(refused(field, "", "not a personal identity number"));
    }
    Some(value.to_owned())
}

/// An id may never contain a personal identity number (on-api.md §1.1): not as the whole, and not with something around it.
/// Digits are taken as they stand between letters, hyphens and full stops, or with one of the latter two within.
fn contains_identity_number(id: &str) -> bool {
    // What is drawn at random may look like anything.
    if uuid::Uuid::try_parse(id).is_ok() {
        return false;
    }
    id.split(|c: char| c.is_ascii_alphabetic()).any(|digits| {
        let parts: Vec<_> = digits.split(['-', '.']).collect();
        let alone = parts
            .iter()
            .any(|part| IdentityNumber::is_shaped_like(part));
        let mut pairs = parts.windows(2);
        alone || pairs.any(|pair| IdentityNumber::is_shaped_like(&pair.join("-")))
    })
}

fn text(field: &'static str, value: &str, wrong: &mut Vec<Violation>) -> Option<String> {
    let value = value.trim();
    if value.chars().count() > TEXT_MAX_CHARS || value.chars().any(char::is_control) {
        wrong.push(refused(field, "", "at most 255 characters on one line"));
    }
    (!value.is_empty()).then(|| value.to_owned())
}

fn checked(of: Characteristics, wrong: &mut Vec<Violation>) -> Characteristics {
    let rule = "at most 16 addresses, IPv4 or IPv6, with or without /len";
    let right = |address: &String| is_ip_address(address);
    if of.ip_addresses.len() > IP_ADDRESSES_MAX || !of.ip_addresses.iter().all(right) {
        wrong.push(refused("characteristics.ipAddresses", "", rule));
    }
    let sla = text("characteristics.SLA", &of.sla, wrong).unwrap_or_default();
    Characteristics { sla, ..of }
}

fn is_ip_address(text: &str) -> bool {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        return false;
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    length.is_none_or(|length| {
        let digits = !length.is_empty() && length.bytes().all(|b| b.is_ascii_digit());
        digits && length.parse::<u8>().is_ok_and(|length| length <= most)
    })
}

fn devices(given: Vec<Equipment>, wrong: &mut Vec<Violation>) -> Vec<Equipment> {
    if given.len() > EQUIPMENT_MAX {
        wrong.push(refused("equipment", "", "at most 16"));
        return Vec::new();
    }
    let device = |device: Equipment| {
        if !device.mac_address.is_empty() && !is_mac_address(&device.mac_address) {
            let rule = "six pairs of hexadecimal digits with colons between";
            wrong.push(refused("equipment.macAddress", "", rule));
        }
        let vendor_id = text("equipment.vendorId", &device.vendor_id, wrong);
        Equipment {
            vendor_id: vendor_id.unwrap_or_default(),
            mac_address: device.mac_address.to_ascii_uppercase(),
        }
    };
    given.into_iter().map(device).collect()
}

fn is_mac_address(text: &str) -> bool {
    let pair = |pair: &str| pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_hexdigit());
    text.split(':').count() == 6 && text.split(':').all(pair)
}

fn refused(field: &str, value: &str, rule: &str) -> Violation {
    Violation::new(field, value, rule)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs, reason = "tests")]
    use super::*;

    const ID: &str = "0199f3a0-0000-7000-8000-000000000001";

    fn activate() -> TechnicalInput {
        TechnicalInput {
            operation: Some(Operation::Activate),
            access_id: "A-1".into(),
            service: "BB-100-100".into(),
            ..TechnicalInput::default()
        }
    }

    fn wrong(input: TechnicalInput) -> Vec<String> {
        let wrong = TechnicalRequest::parse(input).unwrap_err();
        wrong.into_iter().map(|violation| violation.field).collect()
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let input = TechnicalInput {
            operation: Some(Operation::Suspend),
            access_id: "A/1".into(),
            sp_reference: "199001189811".into(),
            sp_subscription_id: "åäö".into(),
            external_note: "x".repeat(256),
            forced_takeover: true,
            characteristics: Some(Characteristics {
                ip_addresses: vec!["10.0.0.300".into()],
                ..Characteristics::default()
            }),
            equipment: vec![Equipment {
                mac_address: "01:23:45".into(),
                ..Equipment::default()
            }],
            ..TechnicalInput::default()
        };
        assert_eq!(
            wrong(input),
            [
                "accessId",
                "spReference",
                "spSubscriptionId",
                "externalNote",
                "forcedTakeover",
                "characteristics.ipAddresses",
                "equipment.macAddress",
                "subscriptionId"
            ]
        );
        assert_eq!(wrong(TechnicalInput::default()), ["operation"]);
    }

    #[test]
    fn an_identity_number_is_no_reference_in_any_spelling() {
        for number in [
            "199001189811",
            "900118-9811",
            "19900118-9811",
            "KUND-199001189811",
            "K900118-9811.2",
            "A-19900118.9811-B",
        ] {
            let input = TechnicalInput {
                sp_reference: number.into(),
                sp_subscription_id: number.into(),
                ..activate()
            };
            let said = TechnicalRequest::parse(input).unwrap_err();
            assert_eq!(said.len(), 2, "{number}");
            assert!(
                said.iter().all(|v| v.value.is_empty()),
                "it is not repeated"
            );
        }
    }

    #[test]
    fn an_id_with_other_digits_is_a_reference() {
        for id in [
            "KUND-199001189812",
            "9001189811123",
            "2026-11-22.1",
            "K-90-0118-98",
            "0b1f0a5c-5d1e-4f6b-8a3c-199001189811",
        ] {
            let input = TechnicalInput {
                sp_reference: id.into(),
                ..activate()
            };
            assert!(TechnicalRequest::parse(input).is_ok(), "{id}");
        }
    }

    #[test]
    fn each_operation_says_of_what_it_is() {
        let input = |operation, subscription: &str, access: &str, service: &str| TechnicalInput {
            operation: Some(operation),
            subscription_id: subscription.into(),
            access_id: access.into(),
            service: service.into(),
            ..TechnicalInput::default()
        };
        for (operation, subscription, access, service) in [
            (Operation::Activate, "", "A-1", "BB"),
            (Operation::Deactivate, ID, "", ""),
            (Operation::Deactivate, ID, "A-1", "BB"),
            (Operation::Deactivate, "", "A-1", "BB"),
            (Operation::Suspend, ID, "", ""),
            (Operation::Resume, ID, "", ""),
            (Operation::Modify, ID, "", ""),
            (Operation::Change, ID, "", "BB"),
        ] {
            let asked = input(operation, subscription, access, service);
            assert!(TechnicalRequest::parse(asked).is_ok(), "{operation:?}");
        }
        for (operation, subscription, access, service, field) in [
            (Operation::Activate, "", "", "BB", "accessId"),
            (Operation::Activate, "", "A-1", "", "service"),
            (Operation::Activate, ID, "A-1", "BB", "subscriptionId"),
            (Operation::Deactivate, "", "A-1", "", "subscriptionId"),
            (Operation::Modify, "", "", "", "subscriptionId"),
            (Operation::Change, ID, "", "", "service"),
            (Operation::Change, "", "A-1", "BB", "subscriptionId"),
            (Operation::Suspend, "no id", "", "", "subscriptionId"),
        ] {
            let asked = input(operation, subscription, access, service);
            assert!(wrong(asked).contains(&field.to_owned()), "{operation:?}");
        }
    }

    #[test]
    fn addresses_of_the_net_and_of_devices() {
        for right in ["192.0.2.1", "192.0.2.0/24", "2001:db8::1", "2001:db8::/56"] {
            assert!(is_ip_address(right), "{right}");
        }
        for wrong in [
            "",
            "192.0.2.0/33",
            "192.0.2.0/",
            "2001:db8::/129",
            "x",
            "192.0.2.0/+4",
        ] {
            assert!(!is_ip_address(wrong), "{wrong}");
        }
        let mut input = activate();
        input.equipment = vec![Equipment {
            mac_address: "ab:cd:ef:01:23:45".into(),
            vendor_id: "CPE".into(),
        }];
        let request = TechnicalRequest::parse(input).unwrap();
        assert_eq!(request.equipment[0].mac_address, "AB:CD:EF:01:23:45");
        for wrong in ["01-23-45-67-89-AB", "01:23:45:67:89", "01:23:45:67:89:AG"] {
            assert!(!is_mac_address(wrong), "{wrong}");
        }
    }
}
