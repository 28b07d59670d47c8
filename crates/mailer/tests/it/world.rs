//! A service that does nothing but send mail.

use std::sync::Arc;
use std::time::Duration;

use kernel::{Email, NetworkCode, SharedClock, SystemClock};
use mailer::{MAIL_CATEGORY, MAIL_TABLE, Mail, MailQueue, MailRetry, Mailer};
use privacy::{DataMap, Identifier, Known, Origin, Privacy, SubjectId, Tokens, Vault};
use sea_orm::{ConnectionTrait, Statement};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use secrecy::SecretString;
use serde_json::json;
use service_kit::config::MailConfig;
use service_kit::database::{Database, DatabaseConfig};
use service_kit::secret::Key32;
use testkit::smtp::SmtpSink;

pub const PATIENCE: Duration = Duration::from_secs(30);
pub const TO: &str = "anna.berg@example.se";

static MAP: DataMap = DataMap {
    service: "post",
    version: "1",
    categories: &[MAIL_CATEGORY],
    tables: &[MAIL_TABLE],
};

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut steps = messaging::migrations();
        steps.extend(privacy::migrations());
        steps.extend(mailer::migrations());
        steps
    }
}

pub struct World {
    pub database: Database,
    pub privacy: Privacy,
    pub queue: MailQueue,
    pub sink: SmtpSink,
    _directory: tempfile::TempDir,
}

impl World {
    pub async fn start(url: String) -> Self {
        service_kit::install_crypto();
        let directory = tempfile::tempdir().unwrap();
        let clock: SharedClock = Arc::new(SystemClock);
        let database = Database::connect(&DatabaseConfig::new(url)).await.unwrap();
        database.migrate::<Migrator>().await.unwrap();
        let store = Database::connect(&DatabaseConfig::sqlite(
            directory.path().join("keys.sqlite"),
        ))
        .await
        .unwrap();
        let vault = Vault::open(store, Key32::random(), "post", clock.clone())
            .await
            .unwrap();
        let tokens = Tokens::new(Key32::random(), "post");
        let privacy = Privacy::new(&MAP, database.clone(), vault, tokens, clock.clone());
        let templates = [(
            "hello",
            "sv",
            "Subject: Hej på dig {{ name }}\n\nRad ett.\n.Rad två börjar med en prick: åäö.\n",
        )];
        let queue = MailQueue::new(database.clone(), privacy.clone(), clock)
            .with_templates(&templates)
            .unwrap();
        Self {
            database,
            privacy,
            queue,
            sink: SmtpSink::start().await.unwrap(),
            _directory: directory,
        }
    }

    /// A mailer with so much patience; each is an instance of its own.
    pub fn mailer(&self, first: Duration, give_up: Duration) -> Mailer {
        let config = MailConfig {
            smtp_url: SecretString::from(self.sink.url()),
            from: "Uttag <no-reply@example.se>".to_owned(),
            public_url: "https://guide.example.se".to_owned(),
        };
        let retry = MailRetry {
            first,
            longest: first,
            give_up,
        };
        Mailer::new(&config, self.queue.clone())
            .unwrap()
            .with_retry(retry)
    }

    pub async fn enqueue(&self, to: &str) -> SubjectId {
        let network = NetworkCode::parse("MALARNET").unwrap();
        let to = Email::parse(to).unwrap();
        let tx = self.database.begin().await.unwrap();
        let known = [Known::unverified(Identifier::Email(to.clone()))];
        let admission = self
            .privacy
            .subject(&tx, &network, &known, Origin::Staff)
            .await
            .unwrap();
        let subject = admission.subject().unwrap();
        let mail = Mail {
            network,
            subject: Some(subject),
            to,
            template: "hello",
            language: "sv".to_owned(),
            context: json!({ "name": "Åsa" }),
        };
        self.queue.enqueue(&tx, mail).await.unwrap();
        tx.commit().await.unwrap();
        subject
    }

    pub async fn count(&self, condition: &str) -> i64 {
        let reader = self.database.reader();
        let text = format!("SELECT COUNT(*) AS n FROM mail WHERE {condition}");
        let row = reader
            .query_one_raw(Statement::from_string(reader.get_database_backend(), text))
            .await
            .unwrap();
        row.unwrap().try_get("", "n").unwrap()
    }
}
