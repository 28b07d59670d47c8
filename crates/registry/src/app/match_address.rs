//! Whether a given address is one of the network's.

use kernel::{AddressParts, NetworkCode, Street};

use super::search_places::places_limit;
use super::{PlaceView, Registry, RegistryError};
use crate::domain::limits::FIELD_CHARS_MAX;
use crate::domain::search::{AddressMatch, Difference, Missing};

/// What became of a given address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchedPlaces {
    /// It is there as given.
    Exact(Vec<PlaceView>),
    /// What comes near, best first, with what differs.
    Probable(Vec<(PlaceView, Vec<Difference>)>),
    /// It is not there.
    None(Missing),
}

impl Registry {
    /// Looks for an address; its number may still be in the street's name. The distinguisher tells flats of it apart that have
    /// no number.
    ///
    /// # Errors
    /// There is no street, a part is too long, or too many places are asked for.
    pub fn match_address(
        &self,
        network: &NetworkCode,
        given: AddressParts,
        distinguisher: &str,
        limit: usize,
    ) -> Result<MatchedPlaces, RegistryError> {
        let given = checked(given)?;
        if distinguisher.chars().count() > FIELD_CHARS_MAX {
            let rule = format!("mduDistinguisher is at most {FIELD_CHARS_MAX} characters");
            return Err(RegistryError::invalid("mduDistinguisher", "", rule));
        }
        let limit = places_limit(limit)?;
        let index = self.indexes.of(network);
        let place = |found: &_| self.place(network, found);
        Ok(match index.match_address(&given, distinguisher, limit) {
            AddressMatch::Exact(found) => {
                MatchedPlaces::Exact(found.iter().map(place).collect::<Result<_, _>>()?)
            }
            AddressMatch::Probable(near) => {
                let places = near
                    .into_iter()
                    .map(|(f, differences)| Ok((place(&f)?, differences)));
                MatchedPlaces::Probable(places.collect::<Result<_, RegistryError>>()?)
            }
            AddressMatch::None(missing) => MatchedPlaces::None(missing),
        })
    }
}

/// A given address, its number apart from the street's name.
///
/// # Errors
/// There is no street, or a part is too long.
pub(super) fn checked(given: AddressParts) -> Result<AddressParts, RegistryError> {
    for (field, text) in [
        ("streetName", &given.street_name),
        ("streetNumber", &given.street_number),
        ("streetLittera", &given.street_littera),
        ("postalCode", &given.postal_code),
        ("city", &given.city),
        ("mduApartmentNumber", &given.apartment_number),
    ] {
        if text.chars().count() > FIELD_CHARS_MAX {
            let rule = format!("{field} is at most {FIELD_CHARS_MAX} characters");
            return Err(RegistryError::invalid(field, "", rule));
        }
    }
    if given.street_name.trim().is_empty() {
        return Err(RegistryError::invalid(
            "streetName",
            "",
            "streetName must not be empty",
        ));
    }
    Ok(in_parts(given))
}

fn in_parts(given: AddressParts) -> AddressParts {
    if !given.street_number.trim().is_empty() {
        return given;
    }
    let street = Street::from_line(&given.street_name);
    AddressParts {
        street_name: street.name,
        street_number: street.number,
        street_littera: if given.street_littera.is_empty() {
            street.littera
        } else {
            given.street_littera
        },
        apartment_number: if given.apartment_number.is_empty() {
            street.apartment
        } else {
            given.apartment_number
        },
        ..given
    }
}
