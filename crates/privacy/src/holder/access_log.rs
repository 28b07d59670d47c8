//! The access log leaves the service: lines are sealed into Merkle batches, each chained to the one before, signed, and
//! copied to the rights service through the outbox (decisions.md 10 and 30). After a restore the copies are taken back.
//!
//! The lines travel sealed under the holder's own key: whoever keeps them learns how many readings there were, not whose.

mod chain;
mod line;
mod seal;
mod take_back;

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use api::privacy::AccessLogSealed;
use messaging::Outgoing;
use tokio::time::{Instant, MissedTickBehavior, interval};

use self::line::Line;
pub(crate) use self::take_back::take_back;
use super::{FENCE, Inner};
use crate::batch::{ACCESS_LOG_SEALED, AccessBatch};

/// How often it is looked for what is to be sealed: a copy is elsewhere within seconds.
const LOOK: Duration = Duration::from_secs(1);
/// How often the copies are compared with what was sealed.
const COMPARE: Duration = Duration::from_mins(10);

/// Runs until the service stops. A crash loses nothing: what is not sealed is found again.
pub(crate) async fn run(inner: Arc<Inner>) -> anyhow::Result<()> {
    let shutdown = inner.lifecycle.shutdown.clone();
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // At the start the fence has compared already, which tells what never arrived.
    let mut compared = None::<Instant>;
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return Ok(()),
            _ = look.tick() => {}
        }
        if inner.lifecycle.readiness.is_held(FENCE) {
            continue;
        }
        note(seal::seal_waiting(&inner).await, "lines wait to be sealed");
        if compared.is_none_or(|at| at.elapsed() >= COMPARE) {
            compared = Some(Instant::now());
            note(compare(&inner).await, "the copies could not be compared");
        }
    }
}

/// Takes back what only the copies have, and sends again what they lack.
async fn compare(inner: &Inner) -> anyhow::Result<()> {
    take_back(inner).await?;
    seal::send_again(inner).await
}

fn note(done: anyhow::Result<()>, what: &'static str) {
    if let Err(error) = done {
        metrics::counter!("holder_access_log_failures_total").increment(1);
        tracing::warn!(error.chain = format!("{error:#}"), "access log: {what}");
    }
}

/// The event of a batch: the head signed, the lines sealed.
fn event(inner: &Inner, batch: &AccessBatch, lines: &[Line]) -> anyhow::Result<Outgoing> {
    let sealed =
        line::seal(inner.privacy.tokens(), batch, lines).context("lines are plain data")?;
    let event = inner.event(ACCESS_LOG_SEALED);
    let message = AccessLogSealed {
        batch: Some(inner.identity.sign_event(&event, &batch.to_wire(&sealed))),
        lines: sealed,
    };
    // A key of their own: batches keep their order, and hold back nothing else of this holder.
    let key = format!("access-log.{}", inner.service());
    Ok(Outgoing::new(event, key, "", &message))
}
