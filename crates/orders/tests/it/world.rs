//! One running orders service, with neighbours, a mail server and a bus that is listened to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api as pb;
use async_trait::async_trait;
use chassis::{Listeners, Surroundings};
use chrono::{TimeZone as _, Utc};
use kernel::{Clock as _, FixedClock, NetworkCode, ProviderId, SharedClock};
use messaging::{
    Envelope, Handler, HandlerError, LocalBus, Messaging, Outbox, Outgoing, RetryPolicy, Transport,
    Work,
};
use orders::Settings;
use orders::config::ProviderSystemSettings;
use orders::domain::reminder::ReminderRules;
use orders::domain::technical::service::TechnicalRules;
use pb::orders::orders_service_client::OrdersServiceClient;
use pb::orders::provider_service_client::ProviderServiceClient;
use pb::orders::provider_system_service_client::ProviderSystemServiceClient;
use pb::orders::webhook_service_client::WebhookServiceClient;
use prost::Message;
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use service_kit::caller::{Caller, CallerKind, TokenIssuer, TokenVerifier};
use service_kit::config::{
    IdentityConfig, KeysConfig, MailConfig, MessagingConfig, ServiceConfig, TransportKind,
};
use service_kit::database::{Database, DatabaseConfig};
use service_kit::grpc::{self, ClientChannel, Endpoint, Listen};
use service_kit::identity::{ANCHOR_FILE, Authority, Identity, TrustAnchor};
use service_kit::lifecycle::Lifecycle;
use service_kit::outgoing::OutgoingConfig;
use service_kit::secret::Key32;
use tempfile::TempDir;
use testkit::smtp::SmtpSink;
use tokio::runtime::Runtime;

use crate::neighbours::{self, Known};

pub const PATIENCE: Duration = Duration::from_secs(20);
/// Longer than a test runs.
const NEVER_MS: u64 = 3_600_000;
pub const HANDLE: &str = "place-kungsgatan-10";
pub const UNCONNECTED: &str = "place-kungsgatan-12";

pub struct World {
    pub clock: FixedClock,
    pub mail: SmtpSink,
    pub known: Known,
    pub anchor: TrustAnchor,
    pub seen: Arc<Mutex<Vec<Envelope>>>,
    url: String,
    gateway: TokenIssuer,
    gateway_identity: Arc<Identity>,
    rights: Arc<Identity>,
    rights_outbox: Outbox,
    lifecycle: Lifecycle,
    config: Box<ServiceConfig<Settings>>,
    bus: LocalBus,
    /// The service runs here once it was killed.
    runtime: Option<Runtime>,
    orders: Endpoint,
    provider: Endpoint,
    _directory: TempDir,
}

struct Listener(Arc<Mutex<Vec<Envelope>>>);

#[async_trait]
impl Handler for Listener {
    fn topics(&self) -> Vec<String> {
        vec!["orders.#".to_owned()]
    }

    async fn handle(&self, _: &mut Work, envelope: &Envelope) -> Result<(), HandlerError> {
        self.0.lock().unwrap().push(envelope.clone());
        Ok(())
    }
}

struct BusMigrator;

impl MigratorTrait for BusMigrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        messaging::migrations()
    }
}

impl World {
    pub async fn start(url: String) -> Self {
        let named = BTreeMap::from([(
            NetworkCode::parse("HAM").unwrap(),
            "Hamnstads Stadsnät".to_owned(),
        )]);
        Self::start_calling(url, named, BTreeMap::new(), None).await
    }

    /// With a network that has these rules for technical orders.
    pub async fn start_with_rules(url: String, rules: TechnicalRules) -> Self {
        let ham = NetworkCode::parse("HAM").unwrap();
        let rules = BTreeMap::from([(ham, rules)]);
        Self::start_calling(url, BTreeMap::new(), rules, None).await
    }

    /// Without a configured name of the network.
    pub async fn start_unnamed(url: String) -> Self {
        Self::start_calling(url, BTreeMap::new(), BTreeMap::new(), None).await
    }

    /// With a network that reminds its providers so.
    pub async fn start_reminding(url: String, rules: ReminderRules) -> Self {
        Self::start_calling(url, BTreeMap::new(), BTreeMap::new(), Some(rules)).await
    }

