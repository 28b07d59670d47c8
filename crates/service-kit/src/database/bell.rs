//! A bell between the processes of one database: a hint that there is something to look at, never more.

use std::sync::Arc;

use sea_orm::{ConnectionTrait as _, DbBackend, DbErr, RuntimeErr, Statement};
use sqlx::PgPool;
use sqlx::postgres::PgListener;

use super::{Database, Kind};

/// Hears a bell. It occupies one connection of the pool.
#[derive(Debug)]
pub struct Ear(PgListener);

impl Database {
    /// Rings the bell of that name in every process that [`Database::listen`]s to it. On SQLite there is only this process,
    /// and nobody hears it.
    ///
    /// Ring it after a commit and seldom, not within each transaction: on PostgreSQL, transactions that notify commit one
    /// after the other.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn ring(&self, bell: &str) -> Result<(), DbErr> {
        match &*self.0 {
            Kind::Sqlite(_) => Ok(()),
            Kind::Postgres(postgres) => {
                let notify = "SELECT pg_notify($1, '')";
                let notify =
                    Statement::from_sql_and_values(DbBackend::Postgres, notify, [bell.into()]);
                postgres.reader().execute_raw(notify).await.map(drop)
            }
        }
    }

    /// Listens to a bell; nothing on SQLite.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn listen(&self, bell: &str) -> Result<Option<Ear>, DbErr> {
        match &*self.0 {
            Kind::Sqlite(_) => Ok(None),
            Kind::Postgres(postgres) => {
                let reader = postgres.reader();
                Ok(Some(
                    Ear::at(reader.get_postgres_connection_pool(), bell).await?,
                ))
            }
        }
    }
}

impl Ear {
    async fn at(pool: &PgPool, bell: &str) -> Result<Self, DbErr> {
        let mut listener = PgListener::connect_with(pool).await.map_err(lost)?;
        listener.listen(bell).await.map_err(lost)?;
        Ok(Self(listener))
    }

    /// Waits for the next ring. What rang while nobody listened is not heard: look once after listening.
    ///
    /// # Errors
    /// The connection is lost; listen anew.
    pub async fn heard(&mut self) -> Result<(), DbErr> {
        match self.0.try_recv().await.map_err(lost)? {
            Some(_) => Ok(()),
            None => Err(DbErr::Custom(
                "the connection that listens is lost".to_owned(),
            )),
        }
    }
}

fn lost(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))
}
