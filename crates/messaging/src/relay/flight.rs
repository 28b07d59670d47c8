//! The messages that are on their way: one per partition key, many keys at a time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use service_kit::telemetry::TraceContext;
use tracing::Instrument as _;

use crate::envelope::Audience;
use crate::store::outbox::Claimed;
use crate::transport::{Publisher, Undelivered};
use crate::{Envelope, due, observe};

/// Claimed rows of one partition key, in order; the first is being published.
type Chain = VecDeque<Claimed>;

/// What became of one row. No outcome: it was not tried.
#[derive(Debug)]
pub(crate) struct Landed {
    pub(crate) row: Claimed,
    pub(crate) outcome: Option<Result<(), Undelivered>>,
}

/// One publication that has ended, and the rows behind it.
pub(crate) struct Arrival {
    landed: Landed,
    behind: Chain,
}

pub(crate) struct Flight {
    publications: FuturesUnordered<BoxFuture<'static, Arrival>>,
    /// Rows that are claimed and not yet marked.
    rows: usize,
    deadline: Duration,
}

impl Flight {
    pub(crate) fn new(deadline: Duration) -> Self {
        Self {
            publications: FuturesUnordered::new(),
            rows: 0,
            deadline,
        }
    }

    /// Rows that are claimed and not yet marked.
    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.publications.is_empty()
    }

    /// Starts the first row of each key.
    pub(crate) fn take_off(&mut self, rows: Vec<Claimed>, publisher: &Arc<dyn Publisher>) {
        self.rows += rows.len();
        let mut chains: BTreeMap<String, Chain> = BTreeMap::new();
        for row in rows {
            chains
                .entry(row.envelope.partition_key.clone())
                .or_default()
                .push_back(row);
        }
        for chain in chains.into_values() {
            self.publish(chain, publisher);
        }
    }

    pub(crate) async fn next(&mut self) -> Option<Arrival> {
        self.publications.next().await
    }

    /// Starts the next row of the key; or gives up the rows behind a failure, to keep their order.
    pub(crate) fn go_on(
        &mut self,
        arrival: Arrival,
        publisher: &Arc<dyn Publisher>,
    ) -> Vec<Landed> {
        let Arrival { landed, behind } = arrival;
        let in_order = matches!(landed.outcome, Some(Ok(()) | Err(Undelivered::Unroutable)));
        let in_time = behind
            .front()
            .is_some_and(|next| next.lease_until > due::after(self.deadline));
        let mut ended = vec![landed];
        if in_order && in_time {
            self.publish(behind, publisher);
        } else {
            ended.extend(behind.into_iter().map(|row| Landed { row, outcome: None }));
        }
        ended
    }

    /// These many rows are marked.
    pub(crate) fn forget(&mut self, rows: usize) {
        self.rows -= rows;
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
