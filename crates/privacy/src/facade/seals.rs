//! The keys of one person in hand, to seal with during one transaction.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::Privacy;
use crate::{Admission, ColumnKind, PrivacyError, SubjectId, aead};
use service_kit::secret::Key32;

/// Seals what one transaction stores of one person.
///
/// The keys are durable (decisions.md 13) and were fetched in one visit to the key store, before the transaction takes a
/// lock that others wait for. It lives no longer than the transaction that holds the person: a later one asks again, so
/// that a destroyed key is gone at once everywhere.
pub struct Seals {
    privacy: Privacy,
    subject: SubjectId,
    keys: HashMap<&'static str, Key32>,
}

impl Privacy {
    /// The keys of an admitted person for every sealed column of these tables, made where they do not exist. Call it in
    /// the transaction of [`Privacy::subject`].
    ///
    /// # Errors
    /// [`PrivacyError::Erased`] when the person was erased or is suppressed; when the key store fails.
    pub async fn seals(
        &self,
        admission: Admission,
        tables: &[&str],
    ) -> Result<Seals, PrivacyError> {
        let subject = admission.subject().ok_or(PrivacyError::Erased)?;
        let names = self.categories(tables);
        let names = names.into_iter().map(|category| (subject, category));
        let names = names.collect();
        let keys = match admission {
            Admission::New(_) => self.0.vault.first_keys(&names).await?,
            _ => self.0.vault.keys_for(&names).await?,
        };
        Ok(Seals {
            privacy: self.clone(),
            subject,
            keys: keys
                .into_iter()
                .map(|((_, name), key)| (name, key))
                .collect(),
        })
    }

    fn categories(&self, tables: &[&str]) -> BTreeSet<&'static str> {
        tables
            .iter()
            .filter_map(|name| self.0.map.table(name))
            .flat_map(|table| table.columns)
            .filter_map(|column| match column.kind {
                ColumnKind::Sealed { category, .. } => Some(category),
                _ => None,
            })
            .collect()
    }
}

impl Seals {
    /// Whose keys they are.
    pub fn subject(&self) -> SubjectId {
        self.subject
    }

    /// Seals one value into its place.
    ///
    /// # Errors
    /// [`PrivacyError::NotSealed`]: the column is not declared as sealed, or its table was not asked for.
    pub fn seal(
        &self,
        table: &str,
        column: &str,
        row_id: Uuid,
        text: &str,
    ) -> Result<Vec<u8>, PrivacyError> {
        let category = self.privacy.category(table, column)?;
        let key = self
            .keys
            .get(category)
            .ok_or_else(|| PrivacyError::NotSealed {
                table: table.to_owned(),
                column: column.to_owned(),
            })?;
        let place = self.privacy.place(table, column, row_id);
        Ok(aead::seal(key, &place, text.as_bytes()))
    }
}

impl std::fmt::Debug for Seals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seals")
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}
