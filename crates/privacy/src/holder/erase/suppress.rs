//! Tokens of the erased person: dropped from look-up, kept to keep an import from bringing the person back.

use api::privacy::ExecutionOrdered;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait as _, DatabaseTransaction, DbErr, EntityTrait,
    FromQueryResult as _,
};
use uuid::Uuid;

use crate::store::{subject_token, suppressed_token};
use crate::{SubjectId, Token};

/// One token, and the restricted subject that it still leads the person's own request to.
type Suppressed = (String, Vec<u8>, i32, Uuid);

/// Suppresses what the person was searched by, and what their subjects carried; then drops the latter. `kept` are the
/// subjects under which something is retained.
pub(super) async fn suppress(
    tx: &DatabaseTransaction,
    order: &ExecutionOrdered,
    entry: i64,
    subjects: &[SubjectId],
    kept: &[SubjectId],
    searched: &[Token],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut suppressed: Vec<Suppressed> = Vec::new();
    for token in searched {
        let nothing = kept.is_empty().then(Uuid::nil);
        let targets = kept.iter().map(SubjectId::as_uuid).chain(nothing);
        suppressed.extend(targets.map(|s| {
            (
                token.field.to_owned(),
                token.value.clone(),
                token.key_version,
                s,
            )
        }));
    }
    if !subjects.is_empty() {
        let ids = subjects.iter().map(SubjectId::as_uuid);
        let drop = Query::delete()
            .from_table(subject_token::Entity)
            .and_where(subject_token::Column::SubjectId.is_in(ids))
            .returning_all()
            .to_owned();
        for dropped in tx.query_all(&drop).await? {
            let row = subject_token::Model::from_query_result(&dropped, "")?;
            let is_kept = kept.contains(&SubjectId::from_uuid(row.subject_id));
            let target = if is_kept { row.subject_id } else { Uuid::nil() };
            suppressed.push((row.field, row.token, row.key_version, target));
        }
    }
    insert(tx, order, entry, suppressed, now).await
}

async fn insert(
    tx: &DatabaseTransaction,
    order: &ExecutionOrdered,
    entry: i64,
    mut suppressed: Vec<Suppressed>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    suppressed.sort_unstable();
    suppressed.dedup();
    if suppressed.is_empty() {
        return Ok(());
    }
    let rows = suppressed
        .into_iter()
        .map(
            |(field, token, key_version, subject_id)| suppressed_token::ActiveModel {
                network: Set(order.network.clone()),
                field: Set(field),
                token: Set(token),
                ledger_entry: Set(entry),
                subject_id: Set(subject_id),
                key_version: Set(key_version),
                erased_at: Set(now),
                lifted_at: Set(None),
            },
        );
    let there = OnConflict::columns([
        suppressed_token::Column::Network,
        suppressed_token::Column::Field,
        suppressed_token::Column::Token,
        suppressed_token::Column::LedgerEntry,
        suppressed_token::Column::SubjectId,
    ])
    .do_nothing()
    .to_owned();
    suppressed_token::Entity::insert_many(rows)
        .on_conflict(there)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
