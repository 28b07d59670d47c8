//! The person says no.

use kernel::NetworkCode;

use super::{Crm, CrmError, is_elsewhere};
use crate::domain::contact::ContactState;
use crate::domain::token::ConfirmationToken;
use crate::store::{confirmation, contact};

/// How a no was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declined {
    /// The contact is deleted.
    Deleted,
    /// There is nothing to decline (any more); a link that was used to say yes is spent, too.
    Gone,
}

impl Crm {
    /// Deletes the contact at once; what stays is a keyed token that keeps imports out.
    pub async fn decline_contact(
        &self,
        visited: Option<&NetworkCode>,
        link: &str,
    ) -> Result<Declined, CrmError> {
        let Some(token) = ConfirmationToken::parse(link) else {
            return Ok(Declined::Gone);
        };
        let work = self.outbox.begin().await?;
        let Some(row) = confirmation::lock(work.tx(), &token).await? else {
            return Ok(Declined::Gone);
        };
        let network = row.network()?;
        let Some(contact) = contact::lock(work.tx(), &network, row.contact()).await? else {
            return Ok(Declined::Gone);
        };
        let spent = contact.state()? == ContactState::Confirmed || !row.is_open(self.clock.now());
        if spent || is_elsewhere(visited, &network) {
            return Ok(Declined::Gone);
        }
        self.remove(work, &network, &contact).await?;
        Ok(Declined::Deleted)
    }
}
