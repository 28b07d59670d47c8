//! A later change is a document of its own that refers to the certificate (decisions.md 22).

use chrono::{DateTime, SecondsFormat, Utc};
use messaging::{HandlerError, Work};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
};

use super::Rights;
use crate::certificate::{Amendment, Issuer, VERSION, amend};
use crate::store::{amendment, certificate, recipient_notice, request};

impl Rights {
    /// Adds an acknowledgement to the certificate of a request; before there is one, it will stand in it.
    pub(crate) async fn amend(
        &self,
        work: &Work,
        notice: &recipient_notice::Model,
        at: DateTime<Utc>,
    ) -> Result<(), HandlerError> {
        // Held so that the certificate is either issued before, and amended, or after, and says it itself.
        let request = request::Entity::find_by_id(notice.request_id)
            .lock(LockType::Update)
            .one(work.tx())
            .await?;
        let issued = certificate::Entity::find()
            .filter(certificate::Column::RequestId.eq(notice.request_id))
            .one(work.tx())
            .await?;
        let (Some(request), Some(issued)) = (request, issued) else {
            return Ok(());
        };
        let before = amendment::Entity::find()
            .filter(amendment::Column::RequestId.eq(request.id))
            .count(work.tx())
            .await?;
        let number = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
        let document = amend(
            &self.identity,
            &Amendment {
                version: VERSION,
                issuer: Issuer::of(&self.identity),
                request_id: request.id.to_string(),
                certificate: issued.hash,
                number,
                change: "recipient_acknowledged".to_owned(),
                recipient: notice.recipient.clone(),
                at: at.to_rfc3339_opts(SecondsFormat::Secs, true),
            },
        );
        let row = amendment::ActiveModel {
            id: Set(kernel::new_id(self.clock.as_ref())),
            network: Set(request.network),
            request_id: Set(request.id),
            number: Set(i32::try_from(number).map_err(HandlerError::fail)?),
            document: Set(document),
            at: Set(self.clock.now()),
        };
        amendment::Entity::insert(row)
            .exec_without_returning(work.tx())
            .await?;
        Ok(())
    }
}
