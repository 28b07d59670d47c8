//! Staff enter a contact: into quarantine, with a mail that asks the person.

use kernel::NetworkCode;
use messaging::{Claim, Work};
use privacy::{Identifier, Known, Origin};
use prost::Message as _;
use uuid::Uuid;

use super::mails::{Ask, CONFIRM};
use super::{Crm, CrmError};
use crate::domain::ContactId;
use crate::domain::contact::{ContactInput, ContactState, NewContact};
use crate::domain::schedule;
use crate::store::contact;

impl Crm {
    /// Enters a contact, once per command id. Known and unknown addresses get the same answer and the same mail: every
    /// contact is a new one in quarantine, and only the person's yes joins it with an older one.
    pub async fn create_contact(
        &self,
        network: NetworkCode,
        command_id: Uuid,
        input: &ContactInput,
    ) -> Result<ContactId, CrmError> {
        let new = NewContact::parse(input).map_err(CrmError::Invalid)?;
        self.post()?;
        let operation = format!("crm.create_contact:{network}");
        let mut work = self.outbox.begin().await?;
        if let Claim::Repeated(answer) = work.claim(&operation, command_id).await? {
            work.rollback().await?;
            return repeated(&answer);
        }
        let id = self.enter(&mut work, &network, new).await?;
        let answer = api::crm::CreateContactResponse {
            contact_id: id.to_string(),
        };
        work.conclude(&operation, command_id, &answer.encode_to_vec())
            .await?;
        work.commit().await?;
        Ok(id)
    }

    async fn enter(
        &self,
        work: &mut Work,
        network: &NetworkCode,
        new: NewContact,
    ) -> Result<ContactId, CrmError> {
        let admission = self
            .privacy
            .subject(work.tx(), network, &known(&new), Origin::Staff)
            .await?;
        let subject = admission.subject().ok_or(CrmError::NotFound)?;
        let id = ContactId::generate(self.clock.as_ref());
        let now = self.clock.now();
        let [name, email, phone, company, title] = self.seal(subject, id, &new).await?;
        let row = contact::Model {
            id: id.as_uuid(),
            network: network.to_string(),
            subject_id: subject.as_uuid(),
            state: ContactState::Quarantined.as_str().to_owned(),
            source: new.source.as_str().to_owned(),
            language: new.language.code().to_owned(),
            newsletter: new.newsletter,
            name,
            email,
            phone,
            company,
            title,
            reminders: 0,
            created_at: now,
            confirmed_at: None,
            next_step_at: Some(schedule::next(now, 0)),
        };
        contact::insert(work.tx(), row).await?;
        let ask = Ask {
            network,
            subject,
            contact: id,
            entered_at: now,
            language: new.language,
            name: new.name.as_str(),
            email: new.email.clone(),
            template: CONFIRM,
            days_left: schedule::REMOVAL_DAY,
        };
        self.ask(work, ask).await?;
        Ok(id)
    }
}

/// Typed by staff and proven by nothing: it leads to the contact and joins it with nobody.
fn known(new: &NewContact) -> Vec<Known> {
    let phone = new
        .phone
        .clone()
        .map(|phone| Known::unverified(Identifier::Phone(phone)));
    [Known::unverified(Identifier::Email(new.email.clone()))]
        .into_iter()
        .chain(phone)
        .collect()
}

fn repeated(answer: &[u8]) -> Result<ContactId, CrmError> {
    let answer = api::crm::CreateContactResponse::decode(answer)?;
    ContactId::parse(&answer.contact_id)
        .map_err(|refused| CrmError::invalid("command_id", refused.rule))
}
