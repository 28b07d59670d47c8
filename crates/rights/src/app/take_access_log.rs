//! A copy of a batch of a holder's access log, kept where a restore of the holder cannot forget it (decisions.md 10).

use api::privacy as pb;
use messaging::{Envelope, HandlerError, Work};
use privacy::{ACCESS_LOG_SEALED, AccessBatch};
use prost::Message as _;

use super::Rights;
use crate::domain::access_copy::Flaw;
use crate::ledger::LogCopy;
use crate::store::holders;

/// Lines of one batch: a holder seals some 100 kB.
const LINES_MAX: usize = 1024 * 1024;
/// A service's name (`IdentityStatement`).
const NAME_MAX: usize = 32;

impl Rights {
    /// Takes a batch. It is durable in the ledger's store before the message is claimed, so a crash in between takes it
    /// again, without effect. What is wrong with one is recorded and shown; it never stops those that follow.
    ///
    /// # Errors
    /// [`HandlerError`].
    pub async fn take_access_log(
        &self,
        work: &mut Work,
        envelope: &Envelope,
    ) -> Result<(), HandlerError> {
        let holder = claimed(envelope)?;
        let message: pb::AccessLogSealed = envelope.decode()?;
        if message.lines.len() > LINES_MAX {
            return Err(HandlerError::fail(anyhow::anyhow!(
                "a batch that is larger than any"
            )));
        }
        let flaw = match self.open_batch(envelope, message) {
            Ok(copy) => {
                let kept = self.ledger.keep_copy(copy).await;
                kept.map_err(HandlerError::retry)?
            }
            Err(refused) => Some(self.note(work, holder, refused).await?),
        };
        if let Some(flaw) = flaw {
            metrics::counter!("rights_access_log_findings_total", "reason" => flaw.as_str())
                .increment(1);
            tracing::error!(
                holder,
                message = %envelope.message_id,
                reason = flaw.as_str(),
                "the copy of an access log is not as it should be"
            );
        }
        Ok(())
    }

    /// The batch, if the holder signed it, head and lines.
    fn open_batch(
        &self,
        envelope: &Envelope,
        message: pb::AccessLogSealed,
    ) -> Result<LogCopy, Refused> {
        let signed = message.batch.unwrap_or_default();
        let encoded = signed.encode_to_vec();
        let refused = |flaw, at, why| Refused {
            flaw,
            fingerprint: hex::encode(AccessBatch::digest(&encoded)),
            at,
            why,
        };
        let event = envelope.event_type.as_str();
        let opened = self
            .anchor
            .open_event::<pb::AccessBatch>(event, &signed, self.clock.now());
        let (head, signer) =
            opened.map_err(|why| refused(Flaw::Signature, (0, 0), why.to_string()))?;
        let own = event == format!("{signer}.{ACCESS_LOG_SEALED}");
        let batch = AccessBatch::parse(&head)
            .filter(|batch| own && batch.holder == signer)
            .ok_or_else(|| {
                let why = format!("{signer} signed what is no batch of its own");
                refused(Flaw::Signature, (0, 0), why)
            })?;
        if head.lines_digest != AccessBatch::digest(&message.lines) {
            let at = (batch.epoch, batch.number);
            let why = "the digest of the lines is another".to_owned();
            return Err(refused(Flaw::AlteredLines, at, why));
        }
        Ok(LogCopy {
            batch,
            signed: encoded,
            lines: message.lines,
        })
    }

    /// Records what was refused, if it concerns a holder that is known; what anybody makes up becomes a dead letter.
    async fn note(
        &self,
        work: &Work,
        holder: &str,
        refused: Refused,
    ) -> Result<Flaw, HandlerError> {
        let Refused {
            flaw,
            fingerprint,
            at,
            why,
        } = refused;
        if holders::by_name(work.tx(), holder).await?.is_none() {
            return Err(HandlerError::fail(anyhow::anyhow!(
                "a batch of an unknown holder: {why}"
            )));
        }
        tracing::warn!(holder, why, "a batch of an access log is not kept");
        let noted = self.ledger.note_flaw(holder, flaw, &fingerprint, at).await;
        noted.map_err(HandlerError::retry)?;
        Ok(flaw)
    }
}

/// Who the message claims to be from; the signature has yet to say so.
fn claimed(envelope: &Envelope) -> Result<&str, HandlerError> {
    let name = envelope.event_type.split('.').next().unwrap_or_default();
    let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if name.is_empty() || name.len() > NAME_MAX || !name.bytes().all(is_name) {
        return Err(HandlerError::fail(anyhow::anyhow!("a batch of nobody")));
    }
    Ok(name)
}

/// A message that is not kept.
struct Refused {
    flaw: Flaw,
    fingerprint: String,
    at: (u64, u64),
    why: String,
}
