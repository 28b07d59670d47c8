//! What a file says about people, batch by batch: who came, who left, who must not come back.

use std::collections::{BTreeSet, HashMap};

use aws_lc_rs::hmac;
use kernel::{NetworkCode, new_id};
use privacy::{Identifier, Known, Origin, SealItem, SubjectId};
use sea_orm::ActiveValue::Set;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::{Registry, RegistryError};
use crate::domain::address_file::AccessRow;
use crate::store::resident;

/// What a batch, and in the end an import, did to people.
#[derive(Debug, Default)]
pub(super) struct PeopleChanges {
    /// Accesses whose resident is another one now, or none.
    pub(super) accesses: BTreeSet<String>,
    /// Residents that were erased before and stay out.
    pub(super) suppressed: u64,
    /// Persons of whom nothing is left in the registry.
    pub(super) forgotten: Vec<SubjectId>,
}

struct Arrival<'a> {
    row: &'a AccessRow,
    id: Uuid,
    subject: SubjectId,
    mark: String,
    other_columns: Option<String>,
}

impl Registry {
    /// Brings the residents of a batch of rows up to date.
    pub(super) async fn apply_people(
        &self,
        tx: &DatabaseTransaction,
        network: &NetworkCode,
        rows: &[AccessRow],
    ) -> Result<PeopleChanges, RegistryError> {
        let ids: Vec<_> = rows.iter().map(|r| r.facts.access_id.as_str()).collect();
        let stored = resident::at(tx, network, &ids).await?;
        let stored: HashMap<_, _> = stored.iter().map(|r| (r.access_id.as_str(), r)).collect();
        let mut changes = PeopleChanges::default();
        let mut leaving = Vec::new();
        let mut arriving = Vec::new();
        for row in rows {
            let mark = self.mark(network, row);
            let before = stored.get(row.facts.access_id.as_str());
            if before.map(|b| &b.mark) == mark.as_ref() {
                continue;
            }
            leaving.extend(before.map(|b| {
                (
                    b.id,
                    SubjectId::from_uuid(b.subject_id),
                    b.access_id.clone(),
                )
            }));
            arriving.extend(mark.map(|mark| (row, mark)));
        }
        let arrivals = self.admit(tx, network, arriving, &mut changes).await?;
        let stay: BTreeSet<_> = arrivals.iter().map(|a| a.subject).collect();
        let gone: Vec<_> = leaving.iter().map(|(id, ..)| *id).collect();
        resident::delete(tx, network, &gone).await?;
        changes.forgotten = leaving
            .iter()
            .map(|(_, subject, _)| *subject)
            .filter(|s| !stay.contains(s))
            .collect();
        changes.accesses = leaving.into_iter().map(|(.., access)| access).collect();
        changes
            .accesses
            .extend(arrivals.iter().map(|a| a.row.facts.access_id.to_string()));
        self.store_arrivals(tx, network, &arrivals).await?;
        self.privacy.forget(tx, &changes.forgotten).await?;
        Ok(changes)
    }

    /// Takes everything about people at accesses that have ended.
    pub(super) async fn clear_people(
        &self,
        tx: &DatabaseTransaction,
        network: &NetworkCode,
        access_ids: &[String],
    ) -> Result<Vec<SubjectId>, RegistryError> {
        let ids: Vec<_> = access_ids.iter().map(String::as_str).collect();
        let stored = resident::at(tx, network, &ids).await?;
        let gone: Vec<_> = stored.iter().map(|r| r.id).collect();
        let forgotten: Vec<_> = stored
            .iter()
            .map(|r| SubjectId::from_uuid(r.subject_id))
            .collect();
        resident::delete(tx, network, &gone).await?;
        self.privacy.forget(tx, &forgotten).await?;
        Ok(forgotten)
    }

    async fn admit<'a>(
        &self,
        tx: &DatabaseTransaction,
        network: &NetworkCode,
        arriving: Vec<(&'a AccessRow, String)>,
        changes: &mut PeopleChanges,
    ) -> Result<Vec<Arrival<'a>>, RegistryError> {
        let known: Vec<Vec<Known>> = arriving.iter().map(|(row, _)| known_of(row)).collect();
        let admissions = self
            .privacy
            .subjects(tx, network, &known, Origin::Import)
            .await?;
        let mut arrivals = Vec::with_capacity(arriving.len());
        for ((row, mark), admission) in arriving.into_iter().zip(admissions) {
            let Some(subject) = admission.subject() else {
                changes.suppressed += 1;
                continue;
            };
            let id = new_id(self.clock.as_ref());
            arrivals.push(Arrival {
                row,
                id,
                subject,
                mark,
                other_columns: other_columns_json(row),
            });
        }
        Ok(arrivals)
    }

    async fn store_arrivals(
        &self,
        tx: &DatabaseTransaction,
        network: &NetworkCode,
        arrivals: &[Arrival<'_>],
    ) -> Result<(), RegistryError> {
        let mut items = Vec::new();
        for arrival in arrivals {
            let texts = [
                (
                    resident::NAME,
                    arrival
                        .row
                        .resident
                        .as_ref()
                        .map(kernel::PersonName::as_str),
                ),
                (resident::OTHER_COLUMNS, arrival.other_columns.as_deref()),
            ];
            for (column, text) in texts {
                let (subject, row_id) = (arrival.subject, arrival.id);
                items.extend(text.map(|text| SealItem {
                    subject,
                    table: resident::TABLE,
                    column,
                    row_id,
                    text,
                }));
            }
        }
        let mut sealed: HashMap<(Uuid, &str), Vec<u8>> = HashMap::with_capacity(items.len());
        for (item, bytes) in items.iter().zip(self.privacy.seal_many(&items).await?) {
            sealed.insert((item.row_id, item.column), bytes);
        }
        let rows = arrivals.iter().map(|arrival| resident::ActiveModel {
            id: Set(arrival.id),
            network: Set(network.to_string()),
            subject_id: Set(arrival.subject.as_uuid()),
            access_id: Set(arrival.row.facts.access_id.to_string()),
            name: Set(sealed.remove(&(arrival.id, resident::NAME))),
            other_columns: Set(sealed.remove(&(arrival.id, resident::OTHER_COLUMNS))),
            mark: Set(arrival.mark.clone()),
        });
        Ok(resident::insert(tx, rows.collect()).await?)
    }

    /// What stands for everything that a row says about people; nothing when it says nothing. Keyed: names are guessable.
    fn mark(&self, network: &NetworkCode, row: &AccessRow) -> Option<String> {
        let other_columns = other_columns_json(row);
        if row.resident.is_none() && other_columns.is_none() {
            return None;
        }
        let mut context = hmac::Context::with_key(&self.marks);
        let name = row.resident.as_ref().map_or("", kernel::PersonName::as_str);
        for part in [
            network.as_str(),
            row.facts.access_id.as_str(),
            name,
            other_columns.as_deref().unwrap_or(""),
        ] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        Some(hex::encode(&context.sign().as_ref()[..16]))
    }
}

fn known_of(row: &AccessRow) -> Vec<Known> {
    let identifier = row.resident.clone().map(|name| {
        Known::unverified(Identifier::NameAtAccess {
            name,
            access: row.facts.access_id.clone(),
        })
    });
    identifier.into_iter().collect()
}

fn other_columns_json(row: &AccessRow) -> Option<String> {
    if row.other_columns.is_empty() {
        return None;
    }
    let object: serde_json::Map<_, _> = row
        .other_columns
        .iter()
        .map(|(name, value)| (name.clone(), serde_json::Value::from(value.as_str())))
        .collect();
    Some(serde_json::Value::Object(object).to_string())
}
