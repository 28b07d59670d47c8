//! A holder says what it has.

use api::privacy as pb;
use messaging::{Envelope, HandlerError, Work};

use super::Rights;
use super::answers::{ACCEPTED, Answer};
use super::error::refusal_reason;
use crate::domain::policy;
use crate::store::cases::Loaded;
use crate::store::words;

const KIND: &str = "discovery";

impl Rights {
    /// Takes a discovery answer.
    ///
    /// # Errors
    /// [`HandlerError`].
    pub async fn take_discovery(
        &self,
        work: &mut Work,
        envelope: &Envelope,
    ) -> Result<(), HandlerError> {
        let answer = self.open::<pb::DiscoveryAnswered>(envelope, "discovery.answered.v1")?;
        let mut loaded = self.answered(work, &answer.said.request_id).await?;
        let since = loaded
            .parts
            .get(&answer.signer)
            .and_then(|row| row.void_since);
        let effect = match since {
            Some(since) if envelope.occurred_at < since => "BEFORE_RESTORE",
            _ => self.apply_discovery(work, &mut loaded, &answer).await?,
        };
        self.note_answer(work, &loaded, &answer, KIND, effect)
            .await?;
        Ok(())
    }

    async fn apply_discovery(
        &self,
        work: &mut Work,
        loaded: &mut Loaded,
        answer: &Answer<pb::DiscoveryAnswered>,
    ) -> Result<&'static str, HandlerError> {
        let said = &answer.said;
        if said.holder != answer.signer {
            return Ok("OTHER_HOLDER");
        }
        if let Err(unfounded) = policy::check(said) {
            return Ok(unfounded.reason());
        }
        let effects = match loaded.case.discovered(&said.holder, said.round) {
            Ok(effects) => effects,
            Err(refusal) => return Ok(refusal_reason(refusal)),
        };
        if let Some(row) = loaded.parts.get_mut(&said.holder) {
            row.found = words::write_counts(&said.categories);
            row.decisions = words::write_decisions(&policy::decide(&said.categories));
            row.replay_handle = Some(said.replay_handle.clone());
            row.answered_at = Some(self.clock.now());
        }
        loaded.save(work.tx(), self.clock.as_ref()).await?;
        self.say(work, loaded, &effects);
        Ok(ACCEPTED)
    }
}
