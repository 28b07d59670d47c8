//! A copy of a batch of a holder's access log, kept where a restore of the holder cannot forget it (decisions.md 10).

use api::privacy as pb;
use messaging::{Envelope, HandlerError, Work};
use privacy::{ACCESS_LOG_SEALED, AccessBatch};
use prost::Message as _;

use super::Rights;
use crate::domain::access_copy::Flaw;
use crate::ledger::Copy;

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
        _work: &mut Work,
        envelope: &Envelope,
    ) -> Result<(), HandlerError> {
        let flaw = match self.open_batch(envelope)? {
            Ok(copy) => self
                .ledger
                .keep_copy(copy)
                .await
                .map_err(HandlerError::retry)?,
            Err(refused) => {
                let Refused {
                    holder,
                    flaw,
                    fingerprint,
                    at,
                } = &refused;
                let noted = self.ledger.note_flaw(holder, *flaw, fingerprint, *at);
                noted.await.map_err(HandlerError::retry)?;
                Some(refused.flaw)
            }
        };
        if let Some(flaw) = flaw {
            metrics::counter!("rights_access_log_findings_total", "reason" => flaw.as_str())
                .increment(1);
            tracing::error!(
                event = envelope.event_type,
                message = %envelope.message_id,
                reason = flaw.as_str(),
                "the copy of an access log is not as it should be"
            );
        }
        Ok(())
    }

    /// The batch, if its holder signed it, or what is wrong with it. Neither: the message is none.
    fn open_batch(&self, envelope: &Envelope) -> Result<Result<Copy, Refused>, HandlerError> {
        let message: pb::AccessLogSealed = envelope.decode()?;
        let said_by = envelope.event_type.split('.').next().unwrap_or_default();
        let is_name = said_by.len() <= NAME_MAX
            && said_by
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !is_name || message.lines.len() > LINES_MAX {
            return Err(HandlerError::fail(anyhow::anyhow!(
                "a batch of nobody, or larger than any"
            )));
        }
        let signed = message.batch.unwrap_or_default();
        let refused = |flaw, at| Refused {
            holder: said_by.to_owned(),
            flaw,
            fingerprint: hex::encode(AccessBatch::digest(&signed.encode_to_vec())),
            at,
        };
        let opened = self.anchor.open_event::<pb::AccessBatch>(
            &envelope.event_type,
            &signed,
            self.clock.now(),
        );
        let (head, signer) = match opened {
            Ok(opened) => opened,
            Err(_) => return Ok(Err(refused(Flaw::Signature, (0, 0)))),
        };
        let own = envelope.event_type == format!("{signer}.{ACCESS_LOG_SEALED}");
        let batch = AccessBatch::parse(&head).filter(|batch| own && batch.holder == signer);
        let Some(batch) = batch else {
            return Ok(Err(refused(Flaw::Signature, (0, 0))));
        };
        if head.lines_digest != AccessBatch::digest(&message.lines) {
            return Ok(Err(refused(
                Flaw::AlteredLines,
                (batch.epoch, batch.number),
            )));
        }
        Ok(Ok(Copy {
            batch,
            signed: signed.encode_to_vec(),
            lines: message.lines,
        }))
    }
}

/// A message that is not kept.
struct Refused {
    /// Who the message claims to be from; the signature does not say so.
    holder: String,
    flaw: Flaw,
    fingerprint: String,
    at: (u64, u64),
}
