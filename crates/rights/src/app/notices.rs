//! Each recipient of what is erased is told (art. 19): whom the holder names, and whom the replicated register names.

use std::collections::{BTreeMap, BTreeSet};

use api::privacy as pb;
use messaging::{HandlerError, Work};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter,
};

use super::Rights;
use super::effects::RECIPIENT_NOTIFIED;
use crate::store::cases::Loaded;
use crate::store::{disclosure, recipient_notice};

type Recipients = BTreeMap<String, BTreeSet<String>>;

impl Rights {
    /// Tells the recipients that a holder's answer and the register of disclosures name; each once, again when more
    /// records turn up.
    pub(crate) async fn tell_recipients(
        &self,
        work: &mut Work,
        loaded: &Loaded,
        answer: &pb::ExecutionAnswered,
    ) -> Result<(), HandlerError> {
        for (recipient, records) in self.recipients(work, loaded, answer).await? {
            self.tell(work, loaded, &recipient, records).await?;
        }
        Ok(())
    }

    async fn recipients(
        &self,
        work: &Work,
        loaded: &Loaded,
        answer: &pb::ExecutionAnswered,
    ) -> Result<Recipients, DbErr> {
        let records: BTreeSet<String> = answer
            .recipients
            .iter()
            .flat_map(|r| r.record_ids.iter().cloned())
            .collect();
        let mut recipients = Recipients::new();
        // A reference without a recipient only names records of the person.
        for named in answer.recipients.iter().filter(|r| !r.recipient.is_empty()) {
            recipients
                .entry(named.recipient.clone())
                .or_default()
                .extend(named.record_ids.iter().cloned());
        }
        if records.is_empty() {
            return Ok(recipients);
        }
        let replicated = disclosure::Entity::find()
            .filter(disclosure::Column::Network.eq(loaded.request.network.as_str()))
            .filter(disclosure::Column::Holder.eq(answer.holder.as_str()))
            .filter(disclosure::Column::RecordId.is_in(records))
            .all(work.tx())
            .await?;
        for row in replicated {
            recipients
                .entry(row.recipient)
                .or_default()
                .insert(row.record_id);
        }
        Ok(recipients)
    }

    async fn tell(
        &self,
        work: &mut Work,
        loaded: &Loaded,
        recipient: &str,
        records: BTreeSet<String>,
    ) -> Result<(), HandlerError> {
        let known = recipient_notice::Entity::find()
            .filter(recipient_notice::Column::RequestId.eq(loaded.request.id))
            .filter(recipient_notice::Column::Recipient.eq(recipient))
            .one(work.tx())
            .await?;
        let row = match known {
            None => {
                self.new_notice(loaded, recipient, &records)?
                    .insert(work.tx())
                    .await?
            }
            Some(row) => {
                let mut all: BTreeSet<String> =
                    serde_json::from_str(&row.record_ids).map_err(HandlerError::fail)?;
                let before = all.len();
                all.extend(records);
                if all.len() == before {
                    return Ok(());
                }
                let mut active = row.into_active_model();
                active.record_ids = Set(serde_json::to_string(&all).map_err(HandlerError::fail)?);
                active.update(work.tx()).await?
            }
        };
        let notified = pb::RecipientNotified {
            request_id: loaded.request.id.to_string(),
            network: loaded.request.network.clone(),
            recipient: row.recipient,
            record_ids: serde_json::from_str(&row.record_ids).map_err(HandlerError::fail)?,
            kind: loaded.request.kind.clone(),
            notice_id: row.id.to_string(),
        };
        self.record_signed(work, RECIPIENT_NOTIFIED, &loaded.request, &notified);
        Ok(())
    }

    fn new_notice(
        &self,
        loaded: &Loaded,
        recipient: &str,
        records: &BTreeSet<String>,
    ) -> Result<recipient_notice::ActiveModel, HandlerError> {
        Ok(recipient_notice::ActiveModel {
            id: Set(kernel::new_id(self.clock.as_ref())),
            network: Set(loaded.request.network.clone()),
            request_id: Set(loaded.request.id),
            recipient: Set(recipient.to_owned()),
            record_ids: Set(serde_json::to_string(records).map_err(HandlerError::fail)?),
            told_at: Set(self.clock.now()),
            acknowledged_at: Set(None),
        })
    }
}
