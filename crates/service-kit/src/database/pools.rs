//! The connections to a SQLite file: one that writes, those that read, one for checkpoints.

use std::path::Path;
use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, Statement,
};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

/// A writer waits this long for a writer of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// A checkpoint waits this long for readers; writers wait with it.
const CHECKPOINT_BUSY_TIMEOUT: Duration = Duration::from_millis(200);
/// A use case waits this long for a connection, a writer for its turn.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Pools {
    pub(super) writer: DatabaseConnection,
    pub(super) reader: DatabaseConnection,
    checkpointer: DatabaseConnection,
}

impl Pools {
    pub(super) async fn connect(path: &Path, readers: u32) -> Result<Self, DbErr> {
        Ok(Self {
            writer: pool(path, 1, BUSY_TIMEOUT, Access::Write).await?,
            reader: pool(path, readers.max(1), BUSY_TIMEOUT, Access::Read).await?,
            checkpointer: pool(path, 1, CHECKPOINT_BUSY_TIMEOUT, Access::Write).await?,
        })
    }

    /// Brings the log into the file and empties it; whether all of it is done.
    pub(super) async fn truncate_log(&self) -> Result<bool, DbErr> {
        let pragma = Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        let row = self.checkpointer.query_one_raw(pragma).await?;
        let busy: i32 = row.map_or(Ok(1), |row| row.try_get_by_index(0))?;
        Ok(busy == 0)
    }

    /// Writes a generation, which the next checkpoint brings into the file. Waits for its turn as every writer does.
    pub(super) async fn set_generation(&self, generation: u32) -> Result<(), DbErr> {
        self.writer
            .execute_unprepared(&format!("PRAGMA user_version = {generation}"))
            .await
            .map(|_| ())
    }

    pub(super) async fn close(&self) -> Result<(), DbErr> {
        self.reader.close_by_ref().await?;
        self.checkpointer.close_by_ref().await?;
        self.writer.close_by_ref().await
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

async fn pool(
    path: &Path,
    connections: u32,
    busy: Duration,
    access: Access,
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
        .map_sqlx_sqlite_opts(move |connect| settings(connect, busy, access).filename(&path));
    if access == Access::Write {
        options
            .idle_timeout(None::<Duration>)
            .max_lifetime(None::<Duration>);
    }
    sea_orm::Database::connect(options).await
}

fn settings(connect: SqliteConnectOptions, busy: Duration, access: Access) -> SqliteConnectOptions {
    connect
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(busy)
        .pragma("secure_delete", "ON")
        .pragma("wal_autocheckpoint", "0")
        .pragma("temp_store", "MEMORY")
        .pragma(
            "query_only",
            if access == Access::Read { "ON" } else { "OFF" },
        )
}
