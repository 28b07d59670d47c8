//! Street addresses as SSNf's address specification splits them.

use unicode_normalization::UnicodeNormalization as _;

use crate::{CountryCode, PostalCode, Violation};

/// An address whose every part is right.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Address {
    street_name: String,
    street_number: String,
    street_littera: String,
    postal_code: PostalCode,
    city: String,
    country_code: CountryCode,
    apartment_number: String,
}

/// The parts of an address as they come, before they are checked. Empty means absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressParts {
    /// "Kungsgatan" of "Kungsgatan 10G"; also a village or a farm.
    pub street_name: String,
    /// "10"; of the meter address "Bergbyvägen 652-16A" it is "652-16". May be empty.
    pub street_number: String,
    /// "G" of "Kungsgatan 10G". May be empty.
    pub street_littera: String,
    /// With or without a space.
    pub postal_code: String,
    /// The post town.
    pub city: String,
    /// Two letters; empty means Sweden.
    pub country_code: String,
    /// Lantmäteriet's four digits. May be empty.
    pub apartment_number: String,
}

/// ON-API's `text` is at most 255 characters.
const TEXT_MAX: usize = 255;
/// The longest meter number in the register is nine characters; three times that is no address.
const NUMBER_MAX: usize = 30;
/// A littera is a letter, sometimes two, sometimes with a digit.
const LITTERA_MAX: usize = 10;

impl Address {
    /// Checks every part and reports every violation at once, by the names of the market database.
    pub fn parse(parts: AddressParts) -> Result<Self, Vec<Violation>> {
        let mut check = Check::default();
        let street_name = check.text("streetName", &parts.street_name, TEXT_MAX, true);
        let street_number = check.text("streetNumber", &parts.street_number, NUMBER_MAX, false);
        let street_littera = check.text(
            "streetLittera",
            &parts.street_littera.to_uppercase(),
            LITTERA_MAX,
            false,
        );
        let city = check.text("city", &parts.city, TEXT_MAX, true);
        let apartment_number = check.apartment(&parts.apartment_number);
        let country_code = check.country(&parts.country_code);
        let postal_code = check.postal_code(&country_code, &parts.postal_code);
        match postal_code {
            Some(postal_code) if check.violations.is_empty() => Ok(Self {
                street_name,
                street_number,
                street_littera,
                postal_code,
                city,
                country_code,
                apartment_number,
            }),
            _ => Err(check.violations),
        }
    }

    /// The same place, with the apartment of another address.
    #[must_use]
    pub fn with_apartment_of(mut self, other: &Self) -> Self {
        self.apartment_number.clone_from(&other.apartment_number);
        self
    }

    /// The street, village or farm.
    pub fn street_name(&self) -> &str {
        &self.street_name
    }

    /// The number, or empty.
    pub fn street_number(&self) -> &str {
        &self.street_number
    }

    /// The entrance letter in upper case, or empty.
    pub fn street_littera(&self) -> &str {
        &self.street_littera
    }

    /// The postal code.
    pub fn postal_code(&self) -> &PostalCode {
        &self.postal_code
    }

    /// The post town.
    pub fn city(&self) -> &str {
        &self.city
    }

    /// The country.
    pub fn country_code(&self) -> &CountryCode {
        &self.country_code
    }

    /// Lantmäteriet's four digits, or empty.
    pub fn apartment_number(&self) -> &str {
        &self.apartment_number
    }

    /// One line for people: `Kungsgatan 10G lgh 1101, 721 34 Västerås`.
    pub fn label(&self) -> String {
        self.label_with("")
    }

    /// The same with what tells flats apart where there is no number: `Byvägen 1 (2 tr), 721 34 Västerås`.
    pub fn label_with(&self, distinguisher: &str) -> String {
        let mut line = self.street_name.clone();
        let number = format!("{}{}", self.street_number, self.street_littera);
        if !number.is_empty() {
            line = format!("{line} {number}");
        }
        if !self.apartment_number.is_empty() {
            line = format!("{line} lgh {}", self.apartment_number);
        }
        if !distinguisher.is_empty() {
            line = format!("{line} ({distinguisher})");
        }
        let code = self.postal_code.display(&self.country_code);
        format!("{line}, {code} {}", self.city)
    }
}

