//! A holder says that it is done, and proves it.

use api::privacy as pb;
use chrono::{DateTime, Utc};
use messaging::{Envelope, HandlerError, Work};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};

use super::Rights;
use super::answers::{ACCEPTED, Answer};
use super::error::refusal_reason;
use crate::domain::evidence::{Difference, Flaw, judge, judge_access};
use crate::domain::state::RequestKind;
use crate::store::cases::Loaded;
use crate::store::{export_part, part, words};

const KIND: &str = "execution";

impl Rights {
    /// Takes an execution answer.
    ///
    /// # Errors
    /// [`HandlerError`].
    pub async fn take_execution(
        &self,
        work: &mut Work,
        envelope: &Envelope,
    ) -> Result<(), HandlerError> {
        let answer = self.open::<pb::ExecutionAnswered>(envelope, "execution.answered.v1")?;
        let mut loaded = self.answered(work, &answer.said.request_id).await?;
        let effect = self
            .apply_execution(work, &mut loaded, &answer, envelope.occurred_at)
            .await?;
        self.note_answer(work, &loaded, &answer, KIND, effect)
            .await?;
        Ok(())
    }

    async fn apply_execution(
        &self,
        work: &mut Work,
        loaded: &mut Loaded,
        answer: &Answer<pb::ExecutionAnswered>,
        answered_at: DateTime<Utc>,
    ) -> Result<&'static str, HandlerError> {
        let said = &answer.said;
        let Some(row) = loaded.parts.get(&answer.signer) else {
            return Ok("HOLDER_UNKNOWN");
        };
        if said.holder != answer.signer {
            return Ok("OTHER_HOLDER");
        }
        // Both times are the holder's own: what it said before it was restored says nothing of what it has now.
        if row.void_since.is_some_and(|since| answered_at < since) {
            return Ok("BEFORE_RESTORE");
        }
        let differences = match self.judge(work, loaded, row, said).await? {
            Ok(differences) => differences,
            Err(flaw) => return Ok(flaw.reason()),
        };
        let effects = match loaded.case.proven(&said.holder, said.ledger_entry) {
            Ok(effects) => effects,
            Err(refusal) => return Ok(refusal_reason(refusal)),
        };
        if let Some(row) = loaded.parts.get_mut(&answer.signer) {
            row.answer = Some(answer.signed.payload.clone());
            row.answer_identity = Some(answer.identity());
            row.answer_signature = Some(answer.signed.signature.clone());
            row.differences = serde_json::to_string(&differences).map_err(HandlerError::fail)?;
            row.residual = 0;
            row.answered_at = Some(self.clock.now());
        }
        loaded.save(work.tx(), self.clock.as_ref()).await?;
        if loaded.case.kind() == RequestKind::Erasure {
            self.tell_recipients(work, loaded, said).await?;
        }
        self.say(work, loaded, &effects);
        Ok(ACCEPTED)
    }

    async fn judge(
        &self,
        work: &Work,
        loaded: &Loaded,
        row: &part::Model,
        said: &pb::ExecutionAnswered,
    ) -> Result<Result<Vec<Difference>, Flaw>, DbErr> {
        Ok(match loaded.case.kind() {
            RequestKind::Erasure => {
                let (found, decided) = (
                    words::read_counts(&row.found),
                    words::read_decisions(&row.decisions),
                );
                judge(said, &found, &decided).map(|proof| proof.differences)
            }
            RequestKind::Access => {
                let arrived = arrived_bytes(work, row).await?;
                judge_access(said, arrived).map(|()| Vec::new())
            }
        })
    }
}

async fn arrived_bytes(work: &Work, row: &part::Model) -> Result<u64, DbErr> {
    let sizes: Vec<i64> = export_part::Entity::find()
        .select_only()
        .column(export_part::Column::Bytes)
        .filter(export_part::Column::RequestId.eq(row.request_id))
        .filter(export_part::Column::Holder.eq(row.holder.as_str()))
        .into_tuple()
        .all(work.tx())
        .await?;
    Ok(sizes
        .into_iter()
        .filter_map(|size| u64::try_from(size).ok())
        .sum())
}
