//! One running holder over directories and databases that outlive it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use api::privacy::{
    AccessLogSealed, DiscoveryAnswered, DiscoveryRequested, ExecutionAnswered, ExecutionOrdered,
    HolderAnnounced, SearchKeys, Signed,
};
use api::rights::StreamLedgerResponse;
use kernel::{SharedClock, SystemClock};
use messaging::{Envelope, Handler, HandlerError, Outbox};
use privacy::{FENCE, Holder, HolderParts, NoHooks, Privacy, Tokens, Vault};
use prost::Message;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use service_kit::database::{Database, DatabaseConfig};
use service_kit::identity::{Authority, Identity, TrustAnchor};
use service_kit::lifecycle::Lifecycle;
use service_kit::secret::Key32;
use service_kit::telemetry::TraceContext;
use tempfile::TempDir;
use uuid::Uuid;

use crate::diary::{self, MAP};
use crate::rights::Rights;

pub const PATIENCE: Duration = Duration::from_secs(15);

/// What outlives a process: databases, keys, identities, and the rights service.
pub struct Ground {
    pub directory: TempDir,
    database: String,
    vault: String,
    pub rights: Rights,
    /// What the next process takes the time from.
    pub clock: SharedClock,
}

/// One process.
pub struct World {
    pub privacy: Privacy,
    pub outbox: Outbox,
    pub lifecycle: Lifecycle,
    pub rights: Rights,
    handlers: Vec<Arc<dyn Handler>>,
    identity: Identity,
    trust: TrustAnchor,
}

impl Ground {
    pub fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = |name: &str| format!("sqlite:{}", directory.path().join(name).display());
        let (database, vault) = (url("db/diary.sqlite"), url("keys/diary.sqlite"));
        Self {
            directory,
            database,
            vault,
            rights: Rights::default(),
            clock: Arc::new(SystemClock),
        }
    }

    pub async fn postgres() -> Self {
        let server = testkit::postgres::Postgres::shared().await.unwrap();
        let database = server.database("diary").await.unwrap();
        let vault = server.database("keys").await.unwrap();
        Self {
            directory: tempfile::tempdir().unwrap(),
            database,
            vault,
            rights: Rights::default(),
            clock: Arc::new(SystemClock),
        }
    }

    pub fn file(&self) -> PathBuf {
        self.directory.path().join("db/diary.sqlite")
    }

    pub fn folder(&self, name: &str) -> PathBuf {
        let folder = self.directory.path().join("secrets").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// A process without its holder running.
    pub async fn privacy(&self) -> Privacy {
        let clock = self.clock.clone();
        let database = Database::connect(&DatabaseConfig::new(self.database.clone()))
            .await
            .unwrap();
        database.migrate::<diary::Migrator>().await.unwrap();
        let keys = Database::connect(&DatabaseConfig::new(self.vault.clone()))
            .await
            .unwrap();
        let master = Key32::load_or_create(self.folder("keys").join("master.key")).unwrap();
        let pepper = Key32::load_or_create(self.folder("keys").join("pepper.key")).unwrap();
        let vault = Vault::open(keys, master, "diary", clock.clone())
            .await
            .unwrap();
        Privacy::new(MAP, database, vault, Tokens::new(pepper, "diary"), clock)
    }

    /// A process with its holder started.
    pub async fn start(&self) -> World {
        let privacy = self.privacy().await;
        let now = privacy.clock().now();
        let authority = Authority::load(self.folder("authority"));
        let authority =
            authority.unwrap_or_else(|_| Authority::create(self.folder("authority")).unwrap());
        let own = Identity::load_or_enrol(self.folder("diary"), "diary", &authority, now).unwrap();
        let identity =
            Identity::load_or_enrol(self.folder("rights"), "rights", &authority, now).unwrap();
        let outbox = Outbox::new(privacy.database().clone(), "diary", privacy.clock().clone());
        let lifecycle = Lifecycle::new();
        let holder = Holder::new(HolderParts {
            privacy: privacy.clone(),
            outbox: outbox.clone(),
            identity: Arc::new(own),
            trust: authority.anchor(),
            rights: self.rights.serve().await,
            lifecycle: lifecycle.clone(),
            hooks: Arc::new(NoHooks),
        });
        holder.start();
        let (handlers, trust, rights) =
            (holder.handlers(), authority.anchor(), self.rights.clone());
        World {
            privacy,
            outbox,
            lifecycle,
            rights,
            handlers,
            identity,
            trust,
        }
    }

    pub async fn started(&self) -> World {
        let world = self.start().await;
        world.unfenced().await;
        world
    }
}

