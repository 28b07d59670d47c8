//! The access as JSON, in each version (on-api.md §1.3, §1.6). Optional members are left out where nothing is known, never
//! null; a mandatory string is never empty, but for the agreement and the equipment of 2.4 and 2.5, which may be.

use api::registry::{AccessState, MarketAccess};
use kernel::{AccessId, is_on_api_street_number};
use serde::Serialize;

use super::services_json::{self, Service};
use super::versions::Version;

/// Accesses that were left out because they lack what ON-API demands.
const LEFT_OUT: &str = "gateway_on_api_left_out_total";

/// Whether the access stands in a list or alone: some members come with a single one only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// In a list.
    List,
    /// Alone.
    Single,
}

/// An access.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Access {
    access_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    legacy_access_id: Option<String>,
    street_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    street_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    street_littera: Option<String>,
    postal_code: String,
    city: String,
    country_code: String,
    premises_type: String,
    /// A string: "0901" has a zero that a number would lose (§1.5, 1).
    #[serde(skip_serializing_if = "Option::is_none")]
    mdu_apartment_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mdu_distinguisher: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outlet: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    population: Option<String>,
    /// Mandatory in 2.6; 0 where the network has named none.
    #[serde(skip_serializing_if = "Option::is_none")]
    price_group: Option<u32>,
    access_state: &'static str,
    #[serde(
        rename = "nationalAddressUUID",
        skip_serializing_if = "Option::is_none"
    )]
    national_address_uuid: Option<String>,
    #[serde(flatten)]
    carried: Option<Carried>,
}

/// What the access of 2.4 and 2.5 carries and that of 2.6 does not.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Carried {
    /// Empty is to be read as "not required".
    co_network_agreement: &'static str,
    services: Vec<Service>,
    /// Mandatory with a single access. This network's subscriptions are not kept here, see `unsupportedFields`.
    #[serde(skip_serializing_if = "Option::is_none")]
    subscriptions: Option<[(); 0]>,
    co_fiber_converter: &'static str,
    co_cpe_switch: &'static str,
    co_cpe_router: &'static str,
}

impl Access {
    /// In this version. Nothing where a mandatory member is unknown: such an access cannot be said in ON-API.
    pub fn of(from: MarketAccess, version: &Version, extent: Extent) -> Option<Self> {
        let carried = version.access_carries_services.then(|| Carried {
            co_network_agreement: "",
            services: services_json::of(&from, version.dates),
            subscriptions: (extent == Extent::Single).then_some([]),
            co_fiber_converter: "",
            co_cpe_switch: "",
            co_cpe_router: "",
        });
        let access_state = state_word(from.state(), version);
        let (mdu_apartment_number, mdu_distinguisher) = flat_of(&from);
        let newer = version.has_migrations_and_prices;
        let whole = [&from.access_id, &from.street_name, &from.city];
        let known = whole.iter().all(|text| !text.is_empty())
            && is_country(&from.country_code)
            && is_postal_code(&from.postal_code, &from.country_code);
        if !known {
            // A whole network may lack the same thing: counted, not a line for each.
            metrics::counter!(LEFT_OUT).increment(1);
            return None;
        }
        let (street_number, street_littera) = numbered(from.street_number, from.street_littera);
        Some(Self {
            access_id: from.access_id,
            legacy_access_id: present(from.legacy_access_id)
                .filter(|id| AccessId::parse(id).is_ok()),
            street_name: from.street_name,
            street_number,
            street_littera,
            postal_code: from.postal_code,
            city: from.city,
            country_code: from.country_code,
            premises_type: present(from.onapi_premises_type).unwrap_or_else(|| "UNKNOWN".into()),
            mdu_apartment_number,
            mdu_distinguisher,
            outlet: present(from.outlet),
            population: present(from.population),
            price_group: newer.then(|| from.price_group.unwrap_or_default()),
            access_state,
            national_address_uuid: present(from.national_address_uuid).filter(|_| newer),
            carried,
        })
    }
}

