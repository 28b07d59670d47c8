//! One row as an access, or every rule that it breaks.

use kernel::{
    AccessId, AccessState, Address, AddressParts, NetworkCode, OnApiPremisesType, ParseError,
    PersonName, PremisesType, Violation,
};

use super::{Columns, Field, RowVerdict};
use crate::domain::access::{AccessFacts, Coordinates, Premises};
use crate::domain::limits::{
    FIELD_CHARS_MAX, REPORTED_VALUE_CHARS_MAX, SERVICES_MAX, UNKNOWN_VALUE_CHARS_MAX,
};

/// What a row says: the access, and what it says about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRow {
    /// Everything that is not personal.
    pub facts: AccessFacts,
    /// The resident, if the file names one.
    pub resident: Option<PersonName>,
    /// Name and value of columns that we do not know, where they have a value. Treated as personal (decision 19).
    pub other_columns: Vec<(String, String)>,
}

/// Judges one row of decoded fields by every rule at once.
pub fn read_row(columns: &Columns, network: &NetworkCode, fields: &[String]) -> RowVerdict {
    if fields.len() != columns.count() {
        let rule = format!(
            "the row has {} fields, the header has {}",
            fields.len(),
            columns.count()
        );
        let violation = Violation::new("", "", rule).because("FIELD_COUNT");
        let violation = violation.with(fields.len()).with(columns.count());
        return RowVerdict::rejected(None, vec![violation]);
    }
    let mut reader = Reader {
        columns,
        fields,
        violations: Vec::new(),
    };
    let access_id = reader.access_id();
    reader.network(network);
    let row = reader.row(access_id.clone());
    match row {
        Some(row) if reader.violations.is_empty() => RowVerdict::Accepted(Box::new(row)),
        _ => RowVerdict::rejected(access_id, reader.violations),
    }
}

struct Reader<'a> {
    columns: &'a Columns,
    fields: &'a [String],
    violations: Vec<Violation>,
}

