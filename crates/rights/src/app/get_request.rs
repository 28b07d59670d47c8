//! One request with every holder's answers: the preview before the decision, the progress after it.

use kernel::NetworkCode;
use privacy::{AccessEntry, SubjectId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use service_kit::caller::Caller;
use uuid::Uuid;

use super::Rights;
use super::error::RightsError;
use crate::domain::search_keys::SearchKeys;
use crate::store::cases::{Hold, Loaded};
use crate::store::{recipient_notice, request};

/// What staff see.
#[derive(Debug)]
pub struct View {
    /// The request.
    pub loaded: Loaded,
    /// Who is told.
    pub recipients: Vec<recipient_notice::Model>,
    /// "19900101-****", or empty once erased.
    pub identity_number_masked: String,
    /// "a***@example.se", or empty once erased.
    pub email_masked: String,
}

impl Rights {
    /// Shows a request. That the masked person was shown is logged.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn get_request(
        &self,
        caller: &Caller,
        network: &NetworkCode,
        id: Uuid,
    ) -> Result<View, RightsError> {
        // Read before the transaction begins: one that waits for a second connection can wait for itself.
        let reader = self.outbox.database().reader();
        let loaded = Loaded::in_network(&reader, network.as_str(), id, Hold::No).await?;
        let loaded = loaded.ok_or(RightsError::NotFound)?;
        let recipients = recipient_notice::Entity::find()
            .filter(recipient_notice::Column::RequestId.eq(id))
            .order_by_asc(recipient_notice::Column::Recipient)
            .all(&reader)
            .await?;
        let keys = self.open_keys(&loaded.request).await?;
        if keys.is_some() {
            let entry = AccessEntry {
                network: network.clone(),
                caller,
                purpose: caller
                    .purpose
                    .clone()
                    .unwrap_or_else(|| "rights_request".to_owned()),
                subject: SubjectId::from_uuid(loaded.request.subject_id),
                record: format!("request:{id}"),
                fields: &["identity_number_masked", "email_masked"],
            };
            let work = self.outbox.begin().await?;
            self.privacy.log_access(work.tx(), entry).await?;
            work.commit().await?;
        }
        let keys = keys.unwrap_or_default();
        Ok(View {
            loaded,
            recipients,
            identity_number_masked: keys.masked_identity_number(),
            email_masked: keys.masked_email(),
        })
    }

    /// The search keys of a request; nothing once they are erased. Takes a connection of its own: call it outside a
    /// transaction.
    pub(crate) async fn open_keys(
        &self,
        row: &request::Model,
    ) -> Result<Option<SearchKeys>, RightsError> {
        let Some(sealed) = &row.search_keys else {
            return Ok(None);
        };
        let subject = SubjectId::from_uuid(row.subject_id);
        let Some(text) = self
            .privacy
            .open(subject, "request", "search_keys", row.id, sealed)
            .await?
        else {
            return Ok(None);
        };
        let keys = SearchKeys::restore(&text, self.clock.now().date_naive());
        keys.map(Some).ok_or(RightsError::Damaged("search keys"))
    }
}
