//! The ledger: an append-only store of its own, outside every backed-up database, that outlives the oldest backup.
//!
//! Appends of concurrent requests go into one transaction: whoever gets the writer's turn takes everybody's with it.

mod access_copy;
mod access_finding;
mod copies;
mod copies_read;
mod entry;
mod head;
mod part;
mod read;
mod write;

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use kernel::SharedClock;
use sea_orm::DbErr;
use service_kit::database::{Database, DatabaseConfig, DatabaseError};
use tokio::sync::oneshot;

pub use self::copies::LogCopy;
pub use self::copies_read::{CopyView, Finding, KeptCopy};
use crate::domain::ledger::{Broken, EntryKind};

/// Appends that go into one transaction at most: bounds what a failed one takes with it.
const GROUP: usize = 200;

/// What is appended.
#[derive(Clone, Debug)]
pub struct Append {
    /// What it says.
    pub kind: EntryKind,
    /// The network, or empty.
    pub network: String,
    /// The request, or empty.
    pub request_id: String,
    /// Tells apart entries of one kind of one request.
    pub scope: String,
    /// What concerns each holder.
    pub parts: Vec<Part>,
}

/// What concerns one holder.
#[derive(Clone, Debug)]
pub enum Part {
    /// An order, with what the holder needs to repeat it after a restore.
    Order {
        /// Who.
        holder: String,
        /// Its own, opaque.
        replay_handle: Vec<u8>,
        /// What was decided, as JSON.
        decisions: String,
        /// From the random source of the caller.
        salt: [u8; 16],
    },
    /// Only a digest of something that is kept elsewhere.
    Digest {
        /// Who.
        holder: String,
        /// Hexadecimal.
        digest: String,
    },
}

/// An entry that is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub entry: u64,
    /// What it says.
    pub kind: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What the hash is taken over.
    pub canonical: Vec<u8>,
    /// Hexadecimal.
    pub hash: String,
}

/// An entry with what concerns one holder.
#[derive(Clone, Debug)]
pub struct Order {
    /// The entry's number.
    pub entry: u64,
    /// The request.
    pub request_id: String,
    /// Its network.
    pub network: String,
    /// What it says.
    pub kind: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The holder's own.
    pub replay_handle: Vec<u8>,
    /// What was decided, as JSON.
    pub decisions: String,
}

/// Why the ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The store.
    #[error("ledger store failed")]
    Store(#[from] DbErr),
    /// The store cannot be opened.
    #[error("ledger store cannot be opened")]
    Open(#[from] DatabaseError),
    /// The transaction that this append shared failed.
    #[error("ledger append failed: {0}")]
    Append(Arc<str>),
    /// Somebody changed an entry.
    #[error("ledger is not whole")]
    Broken(#[from] Broken),
}

/// The ledger. Cheap to clone.
#[derive(Clone)]
pub struct Ledger(Arc<Inner>);

struct Inner {
    database: Database,
    clock: SharedClock,
    waiting: Mutex<Vec<Waiting>>,
    turn: tokio::sync::Mutex<()>,
}

struct Waiting {
    append: Append,
    reply: oneshot::Sender<Result<Entry, LedgerError>>,
}

impl Ledger {
    /// Opens the store, makes it ready, and refuses a chain that is not whole.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn connect(config: &DatabaseConfig, clock: SharedClock) -> Result<Self, LedgerError> {
        let database = Database::connect(config).await?;
        database
            .migrate::<rights_migration::LedgerMigrator>()
            .await?;
        let ledger = Self(Arc::new(Inner {
            database,
            clock,
            waiting: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }));
        ledger.verify().await?;
        Ok(ledger)
    }

    /// Appends an entry, durable when this returns. The same act (request, kind, scope) again gets the same entry.
    ///
    /// # Errors
    /// [`LedgerError`]: it is not known whether the entry exists; asking again is safe.
    pub async fn append(&self, append: Append) -> Result<Entry, LedgerError> {
        let (reply, mut answer) = oneshot::channel();
        self.0
            .waiting
            .lock()
            .expect("no panic holds the queue")
            .push(Waiting { append, reply });
        loop {
            let turn = self.0.turn.lock().await;
            if let Ok(done) = answer.try_recv() {
                return done;
            }
            let group = self.next_group();
            if group.is_empty() {
                drop(turn);
                let lost = |_| Err(LedgerError::Append("the append was lost".into()));
                return (&mut answer).await.unwrap_or_else(lost);
            }
            // A task of its own: a caller that gives up must not take the others' appends with it.
            let written = tokio::spawn(write::group(
                self.0.database.clone(),
                self.0.clock.clone(),
                group,
            ))
            .await;
            drop(turn);
            if written.is_err() {
                return Err(LedgerError::Append("the writer stopped".into()));
            }
        }
    }

    fn next_group(&self) -> Vec<Waiting> {
        let mut waiting = self.0.waiting.lock().expect("no panic holds the queue");
        let count = waiting.len().min(GROUP);
        waiting.drain(..count).collect()
    }

    /// Closes the store.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn close(&self) -> Result<(), LedgerError> {
        Ok(self.0.database.close().await?)
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ledger(..)")
    }
}
