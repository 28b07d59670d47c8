//! Rotating the master key: every person key is wrapped anew under the highest version.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
};

use super::{Vault, tables::person_key};
use crate::{PrivacyError, SubjectId};

/// Keys per transaction: it bounds the time that writers wait.
const BATCH: u64 = 500;

impl Vault {
    /// Wraps every key anew that an older master key wraps; afterwards the older one can go. Can be repeated after a
    /// crash. Says how many keys were wrapped anew.
    ///
    /// # Errors
    /// When the store fails, or a key is wrapped by a master key that was not given.
    pub async fn rewrap(&self) -> Result<u64, PrivacyError> {
        let mut total = 0;
        loop {
            let batch = self.rewrap_batch().await?;
            total += batch;
            if batch < BATCH {
                return Ok(total);
            }
        }
    }

    async fn rewrap_batch(&self) -> Result<u64, PrivacyError> {
        let newest = *self
            .masters
            .keys
            .last_key_value()
            .expect("there is always a master key")
            .0;
        let tx = self
            .database
            .begin()
            .await
            .map_err(PrivacyError::KeyStore)?;
        let rows = person_key::Entity::find()
            .filter(person_key::Column::MasterVersion.gt(0))
            .filter(person_key::Column::MasterVersion.lt(newest))
            .filter(person_key::Column::Wrapped.is_not_null())
            .limit(BATCH)
            .all(&tx)
            .await
            .map_err(PrivacyError::KeyStore)?;
        let count = rows.len() as u64;
        for row in rows {
            let wrapped = row
                .wrapped
                .as_deref()
                .expect("the query asks for keys that exist");
            let key = self.masters.unwrap(&row, wrapped)?;
            let (version, wrapped) =
                self.masters
                    .wrap(SubjectId::from_uuid(row.subject_id), &row.category, &key);
            let mut row = row.into_active_model();
            row.wrapped = Set(Some(wrapped));
            row.master_version = Set(version);
            row.update(&tx).await.map_err(PrivacyError::KeyStore)?;
        }
        tx.commit().await.map_err(PrivacyError::KeyStore)?;
        Ok(count)
    }
}