    async fn start_calling(
        url: String,
        controllers: BTreeMap<NetworkCode, String>,
        technical: BTreeMap<NetworkCode, TechnicalRules>,
        reminders: Option<ReminderRules>,
    ) -> Self {
        service_kit::install_crypto();
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        let clock = FixedClock::new(Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap());
        let shared: SharedClock = Arc::new(clock.clone());
        let authority = Authority::create(root).unwrap();
        let identity = |service: &str| {
            Arc::new(
                Identity::load_or_enrol(root.join(service), service, &authority, clock.now())
                    .unwrap(),
            )
        };
        identity("orders");
        let (gateway, rights) = (identity("gateway"), identity("rights"));
        let anchor = authority.anchor();
        let known = Known::default();
        let verifier =
            |audience: &str| TokenVerifier::new(anchor.clone(), audience, shared.clone());
        let (registry_url, rights_url) =
            neighbours::serve(known.clone(), verifier("registry"), verifier("rights")).await;
        Key32::load_or_create(root.join("master.key")).unwrap();
        Key32::load_or_create(root.join("pepper.key")).unwrap();
        let mail = SmtpSink::start().await.unwrap();

        let loopback = || Listen {
            address: "127.0.0.1:0".parse().unwrap(),
            tls: None,
        };
        let endpoint = |url: String| Endpoint { url, tls: None };
        let config = ServiceConfig {
            grpc: loopback(),
            provider_grpc: Some(loopback()),
            admin: None,
            database: DatabaseConfig::new(url.clone()),
            keys: KeysConfig {
                database: DatabaseConfig::sqlite(root.join("keys.sqlite")),
                master_key_file: root.join("master.key"),
                pepper_file: root.join("pepper.key"),
            },
            identity: IdentityConfig {
                directory: root.join("orders"),
                anchor_file: root.join(ANCHOR_FILE),
            },
            messaging: MessagingConfig {
                transport: TransportKind::Local,
                url: None,
                ca_file: None,
            },
            rights: endpoint(rights_url),
            peers: BTreeMap::from([("registry".to_owned(), endpoint(registry_url))]),
            mail: Some(MailConfig {
                smtp_url: mail.url().into(),
                from: "Uttag <no-reply@example.se>".to_owned(),
                public_url: "https://guide.example.se".to_owned(),
            }),
            telemetry: service_kit::telemetry::TelemetryConfig::default(),
            insecure: false,
            settings: Settings {
                controllers,
                feed_poll_ms: 200,
                feed_open_s: 30,
                technical,
                technical_due_ms: 100,
                technical_events_days: 90,
                // Elsewhere clocks jump, and nobody is to be reminded of it.
                reminders_due_ms: if reminders.is_some() { 100 } else { NEVER_MS },
                reminders: reminders
                    .map(|rules| (NetworkCode::parse("HAM").unwrap(), rules))
                    .into_iter()
                    .collect(),
                reminders_usual: ReminderRules::default(),
                purge_answers_ms: 100,
                webhook_poll_ms: 100,
                // Only at the end, and where a report asks for it.
                showings_ms: 3_600_000,
                outgoing: OutgoingConfig {
                    allow_http: true,
                    allow: vec!["127.0.0.0/8".parse().unwrap()],
                    ..OutgoingConfig::default()
                },
                provider_systems: ProviderSystemSettings {
                    poll_ms: 100,
                    ..ProviderSystemSettings::default()
                },
            },
        };
        let listeners = Listeners::bind(&config, None).await.unwrap();
        let orders = Endpoint::plain(listeners.grpc.local_addr().unwrap());
        let provider = Endpoint::plain(listeners.provider.as_ref().unwrap().local_addr().unwrap());
        let bus = LocalBus::default();
        let lifecycle = Lifecycle::new();
        let (rights_outbox, seen) = listen(root, &bus, shared.clone()).await;
        let surroundings = Surroundings {
            bus: Some(bus.clone()),
            clock: shared.clone(),
            lifecycle: lifecycle.clone(),
        };
        orders::run(config.clone(), listeners, surroundings)
            .await
            .unwrap();
        tokio::time::timeout(PATIENCE, lifecycle.readiness.wait_ready())
            .await
            .expect("the service gets ready");

        let world = Self {
            clock,
            mail,
            known,
            anchor,
            seen,
            url,
            gateway: TokenIssuer::new(Arc::clone(&gateway), shared),
            gateway_identity: gateway,
            rights,
            rights_outbox,
            lifecycle,
            config: Box::new(config),
            bus,
            runtime: None,
            orders,
            provider,
            _directory: directory,
        };
        world.place(HANDLE, "HAM-A-1", pb::registry::AccessState::Connected);
        world.place(
            UNCONNECTED,
            "HAM-A-2",
            pb::registry::AccessState::Homespassed,
        );
        world
    }

