//! A SQLite file in WAL mode: one writer, readers that can only read, and checkpoints that are our own.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend,
    DbErr, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait as _,
};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use tokio::sync::{Mutex, RwLock};

use super::DatabaseError;
use super::stamp::{NoCheckpointOnClose, Stamp};
use crate::files;

/// A writer waits this long for a writer of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// A checkpoint waits this long for readers; writers wait with it.
const CHECKPOINT_BUSY_TIMEOUT: Duration = Duration::from_millis(200);
/// Between two checkpoints: how long an erased value can stay in the log.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(5);
/// Open transactions have this long to end before a reopening gives up.
const REOPEN_PATIENCE: Duration = Duration::from_secs(15);
/// A use case waits this long for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Sqlite {
    path: PathBuf,
    readers: u32,
    pools: ArcSwap<Pools>,
    /// Held by whoever reopens; whoever begins a transaction passes it first.
    gate: RwLock<()>,
    /// The file as our last checkpoint left it.
    stamp: Mutex<Option<Stamp>>,
}

#[derive(Debug)]
struct Pools {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    checkpointer: DatabaseConnection,
}

impl Sqlite {
    pub(super) async fn open(path: &str, readers: u32) -> Result<Arc<Self>, DatabaseError> {
        let path = path.strip_prefix("//").unwrap_or(path);
        let path = PathBuf::from(path.split_once('?').map_or(path, |(path, _)| path));
        if !path.is_absolute() {
            return Err(DatabaseError::Url(
                "must name an absolute path after sqlite:",
            ));
        }
        create_file(&path).map_err(|source| DatabaseError::File {
            path: path.clone(),
            source,
        })?;
        let pools = Pools::connect(&path, readers).await?;
        let sqlite = Arc::new(Self {
            path,
            readers,
            pools: ArcSwap::from_pointee(pools),
            gate: RwLock::default(),
            stamp: Mutex::default(),
        });
        sqlite.adopt().await?;
        tokio::spawn(checkpoints(Arc::downgrade(&sqlite)));
        Ok(sqlite)
    }

    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let passed = self.gate.read().await;
        let writer = self.writer();
        drop(passed);
        let immediate = SqliteTransactionMode::Immediate;
        writer
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(immediate),
                ..Default::default()
            })
            .await
    }

    pub(super) fn writer(&self) -> DatabaseConnection {
        self.pools.load().writer.clone()
    }

    pub(super) fn reader(&self) -> DatabaseConnection {
        self.pools.load().reader.clone()
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) async fn replaced(&self) -> Result<bool, DatabaseError> {
        let stamp = self.stamp.lock().await;
        Ok(self.look()? != *stamp)
    }

    pub(super) async fn checkpoint(&self) -> Result<bool, DatabaseError> {
        let mut stamp = self.stamp.lock().await;
        if self.look()? != *stamp {
            return Err(DatabaseError::Replaced);
        }
        let complete = self.pools.load().truncate_log().await?;
        self.remember(&mut stamp)?;
        Ok(complete)
    }

    pub(super) async fn reopen(&self) -> Result<(), DatabaseError> {
        let _alone = self.gate.write().await;
        let mut stamp = self.stamp.lock().await;
        if self.look()?.is_none() {
            return Err(self.file_error(io::ErrorKind::NotFound.into()));
        }
        let lock =
            NoCheckpointOnClose::hold(&self.path).map_err(|source| self.file_error(source))?;
        let pools = self.pools.load_full();
        tokio::time::timeout(REOPEN_PATIENCE, pools.close())
            .await
            .map_err(|_| DatabaseError::InUse)??;
        for suffix in ["-wal", "-shm"] {
            remove(&beside(&self.path, suffix)).map_err(|source| self.file_error(source))?;
        }
        drop(lock);
        self.pools
            .store(Arc::new(Pools::connect(&self.path, self.readers).await?));
        *stamp = self.look()?;
        self.pools.load().truncate_log().await?;
        *stamp = self.look()?;
        tracing::warn!(database.file = %self.path.display(), "database file opened anew");
        Ok(())
    }

    pub(super) async fn close(&self) -> Result<(), DatabaseError> {
        match self.checkpoint().await {
            Ok(_) => self.pools.load().close().await,
            Err(DatabaseError::Replaced) => {
                let lock = NoCheckpointOnClose::hold(&self.path)
                    .map_err(|source| self.file_error(source))?;
                let closed = self.pools.load().close().await;
                drop(lock);
                closed
            }
            Err(error) => Err(error),
        }
    }

    /// Takes the file as it is now for ours: after opening, when connecting may have written the header.
    async fn adopt(&self) -> Result<(), DatabaseError> {
        let mut stamp = self.stamp.lock().await;
        self.pools.load().truncate_log().await?;
        *stamp = self.look()?;
        Ok(())
    }

    /// Remembers what the checkpoint left, unless it is another file: then the old stamp stays, and `replaced` sees it.
    fn remember(&self, stamp: &mut Option<Stamp>) -> Result<(), DatabaseError> {
        let now = self.look()?;
        if let (Some(before), Some(after)) = (&*stamp, &now)
            && before.same_file(after)
        {
            *stamp = now;
        }
        Ok(())
    }

    fn look(&self) -> Result<Option<Stamp>, DatabaseError> {
        Stamp::of(&self.path).map_err(|source| self.file_error(source))
    }

    fn file_error(&self, source: io::Error) -> DatabaseError {
        DatabaseError::File {
            path: self.path.clone(),
            source,
        }
    }
}

