//! A PostgreSQL database: one pool, TLS, no statement in any log.

use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbErr,
    TransactionTrait as _,
};
use sea_orm_migration::MigratorTrait;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::DatabaseError;

/// A use case waits this long for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection that was used this lately is not asked whether it lives: that would be a round trip before every use.
const TRUSTED: Duration = Duration::from_secs(1);
/// The advisory lock under which one instance migrates and the others wait: "uttag" in ASCII.
const MIGRATION_LOCK: i64 = 0x75_74_74_61_67;

#[derive(Debug)]
pub(super) struct Postgres(DatabaseConnection);

impl Postgres {
    /// Connects. Away from this machine the connection is encrypted unless the url says `sslmode=disable`, which
    /// [`crate::config`] accepts only in an insecure configuration.
    pub(super) async fn connect(url: &str, max_connections: u32) -> Result<Self, DatabaseError> {
        let mode = options(url)?.get_ssl_mode();
        let mut options = ConnectOptions::new(url.to_owned());
        options
            // A migration holds one connection for its lock and works on another.
            .max_connections(max_connections.max(2))
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire_if_idle_for(TRUSTED)
            .sqlx_logging(false)
            .record_stmt_in_spans(false)
            .map_sqlx_postgres_opts(move |connect| connect.ssl_mode(mode));
        Ok(Self(sea_orm::Database::connect(options).await?))
    }

    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.0.begin().await
    }

    pub(super) fn reader(&self) -> DatabaseConnection {
        self.0.clone()
    }

    pub(super) async fn migrate<M: MigratorTrait>(&self) -> Result<(), DbErr> {
        let turn = self.0.begin().await?;
        turn.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
            .await?;
        M::up(&self.0, None).await?;
        turn.commit().await
    }

    pub(super) async fn close(&self) -> Result<(), DatabaseError> {
        Ok(self.0.close_by_ref().await?)
    }
}

/// How to connect: encrypted beyond this machine, whatever the url leaves open.
pub(super) fn options(url: &str) -> Result<PgConnectOptions, DatabaseError> {
    let parsed: PgConnectOptions = url
        .parse()
        .map_err(|_| DatabaseError::Url("is no valid PostgreSQL address"))?;
    let mode = match parsed.get_ssl_mode() {
        PgSslMode::Prefer | PgSslMode::Allow if !is_local(&parsed) => PgSslMode::Require,
        mode => mode,
    };
    Ok(parsed.ssl_mode(mode))
}

/// Whether nobody between us and the database can read along: a file, a socket, this machine, or enforced TLS.
pub fn is_protected(url: &str) -> bool {
    if url.starts_with("sqlite:") {
        return true;
    }
    let Ok(parsed) = url.parse::<PgConnectOptions>() else {
        return false;
    };
    is_local(&parsed) || !matches!(parsed.get_ssl_mode(), PgSslMode::Disable)
}

fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let loopback = host
        .parse::<std::net::IpAddr>()
        .is_ok_and(|ip| ip.is_loopback());
    loopback || host == "localhost" || host.starts_with('/') || options.get_socket().is_some()
}
