//! RabbitMQ, by lapin: this module is its only user. Two connections per service, one to publish and one to consume, because a
//! broker that holds back publishers blocks the whole connection. Reconnecting is ours: any error drops the connection.

mod connection;
pub(crate) mod consume;
mod headers;
pub(crate) mod look;
pub(crate) mod publish;
mod topology;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

/// How to reach the broker.
#[derive(Clone, Debug)]
pub struct AmqpConfig {
    /// `amqps://user:password@host:5671/vhost`.
    pub url: SecretString,
    /// Certificates that the broker's must come from, PEM. `None`: those of the system.
    pub ca_file: Option<PathBuf>,
    /// Messages that the broker sends ahead of their acknowledgement: few enough that a crash does not spend the deliveries of many.
    pub prefetch: u16,
    /// Messages that a queue holds; beyond it the broker refuses publications, and they wait in the outboxes.
    pub queue_limit: u32,
}

impl AmqpConfig {
    /// With the usual limits.
    pub fn new(url: SecretString, ca_file: Option<PathBuf>) -> Self {
        Self {
            url,
            ca_file,
            prefetch: 64,
            queue_limit: 1_000_000,
        }
    }
}

/// First wait before connecting again, and the longest.
const RECONNECT: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// The broker as one service sees it. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Amqp(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: AmqpConfig,
    service: Arc<str>,
    topics: Vec<String>,
}

impl Amqp {
    pub(crate) fn new(config: AmqpConfig, service: Arc<str>, topics: Vec<String>) -> Self {
        Self(Arc::new(Inner {
            config,
            service,
            topics,
        }))
    }

    /// The exchange that this service writes.
    fn exchange(&self) -> String {
        format!("uttag.{}", self.0.service)
    }

    /// The queue that this service reads.
    fn queue(&self) -> String {
        format!("uttag.{}.events", self.0.service)
    }

    /// Where the broker puts what killed its reader too often.
    fn dead_queue(&self) -> String {
        format!("uttag.{}.dead", self.0.service)
    }
}