impl Reader<'_> {
    fn row(&mut self, access_id: Option<AccessId>) -> Option<AccessRow> {
        let address = self.address();
        let premises = self.premises();
        let distinguisher = self.text(Field::MduDistinguisher);
        let property_designation = self.text(Field::PropertyUnitDesignation);
        let coordinates = Coordinates {
            system: self.text(Field::SwerefType),
            north: self.coordinate(Field::SwerefNorth),
            east: self.coordinate(Field::SwerefEast),
        };
        let state = self.state();
        let services = self.services();
        let resident = self.resident();
        let other_columns = self.other_columns();
        let facts = AccessFacts {
            access_id: access_id?,
            address: address?,
            premises: premises?,
            distinguisher,
            property_designation,
            coordinates,
            state,
            services,
        };
        Some(AccessRow {
            facts,
            resident,
            other_columns,
        })
    }

    fn value(&self, field: Field) -> &str {
        self.columns
            .position(field)
            .and_then(|p| self.fields.get(p))
            .map_or("", |v| v.trim())
    }

    /// Adds a violation, made of the field's name and its value.
    fn refuse(&mut self, field: Field, violation: impl FnOnce(&str, &str) -> Violation) {
        let violation = violation(field.name(), self.value(field));
        self.violations.push(shown(violation));
    }

    fn refuse_empty(&mut self, field: Field) {
        self.refuse(field, |name, value| {
            let rule = format!("{name} must not be empty");
            Violation::new(name, value, rule).because("FIELD_EMPTY")
        });
    }

    fn refuse_parsed(&mut self, field: Field, refused: ParseError) {
        self.refuse(field, |name, value| refused.of(name, value));
    }

    fn access_id(&mut self) -> Option<AccessId> {
        match AccessId::parse(self.value(Field::AccessId)) {
            Ok(id) => Some(id),
            Err(_) if self.value(Field::AccessId).is_empty() => {
                self.refuse_empty(Field::AccessId);
                None
            }
            Err(refused) => {
                self.refuse_parsed(Field::AccessId, refused);
                None
            }
        }
    }

    fn network(&mut self, network: &NetworkCode) {
        let value = self.value(Field::CoId);
        if value.is_empty() {
            self.refuse_empty(Field::CoId);
        } else if !value.eq_ignore_ascii_case(network.as_str()) {
            self.refuse(Field::CoId, |name, value| {
                let rule = format!("this import is for the network {network}");
                let violation = Violation::new(name, value, rule);
                violation.because("NETWORK_OTHER").with(network)
            });
        }
    }

    fn address(&mut self) -> Option<Address> {
        let parts = AddressParts {
            street_name: self.value(Field::StreetName).to_owned(),
            street_number: self.value(Field::StreetNumber).to_owned(),
            street_littera: self.value(Field::StreetLittera).to_owned(),
            postal_code: self.value(Field::PostalCode).to_owned(),
            city: self.value(Field::City).to_owned(),
            country_code: self.value(Field::CountryCode).to_owned(),
            apartment_number: self.value(Field::MduApartmentNumber).to_owned(),
        };
        match Address::parse(parts) {
            Ok(address) => Some(address),
            Err(violations) => {
                self.violations.extend(violations.into_iter().map(shown));
                None
            }
        }
    }

    /// MdB2's word, or ON-API's where a network already exports those.
    fn premises(&mut self) -> Option<Premises> {
        let word = self.value(Field::PremisesType).to_ascii_uppercase();
        let as_market = PremisesType::parse(&word).map(|market_database| Premises {
            market_database,
            on_api: market_database.on_api(),
        });
        let as_on_api = |_| {
            OnApiPremisesType::parse(&word).map(|on_api| Premises {
                market_database: on_api.market_database(),
                on_api,
            })
        };
        let premises = as_market.or_else(as_on_api).ok();
        if premises.is_none() {
            let words: Vec<_> = PremisesType::ALL.iter().map(|word| word.as_str()).collect();
            let words = words.join(", ");
            self.refuse(Field::PremisesType, |name, value| {
                let rule = format!("a premises type is one of {words}");
                let violation = Violation::new(name, value, rule);
                violation.because("PREMISES_TYPE_INVALID").with(words)
            });
        }
        premises
    }

    fn text(&mut self, field: Field) -> String {
        let value = self.value(field).to_owned();
        if value.chars().count() > FIELD_CHARS_MAX {
            self.refuse(field, |name, value| {
                let rule = format!("{name} is at most {FIELD_CHARS_MAX} characters");
                let violation = Violation::new(name, value, rule);
                violation.because("FIELD_TOO_LONG").with(FIELD_CHARS_MAX)
            });
        } else if value.chars().any(char::is_control) {
            self.refuse(field, |name, value| {
                let rule = format!("{name} must not hold control characters");
                Violation::new(name, value, rule).because("FIELD_CONTROL_CHARACTERS")
            });
        }
        value
    }

    fn coordinate(&mut self, field: Field) -> String {
        let value = self.text(field).replace(',', ".");
        if !value.is_empty() && !value.parse::<f64>().is_ok_and(f64::is_finite) {
            self.refuse(field, |name, value| {
                let rule = "a coordinate is a number of metres";
                Violation::new(name, value, rule).because("COORDINATE_INVALID")
            });
        }
        value
    }

    fn state(&mut self) -> AccessState {
        let word = self.value(Field::AccessState).to_ascii_uppercase();
        if word.is_empty() {
            return AccessState::Connected;
        }
        AccessState::parse(&word).unwrap_or_else(|refused| {
            self.refuse_parsed(Field::AccessState, refused);
            AccessState::Connected
        })
    }

    /// A list; `1` (MdB1's "active") and nothing leave it to the network, `0` says that there are none.
    fn services(&mut self) -> Option<Vec<String>> {
        let value = self.text(Field::ActiveServices);
        match value.as_str() {
            "" | "1" => return None,
            "0" => return Some(Vec::new()),
            _ => {}
        }
        let mut services: Vec<String> = value
            .split([',', ';', '|'])
            .map(str::trim)
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
            .collect();
        services.sort();
        services.dedup();
        if services.len() > SERVICES_MAX {
            self.refuse(Field::ActiveServices, |name, value| {
                let rule = format!("an access has at most {SERVICES_MAX} services");
                let violation = Violation::new(name, value, rule);
                violation.because("SERVICES_TOO_MANY").with(SERVICES_MAX)
            });
        }
        Some(services)
    }

    fn resident(&mut self) -> Option<PersonName> {
        let value = self.value(Field::ResidentName).to_owned();
        if value.is_empty() {
            return None;
        }
        match PersonName::parse(&value) {
            Ok(name) => Some(name),
            Err(refused) => {
                let violation = refused.of(Field::ResidentName.name(), value);
                self.violations.push(violation.mask());
                None
            }
        }
    }

    fn other_columns(&mut self) -> Vec<(String, String)> {
        let mut kept = Vec::new();
        for (position, name) in self.columns.unknown() {
            let value = self.fields.get(position).map_or("", |v| v.trim());
            if value.chars().count() > UNKNOWN_VALUE_CHARS_MAX {
                let rule = format!(
                    "at most {UNKNOWN_VALUE_CHARS_MAX} characters are kept of a column that we do not know"
                );
                let violation = Violation::masked(name, value, rule);
                let violation = violation.because("UNKNOWN_COLUMN_TOO_LONG");
                self.violations
                    .push(violation.with(UNKNOWN_VALUE_CHARS_MAX));
            } else if !value.is_empty() {
                kept.push((name, value.to_owned()));
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
