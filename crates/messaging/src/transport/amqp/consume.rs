//! The consuming end: one connection, the queue of events and the queue of what the broker gave up.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt as _};
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use lapin::{Channel, Connection, Consumer as Stream};
use service_kit::lifecycle::Lifecycle;
use tokio_util::sync::CancellationToken;

use super::connection::{self, Within as _};
use super::{Amqp, headers};
use crate::inbox::Consumer;
use crate::inbox::lanes::Lanes;
use crate::tasks;

/// At the end, messages that are being handled have this long to be finished and acknowledged.
const DRAIN: Duration = Duration::from_secs(10);
/// When nothing can take effect any more, what waits in the lanes will not be finished anyway.
const DRAIN_CLOSED: Duration = Duration::from_secs(1);
/// What the broker gave up comes in slowly.
const PREFETCH_DEAD: u16 = 8;

/// Declares the queue at once, so that messages gather in it; takes them when `gate` has ended.
pub(crate) fn start(
    amqp: Amqp,
    consumer: Arc<Consumer>,
    lanes: Arc<Lanes>,
    lifecycle: &Lifecycle,
    gate: impl Future<Output = ()> + Send + 'static,
) {
    if amqp.0.topics.is_empty() {
        return;
    }
    let reader = Reader {
        amqp,
        consumer,
        lanes,
        shutdown: lifecycle.shutdown.clone(),
    };
    tasks::spawn(lifecycle, "messaging consumer", reader.run(gate));
}

struct Reader {
    amqp: Amqp,
    consumer: Arc<Consumer>,
    lanes: Arc<Lanes>,
    shutdown: CancellationToken,
}

impl Reader {
    async fn run(self, gate: impl Future<Output = ()>) {
        tokio::select! {
            () = self.declare_and(gate) => {}
            () = self.shutdown.cancelled() => return,
        }
        let mut failures = 0;
        while !self.shutdown.is_cancelled() {
            tokio::select! {
                () = self.consumer.open() => {}
                () = self.shutdown.cancelled() => return,
            }
            match Box::pin(self.read()).await {
                Ok(()) => failures = 0,
                Err(error) => self.failed(&error, &mut failures),
            }
            self.pause(failures).await;
        }
    }

    async fn declare_and(&self, gate: impl Future<Output = ()>) {
        let declare = async {
            let mut failures = 0;
            while let Err(error) = self.declare().await {
                self.failed(&error, &mut failures);
                self.pause(failures).await;
            }
        };
        futures::future::join(declare, gate).await;
    }

    async fn declare(&self) -> anyhow::Result<()> {
        let (connection, _) = self.open().await?;
        connection::close(connection).await;
        Ok(())
    }

    fn failed(&self, error: &anyhow::Error, failures: &mut u32) {
        if *failures == 0 {
            tracing::warn!(service = %self.amqp.0.service, error = format!("{error:#}"), "cannot consume, trying on");
        }
        tracing::debug!(service = %self.amqp.0.service, error = format!("{error:#}"), "reading ended");
        *failures += 1;
    }

    async fn pause(&self, failures: u32) {
        tokio::select! {
            () = tokio::time::sleep(connection::wait(failures)) => {}
            () = self.shutdown.cancelled() => {}
        }
    }

    async fn open(&self) -> anyhow::Result<(Connection, Channel)> {
        let connection = self.amqp.connect("consume").await?;
        let opening = async {
            let channel = connection.create_channel().await?;
            self.amqp.declare_consumer(&channel).await?;
            Ok::<_, lapin::Error>(channel)
        };
        let channel = opening.await_within(Duration::from_secs(10)).await??;
        Ok((connection, channel))
    }

    /// Reads until the process stops, nothing can take effect, or the connection fails; the connection ends with it.
    async fn read(&self) -> anyhow::Result<()> {
        let (connection, events) = self.open().await?;
        let reading = Box::pin(self.read_from(&connection, &events)).await;
        connection::close(connection).await;
        // The streams end after the connection: dropped before, they would cancel themselves.
        let (outcome, streams) = reading?;
        drop(streams);
        outcome
    }

