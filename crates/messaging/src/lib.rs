//! Outbox, relay, inbox, retries, dead letters; transports amqp and local.
