//! One confirmed contact, for staff.

use kernel::NetworkCode;
use service_kit::caller::Caller;

use super::{ContactView, Crm, CrmError};
use crate::domain::contact::ContactState;
use crate::domain::{ContactId, purpose};
use crate::store::contact;

impl Crm {
    /// Reads a contact, for a stated purpose; the reading is logged. What is in quarantine is not there.
    pub async fn get_contact(
        &self,
        network: NetworkCode,
        caller: &Caller,
        id: ContactId,
        stated: &str,
    ) -> Result<ContactView, CrmError> {
        let purpose = purpose::parse(stated).map_err(CrmError::Invalid)?;
        let work = self.outbox.begin().await?;
        let row = contact::find(work.tx(), &network, id)
            .await?
            .ok_or(CrmError::NotFound)?;
        if row.state()? != ContactState::Confirmed {
            return Err(CrmError::NotFound);
        }
        let person = self.person(&row).await?.ok_or(CrmError::NotFound)?;
        self.log_reading(work.tx(), &network, caller, purpose, &row)
            .await?;
        work.commit().await?;
        ContactView::of(&row, Some(person))
    }
}