impl From<Address> for AddressParts {
    fn from(address: Address) -> Self {
        Self {
            street_name: address.street_name,
            street_number: address.street_number,
            street_littera: address.street_littera,
            postal_code: address.postal_code.into(),
            city: address.city,
            country_code: address.country_code.into(),
            apartment_number: address.apartment_number,
        }
    }
}

#[derive(Default)]
struct Check {
    violations: Vec<Violation>,
}

impl Check {
    fn text(&mut self, field: &str, value: &str, max: usize, mandatory: bool) -> String {
        let text = value.split_whitespace().collect::<Vec<_>>().join(" ");
        let text: String = text.nfc().collect();
        if mandatory && text.is_empty() {
            let rule = format!("{field} must not be empty");
            self.refuse(Violation::new(field, value, rule).because("FIELD_EMPTY"));
        } else if text.chars().count() > max {
            let rule = format!("{field} is at most {max} characters");
            let violation = Violation::new(field, "", rule).because("FIELD_TOO_LONG");
            self.refuse(violation.with(max));
        } else if text.chars().any(is_unseen) {
            let rule = format!("{field} must not hold control characters");
            self.refuse(Violation::new(field, "", rule).because("FIELD_CONTROL_CHARACTERS"));
        }
        text
    }

    fn apartment(&mut self, value: &str) -> String {
        let number = value.trim();
        let right =
            number.is_empty() || (number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit()));
        if !right {
            let rule = "an apartment number is four digits";
            let violation = Violation::new("mduApartmentNumber", value, rule);
            self.refuse(violation.because("APARTMENT_NUMBER_INVALID"));
        }
        number.to_owned()
    }

    fn country(&mut self, value: &str) -> CountryCode {
        if value.trim().is_empty() {
            return CountryCode::sweden();
        }
        CountryCode::parse(value).unwrap_or_else(|refused| {
            self.refuse(refused.of("countryCode", value));
            CountryCode::sweden()
        })
    }

    fn postal_code(&mut self, country: &CountryCode, value: &str) -> Option<PostalCode> {
        if value.trim().is_empty() {
            let rule = "postalCode must not be empty";
            self.refuse(Violation::new("postalCode", value, rule).because("FIELD_EMPTY"));
            return None;
        }
        PostalCode::parse(country, value)
            .map_err(|refused| self.refuse(refused.of("postalCode", value)))
            .ok()
    }

    fn refuse(&mut self, violation: Violation) {
        self.violations.push(violation);
    }
}

/// What nobody sees, and what makes a text look like another one (Unicode's general category Cf, as far as it occurs).
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts() -> AddressParts {
        AddressParts {
            street_name: "Kungsgatan".to_owned(),
            street_number: "10".to_owned(),
            street_littera: "g".to_owned(),
            postal_code: "721 34".to_owned(),
            city: "Västerås".to_owned(),
            country_code: String::new(),
            apartment_number: "1101".to_owned(),
        }
    }

    #[test]
    fn is_one_line_for_people() {
        assert_eq!(
            Address::parse(parts()).unwrap().label(),
            "Kungsgatan 10G lgh 1101, 721 34 Västerås"
        );
        let farm = AddressParts {
            street_number: String::new(),
            street_littera: String::new(),
            apartment_number: String::new(),
            street_name: "Norrgården".to_owned(),
            ..parts()
        };
        assert_eq!(
            Address::parse(farm).unwrap().label(),
            "Norrgården, 721 34 Västerås"
        );
    }

    #[test]
    fn reports_every_violation_at_once() {
        let wrong = AddressParts {
            street_name: " ".to_owned(),
            postal_code: "1".to_owned(),
            apartment_number: "11".to_owned(),
            city: String::new(),
            ..parts()
        };
        let fields: Vec<_> = Address::parse(wrong)
            .unwrap_err()
            .into_iter()
            .map(|violation| violation.field)
            .collect();
        assert_eq!(
            fields,
            ["streetName", "city", "mduApartmentNumber", "postalCode"]
        );
    }

    proptest! {
        #[test]
        fn never_panics_and_is_stable(street in "\\PC{0,20}", number in "[0-9-]{0,6}", littera in "\\PC{0,2}", city in "\\PC{1,9}") {
            let given = AddressParts { street_name: street, street_number: number, street_littera: littera, city, ..parts() };
            if let Ok(address) = Address::parse(given) {
                prop_assert_eq!(Address::parse(address.clone().into()).unwrap(), address);
            }
        }
    }
}
