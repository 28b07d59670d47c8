//! A SQLite file in WAL mode: one writer, readers that can only read, and checkpoints that are our own.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
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
use super::owner::{Owner, beside, drop_log, new_generation};
use super::pools::Pools;
use super::stamp::{NoCheckpointOnClose, Stamp};
use crate::files;

/// Between two checkpoints: how long an erased value can stay in the log.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(5);
/// Open transactions have this long to end before a reopening gives up.
const REOPEN_PATIENCE: Duration = Duration::from_secs(15);

#[derive(Debug)]
pub(super) struct Sqlite {
    path: PathBuf,
    readers: u32,
    pools: ArcSwap<Pools>,
    /// Held by whoever reopens; whoever begins a transaction passes it first.
    gate: RwLock<()>,
    /// What we own; nothing while another process makes the checkpoints.
    own: Mutex<Option<Own>>,
    closed: CancellationToken,
}

/// What makes the checkpoints ours.
#[derive(Debug)]
struct Own {
    owner: Owner,
    /// The file as our last checkpoint left it.
    stamp: Option<Stamp>,
    /// The generation that the file gets, while a checkpoint is not complete.
    next: Option<u32>,
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
        let sqlite = Arc::new(Self {
            path,
            readers,
            pools,
            gate: RwLock::default(),
            own: Mutex::new(own),
            closed: CancellationToken::new(),
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

    pub(super) async fn replaced(&self) -> Result<bool, DatabaseError> {
        match &*self.own.lock().await {
            Some(own) => Ok(self.look()? != own.stamp),
            None => Ok(false),
        }
    }

    pub(super) async fn checkpoint(&self) -> Result<bool, DatabaseError> {
        match &mut *self.own.lock().await {
            Some(own) => self.checkpoint_own(own).await,
            None => Ok(false),
        }
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
        if let Some(own) = &mut *own {
            own.settle(&self.path)
                .map_err(|source| self.file_error(source))?;
        }
        self.pools
            .store(Arc::new(Pools::connect(&self.path, self.readers).await?));
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
        let lock = if replaced {
            NoCheckpointOnClose::hold(&self.path)
        } else {
            Ok(None)
        };
        let lock = lock.map_err(|source| self.file_error(source))?;
        self.pools.load().close().await?;
        drop(lock);
        *self.own.lock().await = None;
        Ok(())
    }

    async fn checkpoint_own(&self, own: &mut Own) -> Result<bool, DatabaseError> {
        let before = self.look()?;
        if before != own.stamp {
            return Err(DatabaseError::Replaced);
        }
        let pools = self.pools.load_full();
        if own.next.is_none() {
            let next = new_generation();
            own.owner
                .note_before(next)
                .map_err(|source| self.file_error(source))?;
            pools.set_generation(next).await?;
            own.next = Some(next);
        }
        let complete = pools.truncate_log().await?;
        if complete {
            own.owner
                .note_after()
                .map_err(|source| self.file_error(source))?;
            own.next = None;
        }
        // Another file there now: the old stamp stays, and `replaced` sees it.
        let after = self.look()?;
        if let (Some(before), Some(after)) = (&before, &after)
            && before.same_file(after)
        {
            own.stamp = Some(*after);
        }
        Ok(complete)
    }

    /// Takes the file as it is now for ours, and gives it a generation of ours.
    async fn adopt(&self, own: &mut Own) -> Result<(), DatabaseError> {
        own.stamp = self.look()?;
        self.checkpoint_own(own).await.map(|_| ())
    }

    /// Becomes the owner when the one before has gone.
    async fn inherit(&self) -> Result<(), DatabaseError> {
        let mut own = self.own.lock().await;
        if own.is_some() || self.closed.is_cancelled() {
            return Ok(());
        }
        let owner = Owner::claim(&self.path).map_err(|source| self.file_error(source))?;
        if let Some(owner) = owner {
            let mut new = Own {
                owner,
                stamp: None,
                next: None,
            };
            self.adopt(&mut new).await?;
            *own = Some(new);
        }
        Ok(())
    }

    /// One round of the checkpoints.
    async fn tend(&self) -> Result<(), DatabaseError> {
        let _open = self.gate.read().await;
        self.inherit().await?;
        if fs::metadata(beside(&self.path, "-wal")).is_ok_and(|log| log.len() > 0) {
            self.checkpoint().await?;
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

impl Own {
    fn claim(path: &Path) -> io::Result<Option<Self>> {
        let Some(mut owner) = Owner::claim(path)? else {
            return Ok(None);
        };
        owner.settle(path)?;
        Ok(Some(Self {
            owner,
            stamp: None,
            next: None,
        }))
    }

    fn settle(&mut self, path: &Path) -> io::Result<()> {
        self.next = None;
        self.owner.settle(path)
    }
}

/// Brings the log into the file every few seconds, for as long as the database is used.
async fn checkpoints(sqlite: Weak<Sqlite>) {
    let mut tick = tokio::time::interval(CHECKPOINT_INTERVAL);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let Some(sqlite) = sqlite.upgrade() else {
            return;
        };
        if sqlite.closed.is_cancelled() {
            return;
        }
        match sqlite.tend().await {
            // Whoever watches for a replaced file looks more often than we do, and says so.
            Ok(()) | Err(DatabaseError::Replaced) => {}
            Err(error) => tracing::warn!(
                error.chain = crate::error::chain(&error),
                "checkpoint failed"
            ),
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
