//! One running CRM with a mail server, a clock that the test moves, and callers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use api::crm as pb;
use chassis::{Listeners, Surroundings};
use crm::{Config, Settings};
use kernel::{Clock, FixedClock, NetworkCode, SystemClock};
use messaging::LocalBus;
use pb::crm_service_client::CrmServiceClient;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use secrecy::SecretString;
use service_kit::caller::{Caller, CallerKind, TokenIssuer};
use service_kit::config::{IdentityConfig, KeysConfig, MailConfig, MessagingConfig, TransportKind};
use service_kit::database::DatabaseConfig;
use service_kit::grpc::{ClientChannel, Endpoint, Listen, channel, with_token};
use service_kit::identity::{Authority, Identity};
use service_kit::lifecycle::Lifecycle;
use service_kit::secret::Key32;
use service_kit::telemetry::TelemetryConfig;
use testkit::smtp::{ReceivedMail, SmtpSink};
use uuid::Uuid;

use crate::rights::Rights;

pub const PATIENCE: Duration = Duration::from_secs(30);
pub const NETWORK: &str = "MALARNET";
pub const EMAIL: &str = "kanarie.aberg@example.se";

pub struct World {
    pub clock: FixedClock,
    pub sink: SmtpSink,
    pub directory: tempfile::TempDir,
    lifecycle: Lifecycle,
    gateway: TokenIssuer,
    endpoint: Endpoint,
    reader: DatabaseConnection,
}

impl World {
    pub async fn start(database_url: String) -> Self {
        service_kit::install_crypto();
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let clock = FixedClock::new(SystemClock.now());
        let authority = Authority::create(at("authority")).unwrap();
        let identity = |service: &str| {
            Identity::load_or_enrol(at(service), service, &authority, clock.now()).unwrap()
        };
        drop(identity("crm"));
        let gateway = TokenIssuer::new(Arc::new(identity("gateway")), Arc::new(clock.clone()));
        Key32::load_or_create(at("master.key")).unwrap();
        Key32::load_or_create(at("pepper.key")).unwrap();
        let sink = SmtpSink::start().await.unwrap();
        let config = Config {
            grpc: Listen {
                address: "127.0.0.1:0".parse().unwrap(),
                tls: None,
            },
            provider_grpc: None,
            admin: None,
            database: DatabaseConfig::new(database_url.clone()),
            keys: KeysConfig {
                database: DatabaseConfig::sqlite(at("keys.sqlite")),
                master_key_file: at("master.key"),
                pepper_file: at("pepper.key"),
            },
            identity: IdentityConfig {
                directory: at("crm"),
                anchor_file: at("authority"),
            },
            messaging: MessagingConfig {
                transport: TransportKind::Local,
                url: None,
                ca_file: None,
            },
            rights: Rights::serve().await,
            peers: BTreeMap::default(),
            mail: Some(MailConfig {
                smtp_url: SecretString::from(sink.url()),
                from: "Mälarnät <no-reply@example.se>".to_owned(),
                public_url: "https://guide.example.se/".to_owned(),
            }),
            telemetry: TelemetryConfig::default(),
            insecure: true,
            settings: Settings {
                sweep_ms: 50,
                ..Settings::default()
            },
        };
        let listeners = Listeners::bind(&config, None).await.unwrap();
        let endpoint = Endpoint::plain(listeners.grpc.local_addr().unwrap());
        let lifecycle = Lifecycle::new();
        let surroundings = Surroundings {
            bus: Some(LocalBus::default()),
            clock: Arc::new(clock.clone()),
            lifecycle: lifecycle.clone(),
        };
        crm::run(config, listeners, surroundings).await.unwrap();
        tokio::time::timeout(PATIENCE, lifecycle.readiness.wait_ready())
            .await
            .unwrap();
        let reader = reader(&database_url).await;
        Self {
            clock,
            sink,
            directory,
            lifecycle,
            gateway,
            endpoint,
            reader,
        }
    }

    /// A client with the token of a member of the staff of a network.
    pub fn staff(&self, network: &str) -> CrmServiceClient<ClientChannel> {
        self.client(&Caller {
            kind: CallerKind::Staff,
            id: "user-1".to_owned(),
            roles: vec!["customer_service".to_owned()],
            ..bound_to(network)
        })
    }

    /// A client with the token of a visitor of a network's pages.
    pub fn visitor(&self, network: &str) -> CrmServiceClient<ClientChannel> {
        self.client(&bound_to(network))
    }

