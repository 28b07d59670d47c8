//! What lies in the databases, read past the services.

use anyhow::Context as _;
use aws_lc_rs::digest::{SHA256, digest};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, QueryResult, Statement};

/// A read-only look at one database.
pub struct Books(DatabaseConnection);

impl Books {
    /// Opens a database, `postgres://` or `sqlite:`.
    ///
    /// # Errors
    /// It cannot be reached.
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        Ok(Self(Database::connect(url).await?))
    }

    /// The number that a query answers.
    ///
    /// # Errors
    /// The query is refused.
    pub async fn count(&self, query: &str) -> anyhow::Result<i64> {
        let rows = self.rows(query).await?;
        let row = rows.first().context("a count has a row")?;
        Ok(row.try_get_by_index(0)?)
    }

    /// The rows that a query answers.
    ///
    /// # Errors
    /// The query is refused.
    pub async fn rows(&self, query: &str) -> anyhow::Result<Vec<QueryResult>> {
        let statement = Statement::from_string(self.0.get_database_backend(), query);
        Ok(self.0.query_all_raw(statement).await?)
    }

    /// Lets go of the database.
    ///
    /// # Errors
    /// The connection is broken.
    pub async fn close(self) -> anyhow::Result<()> {
        Ok(self.0.close().await?)
    }
}

/// Walks the chain of a ledger, by arithmetic of its own; answers the number of entries.
///
/// # Errors
/// An entry is missing, changed, or does not follow from the one before.
pub async fn walk_ledger(ledger: &Books) -> anyhow::Result<u64> {
    let query = "SELECT entry, canonical, hash FROM ledger_entry ORDER BY entry";
    let mut previous = "0".repeat(64);
    let mut last = 0_u64;
    for row in ledger.rows(query).await? {
        last += 1;
        let canonical: Vec<u8> = row.try_get_by_index(1)?;
        let hash: String = row.try_get_by_index(2)?;
        let head: serde_json::Value = serde_json::from_slice(&canonical)?;
        anyhow::ensure!(
            row.try_get_by_index::<i64>(0)? == i64::try_from(last)? && head["entry"] == last,
            "entry {last} is missing"
        );
        anyhow::ensure!(head["previous"] == previous, "entry {last} does not follow");
        let bytes = [b"uttag ledger v1\0", &canonical[..]].concat();
        anyhow::ensure!(
            hash == hex::encode(digest(&SHA256, &bytes)),
            "entry {last} is changed"
        );
        previous = hash;
    }
    Ok(last)
}
