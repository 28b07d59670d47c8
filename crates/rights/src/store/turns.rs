//! Taking turns over something that has no row yet.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};

/// Whoever names one of the same tokens waits until the transaction before has ended. SQLite has one writer anyway.
pub async fn take(
    tx: &DatabaseTransaction,
    tokens: impl Iterator<Item = Vec<u8>>,
) -> Result<(), DbErr> {
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    // In one order, so that two never wait for each other.
    let locks: BTreeSet<i64> = tokens
        .filter_map(|token| token.first_chunk().copied().map(i64::from_be_bytes))
        .collect();
    for lock in locks {
        let statement = "SELECT pg_advisory_xact_lock($1)";
        tx.execute_raw(Statement::from_sql_and_values(
            DbBackend::Postgres,
            statement,
            [lock.into()],
        ))
        .await?;
    }
    Ok(())
}
