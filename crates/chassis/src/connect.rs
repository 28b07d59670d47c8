//! Connecting: databases, keys, identity, outbox, mail.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use kernel::SharedClock;
use mailer::MailQueue;
use messaging::{AmqpConfig, LocalBus, Outbox, Transport};
use privacy::{DataMap, Privacy, Tokens, Vault};
use sea_orm_migration::MigratorTrait;
use service_kit::caller::TokenIssuer;
use service_kit::config::{MessagingConfig, ServiceConfig, TransportKind};
use service_kit::database::Database;
use service_kit::grpc::{self, ClientChannel, Endpoint};
use service_kit::identity::{Identity, TrustAnchor};
use service_kit::lifecycle::Lifecycle;
use service_kit::secret::Key32;
use tonic::transport::Channel;

/// What a service is given by the process that it runs in.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The bus of this process, when several services share it; `None` when a broker is configured.
    pub bus: Option<LocalBus>,
    /// Where the time comes from.
    pub clock: SharedClock,
    /// When to stop, and what is still running.
    pub lifecycle: Lifecycle,
}

/// The connected parts of one service.
pub struct Chassis {
    /// The service's name: "orders".
    pub service: &'static str,
    /// Its own database, migrated.
    pub database: Database,
    /// Facts and their events, committed together.
    pub outbox: Outbox,
    /// Sealing, tokens, access log.
    pub privacy: Privacy,
    /// Mails of this service; they wait in its database while no SMTP server is configured.
    pub mail: MailQueue,
    /// Who we are.
    pub identity: Arc<Identity>,
    /// Signs our own calls to other services.
    pub issuer: Arc<TokenIssuer>,
    /// Whose signatures we believe.
    pub anchor: TrustAnchor,
    /// Where the time comes from.
    pub clock: SharedClock,
    /// When to stop, and what is still running.
    pub lifecycle: Lifecycle,
    pub(crate) transport: Transport,
    pub(crate) rights: Endpoint,
    pub(crate) peers: BTreeMap<String, Endpoint>,
    pub(crate) wiring: Wiring,
}

/// What only serving needs of the configuration.
pub(crate) struct Wiring {
    pub(crate) tls: Option<grpc::TlsFiles>,
    pub(crate) provider_tls: Option<grpc::TlsFiles>,
    pub(crate) mail: Option<service_kit::config::MailConfig>,
}

impl Chassis {
    /// Connects and migrates; nothing listens yet and nobody is served.
    ///
    /// # Errors
    /// A database out of reach, a missing key or identity, a transport that cannot be configured.
    pub async fn connect<M: MigratorTrait, S>(
        service: &'static str,
        config: &ServiceConfig<S>,
        data_map: &'static DataMap,
        surroundings: Surroundings,
    ) -> anyhow::Result<Self> {
        config.check()?;
        let Surroundings {
            bus,
            clock,
            lifecycle,
        } = surroundings;

        let database = Database::connect(&config.database)
            .await
            .context("the database cannot be opened")?;
        database
            .migrate::<M>()
            .await
            .context("the database cannot be migrated")?;
        let master =
            Key32::load(&config.keys.master_key_file).context("the master key cannot be read")?;
        let store = Database::connect(&config.keys.database)
            .await
            .context("the key store cannot be opened")?;
        for (name, opened) in [("database", &database), ("key store", &store)] {
            let opened = opened.clone();
            lifecycle.at_end(name, async move { opened.close().await });
        }
        let vault = Vault::open(store, master, service, clock.clone())
            .await
            .context("the key store cannot be migrated")?;
        let pepper = Key32::load(&config.keys.pepper_file).context("the pepper cannot be read")?;
        let privacy = Privacy::new(
            data_map,
            database.clone(),
            vault,
            Tokens::new(pepper, service),
            clock.clone(),
        );

        let identity = Arc::new(Identity::load(&config.identity.directory, service)?);
        let anchor = TrustAnchor::load(&config.identity.anchor_file)?;
        let issuer = Arc::new(TokenIssuer::new(Arc::clone(&identity), clock.clone()));
        let outbox = Outbox::new(database.clone(), service, clock.clone());
        let mail = MailQueue::new(database.clone(), privacy.clone(), clock.clone());

        Ok(Self {
            service,
            database,
            outbox,
            privacy,
            mail,
            identity,
            issuer,
            anchor,
            clock,
            lifecycle,
            transport: transport(&config.messaging, bus)?,
            rights: config.rights.clone(),
            peers: config.peers.clone(),
            wiring: Wiring {
                tls: config.grpc.tls.clone(),
                provider_tls: config
                    .provider_grpc
                    .as_ref()
                    .and_then(|listen| listen.tls.clone()),
                mail: config.mail.clone(),
            },
        })
    }

    /// Another service, called as ourselves; connects when it is first used.
    ///
    /// # Errors
    /// The configuration does not say where it is.
    pub fn client(&self, name: &str) -> anyhow::Result<ClientChannel> {
        Ok(grpc::as_service(
            self.channel(name)?,
            Arc::clone(&self.issuer),
            name,
        ))
    }

    /// A bare channel to another service, for callers that bring a token of their own.
    ///
    /// # Errors
    /// The configuration does not say where it is.
    pub fn channel(&self, name: &str) -> anyhow::Result<Channel> {
        let endpoint = match self.peers.get(name) {
            Some(endpoint) => endpoint,
            None if name == "rights" => &self.rights,
            None => anyhow::bail!(
                "peers.{name}.url is missing: {} does not know where {name} is",
                self.service
            ),
        };
        grpc::channel(endpoint)
    }
}

fn transport(config: &MessagingConfig, bus: Option<LocalBus>) -> anyhow::Result<Transport> {
    match (config.transport, bus) {
        (TransportKind::Local, Some(bus)) => Ok(Transport::Local(bus)),
        (TransportKind::Local, None) => {
            anyhow::bail!(
                "messaging.transport = \"local\" joins services of one process; a service alone needs \"amqp\""
            )
        }
        (TransportKind::Amqp, _) => {
            let url = config.url.clone().context("messaging.url is missing")?;
            Ok(Transport::Amqp(AmqpConfig::new(
                url,
                config.ca_file.clone(),
            )))
        }
    }
}
