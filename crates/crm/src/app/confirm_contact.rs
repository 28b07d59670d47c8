//! The person says yes.

use kernel::{Email, NetworkCode};
use messaging::Work;
use privacy::{Identifier, Known, SubjectId};

use super::{Crm, CrmError, is_elsewhere};
use crate::domain::consent::CHANNEL_MAIL_LINK;
use crate::domain::contact::ContactState;
use crate::domain::token::ConfirmationToken;
use crate::events::outgoing;
use crate::store::{confirmation, contact, unreadable};

/// How a yes was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// The contact leaves quarantine.
    Now,
    /// It had left it: repeating changes nothing.
    Already,
    /// There is nothing to confirm any more.
    Gone,
}

impl Crm {
    /// Takes the person out of quarantine; the used link is the evidence. A repetition changes nothing.
    pub async fn confirm_contact(
        &self,
        visited: Option<&NetworkCode>,
        link: &str,
    ) -> Result<Confirmed, CrmError> {
        let Some(token) = ConfirmationToken::parse(link) else {
            return Ok(Confirmed::Gone);
        };
        let mut work = self.outbox.begin().await?;
        let Some(row) = confirmation::lock(work.tx(), &token).await? else {
            return Ok(Confirmed::Gone);
        };
        let network = row.network()?;
        let Some(contact) = contact::lock(work.tx(), &network, row.contact()).await? else {
            return Ok(Confirmed::Gone);
        };
        if is_elsewhere(visited, &network) {
            return Ok(Confirmed::Gone);
        }
        if contact.state()? == ContactState::Confirmed {
            return Ok(Confirmed::Already);
        }
        let now = self.clock.now();
        // Erased or restricted meanwhile: there is nobody to say yes.
        let person = self.person(&contact).await?.filter(|_| row.is_open(now));
        let Some(person) = person else {
            return Ok(Confirmed::Gone);
        };

        contact::set_confirmed(work.tx(), &contact, now).await?;
        confirmation::set_used(work.tx(), &row, CHANNEL_MAIL_LINK, now).await?;
        let email = Email::parse(&person.email).map_err(|_| unreadable("email"))?;
        let replaced = self
            .join_older(&mut work, &network, &contact, email)
            .await?;
        work.record(outgoing::contact_confirmed(&network, contact.contact_id()));
        work.commit().await?;
        self.destroy_keys(&replaced).await?;
        Ok(Confirmed::Now)
    }

    /// The address is proven now. Older contacts with it are this person's: the one just confirmed takes their place.
    async fn join_older(
        &self,
        work: &mut Work,
        network: &NetworkCode,
        contact: &contact::Model,
        email: Email,
    ) -> Result<Vec<SubjectId>, CrmError> {
        let email = Identifier::Email(email);
        let mut same = self.privacy.find(work.tx(), network, &email).await?;
        same.retain(|subject| *subject != contact.subject());
        self.privacy
            .attach(
                work.tx(),
                network,
                contact.subject(),
                &[Known::verified(email)],
            )
            .await?;
        let older = contact::lock_others(work.tx(), network, &same, contact.contact_id()).await?;
        let mut replaced = Vec::with_capacity(older.len());
        for row in &older {
            contact::delete(work.tx(), row).await?;
            confirmation::delete_of(work.tx(), network, row.contact_id()).await?;
            replaced.push(row.subject());
        }
        self.privacy.forget(work.tx(), &replaced).await?;
        Ok(replaced)
    }
}
