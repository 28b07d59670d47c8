//! The broker alone: publish, confirm, consume, acknowledge, with nothing to remember in between.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures::stream::{FuturesUnordered, StreamExt as _};
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions,
    ConfirmSelectOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties};

/// Published and not yet confirmed; delivered and not yet acknowledged.
const WINDOW: u16 = 256;
const QUEUE: &str = "bare";
/// A delivery mode that survives the broker.
const PERSISTENT: u8 = 2;
/// A broker that brings nothing for so long has lost something.
const PATIENCE: Duration = Duration::from_mins(1);

/// Messages a second through a quorum queue, from the first publication to the last acknowledgement.
pub async fn rate(url: &str, payload: &[u8], messages: u32) -> anyhow::Result<f64> {
    let (publishing, consuming) = tokio::try_join!(connect(url), connect(url))?;
    let (out, back) = (
        publishing.create_channel().await?,
        consuming.create_channel().await?,
    );
    let mut arguments = FieldTable::default();
    arguments.insert(
        "x-queue-type".into(),
        AMQPValue::LongString("quorum".into()),
    );
    let durable = QueueDeclareOptions {
        durable: true,
        ..QueueDeclareOptions::default()
    };
    out.queue_declare(QUEUE.into(), durable, arguments).await?;
    let payload = payload.to_vec();
    let started = Instant::now();
    let publisher = tokio::spawn(async move {
        publish(&out, &payload, messages).await?;
        anyhow::Ok(out)
    });
    let consumer = tokio::spawn(async move { consume(&back, messages).await });
    let out = publisher.await?.context("the publisher failed")?;
    consumer.await?.context("the consumer failed")?;
    let taken = started.elapsed();
    out.queue_delete(QUEUE.into(), QueueDeleteOptions::default())
        .await
        .context("the queue could not be taken away")?;
    for connection in [publishing, consuming] {
        let closed = connection.close(200, "done".into()).await;
        closed.context("a connection could not be closed")?;
    }
    Ok(f64::from(messages) / taken.as_secs_f64())
}

async fn connect(url: &str) -> anyhow::Result<Connection> {
    let connecting = Connection::connect(url, ConnectionProperties::default());
    connecting.await.context("the broker cannot be reached")
}

async fn publish(channel: &Channel, payload: &[u8], messages: u32) -> anyhow::Result<()> {
    channel
        .confirm_select(ConfirmSelectOptions::default())
        .await?;
    let mandatory = BasicPublishOptions {
        mandatory: true,
        ..BasicPublishOptions::default()
    };
    let mut confirms = FuturesUnordered::new();
    for _ in 0..messages {
        let properties = BasicProperties::default().with_delivery_mode(PERSISTENT);
        let sent = channel.basic_publish("".into(), QUEUE.into(), mandatory, payload, properties);
        confirms.push(sent.await?);
        if confirms.len() >= usize::from(WINDOW) {
            confirmed(confirms.next().await)?;
        }
    }
    while !confirms.is_empty() {
        confirmed(confirms.next().await)?;
    }
    Ok(())
}

fn confirmed(answer: Option<lapin::Result<Confirmation>>) -> anyhow::Result<()> {
    match answer.context("a confirm is outstanding")?? {
        Confirmation::Ack(None) => Ok(()),
        other => anyhow::bail!("the broker did not take a message: {other:?}"),
    }
}

async fn consume(channel: &Channel, messages: u32) -> anyhow::Result<()> {
    channel
        .basic_qos(WINDOW, BasicQosOptions::default())
        .await?;
    let options = BasicConsumeOptions::default();
    let mut stream = channel
        .basic_consume(QUEUE.into(), "".into(), options, FieldTable::default())
        .await?;
    for _ in 0..messages {
        let next = tokio::time::timeout(PATIENCE, stream.next()).await;
        let delivery = next
            .context("a message is lost")?
            .context("the consumer ended")??;
        delivery.acker.ack(BasicAckOptions::default()).await?;
    }
    Ok(())
}
