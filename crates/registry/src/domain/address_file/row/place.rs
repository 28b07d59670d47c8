//! Where the access is: the address, and what tells the premises of a house apart.

use kernel::{
    Address, AddressParts, CountryCode, IdentityNumber, OnApiPremisesType, PremisesType, Street,
    Violation, is_on_api_street_number,
};

use super::cells::{LATITUDE, LONGITUDE, METRES};
use super::{Reader, shown};
use crate::domain::access::{Coordinates, Premises};
use crate::domain::address_file::damage;
use crate::domain::address_file::premises::premises;
use crate::domain::address_file::{Field, Format};
use crate::domain::position::{self, Fault, Pair, TOLERANCE_METRES};

/// What goes out to providers, or is shown to anybody. Ids have rules of their own.
const READ_BY_OTHERS: [Field; 11] = [
    Field::StreetName,
    Field::StreetNumber,
    Field::StreetLittera,
    Field::City,
    Field::MduDistinguisher,
    Field::Premise,
    Field::Outlet,
    Field::Population,
    Field::PropertyUnitDesignation,
    Field::ActiveServices,
    Field::NationalAddressUuid,
];

impl Reader<'_> {
    /// Apartment number and distinguisher; MdB1 has both in one: `1002;198-234B12`.
    pub(super) fn within_the_house(&mut self) -> (String, String) {
        let apartment = self.value(Field::MduApartmentNumber).to_owned();
        let distinguisher = self.text(Field::MduDistinguisher);
        let premise = self.text(Field::Premise);
        let is_apartment = |text: &str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        match premise.split_once(';') {
            Some((number, local)) => (number.trim().to_owned(), local.trim().to_owned()),
            None if is_apartment(&premise) => (premise, distinguisher),
            None if !premise.is_empty() => (apartment, premise),
            None => (apartment, distinguisher),
        }
    }

    /// The street as parts, with the apartment: some files have all of it in the street's column.
    fn street(&self, apartment: String) -> (Street, String) {
        let [name, number, littera] =
            [Field::StreetName, Field::StreetNumber, Field::StreetLittera]
                .map(|field| self.value(field));
        let line = Street::from_line(name);
        let is_line = number.is_empty() && littera.is_empty() && !line.apartment.is_empty();
        if is_line && (apartment.is_empty() || apartment == line.apartment) {
            let apartment = line.apartment.clone();
            return (line, apartment);
        }
        (Street::from_parts(name, number, littera), apartment)
    }

    fn whole_letters(&mut self, field: Field) {
        if let Some(rule) = damage::of(self.value(field)) {
            self.refuse(field, "LETTERS_LOST", rule);
        }
    }

    /// That no column that providers or the public read holds a personal identity number: columns slip, and people write
    /// what they know where there is room. One that is written with a space is one, too, and so is one that number and
    /// letter of the house make together.
    pub(super) fn nobody(&mut self) {
        for field in READ_BY_OTHERS {
            let value = self.value(field);
            let spaced = value.replace(' ', "-");
            if IdentityNumber::stands_in(value) || IdentityNumber::stands_in(&spaced) {
                self.refuse_personal(field);
            }
        }
        let house = [Field::StreetNumber, Field::StreetLittera].map(|field| self.value(field));
        if house.iter().all(|part| !part.is_empty()) && IdentityNumber::stands_in(&house.join("-"))
        {
            self.refuse_personal(Field::StreetNumber);
        }
    }

    fn refuse_personal(&mut self, field: Field) {
        let rule = format!("{} must not hold an identity number", self.name(field));
        self.refuse(field, "FIELD_PERSONAL", rule);
    }

    pub(super) fn address(&mut self, apartment: String) -> Option<Address> {
        let (street, apartment) = self.street(apartment);
        self.whole_letters(Field::StreetName);
        self.whole_letters(Field::City);
        let parts = AddressParts {
            street_name: street.name,
            street_number: street.number,
            street_littera: street.littera,
            postal_code: self.value(Field::PostalCode).to_owned(),
            city: self.value(Field::City).to_owned(),
            country_code: self.value(Field::CountryCode).to_owned(),
            apartment_number: apartment,
        };
        let violations = match Address::parse(parts) {
            Ok(address) => return Some(address),
            Err(violations) => violations,
        };
        for violation in violations {
            let field = Field::named(&violation.field, Format::MdB2).unwrap_or(Field::StreetName);
            let field = match field {
                Field::MduApartmentNumber if self.values.format == Format::MdB1 => Field::Premise,
                field => field,
            };
            let name = self.name(field);
            let rule = violation.rule.replace(violation.field.as_str(), name);
            self.violations.push(shown(Violation {
                field: name.to_owned(),
                rule,
                ..violation
            }));
        }
        None
    }

    /// What of the address the registry keeps and ON-API cannot say: its street number is digits, or two groups of them
    /// (on-api.md §1.3). "12½" and "3-5 A" exist.
    pub(super) fn remarks(&self, address: &Address) -> Vec<Violation> {
        let number = address.street_number();
        if number.is_empty() || is_on_api_street_number(number) {
            return Vec::new();
        }
        let name = self.name(Field::StreetNumber);
        let rule = format!(
            "{name} is kept; ON-API has only digits, or two groups of up to four with a hyphen, and leaves it out"
        );
        let remark = Violation::new(name, number, rule).because("STREET_NUMBER_UNSAID");
        vec![shown(remark)]
    }

    /// As given, and the statement that is missing worked out; as given where a rule is broken.
    pub(super) fn coordinates(&mut self, address: Option<&Address>) -> Coordinates {
        let broken = self.violations.len();
        let given = Coordinates {
            system: self.text(Field::SwerefType),
            north: self.number_text(Field::SwerefNorth, &METRES),
            east: self.number_text(Field::SwerefEast, &METRES),
            latitude: self.number_text(Field::Latitude, &LATITUDE),
            longitude: self.number_text(Field::Longitude, &LONGITUDE),
        };
        let Some(address) = address.filter(|_| self.violations.len() == broken) else {
            return given;
        };
        let in_sweden = *address.country_code() == CountryCode::sweden();
        match position::complete(given.clone(), in_sweden) {
            Ok(complete) => complete,
            Err(fault) => {
                self.refuse_position(fault);
                given
            }
        }
    }

    fn refuse_position(&mut self, fault: Fault) {
        let fields = |pair| match pair {
            Pair::Metres => (Field::SwerefNorth, Field::SwerefEast),
            Pair::Degrees => (Field::Latitude, Field::Longitude),
        };
        match fault {
            Fault::Half(pair) => {
                let (north, east) = fields(pair);
                let missing = if self.value(north).is_empty() {
                    north
                } else {
                    east
                };
                let rule = format!(
                    "{} and {} belong together",
                    self.name(north),
                    self.name(east)
                );
                self.refuse(missing, "COORDINATE_HALF", rule);
            }
            Fault::Abroad(pair) => {
                let rule = "the place is not in Sweden, although the address is; are north and east swapped, or is it \
                            another coordinate system? leave it empty where it is not known";
                self.refuse(fields(pair).0, "COORDINATE_ABROAD", rule);
            }
            Fault::Apart(metres) => {
                let rule = format!(
                    "swerefNorth and swerefEast mean a place {metres} m from latitude and longitude, more than \
                     {TOLERANCE_METRES} m; what is left empty is worked out from the other"
                );
                self.refuse_with(Field::SwerefNorth, "COORDINATES_DIFFER", rule, metres);
            }
        }
    }

    pub(super) fn premises(&mut self) -> Option<Premises> {
        if self.value(Field::PremisesType).is_empty() {
            self.refuse_empty(Field::PremisesType);
            return None;
        }
        let found = premises(self.values.format, self.value(Field::PremisesType));
        if found.is_none() {
            let market = PremisesType::ALL.iter().map(|word| word.as_str());
            let on_api = OnApiPremisesType::ALL.iter().map(|word| word.as_str());
            let words: Vec<_> = match self.values.format {
                Format::MdB2 | Format::MdB1 => market.collect(),
                Format::PiApi | Format::OnApi => on_api.collect(),
            };
            let words = words.join(", ");
            let rule = format!("a premises type is one of {words}");
            self.refuse_with(Field::PremisesType, "PREMISES_TYPE_INVALID", rule, words);
        }
        found
    }

    /// PI-API and ON-API ask for something that tells flats of a house apart.
    pub(super) fn distinguishable(
        &mut self,
        premises: Option<Premises>,
        address: Option<&Address>,
        distinguisher: &str,
        outlet: &str,
    ) {
        let asked = matches!(self.values.format, Format::PiApi | Format::OnApi);
        let is_flat = premises.is_some_and(|p| p.on_api == OnApiPremisesType::MduApartment);
        let told = address.is_none_or(|a| !a.apartment_number().is_empty())
            || !distinguisher.is_empty()
            || !outlet.is_empty();
        if asked && is_flat && !told {
            let rule = "a flat needs an apartment number, a distinguisher or an outlet";
            self.refuse(Field::MduApartmentNumber, "FLAT_UNNAMED", rule);
        }
    }
}
