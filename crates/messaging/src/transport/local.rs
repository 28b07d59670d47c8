//! Within one process: the relay hands each message to the lanes of the services that subscribe to it, and counts it as
//! delivered when each has it in its inbox.

mod publisher;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Notify;

use crate::inbox::lanes::Lanes;
use crate::store::subscription::Subscriptions;

pub(crate) use publisher::LocalPublisher;

/// The bus of one process; its services share it. Clones are the same bus.
#[derive(Clone, Debug, Default)]
pub struct LocalBus(Arc<Bus>);

#[derive(Debug, Default)]
struct Bus {
    services: Mutex<BTreeMap<String, Service>>,
    relays: Mutex<Vec<Weak<Notify>>>,
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
        self.wake_relays();
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
        self.wake_relays();
        Attached {
            bus: self.clone(),
            service: service.to_owned(),
            instance,
        }
    }

    /// Rings `wake` when a subscription or a running service is new.
    pub(crate) fn add_relay(&self, wake: &Arc<Notify>) {
        let mut relays = self.0.relays.lock().unwrap_or_else(PoisonError::into_inner);
        relays.retain(|relay| relay.strong_count() > 0);
        relays.push(Arc::downgrade(wake));
    }

    fn wake_relays(&self) {
        let relays = self.0.relays.lock().unwrap_or_else(PoisonError::into_inner);
        relays
            .iter()
            .filter_map(Weak::upgrade)
            .for_each(|relay| relay.notify_one());
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
