//! How messages get from one service to another.

pub(crate) mod amqp;
pub(crate) mod local;

use async_trait::async_trait;
use sea_orm::DbErr;

use crate::{AmqpConfig, Envelope, LocalBus};

/// What carries the messages.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Within this process; durable by the outbox of the producer and the inbox of the consumer.
    Local(LocalBus),
    /// RabbitMQ.
    Amqp(AmqpConfig),
}

/// The producing end of a transport.
#[async_trait]
pub(crate) trait Publisher: Send + Sync {
    /// Whether it is of any use to try; when it becomes so again, the relay is woken.
    fn available(&self) -> bool;

    /// Whatever must be in the database before anything is published.
    async fn prepare(&self) -> Result<(), DbErr>;

    /// Ends when every receiver has the message, or will get it, for certain. May be called again for the same message.
    async fn publish(&self, envelope: &Envelope) -> Result<(), Undelivered>;
}

/// Why a message stays in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Undelivered {
    #[error("nobody subscribes to it")]
    Unroutable,
    #[error("the broker refused it")]
    Refused,
    #[error("no confirmation in time")]
    TimedOut,
    #[error("not connected")]
    Disconnected,
    #[error("it could not be kept for a subscriber that is away")]
    NotKept,
}

impl Undelivered {
    /// For metrics and the outbox row.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Unroutable => "unroutable",
            Self::Refused => "refused",
            Self::TimedOut => "timed_out",
            Self::Disconnected => "disconnected",
            Self::NotKept => "not_kept",
        }
    }
}