    fn place(&self, handle: &str, access_id: &str, state: pb::registry::AccessState) {
        let place = pb::registry::Place {
            handle: handle.to_owned(),
            address: Some(pb::common::Address {
                street_name: "Kungsgatan".to_owned(),
                street_number: "10".to_owned(),
                street_littera: "G".to_owned(),
                postal_code: "72134".to_owned(),
                city: "Västerås".to_owned(),
                country_code: "SE".to_owned(),
                apartment_number: "1101".to_owned(),
            }),
            state: state.into(),
            services: ["BB-100-100", "BB-250-250", "IPTV"]
                .map(str::to_owned)
                .to_vec(),
            ..pb::registry::Place::default()
        };
        let answer = pb::registry::ResolvePlaceResponse {
            access_id: access_id.to_owned(),
            place: Some(place),
            price_group: Some(3),
            ..pb::registry::ResolvePlaceResponse::default()
        };
        self.known
            .places
            .lock()
            .unwrap()
            .insert(handle.to_owned(), answer);
    }

    /// What the registry says of the port of every place: its capacity, and that it is too slow for these.
    pub fn ports(&self, capacity_kbps: Option<u32>, beyond: &[(&str, u32)]) {
        for place in self.known.places.lock().unwrap().values_mut() {
            place.capacity_kbps = capacity_kbps;
            place.beyond_capacity = beyond
                .iter()
                .map(|(service, needs_mbps)| pb::registry::BeyondCapacity {
                    service: (*service).to_owned(),
                    needs_mbps: *needs_mbps,
                })
                .collect();
            let services = &mut place.place.as_mut().unwrap().services;
            services.retain(|service| beyond.iter().all(|(name, _)| name != service));
        }
    }

    fn client(&self, endpoint: &Endpoint, caller: &Caller) -> ClientChannel {
        let token = self
            .gateway
            .issue(caller, "orders", Duration::from_mins(10));
        grpc::with_token(grpc::channel(endpoint).unwrap(), token)
    }

    /// Staff of a network with these roles.
    pub fn staff_of(&self, network: &str, roles: &[&str]) -> OrdersServiceClient<ClientChannel> {
        self.staff_at(&self.orders, network, roles)
    }

    /// The same, of another instance.
    pub fn staff_at(
        &self,
        orders: &Endpoint,
        network: &str,
        roles: &[&str],
    ) -> OrdersServiceClient<ClientChannel> {
        let caller = Caller {
            kind: CallerKind::Staff,
            id: "user-1".to_owned(),
            roles: roles.iter().map(ToString::to_string).collect(),
            network: Some(NetworkCode::parse(network).unwrap()),
            provider: None,
            purpose: None,
        };
        OrdersServiceClient::new(self.client(orders, &caller))
    }

    pub fn admin(&self) -> OrdersServiceClient<ClientChannel> {
        self.staff_of("HAM", &["admin"])
    }

    /// A visitor of the web pages of HAM.
    pub fn visitor(&self) -> OrdersServiceClient<ClientChannel> {
        let caller = Caller {
            kind: CallerKind::Public,
            id: "session-1".to_owned(),
            roles: Vec::new(),
            network: Some(NetworkCode::parse("HAM").unwrap()),
            provider: None,
            purpose: None,
        };
        OrdersServiceClient::new(self.client(&self.orders, &caller))
    }

    /// A provider's system in HAM.
    pub fn provider(&self, id: &str) -> ProviderServiceClient<ClientChannel> {
        self.provider_in("HAM", id)
    }

    pub fn provider_in(&self, network: &str, id: &str) -> ProviderServiceClient<ClientChannel> {
        let caller = Caller {
            kind: CallerKind::Provider,
            id: format!("client-{id}"),
            roles: Vec::new(),
            network: Some(NetworkCode::parse(network).unwrap()),
            provider: Some(ProviderId::parse(id).unwrap()),
            purpose: None,
        };
        ProviderServiceClient::new(self.client(&self.provider, &caller))
    }

