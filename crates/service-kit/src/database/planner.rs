//! What PostgreSQL's planner chooses in a transaction that fills tables.

use sea_orm::{ConnectionTrait, DbBackend, DbErr};

const BY_INDEX: &str = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; \
    SET LOCAL enable_mergejoin = off; SET LOCAL plan_cache_mode = force_custom_plan";
const AS_USUAL: &str = "SET LOCAL enable_seqscan TO DEFAULT; SET LOCAL enable_hashjoin TO DEFAULT; \
    SET LOCAL enable_mergejoin TO DEFAULT; SET LOCAL plan_cache_mode TO DEFAULT";

/// From here on the statements of this transaction look rows up by their index, one by one, until [`plan_as_usual`].
///
/// For a page of rows that is looked up among all that the transaction has written so far: PostgreSQL has no figures of
/// them, takes the table for small and reads all of it for every page. Nothing on SQLite.
///
/// # Errors
/// The database cannot be reached.
pub async fn plan_by_index<C: ConnectionTrait>(tx: &C) -> Result<(), DbErr> {
    plan(tx, BY_INDEX).await
}

/// The planner chooses again.
///
/// # Errors
/// The database cannot be reached.
pub async fn plan_as_usual<C: ConnectionTrait>(tx: &C) -> Result<(), DbErr> {
    plan(tx, AS_USUAL).await
}

async fn plan<C: ConnectionTrait>(tx: &C, settings: &str) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(settings).await?;
    }
    Ok(())
}
