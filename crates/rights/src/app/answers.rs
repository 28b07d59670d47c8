//! What every signed answer goes through before it has an effect.

use std::sync::LazyLock;

use api::privacy as pb;
use aws_lc_rs::digest::{SHA256, digest};
use messaging::{Envelope, HandlerError, Work};
use prost::Message;
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait};
use uuid::Uuid;

use super::Rights;
use crate::store::answer;
use crate::store::cases::{Hold, Loaded};

/// An effect's code when the answer counted.
pub const ACCEPTED: &str = "accepted";

/// An answer that is signed by the service that it says it is from.
#[derive(Debug)]
pub struct Answer<M> {
    /// What it says.
    pub said: M,
    /// Who.
    pub signer: String,
    /// As it came.
    pub signed: pb::Signed,
    /// SHA-256 of the payload, hexadecimal.
    pub fingerprint: String,
}

static NOBODY: LazyLock<pb::ServiceIdentity> = LazyLock::new(pb::ServiceIdentity::default);

impl Rights {
    /// Opens a signed message and checks that its type is the signer's own: `<signer>.<rest>`.
    ///
    /// # Errors
    /// [`HandlerError::Fail`]: a message whose signature does not hold today does not tomorrow.
    pub(crate) fn open<M: Message + Default>(
        &self,
        envelope: &Envelope,
        rest: &str,
    ) -> Result<Answer<M>, HandlerError> {
        let signed: pb::Signed = envelope.decode()?;
        let opened = self
            .anchor
            .open_event::<M>(&envelope.event_type, &signed, self.clock.now());
        let (said, signer) = opened.map_err(|error| {
            metrics::counter!("rights_answers_refused_total", "reason" => "SIGNATURE").increment(1);
            HandlerError::fail(
                anyhow::Error::new(error).context("the signature of an answer does not hold"),
            )
        })?;
        if envelope.event_type != format!("{signer}.{rest}") {
            return Err(HandlerError::fail(anyhow::anyhow!(
                "{signer} signed an event of another service"
            )));
        }
        let fingerprint = hex::encode(digest(&SHA256, &signed.payload));
        Ok(Answer {
            said,
            signer,
            signed,
            fingerprint,
        })
    }

    /// Loads the request that an answer names, under its lock.
    ///
    /// # Errors
    /// [`HandlerError::Fail`] when there is none.
    pub(crate) async fn answered(
        &self,
        work: &Work,
        request_id: &str,
    ) -> Result<Loaded, HandlerError> {
        let id = Uuid::parse_str(request_id).map_err(HandlerError::fail)?;
        let loaded = Loaded::by_id(work.tx(), id, Hold::Yes).await?;
        loaded.ok_or_else(|| {
            HandlerError::fail(anyhow::anyhow!("the answer names an unknown request"))
        })
    }

    /// Records that an answer came, and what it did.
    pub(crate) async fn note_answer<M>(
        &self,
        work: &Work,
        loaded: &Loaded,
        answer: &Answer<M>,
        kind: &str,
        effect: &str,
    ) -> Result<(), DbErr> {
        if effect != ACCEPTED {
            metrics::counter!("rights_answers_refused_total", "reason" => effect.to_owned())
                .increment(1);
            tracing::info!(request = %loaded.request.id, holder = answer.signer, kind, effect, "answer without effect");
        }
        let row = answer::ActiveModel {
            id: Set(kernel::new_id(self.clock.as_ref())),
            network: Set(loaded.request.network.clone()),
            request_id: Set(loaded.request.id),
            holder: Set(answer.signer.clone()),
            kind: Set(kind.to_owned()),
            fingerprint: Set(answer.fingerprint.clone()),
            effect: Set(effect.to_owned()),
            received_at: Set(self.clock.now()),
        };
        answer::Entity::insert(row)
            .exec_without_returning(work.tx())
            .await?;
        Ok(())
    }
}

impl<M> Answer<M> {
    /// The signer's identity, encoded.
    pub(crate) fn identity(&self) -> Vec<u8> {
        self.signed
            .signer
            .as_ref()
            .unwrap_or(&NOBODY)
            .encode_to_vec()
    }
}
