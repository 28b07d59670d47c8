//! A message before it leaves, and as it arrives.

use std::fmt::Display;

use chrono::{DateTime, Utc};
use prost::Message;
use service_kit::telemetry::TraceContext;
use uuid::Uuid;

use crate::HandlerError;

/// An event on its way into the outbox.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub(crate) event_type: String,
    pub(crate) partition_key: String,
    pub(crate) network: String,
    pub(crate) payload: Vec<u8>,
    pub(crate) audience: Audience,
}

/// Who must get an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// At least one subscriber; until there is one, it is kept, tried again and counted.
    Somebody,
    /// Whoever subscribes at the time; nobody is right too.
    Anybody,
}

impl Outgoing {
    /// `event_type` is also the routing key: "orders.order.placed.v1". Events of one `partition_key` (the aggregate's id) keep
    /// their order. `network` is the network that the event belongs to, "" when to none.
    pub fn new(
        event_type: impl Into<String>,
        partition_key: impl Display,
        network: impl Display,
        message: &impl Message,
    ) -> Self {
        Self {
            event_type: event_type.into(),
            partition_key: partition_key.to_string(),
            network: network.to_string(),
            payload: message.encode_to_vec(),
            audience: Audience::Somebody,
        }
    }

    /// A fact that others may follow and nobody has to: without a subscriber it is done with.
    #[must_use]
    pub fn for_anybody(self) -> Self {
        Self {
            audience: Audience::Anybody,
            ..self
        }
    }
}

/// An event as a handler gets it: whoever and whenever, and the payload.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Given by the producer's outbox row; the same over every repeat and replay.
    pub message_id: Uuid,
    /// "orders.order.placed.v1".
    pub event_type: String,
    /// The producing service.
    pub source: String,
    /// Messages of one key keep their order.
    pub partition_key: String,
    /// The network it belongs to; "" when to none.
    pub network: String,
    /// When the fact became one.
    pub occurred_at: DateTime<Utc>,
    /// The trace that the event was recorded in.
    pub trace: TraceContext,
    /// The first message of the chain that this one belongs to; its own id when it is the first.
    pub correlation_id: Uuid,
    /// The message that led to this one.
    pub causation_id: Option<Uuid>,
    /// The protobuf message.
    pub payload: Vec<u8>,
}

impl Envelope {
    /// Reads the payload as the type that `event_type` promises.
    ///
    /// # Errors
    /// [`HandlerError::Fail`]: a payload that cannot be read today cannot be read tomorrow.
    pub fn decode<M: Message + Default>(&self) -> Result<M, HandlerError> {
        M::decode(self.payload.as_slice()).map_err(|error| {
            HandlerError::fail(
                anyhow::Error::new(error)
                    .context(format!("payload of {} is unreadable", self.event_type)),
            )
        })
    }
}

impl std::fmt::Debug for Envelope {
    /// Without the payload: an envelope may be logged.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Envelope")
            .field("message_id", &self.message_id)
            .field("event_type", &self.event_type)
            .field("source", &self.source)
            .field("partition_key", &self.partition_key)
            .field("network", &self.network)
            .field("payload_bytes", &self.payload.len())
            .finish_non_exhaustive()
    }
}
