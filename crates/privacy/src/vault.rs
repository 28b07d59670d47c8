//! The key store: one data key per person and category, in a database of its own.
//!
//! It is a database of its own because it has its own, short backup regime: a key that was destroyed must not come back
//! from a backup that is kept for three months. There is no cache, so that a destroyed key is gone at once everywhere.

mod destroy;
mod high_water;
mod masters;
mod migration;
pub(crate) mod tables;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kernel::SharedClock;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    QueryOrder as _,
};
use service_kit::database::{Database, insertions};
use service_kit::secret::Key32;

pub use self::destroy::Doomed;
pub(crate) use self::destroy::empty_log;
pub use self::high_water::Epoch;
use self::masters::Masters;
use self::tables::person_key;
use crate::{PrivacyError, SubjectId};

/// Rows per statement: SQLite takes 32,766 parameters.
const CHUNK: usize = 5_000;
/// A key that is there stays as it is.
const UNLESS_THERE: &str = "ON CONFLICT (subject_id, category) DO NOTHING";

/// The key store of one service.
#[derive(Clone)]
pub struct Vault {
    database: Database,
    masters: std::sync::Arc<Masters>,
    clock: SharedClock,
}

/// Which key is asked for.
pub(crate) type KeyName = (SubjectId, &'static str);

impl Vault {
    /// Opens the key store and brings its tables up to date.
    ///
    /// # Errors
    /// When the store cannot be migrated.
    pub async fn open(
        database: Database,
        master: Key32,
        service: &'static str,
        clock: SharedClock,
    ) -> Result<Self, DbErr> {
        database
            .migrate::<migration::VaultMigrator>()
            .await
            .map_err(|e| DbErr::Custom(e.to_string()))?;
        let masters = Masters::new(service, master);
        Ok(Self {
            database,
            masters: std::sync::Arc::new(masters),
            clock,
        })
    }

    /// The migrations that a key store lacks, by name; all of them: there is no key store. Changes nothing.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn pending(database: &Database) -> Result<Vec<String>, DbErr> {
        database.pending::<migration::VaultMigrator>().await
    }

    /// Whether a master key opens the keys of a store: the one that was made last is tried. Changes nothing.
    ///
    /// # Errors
    /// [`PrivacyError::Unwrap`] when it does not, [`PrivacyError::KeyStore`] when the store cannot be read.
    pub async fn try_master(
        database: &Database,
        master: Key32,
        service: &'static str,
    ) -> Result<(), PrivacyError> {
        let last = person_key::Entity::find()
            .filter(person_key::Column::Wrapped.is_not_null())
            .order_by_desc(person_key::Column::CreatedAt)
            .one(&database.reader())
            .await
            .map_err(PrivacyError::KeyStore)?;
        let masters = Masters::new(service, master);
        match last {
            Some(row) => masters
                .unwrap(&row, row.wrapped.as_deref().unwrap_or_default())
                .map(drop),
            None => Ok(()),
        }
    }

    /// The database of the store, for closing and for backups.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Keys of persons, made and durable before this returns where they did not exist.
    ///
    /// # Errors
    /// [`PrivacyError::Erased`] when one of them has been destroyed.
    pub(crate) async fn keys_for(
        &self,
        names: &BTreeSet<KeyName>,
    ) -> Result<HashMap<KeyName, Key32>, PrivacyError> {
        let mut found = self.existing(names).await?;
        let missing: Vec<KeyName> = names
            .iter()
            .filter(|n| !found.contains_key(*n))
            .copied()
            .collect();
        if !missing.is_empty() {
            found.extend(self.make(&missing).await?);
        }
        whole(names, found)
    }

    /// As [`Vault::keys_for`], of persons who are new: their keys are made without looking for any.
    ///
    /// # Errors
    /// As [`Vault::keys_for`].
    pub(crate) async fn first_keys(
        &self,
        names: &BTreeSet<KeyName>,
    ) -> Result<HashMap<KeyName, Key32>, PrivacyError> {
        let missing: Vec<KeyName> = names.iter().copied().collect();
        whole(names, self.make(&missing).await?)
    }

    /// Keys that exist; a destroyed one is `None`, one never made is absent.
    pub(crate) async fn existing(
        &self,
        names: &BTreeSet<KeyName>,
    ) -> Result<HashMap<KeyName, Option<Key32>>, PrivacyError> {
        let rows = rows_of(&self.database.reader(), names)
            .await
            .map_err(PrivacyError::KeyStore)?;
        let categories: BTreeSet<&'static str> = names.iter().map(|(_, c)| *c).collect();
        let mut found = HashMap::with_capacity(rows.len());
        for row in rows {
            let subject = SubjectId::from_uuid(row.subject_id);
            let Some(category) = categories.get(row.category.as_str()) else {
                continue;
            };
            if !names.contains(&(subject, *category)) {
                continue;
            }
            let key = match &row.wrapped {
                Some(wrapped) => Some(self.masters.unwrap(&row, wrapped)?),
                None => None,
            };
            found.insert((subject, *category), key);
        }
        Ok(found)
    }

    /// Makes keys. Where somebody else was faster, theirs is the key.
    async fn make(
        &self,
        names: &[KeyName],
    ) -> Result<HashMap<KeyName, Option<Key32>>, PrivacyError> {
        let mut keys = self.create(names).await.map_err(PrivacyError::KeyStore)?;
        let theirs: BTreeSet<KeyName> = names
            .iter()
            .filter(|name| !keys.contains_key(*name))
            .copied()
            .collect();
        if !theirs.is_empty() {
            keys.extend(self.existing(&theirs).await?);
        }
        Ok(keys)
    }

    /// Those keys that were not there, in one statement.
    async fn create(&self, names: &[KeyName]) -> Result<HashMap<KeyName, Option<Key32>>, DbErr> {
        let now = self.clock.now();
        // In the order of their names, as everybody makes them: two who make the same ones do not wait for each other.
        let mut new: BTreeMap<KeyName, Key32> =
            names.iter().map(|n| (*n, Key32::random())).collect();
        let rows = new.iter().map(|((subject, category), key)| {
            let (version, wrapped) = self.masters.wrap(*subject, category, key);
            person_key::ActiveModel {
                subject_id: Set(subject.as_uuid()),
                category: Set((*category).to_owned()),
                wrapped: Set(Some(wrapped)),
                master_version: Set(version),
                created_at: Set(now),
                destroyed_at: Set(None),
            }
        });
        let made_here = format!("{UNLESS_THERE} RETURNING subject_id, category");
        let mut made = Vec::with_capacity(new.len());
        for insert in insertions(self.database.backend(), rows.collect(), &made_here)? {
            made.extend(self.database.write(insert).await?);
        }
        let made = made.iter().map(|row| {
            let subject = SubjectId::from_uuid(row.try_get("", "subject_id")?);
            Ok((subject, row.try_get::<String>("", "category")?))
        });
        let made = made.collect::<Result<HashSet<(SubjectId, String)>, DbErr>>()?;
        let ours =
            |(subject, category): &KeyName| made.contains(&(*subject, (*category).to_owned()));
        new.retain(|name, _| ours(name));
        Ok(new
            .into_iter()
            .map(|(name, key)| (name, Some(key)))
            .collect())
    }
}

