//! The certificate, its amendments, and the person's nonce for the letter.

use kernel::NetworkCode;
use privacy::{AccessEntry, SubjectId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use service_kit::caller::Caller;
use uuid::Uuid;

use super::Rights;
use super::error::RightsError;
use crate::store::cases::{Hold, Loaded};
use crate::store::{amendment, certificate};

/// What is handed out.
#[derive(Debug)]
pub struct Handed {
    /// The canonical document.
    pub document: Vec<u8>,
    /// Later changes, in order.
    pub amendments: Vec<Vec<u8>>,
    /// Opens the commitment; for the person alone.
    pub nonce: String,
}

impl Rights {
    /// Hands out a certificate; that the nonce was handed out is logged.
    ///
    /// # Errors
    /// [`RightsError`].
    pub async fn get_certificate(
        &self,
        caller: &Caller,
        network: &NetworkCode,
        id: Uuid,
    ) -> Result<Handed, RightsError> {
        let work = self.outbox.begin().await?;
        let loaded = Loaded::in_network(work.tx(), network.as_str(), id, Hold::No).await?;
        let loaded = loaded.ok_or(RightsError::NotFound)?;
        let issued = certificate::Entity::find()
            .filter(certificate::Column::Network.eq(network.as_str()))
            .filter(certificate::Column::RequestId.eq(id))
            .one(work.tx())
            .await?
            .ok_or(RightsError::NoCertificate)?;
        let amendments = amendment::Entity::find()
            .filter(amendment::Column::RequestId.eq(id))
            .order_by_asc(amendment::Column::Number)
            .all(work.tx())
            .await?;
        let entry = AccessEntry {
            network: network.clone(),
            caller,
            purpose: caller
                .purpose
                .clone()
                .unwrap_or_else(|| "rights_certificate".to_owned()),
            subject: SubjectId::from_uuid(loaded.request.subject_id),
            record: format!("certificate:{id}"),
            fields: &["commitment_nonce"],
        };
        self.privacy.log_access(work.tx(), entry).await?;
        work.commit().await?;
        Ok(Handed {
            document: issued.document,
            amendments: amendments.into_iter().map(|row| row.document).collect(),
            nonce: self.nonce(id).to_hex(),
        })
    }
}
