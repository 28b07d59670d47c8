//! People whom an import brings: admitted, unless they were erased; sealed under their own keys; stored.

use std::collections::HashMap;

use kernel::{AccessId, new_id};
use privacy::{OpenItem, Origin, SealItem, SubjectId};
use sea_orm::ActiveValue::Set;
use sea_orm::DatabaseTransaction;
use service_kit::database::insert_rows;
use uuid::Uuid;

use super::people::{People, Said};
use super::{Registry, RegistryError};
use crate::domain::import::ImportReport;
use crate::domain::limits::PEOPLE_ROWS;
use crate::store::resident;
use crate::store::staged::{self, Arriving};

/// A page of people who come in, and where the next one begins: after a staged row, unless this is the last.
struct Page {
    people: Vec<(Arriving, Said)>,
    last: Option<Uuid>,
}

struct Arrival {
    id: Uuid,
    subject: SubjectId,
    access_id: String,
    mark: String,
    said: Said,
}

impl Registry {
    /// Takes in all people in a role, page by page; `tell` hears of how many more. While the database stores a page the
    /// next one is read and opened.
    pub(super) async fn arrive(
        &self,
        tx: &DatabaseTransaction,
        report: &mut ImportReport,
        role: &'static str,
        mut tell: impl FnMut(u64),
    ) -> Result<(), RegistryError> {
        let mut page = self.read_arrivals(tx, report, role, Uuid::nil()).await?;
        loop {
            let count = page.people.len() as u64;
            let next = async {
                match page.last {
                    Some(after) => self.read_arrivals(tx, report, role, after).await.map(Some),
                    None => Ok(None),
                }
            };
            let stored = self.take_in(tx, report, role, page.people);
            let (suppressed, next) = tokio::try_join!(stored, next)?;
            report.residents_suppressed += suppressed;
            tell(count);
            match next {
                Some(next) => page = next,
                None => return Ok(()),
            }
        }
    }

    async fn read_arrivals(
        &self,
        tx: &DatabaseTransaction,
        report: &ImportReport,
        role: &'static str,
        after: Uuid,
    ) -> Result<Page, RegistryError> {
        let subject = report.subject.ok_or(RegistryError::Corrupt("subject"))?;
        let of = staged::Of {
            import: report.id,
            network: report.network.to_string(),
            subject: subject.as_uuid(),
        };
        let page = staged::arriving(tx, &of, role, after, PEOPLE_ROWS).await?;
        let mut people = Vec::new();
        if !page.arriving.is_empty() {
            people = self.said(subject, role, page.arriving).await?;
        }
        Ok(Page {
            people,
            last: page.last,
        })
    }

    /// Admits people and stores what is said of them; how many are held back because they were erased.
    async fn take_in(
        &self,
        tx: &DatabaseTransaction,
        report: &ImportReport,
        role: &'static str,
        people: Vec<(Arriving, Said)>,
    ) -> Result<u64, RegistryError> {
        if people.is_empty() {
            return Ok(0);
        }
        let known: Vec<_> = people.iter().map(|(_, said)| said.known.clone()).collect();
        let admissions = self
            .privacy
            .subjects(tx, &report.network, &known, Origin::Import)
            .await?;
        let mut suppressed = 0;
        let mut arrivals = Vec::with_capacity(people.len());
        for ((row, said), admission) in people.into_iter().zip(admissions) {
            let Some(subject) = admission.subject() else {
                suppressed += 1;
                continue;
            };
            arrivals.push(Arrival {
                id: new_id(self.clock.as_ref()),
                subject,
                access_id: row.access_id,
                mark: row.mark,
                said,
            });
        }
        self.store_arrivals(tx, report, role, arrivals).await?;
        Ok(suppressed)
    }

    async fn said(
        &self,
        subject: SubjectId,
        role: &str,
        rows: Vec<Arriving>,
    ) -> Result<Vec<(Arriving, Said)>, RegistryError> {
        let items: Vec<_> = rows
            .iter()
            .map(|row| OpenItem {
                subject,
                table: staged::TABLE,
                column: staged::said_in(role),
                row_id: row.id,
                sealed: &row.people,
            })
            .collect();
        let opened = self.privacy.open_many(&items).await?;
        let mut said = Vec::with_capacity(rows.len());
        for (row, text) in rows.into_iter().zip(opened) {
            let text = text.ok_or(RegistryError::Corrupt("staged row"))?;
            let people: People =
                serde_json::from_str(&text).map_err(|_| RegistryError::Corrupt("staged row"))?;
            let access =
                AccessId::parse(&row.access_id).map_err(|_| RegistryError::Corrupt("access id"))?;
            said.push((row, people.said(role, &access)));
        }
        Ok(said)
    }

    async fn store_arrivals(
        &self,
        tx: &DatabaseTransaction,
        report: &ImportReport,
        role: &'static str,
        arrivals: Vec<Arrival>,
    ) -> Result<(), RegistryError> {
        let mut items = Vec::with_capacity(arrivals.len());
        for arrival in &arrivals {
            let said = &arrival.said;
            let texts = [
                (resident::NAME, said.name.as_deref()),
                (resident::OTHER_COLUMNS, said.other_columns.as_deref()),
            ];
            for (column, text) in texts {
                items.extend(text.map(|text| SealItem {
                    subject: arrival.subject,
                    table: resident::TABLE,
                    column,
                    row_id: arrival.id,
                    text,
                }));
            }
        }
        let mut sealed: HashMap<(Uuid, &str), Vec<u8>> = HashMap::with_capacity(items.len());
        for (item, bytes) in items.iter().zip(self.privacy.seal_first(&items).await?) {
            sealed.insert((item.row_id, item.column), bytes);
        }
        let rows = arrivals.iter().map(|arrival| resident::ActiveModel {
            id: Set(arrival.id),
            network: Set(report.network.to_string()),
            subject_id: Set(arrival.subject.as_uuid()),
            access_id: Set(arrival.access_id.clone()),
            role: Set(role.to_owned()),
            name: Set(sealed.remove(&(arrival.id, resident::NAME))),
            other_columns: Set(sealed.remove(&(arrival.id, resident::OTHER_COLUMNS))),
            mark: Set(arrival.mark.clone()),
            name_token: Set(self.name_token(&report.network, role, arrival.said.name.as_deref())),
            protected: Set(false),
            not_to_providers: Set(false),
            import_id: Set(Some(report.id)),
            superseded_by: Set(None),
        });
        Ok(insert_rows(tx, rows.collect()).await?)
    }
}