/// Every key that was asked for, or the refusal.
fn whole(
    names: &BTreeSet<KeyName>,
    mut found: HashMap<KeyName, Option<Key32>>,
) -> Result<HashMap<KeyName, Key32>, PrivacyError> {
    names
        .iter()
        .map(|n| Ok((*n, found.remove(n).flatten().ok_or(PrivacyError::Erased)?)))
        .collect()
}

/// Inserts what is not there; another process may be making the same key.
async fn insert_missing<C: ConnectionTrait>(
    tx: &C,
    rows: Vec<person_key::ActiveModel>,
) -> Result<(), DbErr> {
    for insert in insertions(tx.get_database_backend(), rows, UNLESS_THERE)? {
        tx.execute_raw(insert).await?;
    }
    Ok(())
}

async fn rows_of<C: ConnectionTrait>(
    connection: &C,
    names: &BTreeSet<KeyName>,
) -> Result<Vec<person_key::Model>, DbErr> {
    let subjects: BTreeSet<_> = names.iter().map(|(s, _)| s.as_uuid()).collect();
    let categories: BTreeSet<_> = names.iter().map(|(_, c)| *c).collect();
    let subjects: Vec<_> = subjects.into_iter().collect();
    let mut rows = Vec::new();
    for chunk in subjects.chunks(CHUNK) {
        let these = Condition::all()
            .add(person_key::Column::SubjectId.is_in(chunk.iter().copied()))
            .add(person_key::Column::Category.is_in(categories.iter().copied()));
        rows.extend(
            person_key::Entity::find()
                .filter(these)
                .all(connection)
                .await?,
        );
    }
    Ok(rows)
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault")
            .field("service", &self.masters.service)
            .finish_non_exhaustive()
    }
}
