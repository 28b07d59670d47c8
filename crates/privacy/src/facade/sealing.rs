//! Sealing and opening columns. The place of a value (table, column, row) is bound into it: moved bytes do not open.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use service_kit::secret::Key32;
use uuid::Uuid;

use super::Privacy;
use crate::vault::KeyName;
use crate::{ColumnKind, PrivacyError, SubjectId, aead, store::subject};

/// Subjects per statement: SQLite takes 32,766 parameters.
const CHUNK: usize = 5_000;

/// One value to seal.
#[derive(Clone, Copy, Debug)]
pub struct SealItem<'a> {
    /// Whose value.
    pub subject: SubjectId,
    /// Table, as declared.
    pub table: &'a str,
    /// Column, as declared.
    pub column: &'a str,
    /// The row's id.
    pub row_id: Uuid,
    /// The value.
    pub text: &'a str,
}

/// One value to open.
#[derive(Clone, Copy, Debug)]
pub struct OpenItem<'a> {
    /// Whose value.
    pub subject: SubjectId,
    /// Table, as declared.
    pub table: &'a str,
    /// Column, as declared.
    pub column: &'a str,
    /// The row's id.
    pub row_id: Uuid,
    /// What the row holds.
    pub sealed: &'a [u8],
}

/// Whether what is retained under restriction opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Restricted {
    /// For every ordinary purpose.
    StaysShut,
    /// For the person's own extract, and for moving a row.
    Opens,
}

impl Privacy {
    /// Seals one value. The person's key is durable before this returns.
    ///
    /// # Errors
    /// [`PrivacyError::Erased`] when the person was erased; when the column is not declared as sealed.
    pub async fn seal(
        &self,
        subject: SubjectId,
        table: &str,
        column: &str,
        row_id: Uuid,
        text: &str,
    ) -> Result<Vec<u8>, PrivacyError> {
        let sealed = self
            .seal_many(&[SealItem {
                subject,
                table,
                column,
                row_id,
                text,
            }])
            .await?;
        Ok(sealed.into_iter().next().expect("one in, one out"))
    }

    /// Seals many values with one visit to the key store, in the given order.
    ///
    /// # Errors
    /// As [`Privacy::seal`].
    pub async fn seal_many(&self, items: &[SealItem<'_>]) -> Result<Vec<Vec<u8>>, PrivacyError> {
        let names = self.names(items)?;
        let distinct = names.iter().copied().collect();
        let keys = self.0.vault.keys_for(&distinct).await?;
        Ok(self.sealed(items, &names, &keys))
    }

    /// As [`Privacy::seal_many`], of persons most of whom are new: their keys are made before any is looked for.
    ///
    /// # Errors
    /// As [`Privacy::seal`].
    pub async fn seal_first(&self, items: &[SealItem<'_>]) -> Result<Vec<Vec<u8>>, PrivacyError> {
        let names = self.names(items)?;
        let distinct = names.iter().copied().collect();
        let keys = self.0.vault.first_keys(&distinct).await?;
        Ok(self.sealed(items, &names, &keys))
    }

    fn names(&self, items: &[SealItem<'_>]) -> Result<Vec<KeyName>, PrivacyError> {
        let name =
            |item: &SealItem<'_>| Ok((item.subject, self.category(item.table, item.column)?));
        items.iter().map(name).collect()
    }

    fn sealed(
        &self,
        items: &[SealItem<'_>],
        names: &[KeyName],
        keys: &HashMap<KeyName, Key32>,
    ) -> Vec<Vec<u8>> {
        let seal = |(item, name): (&SealItem<'_>, &KeyName)| {
            let place = self.place(item.table, item.column, item.row_id);
            aead::seal(&keys[name], &place, item.text.as_bytes())
        };
        items.iter().zip(names).map(seal).collect()
    }

    /// Opens one value; nothing when the person is erased or restricted, or the column is empty.
    ///
    /// # Errors
    /// When the bytes are damaged or come from another place.
    pub async fn open(
        &self,
        subject: SubjectId,
        table: &str,
        column: &str,
        row_id: Uuid,
        sealed: &[u8],
    ) -> Result<Option<String>, PrivacyError> {
        let opened = self
            .open_many(&[OpenItem {
                subject,
                table,
                column,
                row_id,
                sealed,
            }])
            .await?;
        Ok(opened.into_iter().next().expect("one in, one out"))
    }

    /// Opens many values with one visit to the key store, in the given order.
    ///
    /// # Errors
    /// As [`Privacy::open`].
    pub async fn open_many(
        &self,
        items: &[OpenItem<'_>],
    ) -> Result<Vec<Option<String>>, PrivacyError> {
        self.open_values(items, Restricted::StaysShut).await
    }

    pub(crate) async fn open_values(
        &self,
        items: &[OpenItem<'_>],
        restricted: Restricted,
    ) -> Result<Vec<Option<String>>, PrivacyError> {
        let names = items
            .iter()
            .map(|i| Ok((i.subject, self.category(i.table, i.column)?)));
        let names = names.collect::<Result<Vec<_>, PrivacyError>>()?;
        let distinct: BTreeSet<_> = names.iter().copied().collect();
        let shut = match restricted {
            Restricted::StaysShut => {
                self.restricted(distinct.iter().map(|(s, _)| *s).collect())
                    .await?
            }
            Restricted::Opens => HashSet::new(),
        };
        let keys = self.0.vault.existing(&distinct).await?;
        let open = |(item, name): (&OpenItem<'_>, &(SubjectId, &'static str))| {
            if item.sealed.is_empty() || shut.contains(&item.subject) {
                return Ok(None);
            }
            let Some(Some(key)) = keys.get(name) else {
                return Ok(None);
            };
            let damaged = || PrivacyError::Damaged {
                table: item.table.to_owned(),
                column: item.column.to_owned(),
            };
            let place = self.place(item.table, item.column, item.row_id);
            let text = aead::open(key, &place, item.sealed).map_err(|_| damaged())?;
            String::from_utf8(text).map(Some).map_err(|_| damaged())
        };
        items.iter().zip(&names).map(open).collect()
    }

    async fn restricted(
        &self,
        subjects: BTreeSet<SubjectId>,
    ) -> Result<HashSet<SubjectId>, PrivacyError> {
        let subjects: Vec<_> = subjects.into_iter().map(|s| s.as_uuid()).collect();
        let mut found = HashSet::new();
        for chunk in subjects.chunks(CHUNK) {
            let shut = Condition::any()
                .add(subject::Column::RestrictedAt.is_not_null())
                .add(subject::Column::ErasedAt.is_not_null());
            let rows = subject::Entity::find()
                .filter(subject::Column::Id.is_in(chunk.iter().copied()))
                .filter(shut)
                .all(&self.0.database.reader())
                .await?;
            found.extend(rows.into_iter().map(|r| SubjectId::from_uuid(r.id)));
        }
        Ok(found)
    }

    pub(super) fn category(&self, table: &str, column: &str) -> Result<&'static str, PrivacyError> {
        match self
            .0
            .map
            .table(table)
            .and_then(|t| t.column(column))
            .map(|c| c.kind)
        {
            Some(ColumnKind::Sealed { category, .. }) => Ok(category),
            _ => Err(PrivacyError::NotSealed {
                table: table.to_owned(),
                column: column.to_owned(),
            }),
        }
    }

    pub(super) fn place(&self, table: &str, column: &str, row_id: Uuid) -> Vec<u8> {
        format!("{}|{table}|{column}|{row_id}", self.0.map.service).into_bytes()
    }
}
