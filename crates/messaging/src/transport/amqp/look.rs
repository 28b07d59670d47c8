//! A look at the broker from outside the service: is it there, may we, does anything lie there. Changes nothing.

use anyhow::Context as _;
use lapin::options::{BasicPublishOptions, ExchangeDeclareOptions, QueueDeclareOptions};
use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Connection, ErrorKind, ExchangeKind};

use super::{Amqp, AmqpConfig, connection};

/// What the broker has of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokerView {
    /// The service has never been there: it declares what it needs at its first start.
    Undeclared,
    /// It has.
    Declared {
        /// Messages that wait for it.
        waiting: u32,
        /// Instances that read them or stand by.
        readers: u32,
        /// Messages that killed their reader too often.
        dead: u32,
    },
}

/// Connects as the service would, and looks: whether it may publish in its own name, and what lies in its queues.
///
/// # Errors
/// The broker is out of reach, its certificate is not trusted, it refuses the user or what the user does; the text says which.
pub async fn look_at_broker(config: AmqpConfig, service: &str) -> anyhow::Result<BrokerView> {
    let amqp = Amqp::new(config, service.into(), Vec::new());
    let connection = amqp.connect("doctor").await?;
    let seen = look(&amqp, &connection).await;
    connection::close(connection).await;
    seen
}

async fn look(amqp: &Amqp, connection: &Connection) -> anyhow::Result<BrokerView> {
    if !has_exchange(amqp, connection).await? {
        return Ok(BrokerView::Undeclared);
    }
    may_publish(amqp, connection)
        .await
        .with_context(|| format!("may not publish to {}", amqp.exchange()))?;
    let (waiting, readers) = queue(connection, &amqp.queue()).await?;
    let (dead, _) = queue(connection, &amqp.dead_queue()).await?;
    Ok(BrokerView::Declared {
        waiting,
        readers,
        dead,
    })
}

async fn has_exchange(amqp: &Amqp, connection: &Connection) -> anyhow::Result<bool> {
    let passive = ExchangeDeclareOptions {
        passive: true,
        ..ExchangeDeclareOptions::default()
    };
    // A refusal closes the channel: each look has its own.
    let channel = connection.create_channel().await?;
    let looked = channel
        .exchange_declare(
            amqp.exchange().into(),
            ExchangeKind::Topic,
            passive,
            FieldTable::default(),
        )
        .await;
    match looked {
        Ok(()) => Ok(true),
        Err(error) if is_not_found(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Publishes within a transaction that is taken back: permissions are checked, and nothing is sent.
async fn may_publish(amqp: &Amqp, connection: &Connection) -> anyhow::Result<()> {
    let channel = connection.create_channel().await?;
    channel.tx_select().await?;
    let key = format!("{}.doctor.looked.v1", amqp.0.service);
    channel
        .basic_publish(
            amqp.exchange().into(),
            key.into(),
            BasicPublishOptions::default(),
            &[],
            BasicProperties::default(),
        )
        .await?;
    Ok(channel.tx_rollback().await?)
}

/// Messages and readers of a queue.
async fn queue(connection: &Connection, name: &str) -> anyhow::Result<(u32, u32)> {
    let passive = QueueDeclareOptions {
        passive: true,
        ..QueueDeclareOptions::default()
    };
    let channel = connection.create_channel().await?;
    let queue = channel
        .queue_declare(name.into(), passive, FieldTable::default())
        .await
        .with_context(|| format!("the queue {name} cannot be looked at"))?;
    Ok((queue.message_count(), queue.consumer_count()))
}

fn is_not_found(error: &lapin::Error) -> bool {
    let ErrorKind::ProtocolError(error) = error.kind() else {
        return false;
    };
    *error.kind() == AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND)
}
