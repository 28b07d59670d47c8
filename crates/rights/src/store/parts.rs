//! The parts of a request, made and written.

use chrono::{DateTime, Utc};
use kernel::Clock;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel as _,
    Iterable as _,
};

use super::cases::{entry_column, small};
use super::part::{Column, Entity, Model};
use super::request;
use crate::domain::progress::Progress;

/// The row of a holder that is asked for the first time.
#[must_use]
pub fn new(
    request: &request::Model,
    holder: &str,
    progress: &Progress,
    now: DateTime<Utc>,
    clock: &dyn Clock,
) -> Model {
    Model {
        id: kernel::new_id(clock),
        network: request.network.clone(),
        request_id: request.id,
        holder: holder.to_owned(),
        state: progress.state().as_str().to_owned(),
        round: small(progress.round()),
        ledger_entry: progress.entry().map(entry_column),
        asked: 0,
        asked_at: now,
        found: "[]".to_owned(),
        decisions: "[]".to_owned(),
        replay_handle: None,
        answer: None,
        answer_identity: None,
        answer_signature: None,
        differences: "[]".to_owned(),
        residual: 0,
        answered_at: None,
        void_since: None,
    }
}

/// Writes parts, new or known, with one statement. The request is held, so nobody else writes them.
///
/// # Errors
/// The database refuses.
pub async fn write<'a>(
    tx: &DatabaseTransaction,
    parts: impl Iterator<Item = &'a Model>,
) -> Result<(), DbErr> {
    let rows: Vec<_> = parts
        .map(|row| row.clone().into_active_model().reset_all())
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let fixed = |column: &Column| {
        matches!(
            column,
            Column::Id | Column::Network | Column::RequestId | Column::Holder
        )
    };
    let known = OnConflict::column(Column::Id)
        .update_columns(Column::iter().filter(|column| !fixed(column)))
        .to_owned();
    Entity::insert_many(rows)
        .on_conflict(known)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
