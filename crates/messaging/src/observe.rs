//! Names of metrics and spans, in one place: the OpenTelemetry conventions for messaging are still moving.

use chrono::{DateTime, Utc};
use service_kit::telemetry::TraceContext;
use tracing::{Span, field};

use crate::store::backlog::Backlog;
use crate::transport::Undelivered;
use crate::{Envelope, due};

/// The span that a message is published in; its parent is where the event was recorded.
pub(crate) fn publish_span(envelope: &Envelope) -> Span {
    let span = tracing::info_span!(
        "publish",
        otel.name = format!("publish {}", envelope.event_type),
        otel.kind = "producer",
        messaging.system = "uttag",
        messaging.operation.name = "publish",
        messaging.destination.name = envelope.event_type,
        messaging.message.id = %envelope.message_id,
        messaging.message.conversation_id = %envelope.correlation_id,
        messaging.outcome = field::Empty,
    );
    envelope.trace.set_parent(&span);
    span
}

/// The span that a message is handled in. Its parent is the publication, whose parent is where the event was recorded: so
/// a request is one trace from the browser to its last effect.
pub(crate) fn process_span(consumer: &str, envelope: &Envelope) -> Span {
    let span = tracing::info_span!(
        "process",
        otel.name = format!("process {}", envelope.event_type),
        otel.kind = "consumer",
        messaging.system = "uttag",
        messaging.operation.name = "process",
        messaging.destination.name = envelope.event_type,
        messaging.message.id = %envelope.message_id,
        messaging.message.conversation_id = %envelope.correlation_id,
        messaging.consumer.group.name = consumer,
        trace.id = field::Empty,
    );
    envelope.trace.set_parent(&span);
    span.record("trace.id", TraceContext::of(&span).trace_id());
    span
}

/// What became of a publication.
pub(crate) fn label(outcome: Result<(), Undelivered>) -> &'static str {
    outcome.map_or_else(Undelivered::label, |()| "delivered")
}

/// A publication has ended.
pub(crate) fn published(service: &str, outcome: Result<(), Undelivered>) {
    let outcome = label(outcome);
    metrics::counter!("messaging_published_total", "service" => service.to_owned(), "outcome" => outcome).increment(1);
}

/// A message was received; `effect` says what became of it.
pub(crate) fn received(consumer: &str, effect: &'static str) {
    metrics::counter!("messaging_received_total", "service" => consumer.to_owned(), "effect" => effect).increment(1);
}

/// What is kept for subscribers of the local transport that are away.
pub(crate) fn kept(service: &str, messages: u64) {
    gauge("messaging_local_queue", service, messages);
}

/// How long from the fact to its effect here.
pub(crate) fn took_effect(consumer: &str, occurred_at: DateTime<Utc>) {
    let seconds = (due::now() - occurred_at).as_seconds_f64().max(0.0);
    metrics::histogram!("messaging_effect_delay_seconds", "service" => consumer.to_owned())
        .record(seconds);
}

/// What waits in the outbox.
pub(crate) fn backlog(service: &str, backlog: &Backlog) {
    let age = backlog.oldest.map_or(0.0, |oldest| {
        (due::now() - oldest).as_seconds_f64().max(0.0)
    });
    gauge("messaging_outbox_pending", service, backlog.pending);
    gauge("messaging_outbox_unroutable", service, backlog.unroutable);
    metrics::gauge!("messaging_outbox_oldest_age_seconds", "service" => service.to_owned())
        .set(age);
}

/// What waits in the inbox, and what was given up.
pub(crate) fn waiting(service: &str, waiting: u64, dead_letters: u64) {
    gauge("messaging_inbox_waiting", service, waiting);
    gauge("messaging_dead_letters_open", service, dead_letters);
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; nobody has 2^52 messages"
)]
fn gauge(name: &'static str, service: &str, value: u64) {
    metrics::gauge!(name, "service" => service.to_owned()).set(value as f64);
}
