//! What a row says something of. What its file has no column for, it is silent about: that stays as it was.

use super::Field;
use crate::domain::access::AccessFacts;

/// A set of fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said(u64);

impl Said {
    pub(super) fn add(&mut self, field: Field) {
        self.0 |= 1 << field as u64;
    }

    /// Whether it lists services, or says that there are none.
    pub fn services(self) -> bool {
        self.any(&SERVICES)
    }

    fn any(self, fields: &[Field]) -> bool {
        fields
            .iter()
            .any(|field| self.0 & (1 << *field as u64) != 0)
    }

    /// The facts of a row, completed by what is known already of what it is silent about. Whatever is mandatory in a file is
    /// always said; so is the address, but for the apartment.
    pub fn complete(self, facts: &mut AccessFacts, known: AccessFacts) {
        let within = [Field::MduApartmentNumber, Field::Premise];
        if !self.any(&within) && facts.address.apartment_number().is_empty() {
            facts.address = facts.address.clone().with_apartment_of(&known.address);
        }
        self.keep(
            &[Field::MduDistinguisher, Field::Premise],
            &mut facts.distinguisher,
            known.distinguisher,
        );
        self.keep(
            &[Field::LegacyAccessId],
            &mut facts.legacy_access_id,
            known.legacy_access_id,
        );
        self.keep(
            &[Field::PropertyUnitDesignation],
            &mut facts.property_designation,
            known.property_designation,
        );
        self.keep(&POSITION, &mut facts.coordinates, known.coordinates);
        self.keep(
            &[Field::AccessState, Field::ActivationDate],
            &mut facts.state,
            known.state,
        );
        self.keep(
            &[Field::ConnectionDate, Field::ActivationDate],
            &mut facts.connected_on,
            known.connected_on,
        );
        self.keep(&SERVICES, &mut facts.services, known.services);
        self.keep(&[Field::Outlet], &mut facts.outlet, known.outlet);
        self.keep(
            &[Field::Population],
            &mut facts.population,
            known.population,
        );
        self.keep(
            &[Field::PriceGroup],
            &mut facts.price_group,
            known.price_group,
        );
        self.keep(
            &[Field::NationalAddressUuid],
            &mut facts.national_address_uuid,
            known.national_address_uuid,
        );
        self.keep(&[Field::Area], &mut facts.area, known.area);
        self.keep(&[Field::Medium], &mut facts.medium, known.medium);
        self.keep(
            &[Field::Capacity, Field::PortSpeed],
            &mut facts.capacity_kbps,
            known.capacity_kbps,
        );
        self.keep(&[Field::Cpe], &mut facts.cpe, known.cpe);
        for (name, value) in known.technical {
            let field = Field::TECHNICAL.iter().find(|(_, kept)| *kept == name);
            // MdB1's own number of the premises type goes with the type, which every row says.
            if field.is_some_and(|(field, _)| !self.any(&[*field])) {
                facts.technical.insert(name, value);
            }
        }
    }

    fn keep<T>(self, fields: &[Field], fact: &mut T, known: T) {
        if !self.any(fields) {
            *fact = known;
        }
    }
}

const SERVICES: [Field; 2] = [Field::ActiveServices, Field::SalesStart];
const POSITION: [Field; 5] = [
    Field::SwerefType,
    Field::SwerefNorth,
    Field::SwerefEast,
    Field::Latitude,
    Field::Longitude,
];
