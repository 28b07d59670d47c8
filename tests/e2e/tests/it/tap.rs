//! A tap at the broker: a queue of the tester's own that gets a copy of every message.

use anyhow::Context as _;
use lapin::options::{
    BasicAckOptions, BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, QueueBindOptions,
    QueueDeclareOptions,
};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};

const QUEUE: &str = "tester.tap";
const ALL: &str = "uttag.all";

/// The tap; it is open from the moment that it is made.
pub struct Tap {
    connection: Connection,
    channel: Channel,
}

impl Tap {
    /// Opens the tap on a broker where the services have declared what they need.
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        let connection = Connection::connect(url, ConnectionProperties::default()).await?;
        let channel = connection.create_channel().await?;
        let durable = QueueDeclareOptions {
            durable: true,
            ..QueueDeclareOptions::default()
        };
        channel
            .queue_declare(QUEUE.into(), durable, FieldTable::default())
            .await?;
        let bind = QueueBindOptions::default();
        channel
            .queue_bind(
                QUEUE.into(),
                ALL.into(),
                "#".into(),
                bind,
                FieldTable::default(),
            )
            .await?;
        Ok(Self {
            connection,
            channel,
        })
    }

    /// Plants a leak: a message that names somebody. When this returns, it lies on the broker's disk.
    pub async fn leak(&self, named: &[u8]) -> anyhow::Result<()> {
        self.channel
            .confirm_select(ConfirmSelectOptions::default())
            .await?;
        let (options, durable) = (
            BasicPublishOptions::default(),
            BasicProperties::default().with_delivery_mode(2),
        );
        self.channel
            .basic_publish(ALL.into(), "tester.leak".into(), options, named, durable)
            .await?
            .await?;
        Ok(())
    }

    /// Everything that has come: routing key, properties and body of each message, as bytes.
    pub async fn drain(self) -> anyhow::Result<Vec<Vec<u8>>> {
        let mut messages = Vec::new();
        let get = BasicGetOptions::default();
        while let Some(message) = self.channel.basic_get(QUEUE.into(), get).await? {
            let mut bytes = message.routing_key.as_str().as_bytes().to_vec();
            bytes.extend(format!("{:?}", message.properties).into_bytes());
            bytes.extend(&message.data);
            messages.push(bytes);
            message.ack(BasicAckOptions::default()).await?;
        }
        self.connection
            .close(200, "done".into())
            .await
            .context("the tap does not close")?;
        Ok(messages)
    }
}
