//! Incoming messages → use cases.

use async_trait::async_trait;
use messaging::{Envelope, Handler, HandlerError, Work};

use crate::app::Rights;

/// Everything that holders say.
pub struct Incoming(pub Rights);

#[async_trait]
impl Handler for Incoming {
    fn topics(&self) -> Vec<String> {
        [
            "*.holder.announced.v1",
            "*.discovery.answered.v1",
            "*.execution.answered.v1",
            "*.access_log.sealed.v1",
            "*.disclosure.recorded.v1",
            "*.notice.acknowledged.v1",
            "*.opt_out.recorded.v1",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    async fn handle(&self, work: &mut Work, envelope: &Envelope) -> Result<(), HandlerError> {
        let kind = envelope
            .event_type
            .split_once('.')
            .map_or("", |(_, rest)| rest);
        match kind {
            "holder.announced.v1" => self.0.take_announcement(work, envelope).await,
            "discovery.answered.v1" => self.0.take_discovery(work, envelope).await,
            "execution.answered.v1" => self.0.take_execution(work, envelope).await,
            "access_log.sealed.v1" => self.0.take_access_log(work, envelope).await,
            "disclosure.recorded.v1" => self.0.take_disclosure(work, envelope).await,
            "opt_out.recorded.v1" => self.0.take_opt_out(work, envelope).await,
            "notice.acknowledged.v1" => self.0.take_acknowledgement(work, envelope).await,
            _ => Err(HandlerError::fail(anyhow::anyhow!(
                "an event that was not subscribed to"
            ))),
        }
    }
}
