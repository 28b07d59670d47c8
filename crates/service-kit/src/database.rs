//! The database of a service: a SQLite file or a PostgreSQL database behind one type.
//!
//! Writing begins with [`Database::begin`], reading takes a [`Database::reader`]. On SQLite the two are different pools:
//! one connection writes, with `BEGIN IMMEDIATE`; the others can only read, so that a write that forgot its transaction
//! fails in the first test. Statements are never logged: their parameters are people's data.

mod bell;
mod bulk;
mod checkpoint;
mod owner;
mod planner;
mod pools;
mod postgres;
mod probe;
mod sqlite;
mod stamp;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, QueryResult,
    Statement,
};
use sea_orm_migration::MigratorTrait;
use secrecy::{ExposeSecret as _, SecretString};

use postgres::Postgres;
use sqlite::Sqlite;

pub use bell::Ear;
pub use bulk::{insert_rows, insertions, places, present};
pub use planner::{plan_as_usual, plan_by_index};
pub use postgres::is_protected;
pub use probe::{Probe, probe};

/// Where the database is.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(try_from = "crate::config::RawDatabase")]
pub struct DatabaseConfig {
    /// `sqlite:/absolute/path.sqlite` or `postgres://user:password@host/database`.
    pub url: SecretString,
    /// Connections at most; on SQLite, readers.
    pub max_connections: u32,
}

impl DatabaseConfig {
    /// Connections unless said otherwise.
    pub const MAX_CONNECTIONS: u32 = 16;

    /// A database by its address.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: SecretString::from(url.into()),
            max_connections: Self::MAX_CONNECTIONS,
        }
    }

    /// A SQLite database by its file.
    pub fn sqlite(path: impl AsRef<std::path::Path>) -> Self {
        Self::new(format!("sqlite:{}", path.as_ref().display()))
    }
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The address is not one that we understand.
    #[error("the database url {0}")]
    Url(&'static str),
    /// The file, or its folder, cannot be used.
    #[error("cannot use the database file {path}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file was replaced under us, and what was asked would damage it.
    #[error("the database file was replaced by somebody else")]
    Replaced,
    /// Connections did not come back in time.
    #[error("connections to the database are still in use")]
    InUse,
    /// A single connection failed.
    #[error("the database cannot be reached")]
    Unreachable(#[source] sqlx::Error),
    /// The database refused.
    #[error("the database failed")]
    Database(#[from] DbErr),
}

/// A database; clones share the pools.
#[derive(Clone, Debug)]
pub struct Database(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    Sqlite(Arc<Sqlite>),
    Postgres(Postgres),
}

impl Database {
    /// Connects. A SQLite file that does not exist is made, mode 0600, and its checkpoints are ours from now on.
    pub async fn connect(config: &DatabaseConfig) -> Result<Self, DatabaseError> {
        let url = config.url.expose_secret();
        let kind = if let Some(path) = url.strip_prefix("sqlite:") {
            Kind::Sqlite(Sqlite::open(path, config.max_connections).await?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Kind::Postgres(Postgres::connect(url, config.max_connections).await?)
        } else {
            return Err(DatabaseError::Url(
                "begins with neither sqlite: nor postgres:",
            ));
        };
        Ok(Self(Arc::new(kind)))
    }

    /// Which kind of database this is.
    pub fn backend(&self) -> DbBackend {
        match &*self.0 {
            Kind::Sqlite(_) => DbBackend::Sqlite,
            Kind::Postgres(_) => DbBackend::Postgres,
        }
    }

    /// Begins a transaction that may write. On SQLite it waits for the one before it to end. Dropped, it rolls back.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        match &*self.0 {
            Kind::Sqlite(sqlite) => sqlite.begin().await,
            Kind::Postgres(postgres) => postgres.begin().await,
        }
    }

    /// Runs one statement as a transaction of its own, and answers the rows that it returns. On PostgreSQL that is one round
    /// trip instead of three.
    ///
    /// # Errors
    /// The statement failed, and changed nothing; or, when the connection broke, it is not known whether it did.
    pub async fn write(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match &*self.0 {
            Kind::Sqlite(sqlite) => {
                let tx = sqlite.begin().await?;
                let rows = tx.query_all_raw(statement).await?;
                tx.commit().await?;
                Ok(rows)
            }
            Kind::Postgres(postgres) => postgres.reader().query_all_raw(statement).await,
        }
    }

    /// Connections to read with; a cheap clone of the pool. Take it anew for each use case: [`Self::reopen`] closes it.
    pub fn reader(&self) -> DatabaseConnection {
        match &*self.0 {
            Kind::Sqlite(sqlite) => sqlite.reader(),
            Kind::Postgres(postgres) => postgres.reader(),
        }
    }

    /// Applies the migrations that are missing. Instances that start at once take turns.
    pub async fn migrate<M: MigratorTrait>(&self) -> Result<(), DbErr> {
        match &*self.0 {
            Kind::Sqlite(sqlite) => sqlite.migrate::<M>().await,
            Kind::Postgres(postgres) => postgres.migrate::<M>().await,
        }
    }

    /// The migrations that are missing, by name; changes nothing.
    pub async fn pending<M: MigratorTrait>(&self) -> Result<Vec<String>, DbErr> {
        let pending = M::get_pending_migrations_read_only(&self.reader()).await?;
        Ok(pending
            .iter()
            .map(|migration| migration.name().to_owned())
            .collect())
    }

    /// Whether the file is another one than we left: somebody put a file in its place, wrote into it or took it away.
    /// Our own writes do not count, they are in the log until our own checkpoints. Always `false` on PostgreSQL, and in a
    /// second process with the same file open: the first one watches it.
    pub async fn replaced(&self) -> Result<bool, DatabaseError> {
        match &*self.0 {
            Kind::Sqlite(sqlite) => sqlite.replaced().await,
            Kind::Postgres(_) => Ok(false),
        }
    }

    /// Closes every connection without writing a byte into the file, drops the log of the file that was, and opens what
    /// lies there now. Transactions that are open must end first, for which there are some seconds.
    pub async fn reopen(&self) -> Result<(), DatabaseError> {
        match &*self.0 {
            Kind::Sqlite(sqlite) => sqlite.reopen().await,
            Kind::Postgres(_) => Ok(()),
        }
    }

    /// Brings the write-ahead log into the file and empties it. `false`: a reader held some of it back, the next
    /// checkpoint takes it. Happens by itself every few seconds.
    pub async fn checkpoint(&self) -> Result<bool, DatabaseError> {
        match &*self.0 {
            Kind::Sqlite(sqlite) => sqlite.checkpoint().await,
            Kind::Postgres(_) => Ok(true),
        }
    }

    /// Closes every connection; on SQLite after a last checkpoint.
    pub async fn close(&self) -> Result<(), DatabaseError> {
        match &*self.0 {
            Kind::Sqlite(sqlite) => sqlite.close().await,
            Kind::Postgres(postgres) => postgres.close().await,
        }
    }

    /// The file, if it is one.
    pub fn path(&self) -> Option<PathBuf> {
        match &*self.0 {
            Kind::Sqlite(sqlite) => Some(sqlite.path().to_path_buf()),
            Kind::Postgres(_) => None,
        }
    }
}
