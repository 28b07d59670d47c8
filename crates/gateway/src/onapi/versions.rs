//! The versions in the field (on-api.md §1.6), as one table of how they differ.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use super::errors::Refusal;
use crate::state::Gateway;

/// How a service says from when on it can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dates {
    /// 2.4: `connection`, `available`, `disconnection`; a date, or `YES` and `NO` where none is known.
    DateOrWord,
    /// From 2.5: `connectionDateTime` …; times, and two agreed ones for the unknown past and future.
    DateTime,
}

/// One version, and in what it differs.
#[derive(Debug, PartialEq, Eq)]
pub struct Version {
    /// In the path: "2.6".
    pub name: &'static str,
    /// The folder of its text.
    pub folder: &'static str,
    /// How times are said.
    pub dates: Dates,
    /// The access carries its `services`, the single one its `subscriptions` too, and the four fields of equipment and
    /// agreement that 2.6 dropped. Without, services have an endpoint of their own.
    pub access_carries_services: bool,
    /// `priceGroup`, `nationalAddressUUID`, and the states `INMIGRATION` and `OUTMIGRATION`.
    pub has_migrations_and_prices: bool,
}

/// From the newest to the oldest.
pub const VERSIONS: [Version; 3] = [
    Version {
        name: "2.6",
        folder: "2.6.0",
        dates: Dates::DateTime,
        access_carries_services: false,
        has_migrations_and_prices: true,
    },
    Version {
        name: "2.5",
        folder: "2.5.0",
        dates: Dates::DateTime,
        access_carries_services: true,
        has_migrations_and_prices: false,
    },
    Version {
        name: "2.4",
        folder: "2.4.0",
        dates: Dates::DateOrWord,
        access_carries_services: true,
        has_migrations_and_prices: false,
    },
];

/// The version of the path.
#[derive(Clone, Copy, Debug)]
pub struct Spoken(pub &'static Version);

impl Version {
    /// The path of an endpoint, or of an object on it: "/onapi/2.6/accesses/".
    pub fn path(&self, rest: &str) -> String {
        format!("/onapi/{}/{rest}", self.name)
    }
}

impl FromRequestParts<Gateway> for Spoken {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Refusal> {
        let params = RawPathParams::from_request_parts(parts, gateway)
            .await
            .map_err(|_| Refusal::unknown_endpoint())?;
        let named = params.iter().find(|(name, _)| *name == "version");
        named
            .and_then(|(_, named)| VERSIONS.iter().find(|version| version.name == named))
            .map(Self)
            .ok_or_else(Refusal::unknown_endpoint)
    }
}
