//! The producing end of the local bus.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use sea_orm::DbErr;
use service_kit::database::Database;
use uuid::Uuid;

use super::LocalBus;
use crate::inbox::lanes::Lanes;
use crate::store::subscription::{self, Subscriptions};
use crate::transport::{Publisher, Undelivered};
use crate::{Envelope, topic};

/// More messages than this are not remembered as half delivered; a repetition is harmless and costs one look in an inbox.
const REMEMBERED: usize = 10_000;

pub(crate) struct LocalPublisher {
    bus: LocalBus,
    database: Database,
    deadline: Duration,
    known: Mutex<Known>,
    /// Who has which message already, while somebody else has not.
    taken: Mutex<HashMap<Uuid, HashSet<String>>>,
}

#[derive(Default)]
struct Known {
    /// Of the bus, when it was last looked at; none before the first look.
    generation: Option<u64>,
    subscriptions: Arc<Subscriptions>,
}

impl LocalPublisher {
    pub(crate) fn new(bus: LocalBus, database: Database, deadline: Duration) -> Self {
        Self {
            bus,
            database,
            deadline,
            known: Mutex::default(),
            taken: Mutex::default(),
        }
    }

    fn known(&self) -> (Option<u64>, Arc<Subscriptions>) {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        (known.generation, Arc::clone(&known.subscriptions))
    }

    async fn hand_over(&self, service: &str, envelope: &Envelope) -> Result<(), Undelivered> {
        let lanes = self.bus.lanes_of(service).ok_or(Undelivered::NotRunning)?;
        tokio::time::timeout(self.deadline, settled(&lanes, envelope))
            .await
            .unwrap_or(Err(Undelivered::TimedOut))
    }

    fn has_taken(&self, service: &str, message_id: Uuid) -> bool {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken
            .get(&message_id)
            .is_some_and(|services| services.contains(service))
    }

    fn remember(&self, message_id: Uuid, outcomes: &[(&String, Result<(), Undelivered>)]) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if outcomes.iter().all(|(_, outcome)| outcome.is_ok()) {
            taken.remove(&message_id);
            return;
        }
        if taken.len() >= REMEMBERED {
            taken.clear();
        }
        let services = outcomes
            .iter()
            .filter(|(_, outcome)| outcome.is_ok())
            .map(|(service, _)| (*service).clone());
        taken.entry(message_id).or_default().extend(services);
    }
}

async fn settled(lanes: &Lanes, envelope: &Envelope) -> Result<(), Undelivered> {
    let settled = lanes
        .offer(envelope.clone())
        .await
        .ok_or(Undelivered::NotRunning)?;
    fail::fail_point!("relay.after_publish");
    settled.await.map_err(|_| Undelivered::NotRunning)
}

#[async_trait]
impl Publisher for LocalPublisher {
    fn available(&self) -> bool {
        true
    }

    /// Keeps the subscriptions of the bus in the producer's database, so that a service that was there before a restart is
    /// waited for after it.
    async fn prepare(&self) -> Result<(), DbErr> {
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

    async fn publish(&self, envelope: &Envelope) -> Result<(), Undelivered> {
        let (_, subscriptions) = self.known();
        let wants = |topics: &Vec<String>| {
            topics
                .iter()
                .any(|pattern| topic::matches(pattern, &envelope.event_type))
        };
        let services: Vec<&String> = subscriptions
            .iter()
            .filter(|(_, topics)| wants(topics))
            .map(|(service, _)| service)
            .collect();
        if services.is_empty() {
            return Err(Undelivered::Unroutable);
        }
        let hand_over = services.into_iter().map(async |service| {
            if self.has_taken(service, envelope.message_id) {
                return (service, Ok(()));
            }
            (service, self.hand_over(service, envelope).await)
        });
        let outcomes = join_all(hand_over).await;
        self.remember(envelope.message_id, &outcomes);
        outcomes
            .into_iter()
            .find_map(|(_, outcome)| outcome.err())
            .map_or(Ok(()), Err)
    }
}
