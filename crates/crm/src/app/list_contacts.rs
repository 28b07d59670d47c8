//! Contacts by state, for staff. Those in quarantine show no person.

use kernel::NetworkCode;
use privacy::AccessEntry;
use sea_orm::ConnectionTrait;
use service_kit::caller::Caller;

use super::{ContactView, Crm, CrmError};
use crate::domain::ContactId;
use crate::domain::contact::ContactState;
use crate::store::contact::{self, SEALED};

/// The purpose that the access log names for a list.
const PURPOSE: &str = "contact_list";

/// Rows of a page unless asked otherwise.
const PAGE_SIZE: u32 = 50;
/// Rows of a page at most: what fits on a screen, and every shown person is a line in the access log.
const PAGE_SIZE_MAX: u32 = 200;

/// Which page.
#[derive(Debug, Default)]
pub struct ContactPage {
    /// Only those in this state.
    pub state: Option<ContactState>,
    /// Rows wanted; 0 for the usual number.
    pub size: u32,
    /// The last contact of the page before.
    pub below: Option<ContactId>,
}

impl Crm {
    /// A page of contacts, newest first, and where the next begins. Each person shown is logged.
    pub async fn list_contacts(
        &self,
        network: NetworkCode,
        caller: &Caller,
        page: ContactPage,
    ) -> Result<(Vec<ContactView>, Option<ContactId>), CrmError> {
        let size = if page.size == 0 {
            PAGE_SIZE
        } else {
            page.size.min(PAGE_SIZE_MAX)
        };
        let work = self.outbox.begin().await?;
        let mut rows = contact::page(
            work.tx(),
            &network,
            page.state,
            page.below,
            u64::from(size) + 1,
        )
        .await?;
        let more = rows.len() > size as usize;
        rows.truncate(size as usize);
        let next = if more {
            rows.last().map(contact::Model::contact_id)
        } else {
            None
        };

        let shown: Vec<_> = rows
            .iter()
            .filter(|row| row.confirmed_at.is_some())
            .collect();
        let mut people = self.people(&shown).await?.into_iter();
        let mut views = Vec::with_capacity(rows.len());
        for row in &rows {
            let person = if row.confirmed_at.is_some() {
                people.next().flatten()
            } else {
                None
            };
            if person.is_some() {
                self.log_reading(work.tx(), &network, caller, PURPOSE.to_owned(), row)
                    .await?;
            }
            views.push(ContactView::of(row, person)?);
        }
        work.commit().await?;
        Ok((views, next))
    }

    /// Writes the access log in the transaction that reads.
    pub(super) async fn log_reading<C: ConnectionTrait>(
        &self,
        tx: &C,
        network: &NetworkCode,
        caller: &Caller,
        purpose: String,
        row: &contact::Model,
    ) -> Result<(), CrmError> {
        let record = format!("contact:{}", row.id);
        let entry = AccessEntry {
            network: network.clone(),
            caller,
            purpose,
            subject: row.subject(),
            record,
            fields: &SEALED,
        };
        Ok(self.privacy.log_access(tx, entry).await?)
    }
}
