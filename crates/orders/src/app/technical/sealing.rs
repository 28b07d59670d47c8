//! What technical orders and subscriptions hold sealed: under the key of the customer whose order they deliver. Of who is not
//! known, because the provider has sold elsewhere, under a key of nobody in particular.

use kernel::NetworkCode;
use messaging::Work;
use privacy::{Origin, PrivacyError, SealItem, SubjectId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::app::Orders;
use crate::app::error::OrdersError;

/// Values by their column; what is none stays empty.
pub(in crate::app) type Columns<const N: usize> = [(&'static str, Option<String>); N];

/// Sealed values, and under whose key.
pub(in crate::app) struct Sealed<const N: usize> {
    /// As it was, or nobody in particular; none when there was nothing to seal.
    pub subject: Option<Uuid>,
    /// In the order of the columns.
    pub values: [Option<Vec<u8>>; N],
}

impl Orders {
    /// Seals what is to be stored in a row of `table`. Where the customer has been erased meanwhile, what is new belongs to
    /// nobody in particular.
    pub(in crate::app) async fn seal_row<const N: usize>(
        &self,
        work: &Work,
        network: &NetworkCode,
        subject: Option<Uuid>,
        (table, row_id): (&str, Uuid),
        columns: &Columns<N>,
    ) -> Result<Sealed<N>, OrdersError> {
        if columns.iter().all(|(_, text)| text.is_none()) {
            let values = std::array::from_fn(|_| None);
            return Ok(Sealed { subject, values });
        }
        if let Some(subject) = subject {
            match self.seal_for(subject, (table, row_id), columns).await {
                Err(PrivacyError::Erased) => {}
                sealed => {
                    return Ok(Sealed {
                        subject: Some(subject),
                        values: sealed?,
                    });
                }
            }
        }
        let nobody = self.privacy.subject(work.tx(), network, &[], Origin::Staff);
        let nobody = nobody.await?.subject().ok_or(OrdersError::CustomerErased)?;
        let values = self
            .seal_for(nobody.as_uuid(), (table, row_id), columns)
            .await?;
        Ok(Sealed {
            subject: Some(nobody.as_uuid()),
            values,
        })
    }

    async fn seal_for<const N: usize>(
        &self,
        subject: Uuid,
        (table, row_id): (&str, Uuid),
        columns: &Columns<N>,
    ) -> Result<[Option<Vec<u8>>; N], PrivacyError> {
        let item =
            |(column, text): &'_ (&'static str, Option<String>)| text.as_ref().map(|_| *column);
        let filled: Vec<_> = columns.iter().filter_map(item).collect();
        let items: Vec<_> = columns
            .iter()
            .filter_map(|(column, text)| {
                Some(SealItem {
                    subject: SubjectId::from_uuid(subject),
                    table,
                    column,
                    row_id,
                    text: text.as_deref()?,
                })
            })
            .collect();
        let sealed = self.privacy.seal_many(&items).await?;
        let mut by_column: std::collections::HashMap<_, _> =
            filled.into_iter().zip(sealed).collect();
        Ok(std::array::from_fn(|at| by_column.remove(columns[at].0)))
    }
}

/// As it lies sealed.
pub(in crate::app) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts and flags are plain JSON")
}

/// What [`to_json`] has written; nothing when nobody can read it any more.
pub(in crate::app) fn of_json<T: DeserializeOwned>(text: Option<&str>) -> Option<T> {
    text.map(|text| serde_json::from_str(text).expect("we have written this"))
}
