//! What is known of an access, apart from people.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{Context, SHA256};
use chrono::NaiveDate;
use kernel::{AccessId, AccessState, Address, OnApiPremisesType, PremisesType};

use super::address_file::Format;

/// The facts of one access, as its row in the file states them. A text may be empty: not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessFacts {
    /// The network's id of it.
    pub access_id: AccessId,
    /// The id that it had at the operator before.
    pub legacy_access_id: String,
    /// Where it is.
    pub address: Address,
    /// What kind of place it serves.
    pub premises: Premises,
    /// Free text that tells flats apart where there is no number.
    pub distinguisher: String,
    /// Fastighetsbeteckning, the land registry's name of the building's property.
    pub property_designation: String,
    /// Where on the map.
    pub coordinates: Coordinates,
    /// ON-API's state; connected where the file does not say otherwise.
    pub state: AccessState,
    /// Technical services that the file lists, if it lists any; [`lists_available`] says what the list means.
    pub services: Option<Vec<String>>,
    /// What stands on the port in the home.
    pub outlet: String,
    /// The network's own grouping of accesses.
    pub population: String,
    /// Price group, whose meaning the network defines (ON-API 2.6).
    pub price_group: Option<u32>,
    /// The national address register's id.
    pub national_address_uuid: String,
    /// The network's name of the neighbourhood (MdB1).
    pub area: String,
    /// Connection medium, in the file's words.
    pub medium: String,
    /// What the port can do at most, in kbit/s.
    pub capacity_kbps: Option<u32>,
    /// Whether the network's equipment stands in the home; `None`: not known.
    pub cpe: Option<bool>,
    /// Since when it is connected.
    pub connected_on: Option<NaiveDate>,
    /// Further technical columns that we know the meaning of, by the standard's names.
    pub technical: BTreeMap<String, String>,
}

/// Both enumerations: the mapping between them is not invertible (decision 31).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Premises {
    /// MdB2's word.
    pub market_database: PremisesType,
    /// ON-API's word.
    pub on_api: OnApiPremisesType,
}

/// SWEREF 99 and WGS 84 as text: exactly as given apart from the decimal sign, or one worked out from the other
/// ([`super::position`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coordinates {
    /// System or zone of SWEREF 99.
    pub system: String,
    /// Metres.
    pub north: String,
    /// Metres.
    pub east: String,
    /// Degrees, WGS 84.
    pub latitude: String,
    /// Degrees, WGS 84.
    pub longitude: String,
}

impl AccessFacts {
    /// A digest by which two states of an access are compared. Changes with every fact and with nothing else.
    pub fn content_hash(&self) -> Vec<u8> {
        let mut digest = Context::new(&SHA256);
        let mut add = |field: &str| {
            digest.update(&(field.len() as u64).to_be_bytes());
            digest.update(field.as_bytes());
        };
        let number = |number: Option<u32>| number.map(|n| n.to_string()).unwrap_or_default();
        let address = &self.address;
        let coordinates = &self.coordinates;
        for field in [
            "access 2",
            self.access_id.as_str(),
            &self.legacy_access_id,
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
            &coordinates.system,
            &coordinates.north,
            &coordinates.east,
            &coordinates.latitude,
            &coordinates.longitude,
            self.state.as_str(),
            &self.outlet,
            &self.population,
            &number(self.price_group),
            &self.national_address_uuid,
            &self.area,
            &self.medium,
            &number(self.capacity_kbps),
            self.cpe_word(),
            &self.connected_on_text(),
            &self.technical_json(),
            &self.services_json().unwrap_or_default(),
        ] {
            add(field);
        }
        digest.finish().as_ref().to_vec()
    }

    /// `YES`, `NO`, or empty when it is not known.
    pub fn cpe_word(&self) -> &'static str {
        match self.cpe {
            Some(true) => "YES",
            Some(false) => "NO",
            None => "",
        }
    }

    /// The day as `2008-02-12`, or empty.
    pub fn connected_on_text(&self) -> String {
        self.connected_on
            .map(|day| day.to_string())
            .unwrap_or_default()
    }

    /// The technical columns as a JSON object; empty when there are none.
    pub fn technical_json(&self) -> String {
        if self.technical.is_empty() {
            return String::new();
        }
        let object: serde_json::Map<_, _> = self
            .technical
            .iter()
            .map(|(name, value)| (name.clone(), serde_json::Value::from(value.as_str())))
            .collect();
        serde_json::Value::Object(object).to_string()
    }

    /// The listed services as a JSON array; nothing when the file lists none.
    pub fn services_json(&self) -> Option<String> {
        self.services
            .as_ref()
            .map(|services| serde_json::Value::from(services.clone()).to_string())
    }
}

/// What the services mean that a file lists for an access. A file of ON-API or PI-API lists what can be had there, which is
/// the line's. One of the market database lists what is active there (market-database.md §2.3), which is the household's
/// own: it goes to whoever has it in the contract, and never to the public. So is what was listed by who knows whom.
pub fn lists_available(source: &str) -> bool {
    matches!(Format::named(source), Some(Format::PiApi | Format::OnApi))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_interfaces_to_providers_list_what_is_available() {
        for (source, available) in [
            ("on-api", true),
            ("pi-api", true),
            ("mdb2", false),
            ("mdb1", false),
            ("staff", false),
        ] {
            assert_eq!(lists_available(source), available, "{source}");
        }
    }
}
