//! A copy of the register of disclosures, kept where a restore of the holder cannot forget it (decisions.md 10).

use api::privacy as pb;
use messaging::{Envelope, HandlerError, Work};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use super::Rights;
use super::effects::instant;
use crate::store::disclosure;

/// A purpose is one word; free text is not replicated.
const PURPOSE_MAX: usize = 40;

impl Rights {
    /// Takes a disclosure.
    ///
    /// # Errors
    /// [`HandlerError`].
    pub async fn take_disclosure(
        &self,
        work: &mut Work,
        envelope: &Envelope,
    ) -> Result<(), HandlerError> {
        let answer = self.open::<pb::DisclosureRecorded>(envelope, "disclosure.recorded.v1")?;
        let said = answer.said;
        if said.holder != answer.signer {
            return Err(HandlerError::fail(anyhow::anyhow!(
                "a disclosure of another holder"
            )));
        }
        let id = Uuid::parse_str(&said.disclosure_id).map_err(HandlerError::fail)?;
        let row = disclosure::ActiveModel {
            id: Set(id),
            network: Set(said.network),
            holder: Set(said.holder),
            recipient: Set(said.recipient),
            record_id: Set(said.record_id),
            at: Set(said.at.and_then(instant).unwrap_or(envelope.occurred_at)),
            purpose: Set(word(said.purpose)),
        };
        let again = OnConflict::column(disclosure::Column::Id)
            .do_nothing()
            .to_owned();
        disclosure::Entity::insert(row)
            .on_conflict(again)
            .exec_without_returning(work.tx())
            .await?;
        Ok(())
    }
}

fn word(purpose: String) -> String {
    let is_word =
        purpose.len() <= PURPOSE_MAX && purpose.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if is_word { purpose } else { String::new() }
}