impl Pools {
    async fn connect(path: &Path, readers: u32) -> Result<Self, DbErr> {
        Ok(Self {
            writer: pool(path, 1, BUSY_TIMEOUT, false).await?,
            reader: pool(path, readers.max(1), BUSY_TIMEOUT, true).await?,
            checkpointer: pool(path, 1, CHECKPOINT_BUSY_TIMEOUT, false).await?,
        })
    }

    /// Whether the whole log is in the file and the log is empty.
    async fn truncate_log(&self) -> Result<bool, DbErr> {
        let pragma = Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        let row = self.checkpointer.query_one_raw(pragma).await?;
        let busy: i32 = row.map_or(Ok(1), |row| row.try_get_by_index(0))?;
        Ok(busy == 0)
    }

    async fn close(&self) -> Result<(), DatabaseError> {
        self.reader.close_by_ref().await?;
        self.checkpointer.close_by_ref().await?;
        self.writer.close_by_ref().await?;
        Ok(())
    }
}

/// Brings the log into the file every few seconds, for as long as the database is used.
async fn checkpoints(sqlite: std::sync::Weak<Sqlite>) {
    let mut tick = tokio::time::interval(CHECKPOINT_INTERVAL);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let Some(sqlite) = sqlite.upgrade() else {
            return;
        };
        let _open = sqlite.gate.read().await;
        if fs::metadata(beside(&sqlite.path, "-wal")).is_ok_and(|log| log.len() > 0) {
            match sqlite.checkpoint().await {
                // The fence looks for a replaced file more often than we do, and says so.
                Ok(_) | Err(DatabaseError::Replaced) => {}
                Err(DatabaseError::Database(DbErr::ConnectionAcquire(_))) => return,
                Err(error) => tracing::warn!(
                    error.chain = crate::error::chain(&error),
                    "checkpoint failed"
                ),
            }
        }
    }
}

async fn pool(
    path: &Path,
    connections: u32,
    busy: Duration,
    read_only: bool,
) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(format!("sqlite:{}", path.display()));
    let path = path.to_path_buf();
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(move |connect| settings(connect, busy, read_only).filename(&path));
    if connections == 1 {
        options
            .idle_timeout(None::<Duration>)
            .max_lifetime(None::<Duration>);
    }
    sea_orm::Database::connect(options).await
}

fn settings(
    connect: SqliteConnectOptions,
    busy: Duration,
    read_only: bool,
) -> SqliteConnectOptions {
    connect
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(busy)
        .pragma("secure_delete", "ON")
        .pragma("wal_autocheckpoint", "0")
        .pragma("temp_store", "MEMORY")
        .pragma("query_only", if read_only { "ON" } else { "OFF" })
}

fn create_file(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        files::create_private_folder(folder)?;
    }
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
    {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(suffix);
    PathBuf::from(name)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
