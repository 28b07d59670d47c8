//! Whoever takes in the rows of an import gives a sign of it again and again, in the database, where every instance sees it.
//! An import that gives none was interrupted: its process was killed, or its sender hung up.

use std::time::Duration;

use chrono::{DateTime, Utc};
use kernel::SharedClock;
use sea_orm::DbErr;
use service_kit::database::Database;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{Registry, RegistryError};
use crate::domain::limits::STAGING_SIGNS;
use crate::store::address_import;

/// Who gives the signs of one import.
struct Signs {
    database: Database,
    clock: SharedClock,
    silence_seconds: u64,
    import: Uuid,
}

impl Registry {
    /// When an import is given up that gives a sign now and none any more.
    pub(super) fn staging_until(&self) -> DateTime<Utc> {
        later(self.clock.now(), self.silence())
    }

    /// Does the work on an import's rows, with a sign every now and then, also while the work keeps its thread busy. Whether
    /// the import was given up all the same is for the work to see, in the transaction that ends it.
    pub(super) async fn with_signs<T>(&self, import: Uuid, work: impl Future<Output = T>) -> T {
        let signs = Signs {
            database: self.outbox.database().clone(),
            clock: self.clock.clone(),
            silence_seconds: self.silence(),
            import,
        };
        // Ends with the work, also when that is left undone because its sender hung up.
        let mut beside = JoinSet::new();
        beside.spawn(signs.give());
        work.await
    }

    /// Calls interrupted what gives no sign any more.
    pub(super) async fn give_up_interrupted(&self) -> Result<(), RegistryError> {
        let tx = self.outbox.database().begin().await?;
        let interrupted = address_import::interrupt(&tx, self.clock.now()).await?;
        tx.commit().await?;
        if interrupted > 0 {
            tracing::warn!(
                imports = interrupted,
                "imports were interrupted while their rows came in"
            );
        }
        Ok(())
    }

    fn silence(&self) -> u64 {
        self.settings.staging_silence_seconds.max(1)
    }
}

impl Signs {
    async fn give(self) {
        let every = Duration::from_secs(self.silence_seconds) / STAGING_SIGNS;
        let mut every = tokio::time::interval(every);
        loop {
            every.tick().await;
            match self.give_one().await {
                Ok(true) => {}
                // Staged, or given up: there is nothing more to say.
                Ok(false) => return,
                Err(error) => {
                    let (import, error) = (self.import, service_kit::error::chain(&error));
                    tracing::warn!(import.id = %import, error.chain = error, "a sign of an import that comes in was not given");
                }
            }
        }
    }

    async fn give_one(&self) -> Result<bool, DbErr> {
        let tx = self.database.begin().await?;
        let until = later(self.clock.now(), self.silence_seconds);
        let heard = address_import::put_off(&tx, self.import, until).await?;
        tx.commit().await?;
        Ok(heard)
    }
}

fn later(now: DateTime<Utc>, seconds: u64) -> DateTime<Utc> {
    now + chrono::Duration::seconds(seconds.cast_signed())
}
