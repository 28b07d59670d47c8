//! The producing end of the local bus.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use sea_orm::DbErr;
use service_kit::database::Database;

use super::{LocalBus, hand_over};
use crate::Envelope;
use crate::store::local_queue;
use crate::store::subscription::{self, Subscriptions};
use crate::transport::{Publisher, Undelivered};

/// Clones are the same publisher.
#[derive(Clone)]
pub(crate) struct LocalPublisher(Arc<Shared>);

pub(super) struct Shared {
    pub(super) bus: LocalBus,
    pub(super) database: Database,
    deadline: Duration,
    known: Mutex<Known>,
    /// The services that get their messages through the queue, because something is in it for them. Held while the queue
    /// grows, and while it is found empty.
    pub(super) behind: tokio::sync::Mutex<BTreeSet<String>>,
}

#[derive(Default)]
struct Known {
    /// Of the bus, when it was last looked at; none before the first look.
    generation: Option<u64>,
    subscriptions: Arc<Subscriptions>,
}

impl LocalPublisher {
    pub(crate) fn new(bus: LocalBus, database: Database, deadline: Duration) -> Self {
        Self(Arc::new(Shared {
            bus,
            database,
            deadline,
            known: Mutex::default(),
            behind: tokio::sync::Mutex::default(),
        }))
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.0
    }
}

impl Shared {
    fn known(&self) -> (Option<u64>, Arc<Subscriptions>) {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        (known.generation, Arc::clone(&known.subscriptions))
    }

    /// Whether the service has the message. Not: it is away, slower than the deadline, or has earlier ones to take first.
    async fn reaches(&self, service: &str, envelope: &Envelope) -> bool {
        if self.behind.lock().await.contains(service) {
            return false;
        }
        tokio::time::timeout(self.deadline, hand_over(&self.bus, service, envelope))
            .await
            .unwrap_or(false)
    }

    async fn keep(&self, services: &[&str], envelope: &Envelope) -> Result<(), DbErr> {
        let mut behind = self.behind.lock().await;
        let tx = self.database.begin().await?;
        local_queue::keep(&tx, services, envelope.message_id).await?;
        tx.commit().await?;
        for service in services {
            if behind.insert((*service).to_owned()) {
                tracing::info!(
                    service,
                    event_type = envelope.event_type,
                    "messages are kept until it takes them"
                );
            }
        }
        Ok(())
    }

    /// Keeps the subscriptions of the bus in the producer's database, so that a service that was there before a restart is
    /// waited for after it.
    async fn learn_subscriptions(&self) -> Result<(), DbErr> {
        let generation = self.bus.generation();
        let (seen, known) = self.known();
        if seen == Some(generation) {
            return Ok(());
        }
        let mut now = if seen.is_none() {
            subscription::all(&self.database.reader()).await?
        } else {
            known.as_ref().clone()
        };
        for (service, topics) in self.bus.subscriptions() {
            if now.get(&service) != Some(&topics) {
                let tx = self.database.begin().await?;
                subscription::replace(&tx, &service, &topics).await?;
                tx.commit().await?;
                now.insert(service, topics);
            }
        }
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Known {
            generation: Some(generation),
            subscriptions: Arc::new(now),
        };
        Ok(())
    }

    /// Learns who subscribes, and for whom an earlier relay has kept something.
    async fn prepare(&self) -> Result<(), DbErr> {
        self.learn_subscriptions().await?;
        let mut behind = self.behind.lock().await;
        behind.extend(local_queue::services(&self.database.reader()).await?);
        Ok(())
    }

    async fn publish(&self, envelope: &Envelope) -> Result<(), Undelivered> {
        let (_, subscriptions) = self.known();
        let services = subscription::wanting(&subscriptions, &envelope.event_type);
        if services.is_empty() {
            return Err(Undelivered::Unroutable);
        }
        let reached = join_all(
            services
                .iter()
                .map(|service| self.reaches(service, envelope)),
        )
        .await;
        let missed: Vec<&str> = services
            .into_iter()
            .zip(reached)
            .filter_map(|(service, reached)| (!reached).then_some(service))
            .collect();
        if missed.is_empty() {
            return Ok(());
        }
        self.keep(&missed, envelope).await.map_err(|error| {
            tracing::warn!(%error, "a message could not be kept for a subscriber");
            Undelivered::NotKept
        })
    }
}

#[async_trait]
impl Publisher for LocalPublisher {
    fn available(&self) -> bool {
        true
    }

    async fn prepare(&self) -> Result<(), DbErr> {
        self.0.prepare().await
    }

    /// In a task of its own: it takes the writer of the database and the lock of the queue, and the relay, which waits for
    /// both, polls nothing meanwhile.
    async fn publish(&self, envelope: &Envelope) -> Result<(), Undelivered> {
        let (shared, envelope) = (Arc::clone(&self.0), envelope.clone());
        tokio::spawn(async move { shared.publish(&envelope).await })
            .await
            .unwrap_or(Err(Undelivered::NotKept))
    }
}
