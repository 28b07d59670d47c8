//! A SQLite file in WAL mode: one writer, readers that can only read, and checkpoints that are our own.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};
use sea_orm_migration::MigratorTrait;
use tokio::sync::{Mutex, RwLock};
use tokio_util::sync::CancellationToken;

use super::DatabaseError;
use super::checkpoint::{Own, checkpoints};
use super::owner::drop_log;
use super::pools::Pools;
use super::stamp::{NoCheckpointOnClose, Stamp};
use crate::files;

/// Open transactions have this long to end before a reopening gives up.
const REOPEN_PATIENCE: Duration = Duration::from_secs(15);

#[derive(Debug)]
pub(super) struct Sqlite {
    pub(super) path: PathBuf,
    readers: u32,
    pub(super) pools: ArcSwap<Pools>,
    /// Held by whoever reopens; whoever begins a transaction passes it first.
    pub(super) gate: RwLock<()>,
    /// What makes the checkpoints ours; nothing while they are another process's.
    pub(super) own: Mutex<Option<Own>>,
    /// The file as our last checkpoint left it; nothing while another process makes the checkpoints.
    pub(super) stamp: Mutex<Option<Stamp>>,
    pub(super) closed: CancellationToken,
    /// Whoever ends without [`Self::close`] leaves the log as it is, instead of half of it in the file.
    held: Held,
}

/// Kept until the process ends, unless the database is closed in order: connections close after their pool is dropped.
#[derive(Debug, Default)]
struct Held(std::sync::Mutex<Option<NoCheckpointOnClose>>);

impl Held {
    fn put(&self, lock: Option<NoCheckpointOnClose>) -> Option<NoCheckpointOnClose> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut held, lock)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        std::mem::forget(self.put(None));
    }
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
        let file_error = |source| DatabaseError::File {
            path: path.clone(),
            source,
        };
        create_file(&path).map_err(file_error)?;
        let own = Own::claim(&path).map_err(file_error)?;
        let pools = ArcSwap::from_pointee(Pools::connect(&path, readers).await?);
        let held = Held::default();
        held.put(NoCheckpointOnClose::hold(&path).map_err(file_error)?);
        let sqlite = Arc::new(Self {
            path,
            readers,
            pools,
            gate: RwLock::default(),
            own: Mutex::new(own),
            stamp: Mutex::default(),
            closed: CancellationToken::new(),
            held,
        });
        if let Some(own) = &mut *sqlite.own.lock().await {
            sqlite.adopt(own).await?;
        }
        tokio::spawn(checkpoints(Arc::downgrade(&sqlite)));
        Ok(sqlite)
    }

    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let _open = self.gate.read().await;
        let immediate = Some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions {
            sqlite_transaction_mode: immediate,
            ..Default::default()
        };
        let writer = self.pools.load().writer.clone();
        writer.begin_with_options(options).await
    }

    pub(super) fn reader(&self) -> DatabaseConnection {
        self.pools.load().reader.clone()
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// All or nothing, in one transaction.
    pub(super) async fn migrate<M: MigratorTrait>(&self) -> Result<(), DbErr> {
        let turn = self.begin().await?;
        M::up(&turn, None).await?;
        turn.commit().await
    }

    pub(super) async fn reopen(&self) -> Result<(), DatabaseError> {
        let _alone = self.gate.write().await;
        let mut own = self.own.lock().await;
        if self.look()?.is_none() {
            return Err(self.file_error(io::ErrorKind::NotFound.into()));
        }
        let lock =
            NoCheckpointOnClose::hold(&self.path).map_err(|source| self.file_error(source))?;
        let pools = self.pools.load_full();
        tokio::time::timeout(REOPEN_PATIENCE, pools.close())
            .await
            .map_err(|_| DatabaseError::InUse)??;
        drop_log(&self.path).map_err(|source| self.file_error(source))?;
        drop(lock);
        drop(self.held.put(None));
        if let Some(own) = &mut *own {
            own.settle(&self.path)
                .map_err(|source| self.file_error(source))?;
        }
        self.pools
            .store(Arc::new(Pools::connect(&self.path, self.readers).await?));
        let lock =
            NoCheckpointOnClose::hold(&self.path).map_err(|source| self.file_error(source))?;
        self.held.put(lock);
        if let Some(own) = &mut *own {
            self.adopt(own).await?;
        }
        tracing::warn!(database.file = %self.path.display(), "database file opened anew");
        Ok(())
    }

    pub(super) async fn close(&self) -> Result<(), DatabaseError> {
        self.closed.cancel();
        let replaced = match self.checkpoint().await {
            Ok(_) => false,
            Err(DatabaseError::Replaced) => true,
            Err(error) => return Err(error),
        };
        let held = self.held.put(None);
        let lock = if replaced {
            NoCheckpointOnClose::hold(&self.path)
        } else {
            held.as_ref()
                .map_or(Ok(()), NoCheckpointOnClose::release)
                .map(|()| None)
        };
        let lock = lock.map_err(|source| self.file_error(source))?;
        self.pools.load().close().await?;
        drop((lock, held));
        *self.own.lock().await = None;
        *self.stamp.lock().await = None;
        Ok(())
    }

    pub(super) fn look(&self) -> Result<Option<Stamp>, DatabaseError> {
        Stamp::of(&self.path).map_err(|source| self.file_error(source))
    }

    pub(super) fn file_error(&self, source: io::Error) -> DatabaseError {
        DatabaseError::File {
            path: self.path.clone(),
            source,
        }
    }
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
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
