//! One transaction for a group of appends.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::SharedClock;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
};
use service_kit::database::Database;

use super::{Append, Entry, LedgerError, Part, Waiting, entry, head, part};
use crate::domain::ledger::{Head, HolderDigest, part_digest, time};
use crate::store::cases::{entry_column, entry_number};

const HEAD: i32 = 1;

/// Writes the group and answers everybody in it.
pub(super) async fn group(database: Database, clock: SharedClock, group: Vec<Waiting>) {
    let (appends, replies): (Vec<_>, Vec<_>) =
        group.into_iter().map(|w| (w.append, w.reply)).unzip();
    match write(&database, &clock, appends).await {
        Ok(entries) => {
            for (reply, entry) in replies.into_iter().zip(entries) {
                drop(reply.send(Ok(entry)));
            }
        }
        Err(error) => {
            let text: Arc<str> = error.to_string().into();
            for reply in replies {
                drop(reply.send(Err(LedgerError::Append(text.clone()))));
            }
        }
    }
}

async fn write(
    database: &Database,
    clock: &SharedClock,
    appends: Vec<Append>,
) -> Result<Vec<Entry>, DbErr> {
    let tx = database.begin().await?;
    let (mut number, mut previous) = lock_head(&tx).await?;
    let mut known = known(&tx, &appends).await?;
    let (mut entries, mut rows, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    for append in appends {
        let act = (
            append.request_id.clone(),
            append.kind.as_str().to_owned(),
            append.scope.clone(),
        );
        if let Some(entry) = known.get(&act) {
            entries.push(entry.clone());
            continue;
        }
        number += 1;
        let made = make(append, number, previous.clone(), clock.now());
        previous.clone_from(&made.entry.hash);
        known.insert(act, made.entry.clone());
        rows.push(made.row);
        parts.extend(made.parts);
        entries.push(made.entry);
    }
    if !rows.is_empty() {
        entry::Entity::insert_many(rows)
            .exec_without_returning(&tx)
            .await?;
        if !parts.is_empty() {
            part::Entity::insert_many(parts)
                .exec_without_returning(&tx)
                .await?;
        }
        head::Entity::update_many()
            .col_expr(head::Column::Entry, Expr::value(entry_column(number)))
            .col_expr(head::Column::Hash, Expr::value(previous))
            .filter(head::Column::Id.eq(HEAD))
            .exec(&tx)
            .await?;
    }
    tx.commit().await?;
    Ok(entries)
}

/// Locks the head until the transaction ends: the update takes the row's lock on every database.
pub(super) async fn lock_head(tx: &DatabaseTransaction) -> Result<(u64, String), DbErr> {
    head::Entity::update_many()
        .col_expr(head::Column::Id, Expr::value(HEAD))
        .filter(head::Column::Id.eq(HEAD))
        .exec(tx)
        .await?;
    let head = head::Entity::find_by_id(HEAD).one(tx).await?;
    let head = head.ok_or_else(|| DbErr::RecordNotFound("the ledger has no head".to_owned()))?;
    Ok((entry_number(head.entry), head.hash))
}

type Act = (String, String, String);

async fn known(tx: &DatabaseTransaction, appends: &[Append]) -> Result<HashMap<Act, Entry>, DbErr> {
    let found = entry::Entity::find()
        .filter(entry::Column::RequestId.is_in(appends.iter().map(|a| a.request_id.clone())))
        .filter(entry::Column::Kind.is_in(appends.iter().map(|a| a.kind.as_str())))
        .filter(entry::Column::Scope.is_in(appends.iter().map(|a| a.scope.clone())))
        .all(tx)
        .await?;
    Ok(found
        .into_iter()
        .map(|row| {
            (
                (row.request_id.clone(), row.kind.clone(), row.scope.clone()),
                row.into(),
            )
        })
        .collect())
}

struct Made {
    entry: Entry,
    row: entry::ActiveModel,
    parts: Vec<part::ActiveModel>,
}

fn make(append: Append, number: u64, previous: String, at: chrono::DateTime<chrono::Utc>) -> Made {
    let mut holders: Vec<HolderDigest> = append.parts.iter().map(digest).collect();
    holders.sort();
    let head = Head {
        entry: number,
        previous,
        kind: append.kind.as_str().to_owned(),
        network: append.network.clone(),
        request_id: append.request_id.clone(),
        scope: append.scope.clone(),
        at: time(at),
        holders,
    };
    let (canonical, hash) = (head.canonical(), head.hash());
    let row = entry::ActiveModel {
        entry: Set(entry_column(number)),
        kind: Set(head.kind.clone()),
        network: Set(append.network),
        request_id: Set(append.request_id),
        scope: Set(append.scope),
        at: Set(at),
        canonical: Set(canonical.clone()),
        hash: Set(hash.clone()),
    };
    let parts = append
        .parts
        .into_iter()
        .filter_map(|one| part_row(number, one))
        .collect();
    Made {
        entry: Entry {
            entry: number,
            kind: head.kind,
            at,
            canonical,
            hash,
        },
        row,
        parts,
    }
}

fn digest(part: &Part) -> HolderDigest {
    match part {
        Part::Order {
            holder,
            replay_handle,
            decisions,
            salt,
        } => HolderDigest {
            holder: holder.clone(),
            digest: part_digest(salt, replay_handle, decisions.as_bytes()),
        },
        Part::Digest { holder, digest } => HolderDigest {
            holder: holder.clone(),
            digest: digest.clone(),
        },
    }
}

fn part_row(number: u64, one: Part) -> Option<part::ActiveModel> {
    let Part::Order {
        holder,
        replay_handle,
        decisions,
        salt,
    } = one
    else {
        return None;
    };
    Some(part::ActiveModel {
        entry: Set(entry_column(number)),
        holder: Set(holder),
        salt: Set(Some(salt.to_vec())),
        replay_handle: Set(Some(replay_handle)),
        decisions: Set(Some(decisions.into_bytes())),
        dropped_at: Set(None),
    })
}

impl From<entry::Model> for Entry {
    fn from(row: entry::Model) -> Self {
        let entry::Model {
            entry,
            kind,
            at,
            canonical,
            hash,
            ..
        } = row;
        Self {
            entry: entry_number(entry),
            kind,
            at,
            canonical,
            hash,
        }
    }
}
