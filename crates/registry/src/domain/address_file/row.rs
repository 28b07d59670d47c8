//! One row as an access, or every rule that it breaks.

mod capacity;
mod cells;
mod people;
mod place;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::{AccessId, AccessState, NetworkCode, ParseError, PersonName, Violation};

use self::cells::is_unknown_future;
pub(super) use self::cells::swedish_day;
use super::values::Values;
use super::{Field, Format, RowVerdict, Said};
use crate::domain::access::AccessFacts;
use crate::domain::limits::{REPORTED_VALUE_CHARS_MAX, SERVICES_MAX};

/// What a row says: the access, and what it says about people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRow {
    /// Everything that is not personal.
    pub facts: AccessFacts,
    /// What of it the row says.
    pub said: Said,
    /// The format of an earlier file that listed the services, where this one is silent about them.
    pub services_from: Option<String>,
    /// The resident, if the file names one.
    pub resident: Option<PersonName>,
    /// The property's owner: name, address, postal code and city, where the file has them. May be a person.
    pub owner: Vec<(String, String)>,
    /// Name and value of columns that we do not know, where they have a value. Treated as personal (decision 19).
    pub other_columns: Vec<(String, String)>,
    /// What whoever sent the row should know although it is taken.
    pub remarks: Vec<Violation>,
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
        self.nobody();
        let (apartment, distinguisher) = self.within_the_house();
        let address = self.address(apartment);
        let premises = self.premises();
        let outlet = self.text(Field::Outlet);
        self.distinguishable(premises, address.as_ref(), &distinguisher, &outlet);
        let (state, connected_on) = self.state();
        let coordinates = self.coordinates(address.as_ref());
        let resident = self.resident();
        let owner = self.owner();
        let other_columns = self.other_columns();
        let legacy_access_id = self.legacy_access_id();
        let property_designation = self.text(Field::PropertyUnitDesignation);
        let services = if self.is_sold_later() {
            Some(Vec::new())
        } else {
            self.services()
        };
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
        let remarks = self.remarks(&facts.address);
        Some(AccessRow {
            facts,
            remarks,
            said: self.values.said,
            services_from: None,
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

    fn refuse_empty(&mut self, field: Field) {
        let rule = format!("{} must not be empty", self.name(field));
        self.refuse(field, "FIELD_EMPTY", rule);
    }

    fn refuse_parsed(&mut self, field: Field, refused: ParseError) {
        self.refuse(field, refused.reason, refused.rule);
    }

    fn access_id(&mut self) -> Option<AccessId> {
        let value = self.value(Field::AccessId);
        if value.is_empty() {
            self.refuse_empty(Field::AccessId);
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
                self.refuse_empty(Field::CoId);
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
            // A day that has not come says when it will be connected.
            "" if self.connects_later(connected_on) => (AccessState::Planned, connected_on),
            "" | "YES" => (AccessState::Connected, connected_on),
            "NO" => (AccessState::Planned, connected_on),
            day if is_unknown_future(day) => (AccessState::Planned, None),
            _ => match self.day(Field::ActivationDate) {
                Some(day) if day > self.judge.today => (AccessState::Planned, None),
                day => (AccessState::Connected, day),
            },
        }
    }

    fn connects_later(&self, connected_on: Option<NaiveDate>) -> bool {
        is_unknown_future(self.value(Field::ConnectionDate))
            || connected_on.is_some_and(|day| day > self.judge.today)
    }

    /// A list; `1` (MdB1's "active") and nothing leave it to the network, `0` says that there are none.
    fn services(&mut self) -> Option<Vec<String>> {
        match self.value(Field::ActiveServices) {
            "" | "1" => return None,
            "0" => return Some(Vec::new()),
            _ if self.values.format == Format::MdB1 => {
                self.whole_number(Field::ActiveServices);
                return None;
            }
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

    /// PI-API: YES, NO, or the day from which services are sold there. Until then none can be had.
    fn is_sold_later(&mut self) -> bool {
        match self.value(Field::SalesStart).to_ascii_uppercase().as_str() {
            "" | "YES" => false,
            "NO" => true,
            day if is_unknown_future(day) => true,
            _ => self
                .day(Field::SalesStart)
                .is_some_and(|day| day > self.judge.today),
        }
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
}

/// A violation whose value is shown unless it could name a person: columns slip, and then anything can stand anywhere.
fn shown(violation: Violation) -> Violation {
    let value = &violation.value;
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let long = value.chars().count() > REPORTED_VALUE_CHARS_MAX;
    if digits >= 10 || value.contains('@') || long || is_like_a_name(value) {
        return violation.mask();
    }
    violation
}

/// Two words or more, each begun with a capital and without digits.
fn is_like_a_name(value: &str) -> bool {
    let word = |word: &str| {
        word.starts_with(char::is_uppercase) && !word.contains(|c: char| c.is_ascii_digit())
    };
    let words = value.split_whitespace().filter(|text| word(text)).count();
    words >= 2
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
