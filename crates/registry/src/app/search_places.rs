//! Public search by typed text.

use kernel::{AccessId, AccessState, AddressParts, NetworkCode};

use super::{Registry, RegistryError};
use crate::domain::limits::{PLACES_DEFAULT, PLACES_MAX, QUERY_CHARS};
use crate::domain::search::{Found, Reason};
use crate::domain::services::Line;

/// What the public may know of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceView {
    /// The only way to point at it from outside.
    pub handle: String,
    /// Where it is.
    pub address: AddressParts,
    /// Text that tells flats apart where there is no number, or empty. It is the network's, and of no person.
    pub distinguisher: String,
    /// How far it has come.
    pub state: AccessState,
    /// Technical services that can be had.
    pub services: Vec<String>,
}

/// A place, and why a search has found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundPlace {
    /// What was found.
    pub place: PlaceView,
    /// What became of each typed word.
    pub reasons: Vec<Reason>,
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
    ) -> Result<Vec<FoundPlace>, RegistryError> {
        if !QUERY_CHARS.contains(&query.trim().chars().count()) {
            return Err(RegistryError::invalid(
                "query",
                "",
                "a search is 2 to 80 characters",
            ));
        }
        let limit = places_limit(limit)?;
        let index = self.indexes.of(network);
        let found = index.find(query.trim_start(), limit).into_iter();
        found
            .map(|found| {
                Ok(FoundPlace {
                    place: self.place(network, &found)?,
                    reasons: found.reasons,
                })
            })
            .collect()
    }

    /// What the public may know of what was found.
    pub(super) fn place(
        &self,
        network: &NetworkCode,
        found: &Found,
    ) -> Result<PlaceView, RegistryError> {
        let access_id =
            AccessId::parse(&found.access_id).map_err(|_| RegistryError::Corrupt("access id"))?;
        let available: Option<Vec<String>> = found
            .services
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
            .map_err(|_| RegistryError::Corrupt("services"))?;
        // The index holds what the port can carry.
        let line = Line {
            available: available.as_deref(),
            capacity_kbps: None,
        };
        Ok(PlaceView {
            handle: self.handles.give(network, &access_id, self.clock.now()),
            address: found.address.clone(),
            distinguisher: found.distinguisher.clone(),
            state: found.state,
            services: self.services(network).at(line, found.state),
        })
    }
}

/// How many places an answer has at most.
pub(super) fn places_limit(asked: usize) -> Result<usize, RegistryError> {
    match asked {
        0 => Ok(PLACES_DEFAULT),
        asked if asked <= PLACES_MAX => Ok(asked),
        asked => {
            let rule = format!("a search gives at most {PLACES_MAX} places");
            Err(RegistryError::invalid("limit", &asked.to_string(), rule))
        }
    }
}