impl World {
    pub async fn unfenced(&self) {
        let released = tokio::time::timeout(PATIENCE, self.lifecycle.readiness.wait_for(FENCE));
        released.await.expect("the fence is released");
    }

    pub async fn stop(self) {
        self.lifecycle.stop();
        self.lifecycle.drained(PATIENCE).await.unwrap();
        self.privacy.vault().database().close().await.unwrap();
        self.privacy.database().close().await.unwrap();
    }

    /// Hands a signed order to the holder as messaging would.
    pub async fn order(&self, event: &str, order: &impl Message) -> Result<(), HandlerError> {
        self.deliver(event, &self.identity.sign_event(event, order))
            .await
    }

    pub async fn deliver(&self, event: &str, signed: &Signed) -> Result<(), HandlerError> {
        let envelope = Envelope {
            message_id: Uuid::now_v7(),
            event_type: event.to_owned(),
            source: "rights".to_owned(),
            partition_key: "request".to_owned(),
            network: diary::network().as_str().to_owned(),
            occurred_at: self.privacy.clock().now(),
            trace: TraceContext::default(),
            correlation_id: Uuid::now_v7(),
            causation_id: None,
            payload: signed.encode_to_vec(),
        };
        for handler in self
            .handlers
            .iter()
            .filter(|h| h.topics().iter().any(|t| t == event))
        {
            let mut work = self.outbox.begin().await?;
            handler.handle(&mut work, &envelope).await?;
            work.commit().await?;
        }
        Ok(())
    }

    pub async fn discover(&self, request: &str, keys: SearchKeys) -> DiscoveryAnswered {
        self.rights
            .with(|s| s.keys.insert(request.to_owned(), keys));
        self.ask(request).await;
        self.answer("diary.discovery.answered.v1", |a: &DiscoveryAnswered| {
            a.request_id == request
        })
        .await
    }

    /// The question alone.
    pub async fn ask(&self, request: &str) {
        let ask = DiscoveryRequested {
            request_id: request.to_owned(),
            network: diary::network().as_str().to_owned(),
            kind: "erasure".to_owned(),
            round: 1,
            holder: String::new(),
        };
        self.order("rights.discovery.requested.v1", &ask)
            .await
            .unwrap();
    }

    /// The order to erase, after writing it into the ledger.
    pub fn erasure(&self, entry: u64, found: &DiscoveryAnswered) -> ExecutionOrdered {
        let decisions = found
            .categories
            .iter()
            .map(|c| api::privacy::CategoryDecision {
                category: c.category.clone(),
                action: c.proposed.clone(),
                legal_basis: c.legal_basis.clone(),
                retain_until: c.retain_until.clone(),
            });
        let now = self.privacy.clock().now();
        let at = prost_types::Timestamp {
            seconds: now.timestamp(),
            nanos: now.timestamp_subsec_nanos().try_into().unwrap(),
        };
        let order = ExecutionOrdered {
            request_id: found.request_id.clone(),
            network: diary::network().as_str().to_owned(),
            kind: "erasure".to_owned(),
            holder: "diary".to_owned(),
            ledger_entry: entry,
            decisions: decisions.collect(),
            replay_handle: found.replay_handle.clone(),
            ordered_at: Some(at),
        };
        self.rights.with(|s| {
            s.head = s.head.max(entry);
            s.ledger.push(StreamLedgerResponse {
                entry,
                request_id: order.request_id.clone(),
                network: order.network.clone(),
                kind: "erasure_ordered".to_owned(),
                at: order.ordered_at,
                replay_handle: order.replay_handle.clone(),
                decisions: order.decisions.clone(),
            });
        });
        order
    }

    pub async fn erase(&self, order: &ExecutionOrdered) -> ExecutionAnswered {
        self.order("rights.execution.ordered.v1.diary", order)
            .await
            .unwrap();
        self.executed(&order.request_id).await
    }

