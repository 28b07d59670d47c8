//! Where a reader's stream of accesses begins, and whether it may.
//!
//! A database that was put back shows less than the mark outside of it: a new epoch begins. A cursor of another epoch and
//! a time from before this one's beginning are refused, because what the reader has may have been taken back. So is a time
//! from before the contract said what it says now: no change of an access tells of a change of the contract. The epoch
//! is a turn of the feed, too, and so is what a contract says since a time: whatever comes after it is later than its
//! beginning, and so is the time up to which a reader is told that it knows everything.

use chrono::{DateTime, Utc};
use kernel::NetworkCode;
use privacy::Epoch;

use super::{Registry, RegistryError};
use crate::domain::market::{Cursor, MarketContract, is_from_before};
use crate::store::{feed, network_revision};

/// Where a stream begins.
#[derive(Clone, Debug)]
pub enum Start {
    /// After the cursor; empty is the beginning.
    Cursor(String),
    /// With what has changed after this time.
    ModifiedSince(DateTime<Utc>),
}

impl Registry {
    /// Compares every feed with its mark: at start, before the first cursor is taken.
    ///
    /// # Errors
    /// The database or the key store fails.
    pub async fn resume_feeds(&self) -> Result<(), RegistryError> {
        for network in self.networks().await? {
            self.compared(&network).await?;
        }
        Ok(())
    }

    /// The same while the service runs, so that a database that was put back under it is found to be behind before it has
    /// come as far again.
    ///
    /// # Errors
    /// The service is not ready, the database or the key store fails.
    pub async fn watch_feeds(&self) -> Result<(), RegistryError> {
        for network in self.networks().await? {
            self.epoch_of(&network).await?;
        }
        Ok(())
    }

    async fn networks(&self) -> Result<Vec<NetworkCode>, RegistryError> {
        let rows = network_revision::all(&self.outbox.database().reader()).await?;
        rows.iter()
            .map(|row| {
                NetworkCode::parse(&row.network).map_err(|_| RegistryError::Corrupt("network"))
            })
            .collect()
    }

    /// The place where a stream under the contract begins, and the last turn that there is.
    pub(super) async fn begin_at(
        &self,
        contract: &MarketContract,
        start: Start,
    ) -> Result<(Cursor, i64), RegistryError> {
        let network = &contract.network;
        let (epoch, known) = self.epoch_of(network).await?;
        let said = contract.read_from();
        let known = self.turned_since(network, known, said).await?;
        let (last, purged) = known.map_or((0, 0), |row| (row.revision, row.purged));
        let at = match start {
            Start::Cursor(text) if text.is_empty() => {
                return Ok((Cursor::beginning(epoch.number), last));
            }
            Start::Cursor(text) => {
                Cursor::parse(&text).map_err(|_| RegistryError::CursorInvalid)?
            }
            Start::ModifiedSince(time) => {
                let began = epoch.began_at.map_or(said, |began| began.max(said));
                if is_from_before(time, began) {
                    return Err(RegistryError::CursorExpired);
                }
                let reader = self.outbox.database().reader();
                Cursor {
                    revision: feed::turn_at(&reader, network, time).await?,
                    // Behind every access id: the turn itself is over.
                    access_id: "~".to_owned(),
                    epoch: epoch.number,
                }
            }
        };
        if at.epoch != epoch.number || at.revision < purged || at.revision > last {
            return Err(RegistryError::CursorExpired);
        }
        Ok((at, last))
    }

    /// The epoch of a network's feed, which has its turn, and where the feed is.
    async fn epoch_of(
        &self,
        network: &NetworkCode,
    ) -> Result<(Epoch, Option<network_revision::Model>), RegistryError> {
        if !self.is_ready() {
            return Err(RegistryError::NotReady);
        }
        let (epoch, known) = self.compared(network).await?;
        match epoch.began_at {
            Some(began) if !is_since(known.as_ref(), began) => {
                let known = self.turned_since(network, known, began).await?;
                tracing::warn!(network = %network, "the feed of accesses begins a new epoch");
                // The turn may have the number of one that was lost, which an index has followed already.
                self.indexes.distrust();
                Ok((epoch, known))
            }
            _ => Ok((epoch, known)),
        }
    }

    /// The epoch of a network's feed, a new one where the database turns out to have been put back; and where the feed is.
    async fn compared(
        &self,
        network: &NetworkCode,
    ) -> Result<(Epoch, Option<network_revision::Model>), RegistryError> {
        let name = mark(network.as_str());
        // The mark first: a turn that comes in between is no reason to find the database behind.
        let (marked, mut epoch) = self.privacy.mark(&name).await?;
        let reader = self.outbox.database().reader();
        let known = network_revision::find(&reader, network).await?;
        let last = known.as_ref().map_or(0, |row| row.revision);
        if marked > last {
            self.privacy.resume(&name, last).await?;
            epoch = self.privacy.mark(&name).await?.1;
        }
        Ok((epoch, known))
    }

    /// Where the feed is, with a turn that is not earlier than this time. If there is none, one is taken that changes no
    /// access. Whoever asks at the same time waits, and finds it taken.
    async fn turned_since(
        &self,
        network: &NetworkCode,
        known: Option<network_revision::Model>,
        began: DateTime<Utc>,
    ) -> Result<Option<network_revision::Model>, RegistryError> {
        if is_since(known.as_ref(), began) {
            return Ok(known);
        }
        let work = self.outbox.begin().await?;
        let now = self.clock.now().max(began);
        let turn = network_revision::lock(work.tx(), network, now).await?;
        let known = network_revision::find(work.tx(), network).await?;
        if !is_since(known.as_ref(), began) {
            network_revision::raise(work.tx(), network, turn).await?;
        }
        let known = network_revision::find(work.tx(), network).await?;
        work.commit().await?;
        Ok(known)
    }
}

/// Whether the feed has had a turn then or later.
fn is_since(known: Option<&network_revision::Model>, began: DateTime<Utc>) -> bool {
    known.is_some_and(|row| row.revised_at >= began)
}

/// The name of a feed's high-water mark.
pub(super) fn mark(network: &str) -> String {
    format!("accesses:{network}")
}
