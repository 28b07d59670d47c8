//! Epochs of feeds: a cursor from before a restore must not be taken for a position in what came after it.

use super::Privacy;
use crate::{Epoch, PrivacyError};

impl Privacy {
    /// The epoch of a feed; cursors carry it, and one of another epoch is told to start over. 1 at first.
    ///
    /// # Errors
    /// When the key store fails.
    pub async fn epoch(&self, name: &str) -> Result<i64, PrivacyError> {
        Ok(self.0.vault.mark(name).await?.1)
    }

    /// How far the feed has come, as far as was noted, and its epoch. Read it *before* the database's own position: one
    /// that is behind the mark then was put back, and [`Self::resume`] begins a new epoch.
    ///
    /// # Errors
    /// When the key store fails.
    pub async fn mark(&self, name: &str) -> Result<(i64, Epoch), PrivacyError> {
        self.0.vault.mark_and_epoch(name).await
    }

    /// Notes how far the feed has come; call it after the transaction has committed.
    ///
    /// # Errors
    /// When the key store fails.
    pub async fn advance(&self, name: &str, value: i64) -> Result<(), PrivacyError> {
        self.0.vault.raise(name, value).await
    }

    /// Compares with how far the database itself says that it has come, at start. When it is behind, a new epoch
    /// begins. Returns the epoch.
    ///
    /// # Errors
    /// When the key store fails.
    pub async fn resume(&self, name: &str, value: i64) -> Result<i64, PrivacyError> {
        self.0.vault.compare(name, value).await
    }
}