    pub async fn executed(&self, request: &str) -> ExecutionAnswered {
        self.answer("diary.execution.answered.v1", |a: &ExecutionAnswered| {
            a.request_id == request
        })
        .await
    }

    /// Waits for an answer in the outbox, verified as the rights service would.
    async fn answer<M: Message + Default>(&self, event: &str, wanted: impl Fn(&M) -> bool) -> M {
        let started = std::time::Instant::now();
        loop {
            if let Some(answer) = self.answers(event).await.into_iter().find(|a| wanted(a)) {
                return answer;
            }
            assert!(started.elapsed() < PATIENCE, "no {event}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub async fn answers<M: Message + Default>(&self, event: &str) -> Vec<M> {
        let now = self.privacy.clock().now();
        let open = |signed: Vec<u8>| {
            let signed = Signed::decode(signed.as_slice()).unwrap();
            let (answer, signer) = self.trust.open_event::<M>(event, &signed, now).unwrap();
            assert_eq!(signer, "diary");
            answer
        };
        self.payloads(event).await.into_iter().map(open).collect()
    }

    pub async fn announced(&self) -> Vec<HolderAnnounced> {
        self.answers("diary.holder.announced.v1").await
    }

    /// The batches of the access log that were sent, in order, their signatures verified.
    pub async fn batches(&self) -> Vec<(privacy::AccessBatch, AccessLogSealed)> {
        let event = "diary.access_log.sealed.v1";
        let now = self.privacy.clock().now();
        let open = |payload: Vec<u8>| {
            let sealed = AccessLogSealed::decode(payload.as_slice()).unwrap();
            let signed = sealed.batch.as_ref().unwrap();
            let (head, signer) = self
                .trust
                .open_event::<api::privacy::AccessBatch>(event, signed, now)
                .unwrap();
            assert_eq!(signer, "diary");
            assert_eq!(
                head.lines_digest,
                privacy::AccessBatch::digest(&sealed.lines)
            );
            (privacy::AccessBatch::parse(&head).unwrap(), sealed)
        };
        self.payloads(event).await.into_iter().map(open).collect()
    }

    /// Somebody reads a person so often, in one transaction.
    pub async fn read(&self, subject: privacy::SubjectId, times: usize) {
        let caller = service_kit::caller::Caller::service("crm");
        let work = self.outbox.begin().await.unwrap();
        for at in 0..times {
            let entry = privacy::AccessEntry {
                network: diary::network(),
                caller: &caller,
                purpose: "customer_service_call".to_owned(),
                subject,
                record: format!("guest:{at}"),
                fields: &["name", "email"],
            };
            self.privacy.log_access(work.tx(), entry).await.unwrap();
        }
        work.commit().await.unwrap();
    }

    /// Empty while the database is being opened anew: whoever waits looks again.
    async fn payloads(&self, event: &str) -> Vec<Vec<u8>> {
        let reader = self.privacy.database().reader();
        let sql = "SELECT payload FROM outbox WHERE event_type = $1 ORDER BY seq";
        let backend = reader.get_database_backend();
        let sql = Statement::from_sql_and_values(backend, sql, [event.into()]);
        match reader.query_all_raw(sql).await {
            Ok(rows) => rows
                .into_iter()
                .map(|r| r.try_get("", "payload").unwrap())
                .collect(),
            Err(DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) => Vec::new(),
            Err(error) => panic!("{error}"),
        }
    }

    /// How many events of a type were recorded.
    pub async fn recorded(&self, event: &str) -> usize {
        self.payloads(event).await.len()
    }

    pub async fn count(&self, condition: &str) -> i64 {
        let reader = self.privacy.database().reader();
        let sql = format!("SELECT COUNT(*) AS n FROM {condition}");
        let row = reader
            .query_one_raw(Statement::from_string(reader.get_database_backend(), sql))
            .await
            .unwrap();
        row.unwrap().try_get("", "n").unwrap()
    }

    /// A person stays, in one transaction of the service.
    pub async fn stay(&self) -> privacy::SubjectId {
        let work = self.outbox.begin().await.unwrap();
        let subject = diary::stay(&self.privacy, work.tx()).await;
        work.commit().await.unwrap();
        subject
    }
}

pub fn by_number() -> SearchKeys {
    SearchKeys {
        identity_numbers: vec![diary::NUMBER.to_owned()],
        ..Default::default()
    }
}
