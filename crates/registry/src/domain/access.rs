//! What is known of an access, apart from people.

use aws_lc_rs::digest::{Context, SHA256};
use kernel::{AccessId, AccessState, Address, OnApiPremisesType, PremisesType};

/// The facts of one access, as its row in the file states them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessFacts {
    /// The network's id of it.
    pub access_id: AccessId,
    /// Where it is.
    pub address: Address,
    /// What kind of place it serves.
    pub premises: Premises,
    /// Free text that tells flats apart where there is no number; may be empty.
    pub distinguisher: String,
    /// Fastighetsbeteckning; may be empty.
    pub property_designation: String,
    /// Where on the map; may be empty.
    pub coordinates: Coordinates,
    /// ON-API's state; connected where the file does not say otherwise.
    pub state: AccessState,
    /// Technical services that the file names; `None` leaves them to the network's default.
    pub services: Option<Vec<String>>,
}

/// Both enumerations: the mapping between them is not invertible (decision 31).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Premises {
    /// MdB2's word.
    pub market_database: PremisesType,
    /// ON-API's word.
    pub on_api: OnApiPremisesType,
}

/// SWEREF 99 as text, exactly as given apart from the decimal sign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coordinates {
    /// System or zone.
    pub system: String,
    /// Metres.
    pub north: String,
    /// Metres.
    pub east: String,
}

impl AccessFacts {
    /// A digest by which two states of an access are compared. Changes with every fact and with nothing else.
    pub fn content_hash(&self) -> Vec<u8> {
        let mut digest = Context::new(&SHA256);
        let services = self.services.as_ref().map(|s| s.join(","));
        let address = &self.address;
        let fields = [
            "access 1",
            self.access_id.as_str(),
            address.street_name(),
            address.street_number(),
            address.street_littera(),
            address.postal_code().as_str(),
            address.city(),
            address.country_code().as_str(),
            address.apartment_number(),
            self.premises.market_database.as_str(),
            self.premises.on_api.as_str(),
            &self.distinguisher,
            &self.property_designation,
            &self.coordinates.system,
            &self.coordinates.north,
            &self.coordinates.east,
            self.state.as_str(),
            if services.is_some() {
                "listed"
            } else {
                "default"
            },
            services.as_deref().unwrap_or_default(),
        ];
        for field in fields {
            digest.update(&(field.len() as u64).to_be_bytes());
            digest.update(field.as_bytes());
        }
        digest.finish().as_ref().to_vec()
    }
}

/// The services that can be had where the access is connected: those of the network, and those that are active there,
/// which is what the file's `activeServices` tells.
pub fn services_at(
    active: Option<&[String]>,
    state: AccessState,
    of_network: &[String],
) -> Vec<String> {
    if !state.is_sellable() {
        return Vec::new();
    }
    let mut services = of_network.to_vec();
    for service in active.unwrap_or_default() {
        if !services.contains(service) {
            services.push(service.clone());
        }
    }
    services
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_those_of_the_network_and_what_is_active_where_the_access_is_connected() {
        let of_network = ["BB-100-100".to_owned()];
        let active = ["TV".to_owned(), "BB-100-100".to_owned()];
        let at = |active, state| services_at(active, state, &of_network);
        assert_eq!(
            at(Some(&active), AccessState::Connected),
            ["BB-100-100", "TV"]
        );
        assert_eq!(at(None, AccessState::Connected), of_network);
        assert_eq!(at(Some(&[]), AccessState::Connected), of_network);
        assert!(at(Some(&active), AccessState::Planned).is_empty());
        assert!(at(None, AccessState::Deploying).is_empty());
    }
}
