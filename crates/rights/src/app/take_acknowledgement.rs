//! A recipient has acted on its notice: recorded, and added to the certificate by an amendment.

use api::privacy as pb;
use messaging::{Envelope, HandlerError, Work};
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, QuerySelect};
use uuid::Uuid;

use super::Rights;
use super::effects::instant;
use crate::store::recipient_notice;

impl Rights {
    /// Takes an acknowledgement; a second one changes nothing.
    ///
    /// # Errors
    /// [`HandlerError`].
    pub async fn take_acknowledgement(
        &self,
        work: &mut Work,
        envelope: &Envelope,
    ) -> Result<(), HandlerError> {
        let said = self
            .open::<pb::NoticeAcknowledged>(envelope, "notice.acknowledged.v1")?
            .said;
        let id = Uuid::parse_str(&said.notice_id).map_err(HandlerError::fail)?;
        let row = recipient_notice::Entity::find_by_id(id)
            .lock(LockType::Update)
            .one(work.tx())
            .await?;
        let row = row.ok_or_else(|| {
            HandlerError::fail(anyhow::anyhow!("an acknowledgement of an unknown notice"))
        })?;
        if row.recipient != said.recipient || row.request_id.to_string() != said.request_id {
            return Err(HandlerError::fail(anyhow::anyhow!(
                "an acknowledgement of another notice"
            )));
        }
        if row.acknowledged_at.is_some() {
            return Ok(());
        }
        let at = said
            .acknowledged_at
            .and_then(instant)
            .unwrap_or(envelope.occurred_at);
        let mut active = row.clone().into_active_model();
        active.acknowledged_at = Set(Some(at));
        active.update(work.tx()).await?;
        self.amend(work, &row, at).await
    }
}
