//! One row as an access, or every rule that it breaks.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::{
    AccessId, AccessState, Address, AddressParts, NetworkCode, OnApiPremisesType, ParseError,
    PersonName, PremisesType, Street, Violation,
};

use super::premises::premises;
use super::values::Values;
use super::{Field, Format, RowVerdict};
use crate::domain::access::{AccessFacts, Coordinates, Premises};
use crate::domain::limits::{
    FIELD_CHARS_MAX, REPORTED_VALUE_CHARS_MAX, SERVICES_MAX, UNKNOWN_VALUE_CHARS_MAX,
};

/// What a row says: the access, and what it says about people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRow {
    /// Everything that is not personal.
    pub facts: AccessFacts,
    /// The resident, if the file names one.
    pub resident: Option<PersonName>,
    /// The property's owner: name, address, postal code and city, where the file has them. May be a person.
    pub owner: Vec<(String, String)>,
    /// Name and value of columns that we do not know, where they have a value. Treated as personal (decision 19).
    pub other_columns: Vec<(String, String)>,
}

/// What rows are held against.
#[derive(Clone, Debug)]
pub struct Judge {
    /// Whose accesses they must be.
    pub network: NetworkCode,
    /// A day after it has not come yet.
    pub today: NaiveDate,
}

/// Judges one row by every rule at once.
pub fn read_row(values: &Values<'_>, judge: &Judge) -> RowVerdict {
    let mut reader = Reader {
        values,
        judge,
        violations: Vec::new(),
    };
    let access_id = reader.access_id();
    reader.network();
    let row = reader.row(access_id.clone());
    match row {
        Some(row) if reader.violations.is_empty() => RowVerdict::Accepted(Box::new(row)),
        _ => RowVerdict::rejected(access_id, reader.violations),
    }
}

/// Judges what a person has typed into a form as a row of MdB2 of this network.
pub fn read_form(fields: impl IntoIterator<Item = (Field, String)>, judge: &Judge) -> RowVerdict {
    let mut values = Values::empty(Format::MdB2);
    values.set(Field::CoId, judge.network.to_string());
    for (field, value) in fields {
        values.set(field, value);
    }
    read_row(&values, judge)
}

struct Reader<'a> {
    values: &'a Values<'a>,
    judge: &'a Judge,
    violations: Vec<Violation>,
}

