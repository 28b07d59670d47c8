//! Within one process: the relay hands each message to the lanes of the services that subscribe to it, and counts it as
//! delivered when each has it in its inbox, or it is kept for those that have not.

mod publisher;
pub(crate) mod queue;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Notify;

use crate::Envelope;
use crate::inbox::lanes::Lanes;
use crate::store::subscription::Subscriptions;

pub(crate) use publisher::LocalPublisher;

/// The bus of one process; its services share it. Clones are the same bus.
#[derive(Clone, Debug, Default)]
pub struct LocalBus(Arc<Bus>);

#[derive(Debug, Default)]
struct Bus {
    services: Mutex<BTreeMap<String, Service>>,
    /// Whom to ring when somebody subscribes or starts to take messages.
    bells: Mutex<Vec<Weak<Notify>>>,
    /// Rises with every change of the subscriptions.
    generation: AtomicU64,
    instances: AtomicU64,
}

#[derive(Debug, Default)]
struct Service {
    topics: Vec<String>,
    /// Running instances, oldest first. Only the first gets messages, so that order is kept; the others stand by.
    running: Vec<(u64, Arc<Lanes>)>,
}

impl LocalBus {
    /// From now on `service` gets these topics. It gets nothing that was delivered before.
    pub(crate) fn subscribe(&self, service: &str, topics: Vec<String>) {
        self.services(|services| services.entry(service.to_owned()).or_default().topics = topics);
        self.0.generation.fetch_add(1, Ordering::SeqCst);
        self.ring();
    }

    /// An instance of `service` takes messages until the guard is dropped.
    pub(crate) fn attach(&self, service: &str, lanes: Arc<Lanes>) -> Attached {
        let instance = self.0.instances.fetch_add(1, Ordering::SeqCst);
        self.services(|services| {
            services
                .entry(service.to_owned())
                .or_default()
                .running
                .push((instance, lanes));
        });
        self.ring();
        Attached {
            bus: self.clone(),
            service: service.to_owned(),
            instance,
        }
    }

    /// Rings `bell` when a subscription or a running service is new.
    pub(crate) fn add_bell(&self, bell: &Arc<Notify>) {
        let mut bells = self.0.bells.lock().unwrap_or_else(PoisonError::into_inner);
        bells.retain(|bell| bell.strong_count() > 0);
        bells.push(Arc::downgrade(bell));
    }

    fn ring(&self) {
        let bells = self.0.bells.lock().unwrap_or_else(PoisonError::into_inner);
        bells
            .iter()
            .filter_map(Weak::upgrade)
            .for_each(|bell| bell.notify_one());
    }

    fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::SeqCst)
    }

    fn subscriptions(&self) -> Subscriptions {
        self.services(|services| {
            services
                .iter()
                .map(|(name, service)| (name.clone(), service.topics.clone()))
                .collect()
        })
    }

    fn lanes_of(&self, service: &str) -> Option<Arc<Lanes>> {
        self.services(|services| {
            services
                .get(service)?
                .running
                .first()
                .map(|(_, lanes)| Arc::clone(lanes))
        })
    }

    fn services<T>(&self, then: impl FnOnce(&mut BTreeMap<String, Service>) -> T) -> T {
        then(
            &mut self
                .0
                .services
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

/// An instance that takes messages; dropped, it takes none.
#[derive(Debug)]
pub(crate) struct Attached {
    bus: LocalBus,
    service: String,
    instance: u64,
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.bus.services(|services| {
            if let Some(service) = services.get_mut(&self.service) {
                service
                    .running
                    .retain(|(instance, _)| *instance != self.instance);
            }
        });
    }
}

/// Brings a message to a service and waits until it is in its inbox. False: it is away.
async fn hand_over(bus: &LocalBus, service: &str, envelope: &Envelope) -> bool {
    let Some(lanes) = bus.lanes_of(service) else {
        return false;
    };
    let Some(settled) = lanes.offer(envelope.clone()).await else {
        return false;
    };
    fail::fail_point!("relay.after_publish");
    settled.await.is_ok()
}
