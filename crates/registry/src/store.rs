//! Rows and queries of the registry. Every query is scoped by network or by an import of one. Where a query is written as
//! text, its placeholders are `$1`, which both SQLite and PostgreSQL take.
#![expect(
    missing_docs,
    reason = "columns; the migration and the data map say what they hold"
)]

pub mod access;
pub mod address_import;
pub mod address_pull;
pub mod apply;
pub mod batches;
pub mod compare;
pub mod disclosure;
pub mod duplicates;
pub mod facts;
pub mod feed;
pub mod history;
pub mod market_contract;
pub mod market_extract;
pub mod network_revision;
pub mod rejected;
pub mod resident;
pub mod search_rows;
pub mod session_post;
pub mod staged;
pub mod staged_session;
pub mod undo;

pub use batches::parameters;

use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};

/// Runs a statement written as text; how many rows it touched.
pub(crate) async fn execute<C: ConnectionTrait>(
    connection: &C,
    text: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, DbErr> {
    let backend = connection.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, text, values);
    Ok(connection.execute_raw(statement).await?.rows_affected())
}

/// The rows of a query written as text.
pub(crate) async fn query<C: ConnectionTrait>(
    connection: &C,
    text: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>, DbErr> {
    let backend = connection.get_database_backend();
    connection
        .query_all_raw(Statement::from_sql_and_values(backend, text, values))
        .await
}
