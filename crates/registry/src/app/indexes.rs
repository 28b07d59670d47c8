//! The search indexes in memory: built at start, brought up to date when a network's revision has risen, and compared with
//! the database from time to time.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use kernel::NetworkCode;
use sea_orm::QueryResult;
use service_kit::database::Database;
use tokio::sync::{Mutex, mpsc};
use tokio::task::spawn_blocking;

use super::RegistryError;
use crate::config::Settings;
use crate::domain::search::{Builder, SearchIndex};
use crate::store::network_revision;
use crate::store::search_rows::{self, SearchRow};

/// Accesses read at a time while an index is built.
const PAGE: u64 = 20_000;
/// Pages that are read ahead of those that are put in.
const PAGES_AHEAD: usize = 2;
/// Changes that are put into an index; with more it is built anew.
const CHANGES_MAX: u64 = 10_000;
/// Counts indexes that did not agree with the database.
const WRONG: &str = "registry_search_index_wrong_total";

/// One index per network. Searching never waits for building.
#[derive(Debug)]
pub struct Indexes {
    database: Database,
    /// What can be had where; they change with a restart, which builds the indexes anew.
    settings: Arc<Settings>,
    current: RwLock<HashMap<NetworkCode, Current>>,
    building: Mutex<()>,
}

#[derive(Clone, Debug)]
struct Current {
    /// Every change up to this turn is in it.
    revision: i64,
    index: Arc<SearchIndex>,
}

impl Indexes {
    /// No index yet; the first [`Self::follow`] builds them.
    pub fn new(database: Database, settings: Settings) -> Self {
        Self {
            database,
            settings: Arc::new(settings),
            current: RwLock::default(),
            building: Mutex::new(()),
        }
    }

    /// The index of a network; empty when it has imported nothing.
    pub fn of(&self, network: &NetworkCode) -> Arc<SearchIndex> {
        self.current(network).map(|c| c.index).unwrap_or_default()
    }

    /// Brings the indexes up to date whose network has changed since, by this instance or another.
    ///
    /// # Errors
    /// The database fails; the indexes stay as they were.
    pub async fn follow(&self) -> Result<(), RegistryError> {
        let _one_at_a_time = self.building.lock().await;
        for row in network_revision::all(&self.database.reader()).await? {
            let network = network_of(&row)?;
            let before = self.current(&network);
            if before.as_ref().is_some_and(|c| c.revision == row.revision) {
                continue;
            }
            // A database that was put back has lost turns: nothing can be caught up with.
            let known = before.filter(|b| (0..row.revision).contains(&b.revision));
            let caught_up = match known {
                Some(known) => self.caught_up(&network, row.revision, known).await?,
                None => None,
            };
            let current = match caught_up {
                Some(current) => current,
                None => self.built(&network, row.revision).await?,
            };
            self.set(network, current);
        }
        Ok(())
    }

    /// Compares every index with the database, and builds those anew that differ.
    ///
    /// # Errors
    /// The database fails; the indexes stay as they were.
    pub async fn check(&self) -> Result<(), RegistryError> {
        self.follow().await?;
        let _one_at_a_time = self.building.lock().await;
        for row in network_revision::all(&self.database.reader()).await? {
            let network = network_of(&row)?;
            let Some(current) = self
                .current(&network)
                .filter(|c| c.revision == row.revision)
            else {
                continue;
            };
            let stored = self.counted(&network).await?;
            let index = Arc::clone(&current.index);
            let held = spawn_blocking(move || (index.len() as u64, index.checksum()));
            if stored == held.await.map_err(std::io::Error::other)? {
                continue;
            }
            let now = network_revision::all(&self.database.reader()).await?;
            if now
                .iter()
                .any(|n| n.network == row.network && n.revision != row.revision)
            {
                // It changed while it was read; the next turn compares again.
                continue;
            }
            metrics::counter!(WRONG).increment(1);
            tracing::warn!(network = %network, "the search index does not agree with the database and is built anew");
            let current = self.built(&network, row.revision).await?;
            self.set(network, current);
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

    fn current(&self, network: &NetworkCode) -> Option<Current> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.get(network).cloned()
    }

    fn set(&self, network: NetworkCode, current: Current) {
        self.current
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(network, current);
    }

    /// The index with what has changed since; nothing when that is too much.
    async fn caught_up(
        &self,
        network: &NetworkCode,
        revision: i64,
        before: Current,
    ) -> Result<Option<Current>, RegistryError> {
        let reader = self.database.reader();
        let since = before.revision;
        let rows = search_rows::changed_after(&reader, network, since, CHANGES_MAX + 1).await?;
        if rows.len() as u64 > CHANGES_MAX {
            return Ok(None);
        }
        let (mut put, mut ended) = (Vec::new(), Vec::new());
        for row in &rows {
            let has_ended = search_rows::has_ended(row)?;
            let row = SearchRow::of(row)?;
            if has_ended {
                ended.push(row.access_id);
            } else if before.index.version(&row.access_id) != Some(row.version) {
                put.push(row.within_capacity(self.settings.services(network))?);
            }
        }
        let with = spawn_blocking(move || {
            let put: Vec<_> = put.iter().map(SearchRow::indexed).collect();
            let ended: Vec<_> = ended.iter().map(String::as_str).collect();
            before.index.with(&put, &ended)
        });
        let index = Arc::new(with.await.map_err(std::io::Error::other)?);
        Ok(Some(Current { revision, index }))
    }

    /// Reads ahead while what was read is put in.
    async fn built(&self, network: &NetworkCode, revision: i64) -> Result<Current, RegistryError> {
        let reader = self.database.reader();
        let (pages, mut read) = mpsc::channel::<Vec<QueryResult>>(PAGES_AHEAD);
        let (settings, of) = (Arc::clone(&self.settings), network.clone());
        let building = spawn_blocking(move || {
            let services = settings.services(&of);
            let mut builder = Builder::default();
            while let Some(page) = read.blocking_recv() {
                for row in &page {
                    let row = SearchRow::of(row)?.within_capacity(services)?;
                    builder.add(&row.indexed());
                }
            }
            Ok::<_, RegistryError>(SearchIndex::of(builder))
        });
        let mut after = String::new();
        loop {
            let page = search_rows::page(&reader, network, &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.try_get_by_index(0)?;
            if pages.send(page).await.is_err() {
                break;
            }
        }
        drop(pages);
        let index = building.await.map_err(std::io::Error::other)??;
        tracing::info!(network = %network, accesses = index.len(), "search index built");
        Ok(Current {
            revision,
            index: Arc::new(index),
        })
    }

    /// How many accesses the database has, and the sum of their versions.
    async fn counted(&self, network: &NetworkCode) -> Result<(u64, u64), RegistryError> {
        let reader = self.database.reader();
        let (mut count, mut sum, mut after) = (0, 0_u64, String::new());
        loop {
            let page = search_rows::versions(&reader, network, &after, PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            after.clone_from(last);
            count += page.len() as u64;
            sum = page
                .iter()
                .fold(sum, |sum, (_, version)| sum.wrapping_add(*version));
        }
        Ok((count, sum))
    }
}

fn network_of(row: &network_revision::Model) -> Result<NetworkCode, RegistryError> {
    NetworkCode::parse(&row.network).map_err(|_| RegistryError::Corrupt("network"))
}
