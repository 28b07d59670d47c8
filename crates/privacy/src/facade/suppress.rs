//! Forgetting a person so that an import does not bring them back, without an order of the rights service: they said no,
//! or never said yes.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::Privacy;
use crate::store::{subject_token, suppressed_token};
use crate::{PrivacyError, SubjectId};

/// No entry of the ledger stands behind such a suppression.
const NO_ENTRY: i64 = 0;

impl Privacy {
    /// As [`Privacy::forget`], leaving the tokens behind as a suppression: imports stay out, the person's own act and
    /// staff on a new basis lift it. The rows must go in the same transaction; the keys follow by themselves.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suppress<C: ConnectionTrait>(
        &self,
        tx: &C,
        subjects: &[SubjectId],
    ) -> Result<(), PrivacyError> {
        let theirs =
            subject_token::Column::SubjectId.is_in(subjects.iter().map(SubjectId::as_uuid));
        let tokens = subject_token::Entity::find().filter(theirs).all(tx).await?;
        let now = self.0.clock.now();
        for token in tokens {
            let row = suppressed_token::ActiveModel {
                network: Set(token.network),
                field: Set(token.field),
                token: Set(token.token),
                ledger_entry: Set(NO_ENTRY),
                subject_id: Set(Uuid::nil()),
                key_version: Set(token.key_version),
                erased_at: Set(now),
                lifted_at: Set(None),
            };
            suppressed_token::Entity::insert(row)
                .on_conflict(again())
                .exec_without_returning(tx)
                .await?;
        }
        self.forget(tx, subjects).await
    }
}

/// One that was lifted stands again.
fn again() -> OnConflict {
    OnConflict::columns([
        suppressed_token::Column::Network,
        suppressed_token::Column::Field,
        suppressed_token::Column::Token,
        suppressed_token::Column::LedgerEntry,
        suppressed_token::Column::SubjectId,
    ])
    .update_columns([
        suppressed_token::Column::ErasedAt,
        suppressed_token::Column::LiftedAt,
    ])
    .to_owned()
}