/// The state's word. 2.4 and 2.5 have none for migrations: who moves in is about to be there, and who moves out still is,
/// with services that cannot be ordered any more.
fn state_word(state: AccessState, version: &Version) -> &'static str {
    let newer = version.has_migrations_and_prices;
    match state {
        AccessState::Unspecified | AccessState::Planned => "PLANNED",
        AccessState::Homespassed => "HOMESPASSED",
        AccessState::Disconnected => "DISCONNECTED",
        AccessState::Inmigration if newer => "INMIGRATION",
        AccessState::Deploying | AccessState::Inmigration => "DEPLOYING",
        AccessState::Outmigration if newer => "OUTMIGRATION",
        AccessState::Connected | AccessState::Outmigration => "CONNECTED",
    }
}

/// The flat's number and what else tells flats apart. A flat must have one of the two: a number that is none of
/// Lantmäteriet's goes where text may stand, and where nothing is known, the outlet or the access id distinguishes.
fn flat_of(access: &MarketAccess) -> (Option<String>, Option<String>) {
    let (right, other) = if is_apartment_number(&access.apartment_number) {
        (present(access.apartment_number.clone()), None)
    } else {
        (None, present(access.apartment_number.clone()))
    };
    let mut distinguisher = present(access.distinguisher.clone()).or(other);
    if access.onapi_premises_type == "MDU_APARTMENT" && right.is_none() {
        distinguisher = distinguisher
            .or_else(|| present(access.outlet.clone()))
            .or_else(|| present(access.access_id.clone()));
    }
    (right, distinguisher)
}

fn present(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// `^[0-9]{4}$`.
fn is_apartment_number(text: &str) -> bool {
    text.len() == 4 && digits(text)
}

/// Number and letter of the street; neither where ON-API cannot say the number, for the letter alone is another address.
fn numbered(number: String, littera: String) -> (Option<String>, Option<String>) {
    match present(number) {
        Some(number) if !is_on_api_street_number(&number) => (None, None),
        number => (number, present(littera)),
    }
}

/// `^[1-9][0-9]{4}$` in Sweden. The rule fits no other country (on-api.md §1.2): there the code goes as it is stored.
fn is_postal_code(text: &str, country: &str) -> bool {
    match country {
        "SE" => text.len() == 5 && digits(text) && !text.starts_with('0'),
        _ => !text.is_empty(),
    }
}

/// `^[A-Z]{2}$`.
fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{MarketAccess, flat_of, is_postal_code, numbered};

    #[test]
    fn a_number_that_cannot_be_said_takes_its_letter_with_it() {
        let said = |number: &str, littera: &str| {
            let (number, littera) = numbered(number.to_owned(), littera.to_owned());
            [number.unwrap_or_default(), littera.unwrap_or_default()]
        };
        assert_eq!(said("652-16", "A"), ["652-16", "A"]);
        assert_eq!(said("", "A"), ["", "A"]);
        for unsaid in ["12½", "12 1/2", "10-12-14", "12345-1"] {
            assert_eq!(said(unsaid, "A"), ["", ""], "{unsaid}");
        }
    }

    #[test]
    fn postal_codes_are_swedish_only_in_sweden() {
        assert!(is_postal_code("72134", "SE") && is_postal_code("00100", "FI"));
        assert!(!is_postal_code("00100", "SE") && !is_postal_code("721 34", "SE"));
    }

    #[test]
    fn a_flat_always_has_something_that_tells_it_apart() {
        let flat = |number: &str, other: &str, outlet: &str| {
            flat_of(&MarketAccess {
                access_id: "A-1".into(),
                onapi_premises_type: "MDU_APARTMENT".into(),
                apartment_number: number.into(),
                distinguisher: other.into(),
                outlet: outlet.into(),
                ..MarketAccess::default()
            })
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(flat("0901", "", "U1"), (some("0901"), None));
        assert_eq!(flat("12B", "", ""), (None, some("12B")));
        assert_eq!(flat("12B", "2 tr", ""), (None, some("2 tr")));
        assert_eq!(flat("", "", "U1"), (None, some("U1")));
        assert_eq!(flat("", "", ""), (None, some("A-1")));
    }
}