    fn client(&self, caller: &Caller) -> CrmServiceClient<ClientChannel> {
        let token = self
            .gateway
            .issue(caller, crm::SERVICE, Duration::from_mins(5));
        CrmServiceClient::new(with_token(channel(&self.endpoint).unwrap(), token))
    }

    /// Staff enter the usual person; answers the contact's id.
    pub async fn create(&self, change: impl FnOnce(&mut pb::CreateContactRequest)) -> String {
        let mut request = person();
        change(&mut request);
        self.staff(NETWORK)
            .create_contact(request)
            .await
            .unwrap()
            .into_inner()
            .contact_id
    }

    /// Waits until so many mails have come to the usual person, oldest first.
    pub async fn mails(&self, count: usize) -> Vec<ReceivedMail> {
        self.sink.wait_for(EMAIL, count, PATIENCE).await
    }

    /// The token in the link of the mail of that number, counted from 1.
    pub async fn token(&self, number: usize) -> String {
        token_in(&self.mails(number).await[number - 1])
    }

    pub async fn peek(&self, token: &str) -> pb::PeekConfirmationResponse {
        let request = pb::PeekConfirmationRequest {
            token: token.to_owned(),
        };
        self.visitor(NETWORK)
            .peek_confirmation(request)
            .await
            .unwrap()
            .into_inner()
    }

    pub async fn confirm(&self, token: &str) -> String {
        let request = pb::ConfirmContactRequest {
            token: token.to_owned(),
        };
        self.visitor(NETWORK)
            .confirm_contact(request)
            .await
            .unwrap()
            .into_inner()
            .outcome
    }

    pub async fn decline(&self, token: &str) -> String {
        let request = pb::DeclineContactRequest {
            token: token.to_owned(),
        };
        self.visitor(NETWORK)
            .decline_contact(request)
            .await
            .unwrap()
            .into_inner()
            .outcome
    }

    pub async fn list(&self) -> Vec<pb::Contact> {
        let request = pb::ListContactsRequest {
            network: NETWORK.to_owned(),
            ..Default::default()
        };
        self.staff(NETWORK)
            .list_contacts(request)
            .await
            .unwrap()
            .into_inner()
            .contacts
    }

    pub async fn get(&self, contact_id: &str, purpose: &str) -> Result<pb::Contact, tonic::Status> {
        let request = pb::GetContactRequest {
            network: NETWORK.to_owned(),
            contact_id: contact_id.to_owned(),
            purpose: purpose.to_owned(),
        };
        Ok(self
            .staff(NETWORK)
            .get_contact(request)
            .await?
            .into_inner()
            .contact
            .unwrap())
    }

    /// Rows that a query of the form `SELECT COUNT(*) AS n …` counts.
    pub async fn count(&self, from: &str) -> i64 {
        let reader = &self.reader;
        let text = format!("SELECT COUNT(*) AS n FROM {from}");
        let row = reader
            .query_one_raw(Statement::from_string(reader.get_database_backend(), text))
            .await
            .unwrap();
        row.unwrap().try_get("", "n").unwrap()
    }

    /// Stops the service as SIGTERM does.
    pub async fn stop(self) {
        self.lifecycle.stop();
        self.lifecycle.drained(PATIENCE).await.unwrap();
    }
}

/// Looks into the database from outside; it must not write, or the service takes the file for a restored one.
async fn reader(url: &str) -> DatabaseConnection {
    let read_only = if url.starts_with("sqlite:") {
        "?mode=ro"
    } else {
        ""
    };
    sea_orm::Database::connect(format!("{url}{read_only}"))
        .await
        .unwrap()
}

/// What staff type about the usual person.
pub fn person() -> pb::CreateContactRequest {
    pb::CreateContactRequest {
        network: NETWORK.to_owned(),
        command_id: Uuid::now_v7().to_string(),
        name: "Görel Kanarieåker".to_owned(),
        email: EMAIL.to_owned(),
        phone: "070-174 06 05".to_owned(),
        company: "Kanariebolaget".to_owned(),
        title: "VD".to_owned(),
        source: pb::ContactSource::Fair.into(),
        newsletter: true,
        language: "sv".to_owned(),
    }
}

pub fn token_in(mail: &ReceivedMail) -> String {
    let (_, link) = mail
        .text
        .split_once("https://guide.example.se/sv/confirm/")
        .unwrap();
    link.split_whitespace().next().unwrap().to_owned()
}

fn bound_to(network: &str) -> Caller {
    Caller {
        kind: CallerKind::Public,
        id: "visitor-1".to_owned(),
        network: Some(NetworkCode::parse(network).unwrap()),
        ..Caller::service("nobody")
    }
}