    /// The webhooks of a provider, asked by its system.
    pub fn webhooks(&self, provider: &str) -> WebhookServiceClient<ClientChannel> {
        let caller = Caller {
            kind: CallerKind::Provider,
            id: format!("client-{provider}"),
            roles: Vec::new(),
            network: Some(NetworkCode::parse("HAM").unwrap()),
            provider: Some(ProviderId::parse(provider).unwrap()),
            purpose: None,
        };
        WebhookServiceClient::new(self.client(&self.provider, &caller))
    }

    /// The webhooks of a network's providers, asked by its staff.
    pub fn webhooks_by_staff(&self, network: &str) -> WebhookServiceClient<ClientChannel> {
        let caller = Caller {
            kind: CallerKind::Staff,
            id: "user-1".to_owned(),
            roles: vec!["admin".to_owned()],
            network: Some(NetworkCode::parse(network).unwrap()),
            provider: None,
            purpose: None,
        };
        WebhookServiceClient::new(self.client(&self.orders, &caller))
    }

    /// Providers' systems, asked by staff of a network with this role.
    pub fn systems(&self, network: &str, role: &str) -> ProviderSystemServiceClient<ClientChannel> {
        let caller = Caller {
            kind: CallerKind::Staff,
            id: "user-1".to_owned(),
            roles: vec![role.to_owned()],
            network: Some(NetworkCode::parse(network).unwrap()),
            provider: None,
            purpose: None,
        };
        ProviderSystemServiceClient::new(self.client(&self.orders, &caller))
    }

    /// Enters a provider.
    pub async fn provider_of(&self, provider_id: &str) {
        let provider = pb::orders::Provider {
            provider_id: provider_id.to_owned(),
            name: format!("{provider_id} AB"),
            order_email: format!("order@{provider_id}.example.se"),
            privacy_url: format!("https://{provider_id}.example.se/privacy"),
            ..pb::orders::Provider::default()
        };
        let request = pb::orders::PutProviderRequest {
            network: "HAM".to_owned(),
            provider: Some(provider),
        };
        self.admin().put_provider(request).await.unwrap();
    }

    /// Enters a provider with one offering over BB-100-100; the offering's id.
    pub async fn offering_of(&self, provider_id: &str) -> String {
        self.provider_of(provider_id).await;
        let offering = pb::orders::Offering {
            provider_id: provider_id.to_owned(),
            service: "BB-100-100".to_owned(),
            name: "Bredband 100".to_owned(),
            description: "100 Mbit/s åt båda håll".to_owned(),
            monthly_price_ore: 29_900,
            start_price_ore: 0,
            commitment_months: 12,
            ..pb::orders::Offering::default()
        };
        let request = pb::orders::PutOfferingRequest {
            network: "HAM".to_owned(),
            offering: Some(offering),
        };
        self.admin()
            .put_offering(request)
            .await
            .unwrap()
            .into_inner()
            .offering
            .unwrap()
            .offering_id
    }

    /// Places one order of Anna's by the web; its id and number.
    pub async fn order(&self, offering_id: &str) -> pb::orders::PlaceOrderResponse {
        self.visitor()
            .place_order(request(offering_id))
            .await
            .unwrap()
            .into_inner()
    }

    /// Places one order of somebody else by the web.
    pub async fn order_of(
        &self,
        name: &str,
        identity_number: &str,
        offering_id: &str,
    ) -> pb::orders::PlaceOrderResponse {
        let mut asked = request(offering_id);
        let customer = asked.customer.as_mut().unwrap();
        name.clone_into(&mut customer.name);
        identity_number.clone_into(&mut customer.identity_number);
        let placed = self.visitor().place_order(asked).await;
        placed.unwrap().into_inner()
    }

    /// Events of one type that have arrived, waiting for so many.
    pub async fn events(&self, event_type: &str, count: usize) -> Vec<Envelope> {
        let of_type = || -> Vec<Envelope> {
            let seen = self.seen.lock().unwrap();
            seen.iter()
                .filter(|envelope| envelope.event_type == event_type)
                .cloned()
                .collect()
        };
        testkit::eventually!(PATIENCE, of_type().len() >= count);
        of_type()
    }

    /// The rights service says something, signed.
    pub async fn rights_say(&self, event_type: &str, key: &str, message: &impl Message) {
        self.say(&self.rights, event_type, key, message).await;
    }

    /// What a network is called; `by_gateway` or by somebody who has no say in it.
    pub async fn name_network(&self, name: &str, by_gateway: bool) {
        let named = pb::events::NetworkNamed {
            network: "HAM".to_owned(),
            name: name.to_owned(),
        };
        let identity = if by_gateway {
            &self.gateway_identity
        } else {
            &self.rights
        };
        self.say(identity, "gateway.network.named.v1", "HAM", &named)
            .await;
    }

