//! What only the service itself knows when a person is erased.

use api::privacy::RecipientRef;
use sea_orm::DatabaseTransaction;

use crate::SubjectId;

/// The service's own part in an erasure; everything else comes from the data map.
#[async_trait::async_trait]
pub trait HolderHooks: Send + Sync + 'static {
    /// Who was actually given the data of these subjects. Called in the transaction that erases, before it does.
    ///
    /// # Errors
    /// The erasure is tried again later.
    async fn recipients(
        &self,
        tx: &DatabaseTransaction,
        subjects: &[SubjectId],
    ) -> anyhow::Result<Vec<RecipientRef>>;

    /// Rows and keys are gone: drop what is kept in memory. May be called again.
    async fn erased(&self, _subjects: &[SubjectId]) {}
}

/// A holder that discloses nothing and keeps nothing in memory.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHooks;

#[async_trait::async_trait]
impl HolderHooks for NoHooks {
    async fn recipients(
        &self,
        _: &DatabaseTransaction,
        _: &[SubjectId],
    ) -> anyhow::Result<Vec<RecipientRef>> {
        Ok(Vec::new())
    }
}
