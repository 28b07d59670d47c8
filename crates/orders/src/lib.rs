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
use api::orders::provider_system_service_server::ProviderSystemServiceServer;
use api::orders::webhook_service_server::WebhookServiceServer;
use chassis::feed::FeedBell;
use chassis::process::Program;
use chassis::{Chassis, GrpcDoor, Listeners, Serve, Surroundings};
use mailer::NetworkNames;
use orders_migration::Migrator;
use service_kit::config::MailConfig;
use service_kit::outgoing::Outgoing;
use service_kit::secret::Key32;
use tonic::service::Routes;

use app::Orders;
use app::catalogue::Catalogues;
use app::error::OrdersError;
use app::mails::TEMPLATES;
use app::places::Places;
use app::provider_systems::ProviderSystems;
use app::showings::Showings;
use app::webhooks::Webhooks;
use domain::follow_link::FollowLinks;
use domain::provider_system::secret::SystemSecrets;
use domain::webhook::secret::SecretBox;
use events::incoming::NoticeHandler;
use grpc::orders_service::OrdersGrpc;
use grpc::provider_service::ProviderGrpc;
use grpc::provider_system_service::ProviderSystemGrpc;
use grpc::webhook_service::WebhookGrpc;
use personal_data::{DATA_MAP, Recipients};

pub use config::{Config, Settings};

/// The service's name.
pub const SERVICE: &str = "orders";

/// What is done again and again rests for so long at least.
const EVERY_MS_MIN: u64 = 100;

/// The service as a program.
pub fn program() -> Program<Settings> {
    Program::new(SERVICE, DEFAULTS)
}

/// How it says who it is when it calls a provider's system.
const USER_AGENT: &str = concat!("uttag-orders/", env!("CARGO_PKG_VERSION"));

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
    orders
        .resume_technical_feeds()
        .await
        .context("the technical events cannot be compared with their marks")?;

    let internal = OrdersServiceServer::new(OrdersGrpc::new(Arc::clone(&orders)));
    let provider = ProviderServiceServer::new(ProviderGrpc::new(Arc::clone(&orders)));
    let webhooks = WebhookServiceServer::new(WebhookGrpc::new(Arc::clone(&orders)));
    let systems = ProviderSystemServiceServer::new(ProviderSystemGrpc::new(Arc::clone(&orders)));
    let names = Arc::new(orders.names.clone());
    repeat(&chassis, &orders);
    deliver_webhooks(&chassis, &orders);
    call_providers(&chassis, &orders);
    write_showings_at_the_end(&chassis, &orders);
    let notices = NoticeHandler::new(orders, chassis.anchor.clone(), chassis.clock.clone());
    chassis.serve(Serve {
        internal: Some(GrpcDoor {
            listener: listeners.grpc,
            // The gateway asks on behalf of providers here, too.
            routes: Routes::new(internal)
                .add_service(provider.clone())
                .add_service(webhooks.clone())
                .add_service(systems),
        }),
        provider: listeners.provider.map(|listener| GrpcDoor {
            listener,
            routes: Routes::new(provider).add_service(webhooks),
        }),
        admin: listeners.admin,
        handlers: vec![Arc::new(notices), names],
        hooks: Arc::new(Recipients),
        open_when_fenced: &[],
    })
}

/// What is done when its time has come.
fn repeat(chassis: &Chassis, orders: &Arc<Orders>) {
    let every = |millis: u64| Duration::from_millis(millis.max(EVERY_MS_MIN));
    chassis.repeat_when_ready(
        orders,
        (
            "technical-orders-due",
            every(orders.settings.technical_due_ms),
        ),
        "technical orders are carried out later",
        |orders| async move { orders.carry_out_due().await },
    );
    chassis.repeat_when_ready(
        orders,
        ("reminders", every(orders.settings.reminders_due_ms)),
        "providers are reminded later",
        |orders| async move { orders.remind_due().await },
    );
    chassis.repeat_when_ready(
        orders,
        ("purge-answers", every(orders.settings.purge_answers_ms)),
        "answers are deleted later",
        |orders| async move {
            let purged = orders.purge_answers().await?;
            if purged > 0 {
                tracing::info!(purged, "deleted answers whose time was over");
            }
            Ok::<_, OrdersError>(())
        },
    );
    chassis.repeat_when_ready(
        orders,
        (
            "purge-technical-events",
            every(orders.settings.purge_answers_ms),
        ),
        "technical events are deleted later",
        |orders| async move {
            let purged = orders.purge_technical_events().await?;
            if purged > 0 {
                tracing::info!(purged, "deleted technical events whose time was over");
            }
            Ok::<_, OrdersError>(())
        },
    );
    chassis.repeat_when_ready(
        orders,
        ("showings", every(orders.settings.showings_ms)),
        "showings are written later",
        |orders| async move { orders.write_showings().await },
    );
}

/// The last counts. A page that is still read after this writes its own.
fn write_showings_at_the_end(chassis: &Chassis, orders: &Arc<Orders>) {
    let (orders, shutdown) = (Arc::clone(orders), chassis.lifecycle.shutdown.clone());
    chassis.lifecycle.spawn("last-showings", async move {
        shutdown.cancelled().await;
        if let Err(error) = orders.write_showings().await {
            let chain = service_kit::error::chain(&error);
            tracing::error!(error.chain = chain, "the last counts of showings are lost");
        }
        anyhow::Ok(())
    });
}

fn deliver_webhooks(chassis: &Chassis, orders: &Arc<Orders>) {
    let orders = Arc::clone(orders);
    chassis.lifecycle.spawn("webhooks", async move {
        orders.deliver_webhooks().await;
        anyhow::Ok(())
    });
}

fn call_providers(chassis: &Chassis, orders: &Arc<Orders>) {
    let of_orders = Arc::clone(orders);
    chassis.lifecycle.spawn("handovers", async move {
        of_orders.hand_over_orders().await;
        anyhow::Ok(())
    });
    let of_products = Arc::clone(orders);
    chassis.lifecycle.spawn("product-pulls", async move {
        of_products.pull_due_products().await;
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
    let outgoing = Outgoing::new(&config.settings.outgoing, USER_AGENT, chassis.clock.clone())
        .context("providers' systems cannot be called")?;
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
        catalogues: Catalogues::default(),
        showings: Showings::starting_at(showings_start(chassis)),
        systems: ProviderSystems::new(outgoing.clone(), SystemSecrets::new(&pepper)),
        webhooks: Webhooks::new(outgoing, SecretBox::new(&pepper)),
        public_url: public_url(config.mail.as_ref()),
        clock: chassis.clock.clone(),
        lifecycle: chassis.lifecycle.clone(),
        bell: FeedBell::default(),
        settings: config.settings,
    })
}

/// Where this run begins in the neutral order: every run elsewhere.
fn showings_start(chassis: &Chassis) -> u64 {
    kernel::new_id(chassis.clock.as_ref()).as_u64_pair().1
}

fn public_url(mail: Option<&MailConfig>) -> String {
    let url = mail.map_or("", |mail| mail.public_url.as_str());
    url.trim_end_matches('/').to_owned()
}
