//! Staff ask a provider how one of its customers is reached (ON-API 2.6, spec_sp/contacts). That they asked, and why, is
//! recorded before the provider is called; the answer is shown and kept nowhere.

use kernel::{IdentityNumber, NetworkCode, ProviderId};
use privacy::{AccessEntry, SubjectId};
use serde::{Deserialize, Serialize};
use service_kit::caller::Caller;
use service_kit::outgoing::Answer;
use uuid::Uuid;

use super::calling::{self, NO_CREDENTIAL};
use crate::app::Orders;
use crate::app::error::OrdersError;
use crate::domain::catalogue::offering::is_external_id;
use crate::domain::provider_system::Function;
use crate::domain::purpose::Purpose;
use crate::store::{contact_request, subscription};

/// Characters of each text that is shown; what is longer is cut.
const TEXT_MAX_CHARS: usize = 255;
/// What came of a request that was answered.
const GIVEN: &str = "given";
/// What the answer has, as the access log names it.
const FIELDS: &[&str] = &["name", "email", "phone"];

/// How a customer is reached. `Debug` says nothing.
#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Contacts {
    /// As the provider writes it.
    pub name: Option<String>,
    /// As the provider writes it.
    pub email: Option<String>,
    /// As the provider writes it.
    pub phone: Option<String>,
    /// As the provider writes it.
    pub mobile_phone: Option<String>,
}

impl std::fmt::Debug for Contacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contacts(..)")
    }
}

#[derive(Serialize)]
struct Asked<'a> {
    reason: &'a str,
}

impl Orders {
    /// Asks.
    ///
    /// # Errors
    /// A field is wrong; the provider has no such function, no such customer, or does not answer as it should; the database
    /// fails.
    pub async fn ask_provider_contacts(
        &self,
        caller: &Caller,
        (network, provider): (&NetworkCode, &ProviderId),
        sp_reference: &str,
        reason: &str,
    ) -> Result<Contacts, OrdersError> {
        let reason = checked(sp_reference, reason)?;
        let system = self.provider_system(network, provider).await?;
        if !system.has(Function::Contacts) {
            let missing = Function::Contacts.as_str();
            return Err(OrdersError::ProviderFunctionMissing(missing));
        }
        let url = calling::address(&system, &[Function::Contacts.as_str(), sp_reference])?;
        let headers = self.call_headers(&system);
        let headers = headers.ok_or(OrdersError::ProviderSystemUnavailable(NO_CREDENTIAL))?;
        let id = self
            .record_contact_request(caller, (network, provider), sp_reference, &reason)
            .await?;
        let asked = Asked {
            reason: reason.as_str(),
        };
        let body = serde_json::to_vec(&asked).expect("a text is JSON");
        let read = match self.systems.outgoing.post(&url, headers, body).await {
            Ok(answer) => read(&answer),
            Err(error) => Err(OrdersError::ProviderSystemUnavailable(error.as_str())),
        };
        let outcome = match &read {
            Ok(_) => GIVEN,
            Err(OrdersError::ContactsNotFound) => "not_found",
            Err(OrdersError::ProviderSystemUnavailable(why)) => why,
            Err(_) => "failed",
        };
        let work = self.outbox.begin().await?;
        contact_request::settle(work.tx(), network.as_str(), id, outcome).await?;
        work.commit().await?;
        read
    }

    async fn record_contact_request(
        &self,
        caller: &Caller,
        (network, provider): (&NetworkCode, &ProviderId),
        sp_reference: &str,
        reason: &Purpose,
    ) -> Result<Uuid, OrdersError> {
        let work = self.outbox.begin().await?;
        let (id, reference) = (kernel::new_id(self.clock.as_ref()), sp_reference.to_owned());
        let known =
            subscription::subject_of_reference(work.tx(), (network, provider), sp_reference)
                .await?;
        let columns = [
            ("sp_reference", Some(reference)),
            ("reason", Some(reason.as_str().to_owned())),
        ];
        let place = (contact_request::TABLE, id);
        let sealed = self
            .seal_row(&work, network, known, place, &columns)
            .await?;
        let subject = sealed.subject.ok_or(OrdersError::CustomerErased)?;
        let [sp_reference, reason_sealed] = sealed.values;
        let row = contact_request::Model {
            id,
            network: network.to_string(),
            subject_id: Some(subject),
            provider_id: provider.to_string(),
            caller_id: caller.id.clone(),
            at: self.clock.now(),
            outcome: None,
            sp_reference,
            reason: reason_sealed,
        };
        contact_request::insert(work.tx(), row).await?;
        let reading = AccessEntry {
            network: network.clone(),
            caller,
            purpose: reason.class().to_owned(),
            subject: SubjectId::from_uuid(subject),
            record: format!("contact_request:{id}"),
            fields: FIELDS,
        };
        self.privacy.log_access(work.tx(), reading).await?;
        work.commit().await?;
        Ok(id)
    }
}

fn checked(sp_reference: &str, reason: &str) -> Result<Purpose, OrdersError> {
    // One of dots alone would be another path.
    let is_id = is_external_id(sp_reference) && !sp_reference.bytes().all(|b| b == b'.');
    if !is_id || IdentityNumber::is_shaped_like(sp_reference) {
        let rule = "the provider's reference: 1 to 36 letters, digits, \"-\" and \".\", and no identity number";
        return Err(OrdersError::invalid("sp_reference", rule));
    }
    if IdentityNumber::stands_in(reason) {
        return Err(OrdersError::invalid("reason", "without an identity number"));
    }
    Purpose::parse(reason).map_err(|error| OrdersError::invalid("reason", &error.to_string()))
}

fn read(answer: &Answer) -> Result<Contacts, OrdersError> {
    match answer.status.as_u16() {
        200 => {}
        404 => return Err(OrdersError::ContactsNotFound),
        401 | 403 => return Err(OrdersError::ProviderSystemUnavailable("credential")),
        _ => return Err(OrdersError::ProviderSystemUnavailable("status")),
    }
    let read = serde_json::from_slice::<Contacts>(&answer.body);
    let contacts = read.map_err(|_| OrdersError::ProviderSystemUnavailable("answer_unreadable"))?;
    let cut = |text: Option<String>| {
        text.map(|text| text.chars().take(TEXT_MAX_CHARS).collect::<String>())
    };
    Ok(Contacts {
        name: cut(contacts.name),
        email: cut(contacts.email),
        phone: cut(contacts.phone),
        mobile_phone: cut(contacts.mobile_phone),
    })
}
