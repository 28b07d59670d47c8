//! An envelope as AMQP properties and headers: CloudEvents 1.0 in binary mode. The official binding is for AMQP 1.0; RabbitMQ
//! maps headers to its application properties, so that its readers see a valid event.

use chrono::{DateTime, SecondsFormat, Utc};
use lapin::BasicProperties;
use lapin::message::Delivery;
use lapin::types::{AMQPValue, FieldTable};
use service_kit::telemetry::TraceContext;
use uuid::Uuid;

use crate::{Envelope, due};

const ID: &str = "cloudEvents_id";
const SOURCE: &str = "cloudEvents_source";
const TYPE: &str = "cloudEvents_type";
const TIME: &str = "cloudEvents_time";
const SPEC_VERSION: &str = "cloudEvents_specversion";
const PARTITION_KEY: &str = "cloudEvents_partitionkey";
const NETWORK: &str = "cloudEvents_network";
const CORRELATION: &str = "cloudEvents_correlationid";
const CAUSATION: &str = "cloudEvents_causationid";
const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";
/// CloudEvents wants a URI reference as source; ours are `/uttag/<service>`.
const SOURCE_PREFIX: &str = "/uttag/";
/// Survives a restart of the broker.
const PERSISTENT: u8 = 2;

/// Why a delivery is not one of our messages; and as much of it as could be read, for the dead letter.
#[derive(Debug)]
pub(super) struct Malformed {
    pub(super) envelope: Envelope,
    pub(super) why: &'static str,
}

pub(super) fn properties(envelope: &Envelope) -> BasicProperties {
    let (traceparent, tracestate) = envelope.trace.columns();
    let mut headers = FieldTable::default();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            headers.insert(name.into(), AMQPValue::LongString(value.into()));
        }
    };
    set(SPEC_VERSION, Some("1.0".to_owned()));
    set(ID, Some(envelope.message_id.to_string()));
    set(SOURCE, Some(format!("{SOURCE_PREFIX}{}", envelope.source)));
    set(TYPE, Some(envelope.event_type.clone()));
    set(
        TIME,
        Some(
            envelope
                .occurred_at
                .to_rfc3339_opts(SecondsFormat::Micros, true),
        ),
    );
    set(PARTITION_KEY, Some(envelope.partition_key.clone()));
    set(
        NETWORK,
        Some(envelope.network.clone()).filter(|network| !network.is_empty()),
    );
    set(CORRELATION, Some(envelope.correlation_id.to_string()));
    set(CAUSATION, envelope.causation_id.map(|id| id.to_string()));
    set(TRACEPARENT, traceparent);
    set(TRACESTATE, tracestate);
    BasicProperties::default()
        .with_message_id(envelope.message_id.to_string().into())
        .with_correlation_id(envelope.correlation_id.to_string().into())
        .with_type(envelope.event_type.as_str().into())
        .with_timestamp(u64::try_from(envelope.occurred_at.timestamp()).unwrap_or_default())
        .with_content_type("application/protobuf".into())
        .with_delivery_mode(PERSISTENT)
        .with_headers(headers)
}

pub(super) fn envelope(delivery: &Delivery) -> Result<Envelope, Box<Malformed>> {
    let read = Read(delivery.properties.headers().as_ref());
    let id = read.uuid(ID);
    let time = read
        .text(TIME)
        .and_then(|time| DateTime::parse_from_rfc3339(&time).ok());
    let source = read
        .text(SOURCE)
        .and_then(|source| source.strip_prefix(SOURCE_PREFIX).map(str::to_owned));
    let event_type = read.text(TYPE);
    let partition_key = read.text(PARTITION_KEY);
    let missing = [
        (id.is_none(), "no valid id"),
        (time.is_none(), "no valid time"),
        (source.is_none(), "no source of ours"),
        (event_type.is_none(), "no type"),
        (partition_key.is_none(), "no partition key"),
    ];
    #[expect(
        clippy::disallowed_methods,
        reason = "a message without an id gets one, now"
    )]
    let message_id = id.unwrap_or_else(Uuid::now_v7);
    let envelope = Envelope {
        message_id,
        event_type: event_type.unwrap_or_else(|| clean(delivery.routing_key.as_str())),
        source: source.unwrap_or_default(),
        partition_key: partition_key.unwrap_or_default(),
        network: read.text(NETWORK).unwrap_or_default(),
        occurred_at: time.map_or_else(due::now, |time| time.with_timezone(&Utc)),
        trace: TraceContext::from_columns(read.text(TRACEPARENT), read.text(TRACESTATE)),
        correlation_id: read.uuid(CORRELATION).unwrap_or(message_id),
        causation_id: read.uuid(CAUSATION),
        payload: delivery.data.clone(),
    };
    match missing
        .into_iter()
        .find_map(|(is_missing, why)| is_missing.then_some(why))
    {
        Some(why) => Err(Box::new(Malformed { envelope, why })),
        None => Ok(envelope),
    }
}

struct Read<'a>(Option<&'a FieldTable>);

impl Read<'_> {
    fn text(&self, name: &str) -> Option<String> {
        match self.0?.inner().get(name)? {
            AMQPValue::LongString(value) => Some(clean(&String::from_utf8_lossy(value.as_bytes()))),
            AMQPValue::ShortString(value) => Some(clean(value.as_str())),
            _ => None,
        }
    }

    fn uuid(&self, name: &str) -> Option<Uuid> {
        Uuid::parse_str(&self.text(name)?).ok()
    }
}

/// A database takes no NUL in a text.
fn clean(text: &str) -> String {
    text.replace('\0', "")
}
