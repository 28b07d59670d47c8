//! What a row says about people: in one sealed text while it waits, as keyed marks to compare by.

use aws_lc_rs::hmac;
use kernel::{AccessId, NetworkCode, PersonName};
use privacy::{Identifier, Known};
use serde::{Deserialize, Serialize};

use crate::domain::address_file::{AccessRow, OWNER_NAME};
use crate::store::staged::Marks;

/// The resident and the columns that we do not know.
pub(super) const RESIDENT_ROLE: &str = "resident";
/// The property's owner.
pub(super) const OWNER_ROLE: &str = "owner";
/// The columns that we do not know of a file that has none for residents: they say nothing of one.
pub(super) const COLUMNS_ROLE: &str = "columns";

/// What a row says about people.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct People {
    /// The resident's full name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) resident: Option<String>,
    /// Columns that we do not know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) other: Vec<(String, String)>,
    /// The owner: name, address, postal code, city.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) owner: Vec<(String, String)>,
    /// The columns stand alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    apart: bool,
}

/// A name and a text beside it, in one role.
pub(super) struct Said {
    pub(super) name: Option<String>,
    pub(super) other_columns: Option<String>,
    pub(super) known: Vec<Known>,
}

impl People {
    /// Of a row whose file has a column for residents, or has none.
    pub(super) fn of(row: &AccessRow, says_of_residents: bool) -> Self {
        Self {
            resident: row.resident.as_ref().map(|name| name.as_str().to_owned()),
            other: row.other_columns.clone(),
            owner: row.owner.clone(),
            apart: !says_of_residents,
        }
    }

    /// A resident who was erased is not taken in, nor is what stands beside them.
    pub(super) fn forget_resident(&mut self) {
        self.resident = None;
        self.other.clear();
    }

    /// Without the owner, and the owner alone: each is sealed in a place of its own, so that one can be taken out. Nothing
    /// where the row says nothing.
    pub(super) fn into_texts(mut self) -> (Option<String>, Option<String>) {
        let owner = Self {
            owner: std::mem::take(&mut self.owner),
            ..Self::default()
        };
        (self.to_json(), owner.to_json())
    }

    fn to_json(&self) -> Option<String> {
        if self.resident.is_none() && self.other.is_empty() && self.owner.is_empty() {
            return None;
        }
        serde_json::to_string(self).ok()
    }

    /// What stands for everything that is said in each role. Keyed: names are guessable.
    pub(super) fn marks(&self, key: &hmac::Key, network: &NetworkCode, access_id: &str) -> Marks {
        let mark = |first: &str, second: &str| {
            let mut context = hmac::Context::with_key(key);
            for part in [network.as_str(), access_id, first, second] {
                context.update(&(part.len() as u64).to_be_bytes());
                context.update(part.as_bytes());
            }
            hex::encode(&context.sign().as_ref()[..16])
        };
        let mut marks = Marks::default();
        let other = object(&self.other);
        if self.apart && !self.other.is_empty() {
            marks.columns = mark(COLUMNS_ROLE, &other);
        } else if self.resident.is_some() || !self.other.is_empty() {
            marks.resident = mark(self.resident.as_deref().unwrap_or(""), &other);
        }
        if !self.owner.is_empty() {
            marks.owner = mark(OWNER_ROLE, &object(&self.owner));
        }
        marks
    }

    /// What is said in a role, and by what the person is found.
    pub(super) fn said(self, role: &str, access: &AccessId) -> Said {
        let text = |pairs: &[(String, String)]| (!pairs.is_empty()).then(|| object(pairs));
        if role == OWNER_ROLE {
            let (names, rest): (Vec<_>, Vec<_>) = self
                .owner
                .into_iter()
                .partition(|(name, _)| name == OWNER_NAME);
            let name = names.into_iter().next().map(|(_, value)| value);
            let person = name
                .as_deref()
                .and_then(|name| PersonName::parse(name).ok());
            return Said {
                known: known_resident(person.as_ref(), access),
                name,
                other_columns: text(&rest),
            };
        }
        let person = self
            .resident
            .as_deref()
            .and_then(|name| PersonName::parse(name).ok());
        Said {
            known: known_resident(person.as_ref(), access),
            name: self.resident,
            other_columns: text(&self.other),
        }
    }
}

/// By what a person at an access is found.
pub(super) fn known_resident(name: Option<&PersonName>, access: &AccessId) -> Vec<Known> {
    let identifier = name.map(|name| {
        Known::unverified(Identifier::NameAtAccess {
            name: name.clone(),
            access: access.clone(),
        })
    });
    identifier.into_iter().collect()
}

fn object(pairs: &[(String, String)]) -> String {
    if pairs.is_empty() {
        return String::new();
    }
    let object: serde_json::Map<_, _> = pairs
        .iter()
        .map(|(name, value)| (name.clone(), serde_json::Value::from(value.as_str())))
        .collect();
    serde_json::Value::Object(object).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(name: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), "x".to_owned())]
    }

    #[test]
    fn each_role_has_its_mark_and_silence_has_none() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]);
        let network = NetworkCode::parse("SNFDMO").unwrap();
        let marks = |people: &People| people.marks(&key, &network, "1");
        let mut people = People {
            resident: Some("Åsa Provsson".to_owned()),
            other: pairs("remark"),
            owner: pairs("name"),
            apart: false,
        };
        let all = marks(&people);
        assert!(!all.resident.is_empty() && !all.owner.is_empty() && all.columns.is_empty());
        people.forget_resident();
        let rest = marks(&people);
        assert!(rest.resident.is_empty());
        assert_eq!(rest.owner, all.owner);
        let technical = People {
            other: pairs("remark"),
            apart: true,
            ..People::default()
        };
        assert!(marks(&technical).resident.is_empty() && !marks(&technical).columns.is_empty());
        assert!(People::default().to_json().is_none());
    }
}