    async fn say(&self, identity: &Identity, event_type: &str, key: &str, message: &impl Message) {
        let signed = identity.sign_event(event_type, message);
        let mut work = self.rights_outbox.begin().await.unwrap();
        work.record(Outgoing::new(event_type, key, "HAM", &signed));
        work.commit().await.unwrap();
    }

    /// Counts rows as an auditor would: over a connection of its own that cannot write.
    pub async fn rows(&self, table: &'static str) -> i64 {
        use sea_orm::ConnectionTrait as _;
        use sea_orm::sea_query::{Expr, ExprTrait as _, Query};

        let connection = self.auditor().await;
        let count = Query::select()
            .expr_as(Expr::col("id").count(), "rows")
            .from(table)
            .to_owned();
        let rows = connection
            .query_one(&count)
            .await
            .unwrap()
            .unwrap()
            .try_get("", "rows")
            .unwrap();
        connection.close().await.unwrap();
        rows
    }

    /// A text column of every row, in the same way.
    pub async fn texts(&self, table: &'static str, column: &'static str) -> Vec<String> {
        use sea_orm::ConnectionTrait as _;
        use sea_orm::sea_query::Query;

        let connection = self.auditor().await;
        let texts = Query::select().column(column).from(table).to_owned();
        let rows = connection.query_all(&texts).await.unwrap();
        let texts = rows.iter().map(|row| row.try_get("", column).unwrap());
        let texts = texts.collect();
        connection.close().await.unwrap();
        texts
    }

    /// Runs a statement of the store's own kind.
    pub async fn execute(&self, sqlite: &str, postgres: &str) {
        use sea_orm::ConnectionTrait as _;
        let mut options = sea_orm::ConnectOptions::new(self.url.clone());
        options.max_connections(1);
        let connection = sea_orm::Database::connect(options).await.unwrap();
        let is_sqlite = self.url.starts_with("sqlite:");
        if is_sqlite {
            // Checkpoints are the service's own: one by a stranger looks like another file.
            let own = "PRAGMA wal_autocheckpoint = 0";
            connection.execute_unprepared(own).await.unwrap();
        }
        let sql = if is_sqlite { sqlite } else { postgres };
        connection.execute_unprepared(sql).await.unwrap();
        connection.close().await.unwrap();
    }

    /// What the planner would do, as one text.
    pub async fn plan(&self, sql: &str) -> String {
        use sea_orm::{ConnectionTrait as _, Statement};
        let connection = self.auditor().await;
        let (explain, column) = if self.url.starts_with("sqlite:") {
            ("EXPLAIN QUERY PLAN", "detail")
        } else {
            ("EXPLAIN", "QUERY PLAN")
        };
        let backend = connection.get_database_backend();
        let statement = Statement::from_string(backend, format!("{explain} {sql}"));
        let rows = connection.query_all_raw(statement).await.unwrap();
        let lines = rows
            .iter()
            .map(|row| row.try_get::<String>("", column).unwrap());
        let lines = lines.collect::<Vec<_>>().join("\n");
        connection.close().await.unwrap();
        lines
    }

    /// Restricts the first person whom the service has met, or lifts that, as a request of theirs would.
    pub async fn restrict_first(&self, restricted_at: Option<chrono::DateTime<Utc>>) {
        use sea_orm::ConnectionTrait as _;
        use sea_orm::sea_query::{Expr, ExprTrait as _, Query};

        let first = Query::select()
            .expr(Expr::col("created_at").min())
            .from("subject")
            .to_owned();
        let update = Query::update()
            .table("subject")
            .value("restricted_at", restricted_at)
            .and_where(Expr::col("created_at").in_subquery(first))
            .to_owned();
        let connection = sea_orm::Database::connect(&self.url).await.unwrap();
        let changed = connection.execute(&update).await.unwrap();
        assert_eq!(changed.rows_affected(), 1);
        connection.close().await.unwrap();
    }

    /// The database itself, for what only a restore does to it.
    pub async fn database(&self) -> sea_orm::DatabaseConnection {
        sea_orm::Database::connect(&self.url).await.unwrap()
    }

    async fn auditor(&self) -> sea_orm::DatabaseConnection {
        let url = if self.url.starts_with("sqlite:") {
            format!("{}?mode=ro", self.url)
        } else {
            self.url.clone()
        };
        sea_orm::Database::connect(url).await.unwrap()
    }

