//! Services at an address, orders brokered to providers.

pub mod app;
pub mod config;
pub mod domain;
pub mod events;
pub mod grpc;
pub mod personal_data;
pub mod store;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use api::orders::orders_service_server::OrdersServiceServer;
use api::orders::provider_service_server::ProviderServiceServer;
use chassis::feed::FeedBell;
use chassis::process::Program;
use chassis::{Chassis, GrpcDoor, Listeners, Serve, Surroundings};
use mailer::NetworkNames;
use orders_migration::Migrator;
use service_kit::config::MailConfig;
use service_kit::secret::Key32;
use tonic::service::Routes;

use app::Orders;
use app::mails::TEMPLATES;
use app::places::Places;
use domain::follow_link::FollowLinks;
use events::incoming::NoticeHandler;
use grpc::orders_service::OrdersGrpc;
use grpc::provider_service::ProviderGrpc;
use personal_data::{DATA_MAP, Recipients};

pub use config::{Config, Settings};

/// The service's name.
pub const SERVICE: &str = "orders";

/// The service as a program.
pub fn program() -> Program<Settings> {
    Program::new(SERVICE, DEFAULTS)
}

/// The embedded defaults of the configuration.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// Connects, builds, serves. Returns when everything is started; the lifecycle tracks it from there.
///
/// # Errors
/// A database, key store, identity or peer that cannot be used.
pub async fn run(
    config: Config,
    listeners: Listeners,
    surroundings: Surroundings,
) -> anyhow::Result<()> {
    let chassis =
        Chassis::connect::<Migrator, _>(SERVICE, &config, &DATA_MAP, surroundings).await?;
    let orders = Arc::new(build(&chassis, config)?);
    orders
        .resume_feeds()
        .await
        .context("the feeds cannot be compared with their marks")?;

    let internal = OrdersServiceServer::new(OrdersGrpc::new(Arc::clone(&orders)));
    let provider = ProviderServiceServer::new(ProviderGrpc::new(Arc::clone(&orders)));
    let names = Arc::new(orders.names.clone());
    carry_out_due(&chassis, &orders);
    purge_answers(&chassis, &orders);
    let notices = NoticeHandler::new(orders, chassis.anchor.clone(), chassis.clock.clone());
    chassis.serve(Serve {
        internal: Some(GrpcDoor {
            listener: listeners.grpc,
            // The gateway asks on behalf of providers here, too.
            routes: Routes::new(internal).add_service(provider.clone()),
        }),
        provider: listeners.provider.map(|listener| GrpcDoor {
            listener,
            routes: Routes::new(provider),
        }),
        admin: listeners.admin,
        handlers: vec![Arc::new(notices), names],
        hooks: Arc::new(Recipients),
        open_when_fenced: &[],
    })
}

/// Looks again and again for technical orders whose time has come. A failure is said, and made good by the next turn.
fn carry_out_due(chassis: &Chassis, orders: &Arc<Orders>) {
    let (lifecycle, orders) = (chassis.lifecycle.clone(), Arc::clone(orders));
    let every = Duration::from_millis(orders.settings.technical_due_ms.max(100));
    chassis.lifecycle.spawn("technical-orders-due", async move {
        while lifecycle
            .shutdown
            .run_until_cancelled(tokio::time::sleep(every))
            .await
            .is_some()
        {
            // Behind the ledger nothing is changed.
            if !lifecycle.readiness.is_ready() {
                continue;
            }
            if let Err(error) = orders.carry_out_due().await {
                let error = service_kit::error::chain(&error);
                tracing::warn!(error.chain = error, "technical orders are not carried out");
            }
        }
        anyhow::Ok(())
    });
}

/// Deletes again and again the answers whose time is over. A failure is said, and made good by the next turn.
fn purge_answers(chassis: &Chassis, orders: &Arc<Orders>) {
    let (lifecycle, orders) = (chassis.lifecycle.clone(), Arc::clone(orders));
    let every = Duration::from_millis(orders.settings.purge_answers_ms.max(100));
    chassis.lifecycle.spawn("purge-answers", async move {
        while lifecycle
            .shutdown
            .run_until_cancelled(tokio::time::sleep(every))
            .await
            .is_some()
        {
            // Behind the ledger nothing is changed.
            if !lifecycle.readiness.is_ready() {
                continue;
            }
            match orders.purge_answers().await {
                Ok(0) => {}
                Ok(purged) => tracing::info!(purged, "deleted answers whose time was over"),
                Err(error) => {
                    let error = service_kit::error::chain(&error);
                    tracing::warn!(error.chain = error, "answers are not deleted");
                }
            }
        }
        anyhow::Ok(())
    });
}

fn build(chassis: &Chassis, config: Config) -> anyhow::Result<Orders> {
    let pepper = Key32::load(&config.keys.pepper_file).context("the pepper cannot be read")?;
    let mail = config
        .mail
        .as_ref()
        .map(|_| chassis.mail.with_templates(TEMPLATES))
        .transpose()?;
    Ok(Orders {
        outbox: chassis.outbox.clone(),
        privacy: chassis.privacy.clone(),
        mail,
        names: NetworkNames::new(
            chassis.anchor.clone(),
            chassis.clock.clone(),
            config.settings.controllers.clone(),
        ),
        identity: Arc::clone(&chassis.identity),
        places: Places::new(chassis.client("registry")?),
        follow_links: FollowLinks::new(&pepper),
        public_url: public_url(config.mail.as_ref()),
        clock: chassis.clock.clone(),
        lifecycle: chassis.lifecycle.clone(),
        bell: FeedBell::default(),
        settings: config.settings,
    })
}

fn public_url(mail: Option<&MailConfig>) -> String {
    let url = mail.map_or("", |mail| mail.public_url.as_str());
    url.trim_end_matches('/').to_owned()
}
