//! The access log: who read what of whom, written in the transaction that reads.

use kernel::NetworkCode;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use service_kit::caller::Caller;

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
        let (kind, actor) = entry.caller.actor();
        let row = access_log::ActiveModel {
            id: Set(kernel::new_id(self.0.clock.as_ref())),
            network: Set(entry.network.as_str().to_owned()),
            at: Set(self.0.clock.now()),
            actor_kind: Set(kind.to_string()),
            actor_id: Set(actor.to_string()),
            purpose: Set(entry.purpose),
            subject_id: Set(entry.subject.as_uuid()),
            record: Set(entry.record),
            fields: Set(entry.fields.join(",")),
        };
        access_log::Entity::insert(row)
            .exec_without_returning(tx)
            .await?;
        Ok(())
    }
}