    /// Stops the service in order, and starts it anew on the same stores, in a runtime of its own that can be killed.
    pub async fn restart(&mut self) {
        self.lifecycle.stop();
        self.lifecycle.drained(PATIENCE).await.unwrap();
        self.start_anew().await;
    }

    /// Kills the service where it stands, with all that it was at, and starts it anew on the same stores.
    pub async fn kill(&mut self) {
        let runtime = self.runtime.take().expect("it was restarted before");
        runtime.shutdown_background();
        self.start_anew().await;
    }

    /// Starts another instance on the same stores; none on SQLite, which one process has for itself. It lives as long as the
    /// runtime, which must be shut down. With it, where it listens.
    pub async fn another(&self) -> Option<(Runtime, Endpoint)> {
        if self.url.starts_with("sqlite:") {
            return None;
        }
        let lifecycle = Lifecycle::new();
        let (runtime, (orders, _)) = self.start_instance(&lifecycle).await;
        Some((runtime, orders))
    }

    async fn start_instance(&self, lifecycle: &Lifecycle) -> (Runtime, (Endpoint, Endpoint)) {
        let runtime = Runtime::new().unwrap();
        let surroundings = Surroundings {
            bus: Some(self.bus.clone()),
            clock: Arc::new(self.clock.clone()),
            lifecycle: lifecycle.clone(),
        };
        let config = self.config.clone();
        let started = runtime.spawn(async move {
            let listeners = Listeners::bind(&config, None).await.unwrap();
            let orders = listeners.grpc.local_addr().unwrap();
            let provider = listeners.provider.as_ref().unwrap().local_addr().unwrap();
            orders::run(*config, listeners, surroundings).await.unwrap();
            (Endpoint::plain(orders), Endpoint::plain(provider))
        });
        let endpoints = started.await.unwrap();
        tokio::time::timeout(PATIENCE, lifecycle.readiness.wait_ready())
            .await
            .expect("the service gets ready");
        (runtime, endpoints)
    }

    async fn start_anew(&mut self) {
        let lifecycle = Lifecycle::new();
        let (runtime, endpoints) = self.start_instance(&lifecycle).await;
        (self.orders, self.provider) = endpoints;
        self.lifecycle = lifecycle;
        self.runtime = Some(runtime);
    }

    pub async fn stop(mut self) {
        self.lifecycle.stop();
        self.lifecycle.drained(PATIENCE).await.unwrap();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A service on the bus that keeps what the orders service tells, and speaks as the rights service.
async fn listen(
    root: &std::path::Path,
    bus: &LocalBus,
    clock: SharedClock,
) -> (Outbox, Arc<Mutex<Vec<Envelope>>>) {
    let database = Database::connect(&DatabaseConfig::sqlite(root.join("rights.sqlite")))
        .await
        .unwrap();
    database.migrate::<BusMigrator>().await.unwrap();
    let outbox = Outbox::new(database, "rights", clock);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let handlers: Vec<Arc<dyn Handler>> = vec![Arc::new(Listener(Arc::clone(&seen)))];
    let transport = Transport::Local(bus.clone());
    let lifecycle = Lifecycle::new();
    Messaging::new(
        outbox.clone(),
        "rights",
        handlers,
        transport,
        RetryPolicy::default(),
    )
    .start(&lifecycle, std::future::ready(()));
    (outbox, seen)
}

/// Anna's order, with a command id of its own.
pub fn request(offering_id: &str) -> pb::orders::PlaceOrderRequest {
    pb::orders::PlaceOrderRequest {
        network: "HAM".to_owned(),
        command_id: uuid::Uuid::new_v4().to_string(),
        place_handle: HANDLE.to_owned(),
        offering_id: offering_id.to_owned(),
        customer: Some(pb::orders::Customer {
            name: "Anna Provsson".to_owned(),
            identity_number: "900118-9811".to_owned(),
            email: "Anna.Provsson@example.com".to_owned(),
            phone: "070-174 06 05".to_owned(),
        }),
        acceptance_version: orders::domain::acceptance::CURRENT_VERSION.to_owned(),
        acceptance_language: "sv".to_owned(),
        accepted: true,
        channel: "web".to_owned(),
        requested_date: "2026-12-01".to_owned(),
        ..pb::orders::PlaceOrderRequest::default()
    }
}
