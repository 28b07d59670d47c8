//! Puts the parts together for one service.

use std::sync::Arc;

use sea_orm::DbBackend;
use service_kit::lifecycle::Lifecycle;
use tokio::sync::Notify;

use crate::inbox::lanes::Lanes;
use crate::inbox::{Consumer, retries};
use crate::lease::Lease;
use crate::relay::bell::Bell;
use crate::relay::{self, Relay, sweep};
use crate::transport::amqp::{self, Amqp};
use crate::transport::local::{LocalPublisher, queue};
use crate::transport::{Publisher, Transport};
use crate::{Handler, LocalBus, Outbox, RelaySettings, RetryPolicy, tasks};

/// The messaging of one service: its relay and its consumer.
pub struct Messaging {
    outbox: Outbox,
    service: Arc<str>,
    handlers: Vec<Arc<dyn Handler>>,
    transport: Transport,
    policy: RetryPolicy,
    settings: RelaySettings,
}

impl Messaging {
    /// The messaging of `service`, with the handlers of what it subscribes to.
    pub fn new(
        outbox: Outbox,
        service: &str,
        handlers: Vec<Arc<dyn Handler>>,
        transport: Transport,
        policy: RetryPolicy,
    ) -> Self {
        Self {
            outbox,
            service: service.into(),
            handlers,
            transport,
            policy,
            settings: RelaySettings::default(),
        }
    }

    /// With other limits than the usual ones.
    #[must_use]
    pub fn with_settings(self, settings: RelaySettings) -> Self {
        Self { settings, ..self }
    }

    /// Subscribes and relays at once; takes messages when `consumers_wait_for` has ended, and never while readiness is held by
    /// "fence". What happens on the way stays in the outbox or the queue. Ends with the lifecycle.
    pub fn start(
        self,
        lifecycle: &Lifecycle,
        consumers_wait_for: impl Future<Output = ()> + Send + 'static,
    ) {
        let handlers = self.handlers.clone();
        let readiness = lifecycle.readiness.clone();
        let consumer = Arc::new(Consumer::new(
            Arc::clone(&self.service),
            self.outbox.clone(),
            handlers,
            self.policy,
            readiness,
        ));
        let lanes = Lanes::start(&consumer, lifecycle);
        let publisher: Arc<dyn Publisher> = match self.transport.clone() {
            Transport::Local(bus) => {
                self.start_local(&bus, &consumer, &lanes, lifecycle, consumers_wait_for)
            }
            Transport::Amqp(config) => {
                let amqp = Amqp::new(config, Arc::clone(&self.service), consumer.topics());
                amqp::consume::start(
                    amqp.clone(),
                    Arc::clone(&consumer),
                    Arc::clone(&lanes),
                    lifecycle,
                    consumers_wait_for,
                );
                amqp::publish::start(
                    amqp,
                    self.settings.publish_deadline,
                    Arc::clone(self.outbox.wake()),
                    lifecycle,
                )
            }
        };
        self.start_relay(publisher, lifecycle);
        let shutdown = lifecycle.shutdown.clone();
        tasks::spawn(
            lifecycle,
            "messaging retries",
            retries::run(consumer, lanes, shutdown),
        );
    }

    fn start_local(
        &self,
        bus: &LocalBus,
        consumer: &Arc<Consumer>,
        lanes: &Arc<Lanes>,
        lifecycle: &Lifecycle,
        gate: impl Future<Output = ()> + Send + 'static,
    ) -> Arc<dyn Publisher> {
        bus.subscribe(&self.service, consumer.topics());
        bus.add_bell(self.outbox.wake());
        let publisher = self.start_local_queue(bus, lifecycle);
        let (bus, consumer, lanes) = (bus.clone(), Arc::clone(consumer), Arc::clone(lanes));
        let shutdown = lifecycle.shutdown.clone();
        tasks::spawn(lifecycle, "messaging consumer", async move {
            let taking = async {
                gate.await;
                loop {
                    consumer.open().await;
                    let attached = bus.attach(&consumer.service, Arc::clone(&lanes));
                    consumer.closed().await;
                    drop(attached);
                }
            };
            tokio::select! {
                () = taking => {}
                () = shutdown.cancelled() => {}
            }
        });
        Arc::new(publisher)
    }

    fn start_local_queue(&self, bus: &LocalBus, lifecycle: &Lifecycle) -> LocalPublisher {
        let publisher = LocalPublisher::new(
            bus.clone(),
            self.outbox.database().clone(),
            self.settings.publish_deadline,
        );
        let bell = Arc::new(Notify::new());
        bus.add_bell(&bell);
        let shutdown = lifecycle.shutdown.clone();
        tasks::spawn(
            lifecycle,
            "messaging local queue",
            queue::run(publisher.clone(), bell, shutdown),
        );
        publisher
    }

    fn start_relay(&self, publisher: Arc<dyn Publisher>, lifecycle: &Lifecycle) {
        let database = self.outbox.database().clone();
        let length = self.settings.lease.unwrap_or(match database.backend() {
            DbBackend::Sqlite => std::time::Duration::from_secs(2),
            _ => std::time::Duration::from_secs(6),
        });
        let relay = Relay {
            service: Arc::clone(&self.service),
            database: database.clone(),
            publisher,
            wake: Arc::clone(self.outbox.wake()),
            settings: self.settings,
            bell: Bell::new(database.clone(), &self.service),
            lease: Lease::new(database.clone(), relay::lease_name(&self.service), length),
        };
        lifecycle.spawn("messaging relay", relay.run(lifecycle.shutdown.clone()));
        let (service, settings, shutdown) = (
            Arc::clone(&self.service),
            self.settings,
            lifecycle.shutdown.clone(),
        );
        lifecycle.spawn("messaging sweep", async move {
            sweep::run(&service, database, settings, shutdown).await
        });
    }
}

impl std::fmt::Debug for Messaging {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Messaging")
            .field("service", &self.service)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
