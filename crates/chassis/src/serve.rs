//! Serving: consumers behind the fence, listeners last, everything tracked.

use std::sync::Arc;

use mailer::Mailer;
use messaging::{Handler, Messaging, RetryPolicy};
use privacy::{Holder, HolderHooks, HolderParts};
use service_kit::admin;
use service_kit::caller::TokenVerifier;
use service_kit::grpc::{self, Server, TlsFiles};
use service_kit::lifecycle::STARTING;
use service_kit::telemetry::metrics_handle;
use tokio::net::TcpListener;
use tonic::service::Routes;

use crate::Chassis;

/// A gRPC listener and what it serves.
pub struct GrpcDoor {
    /// The bound socket.
    pub listener: TcpListener,
    /// The services behind it.
    pub routes: Routes,
}

/// What a service brings along.
pub struct Serve {
    /// For other services.
    pub internal: Option<GrpcDoor>,
    /// For providers' systems.
    pub provider: Option<GrpcDoor>,
    /// For operators.
    pub admin: Option<TcpListener>,
    /// Event handlers besides those of the holder.
    pub handlers: Vec<Arc<dyn Handler>>,
    /// What the data map cannot say.
    pub hooks: Arc<dyn HolderHooks>,
    /// Methods that answer even behind the fence.
    pub open_when_fenced: &'static [&'static str],
}

impl Chassis {
    /// Starts everything and returns; the lifecycle tracks it from here. Requests and events wait for the fence.
    ///
    /// # Errors
    /// The configuration lacks the address of the rights service.
    pub fn serve(&self, serve: Serve) -> anyhow::Result<()> {
        let Serve {
            internal,
            provider,
            admin,
            mut handlers,
            hooks,
            open_when_fenced,
        } = serve;
        let lifecycle = &self.lifecycle;

        if let Some(door) = internal {
            self.open(door, self.wiring.tls.clone(), open_when_fenced);
        }
        if let Some(door) = provider {
            self.open(door, self.wiring.provider_tls.clone(), &[]);
        }
        if let Some(listener) = admin {
            let (readiness, shutdown) = (lifecycle.readiness.clone(), lifecycle.shutdown.clone());
            let reasons = move || {
                readiness
                    .reasons()
                    .into_iter()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            lifecycle.spawn(
                "admin",
                admin::serve(listener, Arc::new(reasons), metrics_handle(), shutdown),
            );
        }

        let holder = Holder::new(HolderParts {
            privacy: self.privacy.clone(),
            outbox: self.outbox.clone(),
            identity: Arc::clone(&self.identity),
            trust: self.anchor.clone(),
            rights: self.client("rights")?,
            lifecycle: lifecycle.clone(),
            hooks,
        });
        handlers.extend(holder.handlers());
        let (outbox, transport) = (self.outbox.clone(), self.transport.clone());
        let messaging = Messaging::new(
            outbox,
            self.service,
            handlers,
            transport,
            RetryPolicy::default(),
        );
        let readiness = lifecycle.readiness.clone();
        messaging.start(lifecycle, async move {
            readiness.wait_for(privacy::FENCE).await;
        });
        holder.start();
        if let Some(config) = &self.wiring.mail {
            Mailer::new(config, self.mail.clone())?.start(lifecycle);
        }
        lifecycle.readiness.release(STARTING);
        Ok(())
    }

    fn open(
        &self,
        door: GrpcDoor,
        tls: Option<TlsFiles>,
        open_when_fenced: &'static [&'static str],
    ) {
        let server = Server {
            listener: door.listener,
            tls,
            routes: door.routes,
            verifier: TokenVerifier::new(self.anchor.clone(), self.service, self.clock.clone()),
            readiness: self.lifecycle.readiness.clone(),
            open_when_fenced,
            shutdown: self.lifecycle.shutdown.clone(),
        };
        self.lifecycle.spawn("grpc", grpc::serve(server));
    }
}