    /// Errs when reading did not begin.
    async fn read_from(
        &self,
        connection: &Connection,
        events: &Channel,
    ) -> anyhow::Result<(anyhow::Result<()>, [Stream; 2])> {
        let dead = connection.create_channel().await?;
        let mut given_up = consume(&dead, &self.amqp.dead_queue(), PREFETCH_DEAD).await?;
        let mut stream = consume(events, &self.amqp.queue(), self.amqp.0.config.prefetch).await?;
        tracing::info!(service = %self.amqp.0.service, "connected to consume");
        let outcome = tokio::select! {
            outcome = self.take_events(&mut stream) => outcome,
            outcome = self.take_given_up(&mut given_up) => outcome,
        };
        Ok((outcome, [stream, given_up]))
    }

    /// Ends without cancelling the consumer: a cancelled one loses its place to the next instance at once, while what it has
    /// not acknowledged comes back behind what that instance gets first. Closing the connection does both in one step.
    async fn take_events(&self, stream: &mut Stream) -> anyhow::Result<()> {
        let mut handled = FuturesUnordered::new();
        let closed = self.consumer.closed();
        tokio::pin!(closed);
        loop {
            tokio::select! {
                () = self.shutdown.cancelled() => break,
                () = &mut closed => break,
                Some(acknowledged) = handled.next() => acknowledged?,
                delivery = stream.next() => match delivery {
                    Some(delivery) => handled.push(self.take(delivery?).await),
                    None => anyhow::bail!("the broker ended the consumer"),
                },
            }
        }
        let drain = async {
            while let Some(acknowledged) = handled.next().await {
                acknowledged?;
            }
            Ok(())
        };
        let deadline = if self.shutdown.is_cancelled() {
            DRAIN
        } else {
            DRAIN_CLOSED
        };
        // What is not acknowledged goes back to its queue when the connection ends.
        drain.await_within(deadline).await.unwrap_or(Ok(()))
    }

    /// Puts a delivery into its lane; the future acknowledges it when it is in the inbox.
    async fn take(&self, delivery: Delivery) -> impl Future<Output = anyhow::Result<()>> + use<> {
        let settled = match headers::envelope(&delivery) {
            Ok(envelope) => self.lanes.offer(envelope).await,
            Err(malformed) => self.bury(&malformed).await,
        };
        async move {
            let Some(settled) = settled else {
                return Ok(());
            };
            if settled.await.is_ok() {
                delivery.acker.ack(BasicAckOptions::default()).await?;
            }
            Ok(())
        }
    }

    async fn bury(
        &self,
        malformed: &headers::Malformed,
    ) -> Option<tokio::sync::oneshot::Receiver<()>> {
        let (settle, settled) = tokio::sync::oneshot::channel();
        match self
            .consumer
            .bury(&malformed.envelope, "malformed", malformed.why, 1)
            .await
        {
            Ok(_) => {
                let _ = settle.send(());
            }
            Err(error) => {
                tracing::warn!(%error, "a malformed message could not be buried, it comes again");
            }
        }
        Some(settled)
    }

    /// Brings what the broker gave up where all dead letters are.
    async fn take_given_up(&self, stream: &mut Stream) -> anyhow::Result<()> {
        while let Some(delivery) = stream.next().await {
            let delivery = delivery?;
            let envelope =
                headers::envelope(&delivery).unwrap_or_else(|malformed| malformed.envelope);
            let text =
                "the broker delivered it too often: its reader died or did not answer each time";
            self.consumer
                .bury(&envelope, "delivery_limit", text, 0)
                .await?;
            delivery.acker.ack(BasicAckOptions::default()).await?;
        }
        anyhow::bail!("the broker ended the consumer of dead letters")
    }
}

async fn consume(channel: &Channel, queue: &str, prefetch: u16) -> anyhow::Result<Stream> {
    channel
        .basic_qos(prefetch, BasicQosOptions::default())
        .await?;
    let stream = channel.basic_consume(
        queue.into(),
        "".into(),
        BasicConsumeOptions::default(),
        FieldTable::default(),
    );
    Ok(stream.await_within(Duration::from_secs(10)).await??)
}
