//! The search indexes in memory: built at start, and again when a network's revision has risen.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use kernel::{AccessId, NetworkCode};
use service_kit::database::Database;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use super::RegistryError;
use crate::domain::search::{IndexedAccess, SearchIndex};
use crate::store::{access, network_revision};

/// Accesses read at a time while an index is built.
const PAGE: u64 = 5_000;

/// One index per network. Searching never waits for building.
#[derive(Debug)]
pub struct Indexes {
    database: Database,
    current: RwLock<HashMap<NetworkCode, Current>>,
    building: Mutex<()>,
}

#[derive(Clone, Debug)]
struct Current {
    revision: i64,
    index: Arc<SearchIndex>,
}

impl Indexes {
    pub(super) fn new(database: Database) -> Self {
        Self {
            database,
            current: RwLock::default(),
            building: Mutex::new(()),
        }
    }

    /// The index of a network; empty when it has imported nothing.
    pub fn of(&self, network: &NetworkCode) -> Arc<SearchIndex> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current
            .get(network)
            .map(|c| Arc::clone(&c.index))
            .unwrap_or_default()
    }

    /// Builds the indexes whose network has changed since, by this instance or another.
    ///
    /// # Errors
    /// The database fails; the indexes stay as they were.
    pub async fn follow(&self) -> Result<(), RegistryError> {
        let _one_at_a_time = self.building.lock().await;
        for row in network_revision::all(&self.database.reader()).await? {
            let network =
                NetworkCode::parse(&row.network).map_err(|_| RegistryError::Corrupt("network"))?;
            if self.revision(&network) == Some(row.revision) {
                continue;
            }
            let index = Arc::new(self.build(&network).await?);
            tracing::info!(network = %network, accesses = index.len(), "search index built");
            let current = Current {
                revision: row.revision,
                index,
            };
            self.current
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(network, current);
        }
        Ok(())
    }

    /// Forgets every revision, so that the next [`Self::follow`] builds anew: the database was put back.
    pub fn distrust(&self) {
        self.current
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .values_mut()
            .for_each(|c| c.revision = -1);
    }

    fn revision(&self, network: &NetworkCode) -> Option<i64> {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(network)
            .map(|c| c.revision)
    }

    async fn build(&self, network: &NetworkCode) -> Result<SearchIndex, RegistryError> {
        let connection = self.database.reader();
        let mut accesses = Vec::new();
        let mut after = String::new();
        loop {
            let page = access::page(&connection, network, &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.access_id);
            for row in &page {
                accesses.push(indexed(row)?);
            }
        }
        Ok(spawn_blocking(|| SearchIndex::build(accesses))
            .await
            .map_err(std::io::Error::other)?)
    }
}

fn indexed(row: &access::Model) -> Result<IndexedAccess, RegistryError> {
    Ok(IndexedAccess {
        access_id: AccessId::parse(&row.access_id)
            .map_err(|_| RegistryError::Corrupt("access id"))?,
        address: row
            .address()
            .map_err(|_| RegistryError::Corrupt("address"))?,
        state: row.access_state()?,
        listed_services: row.listed_services()?,
    })
}
