//! Sealing and opening the person of a contact.

use chrono::{DateTime, Utc};
use privacy::{OpenItem, SealItem, SubjectId};

use super::{Crm, CrmError};
use crate::domain::ContactId;
use crate::domain::contact::{ContactSource, ContactState, NewContact};
use crate::store::contact::{self, SEALED};
use crate::store::unreadable;

/// A contact as it is shown. While it is in quarantine the person is absent.
#[derive(Clone)]
pub struct ContactView {
    /// Its id.
    pub id: ContactId,
    /// Where it stands.
    pub state: ContactState,
    /// How the network came by it.
    pub source: ContactSource,
    /// Whether the person asked for the newsletter.
    pub newsletter: bool,
    /// When staff entered it.
    pub created_at: DateTime<Utc>,
    /// When the person said yes.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Who it is; absent in quarantine, or when the person's data is restricted.
    pub person: Option<Person>,
}

/// The person of a contact, opened.
#[derive(Clone)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// Address as written.
    pub email: String,
    /// E.164, or empty.
    pub phone: String,
    /// May be empty.
    pub company: String,
    /// May be empty.
    pub title: String,
}

impl ContactView {
    /// A row and what could be opened of it.
    pub(super) fn of(row: &contact::Model, person: Option<Person>) -> Result<Self, CrmError> {
        Ok(Self {
            id: row.contact_id(),
            state: row.state()?,
            source: ContactSource::parse(&row.source).ok_or_else(|| unreadable("source"))?,
            newsletter: row.newsletter,
            created_at: row.created_at,
            confirmed_at: row.confirmed_at,
            person,
        })
    }
}

impl Crm {
    /// Seals a new contact's person, in the order of [`SEALED`].
    pub(super) async fn seal(
        &self,
        subject: SubjectId,
        id: ContactId,
        new: &NewContact,
    ) -> Result<[Vec<u8>; 5], CrmError> {
        let phone = new.phone.as_ref().map_or("", |phone| phone.canonical());
        let values = [
            new.name.as_str(),
            new.email.as_str(),
            phone,
            &new.company,
            &new.title,
        ];
        let mut items = SEALED.iter().zip(values).map(|(column, text)| SealItem {
            subject,
            table: contact::TABLE,
            column,
            row_id: id.as_uuid(),
            text,
        });
        let items: [SealItem<'_>; 5] = std::array::from_fn(|_| items.next().expect("five columns"));
        let sealed = self.privacy.seal_many(&items).await?;
        Ok(sealed.try_into().expect("five in, five out"))
    }

    /// Opens the persons of rows, in the given order; nothing for one that is restricted or erased.
    pub(super) async fn people(
        &self,
        rows: &[&contact::Model],
    ) -> Result<Vec<Option<Person>>, CrmError> {
        let items: Vec<_> = rows
            .iter()
            .flat_map(|row| {
                SEALED
                    .iter()
                    .zip(row.sealed())
                    .map(|(column, sealed)| OpenItem {
                        subject: row.subject(),
                        table: contact::TABLE,
                        column,
                        row_id: row.id,
                        sealed,
                    })
            })
            .collect();
        let opened = self.privacy.open_many(&items).await?;
        Ok(opened.chunks(SEALED.len()).map(person).collect())
    }

    /// Opens the person of one row.
    pub(super) async fn person(&self, row: &contact::Model) -> Result<Option<Person>, CrmError> {
        Ok(self.people(&[row]).await?.into_iter().next().flatten())
    }
}

fn person(values: &[Option<String>]) -> Option<Person> {
    let [name, email, phone, company, title] = values else {
        return None;
    };
    Some(Person {
        name: name.clone()?,
        email: email.clone()?,
        phone: phone.clone()?,
        company: company.clone()?,
        title: title.clone()?,
    })
}
