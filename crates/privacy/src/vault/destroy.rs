//! Destroying keys, idempotently, and counting what is left.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    QuerySelect,
};

use service_kit::database::Database;
use uuid::Uuid;

use super::{CHUNK, Vault, insert_missing, tables::person_key};
use crate::{PrivacyError, SubjectId};

/// Checkpoints tried before the work is put off; each waits for readers itself.
const CHECKPOINTS: usize = 10;

/// Which keys one erasure destroys: every category of every subject.
#[derive(Clone, Debug, Default)]
pub struct Doomed {
    /// The person, once per subject that was found.
    pub subjects: Vec<SubjectId>,
    /// The erased categories.
    pub categories: Vec<&'static str>,
}

impl Vault {
    /// Destroys the keys of one erasure; see [`Vault::destroy_all`].
    ///
    /// # Errors
    /// When the key store fails.
    pub async fn destroy(
        &self,
        subjects: &[SubjectId],
        categories: &[&'static str],
    ) -> Result<u64, PrivacyError> {
        let doomed = Doomed {
            subjects: subjects.to_vec(),
            categories: categories.to_vec(),
        };
        Ok(self.destroy_all(std::slice::from_ref(&doomed)).await?[0])
    }

    /// Destroys the keys of many erasures in one transaction and makes sure that no new key takes their place. Says for
    /// each how many keys it has destroyed, the same when repeated. On SQLite the old bytes are gone from the file and
    /// from the write-ahead log when this returns; on PostgreSQL when the row has been vacuumed and its log recycled.
    ///
    /// # Errors
    /// When the key store fails; then nothing was destroyed, or everything.
    pub async fn destroy_all(&self, doomed: &[Doomed]) -> Result<Vec<u64>, PrivacyError> {
        self.destroy_and_mark(doomed, None).await
    }

    /// As [`Vault::destroy_all`], raising a high-water mark in the same transaction.
    pub(crate) async fn destroy_and_mark(
        &self,
        doomed: &[Doomed],
        mark: Option<(&str, i64)>,
    ) -> Result<Vec<u64>, PrivacyError> {
        let now = self.clock.now();
        let tx = self
            .database
            .begin()
            .await
            .map_err(PrivacyError::KeyStore)?;
        bar(&tx, doomed, now)
            .await
            .map_err(PrivacyError::KeyStore)?;
        let destroyed = wipe(&tx, doomed, now)
            .await
            .map_err(PrivacyError::KeyStore)?;
        if let Some((name, value)) = mark {
            super::high_water::raise_in(&tx, name, value)
                .await
                .map_err(PrivacyError::KeyStore)?;
        }
        tx.commit().await.map_err(PrivacyError::KeyStore)?;
        if doomed.iter().any(|d| !d.subjects.is_empty()) {
            empty_log(&self.database)
                .await
                .map_err(|e| PrivacyError::KeyStore(DbErr::Custom(e.to_string())))?;
        }
        Ok(destroyed)
    }

    /// Keys that still exist.
    ///
    /// # Errors
    /// When the key store fails.
    pub async fn keys_left(
        &self,
        subjects: &[SubjectId],
        categories: &[&'static str],
    ) -> Result<u64, PrivacyError> {
        let asked = Doomed {
            subjects: subjects.to_vec(),
            categories: categories.to_vec(),
        };
        self.keys_left_of(std::slice::from_ref(&asked)).await
    }

    /// Keys that still exist of any of the erasures.
    pub(crate) async fn keys_left_of(&self, doomed: &[Doomed]) -> Result<u64, PrivacyError> {
        let mut left = 0;
        for (categories, subjects) in groups(doomed) {
            let counts = count(&self.database.reader(), &subjects, categories, Keys::Left).await;
            left += counts
                .map_err(PrivacyError::KeyStore)?
                .values()
                .sum::<u64>();
        }
        Ok(left)
    }
}

#[derive(Clone, Copy)]
enum Keys {
    Left,
    Destroyed,
}

/// Puts a bar where no key has been made yet. It comes before the wiping: whoever makes the same key at this moment has
/// committed when the bar is in place, and is then wiped.
async fn bar<C: ConnectionTrait>(
    tx: &C,
    doomed: &[Doomed],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let names: BTreeSet<(SubjectId, &str)> = doomed
        .iter()
        .flat_map(|d| {
            d.subjects
                .iter()
                .flat_map(|s| d.categories.iter().map(|c| (*s, *c)))
        })
        .collect();
    let bars = names
        .into_iter()
        .map(|(subject, category)| person_key::ActiveModel {
            subject_id: Set(subject.as_uuid()),
            category: Set(category.to_owned()),
            wrapped: Set(None),
            master_version: Set(0),
            created_at: Set(now),
            destroyed_at: Set(Some(now)),
        });
    insert_missing(tx, bars.collect()).await
}

/// Wipes keys, and counts for each erasure how many have been wiped, now or before.
async fn wipe<C: ConnectionTrait>(
    tx: &C,
    doomed: &[Doomed],
    now: DateTime<Utc>,
) -> Result<Vec<u64>, DbErr> {
    let mut destroyed = HashMap::new();
    for (categories, subjects) in groups(doomed) {
        for chunk in subjects.chunks(CHUNK) {
            person_key::Entity::update_many()
                .col_expr(
                    person_key::Column::Wrapped,
                    Expr::value(Option::<Vec<u8>>::None),
                )
                .col_expr(person_key::Column::DestroyedAt, Expr::value(now))
                .filter(these(chunk, categories).add(person_key::Column::Wrapped.is_not_null()))
                .exec(tx)
                .await?;
        }
        destroyed.insert(
            categories,
            count(tx, &subjects, categories, Keys::Destroyed).await?,
        );
    }
    let of = |one: &Doomed| {
        let counts = &destroyed[one.categories.as_slice()];
        one.subjects
            .iter()
            .filter_map(|s| counts.get(&s.as_uuid()))
            .sum()
    };
    Ok(doomed.iter().map(of).collect())
}

/// Erasures of the same categories share their statements.
fn groups(doomed: &[Doomed]) -> BTreeMap<&[&'static str], Vec<SubjectId>> {
    let mut groups: BTreeMap<&[&'static str], Vec<SubjectId>> = BTreeMap::new();
    for one in doomed {
        groups
            .entry(&one.categories)
            .or_default()
            .extend(&one.subjects);
    }
    groups
}

async fn count<C: ConnectionTrait>(
    connection: &C,
    subjects: &[SubjectId],
    categories: &[&'static str],
    which: Keys,
) -> Result<HashMap<Uuid, u64>, DbErr> {
    let mut counts = HashMap::new();
    for chunk in subjects.chunks(CHUNK) {
        let rows = these(chunk, categories);
        let rows = match which {
            Keys::Left => rows.add(person_key::Column::Wrapped.is_not_null()),
            Keys::Destroyed => rows
                .add(person_key::Column::Wrapped.is_null())
                .add(person_key::Column::MasterVersion.gt(0)),
        };
        let found: Vec<(Uuid, i64)> = person_key::Entity::find()
            .select_only()
            .column(person_key::Column::SubjectId)
            .column_as(person_key::Column::Category.count(), "keys")
            .filter(rows)
            .group_by(person_key::Column::SubjectId)
            .into_tuple()
            .all(connection)
            .await?;
        counts.extend(
            found
                .into_iter()
                .map(|(s, n)| (s, u64::try_from(n).expect("a count is not negative"))),
        );
    }
    Ok(counts)
}

fn these(subjects: &[SubjectId], categories: &[&'static str]) -> Condition {
    Condition::all()
        .add(person_key::Column::SubjectId.is_in(subjects.iter().map(SubjectId::as_uuid)))
        .add(person_key::Column::Category.is_in(categories.iter().copied()))
}

/// Empties the write-ahead log, so that erased bytes are in no file. A reader may hold some of it back for a moment.
pub(crate) async fn empty_log(database: &Database) -> anyhow::Result<()> {
    for _ in 0..CHECKPOINTS {
        if database.checkpoint().await? {
            return Ok(());
        }
    }
    anyhow::bail!("readers hold the write-ahead log back")
}
