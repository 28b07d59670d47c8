//! From the services' messages to JSON: names, enumerations, times (RFC 3339).

use api::common::Address as PbAddress;
use chrono::{DateTime, Utc};
use prost_types::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which page of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Rows wanted, 1 to 200.
    #[serde(default)]
    pub page_size: u32,
    /// `nextPageToken` of the page before.
    #[serde(default)]
    pub page_token: String,
}

/// A street address.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    pub street_name: String,
    pub street_number: String,
    pub street_littera: String,
    pub apartment_number: String,
    pub postal_code: String,
    pub city: String,
    pub country_code: String,
}

impl Paging {
    /// As the services take it.
    pub fn request(self) -> api::common::PageRequest {
        api::common::PageRequest {
            page_size: self.page_size.min(200),
            page_token: self.page_token,
        }
    }
}

impl From<PbAddress> for Address {
    fn from(a: PbAddress) -> Self {
        Self {
            street_name: a.street_name,
            street_number: a.street_number,
            street_littera: a.street_littera,
            apartment_number: a.apartment_number,
            postal_code: a.postal_code,
            city: a.city,
            country_code: a.country_code,
        }
    }
}

/// A time, when there is one.
pub fn time(at: Option<&Timestamp>) -> Option<DateTime<Utc>> {
    let at = at?;
    DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).ok()?)
}

/// An enumeration's name without its prefix: "CONNECTED".
pub fn word(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_owned()
}
