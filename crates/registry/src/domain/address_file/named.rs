//! Whom a row names, as far as a name can be read. A name that has slipped into another column is not found.

use kernel::PersonName;

use super::values::Values;
use super::{AccessRow, Field, Format, Opened, Post, Raw};

/// The people whom a row names at its access.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedPeople {
    /// Who lives there.
    pub resident: Option<PersonName>,
    /// Who owns the property.
    pub owner: Option<PersonName>,
}

/// The fields of a post by whom they speak of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DividedPost {
    /// Of the access.
    pub facts: Vec<(String, String)>,
    /// Of the resident: the name, and what we do not know.
    pub resident: Vec<(String, String)>,
    /// Of the property's owner.
    pub owner: Vec<(String, String)>,
}

impl NamedPeople {
    fn parse(resident: &str, owner: &str) -> Self {
        let name = |text: &str| PersonName::parse(text.trim()).ok();
        Self {
            resident: name(resident),
            owner: name(owner),
        }
    }
}

impl AccessRow {
    /// Whom the row names.
    pub fn named(&self) -> NamedPeople {
        let owner = self.owner.iter().find(|(name, _)| name == OWNER_NAME);
        NamedPeople {
            resident: self.resident.clone(),
            owner: owner.and_then(|(_, value)| PersonName::parse(value).ok()),
        }
    }
}

/// What an owner's name is called beside the rest that is known of them.
pub const OWNER_NAME: &str = "name";

impl Opened {
    /// Whom a row as it came names, whether it is right or not. Nobody when it has other fields than the header.
    pub fn named(&self, raw: &Raw) -> NamedPeople {
        match raw {
            Raw::Fields(fields) if fields.len() == self.columns.count() => {
                let values = Values::of_row(&self.columns, fields);
                NamedPeople::parse(
                    values.get(Field::ResidentName),
                    values.get(Field::OwnerName),
                )
            }
            // ON-API names nobody.
            Raw::Fields(_) | Raw::Line(_) | Raw::Json(_) => NamedPeople::default(),
        }
    }
}

impl Post {
    /// Whom the post names.
    pub fn named(&self) -> NamedPeople {
        let value = |field: Field| {
            let mut fields = self.fields().iter();
            let found = fields.find(|(name, _)| Field::named(name, Format::MdB2) == Some(field));
            found.map_or("", |(_, value)| value.as_str())
        };
        NamedPeople::parse(value(Field::ResidentName), value(Field::OwnerName))
    }

    /// Its fields by whom they speak of.
    pub fn divided(self) -> DividedPost {
        let mut divided = DividedPost::default();
        for (name, value) in self.into_fields() {
            let part = match Field::named(&name, Format::MdB2) {
                None | Some(Field::ResidentName) => &mut divided.resident,
                Some(
                    Field::OwnerName
                    | Field::OwnerAddress
                    | Field::OwnerPostalCode
                    | Field::OwnerCity,
                ) => &mut divided.owner,
                Some(_) => &mut divided.facts,
            };
            part.push((name, value));
        }
        divided
    }
}
