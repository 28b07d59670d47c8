//! Exchanges and queues. Every argument is taken by RabbitMQ 3.10 and by 4.x; declaring again is harmless.
//!
//! ```text
//! uttag.<producer> (topic) ─#─▶ uttag.all (topic) ─topics─▶ uttag.<service>.events (quorum) ─dead─▶ uttag.dlx ─▶ uttag.<service>.dead
//! ```

use lapin::options::{
    ExchangeBindOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, ExchangeKind};

use super::Amqp;

/// Every producer's exchange is bound to this one; every consumer's queue too.
const ALL: &str = "uttag.all";
/// Where messages go that killed their reader too often.
const DEAD: &str = "uttag.dlx";
/// Deliveries of one message before that. Attempts are counted in the inbox; this one catches crash loops only, and is high
/// because a crash counts for every message that was sent ahead.
const DELIVERY_LIMIT: i32 = 20;

impl Amqp {
    /// What a producer needs.
    pub(super) async fn declare_producer(&self, channel: &Channel) -> lapin::Result<()> {
        exchange(channel, &self.exchange(), ExchangeKind::Topic).await?;
        exchange(channel, ALL, ExchangeKind::Topic).await?;
        channel
            .exchange_bind(
                ALL.into(),
                self.exchange().into(),
                "#".into(),
                ExchangeBindOptions::default(),
                FieldTable::default(),
            )
            .await
    }

    /// What a consumer needs.
    pub(super) async fn declare_consumer(&self, channel: &Channel) -> lapin::Result<()> {
        exchange(channel, ALL, ExchangeKind::Topic).await?;
        exchange(channel, DEAD, ExchangeKind::Direct).await?;
        queue(channel, &self.dead_queue(), quorum()).await?;
        bind(channel, &self.dead_queue(), DEAD, &self.queue()).await?;
        queue(channel, &self.queue(), self.events_arguments()).await?;
        for topic in &self.0.topics {
            bind(channel, &self.queue(), ALL, topic).await?;
        }
        Ok(())
    }

    fn events_arguments(&self) -> FieldTable {
        let mut arguments = quorum();
        let mut set = |name: &str, value: AMQPValue| {
            arguments.insert(name.into(), value);
        };
        set("x-delivery-limit", AMQPValue::LongInt(DELIVERY_LIMIT));
        set("x-dead-letter-exchange", text(DEAD));
        set("x-dead-letter-routing-key", text(&self.queue()));
        set("x-dead-letter-strategy", text("at-least-once"));
        set("x-overflow", text("reject-publish"));
        set(
            "x-max-length",
            AMQPValue::LongLongInt(self.0.config.queue_limit.into()),
        );
        // Of several instances one reads and the others stand by: so the order of a key survives.
        set("x-single-active-consumer", AMQPValue::Boolean(true));
        arguments
    }
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

fn quorum() -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), text("quorum"));
    arguments
}

async fn exchange(channel: &Channel, name: &str, kind: ExchangeKind) -> lapin::Result<()> {
    let durable = ExchangeDeclareOptions {
        durable: true,
        ..ExchangeDeclareOptions::default()
    };
    channel
        .exchange_declare(name.into(), kind, durable, FieldTable::default())
        .await
}

async fn queue(channel: &Channel, name: &str, arguments: FieldTable) -> lapin::Result<()> {
    let durable = QueueDeclareOptions {
        durable: true,
        ..QueueDeclareOptions::default()
    };
    channel
        .queue_declare(name.into(), durable, arguments)
        .await
        .map(drop)
}

async fn bind(channel: &Channel, queue: &str, exchange: &str, key: &str) -> lapin::Result<()> {
    channel
        .queue_bind(
            queue.into(),
            exchange.into(),
            key.into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        )
        .await
}
