//! Events that leave with the fact that they tell of, and take effect once wherever they arrive.
//!
//! Producer: a use case takes a [`Work`] from the [`Outbox`], changes rows, [`Work::record`]s events and commits; both are
//! in one transaction. One elected relay per service publishes the rows and marks them when the transport has taken
//! responsibility. Consumer: [`Messaging`] claims `(consumer, message id)` in the inbox and calls the [`Handler`]s in the same
//! transaction. What fails for now waits in the inbox, with its body, and holds back later messages of its own partition key
//! only; what fails for good becomes a dead letter ([`dead_letters`]) that can be replayed.
//!
//! Two transports, one behaviour: [`Transport::Local`] inside one process, [`Transport::Amqp`] over RabbitMQ.
//!
//! Delivery runs on the clock of the machine: leases, backoff and retention are about now, not about the domain's today.
//! What an event says of itself (`occurred_at`, ids) comes from the clock that the service was given.

mod commands;
pub mod dead_letters;
mod due;
mod envelope;
mod handler;
mod inbox;
pub mod lease;
mod messaging;
mod migrations;
mod observe;
mod relay;
mod retry_policy;
mod store;
mod tasks;
mod topic;
mod transport;
mod work;

pub use commands::Claim;
pub use envelope::{Envelope, Outgoing};
pub use handler::{Handler, HandlerError};
pub use messaging::Messaging;
pub use migrations::migrations;
pub use relay::RelaySettings;
pub use retry_policy::RetryPolicy;
pub use transport::Transport;
pub use transport::amqp::AmqpConfig;
pub use transport::amqp::look::{BrokerView, look_at_broker};
pub use transport::local::LocalBus;
pub use work::{Outbox, Work};

/// Every table of this crate, for the check that each column of a database is declared. None holds personal data: events
/// carry ids, never an identifier of a person.
pub const TABLES: &[&str] = &[
    "outbox",
    "inbox",
    "dead_letter",
    "lease",
    "local_subscription",
    "local_queue",
];
