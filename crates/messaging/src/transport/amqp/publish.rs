//! The producing end: one connection, one channel with confirms, a supervisor that replaces both.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{Channel, Confirmation, Connection};
use sea_orm::DbErr;
use service_kit::lifecycle::Lifecycle;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::connection::{self, Within as _};
use super::{Amqp, headers};
use crate::transport::{Publisher, Undelivered};
use crate::{Envelope, tasks};

pub(crate) struct AmqpPublisher {
    exchange: String,
    deadline: Duration,
    line: watch::Receiver<Option<Line>>,
}

/// A channel that confirms, until it is `broken`. The mark is the channel's own: the late failures of one must not end the next.
#[derive(Clone)]
struct Line {
    channel: Channel,
    broken: CancellationToken,
}

/// Starts the supervisor; `wake` is rung whenever a connection is there.
pub(crate) fn start(
    amqp: Amqp,
    deadline: Duration,
    wake: Arc<Notify>,
    lifecycle: &Lifecycle,
) -> Arc<dyn Publisher> {
    let (sender, line) = watch::channel(None);
    let publisher = AmqpPublisher {
        exchange: amqp.exchange(),
        deadline,
        line,
    };
    // Not until the process stops, but until the relay has ended and dropped the publisher.
    tasks::spawn(
        lifecycle,
        "messaging publisher",
        supervise(amqp, sender, wake),
    );
    Arc::new(publisher)
}

async fn supervise(amqp: Amqp, line: watch::Sender<Option<Line>>, wake: Arc<Notify>) {
    let mut failures = 0;
    while !line.is_closed() {
        match open(&amqp).await {
            Ok((connection, channel)) => {
                failures = 0;
                tracing::info!(service = %amqp.0.service, "connected to publish");
                let broken = CancellationToken::new();
                line.send_replace(Some(Line {
                    channel,
                    broken: broken.clone(),
                }));
                wake.notify_one();
                until_broken(&connection, &broken, &line).await;
                line.send_replace(None);
                connection::close(connection).await;
            }
            Err(error) => {
                if failures == 0 {
                    tracing::warn!(service = %amqp.0.service, error = format!("{error:#}"), "cannot connect to publish, trying on");
                }
                failures += 1;
            }
        }
        tokio::select! {
            () = line.closed() => {}
            () = tokio::time::sleep(connection::wait(failures)) => {}
        }
    }
}

async fn open(amqp: &Amqp) -> anyhow::Result<(Connection, Channel)> {
    let connection = amqp.connect("publish").await?;
    let opening = async {
        let channel = connection.create_channel().await?;
        channel
            .confirm_select(ConfirmSelectOptions::default())
            .await?;
        amqp.declare_producer(&channel).await?;
        Ok::<_, lapin::Error>(channel)
    };
    let channel = opening.await_within(Duration::from_secs(10)).await??;
    Ok((connection, channel))
}

async fn until_broken(
    connection: &Connection,
    broken: &CancellationToken,
    line: &watch::Sender<Option<Line>>,
) {
    let lost = async {
        while connection.status().connected() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::select! {
        () = broken.cancelled() => {}
        () = lost => {}
        () = line.closed() => {}
    }
}

impl AmqpPublisher {
    async fn confirmed(
        &self,
        channel: &Channel,
        envelope: &Envelope,
    ) -> lapin::Result<Confirmation> {
        // Without `mandatory` a message that nobody subscribes to is confirmed and lost.
        let options = BasicPublishOptions {
            mandatory: true,
            ..BasicPublishOptions::default()
        };
        let (exchange, key) = (
            self.exchange.as_str().into(),
            envelope.event_type.as_str().into(),
        );
        let confirm = channel
            .basic_publish(
                exchange,
                key,
                options,
                &envelope.payload,
                headers::properties(envelope),
            )
            .await?;
        fail::fail_point!("relay.after_publish");
        confirm.await
    }
}

#[async_trait]
impl Publisher for AmqpPublisher {
    fn available(&self) -> bool {
        self.line
            .borrow()
            .as_ref()
            .is_some_and(|line| !line.broken.is_cancelled())
    }

    async fn prepare(&self) -> Result<(), DbErr> {
        Ok(())
    }

    async fn publish(&self, envelope: &Envelope) -> Result<(), Undelivered> {
        let line = self
            .line
            .borrow()
            .clone()
            .ok_or(Undelivered::Disconnected)?;
        match self
            .confirmed(&line.channel, envelope)
            .await_within(self.deadline)
            .await
        {
            Ok(Ok(Confirmation::Ack(None))) => Ok(()),
            // An acknowledgement with the message in it is a message returned.
            Ok(Ok(Confirmation::Ack(Some(_)))) => Err(Undelivered::Unroutable),
            Ok(Ok(Confirmation::Nack(_) | Confirmation::NotRequested)) => Err(Undelivered::Refused),
            Ok(Err(_)) => {
                line.broken.cancel();
                Err(Undelivered::Disconnected)
            }
            Err(_) => {
                line.broken.cancel();
                Err(Undelivered::TimedOut)
            }
        }
    }
}
