//! A provider fetches the personal data of one of its orders. Who received what when is recorded in the transaction
//! that reads, and a copy leaves the service, where a restore cannot forget it (decisions.md 10).

use chrono::{DateTime, Utc};
use kernel::Violation;
use messaging::Work;
use privacy::{AccessEntry, OpenItem, SubjectId};
use service_kit::caller::Caller;

use super::error::OrdersError;
use super::journal::Line;
use super::order_answers::GivenAnswer;
use super::places::StoredAddress;
use super::{Desk, Orders};
use crate::domain::log_text::LogText;
use crate::domain::purpose::{Purpose, PurposeError};
use crate::domain::{DisclosureId, OrderId};
use crate::events::outgoing;
use crate::store::report::{self, Milestone};
use crate::store::{acceptance, disclosure, order};

/// The fields that a provider receives of every order, as the access log names them; answers are named after them.
const FIELDS: &[&str] = &[
    "name",
    "identity_number",
    "email",
    "phone",
    "address",
    "acceptance",
];

/// What a provider is given. `Debug` says nothing.
#[derive(Clone)]
pub struct Disclosed {
    /// As the customer writes it.
    pub name: String,
    /// Twelve digits.
    pub identity_number: String,
    /// As the customer writes it.
    pub email: String,
    /// E.164.
    pub phone: String,
    /// Where the service is to be delivered.
    pub address: StoredAddress,
    /// Version of the accepted text; empty when the record is restricted.
    pub acceptance_version: String,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// To the network's and the provider's own fields.
    pub answers: Vec<GivenAnswer>,
    /// The record of this fetch.
    pub id: DisclosureId,
}

impl std::fmt::Debug for Disclosed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disclosed")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Orders {
    /// Opens the customer of an own order and records that.
    pub async fn disclose(
        &self,
        desk: &Desk,
        caller: &Caller,
        id: OrderId,
        purpose: &str,
    ) -> Result<Disclosed, OrdersError> {
        let purpose = Purpose::parse(purpose).map_err(refused)?;
        let mut work = self.outbox.begin().await?;
        // Locked: an erasure comes either before and leaves nothing to open, or after and finds the disclosure.
        let row = self.lock_own_order(&work, desk, id).await?;
        let subject = row
            .subject_id
            .map(SubjectId::from_uuid)
            .ok_or(OrdersError::CustomerErased)?;
        let disclosed = self.open_customer(&work, subject, &row).await?;
        self.record(&mut work, desk, caller, subject, &row, &purpose, &disclosed)
            .await?;
        work.commit().await?;
        Ok(disclosed)
    }

    async fn open_customer(
        &self,
        work: &Work,
        subject: SubjectId,
        row: &order::Model,
    ) -> Result<Disclosed, OrdersError> {
        let [name, identity_number, email, phone, address] = self.open_person(subject, row).await?;
        let (acceptance_version, accepted_at) = self.open_acceptance(work, subject, row).await?;
        Ok(Disclosed {
            name,
            identity_number,
            email,
            phone,
            address: serde_json::from_str(&address).expect("we have written this address"),
            acceptance_version,
            accepted_at,
            answers: self.opened_answers(work.tx(), row, subject).await?,
            id: DisclosureId::generate(self.clock.as_ref()),
        })
    }

    /// Name, identity number, e-mail, phone and address, the last as JSON of [`StoredAddress`].
    pub(super) async fn open_person(
        &self,
        subject: SubjectId,
        row: &order::Model,
    ) -> Result<[String; 5], OrdersError> {
        let item = |(column, sealed): (&'static str, &'_ Option<Vec<u8>>)| {
            sealed
                .clone()
                .map(|sealed| (column, sealed))
                .ok_or(OrdersError::CustomerErased)
        };
        let columns = [
            ("customer_name", &row.customer_name),
            ("identity_number", &row.identity_number),
            ("email", &row.email),
            ("phone", &row.phone),
            ("address", &row.address),
        ];
        let columns = columns
            .into_iter()
            .map(item)
            .collect::<Result<Vec<_>, _>>()?;
        let items: Vec<_> = columns
            .iter()
            .map(|(column, sealed)| OpenItem {
                subject,
                table: order::TABLE,
                column,
                row_id: row.id,
                sealed,
            })
            .collect();
        let opened: Option<Vec<String>> =
            self.privacy.open_many(&items).await?.into_iter().collect();
        let opened = opened.ok_or(OrdersError::CustomerErased)?;
        Ok(opened.try_into().expect("five in, five out"))
    }

    async fn open_acceptance(
        &self,
        work: &Work,
        subject: SubjectId,
        row: &order::Model,
    ) -> Result<(String, Option<DateTime<Utc>>), OrdersError> {
        let found = acceptance::find_of_order(work.tx(), &row.network, row.id).await?;
        let Some(acceptance::Model {
            id,
            text_version: Some(version),
            accepted_at: Some(at),
            ..
        }) = found
        else {
            return Ok((String::new(), None));
        };
        let item = |column, sealed| OpenItem {
            subject,
            table: acceptance::TABLE,
            column,
            row_id: id,
            sealed,
        };
        let opened = self
            .privacy
            .open_many(&[item("text_version", &version), item("accepted_at", &at)])
            .await?;
        let [version, at]: [Option<String>; 2] = opened.try_into().expect("two in, two out");
        let at = at
            .and_then(|at| DateTime::parse_from_rfc3339(&at).ok())
            .map(|at| at.to_utc());
        Ok((version.unwrap_or_default(), at))
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a disclosure is who, what, whose, why and where it is written"
    )]
    async fn record(
        &self,
        work: &mut Work,
        desk: &Desk,
        caller: &Caller,
        subject: SubjectId,
        row: &order::Model,
        purpose: &Purpose,
        disclosed: &Disclosed,
    ) -> Result<(), OrdersError> {
        let id = disclosed.id;
        let answers: Vec<String> = disclosed.answers.iter().map(GivenAnswer::logged).collect();
        let fields = FIELDS.iter().copied();
        let fields: Vec<&str> = fields.chain(answers.iter().map(String::as_str)).collect();
        let record = format!("order:{}", row.id);
        let sealed = self
            .privacy
            .seal(
                subject,
                disclosure::TABLE,
                "purpose",
                id.as_uuid(),
                purpose.as_str(),
            )
            .await?;
        let entry = disclosure::Model {
            id: id.as_uuid(),
            network: row.network.clone(),
            subject_id: Some(subject.as_uuid()),
            order_id: row.id,
            provider_id: row.provider_id.clone(),
            caller_id: caller.id.clone(),
            at: self.clock.now(),
            purpose_class: purpose.class().to_owned(),
            purpose: Some(sealed),
        };
        work.record(outgoing::disclosure_recorded(&self.identity, &entry));
        disclosure::insert(work.tx(), entry).await?;
        let reading = AccessEntry {
            network: desk.network.clone(),
            caller,
            purpose: purpose.class().to_owned(),
            subject,
            record,
            fields: &fields,
        };
        self.privacy.log_access(work.tx(), reading).await?;
        let class = purpose.class();
        let actor = desk.actor();
        let line = Line::new(&actor, LogText::Disclosed { class });
        let order = row.to_domain()?;
        let state = order.state();
        report::reached(work.tx(), state, Milestone::Fetched, self.clock.now()).await?;
        let whose = (&desk.network, &desk.provider);
        self.log(work, whose, state.id, row.subject_id, vec![line])
            .await
    }
}

fn refused(error: PurposeError) -> OrdersError {
    OrdersError::Invalid(vec![Violation::new("purpose", "", error.to_string())])
}
