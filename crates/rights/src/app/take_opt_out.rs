//! A person said no to a holder: the ledger remembers it, and the holder hears that it does (decisions.md 7).

use api::privacy as pb;
use messaging::{Envelope, HandlerError, Outgoing, Work};
use uuid::Uuid;

use super::Rights;
use super::effects::OPT_OUT_LEDGERED;
use crate::domain::ledger::EntryKind;
use crate::ledger::{Append, Part};

/// A handle holds a few subjects and tokens.
const HANDLE_MAX: usize = 64 * 1024;

impl Rights {
    /// Takes an opt-out. The entry is durable before the message is claimed and before the holder hears of it; the same
    /// opt-out again gets the same entry and the same answer.
    ///
    /// # Errors
    /// [`HandlerError`].
    pub async fn take_opt_out(
        &self,
        work: &mut Work,
        envelope: &Envelope,
    ) -> Result<(), HandlerError> {
        let answer = self.open::<pb::OptOutRecorded>(envelope, "opt_out.recorded.v1")?;
        let said = answer.said;
        let id = Uuid::parse_str(&said.opt_out_id).map_err(HandlerError::fail)?;
        if said.holder != answer.signer || said.replay_handle.is_empty() {
            return Err(HandlerError::fail(anyhow::anyhow!(
                "an opt-out of another holder, or of nobody"
            )));
        }
        if said.replay_handle.len() > HANDLE_MAX {
            return Err(HandlerError::fail(anyhow::anyhow!(
                "a replay handle of more than {HANDLE_MAX} bytes"
            )));
        }
        let mut salt = [0; 16];
        aws_lc_rs::rand::fill(&mut salt).map_err(HandlerError::retry)?;
        let append = Append {
            kind: EntryKind::OptOut,
            network: said.network.clone(),
            request_id: id.to_string(),
            scope: said.holder.clone(),
            parts: vec![Part::Order {
                holder: said.holder.clone(),
                replay_handle: said.replay_handle,
                decisions: "[]".to_owned(),
                salt,
            }],
        };
        let entry = self.ledger.append(append).await;
        let entry = entry.map_err(HandlerError::retry)?.entry;
        let ledgered = pb::OptOutLedgered {
            opt_out_id: id.to_string(),
            holder: said.holder,
            ledger_entry: entry,
        };
        let signed = self.identity.sign_event(OPT_OUT_LEDGERED, &ledgered);
        work.record(Outgoing::new(OPT_OUT_LEDGERED, id, &said.network, &signed));
        Ok(())
    }
}
