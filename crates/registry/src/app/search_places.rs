//! Public search by typed text.

use kernel::{AccessState, Address, NetworkCode};

use super::{Registry, RegistryError};
use crate::domain::access::services_at;
use crate::domain::limits::{PLACES_DEFAULT, PLACES_MAX, QUERY_CHARS};
use crate::domain::search::IndexedAccess;

/// What the public may know of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceView {
    /// The only way to point at it from outside.
    pub handle: String,
    /// Where it is.
    pub address: Address,
    /// How far it has come.
    pub state: AccessState,
    /// Technical services that can be had.
    pub services: Vec<String>,
}

impl Registry {
    /// Places of the network, best match first.
    ///
    /// # Errors
    /// The query is too short or too long, or too many places are asked for.
    pub fn search_places(
        &self,
        network: &NetworkCode,
        query: &str,
        limit: usize,
    ) -> Result<Vec<PlaceView>, RegistryError> {
        let query = query.trim();
        if !QUERY_CHARS.contains(&query.chars().count()) {
            return Err(RegistryError::invalid(
                "query",
                "",
                "a search is 2 to 80 characters",
            ));
        }
        let limit = match limit {
            0 => PLACES_DEFAULT,
            limit if limit <= PLACES_MAX => limit,
            limit => {
                let rule = format!("a search gives at most {PLACES_MAX} places");
                return Err(RegistryError::invalid("limit", &limit.to_string(), rule));
            }
        };
        let index = self.indexes.of(network);
        Ok(index
            .find(query, limit)
            .into_iter()
            .map(|access| self.place(network, access))
            .collect())
    }

    pub(super) fn place(&self, network: &NetworkCode, access: &IndexedAccess) -> PlaceView {
        PlaceView {
            handle: self
                .handles
                .give(network, &access.access_id, self.clock.now()),
            address: access.address.clone(),
            state: access.state,
            services: services_at(
                access.listed_services.as_deref(),
                access.state,
                self.default_services(network),
            ),
        }
    }
}
