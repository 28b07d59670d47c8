//! Forgetting a person so that an import does not bring them back, without an order of the rights service: they said no,
//! or never said yes. The ledger gets to know, so that a restored backup does not forget it (decisions.md 7).

use std::collections::BTreeMap;

use kernel::{NetworkCode, new_id};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::Privacy;
use crate::holder::handle::ReplayHandle;
use crate::holder::opt_out;
use crate::identifier::field_named;
use crate::store::{subject, subject_token, suppressed_token};
use crate::{PrivacyError, SubjectId, Token};

/// No entry of the ledger stands behind such a suppression at first; the replay finds it by its token.
const NO_ENTRY: i64 = 0;

/// What is suppressed in one network.
#[derive(Default)]
struct Leaving {
    subjects: Vec<SubjectId>,
    tokens: Vec<Token>,
}

impl Privacy {
    /// As [`Privacy::forget`], leaving the tokens behind as a suppression: imports stay out, the person's own act and
    /// staff on a new basis lift it. Every row of the subjects must go in the same transaction; the keys follow by
    /// themselves, and so does the entry in the ledger.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suppress<C: ConnectionTrait>(
        &self,
        tx: &C,
        subjects: &[SubjectId],
    ) -> Result<(), PrivacyError> {
        let clock = self.0.clock.as_ref();
        for (network, leaving) in leaving(tx, subjects).await? {
            insert(tx, &network, &leaving.tokens, clock.now()).await?;
            let handle =
                ReplayHandle::new(leaving.subjects, &leaving.tokens).seal(&self.0.tokens, &network);
            opt_out::record(tx, new_id(clock), clock.now(), &network, handle).await?;
        }
        self.forget(tx, subjects).await
    }

    /// Suppresses tokens that the ledger gave back.
    pub(crate) async fn suppress_tokens<C: ConnectionTrait>(
        &self,
        tx: &C,
        network: &NetworkCode,
        tokens: &[Token],
    ) -> Result<(), PrivacyError> {
        Ok(insert(tx, network.as_str(), tokens, self.0.clock.now()).await?)
    }
}

/// The subjects and what they are found by, per network.
async fn leaving<C: ConnectionTrait>(
    tx: &C,
    subjects: &[SubjectId],
) -> Result<BTreeMap<String, Leaving>, DbErr> {
    let ids: Vec<Uuid> = subjects.iter().map(SubjectId::as_uuid).collect();
    let mut leaving: BTreeMap<String, Leaving> = BTreeMap::new();
    let theirs = subject::Column::Id.is_in(ids.iter().copied());
    for row in subject::Entity::find().filter(theirs).all(tx).await? {
        let entry = leaving.entry(row.network).or_default();
        entry.subjects.push(SubjectId::from_uuid(row.id));
    }
    let theirs = subject_token::Column::SubjectId.is_in(ids);
    for row in subject_token::Entity::find().filter(theirs).all(tx).await? {
        let field = field_named(&row.field)
            .ok_or_else(|| DbErr::Type("a token is of a kind that is unknown".to_owned()))?;
        leaving.entry(row.network).or_default().tokens.push(Token {
            field,
            key_version: row.key_version,
            value: row.token,
        });
    }
    Ok(leaving)
}

async fn insert<C: ConnectionTrait>(
    tx: &C,
    network: &str,
    tokens: &[Token],
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), DbErr> {
    for token in tokens {
        let row = suppressed_token::ActiveModel {
            network: Set(network.to_owned()),
            field: Set(token.field.to_owned()),
            token: Set(token.value.clone()),
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
    Ok(())
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
