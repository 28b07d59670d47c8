//! The tables, and every query on them. Queries are portable; where one is written as text, its placeholders are `$1`, which
//! both SQLite and PostgreSQL take.

pub(crate) mod backlog;
pub(crate) mod dead_letter;
pub(crate) mod inbox;
pub(crate) mod local_queue;
pub(crate) mod outbox;
pub(crate) mod parked;
pub(crate) mod subscription;

use sea_orm::{ConnectionTrait, Statement, Value};

use crate::Envelope;

/// A statement written as text.
pub(crate) fn sql<C: ConnectionTrait>(
    connection: &C,
    text: &str,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), text, values)
}

/// Builds an [`Envelope`] from a row of any table that holds one.
macro_rules! envelope_of {
    ($row:expr) => {{
        let row = $row;
        $crate::Envelope {
            message_id: row.message_id,
            event_type: row.event_type,
            source: row.source,
            partition_key: row.partition_key,
            network: row.network,
            occurred_at: row.occurred_at,
            trace: service_kit::telemetry::TraceContext::from_columns(
                row.traceparent,
                row.tracestate,
            ),
            correlation_id: row.correlation_id,
            causation_id: row.causation_id,
            payload: row.payload,
        }
    }};
}
pub(crate) use envelope_of;

/// What the `Set(..)` columns of every table that holds an envelope are.
macro_rules! envelope_columns {
    ($envelope:expr, { $($field:ident: $value:expr),* $(,)? }) => {{
        let envelope: $crate::Envelope = $envelope;
        let (traceparent, tracestate) = envelope.trace.columns();
        ActiveModel {
            message_id: sea_orm::ActiveValue::Set(envelope.message_id),
            event_type: sea_orm::ActiveValue::Set(envelope.event_type),
            source: sea_orm::ActiveValue::Set(envelope.source),
            partition_key: sea_orm::ActiveValue::Set(envelope.partition_key),
            network: sea_orm::ActiveValue::Set(envelope.network),
            occurred_at: sea_orm::ActiveValue::Set(envelope.occurred_at),
            traceparent: sea_orm::ActiveValue::Set(traceparent),
            tracestate: sea_orm::ActiveValue::Set(tracestate),
            correlation_id: sea_orm::ActiveValue::Set(envelope.correlation_id),
            causation_id: sea_orm::ActiveValue::Set(envelope.causation_id),
            payload: sea_orm::ActiveValue::Set(envelope.payload),
            $($field: $value),*
        }
    }};
}
pub(crate) use envelope_columns;

/// A payload that is no longer needed is not kept.
pub(crate) fn without_payload(envelope: &Envelope) -> Envelope {
    Envelope {
        payload: Vec::new(),
        ..envelope.clone()
    }
}