impl Reader<'_> {
    fn row(&mut self, access_id: Option<AccessId>) -> Option<AccessRow> {
        let (apartment, distinguisher) = self.within_the_house();
        let address = self.address(apartment);
        let premises = self.premises();
        let outlet = self.text(Field::Outlet);
        self.distinguishable(premises, address.as_ref(), &distinguisher, &outlet);
        let (state, connected_on) = self.state();
        let metres = "a coordinate is a number of metres";
        let coordinates = Coordinates {
            system: self.text(Field::SwerefType),
            north: self.number_text(Field::SwerefNorth, f64::MAX, metres),
            east: self.number_text(Field::SwerefEast, f64::MAX, metres),
            latitude: self.number_text(Field::Latitude, 90.0, "a latitude is -90 to 90 degrees"),
            longitude: self.number_text(
                Field::Longitude,
                180.0,
                "a longitude is -180 to 180 degrees",
            ),
        };
        let resident = self.resident();
        let owner = self.owner();
        let other_columns = self.other_columns();
        let legacy_access_id = self.legacy_access_id();
        let property_designation = self.text(Field::PropertyUnitDesignation);
        let services = self.services();
        let population = self.text(Field::Population);
        let price_group = self.whole_number(Field::PriceGroup);
        let national_address_uuid = self.text(Field::NationalAddressUuid);
        let area = self.text(Field::Area);
        let medium = self.text(Field::Medium);
        let capacity_kbps = self.capacity();
        let cpe = self.cpe();
        let technical = self.technical();
        // Every rule has been looked at; only now may a missing part end it.
        let facts = AccessFacts {
            access_id: access_id?,
            legacy_access_id,
            address: address?,
            premises: premises?,
            distinguisher,
            property_designation,
            coordinates,
            state,
            services,
            outlet,
            population,
            price_group,
            national_address_uuid,
            area,
            medium,
            capacity_kbps,
            cpe,
            connected_on,
            technical,
        };
        Some(AccessRow {
            facts,
            resident,
            owner,
            other_columns,
        })
    }

    fn value(&self, field: Field) -> &str {
        self.values.get(field)
    }

    fn name(&self, field: Field) -> &'static str {
        field.name(self.values.format)
    }

    /// A broken rule: its stable code, and the sentence.
    fn broken(&self, field: Field, reason: &str, rule: impl Into<String>) -> Violation {
        Violation::new(self.name(field), self.value(field), rule).because(reason)
    }

    fn refuse(&mut self, field: Field, reason: &str, rule: impl Into<String>) {
        let violation = self.broken(field, reason, rule);
        self.violations.push(shown(violation));
    }

    fn refuse_with(
        &mut self,
        field: Field,
        reason: &str,
        rule: impl Into<String>,
        argument: impl std::fmt::Display,
    ) {
        let violation = self.broken(field, reason, rule).with(argument);
        self.violations.push(shown(violation));
    }

    fn refuse_parsed(&mut self, field: Field, refused: ParseError) {
        self.refuse(field, refused.reason, refused.rule);
    }

    fn access_id(&mut self) -> Option<AccessId> {
        let value = self.value(Field::AccessId);
        if value.is_empty() {
            let rule = format!("{} must not be empty", self.name(Field::AccessId));
            self.refuse(Field::AccessId, "FIELD_EMPTY", rule);
            return None;
        }
        AccessId::parse(value)
            .map_err(|refused| self.refuse_parsed(Field::AccessId, refused))
            .ok()
    }

    fn legacy_access_id(&mut self) -> String {
        let value = self.value(Field::LegacyAccessId).to_owned();
        if !value.is_empty()
            && let Err(refused) = AccessId::parse(&value)
        {
            self.refuse_parsed(Field::LegacyAccessId, refused);
        }
        value
    }

    fn network(&mut self) {
        let value = self.value(Field::CoId);
        if value.is_empty() {
            if self.values.format.names_network() {
                let rule = format!("{} must not be empty", self.name(Field::CoId));
                self.refuse(Field::CoId, "FIELD_EMPTY", rule);
            }
        } else if !value.eq_ignore_ascii_case(self.judge.network.as_str()) {
            let rule = format!("this import is for the network {}", self.judge.network);
            self.refuse_with(
                Field::CoId,
                "NETWORK_OTHER",
                rule,
                self.judge.network.clone(),
            );
        }
    }

    /// Apartment number and distinguisher; MdB1 has both in one: `1002;198-234B12`.
    fn within_the_house(&mut self) -> (String, String) {
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

    fn address(&mut self, apartment: String) -> Option<Address> {
        let street = Street::from_parts(
            self.value(Field::StreetName),
            self.value(Field::StreetNumber),
            self.value(Field::StreetLittera),
        );
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

    fn premises(&mut self) -> Option<Premises> {
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
    fn distinguishable(
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

    fn text(&mut self, field: Field) -> String {
        let value = self.value(field).to_owned();
        if value.len() > FIELD_CHARS_MAX && value.chars().count() > FIELD_CHARS_MAX {
            let rule = format!(
                "{} is at most {FIELD_CHARS_MAX} characters",
                self.name(field)
            );
            self.refuse_with(field, "FIELD_TOO_LONG", rule, FIELD_CHARS_MAX);
        } else if value.chars().any(char::is_control) {
            let rule = format!("{} must not hold control characters", self.name(field));
            self.refuse(field, "FIELD_CONTROL_CHARACTERS", rule);
        }
        value
    }

    fn number_text(&mut self, field: Field, max: f64, rule: &str) -> String {
        let value = self.text(field).replace(',', ".");
        let right = |number: f64| number.is_finite() && number.abs() <= max;
        if !value.is_empty() && !value.parse::<f64>().is_ok_and(right) {
            let reason = if max > 180.0 {
                "COORDINATE_INVALID"
            } else {
                "DEGREES_INVALID"
            };
            self.refuse(field, reason, rule);
        }
        value
    }

    fn whole_number(&mut self, field: Field) -> Option<u32> {
        let value = self.value(field);
        if value.is_empty() {
            return None;
        }
        let number = value.parse().ok();
        if number.is_none() {
            let rule = format!("{} is a whole number", self.name(field));
            self.refuse(field, "NUMBER_INVALID", rule);
        }
        number
    }

    /// kbit/s; PI-API writes Mbit/s, some write both directions (`1000/100`), of which the first counts.
    fn capacity(&mut self) -> Option<u32> {
        if self.value(Field::PortSpeed).is_empty() {
            return self.whole_number(Field::Capacity);
        }
        let down = self
            .value(Field::PortSpeed)
            .split('/')
            .next()
            .unwrap_or("")
            .trim();
        let kbps = down
            .parse()
            .ok()
            .and_then(|mbps: u32| mbps.checked_mul(1_000));
        if kbps.is_none() {
            self.refuse(
                Field::PortSpeed,
                "NUMBER_INVALID",
                "a port speed is a whole number of Mbit/s",
            );
        }
        kbps
    }

    fn cpe(&mut self) -> Option<bool> {
        match self.value(Field::Cpe).to_ascii_uppercase().as_str() {
            "" => None,
            "1" | "YES" | "JA" | "TRUE" => Some(true),
            "0" | "NO" | "NEJ" | "FALSE" => Some(false),
            _ => {
                let rule = format!("{} is 1 (YES) or 0 (NO)", self.name(Field::Cpe));
                self.refuse(Field::Cpe, "YES_NO_INVALID", rule);
                None
            }
        }
    }

    /// The state, and since when it is connected.
    fn state(&mut self) -> (AccessState, Option<NaiveDate>) {
        let connected_on = self.day(Field::ConnectionDate);
        let word = self.value(Field::AccessState).to_ascii_uppercase();
        if !word.is_empty() {
            let state = AccessState::parse(&word).unwrap_or_else(|refused| {
                self.refuse_parsed(Field::AccessState, refused);
                AccessState::Connected
            });
            return (state, connected_on);
        }
        match self
            .value(Field::ActivationDate)
            .to_ascii_uppercase()
            .as_str()
        {
            "" | "YES" => (AccessState::Connected, connected_on),
            "NO" => (AccessState::Planned, connected_on),
            _ => match self.day(Field::ActivationDate) {
                Some(day) if day > self.judge.today => (AccessState::Planned, None),
                day => (AccessState::Connected, day),
            },
        }
    }

    /// `2008-02-12`, `20080212`, or a time of that day. ON-API's "unknown past" and "unknown future" are no day.
    fn day(&mut self, field: Field) -> Option<NaiveDate> {
        let value = self.value(field);
        if value.is_empty()
            || value.starts_with("1990-01-01T00:00:01")
            || value.starts_with("3030-12-12T")
        {
            return None;
        }
        let date = value.split(['T', ' ']).next().unwrap_or("");
        let day = NaiveDate::parse_from_str(date, "%Y-%m-%d")
            .or_else(|_| NaiveDate::parse_from_str(date, "%Y%m%d"));
        let right = day
            .ok()
            .filter(|day| (1900..=9999).contains(&chrono::Datelike::year(day)));
        if right.is_none() {
            let rule = format!("{} is a day, for example 2008-02-12", self.name(field));
            self.refuse(field, "DAY_INVALID", rule);
        }
        right
    }

    /// A list; `1` (MdB1's "active") and nothing leave it to the network, `0` says that there are none.
    fn services(&mut self) -> Option<Vec<String>> {
        match self.value(Field::ActiveServices) {
            "" | "1" => return None,
            "0" => return Some(Vec::new()),
            _ => {}
        }
        let value = self.text(Field::ActiveServices);
        let mut services: Vec<String> = value
            .split([',', ';', '|'])
            .map(str::trim)
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
            .collect();
        services.sort();
        services.dedup();
        if services.len() > SERVICES_MAX {
            let rule = format!("an access has at most {SERVICES_MAX} services");
            self.refuse_with(
                Field::ActiveServices,
                "SERVICES_TOO_MANY",
                rule,
                SERVICES_MAX,
            );
        }
        Some(services)
    }

    fn technical(&mut self) -> BTreeMap<String, String> {
        let mut kept = BTreeMap::new();
        for (field, name) in Field::TECHNICAL {
            if !self.value(field).is_empty() {
                kept.insert(name.to_owned(), self.text(field));
            }
        }
        let code = self.value(Field::PremisesType);
        if self.values.format == Format::MdB1
            && code.bytes().all(|b| b.is_ascii_digit())
            && !code.is_empty()
        {
            kept.insert("type".to_owned(), code.to_owned());
        }
        kept
    }

    fn resident(&mut self) -> Option<PersonName> {
        let value = self.value(Field::ResidentName);
        if value.is_empty() {
            return None;
        }
        match PersonName::parse(value) {
            Ok(name) => Some(name),
            Err(refused) => {
                let name = self.name(Field::ResidentName);
                self.violations.push(refused.of(name, value).mask());
                None
            }
        }
    }

    fn owner(&mut self) -> Vec<(String, String)> {
        let mut kept = Vec::new();
        for (field, name) in [
            (Field::OwnerName, "name"),
            (Field::OwnerAddress, "address"),
            (Field::OwnerPostalCode, "postalCode"),
            (Field::OwnerCity, "city"),
        ] {
            let value = self.value(field);
            if value.chars().count() > FIELD_CHARS_MAX || value.chars().any(char::is_control) {
                let rule = format!(
                    "at most {FIELD_CHARS_MAX} characters, none of them a control character"
                );
                let violation = Violation::masked(self.name(field), value, rule);
                self.violations
                    .push(violation.because("FIELD_TOO_LONG").with(FIELD_CHARS_MAX));
            } else if !value.is_empty() {
                kept.push((name.to_owned(), value.to_owned()));
            }
        }
        kept
    }

    fn other_columns(&mut self) -> Vec<(String, String)> {
        let mut kept = Vec::new();
        for (name, value) in &self.values.others {
            if value.chars().count() > UNKNOWN_VALUE_CHARS_MAX {
                let rule = format!(
                    "at most {UNKNOWN_VALUE_CHARS_MAX} characters are kept of a column that we do not know"
                );
                let violation =
                    Violation::masked(name, value, rule).because("UNKNOWN_COLUMN_TOO_LONG");
                self.violations
                    .push(violation.with(UNKNOWN_VALUE_CHARS_MAX));
            } else {
                kept.push((name.clone(), value.clone().into_owned()));
            }
        }
        kept
    }
}

/// A violation whose value is shown unless it could name a person: columns slip, and then anything can stand anywhere.
fn shown(violation: Violation) -> Violation {
    let value = &violation.value;
    let digits = value.chars().filter(char::is_ascii_digit).count();
    if digits >= 10 || value.contains('@') || value.chars().count() > REPORTED_VALUE_CHARS_MAX {
        return violation.mask();
    }
    violation
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
