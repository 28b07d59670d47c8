//! Checkpoints of our own: after each we know the file again, and see when it is another one.

use std::path::Path;
use std::sync::Weak;
use std::time::Duration;
use std::{fs, io};

use super::DatabaseError;
use super::owner::{Owner, beside, new_generation};
use super::pools::Pools;
use super::sqlite::Sqlite;

/// Between two checkpoints: how long an erased value can stay in the log.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(5);

/// What makes the checkpoints ours.
#[derive(Debug)]
pub(super) struct Own {
    owner: Owner,
    /// The generation that the file gets, while a checkpoint is not complete.
    next: Option<u32>,
}

impl Own {
    pub(super) fn claim(path: &Path) -> io::Result<Option<Self>> {
        let Some(mut owner) = Owner::claim(path)? else {
            return Ok(None);
        };
        owner.settle(path)?;
        Ok(Some(Self { owner, next: None }))
    }

    pub(super) fn settle(&mut self, path: &Path) -> io::Result<()> {
        self.next = None;
        self.owner.settle(path)
    }
}

impl Sqlite {
    /// Waits for no transaction: whoever is in one may ask.
    pub(super) async fn replaced(&self) -> Result<bool, DatabaseError> {
        let stamp = self.stamp.lock().await;
        Ok(stamp.is_some() && self.look()? != *stamp)
    }

    pub(super) async fn checkpoint(&self) -> Result<bool, DatabaseError> {
        match &mut *self.own.lock().await {
            Some(own) => self.checkpoint_own(own).await,
            None => Ok(false),
        }
    }

    async fn checkpoint_own(&self, own: &mut Own) -> Result<bool, DatabaseError> {
        let pools = self.pools.load_full();
        if self.replaced().await? {
            return Err(DatabaseError::Replaced);
        }
        if own.next.is_none() {
            let next = new_generation();
            own.owner
                .note_before(next)
                .map_err(|source| self.file_error(source))?;
            pools.set_generation(next).await?;
            own.next = Some(next);
        }
        let complete = self.truncate_log(&pools).await?;
        if complete {
            own.owner
                .note_after()
                .map_err(|source| self.file_error(source))?;
            own.next = None;
        }
        Ok(complete)
    }

    /// The only thing that changes the file; meanwhile nobody compares it with the stamp.
    async fn truncate_log(&self, pools: &Pools) -> Result<bool, DatabaseError> {
        let mut stamp = self.stamp.lock().await;
        let before = self.look()?;
        if before != *stamp {
            return Err(DatabaseError::Replaced);
        }
        let complete = pools.truncate_log().await?;
        // Another file there now: the old stamp stays, and `replaced` sees it.
        let after = self.look()?;
        if let (Some(before), Some(after)) = (before, after)
            && before.same_file(&after)
        {
            *stamp = Some(after);
        }
        Ok(complete)
    }

    /// Takes the file as it is now for ours, and gives it a generation of ours.
    pub(super) async fn adopt(&self, own: &mut Own) -> Result<(), DatabaseError> {
        *self.stamp.lock().await = self.look()?;
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
            let mut new = Own { owner, next: None };
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
}

/// Brings the log into the file every few seconds, for as long as the database is used.
pub(super) async fn checkpoints(sqlite: Weak<Sqlite>) {
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
