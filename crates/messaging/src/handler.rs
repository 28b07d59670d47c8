//! What a service does with the events that it subscribes to.

use async_trait::async_trait;
use sea_orm::DbErr;

use crate::{Envelope, Work};

/// Takes events into the service. Several handlers of one service that want the same event share its transaction.
#[async_trait]
pub trait Handler: Send + Sync {
    /// What it subscribes to: "orders.order.placed.v1", or patterns such as "*.holder.announced.v1" and "rights.#".
    fn topics(&self) -> Vec<String>;

    /// Applies one event. What is done in `work` is committed with the claim of the message, so it happens once however
    /// often the message comes; what is done outside may happen again.
    ///
    /// # Errors
    /// [`HandlerError::Retry`] to be called again later, [`HandlerError::Fail`] when no repetition can help.
    async fn handle(&self, work: &mut Work, envelope: &Envelope) -> Result<(), HandlerError>;
}

/// Why an event was not applied. The text is stored and shown to staff: ids and reasons, never personal data.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// It may go well later: the message waits and comes back.
    #[error("retry: {0:#}")]
    Retry(#[source] anyhow::Error),
    /// It will never go well: the message becomes a dead letter.
    #[error("failed: {0:#}")]
    Fail(#[source] anyhow::Error),
}

impl HandlerError {
    /// May go well later.
    pub fn retry(error: impl Into<anyhow::Error>) -> Self {
        Self::Retry(error.into())
    }

    /// Will never go well.
    pub fn fail(error: impl Into<anyhow::Error>) -> Self {
        Self::Fail(error.into())
    }
}

impl From<DbErr> for HandlerError {
    fn from(error: DbErr) -> Self {
        Self::Retry(error.into())
    }
}
