//! Words that every service shares; parsed at the edge, no IO.
//!
//! A value of one of these types is right by construction: the only way to one is `parse`, which refuses. What refuses
//! says which rule was broken and never repeats the value, so that an error text is never personal data.

mod access_id;
mod access_state;
mod address;
mod clock;
mod country_code;
mod email;
mod enumeration;
mod error;
pub mod holidays;
mod identity_number;
pub mod json;
mod luhn;
mod money;
mod network_code;
mod organization_number;
mod person_name;
mod phone;
mod postal_code;
mod premises_type;
mod provider_id;
mod street;
mod typed_id;
mod word;

pub use access_id::AccessId;
pub use access_state::AccessState;
pub use address::{Address, AddressParts};
pub use clock::{Clock, FixedClock, SharedClock, SystemClock, new_id};
pub use country_code::CountryCode;
pub use email::Email;
pub use error::{ParseError, Violation};
pub use identity_number::IdentityNumber;
pub use money::Money;
pub use network_code::NetworkCode;
pub use organization_number::OrganizationNumber;
pub use person_name::PersonName;
pub use phone::Phone;
pub use postal_code::PostalCode;
pub use premises_type::{OnApiPremisesType, PremisesType};
pub use provider_id::ProviderId;
pub use street::{Street, is_on_api_street_number};

/// What the macros of this crate name in the crate that calls them.
#[doc(hidden)]
pub mod private {
    pub use serde;
    pub use uuid::Uuid;
}
