//! Messages that have gathered in a lane share a transaction: what a commit costs is paid once for all of them.

use std::collections::HashSet;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Consumer, FENCE};
use crate::store::{inbox, parked};
use crate::{Envelope, HandlerError, Work, observe};

/// What is counted of a message whose handlers took it.
const HANDLED: &str = "handled";

/// A message from the transport; `settle` is answered when it is in the inbox, and dropped when it is not.
#[derive(Debug)]
pub(crate) struct Fresh {
    pub(crate) envelope: Envelope,
    pub(crate) settle: oneshot::Sender<()>,
}

impl Consumer {
    /// Takes messages of one lane, in their order. If one of them fails none has taken effect, and each is taken by itself:
    /// so that it fails alone.
    pub(super) async fn take_all(&self, fresh: Vec<Fresh>, shutdown: &CancellationToken) {
        let open = !self.readiness.is_held(FENCE) && !*self.away.borrow();
        let fresh = if fresh.len() > 1 && open {
            match self.take_together(fresh).await {
                None => return,
                Some(again) => again,
            }
        } else {
            fresh
        };
        for Fresh { envelope, settle } in fresh {
            if shutdown.is_cancelled() {
                return;
            }
            self.take_fresh(&envelope, settle, shutdown).await;
        }
    }

    /// All of them, or none: then they come back.
    async fn take_together(&self, fresh: Vec<Fresh>) -> Option<Vec<Fresh>> {
        let envelopes: Vec<&Envelope> = fresh.iter().map(|one| &one.envelope).collect();
        match self.receive_together(&envelopes).await {
            Ok(effects) => {
                for (one, effect) in fresh.into_iter().zip(effects) {
                    observe::received(&self.service, effect);
                    if effect == HANDLED {
                        observe::took_effect(&self.service, one.envelope.occurred_at);
                    }
                    // A receiver that is gone gets the message again, and finds it in the inbox.
                    let _ = one.settle.send(());
                }
                None
            }
            Err(error) => {
                tracing::debug!(service = %self.service, error = %error, messages = fresh.len(), "messages are taken one by one");
                Some(fresh)
            }
        }
    }

    async fn receive_together(
        &self,
        envelopes: &[&Envelope],
    ) -> Result<Vec<&'static str>, HandlerError> {
        let mut work = self.outbox.begin().await?;
        let received = self.receive_each(&mut work, envelopes).await;
        match received {
            Ok(effects) => {
                work.commit().await?;
                fail::fail_point!("consumer.after_commit");
                Ok(effects)
            }
            Err(error) => {
                work.rollback().await?;
                Err(error)
            }
        }
    }

    async fn receive_each(
        &self,
        work: &mut Work,
        envelopes: &[&Envelope],
    ) -> Result<Vec<&'static str>, HandlerError> {
        let wanted = |envelope: &&Envelope| self.handlers_of(envelope).next().is_some();
        let wanted: Vec<&Envelope> = envelopes.iter().copied().filter(wanted).collect();
        let mut new = inbox::claim_all(work.tx(), &self.service, &wanted).await?;
        let keys = wanted.iter().map(|one| one.partition_key.as_str());
        let held = parked::held_back(work.tx(), &self.service, keys.collect()).await?;
        let mut effects = Vec::with_capacity(envelopes.len());
        for envelope in envelopes {
            if self.readiness.is_held(FENCE) {
                return Err(HandlerError::retry(anyhow::anyhow!("fenced meanwhile")));
            }
            effects.push(self.receive_next(work, envelope, &mut new, &held).await?);
        }
        Ok(effects)
    }

    /// Takes each claimed message once, also one that came twice.
    async fn receive_next(
        &self,
        work: &mut Work,
        envelope: &Envelope,
        new: &mut HashSet<Uuid>,
        held: &HashSet<String>,
    ) -> Result<&'static str, HandlerError> {
        if self.handlers_of(envelope).next().is_none() {
            return Ok("ignored");
        }
        if !new.remove(&envelope.message_id) {
            return Ok("duplicate");
        }
        if held.contains(&envelope.partition_key) {
            parked::hold(work.tx(), &self.service, envelope).await?;
            return Ok("held_back");
        }
        work.go_on_to(envelope);
        self.apply(work, envelope).await?;
        Ok(HANDLED)
    }
}
