//! The access log: who read what of whom, written in the transaction that reads.

use chrono::SubsecRound as _;
use kernel::NetworkCode;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use service_kit::caller::Caller;
use uuid::Uuid;

use super::Privacy;
use crate::{PrivacyError, SubjectId, store::access_log};

/// One reading of one person's data.
#[derive(Clone, Debug)]
pub struct AccessEntry<'a> {
    /// The network whose data it is.
    pub network: NetworkCode,
    /// Who reads.
    pub caller: &'a Caller,
    /// Why: "customer_service_call", "order_delivery" …
    pub purpose: String,
    /// Whose data.
    pub subject: SubjectId,
    /// Which record: "order:<id>". Never an identifier of the person.
    pub record: String,
    /// Which fields were shown.
    pub fields: &'a [&'a str],
}

/// A reading whose end is told by a line of its own ([`Privacy::log_end`]): what is streamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "of a stream, the end is logged too"]
pub struct Reading(Uuid);

impl Privacy {
    /// Writes one line of the access log in the reader's transaction.
    ///
    /// # Errors
    /// When the database fails; then the reading must fail too.
    pub async fn log_access<C: ConnectionTrait>(
        &self,
        tx: &C,
        entry: AccessEntry<'_>,
    ) -> Result<(), PrivacyError> {
        self.log_line(tx, &entry, None).await.map(drop)
    }

    /// Writes the line that stands before the first byte of a stream (decisions.md 30).
    ///
    /// # Errors
    /// When the database fails; then nothing may be streamed.
    pub async fn log_intent<C: ConnectionTrait>(
        &self,
        tx: &C,
        entry: &AccessEntry<'_>,
    ) -> Result<Reading, PrivacyError> {
        self.log_line(tx, entry, None).await.map(Reading)
    }

    /// Writes how much of a stream left, when it has ended: by itself, or because the reader went away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_end<C: ConnectionTrait>(
        &self,
        tx: &C,
        entry: &AccessEntry<'_>,
        reading: Reading,
        count: u64,
    ) -> Result<(), PrivacyError> {
        self.log_line(tx, entry, Some((reading, count)))
            .await
            .map(drop)
    }

    async fn log_line<C: ConnectionTrait>(
        &self,
        tx: &C,
        entry: &AccessEntry<'_>,
        end: Option<(Reading, u64)>,
    ) -> Result<Uuid, PrivacyError> {
        let (kind, actor) = entry.caller.actor();
        let id = kernel::new_id(self.0.clock.as_ref());
        let row = access_log::ActiveModel {
            id: Set(id),
            network: Set(entry.network.as_str().to_owned()),
            // To the microsecond: what every store keeps, so that the line hashes alike when it is read again.
            at: Set(self.0.clock.now().trunc_subsecs(6)),
            actor_kind: Set(kind.to_string()),
            actor_id: Set(actor.to_string()),
            purpose: Set(entry.purpose.clone()),
            subject_id: Set(entry.subject.as_uuid()),
            record: Set(entry.record.clone()),
            fields: Set(entry.fields.join(",")),
            intent: Set(end.map(|(reading, _)| reading.0)),
            count: Set(end.map(|(_, count)| i64::try_from(count).unwrap_or(i64::MAX))),
            batch_epoch: Set(None),
            batch_number: Set(None),
        };
        access_log::Entity::insert(row)
            .exec_without_returning(tx)
            .await?;
        Ok(id)
    }
}
