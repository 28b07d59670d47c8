//! The messages that are on their way: one per partition key, many keys at a time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use service_kit::telemetry::TraceContext;
use tracing::Instrument as _;

use crate::envelope::Audience;
use crate::store::outbox::Due;
use crate::transport::{Publisher, Undelivered};
use crate::{Envelope, observe};

/// Rows of one partition key, in order; the first is being published.
type Chain = VecDeque<Due>;

/// What became of one row. No outcome: it was not tried.
#[derive(Debug)]
pub(crate) struct Landed {
    pub(crate) row: Due,
    pub(crate) outcome: Option<Result<(), Undelivered>>,
}

/// One publication that has ended, and the rows behind it.
pub(crate) struct Arrival {
    landed: Landed,
    behind: Chain,
}

/// It remembers what is under way: the outbox itself does not say. Who is elected anew begins with none, and may publish again
/// what its forerunner had under way; whoever receives it knows it already.
#[derive(Default)]
pub(crate) struct Flight {
    publications: FuturesUnordered<BoxFuture<'static, Arrival>>,
    /// Rows that are taken and not yet marked, by their key.
    rows: BTreeMap<String, usize>,
}

impl Flight {
    /// Rows that are taken and not yet marked.
    pub(crate) fn len(&self) -> usize {
        self.rows.values().sum()
    }

    /// Their keys, each once.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.rows.keys().cloned().collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.publications.is_empty()
    }

    /// Starts the first row of each key.
    pub(crate) fn take_off(&mut self, rows: Vec<Due>, publisher: &Arc<dyn Publisher>) {
        let mut chains: BTreeMap<String, Chain> = BTreeMap::new();
        for row in rows {
            chains
                .entry(row.envelope.partition_key.clone())
                .or_default()
                .push_back(row);
        }
        for (key, chain) in chains {
            *self.rows.entry(key).or_default() += chain.len();
            self.publish(chain, publisher);
        }
    }

    pub(crate) async fn next(&mut self) -> Option<Arrival> {
        self.publications.next().await
    }

    /// Starts the next row of the key, while this relay leads; or gives up the rows behind a failure, to keep their order.
    pub(crate) fn go_on(
        &mut self,
        arrival: Arrival,
        publisher: &Arc<dyn Publisher>,
        leading: bool,
    ) -> Vec<Landed> {
        let Arrival { landed, behind } = arrival;
        let in_order = matches!(landed.outcome, Some(Ok(()) | Err(Undelivered::Unroutable)));
        let mut ended = vec![landed];
        if in_order && leading {
            self.publish(behind, publisher);
        } else {
            ended.extend(behind.into_iter().map(|row| Landed { row, outcome: None }));
        }
        ended
    }

    /// These rows are marked.
    pub(crate) fn forget(&mut self, landed: &[Landed]) {
        for one in landed {
            let key = &one.row.envelope.partition_key;
            match self.rows.get_mut(key) {
                Some(rows) if *rows > 1 => *rows -= 1,
                _ => drop(self.rows.remove(key)),
            }
        }
    }

    fn publish(&mut self, mut chain: Chain, publisher: &Arc<dyn Publisher>) {
        let Some(mut row) = chain.pop_front() else {
            return;
        };
        let publisher = Arc::clone(publisher);
        self.publications.push(Box::pin(async move {
            fail::fail_point!("relay.before_publish");
            let outcome = match published(&mut row.envelope, publisher.as_ref()).await {
                Err(Undelivered::Unroutable) if row.audience == Audience::Anybody => Ok(()),
                outcome => outcome,
            };
            if outcome.is_ok() {
                fail::fail_point!("relay.after_confirm");
            }
            Arrival {
                landed: Landed {
                    row,
                    outcome: Some(outcome),
                },
                behind: chain,
            }
        }));
    }
}

/// Publishes within a span, whose place the message takes along in the stead of where it was recorded.
async fn published(envelope: &mut Envelope, publisher: &dyn Publisher) -> Result<(), Undelivered> {
    let span = observe::publish_span(envelope);
    let place = TraceContext::of(&span);
    if !place.is_empty() {
        envelope.trace = place;
    }
    let outcome = publisher.publish(envelope).instrument(span.clone()).await;
    span.record("messaging.outcome", observe::label(outcome));
    outcome
}
